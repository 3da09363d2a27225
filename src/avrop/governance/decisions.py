"""A controller's own answer, and its taking back: the documents that it signs with its own key."""

from datetime import date, datetime
from typing import Literal

from avrop.canonical import Digest, document
from avrop.governance.slices import SliceTerms

Outcome = Literal["approved", "approved with conditions", "approved in part", "rejected"]


@document
class Decision:
    """One controller's answer, sealed to the slice plan it would let out and to everything it had before it.

    `seen` holds the digests of the call-off version, the findings and, if measured, the controller's risk view.
    """

    call_off: str
    version: Digest
    controller: str
    outcome: Outcome
    slice_plan: Digest
    seen: tuple[Digest, ...]
    terms: SliceTerms = SliceTerms()
    conditions: tuple[str, ...] = ()
    reasons: str
    decided_by: str
    decided_at: datetime
    valid_from: date
    valid_to: date


@document
class Revocation:
    """The controller takes its approval back. With `recall`, what left before must be deleted as well."""

    call_off: str
    controller: str
    decision: Digest
    reason: str
    recall: bool
    decided_by: str
    decided_at: datetime
