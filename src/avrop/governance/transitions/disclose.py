"""Disclose: countersigning, generations on today's grant, handing over, closing, and the duty to delete."""

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from avrop.canonical import Digest, digest
from avrop.errors import Conflict, Refusal, Tampered
from avrop.governance import commands as c
from avrop.governance import events as e
from avrop.governance.agreements import AccountState
from avrop.governance.calloff import CallOffState
from avrop.governance.delivery import RECEIPTED_CHANNELS, DeliveryState
from avrop.governance.facts import Facts
from avrop.governance.grants import Grant, stale_lists
from avrop.governance.keys import signed_by


def make_scope(state: AccountState, command: c.MakeScope, facts: Facts) -> tuple[e.Event, ...]:
    """A scope's key is made once; a destroyed one never comes back."""
    if command.scope in state.destroyed_scopes:
        raise Refusal("scope.destroyed", "This pseudonym scope's key was destroyed for good.")
    return () if command.scope in state.scopes else (e.ScopeKeyMade(scope=command.scope),)


def countersign(state: CallOffState, command: c.Countersign, facts: Facts) -> tuple[e.Event, ...]:
    """Four eyes: not the operator who opened the cases; and the grant is the one that was looked at."""
    if facts.actor.person == state.preparer:
        raise Refusal(
            "grant.same_operator",
            "The operator who prepared the call-off cannot countersign its grant.",
            hint="Let a second operator countersign.",
            case=facts.case,
        )
    if digest(_grant(facts)) != command.grant:
        raise Tampered("grant.differs", "Today's grant is not the one that was looked at.", hint="Look again.")
    return (e.GrantCountersigned(grant=command.grant, prepared_by=state.preparer or ""),)


def plan_delivery(state: DeliveryState, command: c.PlanDelivery, facts: Facts) -> tuple[e.Event, ...]:
    """A generation begins from today's grant, after every earlier one was closed, with fresh lists."""
    grant = _grant(facts)
    _require_active(facts)
    require_fresh_lists(facts)
    if any(delivery.open for delivery in facts.deliveries.values()):
        raise Refusal(
            "delivery.one_open",
            "An earlier generation is still open: what it serves is what would be delivered again.",
            hint="It closes when today's grant, or a list of people to leave out, is no longer what it was built on.",
        )
    return (
        e.DeliveryPlanned(
            call_off=grant.call_off,
            generation=command.generation,
            grant=digest(grant),
            snapshot=command.snapshot,
            controllers=grant.controllers,
        ),
    )


def record_manifest(state: DeliveryState, command: c.RecordManifest, facts: Facts) -> tuple[e.Event, ...]:
    """What was built stands only if the grant it was built on is still today's, and the provider signed it."""
    if not state.open or digest(_grant(facts)) != command.built_on or command.built_on != state.grant:
        raise Conflict(
            "delivery.grant_changed",
            "The grant changed since the generation was planned.",
            hint="Plan the next generation.",
            case=facts.case,
        )
    require_fresh_lists(facts)
    require_same_lists(facts)
    keys = facts.account.keys_of("provider")
    if not signed_by(keys, command.signed, kind="manifest", dated=command.made_at, now=facts.now, case=facts.case):
        raise Refusal(
            "manifest.signature", "The manifest is not signed with the provider's key in force.", case=facts.case
        )
    return (
        e.ManifestSigned(
            manifest=digest(command.signed),
            grant=command.built_on,
            controllers=command.controllers,
            files=command.files,
            rows=command.rows,
        ),
    )


def send(state: DeliveryState, command: c.Send, facts: Facts) -> tuple[e.Event, ...]:
    """The grant is computed again when bytes are handed over. Sending again what was sent is recorded again; what has
    its receipt is not handed over whole a second time."""
    sealed = require_served(state, facts)
    if state.receipt is not None and command.channel in RECEIPTED_CHANNELS:
        raise Refusal(
            "delivery.receipted",
            "The receiver has signed its receipt for this generation.",
            hint="If it lost the package or its key, seal it again: `avrop disclose seal-again`.",
            case=facts.case,
        )
    return (e.GenerationSent(grant=sealed, channel=command.channel, sent_on=facts.now.date()),)


