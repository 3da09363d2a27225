"""Load source files as a snapshot: check every row against the catalogue, write immutable Parquet, or leave nothing."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from sqlglot import exp

from avrop.canonical import Digest, digest
from avrop.catalogue.datasets import Catalogue, Dataset, carried
from avrop.catalogue.unittypes import Text
from avrop.catalogue.variables import Variable
from avrop.disclosure.snapshots import LoadReport, PersonListReport, SnapshotManifest
from avrop.engines.connection import shut_off
from avrop.engines.sourcedatabase import read_tables
from avrop.engines.tablechecks import row_faults
from avrop.engines.tablefiles import digest_file, publish_folder, sync, working_folder
from avrop.engines.tableloading import Load, check_sources, nothing, stage_file, write_dataset
from avrop.engines.tables import make_stage, quoted, run, table
from avrop.engines.tablesources import FileSource, Source, as_source
from avrop.errors import Conflict, Mistake

MOST_FAULTS = 200
SPOOL = ".database"
"""Where the rows of a source database wait to be checked."""


class LoadRefused(Mistake):
    """`load.refused`: the sources have faults; `report.faults` has them all (at most `MOST_FAULTS`)."""

    def __init__(self, report: LoadReport) -> None:
        shown = "; ".join(str(fault) for fault in report.faults[:5])
        more = f"; and {len(report.faults) - 5} more faults" if len(report.faults) > 5 else ""
        super().__init__(
            "load.refused",
            f"The sources have faults, and nothing was loaded: {shown}{more}.",
            hint="Correct what is named at the source, or the description, and load again.",
        )
        self.report = report


def load_tables(
    catalogue: Catalogue,
    sources: Mapping[str, Sequence[Path | Source]],
    target: Path,
    *,
    threads: int,
    memory_limit: str,
    reach: Callable[[str], None] = nothing,
    register_day: date | None = None,
    previous: tuple[SnapshotManifest, Path] | None = None,
    source_url: str | None = None,
) -> LoadReport:
    """Check CSV (UTF-8, header) and Parquet files, and tables of the PostgreSQL at `source_url`, and write them into
    the new folder `target`. A path is a comma-separated or Parquet file with exactly the dataset's variables.

    Each source becomes one `<dataset>/part-NNN.parquet` with the dataset's columns in catalogue order, typed, sorted by
    time and person. Empty text is null. Codes are valid on the row's time, a register's on `register_day` (null: ever).
    A source that stands unchanged in the `previous` snapshot (manifest, folder) and under the same catalogue is checked
    again and its file lent, not written.

    Errors: `load.refused` (LoadRefused) with faults `load.dataset`, `load.dataset_unknown`, `load.no_file`,
    `load.unreadable`, `load.columns`, `load.type`, `load.null`, `load.pattern`, `load.range`, `load.code`, `load.key`,
    `load.orphan`; `load.exists` (Conflict);
    `load.failed`, `engine.failed`, `engine.no_space` (Fault) for the machine; those of `read_tables` for the source
    database. Nothing is left in `target` in any case.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Conflict("load.exists", "The snapshot's folder is taken.", hint="Load into a new one.", file=target.name)
    given = {name: [as_source(each) for each in several] for name, several in sources.items()}
    with working_folder(target) as work:
        reach("load.started")
        tables = carried(catalogue)
        files = read_tables(tables, given, work / SPOOL, url=source_url)
        named = [each.path for several in files.values() for each in several]
        with shut_off(read=named, write=work, threads=threads, memory_limit=memory_limit) as connection:
            load = Load(
                catalogue=tables,
                described=digest(catalogue),
                sources=files,
                connection=connection,
                work=work,
                reach=reach,
                day=register_day,
                lent=_lent(previous, catalogue=digest(catalogue), day=register_day),
            )
            report = _checked_and_written(load)
        for scratch in (".spill", SPOOL):
            shutil.rmtree(work / scratch, ignore_errors=True)
        publish_folder(work, target)
        reach("load.folder-written")
    return report


