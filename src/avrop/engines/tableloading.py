"""The two halves of a load: stage and check every source, then write every part."""

import csv
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast

import duckdb
import pyarrow as pa
from sqlglot import exp

from avrop.canonical import Digest
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.disclosure.operators import Column
from avrop.disclosure.snapshots import ColumnReport, DatasetReport, LoadFault, SnapshotFile, SourceFile
from avrop.engines.tablechecks import Found, code_faults, key_faults, load_codes, orphan_faults, row_faults
from avrop.engines.tablefiles import digest_file, sync
from avrop.engines.tables import FILE, ROW, can_hold, make_stage, quoted, run, staged, stored_columns, table
from avrop.engines.tablesources import FileSource, Source, StoredColumn

ROW_GROUP = 122_880
_LINE = re.compile(r"\A[^\n]*CSV Error on Line: ([0-9]+)")
_UNREADABLE = (OSError, UnicodeDecodeError, csv.Error, ValueError, pa.ArrowException)
_MACHINE = (duckdb.OutOfMemoryException, duckdb.IOException, duckdb.InternalException, duckdb.FatalException)


def nothing(point: str) -> None:
    """Reach no fault point: the default outside the demo."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """One load under way. `catalogue` has the datasets as their tables are; `described` is the whole one's digest.
    `lent`: files of the previous snapshot by dataset and source; `broken`: datasets with a file that could not be
    staged."""

    catalogue: Catalogue
    described: Digest
    sources: Mapping[str, Sequence[FileSource]]
    connection: duckdb.DuckDBPyConnection
    work: Path
    reach: Callable[[str], None] = nothing
    day: date | None = None
    lent: Mapping[tuple[str, Digest], Path] = field(default_factory=dict)
    faults: list[LoadFault] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def found(self, dataset: str, faults: Iterator[Found]) -> None:
        """Collect what a check found in a dataset."""
        for code, name, file, count, rows in faults:
            label = self.sources[dataset][file].label
            fault = LoadFault(code=code, dataset=dataset, file=label, variable=name, rows=rows, count=count)
            self.faults.append(fault)


def check_sources(load: Load) -> None:
    """Stage every source file and collect every fault in `load.faults`."""
    known = {dataset.name for dataset in load.catalogue.datasets}
    given = {name for name, paths in load.sources.items() if paths}
    for name in sorted(known ^ given | set(load.sources) - known):
        code = "load.dataset" if name in known else "load.dataset_unknown"
        load.faults.append(LoadFault(code=code, dataset=name, file=""))
    load_codes(load.connection, load.catalogue)
    staged = [dataset for dataset in load.catalogue.datasets if dataset.name in given]
    for dataset in staged:
        make_stage(load.connection, dataset.name, dataset=dataset, catalogue=load.catalogue)
        for index, each in enumerate(load.sources[dataset.name]):
            stage_file(load, dataset, index=index, given=each)
        _check(load, dataset)
        load.reach("load.dataset-checked")
    _check_people(load, staged)


def stage_file(load: Load, dataset: Dataset, *, index: int, given: FileSource) -> None:
    """Add one file's rows to its dataset's stage, or its fault to the load's."""
    try:
        columns = given.stored if given.stored is not None else stored_columns(given.path, delimiter=given.delimiter)
    except FileNotFoundError:
        faults = [LoadFault(code="load.no_file", dataset=dataset.name, file=str(given.path))]
    except _UNREADABLE:
        faults = [LoadFault(code="load.unreadable", dataset=dataset.name, file=given.label)]
    else:
        faults = column_faults(load.catalogue, dataset, given=given, columns=columns)
    if not faults:
        types = {name: load.catalogue.variable(name).data_type for name in dataset.variables}
        rows = staged(index, given, columns, types=types)
        try:
            run(load.connection, exp.Insert(this=table(dataset.name), expression=rows))
        except _MACHINE:
            raise
        except duckdb.Error as failure:
            faults = [_unreadable(dataset, given, failure)]
    if faults:
        load.faults.extend(faults)
        load.broken.add(dataset.name)


def _unreadable(dataset: Dataset, given: FileSource, failure: duckdb.Error) -> LoadFault:
    # The message shows the line itself: only its number may pass. The header is line 1.
    line = _LINE.match(str(failure))
    rows = (int(line[1]) - 1,) if line else ()
    return LoadFault(code="load.unreadable", dataset=dataset.name, file=given.label, rows=rows, count=len(rows))


def column_faults(
    catalogue: Catalogue, dataset: Dataset, *, given: Source, columns: Sequence[StoredColumn]
) -> list[LoadFault]:
    """`load.columns` for each variable that is not fed by exactly one column, and, where columns are not named, for
    each column more; `load.type` for each column that cannot be read as its variable."""
    names, stored = [name for name, _ in columns], dict(columns)
    if isinstance(given, FileSource) and given.is_parquet:
        # DuckDB does not tell upper from lower case, and would take the first of two.
        folded = [name.casefold() for name in names]
        names = [name for name in names if folded.count(name.casefold()) == 1]
    fed = {name: given.column_of(name) for name in dataset.variables}
    wrong = {name: "load.columns" for name, column in fed.items() if names.count(column) != 1}
    if given.columns is None and isinstance(given, FileSource):
        # An unexpected column is named by its place: its header may hold anything, even a row.
        strange = [place for place, (name, _) in enumerate(columns, start=1) if name not in dataset.variables]
        wrong |= {f"column {place}": "load.columns" for place in strange}
    wrong |= {name: "load.columns" for name in (given.columns or {}) if name not in dataset.variables}
    for name, column in fed.items():
        if name not in wrong and not can_hold(stored[column], catalogue.variable(name).data_type):
            wrong[name] = "load.type"
    return [LoadFault(code=code, dataset=dataset.name, file=given.label, variable=name) for name, code in wrong.items()]


