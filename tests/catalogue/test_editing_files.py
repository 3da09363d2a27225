"""What a person who edits the description meets: faults that name the file and the place, and never a crash."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.canonical import canonical, is_writable, plain
from avrop.catalogue.checks import run_checks
from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.files import read_catalogue, write_catalogue
from avrop.catalogue.imports import DOCUMENT, FORMS, USUAL
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import Band, Break, Level, Prefix, Recode, Variable
from avrop.catalogue.yamltext import load_yaml
from avrop.errors import Mistake
from tests.examples import tried

SMALL = {
    "catalogue.yaml": "name: small\nversion: 2026.1\ntitle: {nb: Liten, en: Small}\npublisher: somebody\n",
    "unit_types.yaml": "- name: PERSON\n  label: {nb: P, en: P}\n  definition: {nb: P, en: P}\n",
    "codelists/YES_NO.yaml": """\
title: {nb: Svar, en: Answer}
source: ours
codes_valid_from: 2020-01-01
codes:
  - {code: NO, label: {nb: Nei, en: No}}
  - {code: 03, label: {nb: Tre, en: Three}, valid_from: 2024-01-01, valid_to: 2025-01-01, successors: [NO]}
""",
    "datasets/PEOPLE.yaml": """\
name: PEOPLE
label: {nb: Folk, en: People}
definition: {nb: Folk, en: People}
unit_type: PERSON
kind: register
person: ID
key: [ID]
variables:
  - name: ID
    label: {nb: Id, en: Id}
    definition: {nb: Id, en: Id}
    unit_type: PERSON
    data_type: text
    temporality: FIXED
    sensitivity: identifier
    source: ours
  - name: BORN
    label: {nb: Født, en: Born}
    definition: {nb: Født, en: Born}
    unit_type: PERSON
    data_type: date
    temporality: FIXED
    sensitivity: ordinary
    source: ours
    nullable: true
    withdrawn: 2026-01-01
    levels: [day, {month: {prefix: 7}}, {year: {prefix: 4}}, {age: {band: [1990, 2000]}}, {old: {recode: {<1990: y}}}]
