"""Disclose: countersign today's grant, build a generation from it, hand it over; close what today's grant left."""

import shutil
from pathlib import Path
from typing import cast

from sqlalchemy import Connection

from avrop.accounts.entries import Entry
from avrop.actions import building, signing
from avrop.actions import facts as f
from avrop.actions.case import automaton, handle, handle_within
from avrop.actions.permissions import require_authorised
from avrop.actors import CLOCK, Actor
from avrop.canonical import digest
from avrop.errors import Missing, Refusal
from avrop.governance import commands as c
from avrop.governance.calloff import CallOffState, CallOffStatus
from avrop.governance.cases import ACCOUNT, reference
from avrop.governance.controllercase import ControllerStatus
from avrop.governance.delivery import DeliveryState, DeliveryStatus
from avrop.governance.grants import Grant, stale_lists
from avrop.governance.transitions.disclose import require_served
from avrop.store import db, rows, tables
from avrop.store.files import flush_folder, no_space_or
from avrop.system import System

LEFT = frozenset({DeliveryStatus.SENT, DeliveryStatus.RECEIPTED})
"""A delivery in these states is with the receiver."""

_TOO_OLD = "the lists of people to leave out are too old"
_CHANGED = "a list of people to leave out was changed since it was built"


def grant(system: System, call_off: str) -> Grant:
    """Today's grant. Errors: `call_off.unknown` (Missing); `grant.none` (Refusal) if no slice is granted."""
    with db.transaction(system.database) as connection:
        f.known_call_off(connection, call_off)
        found = f.grant(connection, system, call_off)
    if found is None:
        raise Refusal("grant.none", "No slice is granted today.", hint="See the controllers' decisions.", case=call_off)
    return found


def countersign(system: System, actor: Actor, call_off: str) -> tuple[Entry, ...]:
    """A second operator countersigns today's grant; the pseudonym scope's key is made if there is none."""
    sealed = digest(grant(system, call_off))
    with db.transaction(system.database) as connection:
        entries = handle_within(connection, system, actor, call_off, c.Countersign(grant=sealed))
        account = f.account(connection)
        if call_off not in account.scopes:
            signing.require_own_store(system, account)
            system.keys.make_scope(call_off)
        handle_within(connection, system, automaton(system), ACCOUNT, c.MakeScope(scope=call_off))
    return entries


def plan_delivery(system: System, actor: Actor, call_off: str) -> str:
    """Plan the next generation on today's grant and the newest snapshot. Returns the delivery's case id."""
    with db.transaction(system.database) as connection:
        number = len(f.deliveries(connection, call_off)) + 1
        snapshot = f.account(connection).snapshot
        if snapshot is None:
            raise Missing("delivery.no_snapshot", "No snapshot is loaded.", hint="Load one first.")
        case = f"{call_off}/delivery/{number}"
        handle_within(connection, system, actor, case, c.PlanDelivery(generation=number, snapshot=snapshot))
    return case


def build(system: System, case: str) -> None:
    """Job: build the planned generation, unless it stands already; what is built of it is used again after a crash."""
    with db.transaction(system.database) as connection:
        delivery = cast("DeliveryState", f.state(connection, case))
    if delivery.status is DeliveryStatus.PLANNED and delivery.open:
        building.build_generation(system, case, delivery)


