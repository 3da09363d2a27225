"""Corners in which engines could part: each is run on both and must give the written answer."""

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from avrop.catalogue.variables import Band, Prefix, Recode, Step
from avrop.disclosure import operators as op
from avrop.disclosure.binding import Binding
from avrop.disclosure.generation import MergePlan, MergeSource, MergeTable
from avrop.engines.duckdb import ROW_GROUP_ROWS, DuckDBEngine
from avrop.engines.reference import ReferenceEngine
from tests.engines.engine_data import EVENT, bind, plan, write
from tests.engines.test_shut_off import row, table

ENGINES = (DuckDBEngine(threads=2, memory_limit="1GB"), ReferenceEngine())
both = pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
HOME = (op.Column(name="ID", type="text"), op.Column(name="HOME", type="text"))


def out(engine, tmp_path: Path, made: op.TablePlan, binding: Binding) -> list[dict[str, Any]]:
    folder = tmp_path / "out"
    folder.mkdir()
    (file,) = engine.run(plan(made), binding, folder)
    return [{k: v for k, v in r.items() if k != "pseudonym"} for r in pq.read_table(file.path).to_pylist()]


def replaced(binding: Binding, dataset: str, *paths: Path) -> Binding:
    return replace(binding, tables={**binding.tables, dataset: list(paths)})


@both
@pytest.mark.parametrize(
    ("column", "values", "left"),
    [
        ("NUM", ("1", "x", "02"), [1]),
        ("NUM", (), []),
        ("DAY", ("2024-10-01",), [1, 2]),
        ("CODE", ("",), [2]),
        ("KIND", ("1",), [1]),
    ],
)
def test_a_filter_compares_text_and_a_null_is_not_among_any(engine, column, values, left, tmp_path: Path) -> None:
    events = [row(NUM=1), row(NUM=2, CODE="", KIND=None), row(NUM=3, DAY=None, KIND=None, CODE=None)]
    made = table(op.Where(column=column, values=values), columns=("NUM",))
    assert [r["NUM"] for r in out(engine, tmp_path, made, bind(tmp_path / "in", events=events))] == left


@both
def test_a_looked_up_column_takes_the_place_of_one_of_the_same_name(engine, tmp_path: Path) -> None:
    binding = bind(tmp_path / "in", events=[row("0A", HOME="B"), row("0B", HOME="B")])
    binding = replaced(binding, "REGISTER", write(tmp_path / "reg", [{"ID": "0A", "HOME": "register"}], HOME))
    lookup = op.Lookup(dataset="REGISTER", on="WHO", key="ID", columns=HOME[1:])
    made = table(op.Claimants(columns=("HOME",)), lookup, columns=("HOME",))
    found = out(engine, tmp_path, made, binding)
    assert sorted(str(r["HOME"]) for r in found) == ["None", "register"]


@both
def test_rows_of_a_register_without_a_person_are_nobodys(engine, tmp_path: Path) -> None:
    nobody = [{"ID": None, "BORN": None, "SEX": "1"}, {"ID": None, "BORN": None, "SEX": "2"}]
    binding = bind(tmp_path / "in", events=[row()], register=nobody)
    lookup = op.Lookup(dataset="REGISTER", on="WHO", key="ID", columns=(op.Column(name="SEX", type="text"),))
    types = (op.Column(name="pseudonym", type="text"), op.Column(name="SEX", type="text"))
    made = table(lookup)
    made = replace(
        made,
        operators=(*made.operators[:-2], op.Select(columns=(("WHO", "pseudonym"), ("SEX", "SEX")))),
        output=types,
    )
    assert out(engine, tmp_path, made, binding) == [{"SEX": None}]


@both
def test_a_folder_that_looks_like_a_column_is_a_folder(engine, tmp_path: Path) -> None:
    folder = tmp_path / "CODE=other" / "OWNER=B"
    folder.mkdir(parents=True)
    binding = replaced(
        bind(tmp_path / "in", events=[]), "EVENTS", write(folder / "part.parquet", [row(CODE="x")], EVENT)
    )
    made = table(op.Origin(column="OWNER", controller="A"))
    assert out(engine, tmp_path, made, binding) == [{"CODE": "x"}]


@both
@pytest.mark.parametrize("name", ["it's", "a[1]b", "st*r", 'quo"te', "what?", "æøå é"])
def test_odd_names_of_folders_do_no_harm(engine, name: str, tmp_path: Path) -> None:
    for other in ("a1b", "star", "whats"):
        bind(tmp_path / other, events=[row(CODE="another folder")])
    binding = bind(tmp_path / name, events=[row(CODE="x")])
    assert out(engine, tmp_path / name, table(), binding) == [{"CODE": "x"}]


@both
def test_files_of_a_dataset_may_have_their_columns_in_any_order(engine, tmp_path: Path) -> None:
    turned = tuple(reversed(EVENT))
    binding = replaced(
        bind(tmp_path / "in", events=[]), "EVENTS", write(tmp_path / "a", [row(CODE="a")], EVENT),
        write(tmp_path / "b", [{c.name: row(CODE="b")[c.name] for c in turned}], turned),
    )  # fmt: skip
    assert sorted(r["CODE"] for r in out(engine, tmp_path, table(), binding)) == ["a", "b"]


