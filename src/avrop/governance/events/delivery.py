"""What has happened to one delivery."""

from datetime import date
from typing import Literal

from avrop.canonical import Digest, document

DeletionTrigger = Literal["revocation with recall", "grant ended"]
AlarmKind = Literal["receipt overdue", "deletion overdue"]


@document
class DeliveryPlanned:
    """A generation is to be built: from this grant, this snapshot."""

    call_off: str
    generation: int
    grant: Digest
    snapshot: Digest
    controllers: tuple[str, ...]
    type: Literal["DeliveryPlanned"] = "DeliveryPlanned"


@document
class ManifestSigned:
    """The generation stands; `manifest` is the digest of its Signed manifest."""

    manifest: Digest
    grant: Digest
    controllers: tuple[str, ...]
    files: int
    rows: int
    type: Literal["ManifestSigned"] = "ManifestSigned"


@document
class GenerationSent:
    """The bytes were handed over, after the grant was computed again."""

    grant: Digest
    channel: str
    sent_on: date
    type: Literal["GenerationSent"] = "GenerationSent"


@document
class ReceiptAccepted:
    """The receiver's signed receipt matches the manifest."""

    receipt: Digest
    manifest: Digest
    type: Literal["ReceiptAccepted"] = "ReceiptAccepted"


@document
class GenerationClosed:
    """The generation is no longer served."""

    reason: str
    type: Literal["GenerationClosed"] = "GenerationClosed"


@document
class DeletionDue:
    """What left must be deleted by this day, and why."""

    trigger: DeletionTrigger
    controllers: tuple[str, ...]
    due: date
    type: Literal["DeletionDue"] = "DeletionDue"


@document
class DeletionConfirmed:
    """The receiver's signed confirmation of deletion matches the manifest."""

    confirmation: Digest
    manifest: Digest
    type: Literal["DeletionConfirmed"] = "DeletionConfirmed"


@document
class AlarmRaised:
    """A receipt or a confirmation of deletion did not come in due time."""

    what: AlarmKind
    due: date
    type: Literal["AlarmRaised"] = "AlarmRaised"


@document
class PackageReissued:
    """The receiver lost a sealing key: the same generation is sealed again, as another package for another key."""

    manifest: Digest
    grant: Digest
    package: str
    sealing_key: str
    type: Literal["PackageReissued"] = "PackageReissued"


DeliveryEvent = (
    DeliveryPlanned
    | ManifestSigned
    | GenerationSent
    | ReceiptAccepted
    | GenerationClosed
    | DeletionDue
    | DeletionConfirmed
    | AlarmRaised
    | PackageReissued
)
