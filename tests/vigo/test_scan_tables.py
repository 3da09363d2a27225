"""The scan finds numbers in every kind of column of Parquet, and in what its footer tells."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from avrop.vigo.scan.files import scan
from avrop.vigo.scan.numbers import with_zero
from tests.vigo.planted import made, number


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("text", lambda n: pa.array(["x", n])),
        ("dictionary", lambda n: pa.array(["x", n]).dictionary_encode()),
        ("whole number", lambda n: pa.array([1, int(n)], pa.int64())),
        ("decimal", lambda n: pa.array([1, int(n)], pa.int64()).cast(pa.decimal128(20, 0))),
        ("float", lambda n: pa.array([1.0, float(n)])),
        ("list", lambda n: pa.array([[], [n]])),
        ("struct", lambda n: pa.array([{"a": "x"}, {"a": n}])),
        ("map", lambda n: pa.array([[], [(n, 1)]], pa.map_(pa.string(), pa.int64()))),
        ("bytes", lambda n: pa.array([b"x", n.encode()])),
        ("text view", lambda n: pa.array(["x", n], pa.string_view())),
        ("bytes view", lambda n: pa.array([b"x", n.encode()], pa.binary_view())),
        ("unused in a dictionary", lambda n: pa.DictionaryArray.from_arrays(pa.array([0, 0]), pa.array(["x", n]))),
        ("duration", lambda n: pa.array([1, int(n)], pa.duration("s"))),
        ("json", lambda n: pa.array(["1", n]).cast(pa.json_())),
        ("large whole number", lambda n: pa.array([2**63 + 1, int(n)], pa.uint64())),
        ("fine decimal", lambda n: pa.array([Decimal(1), Decimal(n)], pa.decimal256(76, 64))),
    ],
)
def test_it_is_found_in_every_kind_of_column(tmp_path: Path, name: str, column: Callable[[str], pa.Array]) -> None:
    path = tmp_path / "a.parquet"
    for one, kinds in ((number(), ["national"]), (made(9, 83, 7, "5", 0), [])):
        pq.write_table(pa.table({"safe": pa.array([0, 0]), "here": column(one)}), path)
        found = list(scan(path))
        assert [each.kind for each in found] == kinds, name
        assert all("column here" in each.place for each in found)


def test_the_footer_of_a_table_is_read_too(tmp_path: Path) -> None:
    table = pa.table({"a": [1]}).replace_schema_metadata({"made for": number()})
    pq.write_table(table, tmp_path / "a.parquet")
    assert {each.place for each in scan(tmp_path / "a.parquet")} == {"the file's own metadata"}


NARROW = [pa.float16(), pa.float32(), pa.int8(), pa.uint8(), pa.int16(), pa.int32(), pa.decimal128(38, 37)]


@pytest.mark.parametrize("kept", NARROW, ids=str)
def test_columns_too_narrow_for_a_number_are_read(tmp_path: Path, kept: pa.DataType) -> None:
    pq.write_table(
        pa.table({"a": pa.array([1.0, None, None]).cast(kept), "b": [number(), "", ""]}), tmp_path / "a.parquet"
    )
    assert [each.place for each in scan(tmp_path / "a.parquet")] == ["row group 0, row 0, column b"]


def test_a_number_that_a_narrow_float_holds_exactly_is_found(tmp_path: Path) -> None:
    made_of = (
        number(day=day, month=month, count=n) for day in range(10, 29) for month in range(1, 13) for n in range(60)
    )
    held = next(n for n in made_of if pa.array([float(n)]).cast(pa.float32())[0].as_py() == int(n))
    column = pa.array([float("nan"), float("inf"), float(held)]).cast(pa.float32())
    pq.write_table(pa.table({"a": column}), tmp_path / "a.parquet")
    assert [each.place for each in scan(tmp_path / "a.parquet")] == ["row group 0, row 2, column a"]


def test_names_and_metadata_of_columns_are_read_and_not_shown(tmp_path: Path) -> None:
    one = number()
    inner = pa.struct([pa.field(f"s {one}", pa.list_(pa.field("element", pa.string(), metadata={"k": one})))])
    fields = [pa.field(f"a {one}", pa.string()), pa.field("b", inner), pa.field("c", pa.int8(), metadata={one: "v"})]
    rows = {f"a {one}": one, "b": {f"s {one}": [""]}, "c": 1}
    pq.write_table(pa.Table.from_pylist([rows], pa.schema(fields)), tmp_path / "a.parquet")
    assert [each.place for each in scan(tmp_path / "a.parquet")] == [
        "column 1, its name", "column 2, field 1, its name", "column 2, field 1, field 1, its metadata",
        "column 3, its metadata", "row group 0, row 0, column 1",
    ]  # fmt: skip


def test_times_and_dates_are_no_numbers(tmp_path: Path) -> None:
    """In milliseconds or microseconds, many of the days around 1970 and of the times of a day would be."""
    days = [date(1970, 1, 1) + timedelta(days=n) for n in range(2000)]
    times = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=43 * n) for n in range(2000)]
    columns = {
        "date32": pa.array(days), "date64": pa.array(days, pa.date64()), "time": pa.array([t.time() for t in times]),
        "duration": pa.array([timedelta(seconds=43 * n) for n in range(2000)]),
        **{unit: pa.array(times, pa.timestamp(unit)) for unit in ("s", "ms", "us", "ns")},
    }  # fmt: skip
    assert pa.types.is_time(columns["time"].type)
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    assert list(scan(tmp_path / "a.parquet")) == []


def test_a_lost_zero_is_put_back_and_nothing_else() -> None:
    lost = number(day=9)
    assert with_zero(int(lost)) == lost
    assert [with_zero(n) for n in (10**9 - 1, 10**11, 0)] == [None] * 3
