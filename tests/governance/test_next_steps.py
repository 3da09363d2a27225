"""A refusal says in words what is not possible, where the case stands, and what comes next."""

import pytest

from avrop.errors import Refusal
from avrop.governance import commands as c
from avrop.governance.calloff import CallOffStatus
from avrop.governance.controllercase import ControllerStatus
from avrop.governance.delivery import DeliveryStatus
from avrop.governance.nextsteps import NEXT
from avrop.governance.rules import RULES
from tests.governance.world import OPERATOR, REF, World


def test_every_state_of_every_machine_has_a_next_step() -> None:
    states = {
        "account": {"none", "in force"}, "call-off": set(CallOffStatus), "controller case": set(ControllerStatus),
        "delivery": set(DeliveryStatus),
    }  # fmt: skip
    assert {machine: set(steps) for machine, steps in NEXT.items()} == states
    assert {rule.machine for rule in RULES.values()} == set(states)


def test_a_refusal_of_the_state_is_said_in_words(asked: World) -> None:
    with pytest.raises(Refusal) as no:
        asked.do(OPERATOR, REF, c.OpenControllers())
    assert no.value.code == "rules.state"
    assert no.value.sentence == "To open controllers is not possible: the call-off is 'with controllers'."
    assert no.value.hint.startswith("It is with the controllers")


def test_what_is_not_there_yet_says_how_it_comes(asked: World) -> None:
    with pytest.raises(Refusal) as no:
        asked.do(OPERATOR, "2026-999", c.AcceptIntake())
    assert no.value.sentence == "To accept intake is not possible: the call-off is not there yet."
    assert "avrop apply submit" in no.value.hint
