"""Signs for this installation with exactly the key that its account has in force, whatever else the key store holds."""

import base64
from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection

from avrop.accounts.entries import Entry, Payload
from avrop.actions import facts as f
from avrop.canonical import read
from avrop.errors import Refusal
from avrop.governance.agreements import AccountState
from avrop.governance.cases import ACCOUNT, fold
from avrop.signed import Signed
from avrop.store import db, rows, tables
from avrop.store import events as event_store
from avrop.store.keys import not_held
from avrop.system import System
from avrop.verifier.notes import signer

LOG_KEY = "log"
"""The holder, and the name in the key store, of the key that signs checkpoints."""


def origin(system: System) -> str:
    """The name of this installation's log."""
    return f"avrop/{system.settings.organisation}"


def name_of(holder: str) -> str:
    """The name of a holder's key in a key store."""
    return holder.replace("/", "-")


def sign(connection: Connection, system: System, holder: str, kind: str, value: object) -> Signed:
    """A document signed for the holder that this installation is.

    Errors: `keys.none_in_force` (Refusal), `keys.not_held`, `keys.missing` (Fault).
    """
    return system.keys.sign(name_of(holder), kind, value, public=key_in_force(f.account(connection), holder))


def key_in_force(account: AccountState, holder: str) -> str | None:
    """The public key that a holder signs with by the account; None if the account knows none yet.

    Errors: `keys.none_in_force` (Refusal) when it has ended.
    """
    public_key = account.key_of(holder)
    if public_key is None and account.keys_of(holder):
        raise Refusal(
            "keys.none_in_force",
            "The signing key has ended, and there is no new one yet.",
            hint="Renew it: `avrop keys renew`.",
            holder=holder,
        )
    return public_key


def own_public(system: System, account: AccountState, holder: str) -> str:
    """The public key that this installation signs with as the holder: the account's, or while it knows of none, the key
    store's. Errors: `keys.none_in_force` (Refusal), `keys.missing` (Fault)."""
    return key_in_force(account, holder) or system.keys.public(name_of(holder))


def require_own_store(system: System, account: AccountState) -> None:
    """Raise `keys.not_held` (Fault) unless the key store holds a key that the account has in force: beside a key store
    that was named by mistake, nothing new may be made, and nothing be called destroyed."""
    held = (key for key in account.keys if system.keys.holds_signing(name_of(key), account.key_of(key) or ""))
    if next(held, None) is None:
        raise not_held(LOG_KEY)


def standing_log_key(system: System) -> str:
    """The public key that signs a checkpoint of the log as it stands. Errors as `log_key`."""
    with db.transaction(system.database) as connection:
        return log_key(connection, system, event_store.all_entries(connection))


def log_key(connection: Connection, system: System, entries: Sequence[Entry]) -> str:
    """The public key that signs a checkpoint of exactly these entries.

    No event tells of the log's first key: the checkpoints that are kept do. It is made if there is none yet, beside the
    keys that are this installation's own. Errors as `sign`.
    """
    payloads = (entry.payload for entry in entries if entry.case == ACCOUNT and entry.payload is not None)
    events = (cast("Payload", read(Payload, text, what="The log entry")).event for text in payloads)
    account = cast("AccountState", fold(ACCOUNT, events))
    known = key_in_force(account, LOG_KEY)
    if known is not None:
        return known
    kept = rows.every(connection, tables.checkpoints)
    if not kept and not system.keys.has_signing(LOG_KEY):
        require_own_store(system, account)
        return system.keys.make_signing(LOG_KEY)
    public = system.keys.public(LOG_KEY)
    if kept and signer(kept[0].note, origin(system), (base64.b64decode(public),)) is None:
        raise not_held(LOG_KEY)
    return public
