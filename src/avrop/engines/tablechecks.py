"""Check staged rows against the catalogue: each check finds how many rows of each file fail, and the first of them."""

from collections.abc import Iterator, Sequence
from datetime import date

import duckdb
from sqlglot import exp

from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.variables import Variable
from avrop.engines.tables import FILE, ROW, bad, matches, quoted, run, table, text

SHOWN = 5
"""How many row numbers are named of each fault; the rest is counted."""

CODES = " codes"
VALUE, DAY, PLACE, KNOWN = " value", " day", " place", " known"
"""Our own names begin with a space: no variable's does, and DuckDB tells no upper from lower case."""

Found = tuple[str, str, int, int, tuple[int, ...]]
"""Fault code, variable, file index, number of rows, first row numbers."""


def load_codes(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Make the table of all codes of all lists with their validity."""
    kinds = {"list": "VARCHAR", "code": "VARCHAR", "valid_from": "DATE", "valid_to": "DATE"}
    definitions = [
        exp.ColumnDef(this=exp.to_identifier(name, quoted=True), kind=exp.DataType.build(kind))
        for name, kind in kinds.items()
    ]
    run(connection, exp.Create(this=exp.Schema(this=table(CODES), expressions=definitions), kind="TABLE"))
    rows = [
        exp.Tuple(expressions=[text(each.name), text(code.code), _day(code.valid_from), _day(code.valid_to)])
        for each in catalogue.code_lists
        for code in each.codes
    ]
    if rows:
        run(connection, exp.Insert(this=table(CODES), expression=exp.Values(expressions=rows)))


def _day(day: date | None) -> exp.Expression:
    return exp.null() if day is None else exp.cast(text(day.isoformat()), exp.DataType.build("DATE"))


def row_faults(
    connection: duckdb.DuckDBPyConnection, stage: str, *, dataset: Dataset, catalogue: Catalogue
) -> Iterator[Found]:
    """Faults that one row shows alone: `load.type`, `load.null`, `load.pattern`, `load.range`. One pass."""
    needed = {dataset.person, dataset.time, *dataset.key}
    checks = [
        (code, name, condition)
        for name in dataset.variables
        for code, condition in _conditions(catalogue.variable(name), needed=name in needed)
    ]
    figures = [figure for _, _, condition in checks for figure in _figures(condition)]
    tree = exp.select(quoted(FILE), *figures).from_(table(stage)).group_by(quoted(FILE)).order_by(quoted(FILE))
    for file, *found in run(connection, tree):
        for (code, name, _), count, rows in zip(checks, found[::2], found[1::2], strict=True):
            if count:
                yield _found(code, name, file, count, rows)


def _conditions(variable: Variable, *, needed: bool) -> Iterator[tuple[str, exp.Expr]]:
    column, unread = quoted(variable.name), quoted(bad(variable.name))
    yield "load.type", unread
    if needed or not variable.nullable:
        yield "load.null", exp.and_(column.is_(exp.null()), exp.not_(unread))
    if variable.pattern is not None:
        yield "load.pattern", exp.not_(matches(column, variable.pattern))
    if variable.minimum is not None or variable.maximum is not None:
        low, high = variable.minimum, variable.maximum
        bounds = ((exp.LT, low), (exp.GT, high))
        outside = [side(this=column, expression=exp.convert(bound)) for side, bound in bounds if bound is not None]
        yield "load.range", exp.or_(*outside)


def _figures(condition: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    where = exp.Where(this=condition)
    first = exp.Anonymous(this="min", expressions=[quoted(ROW), exp.Literal.number(SHOWN)])
    return (
        exp.Filter(this=exp.Count(this=exp.Star()), expression=where),
        exp.Filter(this=first, expression=where.copy()),
    )


def _found(code: str, name: str, file: object, count: object, rows: object) -> Found:
    if not (isinstance(file, int) and isinstance(count, int) and isinstance(rows, list)):
        raise TypeError("a check gives a file, a count and row numbers")
    return code, name, file, count, tuple(rows)


def _by_file(connection: duckdb.DuckDBPyConnection, rows: exp.Select, *, code: str, name: str) -> Iterator[Found]:
    """The faults of a selection of a stage's rows, each row of which is faulty."""
    tree = (
        exp.select(quoted(FILE), *_figures(exp.true()))
        .from_(rows.subquery("faulty"))
        .group_by(quoted(FILE))
        .order_by(quoted(FILE))
    )
    for file, count, first in run(connection, tree):
        yield _found(code, name, file, count, first)


def code_faults(
    connection: duckdb.DuckDBPyConnection,
    stage: str,
    *,
    dataset: Dataset,
    variable: Variable,
    day: date | None,
) -> Iterator[Found]:
    """`load.code`: values that are not in the list on the row's date, on `day` for a register, ever if that is null."""
    value = exp.cast(quoted(variable.name), exp.DataType.build("VARCHAR"))
    when: exp.Expression = quoted(dataset.time) if dataset.time else _day(day)
    pairs = (
        exp.select(exp.alias_(value, VALUE, quoted=True), exp.alias_(when, DAY, quoted=True))
        .distinct()
        .from_(table(stage))
        .where(exp.not_(value.is_(exp.null())))
    )
    if dataset.time:
        pairs = pairs.where(exp.not_(quoted(dataset.time).is_(exp.null())))
    wrong = (
        exp.select(quoted(VALUE), quoted(DAY))
        .from_(pairs.subquery("used"))
        .where(exp.not_(exp.Exists(this=_valid(variable))))
    )
    same = [exp.EQ(this=value.copy(), expression=quoted(VALUE))]
    if dataset.time:
        same.append(exp.EQ(this=when.copy(), expression=quoted(DAY)))
    rows = exp.select(quoted(FILE), quoted(ROW)).from_(table(stage))
    rows = rows.join(wrong.subquery("wrong"), on=exp.and_(*same))
    yield from _by_file(connection, rows, code="load.code", name=variable.name)


def _valid(variable: Variable) -> exp.Select:
    def code(name: str) -> exp.Column:
        return exp.column(name, "codes", quoted=True)

    day = quoted(DAY)
    return (
        exp.select(exp.Literal.number(1))
        .from_(exp.alias_(table(CODES), "codes", table=True))
        .where(exp.EQ(this=code("list"), expression=text(variable.code_list or "")))
        .where(exp.EQ(this=code("code"), expression=quoted(VALUE)))
        .where(exp.or_(day.is_(exp.null()), exp.LTE(this=code("valid_from"), expression=day.copy())))
        .where(
            exp.or_(
                day.copy().is_(exp.null()),
                code("valid_to").is_(exp.null()),
                exp.LT(this=day.copy(), expression=code("valid_to")),
            )
        )
    )


def key_faults(connection: duckdb.DuckDBPyConnection, stage: str, *, key: Sequence[str]) -> Iterator[Found]:
    """`load.key`: rows whose key an earlier row, of any file, has already."""
    columns = [quoted(name) for name in key]
    whole = exp.and_(*(exp.not_(column.copy().is_(exp.null())) for column in columns))
    several = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
    repeated = exp.select(*columns).from_(table(stage)).where(whole).group_by(*columns).having(several)
    order = exp.Order(expressions=[exp.Ordered(this=quoted(each)) for each in (FILE, ROW)])
    place = exp.Window(this=exp.RowNumber(), partition_by=[column.copy() for column in columns], order=order)
    numbered = (
        exp.select(quoted(FILE), quoted(ROW), exp.alias_(place, PLACE, quoted=True))
        .from_(table(stage))
        .join(repeated.subquery("repeated"), using=[column.this.copy() for column in columns], join_type="semi")
    )
    later = exp.GT(this=quoted(PLACE), expression=exp.Literal.number(1))
    rows = exp.select(quoted(FILE), quoted(ROW)).from_(numbered.subquery("numbered")).where(later)
    yield from _by_file(connection, rows, code="load.key", name=", ".join(key))


def orphan_faults(
    connection: duckdb.DuckDBPyConnection, stage: str, *, person: str, register: str, register_person: str
) -> Iterator[Found]:
    """`load.orphan`: rows whose person the register's stage does not have."""
    known = exp.select(exp.alias_(quoted(register_person), KNOWN, quoted=True)).from_(table(register))
    same = exp.EQ(this=quoted(person), expression=quoted(KNOWN))
    rows = (
        exp.select(quoted(FILE), quoted(ROW))
        .from_(table(stage))
        .join(known.subquery("people"), on=same, join_type="anti")
        .where(exp.not_(quoted(person).is_(exp.null())))
    )
    yield from _by_file(connection, rows, code="load.orphan", name=person)
