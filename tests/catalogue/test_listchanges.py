"""What changed in a code list between two days; and successions that do not fit."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.catalogue.checks import run_checks
from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.files import read_catalogue
from avrop.catalogue.listchanges import changes
from avrop.catalogue.unittypes import Text
from avrop.packs import load_pack
from tests.examples import tried

OLD, REFORM, NEW = date(2019, 12, 31), date(2020, 1, 1), date(2020, 1, 2)


def code(name: str, start: date = date(2000, 1, 1), end: date | None = None, *after: str, label: str = "") -> Code:
    return Code(
        code=name, label=Text(nb=label or name, en=label or name), valid_from=start, valid_to=end, successors=after
    )


def made(*codes: Code) -> CodeList:
    return CodeList(name="AREA", title=Text(nb="Område", en="Area"), source="ours", codes=codes)


CASES = {
    "added": ([code("B", REFORM)], [("added", "B", ())]),
    "ended": ([code("A", OLD, REFORM)], [("ended", "A", ())]),
    "renamed": ([code("A", OLD, REFORM, label="old"), code("A", REFORM, label="new")], [("renamed", "A", ())]),
    "the same under a later date": ([code("A", OLD, REFORM), code("A", REFORM)], []),
    "replaced": ([code("A", OLD, REFORM, "B"), code("B", REFORM)], [("replaced", "A", ("B",))]),
    "merged": (
        [code("A", OLD, REFORM, "C"), code("B", OLD, REFORM, "C"), code("C", REFORM)],
        [("merged", "A", ("C",)), ("merged", "B", ("C",))],
    ),
    "split": (
        [code("A", OLD, REFORM, "B", "C"), code("B", REFORM), code("C", REFORM)],
        [("split", "A", ("B", "C"))],
    ),
    "came and went between": ([code("A", REFORM, NEW)], []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_changed_is_told_by_what_became_of_it(name: str) -> None:
    codes, told = CASES[name]
    found = changes(made(*codes), start=OLD, end=NEW)
    assert [(x.kind, x.code, x.successors) for x in found] == told
    assert {x.day for x in found} <= {REFORM}


def test_what_ended_is_followed_to_what_stands_in_its_place() -> None:
    """Also through codes that came and went between the two days; what is not there yet is followed no further."""
    codes = [
        code("A", OLD, REFORM, "C"), code("B", OLD, REFORM, "C"), code("C", REFORM, NEW, "D", "E"), code("D", NEW),
        code("E", NEW), code("F", REFORM, NEW, "G"), code("G", date(2030, 1, 1)), code("H", OLD, REFORM, "G"),
    ]  # fmt: skip
    assert [(x.kind, x.code, x.day, x.successors) for x in changes(made(*codes), start=OLD, end=NEW)] == [
        ("merged", "A", REFORM, ("C",)), ("merged", "B", REFORM, ("C",)), ("replaced", "H", REFORM, ("G",)),
        ("split", "C", NEW, ("D", "E")),
    ]  # fmt: skip


days = st.integers(0, 60).map(lambda n: OLD + timedelta(days=n))


@tried(200)
@given(
    st.lists(st.tuples(st.sampled_from("ABCD"), days, st.none() | days, st.sampled_from(["x", "y"])), max_size=8),
    days, days,
)  # fmt: skip
def test_the_changes_lead_from_the_one_day_to_the_other(
    entries: list[tuple[str, date, date | None, str]], one: date, other: date
) -> None:
    """Whoever takes what was valid, and does what is told, has what is valid later."""
    start, end = sorted((one, other))
    codes: list[Code] = []
    for name, begins, ends, label in entries:  # as the checks demand: no code is valid twice on some day
        entry = code(name, begins, ends, label=label)
        if (ends is None or begins < ends) and not any(x.code == name and _meet(x, entry) for x in codes):
            codes.append(entry)
    whole = made(*codes)
    state = {name: x.label for name, x in whole.on(start).items()}
    for change in changes(whole, start=start, end=end):
        if change.kind in ("added", "renamed"):
            state[change.code] = change.label
        else:
            del state[change.code]
    assert state == {name: x.label for name, x in whole.on(end).items()}


def _meet(one: Code, other: Code) -> bool:
    return one.valid_from < (other.valid_to or date.max) and other.valid_from < (one.valid_to or date.max)


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        ((code("A", OLD, None, "B"), code("B")), "Code A is succeeded and does not end."),
        ((code("A", OLD, REFORM, "B"), code("B", NEW)), "Code A is succeeded by B, which is not valid on that day."),
        ((code("A", OLD, REFORM, "B"), code("B", REFORM)), None),
    ],
)
def test_a_succession_takes_place_on_one_day(codes: tuple[Code, ...], sentence: str | None) -> None:
    catalogue: Catalogue = read_catalogue(load_pack().catalogue)
    catalogue = replace(
        catalogue, code_lists=(replace(catalogue.code_lists[0], codes=codes), *catalogue.code_lists[1:])
    )
    found = [x.sentence for x in run_checks(catalogue) if x.check == "code-succession"]
    assert found == ([sentence] if sentence else [])
