"""What an installation publishes of its keys: a signed document that leads from any of its earlier keys to those of
today."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import cast

from pydantic import AwareDatetime

from avrop.canonical import document, read
from avrop.governance.keys import Handover, KeyReplacement

KEYS = "keys"
"""The kind of the signed document."""


@document
class PublishedSigningKey:
    """A signing key in [valid_from, valid_to); what it signed then is accepted to the end of `accepted_until`."""

    holder: str
    key_id: str
    public_key: str
    valid_from: datetime | None
    valid_to: datetime | None
    accepted_until: date | None


@document
class PublishedSealingKey:
    """A sealing key. Nothing is to be sealed for it from `valid_to` on; it opens to the end of `opens_until`."""

    key_id: str
    public_key: str
    valid_from: datetime
    valid_to: datetime | None
    opens_until: date | None


@document
class KeyDocument:
    """The keys of one organisation, signed with its key in force. A later one has a higher `serial`.

    `handovers` are its replacements, oldest first, so that whoever holds an earlier key can follow to this one.
    """

    organisation: str
    holder: str
    serial: int
    made_at: AwareDatetime
    signing: tuple[PublishedSigningKey, ...]
    sealing: tuple[PublishedSealingKey, ...]
    handovers: tuple[Handover, ...]

    def to_seal_for(self) -> PublishedSealingKey | None:
        """The newest sealing key that is not retired."""
        standing = [key for key in self.sealing if key.valid_to is None]
        return max(standing, key=lambda key: (key.valid_from, key.key_id)) if standing else None


def path_from(public_key: str | None, holder: str, handovers: Iterable[Handover]) -> tuple[Handover, ...]:
    """The handovers that lead on from a key, in order; whether they are signed is another's to check."""
    found: list[Handover] = []
    for handover in handovers:
        said = cast("KeyReplacement", read(KeyReplacement, handover.by_old.body, what="The key replacement"))
        if said.holder == holder and said.old_key == public_key:
            found.append(handover)
            public_key = said.new_key
    return tuple(found)
