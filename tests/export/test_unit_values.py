"""The lines of a variable: any text comes back as it was, and the counts are those of plain Python."""

import csv
import io
from collections import Counter as Tally
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avrop.catalogue.datasets import Dataset
from avrop.catalogue.unittypes import Text
from avrop.catalogue.variables import Temporality, Variable
from avrop.disclosure.manifest import Manifest, ManifestColumn, ManifestFile
from avrop.disclosure.unitrows import Chosen, column, require_writable, time_column
from avrop.engines import unitvalues
from avrop.errors import AvropError, Refusal
from tests.packages.making import manifest

SAID = Text(nb="x", en="x")
Row = tuple[str, str | None, date | None]
texts = st.one_of(
    st.none(),
    st.text(max_size=6),
    st.text(alphabet=';",\n\r\0 aæ', max_size=6),
    st.sampled_from(["", "=1+1", "+x", "-x", "@x", "\tx", "NA", "null", "0042", "\u2028", "a\u00a0"]),
)
days = st.one_of(st.none(), st.dates(), st.sampled_from([date(1880, 4, 14), date(1880, 4, 15), date(2059, 9, 18)]))


def asked(folder: Path, rows: list[Row], *, time: str | None) -> unitvalues.UnitValues:
    folder.mkdir(exist_ok=True)
    units, values, when = zip(*rows, strict=True) if rows else ((), (), ())
    table = pa.table(
        {
            "pseudonym": pa.array(units, pa.string()),
            "V": pa.array(values, pa.string()),
            "T": pa.array(when, pa.date32()),
        }
    )
    pq.write_table(table, folder / "t.parquet")
    return unitvalues.UnitValues(
        file=folder / "t.parquet", unit="pseudonym", value="V", time=time, spill=folder, threads=1, memory_limit="500MB"
    )


def writable(text: str) -> bool:
    return text == text.strip(" ") and not set(text) & {"\n", "\r", "\0"}


@given(rows=st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), texts, days), max_size=12), timed=st.booleans())
@settings(max_examples=120, deadline=None)
def test_counts_are_those_of_plain_python(
    rows: list[Row], timed: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    counted = unitvalues.count(asked(tmp_path_factory.mktemp("count"), rows, time="T" if timed else None))
    lines = {(unit, value, day if timed else None) for unit, value, day in rows if value}
    low, high = date(1880, 4, 15), date(2059, 9, 18)
    assert counted.lines == len(lines)
    assert counted.repeated == sum(n - 1 for n in Tally((unit, day) for unit, _, day in lines).values())
    assert counted.outside == sum(timed and (day is None or not low <= day <= high) for _, _, day in lines)
    assert counted.unwritable == sum(not writable(str(value)) for _, value, _ in lines)
    assert counted.missing == sum(not value for _, value, _ in rows)


@given(values=st.lists(texts.filter(lambda text: text is not None and writable(text)), max_size=12))
@settings(max_examples=120, deadline=None)
def test_any_text_that_is_written_is_read_as_it_was(
    values: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows: list[Row] = [(f"u{n:02d}", value, date(2025, 1, 1)) for n, value in enumerate(values)]
    data = b"".join(unitvalues.write(asked(tmp_path_factory.mktemp("write"), rows, time="T")))
    read = list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=";"))
    assert read == [[unit, value, "2025-01-01", "2025-01-01", ""] for unit, value, _ in rows if value]


def test_lines_are_in_order_and_equal_rows_are_one_line(tmp_path: Path) -> None:
    rows: list[Row] = [("b", "2", date(2025, 1, 1)), ("a", "1", date(2025, 2, 1)), ("a", "1", date(2025, 1, 1))] * 2
    assert b"".join(unitvalues.write(asked(tmp_path, rows, time="T"))).decode() == (
        "a;1;2025-01-01;2025-01-01;\na;1;2025-02-01;2025-02-01;\nb;2;2025-01-01;2025-01-01;\n"
    )
    assert b"".join(unitvalues.write(asked(tmp_path, rows, time=None))).decode() == "a;1;;;\nb;2;;;\n"


