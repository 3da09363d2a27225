"""Disclose in another form: one variable of an open generation as a dataset that a statistics platform reads.

It is a hand-over like any other: today's grant is computed again, and the attempt is recorded before a byte leaves.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from avrop.actions import disclose
from avrop.actions import facts as f
from avrop.actions.case import handle
from avrop.actions.permissions import require_authorised
from avrop.actors import Actor
from avrop.canonical import read
from avrop.catalogue import microdata
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.unittypes import Text
from avrop.disclosure import packagefaults
from avrop.disclosure.manifest import Manifest, ManifestFile
from avrop.disclosure.microdata_package import archive
from avrop.disclosure.plan import PSEUDONYM
from avrop.disclosure.unitrows import Chosen, column, period, require_writable
from avrop.engines import unitvalues
from avrop.governance import commands as c
from avrop.signed import Signed
from avrop.store import db
from avrop.store.files import replacing
from avrop.system import System


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """Where the dataset is, how many lines it has, and how many rows had no value and so have no line."""

    place: Path
    lines: int
    missing: int


def export_variable(
    system: System, actor: Actor, case: str, variable: str, *, out: Path, table: str | None = None,
    sealing_key: str | None = None,
) -> Exported:  # fmt: skip
    """Write `<out>/<VARIABLE>/<VARIABLE>.csv` and `.json`, or with a receiver's sealing key `<out>/<VARIABLE>.tar`.

    Today's grant is computed once more when it gets its name, and no revocation can come in between. Errors:
    those of `disclose.handed_over`, `package.source_changed` (Tampered), and those of `disclosure.unitrows` and
    `catalogue.microdata`.
    """
    folder = disclose.handed_over(system, case, variable=variable)
    manifest, catalogue = _papers(system, folder)
    chosen = _chosen(manifest, catalogue, variable, table)
    metadata = microdata.metadata(
        catalogue, chosen.dataset, chosen.variable, level=chosen.column.level, revision=_revision(manifest, catalogue)
    )
    document = json.dumps(metadata, ensure_ascii=False, indent=2).encode()
    _require_whole(folder / chosen.file.name, chosen.file)
    with _asked(system, folder, chosen) as asked:
        counted = unitvalues.count(asked)
        require_writable(counted, chosen)
        handle(system, actor, case, c.Send(channel=f"dataset {variable}"))
        system.reach("export.recorded")
        lines = unitvalues.write(asked, repeated=counted.repeated)
        place = _write(system, case, variable, document, lines, out=out, sealing_key=sealing_key)
    system.reach("export.written")
    return Exported(place=place, lines=counted.lines, missing=counted.missing)


def _papers(system: System, folder: Path) -> tuple[Manifest, Catalogue]:
    signed = cast("Signed", read(Signed, (folder / "manifest.json").read_bytes(), what="The signed manifest"))
    manifest = cast("Manifest", read(Manifest, signed.body, what="The manifest"))
    with db.transaction(system.database) as connection:
        return manifest, f.catalogue(connection, manifest.catalogue)


def _chosen(manifest: Manifest, catalogue: Catalogue, name: str, table: str | None) -> Chosen:
    file, shown = column(manifest, name, table)
    return Chosen(
        file=file, column=shown, dataset=catalogue.dataset(file.table), variable=catalogue.variable(name)
    )  # fmt: skip


@contextmanager
def _asked(system: System, folder: Path, chosen: Chosen) -> Iterator[unitvalues.UnitValues]:
    """What the engine is asked. What it spills lies beside the generation, and is swept after a crash."""
    holds = period(chosen)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=folder.parent) as spill:
        yield unitvalues.UnitValues(
            file=folder / chosen.file.name,
            unit=PSEUDONYM,
            value=chosen.variable.name,
            period=holds,
            spill=Path(spill),
            threads=system.settings.threads,
            memory_limit=system.settings.memory_limit,
        )


def _require_whole(path: Path, file: ManifestFile) -> None:
    with path.open("rb") as handle:
        found = "sha256:" + hashlib.file_digest(handle, "sha256").hexdigest()
    if found != file.digest:
        raise packagefaults.source_changed(file.name)


def _revision(manifest: Manifest, catalogue: Catalogue) -> Text:
    which = f"{manifest.delivery}, {catalogue.name} {catalogue.version}"
    return Text(nb=f"Utgave {manifest.generation}: {which}", en=f"Generation {manifest.generation}: {which}")


def _write(
    system: System,
    case: str,
    name: str,
    document: bytes,
    lines: Iterable[bytes],
    *,
    out: Path,
    sealing_key: str | None,
) -> Path:
    while_served = partial(_while_served, system, case, name)
    if sealing_key is None:
        with replacing(out / name, while_named=while_served) as folder:
            folder.mkdir()
            (folder / f"{name}.json").write_bytes(document)
            with (folder / f"{name}.csv").open("wb") as handle:
                handle.writelines(lines)
        return out / name
    made_at = int(system.clock().timestamp())
    parts = archive(name, document, lines, public=sealing_key, random=system.random, made_at=made_at)
    with replacing(out / f"{name}.tar", while_named=while_served) as file, file.open("wb") as handle:
        handle.writelines(parts)
    return out / f"{name}.tar"


@contextmanager
def _while_served(system: System, case: str, variable: str) -> Iterator[None]:
    """While this lasts, nothing is recorded that could close the generation."""
    system.reach("export.before-name")
    require_authorised(system, case, variable=variable)
    with db.transaction(system.database) as connection:
        db.lock_log(connection)
        disclose.require_served_within(connection, system, case)
        yield