def send(system: System, actor: Actor, case: str, outbox: Path) -> Path:
    """Hand a generation over as a folder in `outbox`, after today's grant is computed again. Returns the folder.

    The attempt is recorded before anything is copied. The grant is looked at once more when the folder gets its name,
    and no revocation can come in between. Errors: those of `handed_over`.
    """
    handed_over(system, case)
    with db.transaction(system.database) as connection:
        row = rows.need(connection, tables.generations, case)
        handle_within(connection, system, actor, case, c.Send(channel="folder"))
    target = outbox / case.replace("/", "-")
    temporary = target.with_name(f".partial-{target.name}")
    try:
        _copy(system.zone.path(row.folder), temporary)
        system.reach("send.copied")
        require_authorised(system, case)
        with db.transaction(system.database) as connection:
            db.lock_log(connection)
            require_served_within(connection, system, case)
            shutil.rmtree(target, ignore_errors=True)
            temporary.rename(target)
    except OSError as failure:
        raise no_space_or(failure) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def _copy(source: Path, target: Path) -> None:
    """A folder's files, flushed; each error keeps its number, which `shutil.copytree` would lose."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        shutil.copyfile(path, target / path.name)
    flush_folder(target)


def close(system: System, case: str) -> None:
    """Job: close what today's grant no longer covers, demand deletion of what left and is recalled, and end the
    call-off when nothing is granted any more."""
    call_off = reference(case)
    with db.transaction(system.database) as connection:
        standing, open_ones = f.call_off(connection, call_off), f.deliveries(connection, call_off)
        cases = f.controller_cases(connection, call_off, standing.controllers)
        today = f.grant(connection, system, call_off)
        recalled = tuple(name for name, x in cases.items() if x.status is ControllerStatus.REVOKED and x.recalled)
        for name, delivery in open_ones.items():
            _close_one(connection, system, name, delivery, today=today)
            _demand(connection, system, name, delivery, standing=standing, recalled=recalled)
        if today is None and standing.status in (CallOffStatus.GRANTED, CallOffStatus.ACTIVE):
            handle_within(connection, system, CLOCK, call_off, c.EndCallOff(reason="all revoked"))


def _close_one(
    connection: Connection, system: System, case: str, delivery: DeliveryState, *, today: Grant | None
) -> None:
    if not delivery.open or (today is not None and digest(today) == delivery.grant):
        return
    handle_within(connection, system, CLOCK, case, c.CloseGeneration(reason="today's grant no longer covers it"))


def _demand(
    connection: Connection,
    system: System,
    case: str,
    delivery: DeliveryState,
    *,
    standing: CallOffState,
    recalled: tuple[str, ...],
) -> None:
    """A recalled controller's rows, or all rows after the end, are due for deletion where they have left."""
    mine = tuple(name for name in delivery.controllers if name in recalled)
    if delivery.status not in LEFT or not (mine or standing.status is CallOffStatus.ENDING):
        return
    trigger = "revocation with recall" if mine else "grant ended"
    command = c.DemandDeletion(trigger=trigger, controllers=mine or delivery.controllers)
    handle_within(connection, system, CLOCK, case, command)


def close_stale(system: System) -> tuple[str, ...]:
    """Close every open generation that was built with lists of people to leave out that are too old, or no longer the
    newest. Returns their cases."""
    with db.transaction(system.database) as connection:
        open_ones = _open(connection)
        if not open_ones:  # as at a receiver, which has no policy to look up
            return ()
        account = f.account(connection)
        limit = f.policy(connection, account).person_list_max_age_hours
        stale = stale_lists(account, now=system.clock(), max_age_hours=limit)
        due = tuple(case for case in open_ones if stale or f.lists_changed(connection, system, case))
    for case in due:
        handle(system, CLOCK, case, c.CloseGeneration(reason=_TOO_OLD if stale else _CHANGED))
    return due


def close_expired(system: System) -> tuple[str, ...]:
    """Do what follows where a decision has expired: close what today's grant no longer covers, end what has none.

    Returns the call-offs where something changed.
    """
    with db.transaction(system.database) as connection:
        names = [row.case_id for row in f.summaries(connection, "call-off")]
        due = tuple(name for name in names if _outlived(connection, system, name))
    for name in due:
        close(system, name)
    return due


def _outlived(connection: Connection, system: System, call_off: str) -> bool:
    """Whether nothing is granted any more, or something open was built on another grant than today's."""
    if f.call_off(connection, call_off).status not in (CallOffStatus.GRANTED, CallOffStatus.ACTIVE):
        return False
    today = f.grant(connection, system, call_off)
    sealed = None if today is None else digest(today)
    return today is None or any(x.open and x.grant != sealed for x in f.deliveries(connection, call_off).values())


def _open(connection: Connection) -> tuple[str, ...]:
    standing = [row.case_id for row in f.summaries(connection, "delivery")]
    return tuple(case for case in standing if cast("DeliveryState", f.state(connection, case)).open)


def served(system: System, case: str) -> Path:
    """The folder of a generation, for whoever serves it: only while it is open and today's grant is the one it was
    built on. Computed at every call. Errors: `delivery.closed`, `lists.stale` (Refusal)."""
    with db.transaction(system.database) as connection:
        require_served_within(connection, system, case)
        return system.zone.path(rows.need(connection, tables.generations, case).folder)


def handed_over(system: System, case: str, *, variable: str | None = None) -> Path:
    """The same, for whoever hands over all of it, or all of one variable: where another organisation's data commons has
    a say, only on its word too. Errors: those of `served`, and of `permissions.require_authorised`."""
    folder = served(system, case)
    require_authorised(system, case, variable=variable)
    return folder


def require_served_within(connection: Connection, system: System, case: str) -> None:
    """Refuse what `served` refuses, within a transaction."""
    delivery = cast("DeliveryState", f.state(connection, case))
    require_served(delivery, f.load(connection, system, CLOCK, case, c.Command()))
