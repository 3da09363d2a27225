"""Decide: each controller for itself, by its own signature; silence lapses; a yes can be taken back."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import cast

from avrop.canonical import digest
from avrop.errors import Conflict, Mistake, Refusal, Tampered
from avrop.governance import commands as c
from avrop.governance import events as e
from avrop.governance.calloff import CallOffState, CallOffStatus
from avrop.governance.controllercase import APPROVING, ControllerState, ControllerStatus, has_answered
from avrop.governance.decisions import Decision, Outcome, Revocation
from avrop.governance.facts import Facts
from avrop.governance.grants import slice_is_valid
from avrop.governance.keys import LONGEST_OVERLAP, controller, require_timely, signed_by
from avrop.governance.slices import SliceTerms
from avrop.signed import Signed, read_body

ADVICE = ("no remark", "remarks", "advises against")


def advise(state: ControllerState, command: c.Advise, facts: Facts) -> tuple[e.Event, ...]:
    """Advice is given on what was seen, and decides nothing."""
    if command.advice not in ADVICE:
        raise Mistake("advice.unknown", f"Advice is one of: {', '.join(ADVICE)}.", case=facts.case)
    seen = digest(list(state.seen))
    return (e.AdviceGiven(seen=seen, advice=cast("e.AdviceKind", command.advice), text=command.text),)


def decide(state: ControllerState, command: c.Decide, facts: Facts) -> tuple[e.Event, ...]:
    """A decision holds only if the controller itself signed it, a person with authority made it, on the version that
    stands, sealed to exactly the slice plan that would run."""
    decision = cast("Decision", read_body(Decision, command.signed, what="The decision"))
    _require_own_signature(command.signed, "decision", facts, dated=decision.decided_at)
    _require_same_case(decision.call_off, decision.controller, decision.decided_by, facts)
    _require_authority(decision.controller, decision.decided_by, facts)
    if facts.call_off.status is not CallOffStatus.WITH_CONTROLLERS:
        raise Refusal("decision.closed", "The call-off is not with the controllers.", case=facts.case)
    if decision.version != state.version or decision.version != facts.call_off.version:
        raise Conflict(
            "decision.stale",
            "The decision is on another version of the call-off than the one that stands.",
            hint="Read the new version and decide on that.",
            case=facts.case,
        )
    if decision.seen != state.seen:
        raise Conflict("decision.seen", "The decision was not made on what the case holds.", case=facts.case)
    if decision.slice_plan != facts.slice_plans.get(decision.controller):
        raise Tampered(
            "decision.plan_differs",
            "The decision is sealed to another slice plan than the one these terms give.",
            hint="Show the slice plan again and decide on its digest.",
            case=facts.case,
        )
    require_sound(decision, state, today=facts.now.date(), longest_days=facts.limits.decision_valid_days)
    return (
        e.ControllerDecided(
            decision=digest(command.signed),
            outcome=decision.outcome,
            version=decision.version,
            slice_plan=decision.slice_plan,
            valid_to=decision.valid_to,
        ),
    )


def require_sound(decision: Decision, state: ControllerState, *, today: date, longest_days: int) -> None:
    """The outcome says what the terms and conditions are, the reasons are given, the time is right.

    Errors: `decision.outcome`, `decision.reasons`, `decision.validity` (Mistake), `decision.too_late` (Refusal).
    """
    case = f"{decision.call_off}/{decision.controller}"
    fitting = _fitting(decision)
    if decision.outcome not in fitting:
        raise Mistake(
            "decision.outcome", "The outcome does not agree with the terms and conditions.",
            hint=f"With these it is: {' or '.join(fitting)}.", case=case,
        )  # fmt: skip
    if decision.outcome != "approved" and not decision.reasons.strip():
        raise Mistake(
            "decision.reasons", "A no, a part and a condition need reasons.", hint="Say why: --reasons.", case=case
        )
    if state.cut_off is not None and today > state.cut_off:
        raise Refusal("decision.too_late", "The time limit has passed.", hint="Ask for a new one.", case=case)
    last = decision.valid_from + timedelta(days=longest_days)
    if not decision.valid_from <= today < decision.valid_to or decision.valid_to > last:
        raise Mistake(
            "decision.validity",
            f"A decision is valid from today at the latest, and for at most {longest_days} days.",
            hint=f"Give a day after {today} and until {last}.",
            case=case,
        )


def _fitting(decision: Decision) -> tuple[Outcome, ...]:
    """The outcomes that agree with the terms and conditions."""
    if decision.conditions:
        return ("approved with conditions",)
    return ("approved in part",) if decision.terms != SliceTerms() else ("approved", "rejected")


def lapse(state: ControllerState, command: c.Lapse, facts: Facts) -> tuple[e.Event, ...]:
    """Silence is not a yes: after the cut-off the controller is left out."""
    if state.cut_off is None or facts.now.date() <= state.cut_off:
        raise Refusal("case.not_due", "The time limit has not passed.", case=facts.case)
    return (e.ControllerLapsed(cut_off=state.cut_off),)


def revoke(state: ControllerState, command: c.Revoke, facts: Facts) -> tuple[e.Event, ...]:
    """Taken back by the one who gave it; holds from this moment."""
    revocation = cast("Revocation", read_body(Revocation, command.signed, what="The revocation"))
    _require_own_signature(command.signed, "revocation", facts, dated=revocation.decided_at)
    _require_same_case(revocation.call_off, revocation.controller, revocation.decided_by, facts)
    _require_authority(revocation.controller, revocation.decided_by, facts)
    if revocation.decision != state.decision:
        raise Conflict("revocation.decision", "The revocation names another decision.", case=facts.case)
    return (e.SliceRevoked(reason=revocation.reason, recall=revocation.recall, revocation=digest(command.signed)),)


def reach_outcome(state: CallOffState, command: c.ReachOutcome, facts: Facts) -> tuple[e.Event, ...]:
    """Only when every case is closed; too few approvals hold the call-off, none ends it."""
    open_cases = [name for name in state.controllers if not has_answered(facts.cases[name], state.version)]
    if open_cases:
        raise Refusal("outcome.open_cases", f"{len(open_cases)} controllers have not answered.", case=facts.case)
    by_status = {name: facts.cases[name].status for name in state.controllers}
    approved = tuple(name for name, status in by_status.items() if status in APPROVING)
    enough = len(approved) >= max(1, state.minimum_controllers)
    return (
        e.OutcomeReached(
            approved=approved,
            rejected=tuple(name for name, status in by_status.items() if status is ControllerStatus.REJECTED),
            lapsed=tuple(name for name, status in by_status.items() if status is ControllerStatus.LAPSED),
            outcome="ready" if enough else ("coverage hold" if approved else "no grant"),
        ),
    )


def confirm_subset(state: CallOffState, command: c.ConfirmSubset, facts: Facts) -> tuple[e.Event, ...]:
    """Delivery is necessary only if the purpose is still met with those who approved."""
    if not command.statement.strip():
        raise Mistake("confirmation.statement", "Say why the purpose is still met with the subset.", case=facts.case)
    today = facts.now.date()
    approving = tuple(name for name in state.approved if slice_is_valid(state, facts.cases[name], today=today))
    if len(approving) < max(1, state.minimum_controllers):
        raise Refusal(
            "confirmation.too_few",
            f"{len(approving)} controllers approve today; the call-off says that it needs {state.minimum_controllers}.",
            hint="Submit a version that fewer serve, or end the call-off.",
            case=facts.case,
        )
    return (e.SubsetConfirmed(statement=command.statement, controllers=approving, harmonised=command.harmonised),)


def _require_own_signature(signed: Signed, kind: str, facts: Facts, *, dated: datetime) -> None:
    keys = facts.account.keys_of(controller(facts.case.rsplit("/", 1)[-1]))
    if not signed_by(keys, signed, kind=kind, dated=dated, now=facts.now, case=facts.case):
        raise Refusal(
            f"{kind}.signature",
            f"The {kind} is not signed with the controller's own key.",
            hint="Sign it with the key that the controller adhered with, or replaced it by.",
            case=facts.case,
        )
    require_timely(dated, now=facts.now, what=kind, at_most=LONGEST_OVERLAP)


def _require_same_case(call_off: str, controller: str, decided_by: str, facts: Facts) -> None:
    if f"{call_off}/{controller}" != facts.case or decided_by != facts.actor.person:
        raise Refusal(
            "decision.other_case",
            "The signed document is for another case, or was made by another person.",
            case=facts.case,
        )


def _require_authority(controller: str, person: str, facts: Facts) -> None:
    if not facts.account.controllers[controller].may_decide(person, facts.now.date()):
        raise Refusal(
            "decision.no_authority",
            "The person has no delegated authority to decide for this controller today.",
            hint="Record the delegation, or let somebody decide who has it.",
            case=facts.case,
        )


TRANSITIONS: Mapping[type[c.Command], object] = {
    c.Advise: advise,
    c.Decide: decide,
    c.Lapse: lapse,
    c.Revoke: revoke,
    c.ReachOutcome: reach_outcome,
    c.ConfirmSubset: confirm_subset,
}
