"""Keys of a data commons: issued to a publisher, shown once, kept as a digest, withdrawn at any time."""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime

from avrop.actors import Actor, Role
from avrop.canonical import digest_bytes
from avrop.errors import Missing, Refusal, Stranger
from avrop.store import commons as store
from avrop.store import commons_tables as t
from avrop.store import db
from avrop.system import System

_NAME_BYTES, _SECRET_BYTES = 6, 32


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyHolder:
    """Whose key it is: the organisation, and the one name under which it publishes."""

    organisation: str
    publisher: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedKey:
    """A key as it may be shown: its name, never its secret."""

    key: str
    holder: KeyHolder
    issued_by: str
    issued_at: datetime
    withdrawn_at: datetime | None


def issue_key(system: System, who: Actor, *, organisation: str, publisher: str) -> str:
    """A new key for that organisation, which publishes under that name. It cannot be shown again.

    Its secret is 256 random bits, so a plain digest of it is as hard to undo. Errors: `commons.operator` (Refusal).
    """
    require_operator(system, who)
    name = system.random(_NAME_BYTES).hex()
    secret = base64.urlsafe_b64encode(system.random(_SECRET_BYTES)).decode().rstrip("=")
    with db.transaction(system.database) as connection:
        store.add(
            connection,
            t.keys,
            key=name,
            secret_digest=digest_bytes(secret.encode()),
            organisation=organisation,
            publisher=publisher,
            issued_by=who.person,
            issued_at=system.clock(),
        )
    return f"{name}.{secret}"


def list_keys(system: System, who: Actor) -> tuple[ListedKey, ...]:
    """Every key, the withdrawn ones too, by name. Errors: `commons.operator` (Refusal)."""
    require_operator(system, who)
    with db.transaction(system.database) as connection:
        rows = store.every(connection, t.keys)
    return tuple(
        ListedKey(
            key=row.key,
            holder=KeyHolder(organisation=row.organisation, publisher=row.publisher),
            issued_by=row.issued_by,
            issued_at=row.issued_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    )


def withdraw_key(system: System, who: Actor, key: str) -> None:
    """From now on the key opens nothing; what was said with it stays.

    `key` is its name, the part before the full stop. Errors: `commons.operator` (Refusal), `commons.key_missing`.
    """
    require_operator(system, who)
    with db.transaction(system.database) as connection:
        if not store.withdraw_key(connection, key, withdrawn_at=system.clock()):
            raise Missing("commons.key_missing", "No key of that name is in use.", hint="See `avrop publish key list`.")


def holder_of(system: System, presented: str) -> KeyHolder:
    """Whose key that is. Unknown, withdrawn and misspelt ones are told apart by nothing, not even by time.

    Errors: `commons.key` (Stranger).
    """
    name, _, secret = presented.partition(".")
    with db.transaction(system.database) as connection:
        row = store.find(connection, t.keys, key=name)
    expected = row.secret_digest if row is not None else digest_bytes(b"")
    same = hmac.compare_digest(digest_bytes(secret.encode()).encode(), expected.encode())
    if row is None or row.withdrawn_at is not None or not same:
        raise unknown_key()
    return KeyHolder(organisation=row.organisation, publisher=row.publisher)


def unknown_key() -> Stranger:
    """The one answer to whoever shows no key, or one that opens nothing."""
    return Stranger("commons.key", "The API key is not valid.", hint="Ask the commons for one.")


def require_operator(system: System, who: Actor) -> None:
    """Refuse whoever does not operate this commons. Errors: `commons.operator` (Refusal)."""
    if who.role is not Role.OPERATOR or who.organisation != system.settings.organisation:
        raise Refusal("commons.operator", "Only an operator of the commons may do that.", hint="Ask one.")
