"""Builds a generation: one extract per granted slice, the merge, the signed manifest; each part once, also after a
crash."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import cast

from sqlalchemy import Connection

from avrop.actions import facts as f
from avrop.actions import runs, signing
from avrop.actions.case import automaton, handle_within
from avrop.canonical import Digest, canonical, digest, digest_bytes, read
from avrop.catalogue.datasets import Catalogue
from avrop.disclosure.binding import Binding, TableFile
from avrop.disclosure.generation import MergePlan, MergeTable, merge_plan
from avrop.disclosure.manifest import Manifest, ManifestColumn, ManifestFile, ManifestSlice
from avrop.disclosure.operators import SlicePlan, Window
from avrop.errors import Conflict, Tampered
from avrop.governance import commands as c
from avrop.governance.cases import reference
from avrop.governance.delivery import DeliveryState
from avrop.governance.grants import Grant
from avrop.store import db, documents, rows, tables
from avrop.store import events as event_store
from avrop.store.files import write_file
from avrop.system import System

Plans = tuple[tuple[SlicePlan, Digest], ...]


def build_generation(system: System, case: str, delivery: DeliveryState) -> None:
    """From the planned delivery to its signed manifest. The grant is computed anew, and again when it is recorded."""
    with db.transaction(system.database) as connection:
        today = _require_same_grant(connection, system, case, delivery)
        plans = _granted_plans(connection, today)
        catalogue = f.catalogue(connection, cast("Digest", plans[0][0].catalogue))
        lists = f.list_digests(connection, system)
        bound, inputs = runs.binding(
            connection,
            system,
            snapshot=cast("Digest", delivery.snapshot),
            approved={plan.controller: _decided_period(plan) for plan, _ in plans},
            scope=plans[0][0].scope,
        )
    extracts = {plan.controller: _extract(system, plan, sealed, bound=bound, inputs=inputs) for plan, sealed in plans}
    merged = merge_plan(reference(case), plans, catalogue)
    _merge(system, case, delivery, merged, extracts=extracts, today=today, catalogue=catalogue, lists=lists)


def _require_same_grant(connection: Connection, system: System, case: str, delivery: DeliveryState) -> Grant:
    today = f.grant(connection, system, reference(case))
    if today is None or digest(today) != delivery.grant:
        raise Conflict(
            "delivery.grant_changed",
            "The grant changed since the generation was planned.",
            hint="Plan the next generation.",
            case=case,
        )
    return today


def _granted_plans(connection: Connection, today: Grant) -> Plans:
    """The very plans that were decided, by their digests: nothing else can be run.

    Raises `delivery.plan_differs` (Tampered) unless each document has the digest that its controller decided.
    """
    plans = []
    for part in today.slices:
        body = documents.get(connection, part.slice_plan)
        plan = cast("SlicePlan", read(SlicePlan, body, what="The slice plan"))
        if digest(plan) != part.slice_plan or plan.controller != part.controller:
            raise Tampered(
                "delivery.plan_differs", "The plan to run is not the one that was decided.", controller=part.controller
            )
        plans.append((plan, part.slice_plan))
    return tuple(plans)


def _decided_period(plan: SlicePlan) -> tuple[date, date] | None:
    """The period that a controller let out: for its own rows, and for the rows of others that it has a claim on."""
    windows = [x for x in plan.tables[0].operators if isinstance(x, Window)]
    return (windows[0].start, windows[0].end) if windows else None


def _extract(system: System, plan: SlicePlan, sealed: Digest, *, bound: Binding, inputs: str) -> Mapping[str, Path]:
    """The extract of a slice plan on these inputs: built once, kept in the provider's zone."""
    key = hashlib.sha256(f"{sealed} {inputs}".encode()).hexdigest()
    place = f"extracts/{key}"
    with db.transaction(system.database) as connection:
        row = rows.find(connection, tables.extracts, key)
    if row is None:
        with system.zone.writing(place) as folder:
            made = system.engine.run(plan, bound, folder)
            _tidy(folder)
        files = [{"table": x.table, "digest": _digest_file(system.zone.path(place) / x.path.name)} for x in made]
        with db.transaction(system.database) as connection:
            rows.keep(connection, tables.extracts, key=key, slice_plan=sealed, folder=place, files=files)
        system.reach("extract.recorded")
    else:
        files = row.files
    return {file["table"]: _whole(system.zone.path(place) / f"{file['table']}.parquet", file) for file in files}


