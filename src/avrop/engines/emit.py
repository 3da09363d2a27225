"""Operators → DuckDB's SQL as a syntax tree: one emitter, explicit columns, quoted names; text is never parsed.

A tree is made once and goes into the next one as it is: what a function here is given is its own to keep.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlglot import exp

from avrop.catalogue.variables import DataType
from avrop.disclosure import operators as op
from avrop.engines.connection import only
from avrop.engines.levels import generalised

TYPES: Mapping[DataType, str] = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE"}
"""The fixed type of every column that comes out."""


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Where the names in a plan come from: Parquet files, and tables that the engine made on its connection."""

    tables: Mapping[str, Sequence[Path]]
    lists: Mapping[str, Path]
    approved: frozenset[str]
    periods: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    maps: Mapping[str, str]
    within: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A query and the columns that it has, with their types."""

    query: exp.Select
    columns: Mapping[str, DataType]


def relation(operators: Sequence[op.Operator], inputs: Inputs) -> Relation:
    """The query of a pipeline; the first operator is a scan."""
    made: Relation | None = None
    for operator in operators:
        made = _EMIT[type(operator)](operator, made, inputs)
    if made is None:
        raise ValueError("a pipeline has at least a scan")
    return made


def sql(query: exp.Expression) -> str:
    """The text that the engine is given. The tree is used up: writing it out may change it."""
    return query.sql(dialect="duckdb", identify=True, copy=False)


def parquet(paths: Sequence[Path]) -> exp.Table:
    """A table of Parquet files. A path is one file, never a pattern, and a folder that is named like `NAME=value` is a
    folder, not a column of that name."""
    files = exp.Array(expressions=[exp.Literal.string(only(path)) for path in paths])
    no_folders = exp.Kwarg(this=exp.var("hive_partitioning"), expression=exp.false())
    return exp.Table(this=exp.Anonymous(this="read_parquet", expressions=[files, no_folders]))


def typed(query: exp.Select, columns: Sequence[op.Column]) -> exp.Select:
    """Every column cast to its final type, in order, from a query that has them."""
    casts = [exp.alias_(exp.cast(column(c.name), TYPES[c.type]), c.name, quoted=True) for c in columns]
    return over(query, *casts)


def over(query: exp.Query, *shown: exp.Expr) -> exp.Select:
    """These columns of a query, which becomes the inner one `t`; neither is copied."""
    return exp.select(*shown, copy=False).from_(query.subquery("t", copy=False), copy=False)


def column(name: str, table: str = "t") -> exp.Column:
    """A quoted column of the inner query."""
    return exp.column(name, table=table, quoted=True)


def ordered(query: exp.Select, columns: Sequence[str]) -> exp.Select:
    """Sorted ascending by these columns, nulls last; without columns as it is."""
    if not columns:
        return query
    return query.order_by(
        *(exp.Ordered(this=exp.column(c, quoted=True), nulls_first=False) for c in columns), copy=False
    )


def _scan(operator: op.Scan, _before: Relation | None, inputs: Inputs) -> Relation:
    names = [column(c.name) for c in operator.columns]
    table = parquet(inputs.tables[operator.dataset])
    query = exp.select(*names).from_(exp.alias_(table, "t", table=True))
    return Relation(query=query, columns={c.name: c.type for c in operator.columns})


def _filtered(before: Relation, condition: Any) -> Relation:
    query = over(before.query, *(column(c) for c in before.columns)).where(condition, copy=False)
    return replace(before, query=query)


def _owner(stored: exp.Expression, successors: Sequence[tuple[str, str]]) -> exp.Expression:
    if not successors:
        return stored
    case = exp.Case(this=stored)
    for old, new in successors:
        case = case.when(exp.Literal.string(old), exp.Literal.string(new), copy=False)
    return case.else_(stored.copy(), copy=False)


def _text(before: Relation, name: str) -> exp.Expression:
    """A column as text. What is text already is not cast, so that the reader can skip by it."""
    return column(name) if before.columns[name] == "text" else exp.cast(column(name), "VARCHAR")


def _among(value: exp.Expression, texts: Sequence[str]) -> exp.Expression:
    return exp.In(this=value, expressions=[exp.Literal.string(text) for text in texts]) if texts else exp.false()


def _origin(operator: op.Origin, before: Relation, _inputs: Inputs) -> Relation:
    stored = exp.Literal.string(operator.owner or "") if operator.column is None else column(operator.column)
    own = exp.EQ(this=_owner(stored, operator.successors), expression=exp.Literal.string(operator.controller))
    others = [
        exp.or_(
            exp.Is(this=column(u.column), expression=exp.Null()),
            exp.not_(_among(_text(before, u.column), u.values), copy=False),
        )
        for u in operator.unattributable_when
    ]
    return _filtered(before, exp.and_(own, *others, copy=False))


def _claimants(operator: op.Claimants, before: Relation, inputs: Inputs) -> Relation:
    approve = []
    for name in operator.columns:
        owner = _owner(column(name), operator.successors)
        groups = [_approved(owner, names, operator.time, period) for period, names in _by_period(inputs).items()]
        approve.append(exp.or_(exp.Is(this=column(name), expression=exp.Null()), *groups, copy=False))
    return _filtered(before, exp.and_(*approve, copy=False))


def _by_period(inputs: Inputs) -> dict[tuple[date, date] | None, list[str]]:
    """Who approves today, by the period for which they do."""
    groups: dict[tuple[date, date] | None, list[str]] = {}
    for name in sorted(inputs.approved):
        groups.setdefault(inputs.periods.get(name), []).append(name)
    return groups


def _approved(owner: exp.Expression, names: Sequence[str], time: str | None, period: tuple[date, date] | None) -> Any:
    """One of these controllers; if they approved a period only, a row within it whose date is known."""
    among = _among(owner.copy(), names)
    if period is None:
        return among
    if time is None:
        return exp.false()
    start, end = (exp.cast(exp.Literal.string(day.isoformat()), "DATE") for day in period)
    inside = exp.and_(exp.GTE(this=column(time), expression=start), exp.LT(this=column(time), expression=end))
    return exp.and_(among, exp.func("coalesce", inside, exp.false()))


def _semi(before: Relation, name: str, table: exp.Expression, other: str, *, anti: bool) -> Relation:
    inner = exp.select(column(other, "u")).from_(exp.alias_(table, "u", table=True)).where(
        exp.EQ(this=column(other, "u"), expression=column(name))
    )  # fmt: skip
    found: exp.Expression = exp.Exists(this=inner)
    return _filtered(before, exp.not_(found) if anti else found)


def _exclude(operator: op.Exclude, before: Relation, inputs: Inputs) -> Relation:
    return _semi(before, operator.column, parquet([inputs.lists[operator.list]]), "person", anti=True)


def _within(operator: op.Within, before: Relation, inputs: Inputs) -> Relation:
    table = exp.to_table(inputs.within[operator.table])
    return _semi(before, operator.column, table, "identifier", anti=False)


def _window(operator: op.Window, before: Relation, _inputs: Inputs) -> Relation:
    start = exp.cast(exp.Literal.string(operator.start.isoformat()), "DATE")
    end = exp.cast(exp.Literal.string(operator.end.isoformat()), "DATE")
    return _filtered(
        before,
        exp.and_(
            exp.GTE(this=column(operator.column), expression=start),
            exp.LT(this=column(operator.column), expression=end),
        ),
    )


def _where(operator: op.Where, before: Relation, _inputs: Inputs) -> Relation:
    return _filtered(before, _among(_text(before, operator.column), operator.values))


def _lookup(operator: op.Lookup, before: Relation, inputs: Inputs) -> Relation:
    added: dict[str, DataType] = {c.name: c.type for c in operator.columns}
    kept = {name: kind for name, kind in before.columns.items() if name not in added}
    names = [column(name) for name in kept] + [column(name, "u") for name in added]
    register = exp.alias_(parquet(inputs.tables[operator.dataset]), "u", table=True)
    same = exp.EQ(this=column(operator.on), expression=column(operator.key, "u"))
    query = over(before.query, *names).join(register, on=same, join_type="left", copy=False)
    return Relation(query=query, columns={**kept, **added})


def _replaced(before: Relation, name: str, value: exp.Expression) -> Relation:
    shown = [exp.alias_(value, name, quoted=True, copy=False) if c == name else column(c) for c in before.columns]
    query = over(before.query, *shown)
    return Relation(query=query, columns={**before.columns, name: "text"})


def _generalise(operator: op.Generalise, before: Relation, _inputs: Inputs) -> Relation:
    return _replaced(before, operator.column, generalised(column(operator.column), operator.steps))


def _pseudonymise(operator: op.Pseudonymise, before: Relation, inputs: Inputs) -> Relation:
    """Joined with the run's map; an identifier without a pseudonym is an error of the query itself."""
    unmapped = exp.Anonymous(this="error", expressions=[exp.Literal.string("unmapped identifier")])
    found = column("pseudonym", "m")
    value = exp.Case().when(exp.Is(this=found, expression=exp.Null()), unmapped).else_(found.copy())
    made = _replaced(before, operator.column, value)
    same = exp.EQ(this=column(operator.column), expression=column("identifier", "m"))
    table = exp.alias_(exp.to_table(inputs.maps[operator.scope]), "m", table=True)
    return replace(made, query=made.query.join(table, on=same, join_type="left", copy=False))


def _select(operator: op.Select, before: Relation, _inputs: Inputs) -> Relation:
    shown = [exp.alias_(column(old), new, quoted=True) for old, new in operator.columns]
    query = over(before.query, *shown)
    return Relation(query=query, columns={new: before.columns[old] for old, new in operator.columns})


def _dedupe(_operator: op.Dedupe, before: Relation, _inputs: Inputs) -> Relation:
    query = over(before.query, *(column(c) for c in before.columns)).distinct()
    return replace(before, query=query)


def _order(operator: op.Order, before: Relation, _inputs: Inputs) -> Relation:
    query = over(before.query, *(column(c) for c in before.columns))
    return replace(before, query=ordered(query, operator.columns))


_EMIT: Mapping[type, Callable[[Any, Any, Inputs], Relation]] = {
    op.Scan: _scan,
    op.Origin: _origin,
    op.Claimants: _claimants,
    op.Exclude: _exclude,
    op.Window: _window,
    op.Where: _where,
    op.Within: _within,
    op.Lookup: _lookup,
    op.Generalise: _generalise,
    op.Pseudonymise: _pseudonymise,
    op.Select: _select,
    op.Dedupe: _dedupe,
    op.Order: _order,
}
"""One line per operator."""
