"""Disclose: countersign today's grant, build a generation from it, hand it over; close what today's grant left."""

import shutil
from pathlib import Path
from typing import cast

from sqlalchemy import Connection

from avrop.accounts.entries import Entry
from avrop.actions import building
from avrop.actions import facts as f
from avrop.actions.case import automaton, handle, handle_within
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


def grant(system: System, call_off: str) -> Grant:
    """Today's grant. Raises `grant.none` (Refusal) if no slice is granted."""
    with db.transaction(system.database) as connection:
        found = f.grant(connection, system, call_off)
    if found is None:
        raise Refusal("grant.none", "No slice is granted today.", hint="See the controllers' decisions.", case=call_off)
    return found


def countersign(system: System, actor: Actor, call_off: str) -> tuple[Entry, ...]:
    """A second operator countersigns today's grant; the pseudonym scope's key is made if there is none."""
    sealed = digest(grant(system, call_off))
    with db.transaction(system.database) as connection:
        entries = handle_within(connection, system, actor, call_off, c.Countersign(grant=sealed))
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

    The attempt is recorded before anything is copied. Errors: `delivery.closed`, `lists.stale` (Refusal).
    """
    with db.transaction(system.database) as connection:
        row = rows.need(connection, tables.generations, case)
        handle_within(connection, system, actor, case, c.Send(channel="folder"))
    source, target = system.zone.path(row.folder), outbox / case.replace("/", "-")
    temporary = target.with_name(f".partial-{target.name}")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.copytree(source, temporary)
        flush_folder(temporary)
        shutil.rmtree(target, ignore_errors=True)
        temporary.rename(target)
    except OSError as failure:
        raise no_space_or(failure) from None
    system.reach("send.copied")
    return target


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
    """Close every open generation when a list of people to leave out is older than its limit. Returns their cases."""
    with db.transaction(system.database) as connection:
        account = f.account(connection)
        if account.agreement is None:
            return ()
        limit = f.policy(connection, account).person_list_max_age_hours
        if not stale_lists(account, now=system.clock(), max_age_hours=limit):
            return ()
        standing = [row.case_id for row in f.summaries(connection, "delivery")]
        open_ones = [case for case in standing if cast("DeliveryState", f.state(connection, case)).open]
    for case in open_ones:
        handle(system, CLOCK, case, c.CloseGeneration(reason="the lists of people to leave out are too old"))
    return tuple(open_ones)


def served(system: System, case: str) -> Path:
    """The folder of a generation, for whoever serves it: only while it is open and today's grant is the one it was
    built on. Computed at every call. Errors: `delivery.closed`, `lists.stale` (Refusal)."""
    with db.transaction(system.database) as connection:
        delivery = cast("DeliveryState", f.state(connection, case))
        require_served(delivery, f.load(connection, system, CLOCK, case, c.Command()))
        return system.zone.path(rows.need(connection, tables.generations, case).folder)
