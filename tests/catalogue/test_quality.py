"""A dataset's quality is counted from its description; and what is described only has no place in a load."""

from dataclasses import replace

import pytest

from avrop.catalogue.checks import run_checks
from avrop.catalogue.datasets import carried
from avrop.catalogue.quality import PARTS, qualities
from tests.publishing import CATALOGUE as INSTALLED


def test_every_variable_counts_once() -> None:
    found = qualities(INSTALLED)
    assert sum(each.variables for each in found) == len(INSTALLED.variables)
    assert [each.dataset for each in found] == [each.name for each in INSTALLED.datasets]
    for each in found:
        assert sum(count for _, count in each.sensitivities) == each.variables
        assert all(count + len(dict(each.missing)[part]) == each.variables for part, count in each.has)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("label and definition in nynorsk", lambda v: replace(v, label=replace(v.label, nn=None))),
        ("coarser level", lambda v: replace(v, levels=v.levels[:1])),
        ("population", lambda v: replace(v, population=None)),
        ("first day", lambda v: replace(v, since=None)),
        ("source", lambda v: replace(v, source="")),
        ("value domain", lambda v: replace(v, code_list=None, pattern=None)),
    ],
)
def test_what_is_taken_out_is_missing(part: str, change) -> None:
    name = "NUS_CODE"
    worse = replace(INSTALLED, variables=tuple(change(v) if v.name == name else v for v in INSTALLED.variables))
    before, after = ({x.dataset: dict(x.missing) for x in qualities(c)} for c in (INSTALLED, worse))
    assert name not in before["ENROLMENT"][part]
    assert name in after["ENROLMENT"][part]
    assert part in PARTS


def test_what_is_described_only_is_not_carried() -> None:
    datasets = tuple(replace(x, described_only=x.name == "CONTRACT" or None) for x in INSTALLED.datasets)
    catalogue = replace(INSTALLED, datasets=datasets)
    tables = carried(catalogue)
    assert {each.name for each in datasets} - {each.name for each in tables.datasets} == {"CONTRACT"}
    only = {each.dataset: set(each.described_only) for each in qualities(catalogue)}
    assert "NUS_CODE" in only["ENROLMENT"]
    assert not only["ENROLMENT"] & set(tables.dataset("ENROLMENT").variables)
    assert {"CONTRACT_START", "CONTRACT_END"} <= only["CONTRACT"]
    assert carried(tables) == tables


def test_rows_cannot_need_what_no_table_has() -> None:
    variables = tuple(replace(v, described_only=True) if v.name == "SCHOOL_YEAR" else v for v in INSTALLED.variables)
    stops = [x for x in run_checks(replace(INSTALLED, variables=variables)) if x.severity == "stop"]
    assert {x.subject for x in stops} == {"ABSENCE", "APPLICATION", "ENROLMENT", "RESULT", "WISH"}
