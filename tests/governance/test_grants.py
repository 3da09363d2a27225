"""The grant: whose slices are in today, by the smallest change that takes one out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from avrop.governance.agreements import AccountState
from avrop.governance.calloff import CallOffState, CallOffStatus
from avrop.governance.controllercase import APPROVING, ControllerState, ControllerStatus
from avrop.governance.grants import grant_today
from tests.governance.world import CONTROLLERS, REF, World


def controllers(world: World, *, today: date | None = None, **changes: object) -> tuple[str, ...]:
    """Who is in; `changes` are made to the call-off's state."""
    cases = {name: world.case(name) for name in CONTROLLERS}
    return of(replace(world.call_off, **changes), cases, world.account, today or world.now.date())


def of(state: CallOffState, cases: dict[str, ControllerState], account: AccountState, today: date) -> tuple[str, ...]:
    found = grant_today(REF, state, cases, account=account, today=today)
    return found.controllers if found else ()


def test_only_those_that_the_leader_confirmed_are_in(active: World) -> None:
    assert active.call_off.confirmed is not None
    fewer = replace(active.call_off.confirmed, controllers=("A", "B"))
    assert controllers(active, confirmed=fewer) == ("A", "B")
    assert controllers(active, confirmed=None) == ()


def test_a_decision_holds_until_the_day_it_names_and_not_on_it(active: World) -> None:
    last = active.case("A").valid_to
    assert last is not None
    assert controllers(active, today=last - timedelta(days=1)) == CONTROLLERS
    assert controllers(active, today=last) == ()


@pytest.mark.parametrize("status", CallOffStatus)
def test_something_is_granted_only_while_a_call_off_is_granted_or_active(active: World, status: CallOffStatus) -> None:
    granted = status in (CallOffStatus.GRANTED, CallOffStatus.ACTIVE)
    assert controllers(active, status=status) == (CONTROLLERS if granted else ())


@pytest.mark.parametrize("status", ControllerStatus)
def test_only_an_approving_case_is_in(active: World, status: ControllerStatus) -> None:
    cases = {name: active.case(name) for name in CONTROLLERS}
    cases["B"] = replace(cases["B"], status=status)
    expected = CONTROLLERS if status in APPROVING else ("A", "C")
    assert of(active.call_off, cases, active.account, active.now.date()) == expected


@pytest.mark.parametrize("missing", ["decided_version", "slice_plan", "decision", "valid_to"])
def test_a_decision_that_lacks_something_is_not_in(active: World, missing: str) -> None:
    cases = {name: active.case(name) for name in CONTROLLERS}
    cases["B"] = replace(cases["B"], **{missing: None})
    assert of(active.call_off, cases, active.account, active.now.date()) == ("A", "C")


def test_a_controller_that_has_not_adhered_is_not_in(active: World) -> None:
    account = replace(active.account, controllers={x: active.account.controllers[x] for x in ("A", "C")})
    cases = {name: active.case(name) for name in CONTROLLERS}
    assert of(active.call_off, cases, account, active.now.date()) == ("A", "C")