def _checked_and_written(load: Load) -> LoadReport:
    check_sources(load)
    report = LoadReport(catalogue=load.described, register_day=load.day, faults=tuple(load.faults[:MOST_FAULTS]))
    if load.faults:
        raise LoadRefused(report)
    datasets = tuple(write_dataset(load, dataset) for dataset in load.catalogue.datasets)
    return LoadReport(catalogue=report.catalogue, register_day=load.day, datasets=datasets)


def _lent(
    previous: tuple[SnapshotManifest, Path] | None, *, catalogue: Digest, day: date | None
) -> dict[tuple[str, Digest], Path]:
    """The previous snapshot's files by dataset and source, those that are what their manifest says."""
    if previous is None or previous[0].catalogue != catalogue or previous[0].register_day != day:
        return {}
    manifest, folder = previous
    return {
        (file.dataset, file.source): folder / file.name
        for file in manifest.files
        if (folder / file.name).is_file() and digest_file(folder / file.name) == file.digest
    }


def load_person_list(
    source: Path, target: Path, *, pattern: str | None = None, reach: Callable[[str], None] = nothing
) -> PersonListReport:
    """Write the people of a CSV file with one column `person` as Parquet: one text column, each once, sorted.

    `pattern` is what every identifier must match: a spoilt one (a lost leading zero) would protect nobody. Errors:
    `load.refused` with faults `load.no_file`, `load.unreadable`, `load.columns`, `load.null`, `load.pattern`, rows by
    number; `load.failed` (Fault). An existing target is replaced, and only by a whole one.
    """
    source = source.resolve()
    catalogue = _list_catalogue(pattern)
    with working_folder(target) as work:
        made = work / "list.parquet"
        with shut_off(read=[source], write=work, threads=1, memory_limit="1GB") as connection:
            given = {"list": (FileSource(path=source),)}
            load = Load(
                catalogue=catalogue, described=digest(catalogue), sources=given, connection=connection, work=work
            )
            people = _write_people(load, made)
        sync(made)
        report = PersonListReport(people=people, source=digest_file(source), digest=digest_file(made))
        made.replace(target.resolve())
        sync(target.resolve().parent)
        reach("load.list-written")
    return report


def _list_catalogue(pattern: str | None) -> Catalogue:
    said = Text(nb="Personliste", en="List of people")
    person = Variable(
        name="person",
        label=said,
        definition=said,
        unit_type="person",
        data_type="text",
        temporality="FIXED",
        sensitivity="identifier",
        source="",
        pattern=pattern,
    )
    people = Dataset(
        name="list",
        label=said,
        definition=said,
        unit_type="person",
        kind="register",
        person="person",
        key=("person",),
        variables=("person",),
    )
    return Catalogue(
        name="list",
        version="1",
        title=said,
        publisher="",
        unit_types=(),
        code_lists=(),
        variables=(person,),
        datasets=(people,),
    )


def _write_people(load: Load, path: Path) -> int:
    """Write the list's people and count them. A person may be on it twice."""
    (dataset,) = load.catalogue.datasets
    make_stage(load.connection, dataset.name, dataset=dataset, catalogue=load.catalogue)
    stage_file(load, dataset, index=0, given=load.sources[dataset.name][0])
    load.found(dataset.name, row_faults(load.connection, dataset.name, dataset=dataset, catalogue=load.catalogue))
    if load.faults:
        raise LoadRefused(LoadReport(catalogue=load.described, faults=tuple(load.faults)))
    people = exp.select(quoted("person")).distinct().from_(table(dataset.name)).order_by(quoted("person"))
    load.connection.sql(people.sql(dialect="duckdb")).write_parquet(str(path), compression="zstd")
    ((count,),) = run(load.connection, exp.select(exp.Count(this=exp.Star())).from_(people.subquery("people")))
    return int(str(count))
