"""Publish: freeze a catalogue version; load the provider's tables as a snapshot; refresh the lists of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from avrop.actions import facts as f
from avrop.actions.case import handle_within
from avrop.actions.comparing import Comparison, compare_within
from avrop.actions.find import index_own
from avrop.actors import Actor
from avrop.canonical import Digest, canonical, digest
from avrop.catalogue.checks import run_checks
from avrop.catalogue.datasets import Catalogue, carried
from avrop.catalogue.sources import SourceTable
from avrop.catalogue.versions import freeze
from avrop.disclosure.snapshots import LoadReport, PersonListReport, snapshot_manifest
from avrop.engines.loading import load_person_list, load_tables
from avrop.engines.tablesources import Source, source_at
from avrop.errors import Conflict, Mistake, Refusal
from avrop.governance import commands as c
from avrop.governance.cases import ACCOUNT
from avrop.store import db, documents, rows, tables
from avrop.system import System


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """The digest of a catalogue version, and how it differs from the one that was published before."""

    digest: Digest
    changed: Comparison


def publish_catalogue(system: System, actor: Actor, catalogue: Catalogue, *, breaking: bool = False) -> Published:
    """Freeze a checked catalogue as an immutable version.

    `breaking` says that changes are meant after which plans on the published version do not mean the same. Errors:
    `catalogue.stopped` (Refusal) if a check stops it, `catalogue.version_taken` (Conflict) if that version was
    published with other content, `catalogue.breaking` (Refusal) if such changes were not said.
    """
    freeze(catalogue, run_checks(catalogue))
    sealed = digest(catalogue)
    command = c.PublishCatalogue(
        name=catalogue.name, version=catalogue.version, catalogue=sealed, variables=len(catalogue.variables)
    )
    with db.transaction(system.database) as connection:
        found = compare_within(connection, catalogue, today=system.clock().date())
        documents.put(connection, "catalogue", canonical(catalogue))
        handle_within(connection, system, actor, ACCOUNT, command)
        if not breaking:  # said last: nothing of it helps where the version must be raised first
            _require_compatible(found)
        index_own(connection, system)
    return Published(digest=sealed, changed=found)


def _require_compatible(found: Comparison) -> None:
    if not found.breaking:
        return
    first = "; ".join(f"{change.subject}: {change.what}" for change in found.breaking[:_TOLD])
    more = f"; and {len(found.breaking) - _TOLD} more" if len(found.breaking) > _TOLD else ""
    open_ones = ", ".join(f"{reference} ({', '.join(names)})" for reference, names in found.touched)
    raise Refusal(
        "catalogue.breaking",
        f"{len(found.breaking)} changes break what is published: {first}{more}. "
        + (f"Open call-offs that use it: {open_ones}." if open_ones else "No open call-off uses it."),
        hint="See `avrop describe diff`. If it is meant, say so with --breaking.",
    )


_TOLD = 5
"""Changes that are told in one sentence."""


def named_sources(given: Sequence[str], mapped: Sequence[SourceTable] = ()) -> dict[str, list[Source]]:
    """The sources of each dataset: those given as DATASET=FILE or DATASET=postgresql:schema.table, or as a folder of
    them, and of the datasets that are not given, those of a source map. A mapped dataset's columns are as mapped,
    wherever it is read from.

    Errors (Mistake): `load.source`.
    """
    places: dict[str, list[str]] = {}
    for text in given:
        dataset, equals, place = text.partition("=")
        if text and not equals and Path(text).is_dir():
            for name, several in files_in(Path(text)).items():
                places.setdefault(name, []).extend(map(str, several))
            continue
        if not equals or not place:
            raise Mistake(
                "load.source",
                "A source is written DATASET=FILE, or DATASET=postgresql:schema.table, or is a folder of files.",
                hint="Write the dataset's name first.",
            )
        places.setdefault(dataset, []).append(place)
    maps = {table.dataset: table for table in mapped}
    named = frozenset(places)
    for table in mapped:
        if table.dataset not in named:
            places.setdefault(table.dataset, []).append(table.source)
    return {name: [_source(place, maps.get(name)) for place in several] for name, several in places.items()}


def files_in(folder: Path) -> dict[str, list[Path]]:
    """The files of a folder by the dataset that their names begin with, up to the first hyphen or dot."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix in {".csv", ".parquet"}:
            found.setdefault(path.stem.partition("-")[0], []).append(path)
    return found


