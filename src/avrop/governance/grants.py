"""The set of decided slices that are valid today: the only ticket to a disclosure. Computed, never stored."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal

from avrop.canonical import Digest, document
from avrop.governance.agreements import AccountState
from avrop.governance.calloff import CallOffState, CallOffStatus
from avrop.governance.controllercase import APPROVING, ControllerState
from avrop.governance.keys import CLOCKS_DIFFER


@document
class GrantedSlice:
    """One controller's decided slice plan, and the decision that sealed it."""

    controller: str
    slice_plan: Digest
    decision: Digest


@document
class Grant:
    """All slices valid today. Its digest is recorded at every use; it changes exactly when the set changes."""

    call_off: str
    version: Digest
    slices: tuple[GrantedSlice, ...]
    format: Literal[1] = 1

    @property
    def controllers(self) -> tuple[str, ...]:
        """Who is in, sorted."""
        return tuple(s.controller for s in self.slices)

    def covers(self, controllers: tuple[str, ...]) -> bool:
        """Whether every one of these is still in."""
        return set(controllers) <= set(self.controllers)


def slice_is_valid(state: CallOffState, case: ControllerState, *, today: date) -> bool:
    """Whether one controller's decision holds today for the version that stands."""
    return (
        case.status in APPROVING
        and case.decided_version == state.version
        and case.valid_to is not None
        and today < case.valid_to
    )


def grant_today(
    reference: str, state: CallOffState, cases: Mapping[str, ControllerState], *, account: AccountState, today: date
) -> Grant | None:
    """Today's grant, or None: before the leader confirmed, after the end, or when no slice is valid.

    Only controllers that the leader's confirmation named, or that have adhered at all, can be in.
    """
    if state.status not in (CallOffStatus.GRANTED, CallOffStatus.ACTIVE) or state.version is None:
        return None
    if state.confirmed is None:
        return None
    slices = tuple(
        GrantedSlice(controller=name, slice_plan=case.slice_plan, decision=case.decision)
        for name, case in sorted(cases.items())
        if name in state.confirmed.controllers
        and name in account.controllers
        and slice_is_valid(state, case, today=today)
        and case.slice_plan is not None
        and case.decision is not None
    )
    return Grant(call_off=reference, version=state.version, slices=slices) if slices else None


def stale_lists(account: AccountState, *, now: datetime, max_age_hours: int) -> tuple[str, ...]:
    """The lists of people to leave out that are missing or older than their limit: nothing may be built or served.

    One as of a moment to come says nothing of today: it counts as missing.
    """
    fresh = {
        name for name, as_of in account.lists.items()
        if -CLOCKS_DIFFER <= now - as_of <= timedelta(hours=max_age_hours)
    }  # fmt: skip
    return tuple(name for name in ("objecting", "protected") if name not in fresh)
