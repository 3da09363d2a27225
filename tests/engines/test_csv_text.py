"""One variable as CSV text: RFC 4180 in every case, nulls and empty texts apart, windows by overlap; and exactly where
the published datasource differs (C1 to C8 are that contract's known faults)."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.disclosure.variabletables import Days, VariableTable
from avrop.engines import csvtext
from avrop.errors import AvropError, Fault
from tests.examples import tried

TYPES = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "date": pa.date32()}


def _parquet(path: Path, columns: dict[str, tuple[str, list]], *, group_rows: int = 100) -> Path:
    table = pa.table({name: pa.array(values, TYPES[kind]) for name, (kind, values) in columns.items()})
    pq.write_table(table, path, row_group_size=group_rows)
    return path


def _text(
    path: Path, columns: dict[str, tuple[str, list]], days: Days | None = None, *, identifiers: tuple[str, ...] = ("who",),
    start: str | None = None, stop: str | None = None,
) -> bytes:  # fmt: skip
    (measure,) = [name for name in columns if name not in (*identifiers, start, stop)] or [start]
    table = VariableTable(
        dataset="D", file=path.name, file_digest="", identifiers=identifiers, measure=measure,
        types=tuple((name, kind) for name, (kind, _) in columns.items()), start=start, stop=stop,
    )  # fmt: skip
    with csvtext.chunks(_parquet(path, columns), table, days or Days(), threads=2, memory_limit="256MB") as following:
        return b"".join(iter(following, None))


def _rows(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(), newline=""), strict=True))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "generation.parquet"


def test_c1_leading_zeros_and_whole_numbers_with_nulls_stay_as_they_are(file: Path) -> None:
    assert _text(file, {"who": ("text", ["01810112345", "a"]), "N": ("integer", [3, None])}) == (
        b"who,N\n01810112345,3\na,\n"
    )


@pytest.mark.parametrize(
    ("days", "kept"),
    [(Days(start=date(2021, 1, 1)), "b c"), (Days(stop=date(2021, 1, 1)), "a"), (Days(), "a b c")],
)  # fmt: skip
def test_c2_a_window_may_have_one_end_or_none(file: Path, days: Days, kept: str) -> None:
    columns = {"who": ("text", ["a", "b", "c"]), "V": ("text", ["x"] * 3),
               "DAY": ("date", [date(2020, 12, 31), date(2021, 1, 1), date(2022, 1, 1)])}  # fmt: skip
    assert [row[0] for row in _rows(_text(file, columns, days, start="DAY"))[1:]] == kept.split()


def test_c3_columns_are_found_by_what_they_are_and_not_by_their_names(file: Path) -> None:
    columns = {"hvem": ("text", ["a"]), "Målform": ("text", ["nn"]), "Fra": ("date", [date(2020, 1, 1)]),
               "Slutt": ("date", [date(2021, 1, 1)])}  # fmt: skip
    text = _text(file, columns, Days(start=date(2020, 6, 1)), identifiers=("hvem",), start="Fra", stop="Slutt")
    assert text.decode() == "hvem,Målform,Fra,Slutt\na,nn,2020-01-01,2021-01-01\n"


SPELLS = (
    ("before", date(2019, 1, 1), date(2019, 12, 31), False),
    ("ends within", date(2019, 1, 1), date(2020, 3, 1), True),
    ("ends on the first day", date(2019, 1, 1), date(2020, 1, 1), True),
    ("within", date(2020, 2, 1), date(2020, 3, 1), True),
    ("around", date(2019, 1, 1), date(2022, 1, 1), True),
    ("begins within", date(2020, 12, 31), date(2022, 1, 1), True),
    ("begins on the day after", date(2021, 1, 1), date(2022, 1, 1), False),
    ("still open", date(2019, 1, 1), None, True),
    ("opens after", date(2021, 1, 1), None, False),
    ("of always", None, None, True),
    ("of before some day", None, date(2019, 12, 31), False),
)


@pytest.mark.parametrize(("name", "start", "stop", "kept"), SPELLS, ids=[spell[0] for spell in SPELLS])
def test_c4_a_spell_is_in_a_window_that_it_overlaps_and_an_open_one_stays(
    file: Path, name: str, start: date | None, stop: date | None, kept: bool
) -> None:
    columns = {"who": ("text", ["a"]), "V": ("text", ["x"]), "S": ("date", [start]), "E": ("date", [stop])}
    text = _text(file, columns, Days(start=date(2020, 1, 1), stop=date(2021, 1, 1)), start="S", stop="E")
    assert (len(_rows(text)) == 2) is kept


def test_c5_what_holds_a_comma_a_quote_or_a_line_end_is_quoted_and_nothing_else(file: Path) -> None:
    values = [
        "a,b",
        'say "x"',
        "two\nlines",
        "two\rlines",
        " room ",
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\0",
        "\u2028",
        "plain",
    ]
    text = _text(file, {"who": ("text", ["i"] * len(values)), "V": ("text", values)})
    assert [row[1] for row in _rows(text)[1:]] == values
    assert text.count(b'"') == 2 * 4 + 4  # four are quoted, and one holds two quotes, each doubled


def test_c6_a_null_is_empty_and_an_empty_text_is_two_quotes_with_a_window_and_without(file: Path) -> None:
    columns = {"who": ("text", ["a", "b"]), "V": ("text", [None, ""]), "DAY": ("date", [date(2020, 1, 1)] * 2)}
    whole = _text(file, columns, start="DAY")
    assert whole == b'who,V,DAY\na,,2020-01-01\nb,"",2020-01-01\n'
    assert _text(file, columns, Days(start=date(2020, 1, 1), stop=date(2020, 1, 2)), start="DAY") == whole


@pytest.mark.parametrize("days", [Days(), Days(start=date(2030, 1, 1))])
def test_c7_nothing_still_has_its_header(file: Path, days: Days) -> None:
    columns = {"who": ("text", []), "V": ("text", []), "DAY": ("date", [])}
    assert _text(file, columns, days, start="DAY") == b"who,V,DAY\n"
    columns = {"who": ("text", ["a"]), "V": ("text", ["x"]), "DAY": ("date", [date(2020, 1, 1)])}
    assert _text(file, columns, Days(start=date(2030, 1, 1)), start="DAY") == b"who,V,DAY\n"


def test_the_header_stands_once_before_rows_that_come_late(file: Path) -> None:
    rows = 40_000
    columns = {"who": ("text", ["a"] * rows), "V": ("integer", list(range(rows))),
               "DAY": ("date", [date(2020, 1, 1)] * (rows - 1) + [date(2021, 1, 1)])}  # fmt: skip
    assert _text(file, columns, Days(start=date(2021, 1, 1)), start="DAY") == b"who,V,DAY\na,39999,2021-01-01\n"


def test_c8_two_identifiers_and_a_whole_number_as_one_are_columns_like_others(file: Path) -> None:
    columns = {"who": ("integer", [1]), "where": ("text", ["x"]), "V": ("integer", [7])}
    assert _text(file, columns, identifiers=("who", "where")) == b"who,where,V\n1,x,7\n"


def test_a_number_keeps_every_digit(file: Path) -> None:
    values = [0.1, 1 / 3, 3.0, -2.5e-300, 1.7976931348623157e308, None]
    text = _text(file, {"who": ("text", ["a"] * len(values)), "N": ("number", values)})
    assert [float(row[1]) if row[1] else None for row in _rows(text)[1:]] == values


def test_names_are_quoted_like_values(file: Path) -> None:
    assert _text(file, {"who": ("text", []), 'V,"x"': ("text", [])}) == b'who,"V,""x"""\n'


