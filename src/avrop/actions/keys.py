"""Signing keys: replace, end and renew those of this installation, and record those of others.

A replacement is first recorded in the log, and then taken into use: killed in between, `settle` ends it.
"""

from datetime import datetime, timedelta
from typing import cast

from avrop.accounts.entries import Entry
from avrop.actions import facts as f
from avrop.actions import publishedkeys
from avrop.actions.case import handle
from avrop.actions.signing import LOG_KEY, name_of, sign, standing_log_key
from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.canonical import read
from avrop.errors import Mistake, Refusal
from avrop.governance import commands as c
from avrop.governance.agreements import AccountState
from avrop.governance.cases import ACCOUNT
from avrop.governance.keys import (
    RENEWAL,
    REPLACEMENT,
    Handover,
    KeyRenewal,
    KeyReplacement,
    Vouching,
    vouchers_for,
)
from avrop.store import db
from avrop.store.keys import KeyStore
from avrop.system import System

OVERLAP_DAYS = 30
"""For so long a replaced key is accepted, or opens, unless somebody says otherwise."""


def hand_over(keys: KeyStore, name: str, holder: str, *, old: str, now: datetime, days: int = OVERLAP_DAYS) -> Handover:
    """Make the next key in a key store, and the replacement that both keys sign. Nothing is recorded; the old key signs
    on until the next is promoted."""
    new = keys.next_signing(name)
    until = now.date() + timedelta(days=days)
    said = KeyReplacement(holder=holder, old_key=old, new_key=new, replaced_at=now, accepted_until=until)
    return Handover(
        by_old=keys.sign(name, REPLACEMENT, said, public=old), by_new=keys.sign(name, REPLACEMENT, said, public=new)
    )


def rotate_signing(system: System, who: Actor | None, *, holder: str | None = None, days: int = OVERLAP_DAYS) -> str:
    """Replace this installation's signing key, or its log's. Returns the public key in force.

    What a killed one left is ended, and nothing further is replaced then. Errors: those of `record`.
    """
    with db.transaction(system.database) as connection:
        standing = f.account(connection)
    chosen = _own(system, standing, holder)
    if chosen not in settle(system):
        name = name_of(chosen)
        old = standing.key_of(chosen) or standing_log_key(system)
        made = hand_over(system.keys, name, chosen, old=old, now=system.clock(), days=days)
        system.reach("keys.handed-over")
        record(system, who, made)
        system.reach("keys.recorded")
        settle(system)
        system.reach("keys.promoted")
    publishedkeys.publish(system)
    with db.transaction(system.database) as connection:
        return f.account(connection).key_of(chosen) or ""


def record(system: System, who: Actor | None, document: Handover | Vouching) -> tuple[Entry, ...]:
    """Record a replacement or a renewal, of whoever it is; its signatures say that it is so. Again changes nothing.

    At the provider its operator does it. Errors: those of `transitions.keys`, `keys.actor` (Mistake).
    """
    command = c.ReplaceKey(handover=document) if isinstance(document, Handover) else c.RenewKey(vouching=document)
    return handle(system, _recorder(system, who), ACCOUNT, command)


def end(system: System, who: Actor | None, *, holder: str, why: str) -> tuple[Entry, ...]:
    """Let a holder's key end at once: it was lost or stolen. Errors: `keys.why`, `keys.holder` (Mistake)."""
    with db.transaction(system.database) as connection:
        keys = f.account(connection).keys_of(holder)
    if not keys and holder == LOG_KEY:
        public = system.keys.public(name_of(holder))
    else:
        public = keys[-1].public_key if keys else ""
    return handle(system, _recorder(system, who), ACCOUNT, c.EndKey(holder=holder, key=public, why=why))


def draft_renewal(keys: KeyStore, name: str, holder: str, *, ended: str, decided_by: str, now: datetime) -> Vouching:
    """A new key in place of one that ended, signed by itself, for others to vouch for. A next key that lay in the key
    store is thrown away: it may be stolen, too."""
    new = keys.next_signing(name, anew=True)
    said = KeyRenewal(holder=holder, ended_key=ended, new_key=new, decided_by=decided_by, renewed_at=now)
    return Vouching(by_new=keys.sign(name, RENEWAL, said, public=new), vouchers=())


def draft_own_renewal(system: System, holder: str, *, decided_by: str) -> Vouching:
    """The same for our own key, or our log's. Errors (Mistake): `keys.not_own`, `keys.still_in_force`."""
    with db.transaction(system.database) as connection:
        standing = f.account(connection)
    chosen = _own(system, standing, holder)
    known = standing.keys_of(chosen)
    if not known or known[-1].ended_at is None:
        raise Mistake("keys.still_in_force", "The key to renew has not ended.", hint="End it first: `avrop keys end`.")
    ended = known[-1].public_key
    return draft_renewal(system.keys, name_of(chosen), chosen, ended=ended, decided_by=decided_by, now=system.clock())


def vouch(system: System, vouching: Vouching) -> Vouching:
    """Vouch with this installation's own key for another's new key. Ask the holder by another way before.

    Errors: `keys.voucher` (Refusal) when it is not this installation's to vouch, or not its turn.
    """
    said = cast("KeyRenewal", read(KeyRenewal, vouching.by_new.body, what="The key renewal"))
    parties = vouchers_for(said.holder)
    with db.transaction(system.database) as connection:
        own = publishedkeys.own_holder(system, f.account(connection))
        if own not in parties or parties.index(own) != len(vouching.vouchers):
            raise Refusal(
                "keys.voucher",
                f"It is for these to vouch, in this order: {', '.join(parties)}.",
                hint="Give it to the next of them.",
            )
        mine = sign(connection, system, own, RENEWAL, said)
    return Vouching(by_new=vouching.by_new, vouchers=(*vouching.vouchers, mine))


def settle(system: System) -> tuple[str, ...]:
    """Take every key of ours into use that the log has in force. Returns whose there were."""
    with db.transaction(system.database) as connection:
        standing = f.account(connection)
    own = publishedkeys.holder_of(standing, system.settings.organisation)
    in_force = {holder: standing.key_of(holder) for holder in (LOG_KEY, own) if holder is not None}
    return tuple(
        holder
        for holder, public in in_force.items()
        if public is not None and system.keys.promote_signing(name_of(holder), public)
    )


def _own(system: System, standing: AccountState, holder: str | None) -> str:
    own = publishedkeys.own_holder(system, standing)
    if holder not in (None, own, LOG_KEY):
        raise Mistake(
            "keys.not_own",
            f"This installation has the keys of: {own}, {LOG_KEY}.",
            hint="Another's key is replaced where it lies, and then recorded here.",
        )
    return holder or own


def _recorder(system: System, who: Actor | None) -> Actor:
    """At the provider the operator who does it; elsewhere the log's own account is of what the provider agreed."""
    with db.transaction(system.database) as connection:
        agreed = f.agreed(f.account(connection))
    if agreed.provider != system.settings.organisation:
        return Actor(person=PersonId("import"), organisation=OrganisationId(agreed.provider), role=Role.OPERATOR)
    if who is None:
        raise Mistake("keys.actor", "At the provider somebody records it.", hint="Say who you are: --as.")
    return who
