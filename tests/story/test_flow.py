"""docs/flow.md is the story that was told now."""

from pathlib import Path

import pytest

from tools import flow

pytestmark = pytest.mark.slow


def test_the_flow_page_is_what_the_story_tells(tmp_path: Path) -> None:
    told = flow.play(tmp_path)
    assert flow.page(told) == flow.PAGE.read_text("utf-8"), "run `make docs`"
    assert [f"\n{number}. " in told for number in range(1, 11)] == [True] * 10
    assert told.strip().split("\n")[-1].startswith("Where to look next: ")
