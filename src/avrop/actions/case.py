"""The whole write path: load → allowed? → transition → append → summarise → queue, in one database transaction."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection

from avrop.accounts.entries import CaseId, Entry
from avrop.actions import facts as f
from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.canonical import canonical
from avrop.errors import Missing
from avrop.governance import commands as c
from avrop.governance.agreements import AccountState
from avrop.governance.cases import fold, machine
from avrop.governance.rules import RULES, Parties, require
from avrop.governance.transitions import transition
from avrop.signed import Signed
from avrop.store import cases as case_store
from avrop.store import db, documents, jobs
from avrop.store import events as event_store
from avrop.system import System

CONSEQUENCES: dict[str, tuple[str, ...]] = {
    "CallOffSubmitted": ("assess.check",),
    "IntakeAccepted": ("assess.measure",),
    "ControllersOpened": ("assess.ask",),
    "ControllerDecided": ("decide.outcome",),
    "ControllerLapsed": ("decide.outcome",),
    "SliceRevoked": ("disclose.close", "decide.outcome"),
    "DeliveryPlanned": ("disclose.build",),
    "CallOffEnded": ("disclose.close",),
    "GenerationClosed": ("serving.clear",),
    "DeletionConfirmed": ("receive.close",),
}
"""Which jobs follow from which event. A job's argument is the event's case, and it decides nothing."""


def automaton(system: System) -> Actor:
    """The provider's own machinery: records what was computed, decides nothing."""
    return Actor(
        person=PersonId("automaton"), organisation=OrganisationId(system.settings.organisation), role=Role.OPERATOR
    )


def handle(system: System, actor: Actor, case: str, command: c.Command) -> tuple[Entry, ...]:
    """Do what the command says, or raise why not. Nothing is half done; entries are empty if it changed nothing."""
    with db.transaction(system.database) as connection:
        return handle_within(connection, system, actor, case, command)


def handle_within(
    connection: Connection, system: System, actor: Actor, case: str, command: c.Command
) -> tuple[Entry, ...]:
    """The same within a transaction that the caller commits. What it is decided on stands still meanwhile."""
    _require_machine(case, command)
    db.lock_log(connection)
    before = event_store.payloads(connection, CaseId(case))
    state = fold(case, (payload.event for payload in before))
    known = f.load(connection, system, actor, case, command)
    require(command, actor=actor, status=state.status, parties=parties(known.account, case, command), case=case)
    happened = transition(state, command, known)
    if not happened:
        return ()
    _keep_documents(connection, command)
    entries = event_store.append(
        connection, CaseId(case), len(before), happened, actor=actor, at=known.now, salts=lambda: system.random(32)
    )
    after = fold(case, (*(payload.event for payload in before), *happened))
    summarise(connection, case, after, sequence=len(before) + len(happened))
    for event in happened:
        for task in CONSEQUENCES.get(event.type, ()):
            jobs.queue(connection, task, case=case)
    system.reach("case.appended")
    return entries


def _require_machine(case: str, command: c.Command) -> None:
    """A name such as `2026-001/03` where a call-off is asked for would be another machine's case."""
    if machine(case) != RULES[type(command)].machine:
        raise Missing("case.unknown", "There is no case of that name.", hint="See `avrop account timeline`.")


def parties(account: AccountState, case: str, command: c.Command) -> Parties:
    """Who is on which side of the case. Before the agreement, the first signature names the provider itself."""
    agreed = account.agreement
    if agreed is None and isinstance(command, c.SignAgreement):
        return Parties(provider=command.provider, receiver=command.receiver)
    own = case.rsplit("/", 1)[-1] if machine(case) == "controller case" else None
    return Parties(
        provider=agreed.provider if agreed else "", receiver=agreed.receiver if agreed else "", controller=own
    )


def summarise(connection: Connection, case: str, state: object, *, sequence: int) -> None:
    """One row for lists, rebuildable from the events."""
    status = cast("str", getattr(state, "status", ""))
    case_store.put_summary(
        connection,
        CaseId(case),
        kind=machine(case),
        state=str(status),
        summary=_plain_summary(state),
        sequence=sequence,
    )


def rebuild(system: System) -> int:
    """Drop all summaries and make them again from the log. Returns how many cases there are."""
    with db.transaction(system.database) as connection:
        names: Sequence[str] = sorted({entry.case for entry in event_store.all_entries(connection)})
        case_store.clear(connection)
        for name in names:
            payloads = event_store.payloads(connection, CaseId(name))
            summarise(connection, name, fold(name, (p.event for p in payloads)), sequence=len(payloads))
        return len(names)


def _keep_documents(connection: Connection, command: c.Command) -> None:
    """The documents that a command brings along are kept beside the log, by their digest."""
    if isinstance(command, c.Submit):
        documents.put(connection, "call-off version", canonical(command.version))
    if isinstance(command, c.Decide | c.Revoke | c.AcceptReceipt | c.ConfirmDeletion):
        documents.put(connection, f"signed {command.signed.kind}", canonical(command.signed))
    for signed in _of_keys(command):
        documents.put(connection, f"signed {signed.kind}", canonical(signed))


def _of_keys(command: c.Command) -> tuple[Signed, ...]:
    if isinstance(command, c.ReplaceKey):
        return (command.handover.by_old, command.handover.by_new)
    return (command.vouching.by_new, *command.vouching.vouchers) if isinstance(command, c.RenewKey) else ()


def _plain_summary(state: object) -> dict[str, object]:
    """The few plain fields that lists show: texts, numbers and lists of texts."""
    shown: dict[str, object] = {}
    for name in ("version", "number", "cut_off", "decision", "slice_plan", "manifest", "grant", "receipt", "open"):
        value = getattr(state, name, None)
        if value is not None:
            shown[name] = value if isinstance(value, bool | int) else str(value)
    return shown
