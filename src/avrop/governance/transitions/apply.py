"""Apply: the receiver submits a version, submits another, or withdraws."""

from collections.abc import Iterator, Mapping
from typing import cast

from avrop.canonical import digest
from avrop.errors import AvropError, Conflict, Mistake
from avrop.governance import commands as c
from avrop.governance import events as e
from avrop.governance.agreements import AccountState
from avrop.governance.calloff import CallOffState
from avrop.governance.changes import Direction
from avrop.governance.facts import Facts
from avrop.governance.purposes import CallOffVersion, require_reference


def submit(state: CallOffState, command: c.Submit, facts: Facts) -> tuple[e.Event, ...]:
    """The first version, or the next one: numbered without gaps, within the framework, for adhered controllers."""
    version = command.version
    sealed = digest(version)
    if sealed == state.version:
        return ()
    for no in problems(version, state, facts.account):
        raise no
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


def problems(version: CallOffVersion, state: CallOffState, account: AccountState) -> Iterator[AvropError]:
    """Why a version cannot be submitted now, all of it: `call_off.reference`, `call_off.receiver`,
    `call_off.agreement`, `call_off.not_adhered`, `call_off.empty` (Mistake), `call_off.number` (Conflict)."""
    case = {"case": version.reference}
    try:
        require_reference(version.reference)
    except Mistake as no:
        yield no
    if account.agreement is not None:
        yield from _outside(version, account.agreement)
    if version.number != state.number + 1 and digest(version) != state.version:
        yield Conflict(
            "call_off.number",
            f"This is version {version.number}; the next version is {state.number + 1}.",
            hint="Read the call-off again and number the new version after it.",
            **case,
        )
    unknown = sorted(set(version.controllers) - set(account.controllers))
    if unknown:
        yield Mistake(
            "call_off.not_adhered",
            f"These controllers have not adhered to the framework agreement: {', '.join(unknown)}.",
            hint="Address only controllers that have.",
            **case,
        )
    if not version.variables or not version.analyses:
        yield Mistake(
            "call_off.empty", "A call-off needs at least one analysis and one variable.", hint="Add them.", **case
        )


def _outside(version: CallOffVersion, agreed: e.AgreementSigned) -> Iterator[Mistake]:
    if version.receiver != agreed.receiver:
        yield Mistake(
            "call_off.receiver", "The call-off names another receiver than the framework agreement.",
            hint=f"It is: {agreed.receiver}.", case=version.reference,
        )  # fmt: skip
    if agreed.name and version.agreement != agreed.name:
        yield Mistake(
            "call_off.agreement", "The call-off names another framework agreement than the one in force.",
            hint=f"It is: {agreed.name}.", case=version.reference,
        )  # fmt: skip


def withdraw(state: CallOffState, command: c.WithdrawCallOff, facts: Facts) -> tuple[e.Event, ...]:
    """Nothing was granted, so nothing is owed."""
    return (e.CallOffWithdrawn(reason=command.reason),)


TRANSITIONS: Mapping[type[c.Command], object] = {c.Submit: submit, c.WithdrawCallOff: withdraw}
