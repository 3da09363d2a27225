"""Checkpoints as signed notes (C2SP signed-note and tlog-checkpoint): origin, size, root, Ed25519 signatures."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ED25519 = b"\x01"


@dataclass(frozen=True)
class Checkpoint:
    """A log's size and root at one moment."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_hash(name: str, public_key: bytes) -> bytes:
    """The four bytes that stand before a signature."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def sign_note(checkpoint: Checkpoint, name: str, public_key: bytes, signer: Callable[[bytes], bytes]) -> str:
    """The signed note of a checkpoint."""
    signature = signer(checkpoint.body().encode())
    line = base64.b64encode(key_hash(name, public_key) + signature).decode()
    return f"{checkpoint.body()}\n— {name} {line}\n"


def is_note(note: str) -> bool:
    """Whether a text has the form of a signed checkpoint, whoever signed it."""
    lines = note.partition("\n\n")[0].split("\n")
    try:
        return "\n\n" in note and int(lines[1]) >= 0 and len(base64.b64decode(lines[2], validate=True)) == 32
    except (IndexError, ValueError):
        return False


def open_note(note: str, name: str, public_key: bytes) -> Checkpoint:
    """The checkpoint of a note that this key signed. Raises ValueError that says what is the matter."""
    body, separator, signatures = note.partition("\n\n")
    if not separator:
        raise ValueError("it has no signature")
    signed = (body + "\n").encode()
    *lines, end = signatures.split("\n")
    if end or not any(_signed_by(line, name, public_key, signed) for line in lines):
        raise ValueError("it is not signed with the log's key")
    lines = body.split("\n")
    try:
        checkpoint = Checkpoint(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True))
    except (IndexError, ValueError) as failure:
        raise ValueError("it is not a checkpoint") from failure
    if checkpoint.body().encode() != signed or len(checkpoint.root) != 32 or checkpoint.size < 0:
        raise ValueError("it is not a checkpoint")
    if checkpoint.origin != name:
        raise ValueError("it is of another log")
    return checkpoint


def signer(note: str, name: str, public_keys: Sequence[bytes]) -> int | None:
    """The place of the first of these keys that signed a note, or None."""
    body, _, signatures = note.partition("\n\n")
    lines, signed = signatures.split("\n"), (body + "\n").encode()
    signers = (
        place for place, key in enumerate(public_keys) if any(_signed_by(line, name, key, signed) for line in lines)
    )
    return next(signers, None)


def _signed_by(line: str, name: str, public_key: bytes, signed: bytes) -> bool:
    parts = line.split(" ")
    if len(parts) != 3 or parts[:2] != ["—", name]:
        return False
    try:
        raw = base64.b64decode(parts[2], validate=True)
        Ed25519PublicKey.from_public_bytes(public_key).verify(raw[4:], signed)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return raw[:4] == key_hash(name, public_key) and base64.b64encode(raw).decode() == parts[2]
