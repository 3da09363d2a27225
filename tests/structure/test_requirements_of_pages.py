"""Every requirement of the pages names a test that exists."""

import re

import pytest

from avrop.web.catalogue import NAMED, VIEWS
from tests.browser.conftest import PAGES
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


def test_every_page_is_opened_in_the_browser() -> None:
    """Addresses of pages, but for files, and the addresses that the browser tests open."""
    pages = [re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)) for path in {**VIEWS, **NAMED} if "csv" not in path]
    opened = [address.partition("?")[0] for address in PAGES.values()]
    assert [each.pattern for each in pages if not any(each.fullmatch(path) for path in opened)] == []
