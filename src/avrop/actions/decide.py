"""Decide: a controller sees its slice plan, signs its own answer, and the answer is recorded; silence lapses."""

from datetime import date
from typing import cast

from avrop.accounts.entries import Entry
from avrop.actions import facts as f
from avrop.actions.case import handle
from avrop.actors import CLOCK, Actor, Role
from avrop.canonical import Digest, digest, read
from avrop.disclosure.operators import SlicePlan
from avrop.errors import Refusal
from avrop.governance import commands as c
from avrop.governance.calloff import CallOffStatus
from avrop.governance.controllercase import ControllerState, ControllerStatus, has_answered
from avrop.governance.decisions import Decision, Outcome, Revocation
from avrop.governance.slices import SliceTerms
from avrop.governance.transitions.decide import require_sound
from avrop.signed import Signed
from avrop.store import cases as case_store
from avrop.store import db
from avrop.system import System


def propose(
    system: System, actor: Actor, reference: str, *, terms: SliceTerms | None = None
) -> tuple[SlicePlan, Digest]:
    """The slice plan that this actor's controller would let out on these terms (none: as asked), and its digest.

    Nothing is recorded. Only the controller's own people see it.
    """
    if actor.role not in (Role.CASE_HANDLER, Role.DECIDER, Role.DPO):
        raise Refusal("plan.not_yours", "A slice plan is shown to the controller's own people.", case=reference)
    with db.transaction(system.database) as connection:
        case = cast("ControllerState", f.state(connection, f"{reference}/{actor.organisation}"))
        if case.version is None:
            raise Refusal("case.not_asked", "The controller has not been asked about this call-off.", case=reference)
        plan = f.slice_plan(
            connection, system, case.version, controller=actor.organisation, terms=terms or SliceTerms()
        )
    return plan, digest(plan)


def draft_decision(
    system: System,
    actor: Actor,
    reference: str,
    *,
    outcome: Outcome,
    reasons: str,
    valid_to: date,
    terms: SliceTerms | None = None,
    conditions: tuple[str, ...] = (),
) -> Decision:
    """The decision document that the controller is to sign, sealed to what it sees now. Nothing is recorded.

    Errors: those of `require_sound`, before anybody signs what would not be recorded.
    """
    _, sealed = propose(system, actor, reference, terms=terms)
    with db.transaction(system.database) as connection:
        case = cast("ControllerState", f.state(connection, f"{reference}/{actor.organisation}"))
        longest = f.policy(connection, f.account(connection)).decision_valid_days
    now = system.clock()
    made = Decision(
        call_off=reference,
        version=cast("Digest", case.version),
        controller=actor.organisation,
        outcome=outcome,
        slice_plan=sealed,
        seen=case.seen,
        terms=terms or SliceTerms(),
        conditions=conditions,
        reasons=reasons,
        decided_by=actor.person,
        decided_at=now,
        valid_from=now.date(),
        valid_to=valid_to,
    )
    require_sound(made, case, today=now.date(), longest_days=longest)
    return made


def record(system: System, actor: Actor, reference: str, signed: Signed) -> tuple[Entry, ...]:
    """Record a controller's signed decision on that controller's case."""
    decision = cast("Decision", read(Decision, signed.body, what="The decision"))
    return handle(system, actor, f"{reference}/{decision.controller}", c.Decide(signed=signed))


def advise(system: System, actor: Actor, reference: str, *, advice: str, text: str) -> tuple[Entry, ...]:
    """Record the data protection officer's advice on its own controller's case."""
    return handle(system, actor, f"{reference}/{actor.organisation}", c.Advise(advice=advice, text=text))


def draft_revocation(system: System, actor: Actor, reference: str, *, reason: str, recall: bool) -> Revocation:
    """The revocation document that the controller is to sign."""
    with db.transaction(system.database) as connection:
        case = cast("ControllerState", f.state(connection, f"{reference}/{actor.organisation}"))
    if case.decision is None:
        raise Refusal("revocation.nothing", "There is no decision to revoke.", case=reference)
    return Revocation(
        call_off=reference,
        controller=actor.organisation,
        decision=case.decision,
        reason=reason,
        recall=recall,
        decided_by=actor.person,
        decided_at=system.clock(),
    )


def revoke(system: System, actor: Actor, reference: str, signed: Signed) -> tuple[Entry, ...]:
    """Record a controller's signed revocation: from the commit on, today's grant is without it."""
    revocation = cast("Revocation", read(Revocation, signed.body, what="The revocation"))
    return handle(system, actor, f"{reference}/{revocation.controller}", c.Revoke(signed=signed))


def lapse_due(system: System) -> tuple[str, ...]:
    """Let every case lapse whose time limit has passed. Returns their ids."""
    with db.transaction(system.database) as connection:
        waiting = case_store.all_of(
            connection, kind="controller case", states=(ControllerStatus.ASKED, ControllerStatus.REAFFIRM)
        )
        due = [
            row.case_id
            for row in waiting
            if (limit := cast("ControllerState", f.state(connection, row.case_id)).cut_off) is not None
            and system.clock().date() > limit
        ]
    for name in due:
        handle(system, CLOCK, name, c.Lapse())
    return tuple(due)


def outcome(system: System, case: str) -> None:
    """Job: when every controller's case is closed, say what came of it. Otherwise nothing."""
    reference = case.split("/", 1)[0]
    with db.transaction(system.database) as connection:
        standing = f.call_off(connection, reference)
        cases = f.controller_cases(connection, reference, standing.controllers)
    answered = all(has_answered(x, standing.version) for x in cases.values())
    if standing.status is CallOffStatus.WITH_CONTROLLERS and answered:
        handle(system, CLOCK, reference, c.ReachOutcome())


def confirm_subset(
    system: System, actor: Actor, reference: str, *, statement: str, harmonised: bool = True
) -> tuple[Entry, ...]:
    """The receiver's leader confirms in writing that the purpose is met with those who approved."""
    return handle(system, actor, reference, c.ConfirmSubset(statement=statement, harmonised=harmonised))
