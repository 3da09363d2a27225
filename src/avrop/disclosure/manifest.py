"""What left: the manifest of a generation, signed by the provider.

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
