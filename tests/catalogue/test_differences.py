"""What changed between two versions: nothing passes unseen, and each change is breaking or compatible as it should."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date

import pytest

from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.findings import Finding
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import Break, Level, Prefix, Variable
from avrop.catalogue.versions import difference, freeze
from avrop.errors import Refusal

T, OTHER = Text(nb="x", en="x"), Text(nb="y", en="y")
DAY, LATER = date(2020, 1, 1), date(2024, 1, 1)
UNIT = UnitType(name="PERSON", label=T, definition=T)
OLD_CODE, CODE = Code(code="1", label=T, valid_from=DAY, valid_to=LATER), Code(code="2", label=T, valid_from=DAY)
LIST = CodeList(name="LIST", title=T, source="ours", codes=(OLD_CODE, CODE))
VARIABLE = Variable(
    name="X", label=T, definition=T, unit_type="PERSON", data_type="text", temporality="FIXED", sensitivity="ordinary",
    source="ours", levels=(Level(name="a"), Level(name="b", step=Prefix(length=2))), minimum=1, maximum=5,
)  # fmt: skip
DATASET = Dataset(
    name="D", label=T, definition=T, unit_type="PERSON", kind="register", person="X", key=("X",), variables=("X", "Y")
)
BEFORE = Catalogue(
    name="c", version="1", title=T, publisher="p",
    unit_types=(UNIT,), code_lists=(LIST,), variables=(VARIABLE,), datasets=(DATASET,),
)  # fmt: skip


VARIABLES = [
    ("name", "Z", {("X", "breaking"), ("Z", "compatible")}),
    ("label", OTHER, {("X", "compatible")}),
    ("definition", OTHER, {("X", "compatible")}),
    ("unit_type", "COURSE", {("X", "breaking")}),
    ("data_type", "integer", {("X", "breaking")}),
    ("temporality", "EVENT", {("X", "breaking")}),
    ("sensitivity", "identifier", {("X", "breaking")}),
    ("source", "theirs", {("X", "compatible")}),
    ("levels", VARIABLE.levels[:1], {("X", "breaking")}),
    ("levels", (Level(name="a"), Level(name="b", step=Prefix(length=1))), {("X", "breaking")}),
    ("levels", (*VARIABLE.levels, Level(name="c", step=Prefix(length=1))), {("X", "compatible")}),
    ("code_list", "LIST", {("X", "breaking")}),
    ("pattern", "[0-9]", {("X", "breaking")}),
    ("minimum", 2, {("X", "breaking")}),
    ("minimum", 0, {("X", "compatible")}),
    ("minimum", None, {("X", "compatible")}),
    ("maximum", 4, {("X", "breaking")}),
    ("maximum", 6, {("X", "compatible")}),
    ("maximum", None, {("X", "compatible")}),
    ("nullable", True, {("X", "breaking")}),
    ("withdrawn", LATER, {("X", "breaking")}),
    ("population", OTHER, {("X", "compatible")}),
    ("since", LATER, {("X", "breaking")}),
    ("breaks", (Break(day=LATER, why=OTHER),), {("X", "compatible")}),
    ("open_points", ("not read",), {("X", "compatible")}),
    ("described_only", True, {("X", "breaking")}),
    ("successors", ("Y",), {("X", "compatible")}),
]
DATASETS = [
    ("name", "E", {("D", "breaking"), ("E", "compatible")}),
    ("label", OTHER, {("D", "compatible")}),
    ("definition", OTHER, {("D", "compatible")}),
    ("unit_type", "COURSE", {("D", "breaking")}),
    ("kind", "event", {("D", "breaking")}),
    ("person", "Y", {("D", "breaking")}),
    ("key", ("X", "Y"), {("D", "breaking")}),
    ("variables", ("X",), {("D", "breaking")}),
    ("variables", ("X", "Y", "Z"), {("D", "compatible")}),
    ("variables", ("Y", "X"), {("D", "compatible")}),
    ("time", "Y", {("D", "breaking")}),
    ("until", "Y", {("D", "breaking")}),
    ("described_only", True, {("D", "breaking")}),
]
LISTS = [
    ("name", "M", {("LIST", "breaking"), ("M", "compatible")}),
    ("title", OTHER, {("LIST", "compatible")}),
    ("source", "theirs", {("LIST", "compatible")}),
    ("codes", (OLD_CODE,), {("LIST", "breaking")}),
    ("codes", (OLD_CODE, CODE, replace(CODE, code="3")), {("LIST", "compatible")}),
    ("codes", (OLD_CODE, replace(CODE, valid_from=LATER)), {("LIST", "breaking"), ("LIST", "compatible")}),
    ("codes", (OLD_CODE, replace(CODE, valid_to=LATER)), {("LIST", "breaking")}),
    ("codes", (replace(OLD_CODE, valid_to=None), CODE), {("LIST", "compatible")}),
    ("codes", (OLD_CODE, replace(CODE, label=OTHER)), {("LIST", "compatible")}),
    ("codes", (replace(OLD_CODE, successors=("2",)), CODE), {("LIST", "compatible")}),
    ("codes", (CODE, OLD_CODE), {("LIST", "compatible")}),
]
UNITS = [
    ("name", "COURSE", {("PERSON", "breaking"), ("COURSE", "compatible")}),
    ("label", OTHER, {("PERSON", "compatible")}),
    ("definition", OTHER, {("PERSON", "compatible")}),
]
WHOLE = [
    ("name", "d", {("c", "breaking")}),
    ("title", OTHER, {("c", "compatible")}),
    ("publisher", "q", {("c", "compatible")}),
]
KINDS: dict[str, tuple[object, list[tuple[str, object, set[tuple[str, str]]]], Callable[[object], Catalogue]]] = {
    "variable": (VARIABLE, VARIABLES, lambda made: replace(BEFORE, variables=(made,))),
    "dataset": (DATASET, DATASETS, lambda made: replace(BEFORE, datasets=(made,))),
    "code list": (LIST, LISTS, lambda made: replace(BEFORE, code_lists=(made,))),
    "unit type": (UNIT, UNITS, lambda made: replace(BEFORE, unit_types=(made,))),
    "catalogue": (BEFORE, WHOLE, lambda made: made),
}


@pytest.mark.parametrize(
    ("kind", "field", "value", "told"),
    [(kind, *case) for kind, (_, cases, _) in KINDS.items() for case in cases],
)
def test_each_change_is_told(kind: str, field: str, value: object, told: set[tuple[str, str]]) -> None:
    item, _, into = KINDS[kind]
    after = into(replace(item, **{field: value}))
    assert {(change.subject, change.kind) for change in difference(BEFORE, after)} == told


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_tried_above(kind: str) -> None:
    item, cases, _ = KINDS[kind]
    parts = {"version", "unit_types", "code_lists", "variables", "datasets"} if kind == "catalogue" else set()
    assert {field for field, _, _ in cases} == {field.name for field in fields(item)} - parts


def test_the_version_alone_is_no_change() -> None:
    assert difference(BEFORE, BEFORE) == ()
    assert difference(BEFORE, replace(BEFORE, version="2")) == ()


def test_changes_are_sorted_and_say_what_was_removed() -> None:
    after = replace(BEFORE, code_lists=(), variables=(replace(VARIABLE, name="A"),))
    assert [(change.subject, change.what) for change in difference(BEFORE, after)] == [
        ("A", "variable added"),
        ("LIST", "code list removed"),
        ("X", "variable removed"),
    ]


def test_a_question_does_not_stop_a_version_and_a_stop_does() -> None:
    question = Finding(check="q", severity="question", subject="X", sentence="Really?")
    stop = Finding(check="s", severity="stop", subject="Y", sentence="No.", hint="Mend it.")
    assert freeze(BEFORE, [question]) is BEFORE
    with pytest.raises(Refusal) as no:
        freeze(BEFORE, [question, stop])
    assert (no.value.code, no.value.hint) == ("catalogue.stopped", "Mend it.")
    assert "1 findings stop this version" in str(no.value) and "Y: No." in str(no.value)


def test_codes_that_exchange_their_meanings_break_and_a_better_wording_does_not() -> None:
    first, second = (
        Code(code="B", label=Text(nb="Ja", en="Yes"), valid_from=LATER),
        Code(code="I", label=Text(nb="Nei", en="No"), valid_from=LATER),
    )
    listed = CodeList(name="LIST", title=OTHER, source="x", codes=(first, second))
    turned = replace(listed, codes=(replace(first, label=second.label), replace(second, label=first.label)))
    worded = replace(listed, codes=(replace(first, label=Text(nb="Ja visst", en="Yes")), second))
    before = replace(BEFORE, code_lists=(listed,))
    kinds = [
        {change.kind for change in difference(before, replace(before, code_lists=(after,)))}
        for after in (turned, worded)
    ]
    assert kinds[0] >= {"breaking"}
    assert kinds[1] == {"compatible"}


YES, NO = Text(nb="Ja", nn="Ja", en="Yes"), Text(nb="Nei", nn="Nei", en="No")


@pytest.mark.parametrize(
    "taken",
    [
        Text(nb="nei", nn="Ja", en="no"), Text(nb="NEI.", nn="Ja", en="Yes"), Text(nb=" Nei ", en="Not at all"),
        Text(nb="Aldri", nn="nei", en="Yes"), Text(nb="Aldri", nn="Aldri", en="No!"),
    ],
)  # fmt: skip
def test_a_code_that_takes_anothers_name_in_any_language_breaks_however_it_is_written(taken: Text) -> None:
    listed = replace(LIST, codes=(replace(OLD_CODE, label=YES), replace(CODE, label=NO)))
    turned = replace(LIST, codes=(replace(OLD_CODE, label=taken), replace(CODE, label=NO)))
    before = replace(BEFORE, code_lists=(listed,))
    changes = difference(before, replace(before, code_lists=(turned,)))
    assert ("LIST", "a code took another one's meaning", "breaking") in {(c.subject, c.what, c.kind) for c in changes}


@pytest.mark.parametrize(
    "written", [Text(nb="JA", nn="Ja.", en="yes"), Text(nb="Ja", en="Yes"), Text(nb="Jo", en="Yea")]
)
def test_a_code_that_keeps_its_name_or_gets_a_new_one_breaks_nothing(written: Text) -> None:
    listed = replace(LIST, codes=(replace(OLD_CODE, label=YES), replace(CODE, label=YES)))
    turned = replace(LIST, codes=(replace(OLD_CODE, label=written), replace(CODE, label=YES)))
    before = replace(BEFORE, code_lists=(listed,))
    assert {c.kind for c in difference(before, replace(before, code_lists=(turned,)))} == {"compatible"}


def test_codes_whose_names_differ_by_a_sign_are_two() -> None:
    below, above = Text(nb="< 5", en="< 5"), Text(nb="> 5", en="> 5")
    listed = replace(LIST, codes=(replace(OLD_CODE, label=below), replace(CODE, label=above)))
    turned = replace(LIST, codes=(replace(OLD_CODE, label=above), replace(CODE, label=below)))
    before = replace(BEFORE, code_lists=(listed,))
    assert "breaking" in {c.kind for c in difference(before, replace(before, code_lists=(turned,)))}


REWORDED = [
    ("variables", replace(VARIABLE, definition=OTHER), {"X"}),
    ("variables", replace(VARIABLE, label=replace(T, en="z")), {"X"}),
    ("variables", replace(VARIABLE, population=OTHER), {"X"}),
    ("variables", replace(VARIABLE, definition=replace(T, nn="ny")), set()),
    ("variables", replace(VARIABLE, source="theirs"), set()),
    ("variables", replace(VARIABLE, breaks=(Break(day=LATER, why=T),)), {"X"}),
    ("datasets", replace(DATASET, definition=OTHER), {"D"}),
    ("unit_types", replace(UNIT, definition=OTHER), {"PERSON"}),
    ("code_lists", replace(LIST, codes=(replace(OLD_CODE, label=OTHER), CODE)), {"LIST"}),
    ("code_lists", replace(LIST, codes=(replace(OLD_CODE, successors=("2",)), CODE)), set()),
]


@pytest.mark.parametrize(("part", "made", "doubted"), REWORDED)
def test_words_that_changed_may_mean_something_else_and_a_language_that_came_does_not(
    part: str, made: object, doubted: set[str]
) -> None:
    changes = difference(BEFORE, replace(BEFORE, **{part: (made,)}))
    assert {change.kind for change in changes} == {"compatible"}
    assert {change.subject for change in changes if change.meaning} == doubted
