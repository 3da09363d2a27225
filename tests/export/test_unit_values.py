"""The lines of a variable: any text comes back as it was, and the counts are those of plain Python."""

import csv
import io
from datetime import date
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.catalogue.datasets import Dataset
from avrop.catalogue.unittypes import Text
from avrop.catalogue.variables import Temporality, Variable
from avrop.disclosure.manifest import Manifest, ManifestColumn, ManifestFile
from avrop.disclosure.unitrows import Chosen, Period, column, period, require_writable
from avrop.engines import unitvalues
from avrop.errors import AvropError, Fault, Refusal
from tests.examples import tried
from tests.packages.making import manifest

SAID = Text(nb="x", en="x")
Row = tuple[str, str | None, date | None, date | None]
texts = st.one_of(
    st.none(),
    st.text(max_size=6),
    st.text(alphabet=';",\n\r\0 aæ', max_size=6),
    st.sampled_from(["", "=1+1", "+x", "-x", "@x", "\tx", "NA", "null", "0042", "\u2028", "a\u00a0"]),
)
LOW, HIGH = date(1880, 4, 15), date(2059, 9, 18)
days = st.one_of(
    st.none(), st.dates(), st.dates(date(2025, 1, 1), date(2025, 1, 9)), st.sampled_from([date(1880, 4, 14), LOW, HIGH])
)
NEVER, ON_A_DAY, SPELL = Period(), Period(start="T", stop="T"), Period(start="T", stop="U")
LENGTH = Period(start="T", stop="U", needs_length=True)


def asked(folder: Path, rows: list[Row], holds: Period) -> unitvalues.UnitValues:
    folder.mkdir(exist_ok=True)
    units, values, starts, stops = zip(*rows, strict=True) if rows else ((), (), (), ())
    columns = {
        "pseudonym": pa.array(units, pa.string()),
        "V": pa.array(values, pa.string()),
        "T": pa.array(starts, pa.date32()),
        "U": pa.array(stops, pa.date32()),
    }
    pq.write_table(pa.table(columns), folder / "t.parquet")
    return unitvalues.UnitValues(
        file=folder / "t.parquet",
        unit="pseudonym",
        value="V",
        period=holds,
        spill=folder,
        threads=1,
        memory_limit="500MB",
    )


def writable(text: str) -> bool:
    return text == text.strip(" ") and not set(text) & {"\n", "\r", "\0"}


@given(
    rows=st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), texts, days, days), max_size=12),
    holds=st.sampled_from([NEVER, ON_A_DAY, SPELL, LENGTH]),
)
@tried(200)
def test_counts_are_those_of_plain_python(
    rows: list[Row], holds: Period, tmp_path_factory: pytest.TempPathFactory
) -> None:
    counted = unitvalues.count(asked(tmp_path_factory.mktemp("count"), rows, holds))
    lines = {(unit, value, *said(start, stop, holds)) for unit, value, start, stop in rows if value}
    assert (counted.rows, counted.lines) == (len(rows), len(lines))
    assert counted.repeated == (sum(bool(value) for _, value, _, _ in rows) > len(lines))
    assert counted.overlapping == overlapping(lines, holds)
    dated = holds.start is not None
    assert counted.outside == sum(
        dated and (start is None or any(day and not LOW <= day <= HIGH for day in (start, stop)))
        for _, _, start, stop in lines
    )
    assert counted.backwards == sum(backwards(start, stop, holds) for _, _, start, stop in lines)
    assert counted.closed == sum(stop is not None for _, _, _, stop in lines)
    assert counted.unwritable == sum(not writable(str(value)) for _, value, _, _ in lines)
    assert counted.missing == sum(not value for _, value, _, _ in rows)


def said(start: date | None, stop: date | None, holds: Period) -> tuple[date | None, date | None]:
    """When a line says that its value holds."""
    return (None, None) if holds == NEVER else (start, start) if holds == ON_A_DAY else (start, stop)


def backwards(start: date | None, stop: date | None, holds: Period) -> bool:
    if holds.needs_length and (stop is None or (start is not None and start >= stop)):
        return True
    return start is not None and stop is not None and start > stop


