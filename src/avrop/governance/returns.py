"""What comes back from the receiver, signed with its own key: the receipt and the confirmation of deletion."""

from datetime import datetime

from avrop.canonical import Digest, document


@document
class Receipt:
    """The receiver saw this manifest, and its own digests of the files matched."""

    manifest: Digest
    delivery: str
    files: tuple[tuple[str, Digest], ...]
    place: str
    received_by: str
    received_at: datetime


@document
class DeletionConfirmation:
    """Gone: what, when, how, and what is kept on which ground."""

    manifest: Digest
    delivery: str
    trigger: str
    method: str
    kept: str
    deleted_by: str
    deleted_at: datetime
