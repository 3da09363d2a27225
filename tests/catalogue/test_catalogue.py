"""The catalogue's files, checks and versions: each check fires on the smallest example and is silent on a sound one."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.canonical import digest
from avrop.catalogue.checks import CHECKS, run_checks
from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.datasets import Catalogue, carried
from avrop.catalogue.files import read_catalogue, write_catalogue
from avrop.catalogue.unittypes import Text
from avrop.catalogue.variables import Band, Level, Prefix, Recode
from avrop.catalogue.versions import difference, freeze
from avrop.catalogue.yamltext import load_yaml
from avrop.errors import Mistake, Refusal
from avrop.packs import load_pack, packs
from tests.examples import tried


@pytest.fixture(scope="module")
def pack():
    return load_pack()


@pytest.fixture(scope="module")
def catalogue(pack) -> Catalogue:
    return read_catalogue(pack.catalogue)


def stops(catalogue: Catalogue) -> set[str]:
    return {f.check for f in run_checks(catalogue) if f.severity == "stop"}


def variable(catalogue: Catalogue, name: str, /, **changes) -> Catalogue:
    made = tuple(replace(v, **changes) if v.name == name else v for v in catalogue.variables)
    return replace(catalogue, variables=made)


def dataset(catalogue: Catalogue, name: str, /, **changes) -> Catalogue:
    return replace(
        catalogue, datasets=tuple(replace(d, **changes) if d.name == name else d for d in catalogue.datasets)
    )


def code_list(catalogue: Catalogue, codes: tuple[Code, ...]) -> Catalogue:
    first = catalogue.code_lists[0]
    return replace(catalogue, code_lists=(replace(first, codes=codes), *catalogue.code_lists[1:]))


T = Text(nb="x", en="x")
D = date(2024, 1, 1)


def test_the_installed_description_has_no_stop_and_no_question(catalogue: Catalogue) -> None:
    assert {f.severity for f in run_checks(catalogue)} <= {"note"}
    assert len(catalogue.variables) >= 12
    assert len({d.name for d in carried(catalogue).datasets}) == 10
    assert packs() == ("vigo",)


@pytest.mark.parametrize(
    ("check", "break_it"),
    [
        ("unique-names", lambda c: replace(c, variables=(*c.variables, c.variables[0]))),
        ("unique-names", lambda c: replace(c, variables=(*c.variables, replace(c.variable("SEX"), name="sex")))),
        ("plain-names", lambda c: variable(c, "SEX", name=" value")),
        ("plain-names", lambda c: variable(c, "SEX", name="1ST")),
        ("plain-names", lambda c: variable(c, "SEX", name="S" * 64)),
        ("plain-names", lambda c: dataset(c, "RESULT", name="../RESULT")),
        ("unit-types-known", lambda c: variable(c, "SEX", unit_type="NOWHERE")),
        ("code-lists-known", lambda c: variable(c, "SEX", code_list="NOWHERE")),
        ("dataset-parts", lambda c: dataset(c, "RESULT", variables=("PERSON_ID", "SHOE_SIZE"))),
        ("dataset-parts", lambda c: dataset(c, "RESULT", time="SUBJECT")),
        ("dataset-parts", lambda c: dataset(c, "RESULT", person="SUBJECT")),
        ("dataset-parts", lambda c: dataset(c, "RESULT", time=None)),
        ("dataset-parts", lambda c: dataset(c, "ENROLMENT", until="PUPIL_STATUS")),
        ("dataset-parts", lambda c: dataset(c, "ENROLMENT", until="GIVEN_DATE")),
        ("dataset-parts", lambda c: dataset(c, "PERSON", until="BIRTH_DATE")),
        ("dataset-parts", lambda c: dataset(c, "RESULT", variables=(*c.dataset("RESULT").variables, "SUBJECT"))),
        ("dataset-parts", lambda c: dataset(c, "RESULT", key=())),
        ("dataset-parts", lambda c: dataset(c, "PERSON", key=("PERSON_ID", "SEX"))),
        ("dataset-parts", lambda c: dataset(c, "ENROLMENT", key=("PERSON_ID", "COMPLETION"))),
        ("code-validity", lambda c: code_list(c, ())),
        ("code-validity", lambda c: code_list(c, (Code(code="1", label=T, valid_from=D, valid_to=D),))),
        (
            "code-validity",
            lambda c: code_list(c, (Code(code="1", label=T, valid_from=D), Code(code="1", label=T, valid_from=D))),
        ),
        ("code-validity", lambda c: code_list(c, (Code(code="1", label=T, valid_from=D, successors=("9",)),))),
        ("ladders", lambda c: variable(c, "SEX", levels=(Level(name="a"), Level(name="a", step=Prefix(length=1))))),
        ("ladders", lambda c: variable(c, "SEX", levels=(Level(name="a", step=Prefix(length=1)),))),
        ("ladders", lambda c: variable(c, "SEX", levels=())),
        ("ladders", lambda c: variable(c, "SEX", levels=(Level(name="a"), Level(name="b")))),
        ("ladders", lambda c: variable(c, "LEVEL", levels=(Level(name="a"), Level(name="b", step=Band(edges=(5,)))))),
        (
            "ladders",
            lambda c: variable(c, "BIRTH_DATE", levels=(Level(name="a"), Level(name="b", step=Band(edges=(5,))))),
        ),
        (
            "ladders",
            lambda c: variable(
                c,
                "SEX",
                levels=(
                    Level(name="a"),
                    Level(name="b", step=Prefix(length=2)),
                    Level(name="c", step=Prefix(length=3)),
                ),
            ),
        ),
        ("ladders", lambda c: variable(c, "SEX", levels=(Level(name="a"), Level(name="b", step=Band(edges=(5, 3)))))),
        (
            "ladders",
            lambda c: variable(
                c, "SEX", levels=(Level(name="a"), Level(name="b", step=Recode(pairs=(("1", "x"), ("1", "y")))))
            ),
        ),
        ("ranges", lambda c: variable(c, "BIRTH_DATE", data_type="number")),
        ("ranges", lambda c: variable(c, "SEX", data_type="number")),
        ("ranges", lambda c: variable(c, "SEX", minimum=0)),
        ("ranges", lambda c: variable(c, "ABSENCE_DAYS", minimum=2, maximum=1)),
        ("ranges", lambda c: variable(c, "ABSENCE_DAYS", maximum=2**53)),
        ("ranges", lambda c: variable(c, "SCHOOL_YEAR", pattern="[")),
        ("ranges", lambda c: variable(c, "ABSENCE_DAYS", pattern="[0-9]+")),
        ("ranges", lambda c: variable(c, "ABSENCE_DAYS", code_list="SEX")),
        ("variable-succession", lambda c: variable(c, "ABSENCE_DAYS", successors=("SEX",))),
        ("variable-succession", lambda c: variable(c, "ABSENCE_DAYS", withdrawn=D, successors=("NOBODY",))),
        ("withdrawal", lambda c: variable(c, "ABSENCE_DAYS", since=D, withdrawn=D)),
        ("texts", lambda c: variable(c, "SEX", label=Text(nb="", en="Sex"))),
    ],
)
def test_each_check_stops_what_it_is_for(catalogue: Catalogue, check: str, break_it) -> None:
    broken = break_it(catalogue)
    assert check in stops(broken)
    with pytest.raises(Refusal) as no:
        freeze(broken, run_checks(broken))
    assert no.value.code == "catalogue.stopped"


def test_every_stopping_check_is_tried_above() -> None:
    tried = {
        "unique-names",
        "plain-names",
        "unit-types-known",
        "code-lists-known",
        "dataset-parts",
        "code-validity",
        "ladders",
        "ranges",
        "variable-succession",
        "withdrawal",
        "texts",
    }
    assert {name for name, (severity, _) in CHECKS.items() if severity == "stop"} == tried


def test_writing_and_reading_gives_the_catalogue_back(catalogue: Catalogue) -> None:
    assert digest(read_catalogue(write_catalogue(catalogue))) == digest(catalogue)


@tried(100)
@given(
    st.lists(st.text("0123456789eEnoNOyYtrue.:-~ ", min_size=1, max_size=6).filter(str.strip), min_size=1, unique=True)
)
def test_codes_keep_their_text_whatever_yaml_thinks_they_are(codes: list[str]) -> None:
    """`03`, `NO`, `1e5`, `12:30` and `null` written in quotes arrive as what they are."""
    listed = CodeList(
        name="L", title=T, source="s", codes=tuple(Code(code=code, label=T, valid_from=D) for code in codes)
    )
    made = Catalogue(
        name="c", version="1", title=T, publisher="p", unit_types=(), code_lists=(listed,), variables=(), datasets=()
    )
    assert read_catalogue(write_catalogue(made)) == made


def test_unquoted_codes_are_text_too() -> None:
    assert load_yaml("a: [03, NO, 1e5, 2024-01-01, yes]", file="x", code="x.y") == {
        "a": ["03", "NO", "1e5", "2024-01-01", "yes"]
    }


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2", "a: &x [*x", "\tb: 1", "a: !!python/object:os.system 1"])
def test_bad_yaml_is_a_mistake_with_file_and_line(text: str) -> None:
    with pytest.raises(Mistake) as no:
        load_yaml(text, file="mine.yaml", code="catalogue.yaml")
    assert no.value.where["file"] == "mine.yaml"
    assert "line" in no.value.where


def test_dated_codes(catalogue: Catalogue) -> None:
    counties = catalogue.code_list("COUNTY")
    assert "38" in counties.on(date(2023, 12, 31)) and "38" not in counties.on(date(2024, 1, 1))
    assert "39" not in counties.on(date(2023, 12, 31)) and "39" in counties.on(date(2024, 1, 1))
    assert len(counties.on(date(2026, 1, 1))) == 15


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda c: replace(c, variables=c.variables[1:]), "breaking"),
        (lambda c: variable(c, "SEX", code_list="YES_NO"), "breaking"),
        (lambda c: variable(c, "BIRTH_DATE", levels=c.variable("BIRTH_DATE").levels[:2]), "breaking"),
        (lambda c: variable(c, "SEX", label=T), "compatible"),
        (lambda c: replace(c, variables=(*c.variables, replace(c.variables[0], name="NEW"))), "compatible"),
    ],
)
def test_differences_are_breaking_or_compatible(catalogue: Catalogue, change, kind: str) -> None:
    assert {x.kind for x in difference(catalogue, change(catalogue))} == {kind}
    assert difference(catalogue, catalogue) == ()
