"""The call-off's state: never simply approved; its outcome is what the controllers' cases say and one confirmation."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from avrop.canonical import Digest
from avrop.governance import events as e


class CallOffStatus(StrEnum):
    """Where a call-off stands."""

    NONE = "none"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    MEASURING = "measuring"
    ASSESSING = "assessing"
    WITH_CONTROLLERS = "with controllers"
    OUTCOME_READY = "outcome ready"
    COVERAGE_HOLD = "coverage hold"
    NO_GRANT = "no grant"
    GRANTED = "granted"
    ACTIVE = "active"
    ENDING = "ending"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


STATUS_AFTER: Mapping[str, CallOffStatus | None] = {
    "CallOffSubmitted": CallOffStatus.SUBMITTED,
    "CallOffReturned": CallOffStatus.RETURNED,
    "FindingsRecorded": None,
    "IntakeAccepted": CallOffStatus.MEASURING,
    "ExposureMeasured": CallOffStatus.ASSESSING,
    "ControllersOpened": CallOffStatus.WITH_CONTROLLERS,
    "OutcomeReached": None,  # its outcome says: ready, coverage hold, or no grant
    "SubsetConfirmed": CallOffStatus.GRANTED,
    "GrantCountersigned": CallOffStatus.ACTIVE,
    "CallOffEnded": CallOffStatus.ENDING,
    "CallOffClosed": CallOffStatus.CLOSED,
    "CallOffWithdrawn": CallOffStatus.WITHDRAWN,
}
"""The status each event leads to; None keeps it (or the event says)."""

OUTCOMES: Mapping[str, CallOffStatus] = {
    "ready": CallOffStatus.OUTCOME_READY,
    "coverage hold": CallOffStatus.COVERAGE_HOLD,
    "no grant": CallOffStatus.NO_GRANT,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CallOffState:
    """What the call-off's events add up to. `slice_plans`: the plan offered to each controller."""

    status: CallOffStatus = CallOffStatus.NONE
    version: Digest | None = None
    number: int = 0
    direction: str = "first"
    catalogue: Digest | None = None
    controllers: tuple[str, ...] = ()
    minimum_controllers: int = 0
    findings: Digest | None = None
    stops: int = 0
    measured: tuple[str, ...] = ()
    controller_views: Mapping[str, Digest] = field(default_factory=dict)
    slice_plans: Mapping[str, Digest] = field(default_factory=dict)
    cut_off: date | None = None
    preparer: str | None = None
    approved: tuple[str, ...] = ()
    confirmed: e.SubsetConfirmed | None = None


def evolve(state: CallOffState, event: e.CallOffEvent) -> CallOffState:
    """The state after one event."""
    moved = replace(state, status=STATUS_AFTER[event.type] or state.status)
    match event:
        case e.CallOffSubmitted():
            return replace(
                moved,
                version=event.version,
                number=event.number,
                direction=_since_controllers_were_asked(state, event.direction),
                catalogue=event.catalogue,
                controllers=event.controllers,
                minimum_controllers=event.minimum_controllers,
                findings=None,
                stops=0,
                measured=(),
                controller_views={},
                slice_plans={},
            )
        case e.FindingsRecorded():
            return replace(moved, findings=event.findings, stops=event.stops)
        case e.IntakeAccepted():
            return replace(moved, measured=event.measured)
        case e.ExposureMeasured():
            return replace(moved, controller_views=dict(event.controller_views))
        case e.ControllersOpened():
            plans = dict(event.slice_plans)
            return replace(moved, slice_plans=plans, cut_off=event.cut_off, preparer=event.preparer)
        case e.OutcomeReached():
            return replace(moved, status=OUTCOMES[event.outcome], approved=event.approved)
        case e.SubsetConfirmed():
            return replace(moved, confirmed=event)
        case _:
            return moved


def _since_controllers_were_asked(state: CallOffState, submitted: str) -> str:
    """A wider version that no controller ever saw still counts: the next, narrower one is wider than what they saw."""
    never_opened = state.version is not None and not state.slice_plans
    return "wider" if never_opened and state.direction == "wider" else submitted
