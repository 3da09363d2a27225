"""Every requirement of the pages, and every meeting with other parties' tools, names tests that exist."""

import re

import pytest

from avrop.web.catalogue import NAMED, VIEWS
from tests.browser.conftest import PAGES
from tests.browser.test_rarer_states import STATES
from tests.structure.test_security_properties import exists, references
from tools.source import ROOT

FEWEST = {"pages": 38, "wires": 13}


def rows(page: str) -> list[tuple[str, str]]:
    """What is asked for, and the cell that names its tests."""
    return re.findall(r"(?m)^\| ([ALT]\d[^|]*) \| ([^|]+) \|$", (ROOT / f"docs/{page}.md").read_text("utf-8"))


ROWS = [row for page in FEWEST for row in rows(page)]


@pytest.mark.parametrize("page", FEWEST)
def test_the_page_has_requirements(page: str) -> None:
    assert len(rows(page)) >= FEWEST[page]


@pytest.mark.parametrize(("requirement", "cell"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_a_requirement_names_the_test_that_holds_it(requirement: str, cell: str) -> None:
    named = references(cell)
    assert named
    assert [name for name in named if not name.startswith("tests/") or not exists(name)] == []


def test_every_page_is_opened_in_the_browser() -> None:
    """Addresses of pages, but for files, and the addresses that the browser tests open."""
    pages = [re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)) for path in {**VIEWS, **NAMED} if "csv" not in path]
    opened = [address.partition("?")[0] for address in (*PAGES.values(), *STATES.values())]
    assert [each.pattern for each in pages if not any(each.fullmatch(path) for path in opened)] == []
