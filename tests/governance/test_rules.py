"""The rules table is whole, and the machines do what it says."""

from typing import get_args

import pytest

from avrop.actors import CLOCK
from avrop.canonical import digest
from avrop.errors import Refusal
from avrop.governance import commands as c
from avrop.governance import controllercase
from avrop.governance.controllercase import APPROVING, ControllerState, ControllerStatus
from avrop.governance.events import Event
from avrop.governance.grants import stale_lists
from avrop.governance.rules import RULES, Parties, refusal
from avrop.governance.transitions import TRANSITIONS
from tests.governance.world import CONTROLLERS, CUSTODIAN, OPERATOR, REF, SECOND, World, decider

COMMANDS = {x for x in vars(c).values() if isinstance(x, type) and issubclass(x, c.Command)} - {c.Command}
EVENTS = {member.__name__ for member in get_args(get_args(Event)[0])}


def test_every_command_has_one_rule_and_one_transition() -> None:
    assert set(RULES) == COMMANDS
    assert set(TRANSITIONS) == COMMANDS


def test_every_event_is_caused_by_a_command_and_every_caused_event_exists() -> None:
    assert {event for rule in RULES.values() for event in rule.events} == EVENTS


def test_only_a_controllers_own_people_can_cause_its_decision_or_revocation() -> None:
    for event in ("ControllerDecided", "SliceRevoked"):
        sides = {rule.side for rule in RULES.values() if event in rule.events}
        assert sides == {"the controller itself"}


def test_no_event_of_the_clock_leads_to_an_approval() -> None:
    """Exhaustive: from every state, every event that the clock's commands may cause."""
    by_clock = {event for rule in RULES.values() if rule.side == "the clock" for event in rule.events}
    for event in by_clock & set(controllercase.STATUS_AFTER):
        for status in ControllerStatus:
            after = controllercase.STATUS_AFTER[event] or status
            assert after not in APPROVING or status in APPROVING
    assert "ControllerDecided" not in by_clock


def test_no_other_event_than_a_decision_leads_to_an_approval() -> None:
    leads = {event for event, status in controllercase.STATUS_AFTER.items() if status in APPROVING}
    assert leads == set()
    assert ControllerState(status=ControllerStatus.APPROVED).status in APPROVING


@pytest.mark.parametrize("command", sorted(COMMANDS, key=lambda x: x.__name__), ids=lambda x: x.__name__)
def test_a_refusal_says_why(command: type[c.Command]) -> None:
    stranger = CLOCK if RULES[command].side != "the clock" else OPERATOR
    made = object.__new__(command)
    parties = Parties(provider="provider", receiver="receiver", controller="A")
    no = refusal(made, actor=stranger, status="none", parties=parties)
    assert no is not None
    assert no[0] == "rules.organisation"
    assert command.__name__ in no[1]


def test_a_revoked_controller_is_out_of_the_grant_at_once(active: World) -> None:
    before = active.grant()
    assert before is not None and before.controllers == CONTROLLERS
    active.revoke("B")
    after = active.grant()
    assert after is not None and after.controllers == ("A", "C")
    assert digest(after) != digest(before)


def test_an_expired_decision_is_out_of_the_grant(active: World) -> None:
    active.now = active.now.replace(year=2027)
    assert active.grant() is None


def test_a_delivery_is_planned_only_with_fresh_lists(active: World) -> None:
    active.now = active.now.replace(day=20)
    assert stale_lists(active.account, now=active.now, max_age_hours=24) == ("objecting", "protected")
    with pytest.raises(Refusal) as no:
        active.do(OPERATOR, f"{REF}/delivery/1", c.PlanDelivery(generation=1, snapshot=digest([0])))
    assert no.value.code == "lists.stale"


def test_what_was_built_on_another_grant_does_not_stand(active: World) -> None:
    case = f"{REF}/delivery/1"
    active.do(OPERATOR, case, c.PlanDelivery(generation=1, snapshot=digest([0])))
    built_on = digest(active.grant())
    active.revoke("A")
    with pytest.raises(Exception) as no:
        active.do(OPERATOR, case, active.manifest(built_on=built_on))
    assert no.value.code == "delivery.grant_changed"


def test_a_generation_is_not_handed_over_after_a_revocation(active: World) -> None:
    case = f"{REF}/delivery/1"
    active.do(OPERATOR, case, c.PlanDelivery(generation=1, snapshot=digest([0])))
    active.do(OPERATOR, case, active.manifest(built_on=digest(active.grant())))
    active.revoke("C", recall=True)
    with pytest.raises(Refusal) as no:
        active.do(OPERATOR, case, c.Send(channel="folder"))
    assert no.value.code == "delivery.closed"


def test_a_second_generation_waits_until_the_first_is_closed(active: World) -> None:
    active.do(OPERATOR, f"{REF}/delivery/1", c.PlanDelivery(generation=1, snapshot=digest([0])))
    with pytest.raises(Refusal) as no:
        active.do(OPERATOR, f"{REF}/delivery/2", c.PlanDelivery(generation=2, snapshot=digest([0])))
    assert no.value.code == "delivery.one_open"
    assert decider("A").organisation == "A" and SECOND != OPERATOR and CUSTODIAN.organisation == "receiver"