NUMBERS: Sequence[tuple[Step, Any, str | None]] = (
    (Band(edges=(5,)), "007", ">=5"),
    (Band(edges=(5,)), "-3", "<5"),
    (Band(edges=(5,)), "12 ", None),
    (Band(edges=(5,)), "12\n", None),
    (Band(edges=(5,)), "+7", None),
    (Band(edges=(5,)), "1.5", None),
    (Band(edges=(5,)), "1e3", None),
    (Band(edges=(5,)), "", None),
    (Band(edges=(5,)), "\u0661\u0662", None),
    (Band(edges=(5,)), None, None),
    (Recode(pairs=(("it's", '"a"'),)), "it's", '"a"'),
    (Recode(pairs=(("a\\n", "b\\"),)), "a\\n", "b\\"),
    (Recode(pairs=(("a\nb", "c\td"),)), "a\nb", "c\td"),
    (Recode(pairs=(("a", "b"),)), "A", None),
    (Recode(pairs=(("a", "b"),)), "b", None),
    (Recode(pairs=()), "a", None),
    (Prefix(length=2), "æøå", "æø"),
    (Prefix(length=1), "\u0065\u0301", "e"),
    (Prefix(length=3), "a\x00bc", "a\x00b"),
    (Prefix(length=9), "ab", "ab"),
    (Prefix(length=2), None, None),
)


@both
@pytest.mark.parametrize(("step", "value", "expected"), NUMBERS, ids=[repr(v) + s.type for s, v, _ in NUMBERS])
def test_one_step_up_a_ladder(engine, step: Step, value: Any, expected: str | None, tmp_path: Path) -> None:
    made = table(op.Generalise(column="CODE", steps=(step,)))
    assert out(engine, tmp_path, made, bind(tmp_path / "in", events=[row(CODE=value)])) == [{"CODE": expected}]


@both
@pytest.mark.parametrize(
    ("day", "length", "expected"),
    [(date(1, 1, 1), 4, "0001"), (date(9999, 12, 31), 7, "9999-12"), (date(1969, 12, 31), 10, "1969-12-31")],
)
def test_a_date_is_iso_text_on_its_ladder(engine, day: date, length: int, expected: str, tmp_path: Path) -> None:
    made = table(op.Generalise(column="DAY", steps=(Prefix(length=length),)), columns=("DAY",))
    made = replace(made, output=tuple(replace(c, type="text") for c in made.output))
    assert out(engine, tmp_path, made, bind(tmp_path / "in", events=[row(DAY=day)])) == [{"DAY": expected}]


@both
def test_a_claimant_who_is_no_controller_denies_and_a_successor_answers(engine, tmp_path: Path) -> None:
    homes = (None, "A", "B", "C", "OLD", "ELSEWHERE", "")
    events = [row(HOME=home, NUM=number) for number, home in enumerate(homes)]
    claimants = op.Claimants(columns=("HOME",), successors=(("OLD", "A"), ("B", "C")))
    binding = bind(tmp_path / "in", events=events, approved=("A", "B"))
    found = out(engine, tmp_path, table(claimants, columns=("NUM",)), binding)
    assert [homes[r["NUM"]] for r in found] == [None, "A", "OLD"]


@both
def test_the_end_of_a_window_is_outside(engine, tmp_path: Path) -> None:
    days = (None, date(2024, 9, 30), date(2024, 10, 1), date(2025, 9, 30), date(2025, 10, 1))
    window = op.Window(column="DAY", start=date(2024, 10, 1), end=date(2025, 10, 1))
    binding = bind(tmp_path / "in", events=[row(DAY=day) for day in days])
    assert [r["DAY"] for r in out(engine, tmp_path, table(window, columns=("DAY",)), binding)] == list(days[2:4])


@both
def test_rows_stand_by_code_point_with_nulls_last(engine, tmp_path: Path) -> None:
    codes = ["b", None, "a", "Å", "B", "å", "", "10", "9", "\U0001f600", "\ufffd"]
    binding = bind(tmp_path / "in", events=[row(CODE=code) for code in codes])
    found = [r["CODE"] for r in out(engine, tmp_path, table(), binding)]
    assert found == ["", "10", "9", "B", "a", "b", "Å", "å", "\ufffd", "\U0001f600", None]


@both
def test_numbers_stand_as_numbers(engine, tmp_path: Path) -> None:
    numbers = [10, 9, -1, None, -10, 0]
    binding = bind(tmp_path / "in", events=[row(NUM=number) for number in numbers])
    found = [r["NUM"] for r in out(engine, tmp_path, table(columns=("NUM",)), binding)]
    assert found == [-10, -1, 0, 9, 10, None]


@both
def test_an_empty_table_comes_out_empty_with_its_types(engine, tmp_path: Path) -> None:
    (file,) = engine.run(plan(table(columns=("DAY", "NUM"))), bind(tmp_path / "in", events=[]), tmp_path)
    made = pq.read_table(file.path)
    assert (file.rows, made.num_rows) == (0, 0)
    assert [(f.name, str(f.type)) for f in made.schema] == [
        ("pseudonym", "string"), ("DAY", "date32[day]"), ("NUM", "int64"),
    ]  # fmt: skip


