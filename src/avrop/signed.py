"""Signed documents: who says exactly these bytes, checkable by anyone who holds the public key."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from avrop.canonical import canonical, document, read
from avrop.errors import Mistake

_KEY_BYTES = 32

Signer = Callable[[bytes], bytes]
"""Signs bytes with an Ed25519 private key that it holds inside."""


@document
class Signed:
    """A document's canonical JSON text with an Ed25519 signature over `AVROP <kind> 1\\n` and that text (UTF-8).

    `key` is the key's id: the first 16 hex characters of SHA-256 of the raw public key. `signature` is base64.
    """

    kind: str
    body: str
    key: str
    signature: str


def signing_bytes(kind: str, body: str) -> bytes:
    """The bytes that are signed: the kind is in them, so one kind can never pass for another."""
    return f"AVROP {kind} 1\n".encode() + body.encode()


def is_public_key(text: str) -> bool:
    """Whether the text is a raw Ed25519 public key: 32 bytes in base64, written in the one way that base64 has."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        return False
    return len(raw) == _KEY_BYTES and base64.b64encode(raw).decode() == text


def key_id(public_key: str) -> str:
    """The id of a public key given in base64."""
    return hashlib.sha256(base64.b64decode(public_key)).hexdigest()[:16]


def sign(kind: str, value: object, *, public_key: str, signer: Signer) -> Signed:
    """Sign a document with the private key behind `public_key` (base64)."""
    body = canonical(value).decode()
    signature = base64.b64encode(signer(signing_bytes(kind, body))).decode()
    return Signed(kind=kind, body=body, key=key_id(public_key), signature=signature)


def verify(signed: Signed, *, kind: str, public_key: str) -> bool:
    """Whether the signature is that key's over this kind and body."""
    try:
        if signed.kind != kind or signed.key != key_id(public_key):
            return False
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signed.signature, validate=True), signing_bytes(kind, signed.body))
    except (InvalidSignature, ValueError):
        return False
    return True


def read_body(form: Any, signed: Signed, *, what: str) -> Any:
    """What was signed, as a document of type `form`, if it is written in the one way that the form has.

    A text that is only read as the same (a day with a time, a field left out that has a default) would be recorded for
    good, and be taken differently by whoever reads it more strictly. Errors: as `canonical.read`;
    `document.not_canonical` (Mistake).
    """
    said = read(form, signed.body, what=what)
    if canonical(said).decode() != signed.body:
        raise Mistake(
            "document.not_canonical",
            f"{what} is not written in the canonical form of its kind, with every field.",
            hint="Sign the draft as it was handed out, to the letter.",
        )
    return said
