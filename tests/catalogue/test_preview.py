"""Previews: rows of nobody that are valid by their own description, and load as any table does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.examples import example
from avrop.catalogue.preview import rows
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import Variable
from avrop.engines.loading import load_tables
from avrop.errors import Mistake
from tests.examples import tried
from tests.publishing import CATALOGUE as INSTALLED

T = Text(nb="x", en="x")
TYPES = {"text": str, "integer": int, "number": float, "date": date}
PATTERNS = ("[0-9]{4}-[0-9]{4}", "[0-9]{5}|[0-9]{3}", "V[gG][1-3]?", r"\d+\.(a|bc){2,3}x*")


def faults(catalogue: Catalogue, dataset: Dataset, row: Mapping[str, object]) -> list[str]:
    """The columns of the row whose value its description does not allow."""
    day = row[dataset.time] if dataset.time else None
    needed = {dataset.person, dataset.time, *dataset.key}
    wrong = []
    for name in dataset.variables:
        variable, value = catalogue.variable(name), row[name]
        if value is None:
            sound = variable.nullable and name not in needed
        elif variable.sensitivity == "identifier":
            sound = re.fullmatch(r"P-\d{6}", str(value)) is not None
        elif type(value) is not TYPES[variable.data_type]:
            sound = False
        elif variable.code_list:
            codes = catalogue.code_list(variable.code_list).codes
            sound = any(c.code == value and (not isinstance(day, date) or c.valid_on(day)) for c in codes)
        elif isinstance(value, int):
            low, high = variable.minimum, variable.maximum
            sound = (low is None or low <= value) and (high is None or value <= high)
        else:
            sound = variable.pattern is None or re.fullmatch(variable.pattern, str(value)) is not None
        if not sound:
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("dataset", [each.name for each in INSTALLED.datasets if "SCHOOL_YEAR" in each.variables])
def test_a_school_year_is_two_years_that_follow_each_other_and_has_the_rows_day(dataset: str) -> None:
    described = INSTALLED.dataset(dataset)
    for row in rows(INSTALLED, dataset, count=200, seed=1):
        first, last = map(int, str(row["SCHOOL_YEAR"]).split("-"))
        assert last == first + 1
        day = row[described.time] if described.time else None
        assert isinstance(day, date)
        assert date(2006, 8, 1) <= date(first, 8, 1) <= day < date(last, 8, 1)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("[0-9]{4}/[0-9]{4}", r"(20\d\d)/(20\d\d)"), ("[0-9]{4}-20", r"\d{4}-20"), ("1234-1234", "1234-1234"),
     ("[0-9]{4} [0-9]{4}", r"\d{4} \d{4}")],
)  # fmt: skip
def test_what_only_looks_like_years_is_left_as_its_pattern_says(pattern: str, expected: str) -> None:
    catalogue = replace(
        INSTALLED,
        variables=tuple(
            replace(v, pattern=pattern, nullable=False) if v.name == "SCHOOL_YEAR" else v for v in INSTALLED.variables
        ),
    )
    home = next(each.name for each in INSTALLED.datasets if "SCHOOL_YEAR" in each.variables)
    for row in rows(catalogue, home, count=20, seed=1):
        found = re.fullmatch(expected, str(row["SCHOOL_YEAR"]))
        assert found
        assert not found.groups() or int(found[2]) == int(found[1]) + 1


@st.composite
def described(draw: st.DrawFn) -> Catalogue:
    """A catalogue of one event table: a person, a time, and any columns."""
    spans = st.tuples(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.none() | st.integers(1, 4000))
    lists = [
        CodeList(
            name=f"L{n}", title=T, source="",
            codes=tuple(
                Code(code=f"{n}{m}", label=T, valid_from=start,
                     valid_to=None if days is None or m == 0 else date.fromordinal(start.toordinal() + days))
                for m, (start, days) in enumerate(draw(st.lists(spans, min_size=1, max_size=4)))
            ),
        )
        for n in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    common = {"label": T, "definition": T, "unit_type": "U", "temporality": "EVENT", "source": ""}
    forms: st.SearchStrategy[dict[str, object]] = st.one_of(
        st.just({"data_type": "date"}),
        st.just({"data_type": "text"}),
        st.just({"data_type": "number"}),
        st.sampled_from(PATTERNS).map(lambda pattern: {"data_type": "text", "pattern": pattern}),
        st.tuples(st.none() | st.integers(-50, 50), st.none() | st.integers(50, 90)).map(
            lambda bounds: {"data_type": "integer", "minimum": bounds[0], "maximum": bounds[1]}
        ),
        *([st.sampled_from(lists).map(lambda each: {"data_type": "text", "code_list": each.name})] if lists else []),
    )
    columns = [
        Variable(name=f"V{n}", sensitivity="ordinary", nullable=draw(st.booleans()), **common, **form)  # type: ignore[arg-type]
        for n, form in enumerate(draw(st.lists(forms, max_size=5)))
    ]
    variables = (
        Variable(name="ID", data_type="text", sensitivity="identifier", pattern="[0-9]{11}", **common),  # type: ignore[arg-type]
        Variable(name="DAY", data_type="date", sensitivity="ordinary", **common),  # type: ignore[arg-type]
        *columns,
    )
    names = tuple(variable.name for variable in variables)
    key = ("ID", *draw(st.lists(st.sampled_from(names[1:]), unique=True, max_size=2)))
    table = Dataset(
        name="D", label=T, definition=T, unit_type="U", kind="event", person="ID", key=key, variables=names, time="DAY"
    )
    return Catalogue(
        name="c", version="1", title=T, publisher="p", unit_types=(UnitType(name="U", label=T, definition=T),),
        code_lists=tuple(lists), variables=variables, datasets=(table,),
    )  # fmt: skip


@tried(150)
@given(described(), st.integers(0, 8), st.integers())
def test_a_preview_is_valid_by_its_own_description(catalogue: Catalogue, count: int, seed: int) -> None:
    dataset = catalogue.dataset("D")
    made = rows(catalogue, "D", count=count, seed=seed)
    assert [faults(catalogue, dataset, row) for row in made] == [[]] * len(made)
    assert all(tuple(row) == dataset.variables for row in made)
    assert len({tuple(row[name] for name in dataset.key) for row in made}) == len(made) <= count
    assert made == rows(catalogue, "D", count=count, seed=seed)


@pytest.mark.parametrize("name", [dataset.name for dataset in INSTALLED.datasets])
def test_the_installed_tables_have_a_full_preview_without_an_identity_number(name: str) -> None:
    made = rows(INSTALLED, name, count=40, seed=1)
    assert len(made) == 40
    assert [faults(INSTALLED, INSTALLED.dataset(name), row) for row in made] == [[]] * 40
    assert not re.search(r"\b\d{11}\b", repr(made))
    assert made != rows(INSTALLED, name, count=40, seed=2)


def _write(path: Path, catalogue: Catalogue, made: Sequence[Mapping[str, object]]) -> Path:
    kinds = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "date": pa.date32()}
    schema = pa.schema([(name, kinds[catalogue.variable(name).data_type]) for name in made[0]])
    pq.write_table(pa.Table.from_pylist([dict(row) for row in made], schema=schema), path)
    return path


def test_previews_load_as_any_tables_do_when_their_identifiers_are_allowed(tmp_path: Path) -> None:
    """Those of what is described only too, once it is not."""
    variables = tuple(
        replace(v, pattern="P-[0-9]{6}" if v.sensitivity == "identifier" else v.pattern, described_only=None)
        for v in INSTALLED.variables
    )
    datasets = tuple(replace(each, described_only=None) for each in INSTALLED.datasets)
    catalogue = replace(INSTALLED, variables=variables, datasets=datasets)
    sources = {
        dataset.name: [_write(tmp_path / f"{dataset.name}.parquet", catalogue, rows(catalogue, dataset.name, count=60, seed=3))]
        for dataset in catalogue.datasets
    }  # fmt: skip
    report = load_tables(catalogue, sources, tmp_path / "loaded", threads=1, memory_limit="500MB")
    assert {dataset.dataset: dataset.rows for dataset in report.datasets} == dict.fromkeys(sources, 60)


def test_a_small_domain_gives_fewer_rows() -> None:
    (person, *_) = [dataset for dataset in INSTALLED.datasets if dataset.kind == "register"]
    by_sex = replace(INSTALLED, datasets=(replace(person, key=("SEX",)),))
    assert sorted(row["SEX"] for row in rows(by_sex, person.name, count=9, seed=0)) == ["1", "2"]


def test_lists_that_are_never_valid_together_have_no_preview() -> None:
    early, late = (INSTALLED.code_list(name) for name in ("TERM", "MARK"))
    ended = replace(early, codes=tuple(replace(c, valid_to=date(2007, 1, 1)) for c in early.codes))
    begun = replace(late, codes=tuple(replace(c, valid_from=date(2008, 1, 1)) for c in late.codes))
    others = [each for each in INSTALLED.code_lists if each.name not in ("TERM", "MARK")]
    with pytest.raises(Mistake) as no:
        rows(replace(INSTALLED, code_lists=(*others, ended, begun)), "RESULT", count=1, seed=0)
    assert (no.value.code, no.value.where) == ("preview.no_day", {"dataset": "RESULT"})


def test_a_pattern_that_cannot_be_followed_is_a_mistake() -> None:
    made = tuple(replace(v, pattern="(?=x)y") if v.name == "SCHOOL_YEAR" else v for v in INSTALLED.variables)
    with pytest.raises(Mistake) as no:
        rows(replace(INSTALLED, variables=made), "RESULT", count=1, seed=0)
    assert (no.value.code, no.value.where) == ("preview.pattern", {"variable": "SCHOOL_YEAR"})


PIECES = st.recursive(
    st.sampled_from(["a", "-", "Ø", r"\.", r"\d", "[0-9]", "[A-CX]", "[a-]"]),
    lambda inner: st.builds(
        lambda parts, bar, count: f"({('|' if bar else '').join(parts)}){count}",
        st.lists(inner, min_size=1, max_size=3), st.booleans(),
        st.sampled_from(["", "?", "*", "+", "{2}", "{1,3}", "{2,}"]),
    ),
    max_leaves=6,
)  # fmt: skip


@tried(150)
@given(PIECES, st.integers(0, 10**6))
def test_an_example_matches_its_pattern(pattern: str, number: int) -> None:
    made = example(pattern, lambda step, below: (number + 7 * step) % below)
    assert made is not None and re.fullmatch(pattern, made)


@pytest.mark.parametrize("pattern", ["(?=a)b", "[^a]", "^a$", "a.", r"(a)\1", "(a", "a)", r"\w", "a*?b"])
def test_a_pattern_of_another_form_has_no_example(pattern: str) -> None:
    assert example(pattern, lambda _step, _below: 0) is None
