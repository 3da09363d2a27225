"""One delivery's state: planned, manifested, sent, receipted, due for deletion, deleted; and whether it is served."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from avrop.canonical import Digest
from avrop.governance import events as e


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    NONE = "none"
    PLANNED = "planned"
    MANIFESTED = "manifested"
    SENT = "sent"
    RECEIPTED = "receipted"
    DELETION_DUE = "deletion due"
    DELETED = "deleted"
    CLOSED_UNSENT = "closed unsent"


STATUS_AFTER: Mapping[str, DeliveryStatus | None] = {
    "DeliveryPlanned": DeliveryStatus.PLANNED,
    "ManifestSigned": DeliveryStatus.MANIFESTED,
    "GenerationSent": DeliveryStatus.SENT,
    "PackageReissued": None,
    "ReceiptAccepted": DeliveryStatus.RECEIPTED,
    "GenerationClosed": None,  # an unsent one ends; one that left stays to be accounted for
    "DeletionDue": DeliveryStatus.DELETION_DUE,
    "DeletionConfirmed": DeliveryStatus.DELETED,
    "AlarmRaised": None,
}
"""The status each event leads to; None keeps it (or the event says)."""

UNSENT = frozenset({DeliveryStatus.PLANNED, DeliveryStatus.MANIFESTED})
RECEIPTED_CHANNELS = frozenset({"folder", "package"})
"""Ways to hand over the whole generation with its manifest, which the receiver receipts. What is read variable by
variable has no receipt."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryState:
    """What the delivery's events add up to. `open` says whether the generation may still be served; `sent_on` when it
    was last handed over by a channel that is receipted."""

    status: DeliveryStatus = DeliveryStatus.NONE
    call_off: str = ""
    generation: int = 0
    grant: Digest | None = None
    snapshot: Digest | None = None
    controllers: tuple[str, ...] = ()
    manifest: Digest | None = None
    receipt: Digest | None = None
    sent_on: date | None = None
    deletion_due: date | None = None
    alarms: tuple[str, ...] = ()
    open: bool = False
    reissued: tuple[str, ...] = ()


def evolve(state: DeliveryState, event: e.DeliveryEvent) -> DeliveryState:
    """The state after one event."""
    moved = replace(state, status=STATUS_AFTER[event.type] or state.status)
    match event:
        case e.DeliveryPlanned():
            return replace(
                moved,
                call_off=event.call_off,
                generation=event.generation,
                grant=event.grant,
                snapshot=event.snapshot,
                controllers=event.controllers,
                open=True,
            )
        case e.ManifestSigned():
            return replace(moved, manifest=event.manifest)
        case e.GenerationSent():
            status = state.status if state.status is DeliveryStatus.RECEIPTED else moved.status
            sent_on = event.sent_on if event.channel in RECEIPTED_CHANNELS else state.sent_on
            return replace(moved, status=status, sent_on=sent_on)
        case e.PackageReissued():
            return replace(moved, reissued=(*state.reissued, event.package))
        case e.AlarmRaised():
            return replace(moved, alarms=(*state.alarms, event.what))
        case e.ReceiptAccepted():
            return replace(moved, receipt=event.receipt)
        case e.GenerationClosed():
            status = DeliveryStatus.CLOSED_UNSENT if state.status in UNSENT else state.status
            return replace(moved, status=status, open=False)
        case e.DeletionDue():
            return replace(moved, deletion_due=event.due)
        case _:
            return moved