def _check(load: Load, dataset: Dataset) -> None:
    stage, connection = dataset.name, load.connection
    load.found(stage, row_faults(connection, stage, dataset=dataset, catalogue=load.catalogue))
    for name in dataset.variables:
        variable = load.catalogue.variable(name)
        if variable.code_list is not None:
            faults = code_faults(connection, stage, dataset=dataset, variable=variable, day=load.day)
            load.found(stage, faults)
    keys = [dataset.key, (dataset.person,)] if dataset.kind == "register" else [dataset.key]
    for key in dict.fromkeys(keys):
        load.found(stage, key_faults(connection, stage, key=key))


def _check_people(load: Load, given: Sequence[Dataset]) -> None:
    """Check that every event's person is in the register of that unit; not where a register was not wholly read."""
    for dataset in (each for each in given if each.kind == "event"):
        for register in (each for each in given if each.kind == "register"):
            unit = load.catalogue.variable(register.person).unit_type
            if register.name in load.broken or load.catalogue.variable(dataset.person).unit_type != unit:
                continue
            faults = orphan_faults(
                load.connection,
                dataset.name,
                person=dataset.person,
                register=register.name,
                register_person=register.person,
            )
            load.found(dataset.name, faults)


def write_dataset(load: Load, dataset: Dataset) -> DatasetReport:
    """Write the staged rows of one dataset, a part per source file, and report them."""
    (load.work / dataset.name).mkdir()
    counts = _rows_by_file(load, dataset)
    sources = tuple(
        SourceFile(
            dataset=dataset.name,
            name=given.label,
            rows=counts.get(index, 0),
            size=given.path.stat().st_size,
            digest=digest_file(given.path),
        )
        for index, given in enumerate(load.sources[dataset.name])
    )
    reused = [_part(load, dataset, index=index, source=source) for index, source in enumerate(sources)]
    files = tuple(_file(load, dataset, index=index, source=source) for index, source in enumerate(sources))
    return _report(load, dataset, sources=sources, files=files, reused=sum(reused))


def _rows_by_file(load: Load, dataset: Dataset) -> dict[int, int]:
    tree = exp.select(quoted(FILE), exp.Count(this=exp.Star())).from_(table(dataset.name)).group_by(quoted(FILE))
    return dict(cast("list[tuple[int, int]]", run(load.connection, tree)))


def _file(load: Load, dataset: Dataset, *, index: int, source: SourceFile) -> SnapshotFile:
    path = load.work / _part_name(dataset, index)
    return SnapshotFile(
        dataset=dataset.name,
        name=_part_name(dataset, index),
        rows=source.rows,
        size=path.stat().st_size,
        digest=digest_file(path),
        columns=tuple(Column(name=each, type=load.catalogue.variable(each).data_type) for each in dataset.variables),
        source=load.sources[dataset.name][index].reading(source.digest),
    )


def _part_name(dataset: Dataset, index: int) -> str:
    return f"{dataset.name}/part-{index:03}.parquet"


def _part(load: Load, dataset: Dataset, *, index: int, source: SourceFile) -> bool:
    """Lend or write one file; whether it was lent."""
    path = load.work / _part_name(dataset, index)
    lent = load.lent.get((dataset.name, load.sources[dataset.name][index].reading(source.digest)))
    if lent is not None:
        try:
            path.hardlink_to(lent)
        except OSError:
            shutil.copyfile(lent, path)
            sync(path)
        return True
    order = [each for each in (dataset.time, dataset.person, *dataset.key, ROW) if each]
    rows = (
        exp.select(*(quoted(name) for name in dataset.variables))
        .from_(table(dataset.name))
        .where(exp.EQ(this=quoted(FILE), expression=exp.Literal.number(index)))
        .order_by(*(quoted(name) for name in order))
    )
    relation = load.connection.sql(rows.sql(dialect="duckdb"))
    relation.write_parquet(str(path), compression="zstd", row_group_size=ROW_GROUP)
    load.reach("load.file-written")
    sync(path)
    load.reach("load.file-synced")
    return False


def _report(
    load: Load,
    dataset: Dataset,
    *,
    sources: tuple[SourceFile, ...],
    files: tuple[SnapshotFile, ...],
    reused: int,
) -> DatasetReport:
    count, people, first, last, *nulls = _figures(load, dataset)
    return DatasetReport(
        dataset=dataset.name,
        rows=count,
        size=sum(source.size for source in sources),
        people=people,
        columns=tuple(
            ColumnReport(name=name, nulls=empty) for name, empty in zip(dataset.variables, nulls, strict=True)
        ),
        sources=sources,
        files=files,
        first=first,
        last=last,
        reused=reused,
    )


def _figures(load: Load, dataset: Dataset) -> tuple[Any, ...]:
    """Rows, people, first and last time, then the nulls of each column."""
    time: exp.Expression = quoted(dataset.time) if dataset.time else exp.null()
    every = exp.Count(this=exp.Star())
    nulls = [
        exp.Filter(this=every.copy(), expression=exp.Where(this=quoted(name).is_(exp.null())))
        for name in dataset.variables
    ]
    people = exp.Count(this=exp.Distinct(expressions=[quoted(dataset.person)]))
    tree = exp.select(every, people, exp.Min(this=time), exp.Max(this=time.copy()), *nulls).from_(table(dataset.name))
    (figures,) = run(load.connection, tree)
    return figures
