"""The reference engine: the same plans in plain Python, slow and obviously right: the oracle of the tests."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from avrop.catalogue.variables import Band, Prefix, Recode, Step
from avrop.disclosure import operators as op
from avrop.disclosure.binding import Binding, TableFile
from avrop.disclosure.generation import MergePlan
from avrop.errors import Fault

Row = dict[str, Any]
Rows = list[Row]
_ARROW = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "date": pa.date32()}


class ReferenceEngine:
    """Runs plans row by row."""

    name = "reference"

    def run(self, plan: op.SlicePlan, binding: Binding, folder: Path) -> tuple[TableFile, ...]:
        """Write one Parquet file per table of the plan into `folder`."""
        within: dict[str, set[str]] = {}
        made = []
        for table in plan.tables:
            rows = _Pipeline(binding=binding, within=within, table=table.name).run(table.operators)
            made.append(_write(folder, table.name, rows, table.output))
        return tuple(made)

    def merge(self, plan: MergePlan, sources: Mapping[str, Mapping[str, Path]], folder: Path) -> tuple[TableFile, ...]:
        """Write one Parquet file per merged table into `folder`."""
        made = []
        for table in plan.tables:
            rows: Rows = []
            for source in table.sources:
                part = pq.read_table(sources[source.controller][table.name]).to_pylist()
                for generalise in source.generalise:
                    part = [{**r, generalise.column: climb(r[generalise.column], generalise.steps)} for r in part]
                rows += [{c.name: row[c.name] for c in table.columns} for row in part]
            made.append(_write(folder, table.name, _sorted(rows, [c.name for c in table.columns]), table.columns))
        return tuple(made)

    # The form has a folder for spilling; this engine keeps all in memory.
    def classes(
        self,
        plans: Sequence[op.ClassPlan],
        binding: Binding,
        folder: Path,  # noqa: ARG002  it holds everything in memory
    ) -> tuple[Mapping[int, int], ...]:
        """For each plan the number of classes of people by the number of people in them."""
        return tuple(self._classes(plan, binding) for plan in plans)

    def _classes(self, plan: op.ClassPlan, binding: Binding) -> Mapping[int, int]:
        rows = _Pipeline(binding=binding, within={}, table=plan.table.name).run(plan.table.operators)
        paths: dict[Any, list[tuple[Any, ...]]] = {}
        for row in rows:
            step = tuple(row[name] for name in (plan.sequence, *plan.columns))
            paths.setdefault(row[plan.person], []).append(step)
        shared = Counter(tuple(sorted(path, key=_order_key)) for path in paths.values())
        return dict(Counter(shared.values()))


@dataclass(frozen=True, kw_only=True)
class _Pipeline:
    """One table's operators on rows; remembers whose rows came out, for `within`."""

    binding: Binding
    within: dict[str, set[str]]
    table: str

    def run(self, operators: Sequence[op.Operator]) -> Rows:
        rows: Rows = []
        for operator in operators:
            rows = self._one(operator, rows)
        return rows

    def _one(self, operator: op.Operator, rows: Rows) -> Rows:
        match operator:
            case op.Scan():
                names = [c.name for c in operator.columns]
                files = self.binding.tables[operator.dataset]
                return [row for path in files for row in pq.read_table(path, columns=names).to_pylist()]
            case op.Origin():
                return [row for row in rows if _has_origin(operator, row)]
            case op.Claimants():
                return [row for row in rows if self._all_approve(operator, row)]
            case op.Exclude():
                people = set(pq.read_table(self.binding.lists[operator.list]).column("person").to_pylist())
                return [row for row in rows if row[operator.column] is None or row[operator.column] not in people]
            case op.Window():
                return [row for row in rows if _in_window(operator, row[operator.column])]
            case op.Where():
                return [row for row in rows if _text(row[operator.column]) in operator.values]
            case op.Within():
                return [row for row in rows if row[operator.column] in self.within[operator.table]]
            case op.Lookup():
                return self._looked_up(operator, rows)
            case op.Generalise():
                return [{**row, operator.column: climb(row[operator.column], operator.steps)} for row in rows]
            case op.Pseudonymise():
                return self._pseudonymised(operator, rows)
            case op.Select():
                return [{new: row[old] for old, new in operator.columns} for row in rows]
            case op.Dedupe():
                return [dict(pairs) for pairs in dict.fromkeys(tuple(row.items()) for row in rows)]
            case op.Order():
                return _sorted(rows, operator.columns)

    def _all_approve(self, operator: op.Claimants, row: Row) -> bool:
        successors = dict(operator.successors)
        claims = [row[name] for name in operator.columns if row[name] is not None]
        return all(self._approves(successors.get(claim, claim), operator.time, row) for claim in claims)

    def _approves(self, controller: str, time: str | None, row: Row) -> bool:
        period = self.binding.periods.get(controller)
        if controller not in self.binding.approved or period is None:
            return controller in self.binding.approved
        day = None if time is None else row[time]
        return day is not None and period[0] <= day < period[1]

    def _looked_up(self, operator: op.Lookup, rows: Rows) -> Rows:
        names = [c.name for c in operator.columns]
        register: dict[Any, Row] = {}
        for path in self.binding.tables[operator.dataset]:
            for found in pq.read_table(path, columns=[operator.key, *names]).to_pylist():
                if found[operator.key] is None:
                    continue
                if found[operator.key] in register:
                    raise Fault(
                        "engine.register_not_unique",
                        "A register has two rows of one person.",
                        dataset=operator.dataset,
                    )
                register[found[operator.key]] = found
        nothing = dict.fromkeys(names)
        return [{**row, **{n: register.get(row[operator.on], nothing)[n] for n in names}} for row in rows]

    def _pseudonymised(self, operator: op.Pseudonymise, rows: Rows) -> Rows:
        people = list(dict.fromkeys(row[operator.column] for row in rows))
        if None in people:
            raise Fault(
                "pseudonym.unmapped", "A row has no identifier that has a pseudonym.", hint="Check the snapshot."
            )
        self.within[self.table] = set(people)
        pseudonyms = dict(zip(people, self.binding.pseudonyms[operator.scope](people), strict=True))
        if len(set(pseudonyms.values())) != len(people):
            raise Fault("pseudonym.collision", "Two identifiers have the same pseudonym.", hint="Use another scope.")
        return [{**row, operator.column: pseudonyms[row[operator.column]]} for row in rows]


