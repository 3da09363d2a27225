"""Signed documents: the body, if the signature over `AVROP <kind> 1` and the body is the key's."""

import base64
import binascii
import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def opened(document: dict[str, Any], kind: str, key: str | None) -> dict[str, Any] | None:
    """The body of a signed document of that kind, or None unless the key signed it."""
    try:
        raw = base64.b64decode(key or "", validate=True)
        if document["kind"] != kind or document["key"] != hashlib.sha256(raw).hexdigest()[:16]:
            return None
        said = f"AVROP {kind} 1\n{document['body']}".encode()
        signature = base64.b64decode(document["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, said)
        body: dict[str, Any] = json.loads(document["body"])
    except (InvalidSignature, ValueError, KeyError, TypeError, binascii.Error):
        return None
    return body


def body_of(document: dict[str, Any] | None) -> dict[str, Any]:
    """The body of a document that looks signed, unverified: only to see which digests it names."""
    try:
        body: dict[str, Any] = json.loads((document or {})["body"])
    except (KeyError, ValueError, TypeError):
        return {}
    return body
