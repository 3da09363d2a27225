"""Every requirement of the pages names a test that exists."""

import re

import pytest

from tests.structure.test_security_properties import exists, references
from tools.source import ROOT

ROWS = re.findall(r"(?m)^\| ([ALT]\d[^|]*) \| ([^|]+) \|$", (ROOT / "docs/pages.md").read_text("utf-8"))


def test_the_page_has_requirements() -> None:
    assert len(ROWS) >= 38


@pytest.mark.parametrize(("requirement", "cell"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_a_requirement_names_the_test_that_holds_it(requirement: str, cell: str) -> None:
    named = references(cell)
    assert named
    assert [name for name in named if not name.startswith("tests/") or not exists(name)] == []
