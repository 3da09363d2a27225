"""Publish: freeze a catalogue version; load the provider's tables as a snapshot; refresh the lists of people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from avrop.actions import facts as f
from avrop.actions.case import handle_within
from avrop.actors import Actor
from avrop.canonical import Digest, canonical, digest
from avrop.catalogue.checks import run_checks
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.versions import freeze
from avrop.disclosure.snapshots import LoadReport, PersonListReport, snapshot_manifest
from avrop.engines.loading import load_person_list, load_tables
from avrop.errors import Mistake
from avrop.governance import commands as c
from avrop.governance.cases import ACCOUNT
from avrop.store import db, documents, rows, tables
from avrop.system import System


def publish_catalogue(system: System, actor: Actor, catalogue: Catalogue) -> Digest:
    """Freeze a checked catalogue as an immutable version. Raises `catalogue.stopped` if a check stops it."""
    freeze(catalogue, run_checks(catalogue))
    sealed = digest(catalogue)
    command = c.PublishCatalogue(
        name=catalogue.name, version=catalogue.version, catalogue=sealed, variables=len(catalogue.variables)
    )
    with db.transaction(system.database) as connection:
        documents.put(connection, "catalogue", canonical(catalogue))
        handle_within(connection, system, actor, ACCOUNT, command)
    return sealed


def load_snapshot(
    system: System, actor: Actor, sources: Mapping[str, Sequence[Path]], *, name: str
) -> tuple[Digest, LoadReport]:
    """Check the tables against the published catalogue and keep them as an immutable snapshot.

    `sources` gives the files of each dataset (CSV or Parquet). Returns the snapshot's digest and the load report. The
    same sources again give the snapshot that is here. Errors: `load.*`.
    """
    with db.transaction(system.database) as connection:
        sealed = f.account(connection).catalogue
        if sealed is None:
            raise Mistake("load.no_catalogue", "No catalogue version is published.", hint="Publish one first.")
        catalogue = f.catalogue(connection, sealed)
    with db.alone(system.database):
        return _load(system, actor, sources, catalogue=catalogue, name=name)


def _load(
    system: System, actor: Actor, sources: Mapping[str, Sequence[Path]], *, catalogue: Catalogue, name: str
) -> tuple[Digest, LoadReport]:
    place = f"snapshots/{system.random(16).hex()}"
    report = load_tables(
        catalogue,
        sources,
        system.zone.path(place),
        threads=system.settings.threads,
        memory_limit=system.settings.memory_limit,
        reach=system.reach,
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
    """Refresh a list of people to leave out. Errors: `load.*`, `lists.older`."""
    place = f"lists/{name}-{system.random(8).hex()}.parquet"
    pattern = _identifier_pattern(system)
    with db.alone(system.database):
        report = load_person_list(source, system.zone.path(place), pattern=pattern, reach=system.reach)
        with db.transaction(system.database) as connection:
            rows.keep(connection, tables.person_lists, list=name, as_of=as_of, file=place, digest=report.digest)
            handle_within(connection, system, actor, ACCOUNT, c.RecordPersonList(list=name, as_of=as_of))
    system.reach("load.list-recorded")
    return report


def _identifier_pattern(system: System) -> str | None:
    """What every identifier must look like: a spoilt one on a list would protect nobody."""
    with db.transaction(system.database) as connection:
        sealed = f.account(connection).catalogue
        if sealed is None:
            raise Mistake("load.no_catalogue", "No catalogue version is published.", hint="Publish one first.")
        catalogue = f.catalogue(connection, sealed)
    return next((v.pattern for v in catalogue.variables if v.sensitivity == "identifier"), None)
