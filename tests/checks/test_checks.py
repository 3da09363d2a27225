"""The checks of call-offs: each on the smallest example, firing and silent; planted over-asking is always caught."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.canonical import build, digest
from avrop.catalogue.yamltext import load_yaml
from avrop.errors import Mistake
from avrop.governance.calloff_files import read_call_off, write_call_off
from avrop.governance.checks.context import Context
from avrop.governance.checks.registry import CHECKS, run_checks
from avrop.governance.policy import Policy
from avrop.governance.purposes import CallOffVersion, Justification, Period, RequestedVariable
from avrop.measure.classes import Exposure, exposure
from avrop.measure.reports import ControllerExposure, RiskReport, controller_view, requester_view
from avrop.packs import load_pack
from tests.examples import tried
from tests.publishing import CATALOGUE

PACK = load_pack()
KNOWN = {(CATALOGUE.name, CATALOGUE.version): digest(CATALOGUE)}
POLICY: Policy = build(Policy, load_yaml(PACK.policy, file="policy.yaml", code="x.y"), what="policy")
TODAY = date(2026, 11, 2)


def read(name: str) -> CallOffVersion:
    return read_call_off(PACK.call_offs[name], file=name, catalogues=KNOWN)


def found(version: CallOffVersion) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for finding in run_checks(Context(version=version, catalogue=CATALOGUE, policy=POLICY, today=TODAY)):
        made.setdefault(finding.check, []).append(finding.subject)
    return made


GOOD = read("narrowed.yaml")


def _with(version: CallOffVersion, **changes) -> CallOffVersion:
    first, *rest = version.variables
    return replace(version, variables=(replace(first, **changes), *rest))


def test_the_narrowed_request_has_no_stop_and_no_question() -> None:
    assert set(found(GOOD)) == {"C-10"}


def test_the_first_request_is_told_what_is_the_matter() -> None:
    told = found(read("first.yaml"))
    assert "PERSON.RESIDENCE_MUNICIPALITY" in told["C-01"]
    assert {"PERSON.BIRTH_DATE", "ENROLMENT.PROGRAMME_AREA", "ENROLMENT.ABSENCE_DAYS"} == set(told["C-03"])
    assert told["C-05"] == ["PERSON.PERSON_ID"]
    assert told["C-09"] == ["period"]


@pytest.mark.parametrize(
    ("check", "made"),
    [
        ("C-00", _with(GOOD, variable="SHOE_SIZE")),
        ("C-00", _with(GOOD, level="century")),
        (
            "C-00",
            replace(
                GOOD,
                variables=(*GOOD.variables, RequestedVariable(dataset="ENROLMENT", variable="GUEST", level="value")),
            ),
        ),
        (
            "C-01",
            replace(
                GOOD,
                variables=(
                    *GOOD.variables,
                    RequestedVariable(dataset="PERSON", variable="FIRST_LANGUAGE", level="group"),
                ),
            ),
        ),
        ("C-01", _with(GOOD, justifications=())),
        (
            "C-01",
            _with(
                GOOD,
                justifications=(Justification(analysis="A9", role="dimension", text="of an analysis that is not"),),
            ),
        ),
        ("C-02", _with(GOOD, justifications=(Justification(analysis="A1", role="dimension", text="nice to have"),))),
        ("C-02", _with(GOOD, justifications=GOOD.variables[1].justifications)),
        ("C-03", _with(GOOD, level="month")),
        ("C-05", _with(GOOD, variable="PERSON_ID", level="value")),
        ("C-09", replace(GOOD, period=Period(start=date(2020, 1, 1), end=GOOD.period.end))),
        ("C-09", replace(GOOD, period=Period(start=GOOD.period.end, end=GOOD.period.start))),
        ("C-11", replace(GOOD, coverage=replace(GOOD.coverage, minimum_controllers=16))),
        ("C-12", replace(GOOD, retention=replace(GOOD.retention, until=date(2040, 1, 1)))),
        ("C-14", replace(GOOD, purpose=replace(GOOD.purpose, category="control"))),
        ("C-15", replace(GOOD, purpose=replace(GOOD.purpose, statement="To know more."))),
        ("C-15", replace(GOOD, purpose=replace(GOOD.purpose, task_reference=" "))),
        ("C-16", replace(GOOD, analyses=(replace(GOOD.analyses[0], shells=()), *GOOD.analyses[1:]))),
        (
            "C-20",
            replace(
                GOOD,
                variables=(
                    *GOOD.variables,
                    RequestedVariable(dataset="PERSON", variable="FIRST_LANGUAGE", level="group"),
                ),
            ),
        ),
        ("C-23", replace(GOOD, legal_basis="")),
    ],
)
def test_each_check_fires_on_what_it_is_for(check: str, made: CallOffVersion) -> None:
    assert check not in found(GOOD)
    assert check in found(made)


def test_a_model_role_exempts_from_the_table_shells() -> None:
    why = (Justification(analysis="A1", role="model", text="The month of birth enters the regression as it is."),)
    assert "C-03" not in found(_with(GOOD, level="month", justifications=why))


def test_every_check_that_stops_or_asks_is_tried_above() -> None:
    assert {check.id for check in CHECKS} == {
        "C-00", "C-01", "C-02", "C-03", "C-05", "C-09", "C-10", "C-11", "C-12", "C-14", "C-15", "C-16", "C-20", "C-23",
    }  # fmt: skip


UNUSED = [
    (d.name, v) for d in CATALOGUE.datasets for v in d.variables
    if v not in {w.variable for w in GOOD.variables} and CATALOGUE.variable(v).withdrawn is None
]  # fmt: skip


@tried(60)
@given(st.sampled_from(UNUSED), st.integers(0, len(GOOD.variables)))
def test_planted_over_asking_is_always_caught(planted: tuple[str, str], place: int) -> None:
    dataset, name = planted
    extra = RequestedVariable(dataset=dataset, variable=name, level=CATALOGUE.variable(name).levels[0].name)
    variables = (*GOOD.variables[:place], extra, *GOOD.variables[place:])
    told = found(replace(GOOD, variables=variables))
    assert f"{dataset}.{name}" in told.get("C-01", []) + told.get("C-05", [])


@pytest.mark.parametrize("name", ["first.yaml", "narrowed.yaml"])
def test_a_call_off_file_reads_back_as_it_was_written(name: str) -> None:
    version = read(name)
    assert read_call_off(write_call_off(version, catalogue=("vigo", "2026.1")), file=name, catalogues=KNOWN) == version
    assert version.controllers[0] == "03"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("reference: [", "call_off.yaml"),
        ("just text", "call_off.form"),
        ("reference: x\ncatalogue: vigo", "call_off.form"),
        ("reference: x\ncatalogue: {name: vigo, version: 1999.1}", "call_off.catalogue_unknown"),
        ("reference: x\ncatalogue: {name: vigo, version: 2026.1}", "document.unreadable"),
    ],
)
def test_a_bad_call_off_file_is_a_clear_mistake(text: str, code: str) -> None:
    with pytest.raises(Mistake) as no:
        read_call_off(text, file="mine.yaml", catalogues=KNOWN)
    assert no.value.code == code
    assert "mine.yaml" in str(no.value)


COUNTS = st.dictionaries(st.integers(1, 40), st.integers(1, 30), min_size=1, max_size=8)


@tried(100)
@given(COUNTS)
def test_exposure_is_what_counting_people_gives(classes: dict[int, int]) -> None:
    people = [size for size, count in classes.items() for _ in range(count) for _ in range(size)]
    made = exposure(classes, k=5)
    assert made.people == len(people)
    assert made.unique == sum(size == 1 for size in people)
    assert made.small == sum(size < 5 for size in people)
    assert made.smallest == min(people)
    assert (made.unique_per_mille == 0) == (made.unique == 0)


def _report(parts: list[dict[int, int]], k: int = 5) -> RiskReport:
    return RiskReport(
        version=digest(1), snapshot=digest(2), policy="p 1", k=k,
        parts=tuple(
            ControllerExposure(controller=str(n), scenario="S", label="s", exposure=exposure(x, k=k))
            for n, x in enumerate(parts)
        ),
    )  # fmt: skip


@tried(100)
@given(st.lists(COUNTS, min_size=1, max_size=5), st.integers(0, 4))
def test_the_requester_cannot_tell_one_person_more_or_less(parts: list[dict[int, int]], fewer: int) -> None:
    """An attack: any number below k of unique people looks to the requester like none at all."""
    cleared = [{size: count for size, count in part.items() if size >= 5} or {9: 1} for part in parts]
    without, with_few = _report(cleared), _report([{**cleared[0], **({1: fewer} if fewer else {})}, *cleared[1:]])
    shown, other = (requester_view(x, rounding_step=5).lines[0] for x in (without, with_few))
    assert other.people % 5 == 0
    if shown.people == other.people:
        assert (shown.unique, shown.small) == (other.unique, other.small)


def test_a_controller_sees_its_own_part_only() -> None:
    report = _report([{1: 2}, {7: 1}])
    assert [part.exposure for part in controller_view(report, "1")] == [
        Exposure(people=7, classes=1, unique=0, small=0, smallest=7)
    ]
