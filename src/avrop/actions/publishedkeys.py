"""Publishes this installation's keys: a document signed with its key in force, made anew when something changed."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Connection

from avrop.accounts.entries import CaseId
from avrop.actions import facts as f
from avrop.actions.signing import LOG_KEY, sign
from avrop.canonical import read
from avrop.errors import Missing
from avrop.governance import events as e
from avrop.governance.agreements import AccountState
from avrop.governance.cases import ACCOUNT
from avrop.governance.keys import Handover, controller
from avrop.governance.publishedkeys import KEYS, KeyDocument, PublishedSealingKey, PublishedSigningKey
from avrop.signed import Signed, key_id
from avrop.store import db
from avrop.store import events as event_store
from avrop.store import publishedkeys as store
from avrop.system import System

_NEVER = datetime.fromtimestamp(0, UTC)
"""Stands for a moment that is not given yet."""


def holder_of(account: AccountState, organisation: str) -> str | None:
    """The holder that an organisation is in this account, or None if it is none."""
    agreed = account.agreement
    if agreed is not None and organisation in (agreed.provider, agreed.receiver):
        return "provider" if organisation == agreed.provider else "receiver"
    return controller(organisation) if organisation in account.controllers else None


def own_holder(system: System, account: AccountState) -> str:
    """The holder that this installation is. Errors: `keys.no_party` (Missing)."""
    own = holder_of(account, system.settings.organisation)
    if own is None:
        raise Missing(
            "keys.no_party",
            "This installation's organisation is no party of the account here.",
            hint="Import the framework agreement first; a witness is none.",
        )
    return own


def published(system: System) -> Signed:
    """Our newest document. Errors: `keys.not_published` (Missing)."""
    with db.transaction(system.database) as connection:
        signed = store.newest(connection)
    if signed is None:
        raise Missing("keys.not_published", "No keys have been published here.", hint="`avrop keys publish`.")
    return signed


def publish(system: System) -> Signed | None:
    """Publish our keys if anything of them changed since; what stands is given otherwise. None while this
    organisation is no party of the account here, as at a witness: there is nothing to publish then.

    Errors: `keys.none_in_force` (Refusal), `keys.not_held` (Fault).
    """
    with db.transaction(system.database) as connection:
        account = f.account(connection)
        holder = holder_of(account, system.settings.organisation)
        if holder is None:
            return None
        store.alone(connection)
        now, before = _gathered(connection, system, account, holder), store.newest(connection)
        if before is not None and _same(before, now, in_force=account.key_of(now.holder)):
            return before
        made_at = system.clock()
        last = _read(before).serial if before else 0
        serial = max(last + 1, int(made_at.timestamp()))  # a database that was restored does not count from the past
        signed = sign(connection, system, now.holder, KEYS, replace(now, serial=serial, made_at=made_at))
        store.publish(connection, serial, signed)
    system.reach("keys.published")
    return signed


def _gathered(connection: Connection, system: System, account: AccountState, holder: str) -> KeyDocument:
    return KeyDocument(
        organisation=system.settings.organisation,
        holder=holder,
        serial=0,
        made_at=_NEVER,
        signing=tuple(
            PublishedSigningKey(
                holder=name,
                key_id=key_id(key.public_key),
                public_key=key.public_key,
                valid_from=key.since,
                valid_to=key.ended_at or key.replaced_at,
                accepted_until=None if key.ended_at else key.accepted_until,
            )
            for name in (holder, LOG_KEY)
            for key in account.keys_of(name)
        ),
        sealing=tuple(
            PublishedSealingKey(
                key_id=key.key_id,
                public_key=key.public_key,
                valid_from=key.made_at,
                valid_to=key.retired_at,
                opens_until=key.opens_until,
            )
            for key in system.keys.sealing.every()
        ),
        handovers=_handovers(connection, holder),
    )


def _handovers(connection: Connection, holder: str) -> tuple[Handover, ...]:
    happened = (payload.event for payload in event_store.payloads(connection, CaseId(ACCOUNT)))
    return tuple(
        Handover(by_old=f.signed(connection, event.by_old), by_new=f.signed(connection, event.by_new))
        for event in happened
        if isinstance(event, e.KeyReplaced) and event.holder == holder
    )


def _same(before: Signed, now: KeyDocument, *, in_force: str | None) -> bool:
    """Whether what stands says the same, under the key that is in force."""
    signed_now = in_force is not None and before.key == key_id(in_force)
    return signed_now and replace(_read(before), serial=0, made_at=_NEVER) == now


def _read(signed: Signed) -> KeyDocument:
    return cast("KeyDocument", read(KeyDocument, signed.body, what="The published keys"))
