"""Cases: which machine a case id belongs to, and the fold of its events into its state."""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any, cast

from avrop.governance import agreements, calloff, controllercase, delivery
from avrop.governance import events as e
from avrop.governance.rules import Machine

ACCOUNT = "account"
"""The id of the one case that everything else rests on."""

State = agreements.AccountState | calloff.CallOffState | controllercase.ControllerState | delivery.DeliveryState

_EVOLVE: Mapping[Machine, tuple[Callable[[], State], Callable[[Any, Any], State]]] = {
    "account": (agreements.AccountState, agreements.evolve),
    "call-off": (calloff.CallOffState, calloff.evolve),
    "controller case": (controllercase.ControllerState, controllercase.evolve),
    "delivery": (delivery.DeliveryState, delivery.evolve),
}


def machine(case: str) -> Machine:
    """The machine of a case id.

    >>> [machine(c) for c in ("account", "2026-001", "2026-001/03", "2026-001/delivery/1")]
    ['account', 'call-off', 'controller case', 'delivery']
    """
    if case == ACCOUNT:
        return "account"
    parts = case.split("/")
    if len(parts) == 1:
        return "call-off"
    return "delivery" if parts[1] == "delivery" else "controller case"


def reference(case: str) -> str:
    """The call-off that a case belongs to."""
    return case.split("/", 1)[0]


def fold(case: str, events: Iterable[e.Event]) -> State:
    """The state that a case's events add up to."""
    initial, evolve = _EVOLVE[machine(case)]
    return reduce(evolve, cast("Iterable[Any]", events), initial())
