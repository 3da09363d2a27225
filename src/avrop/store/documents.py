"""Immutable documents by their digest: what the log names."""

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from avrop.canonical import Digest, digest_bytes
from avrop.errors import Missing, Tampered
from avrop.store import db
from avrop.store.tables import documents as table


def put(connection: Connection, kind: str, body: bytes) -> Digest:
    """Keep a document's canonical bytes; the same bytes again change nothing.

    Under the log's lock: two that keep the same document and write to the log never wait for one another.
    """
    db.lock_log(connection)
    sealed = digest_bytes(body)
    connection.execute(insert(table).values(digest=sealed, kind=kind, body=body).on_conflict_do_nothing())
    return sealed


def get(connection: Connection, sealed: Digest) -> bytes:
    """The bytes of that digest. Errors: `document.unknown` (Missing), `document.changed` (Tampered)."""
    body = connection.execute(sa.select(table.c.body).where(table.c.digest == sealed)).scalar_one_or_none()
    if body is None:
        raise Missing("document.unknown", "There is no document of that digest here.", digest=sealed)
    if digest_bytes(bytes(body)) != sealed:
        raise Tampered("document.changed", "A document does not have the digest that it is kept under.", digest=sealed)
    return bytes(body)


def find(connection: Connection, sealed: Digest) -> bytes | None:
    """The same, or None if it is not here."""
    try:
        return get(connection, sealed)
    except Missing:
        return None