def overlapping(lines: set[Row], holds: Period) -> int:
    """Line by line within each unit, a missing day after all others."""
    found, late = 0, date.max
    for name in {unit for unit, *_ in lines}:
        mine = sorted((start or late, start is None, stop or late, stop is None, value) for unit, value, start, stop in lines
                      if unit == name)  # fmt: skip
        for (_, _, stop, is_open, _), (begins, no_day, *_) in pairwise(mine):
            found += holds == NEVER or is_open or (not no_day and stop >= begins)
    return found


@given(
    values=st.lists(texts.filter(lambda text: text is not None and writable(text)), max_size=12), repeated=st.booleans()
)
@tried(120)
def test_any_text_that_is_written_is_read_as_it_was(
    values: list[str], repeated: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows: list[Row] = [(f"u{n:02d}", value, date(2025, 1, 1), None) for n, value in enumerate(values)]
    data = b"".join(unitvalues.write(asked(tmp_path_factory.mktemp("write"), rows, ON_A_DAY), repeated=repeated))
    read = list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=";"))
    assert read == [[unit, value, "2025-01-01", "2025-01-01", ""] for unit, value, _, _ in rows if value]


def test_lines_are_in_order_and_equal_rows_are_one_line(tmp_path: Path) -> None:
    first, second, third = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)
    rows: list[Row] = [("b", "2", first, None), ("a", "1", second, third), ("a", "1", first, first)] * 2
    told = {
        ON_A_DAY: "a;1;2025-01-01;2025-01-01;\na;1;2025-02-01;2025-02-01;\nb;2;2025-01-01;2025-01-01;\n",
        SPELL: "a;1;2025-01-01;2025-01-01;\na;1;2025-02-01;2025-03-01;\nb;2;2025-01-01;;\n",
        NEVER: "a;1;;;\nb;2;;;\n",
    }
    assert {
        holds: b"".join(unitvalues.write(asked(tmp_path, rows, holds), repeated=True)).decode() for holds in told
    } == told


def test_without_repeated_rows_the_lines_stand_as_in_the_file(tmp_path: Path) -> None:
    rows: list[Row] = [(unit, "1", None, None) for unit in ("b", "c", "a")]
    assert (
        b"".join(unitvalues.write(asked(tmp_path, rows, NEVER), repeated=False)).decode() == "b;1;;;\nc;1;;;\na;1;;;\n"
    )


def test_many_lines_come_in_many_parts(tmp_path: Path) -> None:
    rows: list[Row] = [(f"u{n:07d}", "x", None, None) for n in range(250_000)]
    parts = list(unitvalues.write(asked(tmp_path, rows, NEVER), repeated=False))
    assert b"".join(parts).decode() == "".join(f"{unit};x;;;\n" for unit, *_ in rows)
    assert len(parts) > 1


def test_a_file_that_is_no_table_is_a_fault_without_a_value(tmp_path: Path) -> None:
    broken = asked(tmp_path, [("a", "1", None, None)], NEVER)
    broken.file.write_bytes(b"SECRET")
    for attempt in (lambda: unitvalues.count(broken), lambda: list(unitvalues.write(broken, repeated=True))):
        with pytest.raises(Fault, match=r"engine\.failed") as failure:
            attempt()
        assert "SECRET" not in str(failure.value)


def chosen(temporality: Temporality, columns: dict[str, str], *, time: str | None, until: str | None = None) -> Chosen:
    shown = tuple(ManifestColumn(name=n, type=t, level="value", label="x") for n, t in columns.items())
    file = ManifestFile(name="T.parquet", table="T", rows=1, size=1, digest=manifest().grant, columns=shown)
    variable = Variable(
        name="V", label=SAID, definition=SAID, unit_type="X", data_type="text", temporality=temporality,
        sensitivity="ordinary", source="",
    )  # fmt: skip
    dataset = Dataset(
        name="T", label=SAID, definition=SAID, unit_type="X", kind="event", person="P", key=("P",),
        variables=("P", "V"), time=time, until=until,
    )  # fmt: skip
    return Chosen(file=file, column=shown[0], dataset=dataset, variable=variable)


BOTH = {"V": "text", "T": "date", "U": "date"}


@pytest.mark.parametrize(
    ("temporality", "until", "holds"),
    [
        ("FIXED", None, NEVER), ("FIXED", "U", NEVER), ("STATUS", None, ON_A_DAY), ("STATUS", "U", ON_A_DAY),
        ("EVENT", None, ON_A_DAY), ("EVENT", "U", SPELL), ("ACCUMULATED", "U", LENGTH),
    ],
)  # fmt: skip
def test_when_a_value_holds_follows_from_its_temporality_and_its_table(
    temporality: Temporality, until: str | None, holds: Period
) -> None:
    assert period(chosen(temporality, BOTH, time="T", until=until)) == holds


