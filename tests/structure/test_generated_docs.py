"""Generated pages say what the code says now."""

from pathlib import Path

import pytest

from tools import docs
from tools.source import ROOT


@pytest.mark.parametrize("name", docs.PAGES)
def test_a_generated_page_says_what_the_code_says_now(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == docs.PAGES[name](), f"{name} is old: run `make docs`"


def test_a_page_nobody_generates_any_more_is_gone() -> None:
    generated = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "generated").glob("*.md")}
    assert generated == {name for name in docs.PAGES if name.startswith("docs/generated/")}


def test_pages_are_written_where_they_are_missing_and_then_no_more(tmp_path: Path) -> None:
    assert set(docs.write(tmp_path)) == set(docs.PAGES)
    assert docs.write(tmp_path) == ()
