"""The embedded engine: runs slice plans, merges and measurements with DuckDB."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from avrop.disclosure import operators as op
from avrop.disclosure.binding import Binding, TableFile
from avrop.disclosure.generation import MergePlan, MergeTable
from avrop.engines import emit
from avrop.engines.connection import shut_off
from avrop.engines.levels import generalised
from avrop.errors import Fault

ROW_GROUP_ROWS = 122_880


class DuckDBEngine:
    """Runs plans on DuckDB. `reach` marks named points for fault tests."""

    name = "duckdb"

    def __init__(self, *, threads: int, memory_limit: str, reach: Callable[[str], None] = lambda _point: None) -> None:
        self._threads = threads
        self._memory_limit = memory_limit
        self._reach = reach

    def run(self, plan: op.SlicePlan, binding: Binding, folder: Path) -> tuple[TableFile, ...]:
        """Write one Parquet file per table of the plan into `folder`."""
        read = [*_paths(binding.tables.values()), *binding.lists.values()]
        with self._connection(read, folder) as connection:
            within: dict[str, str] = {}
            made = []
            for number, table in enumerate(plan.tables):
                within[table.name] = f"map_{number}"
                made.append(self._table(connection, table, binding, folder, within=within))
            return tuple(made)

    def merge(self, plan: MergePlan, sources: Mapping[str, Mapping[str, Path]], folder: Path) -> tuple[TableFile, ...]:
        """Write one Parquet file per merged table into `folder`."""
        with self._connection(_paths(tables.values() for tables in sources.values()), folder) as connection:
            made = []
            for table in plan.tables:
                parts = [_merge_part(table, source.controller, sources) for source in table.sources]
                whole = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False, copy=False)
                query = emit.typed(emit.over(whole, *_names(table.columns)), table.columns)
                self._reach("merge.before-write")
                path = folder / f"{table.name}.parquet"
                rows = _write(connection, emit.ordered(query, [c.name for c in table.columns]), path)
                self._reach("merge.table-written")
                made.append(TableFile(table=table.name, path=path, rows=rows))
            return tuple(made)

    def classes(self, plans: Sequence[op.ClassPlan], binding: Binding, folder: Path) -> tuple[Mapping[int, int], ...]:
        """For each plan the number of classes of people by the number of people in them."""
        inputs = _inputs(binding, maps={}, within={})
        read = [*_paths(binding.tables.values()), *binding.lists.values()]
        with self._connection(read, folder) as connection:
            _require_unique_registers(connection, [plan.table for plan in plans], binding)
            queries = (_class_counts(emit.relation(plan.table.operators, inputs).query, plan) for plan in plans)
            return tuple(dict(connection.execute(emit.sql(query)).fetchall()) for query in queries)

    def _connection(self, read: Sequence[Path], folder: Path) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        # A plan joins rows with lists, registers and maps of people. After its filters the optimizer takes the rows
        # for few and holds them instead: measured on 5 million rows, nearly twice the memory and half as long again.
        return shut_off(
            read=read,
            write=folder,
            threads=self._threads,
            memory_limit=self._memory_limit,
            joins_as_written=True,
        )

    def _table(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: op.TablePlan,
        binding: Binding,
        folder: Path,
        *,
        within: Mapping[str, str],
    ) -> TableFile:
        _require_unique_registers(connection, [table], binding)
        at, pseudonymise = next((i, o) for i, o in enumerate(table.operators) if isinstance(o, op.Pseudonymise))
        inputs = _inputs(binding, maps={pseudonymise.scope: within[table.name]}, within=within)
        people = _distinct_people(connection, table.operators[:at], pseudonymise.column, inputs)
        self._reach("extract.people-read")
        connection.register(within[table.name], _map(people, binding, pseudonymise.scope))
        self._reach("extract.people-mapped")
        path = folder / f"{table.name}.parquet"
        rows = _write(connection, _typed_in_order(table, inputs), path)
        self._reach("extract.table-written")
        return TableFile(table=table.name, path=path, rows=rows)


def _typed_in_order(table: op.TablePlan, inputs: emit.Inputs) -> exp.Select:
    """The table's rows in their final types, sorted once: DuckDB would also do a sort that stands further in."""
    order = next((o.columns for o in table.operators if isinstance(o, op.Order)), ())
    unsorted = [o for o in table.operators if not isinstance(o, op.Order)]
    return emit.ordered(emit.typed(emit.relation(unsorted, inputs).query, table.output), order)