def test_rows_keep_the_files_order(file: Path) -> None:
    values = [str(n * 7919 % 100_003) for n in range(60_000)]
    text = _text(file, {"who": ("text", ["a"] * len(values)), "V": ("text", values)})
    assert [row[1] for row in _rows(text)[1:]] == values


TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from(',"\n\r=+-@\t\0 ;\u2028\ufeff'), max_size=8)


@tried(60)
@given(rows=st.lists(st.tuples(TEXTS, st.none() | TEXTS, st.none() | st.integers(-(2**63), 2**63 - 1),
                               st.none() | st.dates()), max_size=12))  # fmt: skip
def test_any_rows_come_back_through_a_strict_reader(tmp_path_factory: pytest.TempPathFactory, rows: list) -> None:
    file = tmp_path_factory.getbasetemp() / "any.parquet"
    names, kinds = ("who", "V", "N", "D"), ("text", "text", "integer", "date")
    columns = {name: (kind, [row[n] for row in rows]) for n, (name, kind) in enumerate(zip(names, kinds, strict=True))}
    text = _text(file, columns, identifiers=("who", "V"), start="D")
    wanted = [["" if cell is None else str(cell) for cell in row] for row in rows]
    assert _rows(text) == [list(names), *wanted]
    assert list(_nulls(text.decode(), len(names))) == [[cell is None for cell in row] for row in rows]


def _nulls(text: str, width: int) -> Iterator[list[bool]]:
    """By a reader of its own, that tells an empty field from two quotes: which fields of each record are null."""
    fields: list[bool] = []
    at, body = 0, text[text.index("\n") + 1 :]
    while at < len(body):
        if body[at] == '"':
            end = at + 1
            while body[end] != '"' or body[end + 1 : end + 2] == '"':
                end += 2 if body[end] == '"' else 1
            fields.append(False)
            at = end + 1
        else:
            end = at
            while body[end] not in ",\n":
                end += 1
            fields.append(end == at)
            at = end
        assert body[at] in ",\n"
        if body[at] == "\n":
            assert len(fields) == width
            yield fields
            fields = []
        at += 1


def test_a_damaged_file_is_a_fault_that_says_no_value(file: Path) -> None:
    values = [f"SECRET{n}" for n in range(60_000)]
    columns = {"who": ("text", ["a"] * len(values)), "V": ("text", values)}
    _parquet(file, columns)
    data = bytearray(file.read_bytes())
    data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
    damaged = file.with_name("damaged.parquet")
    damaged.write_bytes(data)
    table = VariableTable(dataset="D", file="x", file_digest="", identifiers=("who",), measure="V",
                          types=(("who", "text"), ("V", "text")))  # fmt: skip
    with (
        pytest.raises(Fault) as failed,
        csvtext.chunks(damaged, table, Days(), threads=2, memory_limit="256MB") as following,
    ):
        for _ in iter(following, None):
            pass
    assert isinstance(failed.value, AvropError)
    assert failed.value.code == "engine.failed"
    assert "SECRET" not in str(failed.value)


def test_it_reads_that_file_and_writes_nothing(file: Path, tmp_path: Path) -> None:
    columns = {"who": ("text", ["a"]), "V": ("text", ["x"])}
    _text(file, columns)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