def reissue(state: DeliveryState, command: c.Reissue, facts: Facts) -> tuple[e.Event, ...]:
    """What was handed over, and may be today, sealed once more: nothing is extracted or merged anew. A package is
    recorded once."""
    if command.package in state.reissued:
        return ()
    sealed, manifest = require_served(state, facts), cast("Digest", state.manifest)
    return (
        e.PackageReissued(manifest=manifest, grant=sealed, package=command.package, sealing_key=command.sealing_key),
    )


def require_served(state: DeliveryState, facts: Facts) -> Digest:
    """Refuse to serve a generation that today's grant is not exactly the one of, or with lists that are too old. Gives
    the grant's digest."""
    if not state.open or facts.grant is None or digest(facts.grant) != state.grant:
        raise Refusal(
            "delivery.closed",
            "The generation is closed: today's grant does not cover it.",
            hint="Plan the next generation.",
            case=facts.case,
        )
    require_fresh_lists(facts)
    require_same_lists(facts)
    return digest(facts.grant)


def close_generation(state: DeliveryState, command: c.CloseGeneration, facts: Facts) -> tuple[e.Event, ...]:
    """Closed once; the reason is recorded."""
    return (e.GenerationClosed(reason=command.reason),) if state.open else ()


def demand_deletion(state: DeliveryState, command: c.DemandDeletion, facts: Facts) -> tuple[e.Event, ...]:
    """What left, and is served no longer, is due for deletion by a day; the receiver must confirm."""
    if state.open:
        raise Refusal(
            "delivery.open",
            "The generation is still served.",
            hint="It closes when today's grant no longer covers it; deletion is due then.",
            case=facts.case,
        )
    due = facts.now.date() + timedelta(days=facts.limits.deletion_due_days)
    trigger = cast("e.DeletionTrigger", command.trigger)
    return (e.DeletionDue(trigger=trigger, controllers=command.controllers, due=due),)


def end_call_off(state: CallOffState, command: c.EndCallOff, facts: Facts) -> tuple[e.Event, ...]:
    """No further delivery."""
    return (e.CallOffEnded(reason=cast("e.EndReason", command.reason)),)


def require_fresh_lists(facts: Facts) -> None:
    """Refuse to build or hand over with lists of protected or objecting people that are older than their limit."""
    stale = stale_lists(facts.account, now=facts.now, max_age_hours=facts.limits.person_list_max_age_hours)
    if stale:
        hours = facts.limits.person_list_max_age_hours
        raise Refusal(
            "lists.stale",
            f"These lists are missing or older than {hours} hours: {', '.join(stale)}.",
            hint="Load fresh lists first.",
        )


def require_same_lists(facts: Facts) -> None:
    """Refuse what was built before the newest lists: somebody may be on them who is in it."""
    if facts.lists_changed:
        raise Refusal(
            "lists.changed_since",
            "A list of people to leave out was changed since the generation was built.",
            hint="Plan the next generation.",
            case=facts.case,
        )


def _require_active(facts: Facts) -> None:
    if facts.call_off.status.value != "active":
        raise Refusal(
            "delivery.not_active",
            f"The call-off is '{facts.call_off.status}', not active.",
            hint="A second operator must countersign the grant first.",
        )


def _grant(facts: Facts) -> Grant:
    if facts.grant is None:
        raise Refusal("grant.none", "No slice is granted today.", hint="See the controllers' decisions.")
    return facts.grant


TRANSITIONS: Mapping[type[c.Command], object] = {
    c.MakeScope: make_scope,
    c.Countersign: countersign,
    c.PlanDelivery: plan_delivery,
    c.RecordManifest: record_manifest,
    c.Send: send,
    c.Reissue: reissue,
    c.CloseGeneration: close_generation,
    c.DemandDeletion: demand_deletion,
    c.EndCallOff: end_call_off,
}
