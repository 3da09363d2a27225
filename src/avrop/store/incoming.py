"""Packages that arrive: their sealed bytes on disk, in order, and how many of them are known to be there."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from avrop.store.files import no_space_or
from avrop.store.wire_tables import arrivals


def begin(connection: Connection, package: str, *, sender: str, at: datetime) -> None:
    """Make the row of a package if there is none."""
    values = {"package": package, "sender": sender, "received": 0, "state": "arriving", "began_at": at}
    connection.execute(insert(arrivals).values(**values).on_conflict_do_nothing())


def hold(connection: Connection, package: str) -> Any:
    """The row of a package that was begun, held for this transaction alone."""
    return connection.execute(sa.select(arrivals).where(arrivals.c.package == package).with_for_update()).one()


def find(connection: Connection, package: str) -> Any | None:
    """The row of a package, or None."""
    return connection.execute(sa.select(arrivals).where(arrivals.c.package == package)).one_or_none()


def change(connection: Connection, package: str, **values: object) -> None:
    """Change the row of a package."""
    connection.execute(sa.update(arrivals).where(arrivals.c.package == package).values(**values))


def arriving(connection: Connection) -> frozenset[str]:
    """The packages whose bytes are kept."""
    return frozenset(connection.execute(sa.select(arrivals.c.package).where(arrivals.c.state == "arriving")).scalars())


def write_at(path: Path, offset: int, data: bytes) -> None:
    """Write bytes at an offset, drop what a killed process left behind it, and flush.

    Errors: `files.no_space`, `files.failed` (Fault).
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(handle, offset)
            rest = memoryview(data)
            while rest:
                written = os.pwrite(handle, rest, offset)
                rest, offset = rest[written:], offset + written
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as failure:
        raise no_space_or(failure) from None