@both
def test_people_of_another_table_are_those_whose_rows_came_out(engine, tmp_path: Path) -> None:
    events = [row("0A"), row("0B", OWNER="B"), row("0C", HOME="C")]
    others = [row(who, CODE=who) for who in ("0A", "0B", "0C", "0D")]
    binding = bind(tmp_path / "in", events=events, others=others)
    first = table(op.Origin(column="OWNER", controller="A"), op.Claimants(columns=("HOME",)))
    second = table(op.Within(column="WHO", table="EVENTS"))
    second = replace(
        second, name="OTHERS", operators=(replace(second.operators[0], dataset="OTHERS"), *second.operators[1:])
    )
    _, file = engine.run(plan(first, second), binding, tmp_path)
    assert pq.read_table(file.path).column("CODE").to_pylist() == ["0A"]


@both
def test_one_person_has_one_pseudonym_in_every_table_and_no_other_shape(engine, tmp_path: Path) -> None:
    binding = bind(tmp_path / "in", events=[row("0A"), row("0A")], others=[row("0A")])
    second = table()
    second = replace(
        second, name="OTHERS", operators=(replace(second.operators[0], dataset="OTHERS"), *second.operators[1:])
    )
    files = engine.run(plan(table(), second), binding, tmp_path)
    seen = {p for f in files for p in pq.read_table(f.path).column("pseudonym").to_pylist()}
    assert len(seen) == 1
    assert all(len(p) == 32 and set(p) <= set("0123456789abcdef") for p in seen)


@both
def test_a_merge_goes_on_where_each_slice_stopped(engine, tmp_path: Path) -> None:
    columns = (op.Column(name="pseudonym", type="text"), op.Column(name="N", type="text"))
    stored = (columns[0], op.Column(name="N", type="integer"))
    parts = {
        "A": write(tmp_path / "a", [{"pseudonym": "p2", "N": 7}, {"pseudonym": "p1", "N": None}], stored),
        "B": write(tmp_path / "b", [{"pseudonym": "p1", "N": "5-9"}, {"pseudonym": "p1", "N": "<5"}], columns),
    }
    band, recode = Band(edges=(5, 10)), Recode(pairs=(("<5", "low"), ("5-9", "high"), (">=10", "high")))
    sources = tuple(
        MergeSource(controller=name, slice_plan=name, generalise=(op.Generalise(column="N", steps=steps),))
        for name, steps in (("A", (band, recode)), ("B", (recode,)))
    )
    merge = MergePlan(
        call_off="c", tables=(MergeTable(name="T", columns=columns, levels=(("N", "two"),), sources=sources),)
    )
    (file,) = engine.merge(merge, {name: {"T": path} for name, path in parts.items()}, tmp_path)
    found = [(r["pseudonym"], r["N"]) for r in pq.read_table(file.path).to_pylist()]
    assert found == [("p1", "high"), ("p1", "low"), ("p1", None), ("p2", "high")]


@both
def test_paths_are_counted_by_person_in_order_of_time(engine, tmp_path: Path) -> None:
    """0A and 0B went the same way though their rows stand in another order; 0C went it the other way round."""
    first, second = date(2024, 10, 1), date(2025, 10, 1)
    events = [
        row("0A", DAY=first, CODE="x"), row("0A", DAY=second, CODE="y"), row("0B", DAY=second, CODE="y"),
        row("0B", DAY=first, CODE="x"), row("0C", DAY=first, CODE="y"), row("0C", DAY=second, CODE="x"),
        row("0D", DAY=first, CODE=None), row("0E", DAY=first, CODE=None), row("0F", DAY=None, CODE=None),
    ]  # fmt: skip
    kept = tuple((name, name) for name in ("WHO", "DAY", "CODE"))
    made = op.TablePlan(
        name="EVENTS", operators=(op.Scan(dataset="EVENTS", columns=EVENT), op.Select(columns=kept)), output=()
    )
    measured = op.ClassPlan(scenario="S", controller="A", table=made, person="WHO", sequence="DAY", columns=("CODE",))
    other = replace(measured, columns=())
    first, second = engine.classes([measured, other], bind(tmp_path / "in", events=events), tmp_path)
    assert (dict(first), dict(second)) == ({2: 2, 1: 2}, {3: 1, 2: 1, 1: 1})


def test_a_file_is_compressed_and_in_row_groups_of_a_known_size(tmp_path: Path) -> None:
    rows = [row(f"0{number}", CODE=f"{zlib.crc32(str(number).encode())}") for number in range(ROW_GROUP_ROWS + 10)]
    (file,) = ENGINES[0].run(plan(table()), bind(tmp_path / "in", events=rows), tmp_path)
    footer = pq.read_metadata(file.path)
    groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
    assert sum(group.num_rows for group in groups) == len(rows)
    assert max(group.num_rows for group in groups) <= ROW_GROUP_ROWS
    assert {group.column(n).compression for group in groups for n in range(footer.num_columns)} == {"ZSTD"}
