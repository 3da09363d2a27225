"""One variable of a generation as CSV text, in chunks: RFC 4180 with line feeds; null is empty, empty text is `""`.

The engine makes each row one text, so the data of an Arrow batch is the chunk as it goes out.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from avrop.disclosure.variabletables import Days, VariableTable
from avrop.engines import emit
from avrop.engines.connection import fault, shut_off

_CHUNK_ROWS = 16_384
"""About half a megabyte; fewer rows cost more hops, more rows hold more memory (measured)."""

_QUOTED = (",", '"', "\n", "\r")
"""What a text between quotes may hold and one without may not. Nothing is ever put before a value."""


def header(table: VariableTable) -> bytes:
    """The first line."""
    return (",".join(_field(name) for name in table.columns) + "\n").encode()


@contextmanager
def chunks(
    path: Path, table: VariableTable, days: Days, *, threads: int, memory_limit: str
) -> Iterator[Callable[[], bytes | None]]:
    """A function that gives the next rows as text each time, the header before the first, and None after the last.

    Between calls no thread is busy. It may be called from any thread, by one at a time. Rows stand in the file's order.
    Errors: `engine.failed` (Fault), also while it runs.
    """
    with shut_off(read=[path], write=None, threads=threads, memory_limit=memory_limit) as connection:
        reader = connection.sql(emit.sql(_lines(path, table, days))).to_arrow_reader(_CHUNK_ROWS)
        begun = False

        def following() -> bytes | None:
            nonlocal begun
            first, begun = not begun, True
            try:
                text = _text(reader.read_next_batch())
            except StopIteration:
                return header(table) if first else None
            except (pa.ArrowException, duckdb.Error, OSError) as failure:
                raise fault(failure) from None
            return header(table) + text if first else text

        yield following


def _text(batch: pa.RecordBatch) -> bytes:
    """The texts of a batch's only column, one after the other."""
    column = batch.column(0)
    _, offsets, data = column.buffers()
    if len(column) == 0 or data is None:
        return b""
    places = memoryview(offsets).cast("i")
    return memoryview(data)[places[column.offset] : places[column.offset + len(column)]].tobytes()


def _lines(path: Path, table: VariableTable, days: Days) -> exp.Select:
    """One text per row. A row is in the window if the days it holds on touch it; an end that is missing is open."""
    types = dict(table.types)
    fields: list[exp.Expression] = []
    for name in table.columns:
        fields += [exp.Literal.string(","), _value(name, is_text=types[name] == "text")]
    line = exp.Anonymous(this="concat", expressions=[*fields[1:], _character("\n")])
    rows = exp.select(exp.alias_(line, "line", quoted=True)).from_(exp.alias_(emit.parquet([path]), "t", table=True))
    for condition in _touching(table, days):
        rows = rows.where(condition)
    return rows


def _touching(table: VariableTable, days: Days) -> Iterator[exp.Expression]:
    if table.start is None:
        return
    if days.stop is not None:
        before = exp.LT(this=emit.column(table.start), expression=_date(days.stop.isoformat()))
        yield exp.paren(exp.or_(emit.column(table.start).is_(exp.null()), before))
    if days.start is not None:
        last = emit.column(table.stop or table.start)
        after = exp.GTE(this=last, expression=_date(days.start.isoformat()))
        yield exp.paren(exp.or_(last.copy().is_(exp.null()), after))


def _date(text: str) -> exp.Expression:
    return exp.cast(exp.Literal.string(text), "DATE")


def _value(name: str, *, is_text: bool) -> exp.Expression:
    value: exp.Expression = emit.column(name)
    if not is_text:  # a number or a date holds nothing to quote
        return exp.Coalesce(this=exp.cast(value, "VARCHAR"), expressions=[exp.Literal.string("")])
    doubled = exp.Anonymous(this="replace", expressions=[value.copy(), exp.Literal.string('"'), _doubled_quote()])
    between = exp.Anonymous(this="concat", expressions=[exp.Literal.string('"'), doubled, exp.Literal.string('"')])
    holds = [exp.Anonymous(this="contains", expressions=[value.copy(), _character(each)]) for each in _QUOTED]
    must = exp.or_(exp.EQ(this=value.copy(), expression=exp.Literal.string("")), *holds)
    missing = value.copy().is_(exp.null())
    return exp.Case().when(missing, exp.Literal.string("")).when(must, between).else_(value)


def _doubled_quote() -> exp.Expression:
    return exp.Literal.string('""')


def _character(text: str) -> exp.Expression:
    """A character; line ends as numbers, so that no text with a line end in it has to be written as a literal."""
    number = exp.Literal.number(ord(text))
    return exp.Anonymous(this="chr", expressions=[number]) if text in "\r\n" else exp.Literal.string(text)


def _field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if text == "" or any(each in text for each in _QUOTED) else text
