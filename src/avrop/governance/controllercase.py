"""One controller's own case: asked, advised, decided by itself, lapsed by silence, revoked by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from avrop.canonical import Digest
from avrop.governance import events as e


class ControllerStatus(StrEnum):
    """Where a controller's case stands."""

    NONE = "none"
    ASKED = "asked"
    APPROVED = "approved"
    APPROVED_CONDITIONS = "approved with conditions"
    APPROVED_PART = "approved in part"
    REJECTED = "rejected"
    REAFFIRM = "to reaffirm"
    LAPSED = "lapsed"
    REVOKED = "revoked"


APPROVING = frozenset({ControllerStatus.APPROVED, ControllerStatus.APPROVED_CONDITIONS, ControllerStatus.APPROVED_PART})
"""The only states in which a slice can be in a grant."""

CLOSED_CASES = APPROVING | {ControllerStatus.REJECTED, ControllerStatus.LAPSED, ControllerStatus.REVOKED}
"""The states in which the call-off need not wait for this controller."""

STATUS_AFTER: Mapping[str, ControllerStatus | None] = {
    "ControllerAsked": ControllerStatus.ASKED,
    "AdviceGiven": None,
    "ControllerDecided": None,  # its outcome says which
    "ControllerLapsed": ControllerStatus.LAPSED,
    "DecisionVoided": ControllerStatus.ASKED,
    "ReaffirmationAsked": ControllerStatus.REAFFIRM,
    "SliceRevoked": ControllerStatus.REVOKED,
}
"""The status each event leads to; None keeps it (or the event says)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ControllerState:
    """What the case's events add up to. `asked_plan` is the plan offered; `slice_plan` the one decided."""

    status: ControllerStatus = ControllerStatus.NONE
    version: Digest | None = None
    asked_plan: Digest | None = None
    findings: Digest | None = None
    risk_view: Digest | None = None
    cut_off: date | None = None
    decided_version: Digest | None = None
    slice_plan: Digest | None = None
    decision: Digest | None = None
    valid_to: date | None = None
    advice: tuple[str, ...] = ()
    recalled: bool = False

    @property
    def seen(self) -> tuple[Digest, ...]:
        """The digests of everything the decider had before it."""
        return tuple(d for d in (self.version, self.findings, self.risk_view) if d is not None)


def has_answered(state: ControllerState, version: Digest | None) -> bool:
    """Whether the call-off need not wait for this controller: it answered that version, or took its approval back."""
    return state.status is ControllerStatus.REVOKED or (state.status in CLOSED_CASES and state.version == version)


def evolve(state: ControllerState, event: e.ControllerEvent) -> ControllerState:
    """The state after one event."""
    moved = replace(state, status=STATUS_AFTER[event.type] or state.status)
    match event:
        case e.ControllerAsked() | e.DecisionVoided() | e.ReaffirmationAsked():
            return replace(
                moved,
                version=event.version,
                asked_plan=event.slice_plan,
                findings=event.findings,
                risk_view=event.risk_view,
                cut_off=event.cut_off,
                advice=(),
            )
        case e.AdviceGiven():
            return replace(moved, advice=(*state.advice, event.advice))
        case e.ControllerDecided():
            return replace(
                moved,
                status=ControllerStatus(event.outcome),
                decided_version=event.version,
                slice_plan=event.slice_plan,
                decision=event.decision,
                valid_to=event.valid_to,
            )
        case e.SliceRevoked():
            return replace(moved, recalled=event.recall)
        case _:
            return moved
