"""The merge of the slices of a grant: what is served. A merge may only coarsen or drop, so that levels are alike."""

from collections.abc import Sequence

from avrop.canonical import Digest, document
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.variables import Step, Variable
from avrop.disclosure import operators as op


@document
class MergeSource:
    """One slice's part of a merged table: its plan's digest, and the further steps that make its levels alike."""

    controller: str
    slice_plan: str
    generalise: tuple[op.Generalise, ...] = ()


@document
class MergeTable:
    """One merged table: the columns common to all its sources with the level each is at, sorted by all of them."""

    name: str
    columns: tuple[op.Column, ...]
    levels: tuple[tuple[str, str], ...]
    sources: tuple[MergeSource, ...]


@document
class MergePlan:
    """How a grant's extracts become one generation. Its digest stands in the manifest."""

    call_off: str
    tables: tuple[MergeTable, ...]


def merge_plan(call_off: str, plans: Sequence[tuple[op.SlicePlan, Digest]], catalogue: Catalogue) -> MergePlan:
    """Harmonise: of each table the columns that every slice has, each at the coarsest level of any slice.

    Tables that not every slice has are dropped, and so are columns that not every slice has.
    """
    first = plans[0][0]
    tables = []
    for table in first.tables:
        parts = [_part(plan, table.name) for plan, _ in plans]
        present = [part for part in parts if part is not None]
        if len(present) == len(plans):
            tables.append(_merged(table, present, [sealed for _, sealed in plans], plans, catalogue))
    return MergePlan(call_off=call_off, tables=tuple(tables))


def _part(plan: op.SlicePlan, name: str) -> op.TablePlan | None:
    return next((table for table in plan.tables if table.name == name), None)


def _merged(
    table: op.TablePlan,
    parts: Sequence[op.TablePlan],
    sealed: Sequence[Digest],
    plans: Sequence[tuple[op.SlicePlan, Digest]],
    catalogue: Catalogue,
) -> MergeTable:
    common = [c for c in table.output if all(any(d.name == c.name for d in part.output) for part in parts)]
    coarsest = {c.name: max(level_of(part, c.name) for part in parts) for c in common[1:]}
    sources = tuple(
        MergeSource(
            controller=plan.controller,
            slice_plan=digest,
            generalise=tuple(
                op.Generalise(column=name, steps=steps)
                for name, target in coarsest.items()
                if (steps := _steps(catalogue.variable(name), level_of(part, name), target))
            ),
        )
        for (plan, _), digest, part in zip(plans, sealed, parts, strict=True)
    )
    columns = tuple(c if coarsest.get(c.name, 0) == 0 else op.Column(name=c.name, type="text") for c in common)
    levels = tuple((name, catalogue.variable(name).levels[index].name) for name, index in coarsest.items())
    return MergeTable(name=table.name, columns=columns, levels=levels, sources=sources)


def level_of(table: op.TablePlan, column: str) -> int:
    """How many steps up its ladder the plan takes a column: 0 is as stored."""
    for operator in table.operators:
        if isinstance(operator, op.Generalise) and operator.column == column:
            return len(operator.steps)
    return 0


def _steps(variable: Variable, start: int, target: int) -> tuple[Step, ...]:
    return tuple(rung.step for rung in variable.levels[start + 1 : target + 1] if rung.step is not None)
