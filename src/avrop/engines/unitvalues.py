"""One variable of a generation's table as lines `unit;value;start;stop;`: read once to be counted, once to be written.

A line stands for the distinct rows that say the same of a unit. Rows without a value have no line.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from avrop.disclosure.unitrows import Counted, Period
from avrop.engines import emit
from avrop.engines.connection import fault, shut_off

EARLIEST, LATEST = date(1880, 4, 15), date(2059, 9, 18)
"""Days since 1970 in sixteen bits."""
BATCH_ROWS = 100_000


@dataclass(frozen=True, kw_only=True)
class UnitValues:
    """What to read: the table's file, its columns of the unit and of the value, and when the value holds.

    `spill` is a folder for what does not fit into memory.
    """

    file: Path
    unit: str
    value: str
    period: Period
    spill: Path
    threads: int
    memory_limit: str


def count(asked: UnitValues) -> Counted:
    """Count, before anything is written. Errors: `engine.*` (Fault)."""
    counts = {
        "lines": exp.Count(this=exp.Star()),
        "overlapping": _count_if(_overlapping(asked)),
        "outside": _count_if(_outside(asked)),
        "backwards": _count_if(_backwards(asked)),
        "closed": exp.Count(this=emit.column("stop")),
        "unwritable": _count_if(_unwritable(emit.column("value"))),
    }
    ordered = _with_next(asked)
    with _connection(asked) as connection:
        query = emit.over(ordered, *counts.values())
        found = connection.execute(emit.sql(query)).fetchone() or ()
        whole = exp.select(exp.Count(this=exp.Star()), _count_if(_no_value(asked))).from_(_table(asked))
        rows, without = connection.execute(emit.sql(whole)).fetchone() or (0, 0)
    numbers = {name: int(number or 0) for name, number in zip(counts, found, strict=True)}  # of no rows: null
    return Counted(**numbers, rows=int(rows or 0), missing=int(without or 0))


def write(asked: UnitValues, *, repeated: bool) -> Iterator[bytes]:
    """The lines in UTF-8, many at a time: as the rows stand in the file; where rows are `repeated`, each line once, in
    order of unit, dates and value. Errors: `engine.*` (Fault)."""
    names = ("unit", "start", "stop", "value")
    parts = [emit.column("unit"), _quoted(emit.column("value")), _day_text("start"), _day_text("stop")]
    text = exp.Anonymous(this="concat_ws", expressions=[exp.Literal.string(";"), *parts, _character(10)])
    lines = exp.select(exp.alias_(text, "line"), *map(emit.column, names)).from_(
        _lines(asked, distinct=repeated).subquery("t")
    )  # a sort of what is sorted already would cost most of the time
    only = emit.over(emit.ordered(lines, names if repeated else ()), emit.column("line"))
    with _connection(asked) as connection:
        try:
            for batch in connection.sql(emit.sql(only)).to_arrow_reader(BATCH_ROWS):
                yield _bytes(batch.column(0))
        except pa.ArrowException as failure:
            raise fault(failure) from None


def _connection(asked: UnitValues) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    return shut_off(read=[asked.file], write=asked.spill, threads=asked.threads, memory_limit=asked.memory_limit)


def _lines(asked: UnitValues, *, distinct: bool) -> exp.Select:
    """The units, values as text, and dates of the rows that have a value."""
    shown = {
        "unit": emit.column(asked.unit),
        "value": _value(asked),
        "start": _date_column(asked.period.start),
        "stop": _date_column(asked.period.stop),
    }
    columns = [exp.alias_(expression, name, quoted=True) for name, expression in shown.items()]
    rows = exp.select(*columns).from_(_table(asked)).where(exp.not_(_no_value(asked)))
    return rows.distinct() if distinct else rows


def _with_next(asked: UnitValues) -> exp.Select:
    """The lines, each with `follows`: whether the unit has a further one, and with the start of that one."""
    names = ("unit", "value", "start", "stop")
    order = [exp.Ordered(this=emit.column(name), nulls_first=False) for name in ("start", "stop", "value")]

    def following(name: str) -> exp.Expr:
        lead = exp.Anonymous(this="lead", expressions=[emit.column(name)])
        window = exp.Order(expressions=[one.copy() for one in order])
        return exp.Window(this=lead, partition_by=[emit.column("unit")], order=window)

    further = (("next", "start"), ("follows", "unit"))
    shown = [exp.alias_(following(of), name, quoted=True) for name, of in further]
    return emit.over(_lines(asked, distinct=True), *map(emit.column, names), *shown)


def _overlapping(asked: UnitValues) -> exp.Expr:
    """A line that has not ended on the day before the unit's next one begins; without dates, any that has a next."""
    follows = exp.not_(emit.column("follows").is_(exp.null()))
    if asked.period.start is None:
        return follows
    stop = emit.column("stop")
    still = exp.or_(stop.is_(exp.null()), exp.GTE(this=stop.copy(), expression=emit.column("next")))
    return exp.and_(follows, still)


def _outside(asked: UnitValues) -> exp.Expr:
    if asked.period.start is None:
        return exp.false()
    low, high = ([exp.cast(exp.Literal.string(day.isoformat()), "DATE")] for day in (EARLIEST, LATEST))
    start, stop = emit.column("start"), emit.column("stop")
    early = [exp.LT(this=name.copy(), expression=low[0].copy()) for name in (start, stop)]
    late = [exp.GT(this=name.copy(), expression=high[0].copy()) for name in (start, stop)]
    return exp.or_(start.is_(exp.null()), *early, *late)


def _backwards(asked: UnitValues) -> exp.Expr:
    """A line that ends before it begins; where both ends are needed, one without an end or without length."""
    start, stop = emit.column("start"), emit.column("stop")
    if asked.period.needs_length:
        return exp.or_(stop.is_(exp.null()), exp.GTE(this=start, expression=stop.copy()))
    return exp.GT(this=start, expression=stop)


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


def _date_column(name: str | None) -> exp.Expr:
    return emit.column(name) if name is not None else exp.cast(exp.null(), "DATE")


def _day_text(name: str) -> exp.Expr:
    return exp.Coalesce(this=exp.cast(emit.column(name), "VARCHAR"), expressions=[exp.Literal.string("")])


def _bytes(column: pa.Array) -> bytes:
    """The texts one after the other: Arrow holds them so."""
    texts = column.cast(pa.large_string())
    offsets = memoryview(texts.buffers()[1]).cast("q")[texts.offset : texts.offset + len(texts) + 1]
    return bytes(memoryview(texts.buffers()[2])[offsets[0] : offsets[-1]]) if len(texts) else b""
