"""Who may do what, in which state: one table, read by the write path, by pages for their buttons, and by the manual.

The reason for a no is a sentence for the person who asked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from avrop.actors import Actor, Role
from avrop.errors import Refusal
from avrop.governance import commands as c
from avrop.governance.calloff import CallOffStatus as S
from avrop.governance.controllercase import APPROVING
from avrop.governance.controllercase import ControllerStatus as K
from avrop.governance.delivery import DeliveryStatus as D
from avrop.governance.nextsteps import NEXT

Machine = Literal["account", "call-off", "controller case", "delivery"]
Side = Literal["provider", "receiver", "the controller itself", "the clock"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One command: its machine and verb, whose person in which roles, in which states, and the events it may cause."""

    machine: Machine
    verb: str
    side: Side
    roles: tuple[Role, ...]
    states: tuple[str, ...]
    events: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Parties:
    """Which organisation is on which side of this case; `controller` only where the case is one controller's."""

    provider: str
    receiver: str
    controller: str | None = None


def _account(verb: str, *events: str, states: tuple[str, ...] = ("in force",)) -> Rule:
    return Rule(machine="account", verb=verb, side="provider", roles=(Role.OPERATOR,), states=states, events=events)


def _by(machine: Machine, verb: str, side: Side, role: Role, states: tuple[str, ...], *events: str) -> Rule:
    return Rule(machine=machine, verb=verb, side=side, roles=(role,), states=states, events=events)


_BEFORE_GRANT = (
    S.SUBMITTED, S.RETURNED, S.MEASURING, S.ASSESSING, S.WITH_CONTROLLERS, S.OUTCOME_READY, S.COVERAGE_HOLD,
)  # fmt: skip
_OPERATOR = Role.OPERATOR
_ITSELF: Side = "the controller itself"
_CLOCK: Side = "the clock"

RULES: Mapping[type[c.Command], Rule] = {
    c.SignAgreement: _account("account", "AgreementSigned", states=("none", "in force")),
    c.Adhere: _account("account", "ControllerAdhered"),
    c.InstructMeasuring: _by("account", "account", _ITSELF, Role.DECIDER, ("in force",), "MeasuringInstructed"),
    c.WithdrawMeasuring: _by(
        "account", "account", _ITSELF, Role.DECIDER, ("in force",), "MeasuringInstructionWithdrawn"
    ),
    c.Delegate: _account("account", "AuthorityDelegated"),
    c.PublishCatalogue: _account("publish", "CataloguePublished"),
    c.RecordSnapshot: _account("publish", "SnapshotLoaded"),
    c.RecordPersonList: _account("publish", "PersonListLoaded"),
    c.MakeScope: _account("disclose", "ScopeKeyMade"),
    c.DestroyScope: _account("account", "ScopeKeyDestroyed"),
    c.ReplaceKey: _account("account", "KeyReplaced"),
    c.EndKey: _account("account", "KeyEnded"),
    c.RenewKey: _account("account", "KeyRenewed"),
    c.Submit: _by(
        "call-off", "apply", "receiver", Role.APPLICANT, (S.NONE, *_BEFORE_GRANT), "CallOffSubmitted"
    ),
    c.WithdrawCallOff: _by("call-off", "apply", "receiver", Role.APPLICANT, _BEFORE_GRANT, "CallOffWithdrawn"),
    c.RecordFindings: _by("call-off", "assess", "provider", _OPERATOR, (S.SUBMITTED,), "FindingsRecorded"),
    c.ReturnCallOff: _by(
        "call-off", "assess", "provider", _OPERATOR, (S.SUBMITTED, S.ASSESSING), "CallOffReturned"
    ),
    c.AcceptIntake: _by("call-off", "assess", "provider", _OPERATOR, (S.SUBMITTED,), "IntakeAccepted"),
    c.RecordExposure: _by("call-off", "assess", "provider", _OPERATOR, (S.MEASURING,), "ExposureMeasured"),
    c.OpenControllers: _by("call-off", "assess", "provider", _OPERATOR, (S.ASSESSING,), "ControllersOpened"),
    c.ReachOutcome: _by("call-off", "decide", _CLOCK, Role.CLOCK, (S.WITH_CONTROLLERS,), "OutcomeReached"),
    c.ConfirmSubset: _by("call-off", "decide", "receiver", Role.LEADER, (S.OUTCOME_READY,), "SubsetConfirmed"),
    c.Countersign: _by("call-off", "disclose", "provider", _OPERATOR, (S.GRANTED,), "GrantCountersigned"),
    c.EndCallOff: _by("call-off", "disclose", _CLOCK, Role.CLOCK, (S.GRANTED, S.ACTIVE), "CallOffEnded"),
    c.CloseCallOff: _by("call-off", "receive", _CLOCK, Role.CLOCK, (S.ENDING,), "CallOffClosed"),
    c.Ask: _by(
        "controller case", "assess", "provider", _OPERATOR,
        tuple(k for k in K if k is not K.REVOKED),
        "ControllerAsked", "DecisionVoided", "ReaffirmationAsked",
    ),
    c.Advise: _by("controller case", "decide", _ITSELF, Role.DPO, (K.ASKED, K.REAFFIRM), "AdviceGiven"),
    c.Decide: _by("controller case", "decide", _ITSELF, Role.DECIDER, (K.ASKED, K.REAFFIRM), "ControllerDecided"),
    c.Lapse: _by("controller case", "decide", _CLOCK, Role.CLOCK, (K.ASKED, K.REAFFIRM), "ControllerLapsed"),
    c.Revoke: _by(
        "controller case", "decide", _ITSELF, Role.DECIDER, tuple(sorted(APPROVING)), "SliceRevoked"
    ),
    c.PlanDelivery: _by("delivery", "disclose", "provider", _OPERATOR, (D.NONE,), "DeliveryPlanned"),
    c.RecordManifest: _by("delivery", "disclose", "provider", _OPERATOR, (D.PLANNED,), "ManifestSigned"),
    c.Send: _by(
        "delivery", "disclose", "provider", _OPERATOR, (D.MANIFESTED, D.SENT, D.RECEIPTED), "GenerationSent"
    ),
    c.Reissue: _by("delivery", "disclose", "provider", _OPERATOR, (D.SENT, D.RECEIPTED), "PackageReissued"),
    c.CloseGeneration: _by(
        "delivery", "disclose", _CLOCK, Role.CLOCK, (D.PLANNED, D.MANIFESTED, D.SENT, D.RECEIPTED), "GenerationClosed"
    ),
    c.DemandDeletion: _by(
        "delivery", "disclose", _CLOCK, Role.CLOCK, (D.SENT, D.RECEIPTED), "DeletionDue"
    ),
    c.AcceptReceipt: _by(
        "delivery", "receive", "receiver", Role.CUSTODIAN, (D.SENT, D.RECEIPTED), "ReceiptAccepted"
    ),
    c.ConfirmDeletion: _by(
        "delivery", "receive", "receiver", Role.CUSTODIAN, (D.DELETION_DUE, D.DELETED), "DeletionConfirmed"
    ),
    c.RaiseAlarm: _by("delivery", "receive", _CLOCK, Role.CLOCK, (D.SENT, D.DELETION_DUE), "AlarmRaised"),
}  # fmt: skip
"""The whole table: every command has exactly one rule, and every event is caused by at least one command."""