def test_many_lines_come_in_many_parts(tmp_path: Path) -> None:
    rows: list[Row] = [(f"u{n:07d}", "x", None) for n in range(250_000)]
    parts = list(unitvalues.write(asked(tmp_path, rows, time=None)))
    assert b"".join(parts).decode() == "".join(f"{unit};x;;;\n" for unit, _, _ in rows)
    assert len(parts) > 1


def chosen(temporality: Temporality, *, time: str | None, columns: dict[str, str]) -> Chosen:
    shown = tuple(ManifestColumn(name=n, type=t, level="value", label="x") for n, t in columns.items())
    file = ManifestFile(name="T.parquet", table="T", rows=1, size=1, digest=manifest().grant, columns=shown)
    variable = Variable(
        name="V", label=SAID, definition=SAID, unit_type="X", data_type="text", temporality=temporality,
        sensitivity="ordinary", source="",
    )  # fmt: skip
    dataset = Dataset(
        name="T", label=SAID, definition=SAID, unit_type="X", kind="event", person="P", key=("P",),
        variables=("P", "V"), time=time,
    )  # fmt: skip
    return Chosen(file=file, column=shown[0], dataset=dataset, variable=variable)


@pytest.mark.parametrize("temporality", ["STATUS", "EVENT"])
@pytest.mark.parametrize(
    ("time", "columns"),
    [("DAY", {"V": "text"}), ("DAY", {"V": "text", "DAY": "text"}), (None, {"V": "text", "DAY": "date"})],
    ids=["not delivered", "coarsened", "a table without a time"],
)
def test_without_the_tables_day_nobody_could_say_when_a_value_holds(
    temporality: Temporality, time: str | None, columns: dict[str, str]
) -> None:
    with pytest.raises(Refusal, match=r"export\.no_date"):
        time_column(chosen(temporality, time=time, columns=columns))
    assert time_column(chosen("FIXED", time=time, columns=columns)) is None
    assert time_column(chosen(temporality, time="DAY", columns={"V": "text", "DAY": "date"})) == "DAY"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("a", "1", date(2025, 1, 1)), ("a", "2", date(2025, 1, 1))], "export.repeated"),
        ([("a", "1", date(1880, 4, 14))], "export.date_range"),
        ([("a", "1", date(2059, 9, 19))], "export.date_range"),
        ([("a", "1", None)], "export.date_range"),
        ([("a", "1\n2", date(2025, 1, 1))], "export.unwritable"),
        ([("a", None, date(2025, 1, 1)), ("b", "", date(2025, 1, 1))], "export.empty"),
        ([], "export.empty"),
    ],
)
def test_what_cannot_be_said_is_refused_with_numbers_and_without_a_value(
    rows: list[Row], code: str, tmp_path: Path
) -> None:
    counted = unitvalues.count(asked(tmp_path, rows, time="T"))
    with pytest.raises(Refusal) as no:
        require_writable(counted, chosen("EVENT", time="T", columns={"V": "text"}))
    assert no.value.code == code
    assert no.value.where == {"dataset": "T", "variable": "V"}


def test_a_column_is_found_by_name_and_where_needed_by_table() -> None:
    def file(table: str, *names: str) -> ManifestFile:
        columns = tuple(ManifestColumn(name=n, type="text", level="value", label="x") for n in ("pseudonym", *names))
        return ManifestFile(
            name=f"{table}.parquet", table=table, rows=1, size=1, digest=manifest().grant, columns=columns
        )

    said: Manifest = manifest()
    made = type(said)(**{**vars(said), "files": (file("A", "V", "W"), file("B", "V"))})
    assert column(made, "W")[0].table == "A"
    assert column(made, "V", "B")[0].table == "B"
    for name, table, code in (
        ("V", None, "export.which_table"),
        ("X", None, "export.no_variable"),
        ("W", "B", "export.no_variable"),
        ("pseudonym", "A", "export.no_variable"),
    ):
        with pytest.raises(AvropError) as no:
            column(made, name, table)
        assert no.value.code == code
