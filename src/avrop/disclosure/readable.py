"""A slice plan as a table that a person can read before deciding: who, when, what, at which level, who is left out."""

from collections.abc import Sequence
from typing import assert_never

from avrop.catalogue.datasets import Catalogue
from avrop.disclosure import operators as op

Row = tuple[str, str]
"""What, and what about it."""


def readable(plan: op.SlicePlan, catalogue: Catalogue) -> tuple[Row, ...]:
    """The rows of the table, in English with the catalogue's own labels."""
    rows: list[Row] = [("Controller", plan.controller), ("Call-off", plan.call_off)]
    for table in plan.tables:
        rows.append((f"Table {table.name}", catalogue.dataset(table.name).label.en))
        rows += [row for operator in table.operators if (row := _rule(operator)) is not None]
        rows += [(f"  column {column.name}", _column(column, table, catalogue)) for column in table.output]
    return tuple(rows)


def _rule(operator: op.Operator) -> Row | None:
    match operator:
        case op.Origin():
            left_out = "".join(f"; not where {u.column} is {_or(u.values)}" for u in operator.unattributable_when)
            former = [old for old, today in operator.successors if today == operator.controller]
            before = f", or was stored as {_or(former)}" if former else ""
            if operator.owner is not None:
                mine = dict(operator.successors).get(operator.owner, operator.owner) == operator.controller
                return (
                    "  rows",
                    f"{'all' if mine else 'none'}: the table is {operator.owner}'s{left_out if mine else ''}",
                )
            return "  rows", f"where {operator.column} is {operator.controller}{before}{left_out}"
        case op.Claimants():
            return "  claimants", f"only if every controller in {_or(operator.columns)} approves the row's date too"
        case op.Exclude():
            return "  left out", f"people on the list '{operator.list}'"
        case op.Window():
            return "  period", f"{operator.column} from {operator.start} to before {operator.end}"
        case op.Where():
            return "  only", f"where {operator.column} is {_or(operator.values)}"
        case op.Within():
            return "  people", f"only those in table {operator.table}"
        case op.Dedupe():
            return "  rows", "one of each group of rows that are alike in every column"
        case op.Scan() | op.Lookup() | op.Select() | op.Generalise() | op.Pseudonymise() | op.Order():
            return None  # what they let out is told column by column; the order of rows says nothing of anybody
        case _:
            assert_never(operator)


def _column(column: op.Column, table: op.TablePlan, catalogue: Catalogue) -> str:
    if column.name not in {name for dataset in catalogue.datasets for name in dataset.variables}:
        return "a pseudonym instead of the identity number"
    variable = catalogue.variable(column.name)
    steps = next((len(o.steps) for o in table.operators if isinstance(o, op.Generalise) and o.column == column.name), 0)
    return f"{variable.label.en}, at level {variable.levels[steps].name}"


def _or(values: Sequence[str]) -> str:
    return " or ".join(values)