@pytest.mark.parametrize(
    ("temporality", "columns", "time", "until"),
    [
        ("STATUS", {"V": "text"}, "T", None),
        ("STATUS", {"V": "text", "T": "text"}, "T", None),
        ("STATUS", {"V": "text", "T": "date"}, None, None),
        ("EVENT", {"V": "text"}, "T", None),
        ("EVENT", {"V": "text", "T": "date"}, "T", "U"),
        ("EVENT", {"V": "text", "T": "date", "U": "text"}, "T", "U"),
        ("ACCUMULATED", {"V": "text", "T": "date"}, "T", "U"),
    ],
)
def test_without_the_tables_days_nobody_could_say_when_a_value_holds(
    temporality: Temporality, columns: dict[str, str], time: str | None, until: str | None
) -> None:
    with pytest.raises(Refusal, match=r"export\.no_date"):
        period(chosen(temporality, columns, time=time, until=until))
    assert period(chosen("FIXED", columns, time=time, until=until)) == NEVER


def test_an_accumulated_value_needs_a_table_of_spells() -> None:
    with pytest.raises(Refusal, match=r"export\.no_spell"):
        period(chosen("ACCUMULATED", BOTH, time="T"))


DAY, NEXT = date(2025, 1, 1), date(2025, 1, 2)


@pytest.mark.parametrize(
    ("rows", "holds", "code"),
    [
        ([("a", "1", DAY, None), ("a", "2", DAY, None)], ON_A_DAY, "export.overlapping"),
        ([("a", "1", DAY, NEXT), ("a", "2", NEXT, NEXT)], SPELL, "export.overlapping"),
        ([("a", "1", DAY, None), ("a", "2", NEXT, NEXT)], SPELL, "export.overlapping"),
        ([("a", "1", None, None), ("a", "2", None, None)], NEVER, "export.overlapping"),
        ([("a", "1", date(1880, 4, 14), None)], ON_A_DAY, "export.date_range"),
        ([("a", "1", date(2059, 9, 19), None)], ON_A_DAY, "export.date_range"),
        ([("a", "1", DAY, date(2059, 9, 19))], SPELL, "export.date_range"),
        ([("a", "1", None, NEXT)], SPELL, "export.date_range"),
        ([("a", "1", NEXT, DAY)], SPELL, "export.backwards"),
        ([("a", "1", DAY, DAY)], LENGTH, "export.backwards"),
        ([("a", "1", DAY, None)], LENGTH, "export.backwards"),
        ([("a", "1", DAY, None), ("b", "1", DAY, None)], SPELL, "export.all_open"),
        ([("a", "1\n2", DAY, None)], ON_A_DAY, "export.unwritable"),
        ([("a", " 1", None, None)], NEVER, "export.unwritable"),
        ([("a", None, DAY, None), ("b", "", DAY, None)], ON_A_DAY, "export.empty"),
        ([], SPELL, "export.empty"),
    ],
)
def test_what_cannot_be_said_is_refused_with_numbers_and_without_a_value(
    rows: list[Row], holds: Period, code: str, tmp_path: Path
) -> None:
    counted = unitvalues.count(asked(tmp_path, rows, holds))
    of = chosen("FIXED" if holds == NEVER else "EVENT", {"V": "text"}, time="T")
    with pytest.raises(Refusal) as no:
        require_writable(counted, of)
    assert no.value.code == code
    assert no.value.where == {"dataset": "T", "variable": "V"}


def test_what_can_be_said_is_not_refused(tmp_path: Path) -> None:
    spells: list[Row] = [("a", "1", DAY, DAY), ("a", "2", NEXT, None), ("b", "1", DAY, NEXT)]
    require_writable(unitvalues.count(asked(tmp_path, spells, SPELL)), chosen("EVENT", BOTH, time="T", until="U"))
    fixed: list[Row] = [("a", "1", None, None), ("a", "1", DAY, None), ("b", "1", None, None)]
    require_writable(unitvalues.count(asked(tmp_path, fixed, NEVER)), chosen("FIXED", BOTH, time="T"))


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
