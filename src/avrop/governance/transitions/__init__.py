"""Every command's transition: (state, command, facts) → events, pure. One module per verb."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from avrop.governance import commands as c
from avrop.governance import events as e
from avrop.governance.facts import Facts
from avrop.governance.transitions import account, apply, assess, decide, disclose, keys, publish, receive

Transition = Callable[[Any, Any, Facts], tuple[e.Event, ...]]

TRANSITIONS: Mapping[type[c.Command], Transition] = {
    command: cast("Transition", function)
    for module in (publish, account, keys, apply, assess, decide, disclose, receive)
    for command, function in module.TRANSITIONS.items()
}
"""All transitions by command."""


def transition(state: object, command: c.Command, facts: Facts) -> tuple[e.Event, ...]:
    """The events that the command causes now. None: it changes nothing. Raises an AvropError: it may not be."""
    return TRANSITIONS[type(command)](state, command, facts)
