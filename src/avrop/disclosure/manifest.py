"""What left: the signed following note of a generation, the receiver's receipt, the confirmation of deletion.

A manifest never tells who was left out, nor how many.
"""

from datetime import datetime

from avrop.canonical import Digest, document


@document
class ManifestColumn:
    """A column of a file, with the level it is at."""

    name: str
    type: str
    level: str
    label: str


@document
class ManifestFile:
    """One file: its name within the generation, bytes, rows and digest."""

    name: str
    table: str
    rows: int
    size: int
    digest: Digest
    columns: tuple[ManifestColumn, ...]


@document
class ManifestSlice:
    """One slice that is in: controller, the digest it decided, and its decision."""

    controller: str
    slice_plan: Digest
    decision: Digest


@document
class Manifest:
    """What left, on which decisions. `log_size` is the size of the log that holds them all."""

    call_off: str
    delivery: str
    generation: int
    version: Digest
    catalogue: Digest
    snapshot: Digest
    grant: Digest
    merge_plan: Digest
    slices: tuple[ManifestSlice, ...]
    files: tuple[ManifestFile, ...]
    pseudonym_scope: str
    log_size: int
    keep_until: str
    made_at: datetime


@document
class Receipt:
    """The receiver saw this manifest and its own digests matched."""

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


@document
class Signed:
    """A document's canonical JSON text with an Ed25519 signature over `AVROP <kind> 1\\n` and that text (UTF-8).

    `key` is the key's id: the first 16 hex characters of SHA-256 of the raw public key. `signature` is base64.
    """

    kind: str
    body: str
    key: str
    signature: str