def _source(place: str, mapped: SourceTable | None) -> Source:
    columns = None if mapped is None else dict(mapped.columns)
    return source_at(place, delimiter="," if mapped is None else mapped.delimiter, columns=columns)


def load_snapshot(
    system: System, actor: Actor, sources: Mapping[str, Sequence[Path | Source]], *, name: str
) -> tuple[Digest, LoadReport]:
    """Check the tables against the published catalogue and keep them as an immutable snapshot.

    `sources` gives what each dataset is read from: CSV and Parquet files, tables of the source database. Returns the
    snapshot's digest and the load report. The same sources again give the snapshot that is here. Errors: `load.*`,
    `source.*`.
    """
    with db.transaction(system.database) as connection:
        sealed = f.account(connection).catalogue
        if sealed is None:
            raise Mistake("load.no_catalogue", "No catalogue version is published.", hint="Publish one first.")
        catalogue = f.catalogue(connection, sealed)
    with db.alone(system.database):
        return _load(system, actor, sources, catalogue=catalogue, name=name)


def _require_kept(connection: Connection, name: str, sealed: str, *, as_of: datetime) -> None:
    """Another list of the same moment is not put aside without a word."""
    if rows.list_of(connection, name, as_of).digest != sealed:
        raise Conflict(
            "lists.same_moment", "Another list of that name and moment was loaded before.",
            hint="Say as of when this one is, to the minute.", list=name,
        )  # fmt: skip


def _load(
    system: System, actor: Actor, sources: Mapping[str, Sequence[Path | Source]], *, catalogue: Catalogue, name: str
) -> tuple[Digest, LoadReport]:
    place = f"snapshots/{system.random(16).hex()}"
    report = load_tables(
        catalogue,
        sources,
        system.zone.path(place),
        threads=system.settings.threads,
        memory_limit=system.settings.memory_limit,
        reach=system.reach,
        source_url=system.settings.source_url,
    )
    manifest = snapshot_manifest(name, report, loaded_at=system.clock(), base=None)
    total = sum(dataset.rows for dataset in report.datasets)
    command = c.RecordSnapshot(
        snapshot=digest(manifest), catalogue=report.catalogue, tables=len(report.datasets), rows=total
    )
    with db.transaction(system.database) as connection:
        documents.put(connection, "snapshot", canonical(manifest))
        rows.keep(
            connection,
            tables.snapshots,
            digest=digest(manifest),
            catalogue=report.catalogue,
            folder=place,
            loaded_at=system.clock(),
        )
        handle_within(connection, system, actor, ACCOUNT, command)
    system.reach("load.recorded")
    return digest(manifest), report


def load_list(system: System, actor: Actor, name: str, source: Path, *, as_of: datetime) -> PersonListReport:
    """Refresh a list of people to leave out. Errors: `load.*`, `lists.not_yet`, `lists.older`, `lists.same_moment`."""
    place = f"lists/{name}-{system.random(8).hex()}.parquet"
    pattern = _identifier_pattern(system)
    with db.alone(system.database):
        report = load_person_list(source, system.zone.path(place), pattern=pattern, reach=system.reach)
        with db.transaction(system.database) as connection:
            rows.keep(connection, tables.person_lists, list=name, as_of=as_of, file=place, digest=report.digest)
            _require_kept(connection, name, report.digest, as_of=as_of)
            handle_within(connection, system, actor, ACCOUNT, c.RecordPersonList(list=name, as_of=as_of))
    system.reach("load.list-recorded")
    return report


def _identifier_pattern(system: System) -> str | None:
    """What every person's identifier must look like: a spoilt one on a list would protect nobody."""
    with db.transaction(system.database) as connection:
        sealed = f.account(connection).catalogue
        if sealed is None:
            raise Mistake("load.no_catalogue", "No catalogue version is published.", hint="Publish one first.")
        catalogue = f.catalogue(connection, sealed)
    return next((catalogue.variable(each.person).pattern for each in carried(catalogue).datasets), None)