def climb(value: Any, steps: Sequence[Step]) -> str | None:
    """A value taken up its ladder, step by step."""
    for step in steps:
        if value is None:
            return None
        value = _STEPS[type(step)](str(_text(value)), step)
    return _text(value)


def _text(value: Any) -> str | None:
    """A value as text: a date as ISO 8601."""
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else str(value)


def _banded(text: str, step: Band) -> str | None:
    if re.fullmatch("-?[0-9]{1,18}", text) is None:
        return None
    passed = sum(int(text) >= edge for edge in step.edges)
    return step.labels()[passed]


def _recoded(text: str, step: Recode) -> str | None:
    return next((new for old, new in step.pairs if old == text), None)


def _cut(text: str, step: Prefix) -> str:
    return text[: step.length]


_STEPS: Mapping[type, Callable[[str, Any], str | None]] = {Prefix: _cut, Band: _banded, Recode: _recoded}


def _has_origin(operator: op.Origin, row: Row) -> bool:
    owner = operator.owner if operator.column is None else row[operator.column]
    mine = next((today for old, today in operator.successors if old == owner), owner) == operator.controller
    return mine and not any(_text(row[u.column]) in u.values for u in operator.unattributable_when)


def _in_window(operator: op.Window, day: date | None) -> bool:
    return day is not None and operator.start <= day < operator.end


def _order_key(values: Sequence[Any]) -> tuple[Any, ...]:
    """Ascending, nulls last; text by code point."""
    return tuple((value is None, "" if value is None else value) for value in values)


def _sorted(rows: Rows, columns: Sequence[str]) -> Rows:
    return sorted(rows, key=lambda row: tuple((row[c] is None, _comparable(row[c])) for c in columns))


def _comparable(value: Any) -> Any:
    return 0 if value is None else value


def _write(folder: Path, name: str, rows: Rows, columns: Sequence[op.Column]) -> TableFile:
    schema = pa.schema([(c.name, _ARROW[c.type]) for c in columns])
    path = folder / f"{name}.parquet"
    pq.write_table(pa.Table.from_pylist([{c.name: row[c.name] for c in columns} for row in rows], schema=schema), path)
    return TableFile(table=name, path=path, rows=len(rows))
