"""Commands about keys: a signing key is replaced, ends or is renewed; a sealing key was lost, and a package is sealed
again."""

from dataclasses import dataclass

from avrop.governance.command import Command
from avrop.governance.keys import Handover, Vouching


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplaceKey(Command):
    """A holder's key hands over to its successor; both signed."""

    handover: Handover


@dataclass(frozen=True, kw_only=True, slots=True)
class EndKey(Command):
    """A holder's key, in base64, was lost or stolen: it ends at once."""

    holder: str
    key: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewKey(Command):
    """A holder whose key ended gets another, on the word of the agreement's parties."""

    vouching: Vouching


@dataclass(frozen=True, kw_only=True, slots=True)
class Reissue(Command):
    """Seal what was handed over once more, as another package for another sealing key of the receiver."""

    package: str
    sealing_key: str