""",
}


def edited(file: str, before: str, after: str) -> Mapping[str, str]:
    assert before in SMALL[file]
    return {**SMALL, file: SMALL[file].replace(before, after, 1)}


def refusal(texts: Mapping[str, str]) -> Mistake:
    with pytest.raises(Mistake) as no:
        read_catalogue(texts)
    return no.value


def test_a_small_description_reads_as_it_looks() -> None:
    made = read_catalogue(SMALL)
    assert (made.version, made.publisher) == ("2026.1", "somebody")
    no, three = made.code_list("YES_NO").codes
    assert (no.code, no.valid_from, no.valid_to, no.successors) == ("NO", date(2020, 1, 1), None, ())
    assert (three.code, three.valid_from, three.valid_to) == ("03", date(2024, 1, 1), date(2025, 1, 1))
    born = made.variable("BORN")
    assert [level.name for level in born.levels] == ["day", "month", "year", "age", "old"]
    assert [level.step for level in born.levels] == [
        None,
        Prefix(length=7),
        Prefix(length=4),
        Band(edges=(1990, 2000)),
        Recode(pairs=(("<1990", "y"),)),
    ]
    assert (born.nullable, born.withdrawn) == (True, date(2026, 1, 1))
    assert made.dataset("PEOPLE").variables == ("ID", "BORN")


@pytest.mark.parametrize(
    ("file", "before", "after", "place"),
    [
        ("catalogue.yaml", "publisher", "publihser", ("catalogue.yaml", "publisher: Field required", "publihser")),
        ("catalogue.yaml", "en: Small", "de: Klein", ("catalogue.yaml", "title.en", "title.de")),
        ("unit_types.yaml", "- name: PERSON\n  label", "- label", ("unit_types.yaml", "0.name")),
        ("unit_types.yaml", "- name", "  name", ("unit_types.yaml",)),
        ("codelists/YES_NO.yaml", "source: ours\n", "", ("codelists/YES_NO.yaml", "source: Field required")),
        ("codelists/YES_NO.yaml", "{code: NO", "{kode: NO", ("codelists/YES_NO.yaml", "codes.0.code", "codes.0.kode")),
        ("codelists/YES_NO.yaml", "valid_to: 2025-01-01", "valid_to: soon", ("YES_NO.yaml", "codes.1.valid_to")),
        ("codelists/YES_NO.yaml", "valid_to: 2025-01-01", "valid_to: 2025-02-30", ("YES_NO.yaml", "codes.1.valid_to")),
        ("datasets/PEOPLE.yaml", "kind: register", "kind: heap", ("datasets/PEOPLE.yaml", "kind")),
        ("datasets/PEOPLE.yaml", "key: [ID]", "keys: [ID]", ("datasets/PEOPLE.yaml", "key: Field required", "keys")),
        ("datasets/PEOPLE.yaml", "data_type: date", "data_type: decimal", ("PEOPLE.yaml", "BORN", "data_type")),
        ("datasets/PEOPLE.yaml", "    nullable: true", "    nulable: true", ("PEOPLE.yaml", "BORN", "nulable")),
        ("datasets/PEOPLE.yaml", "nullable: true", "nullable: perhaps", ("PEOPLE.yaml", "BORN", "nullable")),
        ("datasets/PEOPLE.yaml", "prefix: 7", "prefix: seven", ("PEOPLE.yaml", "BORN", "levels.1")),
        ("datasets/PEOPLE.yaml", "band: [1990, 2000]", "band: [1990, x]", ("PEOPLE.yaml", "BORN", "levels.3")),
        ("datasets/PEOPLE.yaml", "- name: BORN\n    label", "- label", ("PEOPLE.yaml", "without a name")),
        ("datasets/PEOPLE.yaml", "variables:\n", "variables:\n  - BORN\n", ("PEOPLE.yaml", "without a name")),
    ],
)
def test_a_wrong_field_is_named_with_its_file(file: str, before: str, after: str, place: tuple[str, ...]) -> None:
    no = refusal(edited(file, before, after))
    assert no.code == "document.unreadable"
    for part in place:
        assert part in str(no)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("codelists/YES_NO.yaml", "codes:\n", "cods:\n"),
        ("datasets/PEOPLE.yaml", "key: [ID]\n", "key: [ID]\nshared: ID\n"),
        ("datasets/PEOPLE.yaml", "key: [ID]\n", "key: [ID]\norder: ID\n"),
        ("datasets/PEOPLE.yaml", "key: [ID]\n", "key: [ID]\norder: [BORN]\n"),
        ("datasets/PEOPLE.yaml", "variables:\n", "variables: none\nothers:\n"),
        ("datasets/PEOPLE.yaml", "levels: [day,", "levels: [[day],"),
        ("datasets/PEOPLE.yaml", "{month: {prefix: 7}}", "{month: {suffix: 7}}"),
        ("datasets/PEOPLE.yaml", "{month: {prefix: 7}}", "{month: {prefix: 7, band: [1]}}"),
        ("datasets/PEOPLE.yaml", "{month: {prefix: 7}}", "{month: }"),
        ("datasets/PEOPLE.yaml", "recode: {<1990: y}", "recode: [<1990, y]"),
    ],
)
def test_a_wrong_form_is_named_with_its_file(file: str, before: str, after: str) -> None:
    no = refusal(edited(file, before, after))
    assert (no.code, no.where["file"]) == ("catalogue.form", file)


@pytest.mark.parametrize("file", ["catalogue.yaml", "unit_types.yaml"])
def test_a_missing_file_is_named(file: str) -> None:
    no = refusal({name: text for name, text in SMALL.items() if name != file})
    assert (no.code, no.where["file"]) == ("catalogue.file_missing", file)


@pytest.mark.parametrize("file", [name for name in SMALL if name != "unit_types.yaml"])
@pytest.mark.parametrize("text", ["", "just text", "[a, list]"])
def test_a_file_that_is_no_mapping_is_named(file: str, text: str) -> None:
    no = refusal({**SMALL, file: text})
    assert (no.code, no.where["file"]) == ("catalogue.form", file)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: 1\nb: {c: 1, c: 2}", 2, 11),
        ("a: 1\n? [b, c]\n: d", 2, 3),
        ("a: 1\n~: d", 2, 1),
        ("a: 1\nb: !!int x", 2, 4),
        ("a: 1\nb: !!timestamp x", 2, 4),
        ("a: 1\nb: !!bool x", 2, 4),
        ("a: 1\nb: !!set {x}", 2, 4),
        ("a: 1\nb: \x00", 2, 4),
        ('a: 1\nb: [c, "Days\\0"]', 2, 8),
        ('a: 1\nb: {"\\x00": c}', 2, 5),
        ('a: 1\nb: "\\ud800"', 2, 7),
        ("a: 1\nb: \ud800", 2, 4),
        ("a: 1\n---\nb: 2", 2, 1),
        ("a: &x {b: *x}", 1, 4),
    ],
)
def test_what_yaml_cannot_hold_here_is_refused_at_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(Mistake) as no:
        load_yaml(text, file="mine.yaml", code="x.y")
    assert no.value.where == {"file": "mine.yaml", "line": line, "column": column}


def test_a_text_that_the_database_cannot_hold_is_refused_where_it_stands() -> None:
    no = refusal(edited("datasets/PEOPLE.yaml", "{nb: Født, en: Born}", '{nb: Født, en: "Born\\0"}'))
    assert (no.code, no.where["file"], no.where["line"]) == ("catalogue.yaml", "datasets/PEOPLE.yaml", 18)
    assert "a sign that no text can hold" in no.sentence
    document = json.dumps(plain(read_catalogue(SMALL)), indent=1)
    assert FORMS[DOCUMENT](document.replace('"Born"', '"\\\\u0000"'), file="x.json")
    for put, code in (
        (r"\u0000", "signs"),
        (r"\\\u0000", "signs"),
        (r"\u001b", "signs"),
        (r"\b", "signs"),
        (r"\ud800", "unreadable"),
    ):
        with pytest.raises(Mistake) as refused:
            FORMS[DOCUMENT](document.replace('"Born"', f'"{put}"'), file="x.json")
        line = document[: document.index('"Born"')].count("\n") + 1
        assert (refused.value.code.partition(".")[2], refused.value.where["line"]) == (code, line)
    with pytest.raises(Mistake) as refused:
        FORMS[USUAL]('projectInfo:\n  organization: "x\\0"\n', file="config.yaml", version="1")
    assert refused.value.where["line"] == 2


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(Mistake) as no:
        load_yaml("[" * 5000, file="mine.yaml", code="x.y")
    assert no.value.where == {"file": "mine.yaml", "line": 1, "column": 1001}


def test_a_merge_key_is_an_unknown_field_and_merges_nothing() -> None:
    assert load_yaml("a: &b {x: 1}\nc: {<<: *b}", file="mine.yaml", code="x.y")["c"] == {"<<": {"x": "1"}}
    no = refusal(edited("catalogue.yaml", "title: {nb: Liten, en: Small}", "title: &t {nb: L, en: S}\n<<: *t"))
    assert "<<" in str(no)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12).filter(is_writable)
GOTCHAS = st.sampled_from(
    ["NO", "03", "1e5", "~", "null", "", "<<", "=", "2024-01-01", "12:30", "0x1F", "- a", "#", "'"]
)
WORD = WORDS | GOTCHAS
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)
NAMES = st.lists(st.from_regex(r"[A-Z][A-Z0-9_]{0,6}", fullmatch=True), min_size=1, max_size=5, unique=True)
TEXTS = st.builds(Text, nb=WORD, en=WORD, nn=st.none() | WORD)
DAYS = st.dates()
CODES = st.builds(
    Code,
    code=WORD, label=TEXTS, valid_from=DAYS, valid_to=st.none() | DAYS,
    successors=st.lists(WORD, max_size=2).map(tuple),
)  # fmt: skip
STEPS = st.one_of(
    st.builds(Prefix, length=NUMBERS),
    st.builds(Band, edges=st.lists(NUMBERS, max_size=4).map(tuple)),
    st.builds(Recode, pairs=st.dictionaries(WORD, WORD, max_size=4).map(lambda pairs: tuple(pairs.items()))),
)
LADDERS = st.lists(
    st.builds(Level, name=WORD, step=st.none() | STEPS),
    min_size=1,
    max_size=4,
).map(tuple)
VARIABLES = st.builds(
    Variable,
    name=st.just("X"), label=TEXTS, definition=TEXTS, unit_type=WORD, source=WORD, levels=LADDERS,
    data_type=st.sampled_from(["text", "integer", "number", "date"]),
    temporality=st.sampled_from(["FIXED", "EVENT", "STATUS", "ACCUMULATED"]),
    sensitivity=st.sampled_from(["identifier", "quasi-identifier", "confidential", "special category", "ordinary"]),
    code_list=st.none() | WORD, pattern=st.none() | WORD,
    minimum=st.none() | NUMBERS, maximum=st.none() | NUMBERS,
    nullable=st.booleans(), withdrawn=st.none() | DAYS, population=st.none() | TEXTS, since=st.none() | DAYS,
    breaks=st.none() | st.lists(st.builds(Break, day=DAYS, why=TEXTS), min_size=1, max_size=2).map(tuple),
    open_points=st.none() | st.lists(WORD, min_size=1, max_size=2).map(tuple), described_only=st.none() | st.just(True),
    successors=st.none() | st.lists(WORD, min_size=1, max_size=2).map(tuple),
)  # fmt: skip


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Any catalogue whose parts stand in the order of their names, each variable in some dataset."""
    variables = tuple(replace(draw(VARIABLES), name=name) for name in sorted(draw(NAMES)))
    names = [variable.name for variable in variables]
    parts = [draw(st.permutations(names)), *draw(st.lists(st.lists(st.sampled_from(names), unique=True), max_size=2))]
    datasets = tuple(
        Dataset(
            name=f"D{n}", label=draw(TEXTS), definition=draw(TEXTS), unit_type=draw(WORD), person=draw(WORD),
            kind=draw(st.sampled_from(["register", "event"])), key=tuple(draw(st.lists(WORD, max_size=2))),
            variables=tuple(part), time=draw(st.none() | WORD), until=draw(st.none() | WORD),
        )
        for n, part in enumerate(draw(st.permutations(parts)))
    )  # fmt: skip
    lists = tuple(
        CodeList(name=f"L{n}", title=draw(TEXTS), source=draw(WORD), codes=tuple(codes))
        for n, codes in enumerate(draw(st.lists(st.lists(CODES, max_size=3), max_size=2)))
    )
    units = tuple(draw(st.lists(st.builds(UnitType, name=WORD, label=TEXTS, definition=TEXTS), max_size=2)))
    return Catalogue(
        name=draw(WORD), version=draw(WORD), title=draw(TEXTS), publisher=draw(WORD),
        unit_types=units, code_lists=lists, variables=variables, datasets=datasets,
    )  # fmt: skip


@tried(120)
@given(catalogues())
def test_any_catalogue_reads_back_as_it_was_written_and_its_checks_run(catalogue: Catalogue) -> None:
    assert read_catalogue(write_catalogue(catalogue)) == catalogue
    assert FORMS[DOCUMENT](canonical(catalogue).decode(), file="x.json").catalogue == catalogue
    assert {finding.severity for finding in run_checks(catalogue)} <= {"stop", "question", "note"}


SPOILERS = st.sampled_from(
    ["", ":", "- ", "[", "]", "{", "}", "~", "&a ", "*a", "!!int ", "!x ", "<<: ", "? ", "|\n", "\t", "\n", "'", "x: ", "#", "[]", "{}"]
)  # fmt: skip


@tried(300)
@given(st.sampled_from(sorted(SMALL)), st.floats(0, 1), st.integers(0, 12), SPOILERS)
def test_a_slip_of_the_hand_gives_a_catalogue_or_a_mistake(file: str, place: float, cut: int, put: str) -> None:
    text = SMALL[file]
    start = int(place * len(text))
    try:
        made = read_catalogue({**SMALL, file: text[:start] + put + text[start + cut :]})
    except Mistake as no:
        assert file in str(no)
    else:
        run_checks(made)
