"""Apply: the receiver submits a version, submits another, or withdraws."""

from collections.abc import Mapping
from typing import cast

from avrop.canonical import digest
from avrop.errors import Conflict, Mistake
from avrop.governance import commands as c
from avrop.governance import events as e
from avrop.governance.calloff import CallOffState
from avrop.governance.changes import Direction
from avrop.governance.facts import Facts


def submit(state: CallOffState, command: c.Submit, facts: Facts) -> tuple[e.Event, ...]:
    """The first version, or the next one: numbered without gaps, within the framework, for adhered controllers."""
    version = command.version
    sealed = digest(version)
    if sealed == state.version:
        return ()
    if version.number != state.number + 1:
        raise Conflict(
            "call_off.number",
            f"This is version {version.number}; the next version is {state.number + 1}.",
            hint="Read the call-off again and number the new version after it.",
            case=facts.case,
        )
    unknown = sorted(set(version.controllers) - set(facts.account.controllers))
    if unknown:
        raise Mistake(
            "call_off.not_adhered",
            f"These controllers have not adhered to the framework agreement: {', '.join(unknown)}.",
            hint="Address only controllers that have.",
            case=facts.case,
        )
    if not version.variables or not version.analyses:
        raise Mistake(
            "call_off.empty", "A call-off needs at least one analysis and one variable.", hint="Add them.",
            case=facts.case,
        )  # fmt: skip
    return (
        e.CallOffSubmitted(
            version=sealed,
            number=version.number,
            catalogue=version.catalogue,
            controllers=version.controllers,
            minimum_controllers=version.coverage.minimum_controllers,
            direction="first" if state.number == 0 else cast("Direction", facts.direction),
        ),
    )


def withdraw(state: CallOffState, command: c.WithdrawCallOff, facts: Facts) -> tuple[e.Event, ...]:
    """Nothing was granted, so nothing is owed."""
    return (e.CallOffWithdrawn(reason=command.reason),)


TRANSITIONS: Mapping[type[c.Command], object] = {c.Submit: submit, c.WithdrawCallOff: withdraw}