def _whole(path: Path, file: Mapping[str, str]) -> Path:
    if not path.is_file() or _digest_file(path) != file["digest"]:
        raise Tampered("extract.changed", "An extract's file is not the one that was built.", file=path.name)
    return path


def _merge(
    system: System,
    case: str,
    delivery: DeliveryState,
    plan: MergePlan,
    *,
    extracts: Mapping[str, Mapping[str, Path]],
    today: Grant,
    catalogue: Catalogue,
    lists: str | None,
) -> None:
    place = f"generations/{case.replace('/', '-')}"
    with system.zone.writing(place) as folder:
        made = system.engine.merge(plan, extracts, folder)
        _tidy(folder)
        system.reach("merge.done")
        with db.transaction(system.database) as connection:
            manifest = _manifest(connection, system, case, delivery, plan, made=made, today=today, catalogue=catalogue)
            signed = signing.sign(connection, system, "provider", "manifest", manifest)
        system.reach("manifest.signed")
        write_file(folder / "manifest.json", canonical(signed))
        system.reach("manifest.written")
    with db.transaction(system.database) as connection:
        sealed = documents.put(connection, "signed manifest", canonical(signed))
        documents.put(connection, "merge plan", canonical(plan))
        rows.keep(connection, tables.generations, delivery=case, folder=place, manifest=sealed, lists=lists)
        system.reach("manifest.kept")
        command = c.RecordManifest(
            signed=signed,
            made_at=manifest.made_at,
            built_on=digest(today),
            controllers=today.controllers,
            files=len(manifest.files),
            rows=sum(file.rows for file in manifest.files),
        )
        handle_within(connection, system, automaton(system), case, command)
    system.reach("manifest.recorded")


def _manifest(
    connection: Connection,
    system: System,
    case: str,
    delivery: DeliveryState,
    plan: MergePlan,
    *,
    made: tuple[TableFile, ...],
    today: Grant,
    catalogue: Catalogue,
) -> Manifest:
    asked = f.version(connection, today.version)
    shapes = {table.name: table for table in plan.tables}
    return Manifest(
        call_off=reference(case),
        delivery=case,
        generation=delivery.generation,
        version=today.version,
        catalogue=asked.catalogue,
        snapshot=cast("Digest", delivery.snapshot),
        grant=digest(today),
        merge_plan=digest(plan),
        slices=tuple(
            ManifestSlice(controller=x.controller, slice_plan=x.slice_plan, decision=x.decision) for x in today.slices
        ),
        files=tuple(_manifest_file(file, shapes[file.table], catalogue) for file in made),
        pseudonym_scope=reference(case),
        log_size=len(event_store.all_entries(connection)),
        keep_until=str(asked.retention.until),
        made_at=system.clock(),
    )


def _manifest_file(file: TableFile, shape: MergeTable, catalogue: Catalogue) -> ManifestFile:
    levels = dict(shape.levels)
    columns = tuple(
        ManifestColumn(
            name=column.name,
            type=column.type,
            level=levels.get(column.name, "pseudonym"),
            label=catalogue.variable(column.name).label.en if column.name in levels else "Pseudonym of the person",
        )
        for column in shape.columns
    )
    return ManifestFile(
        name=file.path.name,
        table=file.table,
        rows=file.rows,
        size=file.path.stat().st_size,
        digest=Digest(_digest_file(file.path)),
        columns=columns,
    )


def _digest_file(path: Path) -> str:
    return digest_bytes(path.read_bytes())


def _tidy(folder: Path) -> None:
    """The engine's spill folder is not part of what was built."""
    spill = folder / ".spill"
    if spill.is_dir():
        for path in spill.iterdir():
            path.unlink()
        spill.rmdir()
