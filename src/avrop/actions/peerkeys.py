"""Reads what another installation publishes of its keys, and follows its replacements; nothing unsigned is believed.

What was read before stays while the peer is away. The failure of the last try is kept, and shown by `avrop keys show`.
"""

import json
from contextlib import suppress
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection

from avrop.actions import facts as f
from avrop.actions import keys as own_keys
from avrop.actions import publishedkeys
from avrop.actions.case import automaton
from avrop.actions.remote import peer_url
from avrop.canonical import read
from avrop.errors import AvropError, Fault, Missing, Refusal, Tampered
from avrop.governance.agreements import AccountState
from avrop.governance.keys import Handover, KeyReplacement, signed_by
from avrop.governance.publishedkeys import KEYS, KeyDocument, PublishedSealingKey, path_from
from avrop.signed import Signed, verify
from avrop.store import db
from avrop.store import publishedkeys as store
from avrop.system import System

WELL_KNOWN = ".well-known/avrop-keys.json"
FRESH = timedelta(minutes=5)
"""What was tried that lately is not tried again: so long at most a peer's new key is not known here."""

_LIMIT_BYTES, _TIMEOUT_SECONDS = 256 * 1024, 10.0


def sealing_key(system: System, organisation: str) -> PublishedSealingKey:
    """The key to seal for a peer with, read again unless that was done lately; the one read before while it is away.

    Errors: `keys.peer_unread`, `keys.peer_no_sealing` (Missing); `keys.ended`, `keys.overlap_over` (Refusal) of what
    was read before; and what is wrong with the document, if the peer is not only away: those of `refresh`.
    """
    if _due(system, organisation, or_never_read=True):
        with suppress(Fault):  # away: it is noted, and what was read before holds
            refresh(system, organisation)
    known = _known(system, organisation)
    if known is None:
        raise Missing(
            "keys.peer_unread", "The peer's keys have never been read.", hint="Try again when it is up.",
            organisation=organisation,
        )  # fmt: skip
    chosen = known.to_seal_for()
    if chosen is None:
        raise Missing(
            "keys.peer_no_sealing", "The peer publishes no sealing key.", hint="Ask it to make one.",
            organisation=organisation,
        )  # fmt: skip
    return chosen


def refresh(system: System, organisation: str) -> KeyDocument:
    """Read a peer's keys, verify them from the key that the account has of it, record its replacements, keep the rest.

    Errors: `remote.unknown_peer` (Mistake), `keys.peer_unknown`, `keys.peer_unpublished` (Missing), `keys.peer_away`
    (Fault) and those of the way out, `keys.peer_signature`, `keys.peer_other` (Refusal), `keys.peer_back` (Tampered).
    Each is noted.
    """
    now = system.clock()
    try:
        signed = _fetched(system, organisation)
        said = cast("KeyDocument", read(KeyDocument, signed.body, what="The published keys"))
        for handover in _verified(system, organisation, signed, said):
            own_keys.record(system, automaton(system), handover)
        with db.transaction(system.database) as connection:
            _keep(connection, organisation, said, signed, at=now)
    except AvropError as failure:
        with db.transaction(system.database) as connection:
            store.failed(connection, organisation, failure.code, at=now)
        raise
    system.reach("keys.peer-read")
    return said


def refresh_due(system: System) -> tuple[str, ...]:
    """Read the keys of every peer in the settings that is a party here and was not tried for five minutes. A failure is
    noted, and hinders no other. Returns which were read."""
    with db.transaction(system.database) as connection:
        account = f.account(connection)
    peers = system.settings.serve.peers if system.settings.serve else ()
    names = [x.organisation for x in peers if publishedkeys.holder_of(account, x.organisation) is not None]
    done = []
    for name in names:
        if _due(system, name):
            try:
                refresh(system, name)
            except AvropError:
                continue  # noted with its code, and shown; the next peer is another matter
            done.append(name)
    return tuple(done)


def _due(system: System, organisation: str, *, or_never_read: bool = False) -> bool:
    with db.transaction(system.database) as connection:
        known = store.peer(connection, organisation)
    if known is None or (or_never_read and known.signed is None):
        return True
    return known.tried_at + FRESH <= system.clock()


def _known(system: System, organisation: str) -> KeyDocument | None:
    with db.transaction(system.database) as connection:
        known = store.peer(connection, organisation)
        keys = f.account(connection)
    if known is None or known.signed is None:
        return None
    said = cast("KeyDocument", read(KeyDocument, known.signed.body, what="The published keys"))
    held = keys.keys_of(said.holder)  # what a key signed that was stolen since is not to be sealed for
    valid = signed_by(held, known.signed, kind=KEYS, dated=said.made_at, now=system.clock())
    return said if valid else None


def _fetched(system: System, organisation: str) -> Signed:
    url = peer_url(system, organisation) + WELL_KNOWN
    answer = system.outbound.request("GET", url, limit_bytes=_LIMIT_BYTES, timeout_seconds=_TIMEOUT_SECONDS)
    if answer.status == 404:
        raise Missing(
            "keys.peer_unpublished", "The peer answers, but publishes no keys.",
            hint="A witness has none to publish; another peer publishes its own by `avrop keys publish`.",
            organisation=organisation,
        )  # fmt: skip
    if answer.status != 200:
        raise Fault(
            "keys.peer_away", f"The peer gives no keys now (HTTP {answer.status}).", hint="Try again later.",
            organisation=organisation,
        )  # fmt: skip
    return cast("Signed", read(Signed, answer.body, what="The published keys"))


def _verified(system: System, organisation: str, signed: Signed, said: KeyDocument) -> tuple[Handover, ...]:
    """The handovers that are new here, if the last of them leads to the key that signed the document."""
    with db.transaction(system.database) as connection:
        account = f.account(connection)
    holder = _holder(account, organisation)
    if (said.organisation, said.holder) != (organisation, holder):
        raise Refusal("keys.peer_other", "The published keys are another's.", hint="Look at its address.")
    new = path_from(account.key_of(holder), holder, said.handovers)
    in_force = _new_key(new[-1]) if new else account.key_of(holder)
    if in_force is None or not verify(signed, kind=KEYS, public_key=in_force):
        raise Refusal(
            "keys.peer_signature",
            "The published keys are not signed with the key in force, nor with one that it handed over to.",
            hint="If that key was lost or stolen, record its renewal here; ask the peer by another way.",
            organisation=organisation,
        )
    return new


def _new_key(handover: Handover) -> str:
    return cast("KeyReplacement", read(KeyReplacement, handover.by_new.body, what="The key replacement")).new_key


def _holder(account: AccountState, organisation: str) -> str:
    holder = publishedkeys.holder_of(account, organisation)
    if holder is None:
        raise Missing(
            "keys.peer_unknown", "The peer is no party of the account here, so nothing verifies its keys.",
            organisation=organisation,
        )  # fmt: skip
    return holder


def _keep(connection: Connection, organisation: str, said: KeyDocument, signed: Signed, *, at: datetime) -> None:
    """Keep it, unless it is older than what was read before, or another under the same serial."""
    store.alone(connection)
    known = store.peer(connection, organisation)
    if known is not None and known.serial is not None and known.signed is not None:
        older = said.serial < known.serial
        if older or (said.serial == known.serial and json.loads(known.signed.body) != json.loads(signed.body)):
            raise Tampered(
                "keys.peer_back",
                "The peer's keys go back: a later or another document of that serial was read before.",
                hint="Ask the peer; somebody may show you an old one.",
                organisation=organisation,
            )
    store.keep(connection, organisation, said.serial, signed, at=at)
