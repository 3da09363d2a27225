"""What a run of the engine needs from the store: the snapshot's files, the lists of people, who approves today."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import cast

from sqlalchemy import Connection

from avrop.canonical import Digest, read
from avrop.disclosure.binding import Binding
from avrop.disclosure.plan import LISTS
from avrop.disclosure.pseudonyms import pseudonymiser
from avrop.disclosure.snapshots import SnapshotManifest
from avrop.engines.tablefiles import digest_file
from avrop.errors import Tampered
from avrop.governance.keys import CLOCKS_DIFFER
from avrop.store import documents, rows, tables
from avrop.system import System


def snapshot_tables(connection: Connection, system: System, snapshot: Digest) -> dict[str, list[Path]]:
    """The Parquet files of a snapshot by dataset, each as the snapshot's manifest has it.

    Raises `snapshot.missing` (Tampered) if a file is gone, `snapshot.changed` if it is not the one that was loaded.
    """
    row = rows.need(connection, tables.snapshots, snapshot)
    text = documents.get(connection, snapshot)
    manifest = cast("SnapshotManifest", read(SnapshotManifest, text, what="The snapshot"))
    found: dict[str, list[Path]] = {}
    for file in manifest.files:
        path = system.zone.path(row.folder) / file.name
        if not path.is_file():
            raise Tampered(
                "snapshot.missing", "A file of the snapshot is gone from the folder that it was loaded into.",
                hint=_ANEW, file=str(path),
            )  # fmt: skip
        if digest_file(path) != file.digest:
            raise Tampered(
                "snapshot.changed", "A file of the snapshot is not the one that was loaded.", hint=_ANEW, file=str(path)
            )
        found.setdefault(file.dataset, []).append(path)
    return found


_ANEW = "Put it back from a backup, or load the tables anew: `avrop publish snapshot`."


def list_files(connection: Connection, system: System) -> tuple[dict[str, Path], str]:
    """The newest lists of people to leave out, and one text that names their digests.

    Raises `lists.changed` (Tampered) if a list is not the one that was loaded.
    """
    found, sealed = {}, []
    for name in LISTS:
        row = rows.freshest_list(connection, name, not_after=system.clock() + CLOCKS_DIFFER)
        path = system.zone.path(row.file)
        if not path.is_file() or digest_file(path) != row.digest:
            raise Tampered("lists.changed", f"The list '{name}' is not the one that was loaded.")
        found[name] = path
        sealed.append(row.digest)
    return found, " ".join(sealed)


def binding(
    connection: Connection,
    system: System,
    *,
    snapshot: Digest,
    approved: Mapping[str, tuple[date, date] | None],
    scope: str | None,
) -> tuple[Binding, str]:
    """The inputs of one run, and a text that changes exactly when they do (for the key of an extract).

    `approved` gives who approves today, and for which period (None: as asked).
    """
    lists, sealed = list_files(connection, system)
    pseudonyms = {} if scope is None else {scope: pseudonymiser(system.keys.scope_key(scope))}
    bound = Binding(
        tables=snapshot_tables(connection, system, snapshot),
        lists=lists,
        approved=frozenset(approved),
        periods={name: period for name, period in approved.items() if period is not None},
        pseudonyms=pseudonyms,
    )
    periods = {name: period and [day.isoformat() for day in period] for name, period in sorted(approved.items())}
    return bound, f"{snapshot} {sealed} {periods}"