def refusal(command: c.Command, *, actor: Actor, status: str, parties: Parties) -> tuple[str, str] | None:
    """(code, reason) why this actor may not do this now, or None if it may."""
    rule = RULES[type(command)]
    name = type(command).__name__
    owner = _owner(rule.side, command, parties)
    if owner == "":
        return (
            "rules.organisation",
            f"{name} is for the {rule.side}, and no agreement says yet who that is: sign it first.",
        )
    if actor.organisation != owner:
        return "rules.organisation", f"{name} is for {rule.side}; this person acts for another organisation."
    if actor.role not in rule.roles:
        allowed = " or ".join(role.value for role in rule.roles)
        return "rules.role", f"{name} is for the role {allowed}, not for {actor.role.value}."
    if status not in rule.states:
        return "rules.state", f"To {in_words(name)} is not possible: the {rule.machine} is {_standing(status)}."
    return None


def require(command: c.Command, *, actor: Actor, status: str, parties: Parties, case: str) -> None:
    """Raise the Refusal of the table, if it refuses."""
    no = refusal(command, actor=actor, status=status, parties=parties)
    if no is not None:
        code, reason = no
        hint = NEXT[RULES[type(command)].machine][status] if code == "rules.state" else ""
        raise Refusal(code, reason, hint=hint, case=case)


def in_words(command: str) -> str:
    """The name of a command as words.

    >>> in_words("AcceptIntake")
    'accept intake'
    """
    return re.sub("(?<=.)([A-Z])", r" \1", command).lower()


def _standing(status: str) -> str:
    return "not there yet" if status == "none" else f"'{status}'"


def _owner(side: Side, command: c.Command, parties: Parties) -> str | None:
    match side:
        case "provider":
            return parties.provider
        case "receiver":
            return parties.receiver
        case "the clock":
            return "clock"
        case _:
            return parties.controller or getattr(command, "controller", None)