def _distinct_people(
    connection: duckdb.DuckDBPyConnection, operators: Sequence[op.Operator], name: str, inputs: emit.Inputs
) -> list[str | None]:
    """The identifiers of the rows that will come out; levels and looked-up columns do not change who they are."""
    rows = [o for o in operators if not isinstance(o, op.Generalise | op.Lookup)]
    query = emit.over(emit.relation(rows, inputs).query, emit.column(name)).distinct()
    return [row[0] for row in connection.execute(emit.sql(query)).fetchall()]


def _map(people: Sequence[str | None], binding: Binding, scope: str) -> pa.Table:
    known = [person for person in people if person is not None]
    if len(known) != len(people):
        raise Fault("pseudonym.unmapped", "A row has no identifier that has a pseudonym.", hint="Check the snapshot.")
    pseudonyms = list(binding.pseudonyms[scope](known))
    if len(set(pseudonyms)) != len(known) or len(pseudonyms) != len(known):
        raise Fault("pseudonym.collision", "Two identifiers have the same pseudonym.", hint="Use another scope.")
    return pa.table({"identifier": pa.array(known, pa.string()), "pseudonym": pa.array(pseudonyms, pa.string())})


def _require_unique_registers(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[op.TablePlan], binding: Binding
) -> None:
    lookups = [o for table in tables for o in table.operators if isinstance(o, op.Lookup)]
    for dataset, name in dict.fromkeys((lookup.dataset, lookup.key) for lookup in lookups):
        key = emit.column(name)
        counted = exp.select(exp.Count(this=key), exp.Count(this=exp.Distinct(expressions=[key.copy()]))).from_(
            exp.alias_(emit.parquet(binding.tables[dataset]), "t", table=True)
        )
        row = connection.execute(emit.sql(counted)).fetchone()
        if row is None or row[0] != row[1]:
            raise Fault("engine.register_not_unique", "A register has two rows of one person.", dataset=dataset)


def _write(connection: duckdb.DuckDBPyConnection, query: exp.Select, path: Path) -> int:
    """Write a query's rows as Parquet: zstd, row groups of 122 880 rows. Returns how many rows were written."""
    parameters = [("FORMAT", "parquet"), ("COMPRESSION", "zstd")]
    options = [exp.CopyParameter(this=exp.var(n), expression=exp.var(v)) for n, v in parameters]
    options.append(exp.CopyParameter(this=exp.var("ROW_GROUP_SIZE"), expression=exp.Literal.number(ROW_GROUP_ROWS)))
    copy = exp.Copy(this=query.subquery(copy=False), kind=False, files=[exp.Literal.string(str(path))], params=options)
    row = connection.execute(emit.sql(copy)).fetchone()
    return int(row[0]) if row else 0


def _merge_part(table: MergeTable, controller: str, sources: Mapping[str, Mapping[str, Path]]) -> exp.Select:
    source = next(s for s in table.sources if s.controller == controller)
    steps = {generalise.column: generalise.steps for generalise in source.generalise}
    shown = [
        exp.alias_(generalised(emit.column(c.name), steps.get(c.name, ())), c.name, quoted=True, copy=False)
        for c in table.columns
    ]
    return exp.select(*shown).from_(exp.alias_(emit.parquet([sources[controller][table.name]]), "t", table=True))


def _class_counts(rows: exp.Select, plan: op.ClassPlan) -> exp.Select:
    """Each person's rows as one path ordered by the sequence, then people per path, then classes per size."""
    step = exp.Anonymous(this="row", expressions=[emit.column(c) for c in (plan.sequence, *plan.columns)])
    path = exp.Anonymous(this="list_sort", expressions=[exp.Anonymous(this="list", expressions=[step])])
    person = emit.column(plan.person)
    paths = emit.over(rows, exp.alias_(path, "path")).group_by(person)
    sizes = emit.over(paths, exp.alias_(exp.Count(this=exp.Star()), "size")).group_by(exp.column("path", table="t"))
    size = exp.column("size", table="t")
    return emit.over(sizes, size, exp.Count(this=exp.Star())).group_by(size.copy())


def _names(columns: Sequence[op.Column]) -> list[exp.Column]:
    return [emit.column(c.name) for c in columns]


def _inputs(binding: Binding, *, maps: Mapping[str, str], within: Mapping[str, str]) -> emit.Inputs:
    return emit.Inputs(
        tables=binding.tables,
        lists=binding.lists,
        approved=binding.approved,
        periods=binding.periods,
        maps=maps,
        within=within,
    )


def _paths(groups: Iterable[Iterable[Path]]) -> list[Path]:
    return [path for group in groups for path in group]
