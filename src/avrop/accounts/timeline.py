"""What happened, in words: one line per entry, for people."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from avrop.accounts.entries import Payload
from avrop.governance import events as e


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a timeline. `who` is a role and an organisation, never a person."""

    at: str
    case: str
    sequence: int
    who: str
    what: str


def timeline(payloads: Iterable[Payload]) -> tuple[Line, ...]:
    """The lines of these entries, in their order."""
    return tuple(
        Line(
            at=f"{payload.at:%Y-%m-%d %H:%M}",
            case=payload.case,
            sequence=payload.sequence,
            who=f"{payload.actor.role.replace('_', ' ')} of {payload.actor.organisation}",
            what=in_words(payload.event),
        )
        for payload in payloads
    )


def in_words(event: e.Event) -> str:
    """What an event says, in a sentence."""
    return WORDS[type(event)](event)


def counted(number: int, thing: str) -> str:
    """So many of a thing, in words.

    >>> counted(1, "note"), counted(2, "note")
    ('1 note', '2 notes')
    """
    return f"{number} {thing}{'' if number == 1 else 's'}"


def short(digest: str | None) -> str:
    """The first characters of a digest, enough to compare by eye."""
    return digest.removeprefix("sha256:")[:12] if digest else "-"


WORDS: Mapping[type, Callable[[Any], str]] = {
    e.AgreementSigned: lambda x: f"The framework agreement between {x.provider} and {x.receiver} is in force.",
    e.ControllerAdhered: lambda x: f"{x.name} ({x.controller}) adhered by its {x.competent_body}.",
    e.MeasuringInstructed: lambda x: f"Controller {x.controller} instructed measuring until {x.valid_to}.",
    e.MeasuringInstructionWithdrawn: lambda x: f"Controller {x.controller} withdrew its instruction to measure.",
    e.AuthorityDelegated: lambda x: f"Authority to decide for {x.controller} delegated until {x.valid_to}.",
    e.CataloguePublished: lambda x: f"Catalogue {x.name} {x.version} published with {x.variables} variables.",
    e.SnapshotLoaded: lambda x: f"Snapshot {short(x.snapshot)} loaded: {x.tables} tables, {x.rows} rows.",
    e.PersonListLoaded: lambda x: f"The list '{x.list}' was refreshed.",
    e.ScopeKeyMade: lambda x: f"The pseudonym scope {x.scope} got its key.",
    e.ScopeKeyDestroyed: lambda x: f"The key of pseudonym scope {x.scope} was destroyed.",
    e.KeyReplaced: lambda x: f"The key of {x.holder} was replaced; the old one is accepted until {x.accepted_until}.",
    e.KeyEnded: lambda x: f"The key of {x.holder} ended at once: it was {x.why}.",
    e.KeyRenewed: lambda x: f"A new key of {x.holder}, decided by its {x.decided_by}, on the word of others.",
    e.CallOffSubmitted: lambda x: f"Version {x.number} submitted ({x.direction}), to {len(x.controllers)} controllers.",
    e.CallOffReturned: lambda x: f"Returned to the receiver: {x.reason}",
    e.IntakeAccepted: lambda x: f"Taken in; {len(x.measured)} controllers can be measured, {len(x.unmeasured)} not.",
    e.FindingsRecorded: lambda x: (
        f"Checked: {counted(x.stops, 'stop')}, {counted(x.questions, 'question')}, {counted(x.notes, 'note')}."
    ),
    e.ExposureMeasured: lambda x: f"Exposure measured for {len(x.controller_views)} controllers.",
    e.ControllersOpened: lambda x: f"{len(x.slice_plans)} controllers asked; the time limit is {x.cut_off}.",
    e.OutcomeReached: lambda x: (
        f"Outcome {x.outcome}: {len(x.approved)} approved, {len(x.rejected)} rejected, {len(x.lapsed)} lapsed."
    ),
    e.SubsetConfirmed: lambda x: f"The leader confirmed that {len(x.controllers)} controllers serve the purpose.",
    e.GrantCountersigned: lambda x: f"The grant {short(x.grant)} was countersigned by a second operator.",
    e.CallOffWithdrawn: lambda x: f"Withdrawn: {x.reason}",
    e.CallOffEnded: lambda x: f"Ended: {x.reason}.",
    e.CallOffClosed: lambda _: "Closed: everything delivered is confirmed deleted.",
    e.ControllerAsked: lambda x: f"Asked to decide on slice plan {short(x.slice_plan)} by {x.cut_off}.",
    e.AdviceGiven: lambda x: f"The data protection officer advised: {x.advice}.",
    e.ControllerDecided: lambda x: f"Decided: {x.outcome}, sealed to slice plan {short(x.slice_plan)}.",
    e.ControllerLapsed: lambda x: f"No decision by {x.cut_off}: left out.",
    e.DecisionVoided: lambda _: "The call-off widened: the decision no longer holds.",
    e.ReaffirmationAsked: lambda _: "The call-off narrowed: asked to reaffirm.",
    e.SliceRevoked: lambda x: f"Revoked{', with recall' if x.recall else ''}.",
    e.DeliveryPlanned: lambda x: f"Generation {x.generation} planned on grant {short(x.grant)}.",
    e.ManifestSigned: lambda x: f"Manifest {short(x.manifest)} signed: {x.files} files, {x.rows} rows.",
    e.GenerationSent: lambda x: f"Handed over by {x.channel}.",
    e.PackageReissued: lambda x: f"Sealed again for key {x.sealing_key} of the receiver, as package {x.package}.",
    e.ReceiptAccepted: lambda x: f"Receipt {short(x.receipt)} accepted.",
    e.GenerationClosed: lambda x: f"The generation was closed: {x.reason}.",
    e.DeletionDue: lambda x: f"Deletion due by {x.due}: {x.trigger}.",
    e.DeletionConfirmed: lambda _: "The receiver confirmed deletion.",
    e.AlarmRaised: lambda x: f"Alarm: {x.what} since {x.due}.",
}
"""One sentence per event."""
