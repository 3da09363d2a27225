"""Account: the framework agreement, adhesions, instructions, delegations, and the end of pseudonym scopes."""

from collections.abc import Mapping

from avrop.errors import Conflict, Mistake
from avrop.governance import commands as c
from avrop.governance import events as e
from avrop.governance.agreements import AccountState
from avrop.governance.facts import Facts
from avrop.governance.keys import controller, require_public_key


def sign_agreement(state: AccountState, command: c.SignAgreement, facts: Facts) -> tuple[e.Event, ...]:
    """The first signature puts it in force; another one changes policy or rule, never the parties or their keys."""
    for party, public_key in (("provider", command.provider_key), ("receiver", command.receiver_key)):
        require_public_key(public_key, holder=party)
    event = e.AgreementSigned(
        provider=command.provider,
        provider_name=command.provider_name,
        provider_key=command.provider_key,
        receiver=command.receiver,
        receiver_name=command.receiver_name,
        receiver_key=command.receiver_key,
        policy=command.policy,
        rule=command.rule,
        general_purpose=command.general_purpose,
        name=command.name,
    )
    if state.agreement == event:
        return ()
    if state.agreement and (state.agreement.provider, state.agreement.receiver) != (event.provider, event.receiver):
        raise Conflict("agreement.parties", "The framework agreement has other parties.", hint="Use a new account.")
    keys = (("provider", event.provider_key), ("receiver", event.receiver_key))
    if state.agreement and any(state.key_of(party) != public_key for party, public_key in keys):
        raise Conflict(
            "agreement.key_differs",
            "The agreement names another key than the one in force.",
            hint="Replace the key instead: `avrop keys rotate signing`.",
        )
    return (event,)


def adhere(state: AccountState, command: c.Adhere, facts: Facts) -> tuple[e.Event, ...]:
    """A controller adheres once; another key for the same controller is not taken without rotation."""
    require_public_key(command.public_key, holder=controller(command.controller))
    known = state.controllers.get(command.controller)
    if known is not None:
        if any(key.public_key == command.public_key for key in state.keys_of(controller(command.controller))):
            return ()
        raise Conflict(
            "agreement.key_differs",
            "The controller has adhered with another key.",
            hint="Replace the key instead: `avrop keys replace`.",
            controller=command.controller,
        )
    return (
        e.ControllerAdhered(
            controller=command.controller,
            name=command.name,
            public_key=command.public_key,
            competent_body=command.competent_body,
            notice_published=command.notice_published,
        ),
    )


def instruct_measuring(state: AccountState, command: c.InstructMeasuring, facts: Facts) -> tuple[e.Event, ...]:
    """A live instruction has an end."""
    _require_adhered(state, command.controller)
    if command.valid_to <= facts.now.date():
        raise Mistake("agreement.period", "The instruction would end before it begins.", hint="Give a later day.")
    return (e.MeasuringInstructed(controller=command.controller, valid_to=command.valid_to),)


def withdraw_measuring(state: AccountState, command: c.WithdrawMeasuring, facts: Facts) -> tuple[e.Event, ...]:
    """Taking back what was not given changes nothing."""
    _require_adhered(state, command.controller)
    if state.controllers[command.controller].measuring_to is None:
        return ()
    return (e.MeasuringInstructionWithdrawn(controller=command.controller),)


def delegate(state: AccountState, command: c.Delegate, facts: Facts) -> tuple[e.Event, ...]:
    """Authority has a beginning and an end."""
    _require_adhered(state, command.controller)
    if command.valid_to <= command.valid_from:
        raise Mistake("agreement.period", "The authority would end before it begins.", hint="Give a later day.")
    return (
        e.AuthorityDelegated(
            controller=command.controller,
            person=command.person,
            valid_from=command.valid_from,
            valid_to=command.valid_to,
        ),
    )


def destroy_scope(state: AccountState, command: c.DestroyScope, facts: Facts) -> tuple[e.Event, ...]:
    """Once destroyed, for good."""
    if command.scope in state.destroyed_scopes:
        return ()
    if command.scope not in state.scopes:
        raise Mistake("scope.unknown", "There is no such pseudonym scope.", hint="See the account's timeline.")
    return (e.ScopeKeyDestroyed(scope=command.scope),)


def _require_adhered(state: AccountState, controller: str) -> None:
    if controller not in state.controllers:
        raise Mistake(
            "agreement.not_adhered",
            "The controller has not adhered to the framework agreement.",
            hint="Record its adhesion first.",
            controller=controller,
        )


TRANSITIONS: Mapping[type[c.Command], object] = {
    c.SignAgreement: sign_agreement,
    c.Adhere: adhere,
    c.InstructMeasuring: instruct_measuring,
    c.WithdrawMeasuring: withdraw_measuring,
    c.Delegate: delegate,
    c.DestroyScope: destroy_scope,
}
