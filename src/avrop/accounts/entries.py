"""One entry of the account's log: what happened in a case, who did it, and its salted commitment.

The leaf of the Merkle tree is the canonical JSON of (case, sequence, commitment, format). The commitment is
SHA-256(salt ‖ payload), so the payload can be erased and the tree still stands.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NewType

from pydantic import Field

from avrop.canonical import canonical, document
from avrop.governance.events import Event

CaseId = NewType("CaseId", str)
"""`account`, a call-off's reference, `<call-off>/<controller>`, or `<call-off>/delivery/<number>`."""

SALT_BYTES = 32


@document
class ActorRecord:
    """Who acted: erasable with the payload."""

    person: str
    organisation: str
    role: str


@document
class Payload:
    """What an entry says, in the clear, for those who may read it."""

    case: CaseId
    sequence: int
    at: datetime
    actor: ActorRecord
    event: Annotated[Event, Field()]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An entry as stored: `index` is its place in the account-wide log, from 0; `payload` and `salt` may be erased."""

    index: int
    case: CaseId
    sequence: int
    commitment: str
    payload: bytes | None
    salt: bytes | None


def commitment(salt: bytes, payload: bytes) -> str:
    """Hex SHA-256 of salt and canonical payload."""
    return hashlib.sha256(salt + payload).hexdigest()


def leaf(case: str, sequence: int, commitment: str) -> bytes:
    """The bytes that enter the Merkle tree.

    >>> leaf("account", 1, "00")
    b'{"case":"account","commitment":"00","format":1,"sequence":1}'
    """
    return canonical({"case": case, "commitment": commitment, "format": 1, "sequence": sequence})
