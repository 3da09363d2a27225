"""One variable of a generation's table as lines `unit;value;start;stop;`: read once to be counted, once to be written.

A line stands for the distinct rows that say the same of a unit. The value holds on the row's own date, which is start
and stop, since a row says no more than that. Rows without a value have no line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from avrop.disclosure.unitrows import Counted
from avrop.engines import emit
from avrop.engines.connection import shut_off

EARLIEST, LATEST = date(1880, 4, 15), date(2059, 9, 18)
"""Days since 1970 in sixteen bits."""
BATCH_ROWS = 100_000


@dataclass(frozen=True, kw_only=True)
class UnitValues:
    """What to read: the table's file, its columns of the unit, of the value, and of the date (none: it never changes).

    `spill` is a folder for what does not fit into memory.
    """

    file: Path
    unit: str
    value: str
    time: str | None
    spill: Path
    threads: int
    memory_limit: str


def count(asked: UnitValues) -> Counted:
    """Count, before anything is written. Errors: `engine.*` (Fault)."""
    lines = _lines(asked)
    value, start = emit.column("value"), emit.column("start")
    key = exp.Anonymous(this="row", expressions=[emit.column("unit"), start])
    outside = exp.or_(start.is_(exp.null()), exp.LT(this=start, expression=_day(EARLIEST)),
                      exp.GT(this=start, expression=_day(LATEST)))  # fmt: skip
    counts = [
        exp.Count(this=exp.Star()),
        exp.Count(this=exp.Distinct(expressions=[key])),
        _count_if(outside) if asked.time is not None else exp.Literal.number(0),
        _count_if(_unwritable(value)),
    ]
    with shut_off(
        read=[asked.file], write=asked.spill, threads=asked.threads, memory_limit=asked.memory_limit
    ) as connection:
        found = connection.execute(emit.sql(exp.select(*counts).from_(lines.subquery("t")))).fetchone() or (0,) * 4
        missing = exp.select(_count_if(_no_value(asked))).from_(_table(asked))
        without = connection.execute(emit.sql(missing)).fetchone() or (0,)
    total, keys, away, bad = (int(number or 0) for number in found)  # of no rows, DuckDB counts null
    return Counted(lines=total, repeated=total - keys, outside=away, unwritable=bad, missing=int(without[0] or 0))


def write(asked: UnitValues) -> Iterator[bytes]:
    """The lines in order of unit, date and value, in UTF-8, many at a time. Errors: `engine.*` (Fault)."""
    value, start = emit.column("value"), emit.column("start")
    day = exp.Coalesce(this=exp.cast(start, "VARCHAR"), expressions=[exp.Literal.string("")])
    parts = [emit.column("unit"), _quoted(value), day, day.copy(), exp.Literal.string("")]
    text = exp.Anonymous(this="concat", expressions=[exp.Anonymous(this="concat_ws", expressions=[
        exp.Literal.string(";"), *parts]), _character(10)])  # fmt: skip
    query = emit.ordered(
        exp.select(exp.alias_(text, "line"), emit.column("unit"), start, value).from_(_lines(asked).subquery("t")),
        ("unit", "start", "value"),
    )
    only = exp.select(emit.column("line")).from_(query.subquery("t"))
    with shut_off(
        read=[asked.file], write=asked.spill, threads=asked.threads, memory_limit=asked.memory_limit
    ) as connection:
        for batch in connection.sql(emit.sql(only)).to_arrow_reader(BATCH_ROWS):
            yield _bytes(batch.column(0))


def _lines(asked: UnitValues) -> exp.Select:
    """The distinct units, values as text, and dates of the rows that have a value."""
    start = emit.column(asked.time) if asked.time is not None else exp.cast(exp.null(), "DATE")
    shown = (("unit", emit.column(asked.unit)), ("value", _value(asked)), ("start", start))
    columns = [exp.alias_(expression, name, quoted=True) for name, expression in shown]
    return exp.select(*columns).distinct().from_(_table(asked)).where(exp.not_(_no_value(asked)))


def _table(asked: UnitValues) -> exp.Expr:
    return exp.alias_(emit.parquet([asked.file]), "t", table=True)


def _value(asked: UnitValues) -> exp.Expr:
    return exp.cast(emit.column(asked.value), "VARCHAR")


def _no_value(asked: UnitValues) -> exp.Expr:
    text = exp.Coalesce(this=_value(asked), expressions=[exp.Literal.string("")])
    return exp.EQ(this=text, expression=exp.Literal.string(""))


def _unwritable(value: exp.Column) -> exp.Expr:
    """A line's end within the value, or spaces around it, which a reader of that form takes away."""
    bare = exp.Anonymous(this="trim", expressions=[value.copy(), exp.Literal.string(" ")])
    trimmed = exp.NEQ(this=value, expression=bare)
    return exp.or_(trimmed, *(_contains(value, _character(number)) for number in (0, 10, 13)))


def _quoted(value: exp.Column) -> exp.Expr:
    """In quotation marks where the separator or one of them is in it."""
    mark, two = exp.Literal.string('"'), exp.Literal.string('""')
    doubled = exp.Anonymous(this="replace", expressions=[value.copy(), mark, two])
    inside = exp.Anonymous(this="concat", expressions=[mark.copy(), doubled, mark.copy()])
    needed = exp.or_(_contains(value, exp.Literal.string(";")), _contains(value, mark.copy()))
    return exp.Case(ifs=[exp.If(this=needed, true=inside)], default=value.copy())


def _contains(value: exp.Column, part: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="contains", expressions=[value.copy(), part])


def _character(number: int) -> exp.Expr:
    return exp.Anonymous(this="chr", expressions=[exp.Literal.number(number)])


def _count_if(condition: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="count_if", expressions=[condition])


def _day(day: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), "DATE")


def _bytes(column: pa.Array) -> bytes:
    """The texts one after the other: Arrow holds them so."""
    texts = column.cast(pa.large_string())
    offsets = memoryview(texts.buffers()[1]).cast("q")[texts.offset : texts.offset + len(texts) + 1]
    return bytes(memoryview(texts.buffers()[2])[offsets[0] : offsets[-1]]) if len(texts) else b""
