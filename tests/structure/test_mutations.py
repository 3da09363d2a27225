"""Every row of what was broken names code and a test that exist."""

import re

import pytest

from tests.structure.test_security_properties import exists
from tools.source import ROOT

PAGE = ROOT / "docs" / "mutations.md"
ROW = re.compile(r"(?m)^\| (?P<change>[^|]+) \| `(?P<place>src/[^`]+)` \| `(?P<test>tests/[^`]+)` \|$")
ROWS = list(ROW.finditer(PAGE.read_text("utf-8")))


def test_every_row_of_the_page_has_the_form_of_one() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    heads = sum(line.startswith("| what was changed |") for line in rows)
    assert ROWS and len(rows) - heads == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["change"])
def test_a_row_names_a_place_and_a_test_that_exist(row: re.Match[str]) -> None:
    assert exists(row["place"])
    assert exists(row["test"])
