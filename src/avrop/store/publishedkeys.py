"""Published keys in the database: our own newest document, and what was last read, or tried, of each peer."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from avrop.canonical import canonical, read
from avrop.signed import Signed
from avrop.store.key_tables import peer_keys, published_keys

_PUBLISHING_LOCK = 815_004


@dataclass(frozen=True, kw_only=True, slots=True)
class PeerKeys:
    """What is known of a peer's keys; `failure` is the code of the last try's error, if it failed."""

    organisation: str
    serial: int | None
    signed: Signed | None
    read_at: datetime | None
    tried_at: datetime
    failure: str | None


def alone(connection: Connection) -> None:
    """Let nobody else publish, or keep what a peer published, until the end of the transaction."""
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PUBLISHING_LOCK})


def newest(connection: Connection) -> Signed | None:
    """Our newest document."""
    query = sa.select(published_keys.c.document).order_by(published_keys.c.serial.desc()).limit(1)
    return _signed(connection.execute(query).scalar_one_or_none())


def publish(connection: Connection, serial: int, signed: Signed) -> None:
    """Keep our next document."""
    connection.execute(sa.insert(published_keys).values(serial=serial, document=canonical(signed)))


def peer(connection: Connection, organisation: str) -> PeerKeys | None:
    """What is known of a peer's keys."""
    row = connection.execute(sa.select(peer_keys).where(peer_keys.c.organisation == organisation)).one_or_none()
    return _peer(row) if row else None


def peers(connection: Connection) -> tuple[PeerKeys, ...]:
    """The same of every peer that was ever tried."""
    return tuple(_peer(row) for row in connection.execute(sa.select(peer_keys).order_by(peer_keys.c.organisation)))


def keep(connection: Connection, organisation: str, serial: int, signed: Signed, *, at: datetime) -> None:
    """Keep what a peer published now."""
    values = {"serial": serial, "document": canonical(signed), "read_at": at, "tried_at": at, "failure": None}
    _put(connection, organisation, values)


def failed(connection: Connection, organisation: str, code: str, *, at: datetime) -> None:
    """Note that a try failed; what was read before stays."""
    _put(connection, organisation, {"tried_at": at, "failure": code})


def _put(connection: Connection, organisation: str, values: dict[str, object]) -> None:
    statement = insert(peer_keys).values(organisation=organisation, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["organisation"], set_=values))


def _peer(row: sa.Row[tuple[object, ...]]) -> PeerKeys:
    return PeerKeys(
        organisation=row.organisation,
        serial=row.serial,
        signed=_signed(row.document),
        read_at=row.read_at,
        tried_at=row.tried_at,
        failure=row.failure,
    )


def _signed(body: object) -> Signed | None:
    text = bytes(cast("bytes", body)) if body is not None else None
    return cast("Signed", read(Signed, text, what="The published keys")) if text is not None else None
