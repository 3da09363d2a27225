"""Which kind of entry may follow in which state of its case, and for whom: written apart from the code that writes the
log, so that the two can be held against each other."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One kind of entry: its machine, whose person in which role records it, and the states it leads from and to.

    A state to of "" is the one that the entry's own `outcome` names.
    """

    machine: str
    side: str
    role: str
    moves: Mapping[str, str]


OUTCOMES = {"ready": "outcome ready"}
"""The states that an outcome names by another word."""

_BEFORE_GRANT = (
    "submitted", "returned", "measuring", "assessing", "with controllers", "outcome ready", "coverage hold",
)  # fmt: skip
_APPROVED = ("approved", "approved with conditions", "approved in part")
_WAITING = ("asked", "to reaffirm")
_SENT = ("sent", "sent, closed")
_CLOSED = {"sent": "sent, closed", "receipted": "receipted, closed"}
"""What is no longer served has left all the same: its receipt and its deletion are still to come."""


def _from(states: tuple[str, ...], to: str | None = None) -> dict[str, str]:
    """The same state to from each; None keeps each as it is."""
    return {state: state if to is None else to for state in states}


def _steps(machine: str, kinds: Mapping[str, tuple[str, Mapping[str, str]]]) -> dict[str, Step]:
    """The steps of a machine from `side role` and moves by kind."""
    by = {kind: who.split() for kind, (who, _) in kinds.items()}
    return {kind: Step(machine, side, role, kinds[kind][1]) for kind, (side, role) in by.items()}


_PROVIDER, _CLOCK = "provider operator", "clock clock"
_RECEIVER, _DECIDER = "receiver applicant", "controller decider"
_IN_FORCE = {"in force": "in force"}

STEPS: Mapping[str, Step] = {
    **_steps("account", {
        "AgreementSigned": (_PROVIDER, {"none": "in force"} | _IN_FORCE),
        "ControllerAdhered": (_PROVIDER, _IN_FORCE),
        "AuthorityDelegated": (_PROVIDER, _IN_FORCE),
        "MeasuringInstructed": (_DECIDER, _IN_FORCE),
        "MeasuringInstructionWithdrawn": (_DECIDER, _IN_FORCE),
        "CataloguePublished": (_PROVIDER, _IN_FORCE),
        "SnapshotLoaded": (_PROVIDER, _IN_FORCE),
        "PersonListLoaded": (_PROVIDER, _IN_FORCE),
        "ScopeKeyMade": (_PROVIDER, _IN_FORCE),
        "ScopeKeyDestroyed": (_PROVIDER, _IN_FORCE),
        "KeyReplaced": (_PROVIDER, _IN_FORCE),
        "KeyEnded": (_PROVIDER, _IN_FORCE),
        "KeyRenewed": (_PROVIDER, _IN_FORCE),
    }),
    **_steps("call-off", {
        "CallOffSubmitted": (_RECEIVER, _from(("none", *_BEFORE_GRANT), "submitted")),
        "CallOffWithdrawn": (_RECEIVER, _from(_BEFORE_GRANT, "withdrawn")),
        "FindingsRecorded": (_PROVIDER, _from(("submitted",))),
        "CallOffReturned": (_PROVIDER, _from(("submitted", "assessing"), "returned")),
        "IntakeAccepted": (_PROVIDER, {"submitted": "measuring"}),
        "ExposureMeasured": (_PROVIDER, {"measuring": "assessing"}),
        "ControllersOpened": (_PROVIDER, {"assessing": "with controllers"}),
        "OutcomeReached": (_CLOCK, {"with controllers": ""}),
        "SubsetConfirmed": ("receiver leader", {"outcome ready": "granted"}),
        "GrantCountersigned": (_PROVIDER, {"granted": "active"}),
        "CallOffEnded": (_CLOCK, _from(("granted", "active"), "ending")),
        "CallOffClosed": (_CLOCK, {"ending": "closed"}),
    }),
    **_steps("controller case", {
        "ControllerAsked": (_PROVIDER, _from(("none", "asked", "rejected", "lapsed"), "asked")),
        "DecisionVoided": (_PROVIDER, _from((*_APPROVED, "to reaffirm"), "asked")),
        "ReaffirmationAsked": (_PROVIDER, _from((*_APPROVED, "to reaffirm"), "to reaffirm")),
        "AdviceGiven": ("controller dpo", _from(_WAITING)),
        "ControllerDecided": (_DECIDER, _from(_WAITING, "")),
        "ControllerLapsed": (_CLOCK, _from(_WAITING, "lapsed")),
        "SliceRevoked": (_DECIDER, _from(_APPROVED, "revoked")),
    }),
    **_steps("delivery", {
        "DeliveryPlanned": (_PROVIDER, {"none": "planned"}),
        "ManifestSigned": (_PROVIDER, {"planned": "manifested"}),
        "GenerationSent": (_PROVIDER, _from(("manifested", "sent"), "sent") | _from(("receipted",))),
        "PackageReissued": (_PROVIDER, _from(("sent", "receipted"))),
        "ReceiptAccepted": ("receiver custodian", {x: x.replace("sent", "receipted") for x in _SENT}),
        "GenerationClosed": (_CLOCK, _from(("planned", "manifested"), "closed unsent") | _CLOSED),
        "DeletionDue": (_CLOCK, _from((*_CLOSED, *_CLOSED.values()), "deletion due")),
        "DeletionConfirmed": ("receiver custodian", {"deletion due": "deleted"}),
        "AlarmRaised": (_CLOCK, _from((*_SENT, "deletion due"))),
    }),
}  # fmt: skip
"""Every kind of entry."""


def machine(case: str) -> str:
    """The machine of a case id: `account`, a reference, `<reference>/<controller>`, `<reference>/delivery/<number>`."""
    parts = case.split("/")
    if len(parts) == 1:
        return "account" if case == "account" else "call-off"
    return "delivery" if parts[1] == "delivery" else "controller case"


def follow(state: str, kind: str, outcome: str) -> str | None:
    """The state after an entry of that kind, or None if it may not follow."""
    to = STEPS[kind].moves.get(state) if kind in STEPS else None
    return OUTCOMES.get(outcome, outcome) if to == "" else to
