"""What has happened: every event of every case, small, past tense, without learner data. Never rewritten.

An event names documents by digest; the documents stand beside the log. The union is tagged by the literal `type`.
"""

from typing import Annotated

from pydantic import Field

from avrop.governance.events.account import (
    AccountEvent,
    AgreementSigned,
    AuthorityDelegated,
    CataloguePublished,
    ControllerAdhered,
    MeasuringInstructed,
    MeasuringInstructionWithdrawn,
    PersonListLoaded,
    ScopeKeyDestroyed,
    ScopeKeyMade,
    SnapshotLoaded,
)
from avrop.governance.events.calloff import (
    CallOffClosed,
    CallOffEnded,
    CallOffEvent,
    CallOffReturned,
    CallOffSubmitted,
    CallOffWithdrawn,
    ControllersOpened,
    EndReason,
    ExposureMeasured,
    FindingsRecorded,
    GrantCountersigned,
    IntakeAccepted,
    OutcomeReached,
    SubsetConfirmed,
)
from avrop.governance.events.controllercase import (
    AdviceGiven,
    AdviceKind,
    ControllerAsked,
    ControllerDecided,
    ControllerEvent,
    ControllerLapsed,
    DecisionVoided,
    ReaffirmationAsked,
    SliceRevoked,
)
from avrop.governance.events.delivery import (
    AlarmKind,
    AlarmRaised,
    DeletionConfirmed,
    DeletionDue,
    DeletionTrigger,
    DeliveryEvent,
    DeliveryPlanned,
    GenerationClosed,
    GenerationSent,
    ManifestSigned,
    ReceiptAccepted,
)

Event = Annotated[AccountEvent | CallOffEvent | ControllerEvent | DeliveryEvent, Field(discriminator="type")]

__all__ = [
    "AccountEvent",
    "AdviceGiven",
    "AdviceKind",
    "AgreementSigned",
    "AlarmKind",
    "AlarmRaised",
    "AuthorityDelegated",
    "CallOffClosed",
    "CallOffEnded",
    "CallOffEvent",
    "CallOffReturned",
    "CallOffSubmitted",
    "CallOffWithdrawn",
    "CataloguePublished",
    "ControllerAdhered",
    "ControllerAsked",
    "ControllerDecided",
    "ControllerEvent",
    "ControllerLapsed",
    "ControllersOpened",
    "DecisionVoided",
    "DeletionConfirmed",
    "DeletionDue",
    "DeletionTrigger",
    "DeliveryEvent",
    "DeliveryPlanned",
    "EndReason",
    "Event",
    "ExposureMeasured",
    "FindingsRecorded",
    "GenerationClosed",
    "GenerationSent",
    "GrantCountersigned",
    "IntakeAccepted",
    "ManifestSigned",
    "MeasuringInstructed",
    "MeasuringInstructionWithdrawn",
    "OutcomeReached",
    "PersonListLoaded",
    "ReaffirmationAsked",
    "ReceiptAccepted",
    "ScopeKeyDestroyed",
    "ScopeKeyMade",
    "SliceRevoked",
    "SnapshotLoaded",
    "SubsetConfirmed",
]
