"""Signs for this installation with exactly the key that its account has in force, whatever else the key store holds."""

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
from avrop.system import System

LOG_KEY = "log"
"""The holder, and the name in the key store, of the key that signs checkpoints."""


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


def log_key(system: System, entries: Sequence[Entry]) -> str:
    """The public key that signs a checkpoint of exactly these entries; made if there is none. Errors as `sign`."""
    payloads = (entry.payload for entry in entries if entry.case == ACCOUNT and entry.payload is not None)
    events = (cast("Payload", read(Payload, text, what="The log entry")).event for text in payloads)
    known = key_in_force(cast("AccountState", fold(ACCOUNT, events)), LOG_KEY)
    return known or system.keys.make_signing(LOG_KEY)
