"""Sealing keys: a receiver's ML-KEM-768 and X25519 pair, so that what is sealed for it is opened by it alone.

A public key travels as base64 text of 1 216 raw bytes (ML-KEM-768, then X25519); a private key is 96 bytes (the ML-KEM
seed, then X25519) that belong into a key store. Sealing is HPKE (RFC 9180) in base mode with both KEMs at once, so that
it holds as long as one of them does.
"""

import base64
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from avrop.errors import Fault, Mistake, Tampered
from avrop.signed import key_id

_SEED_BYTES, _MLKEM_PUBLIC_BYTES, _X25519_BYTES = 64, 1184, 32
PRIVATE_BYTES = _SEED_BYTES + _X25519_BYTES
PUBLIC_BYTES = _MLKEM_PUBLIC_BYTES + _X25519_BYTES
SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def make_private(random: Callable[[int], bytes]) -> bytes:
    """A new private key; `random` gives so many bytes that nobody can guess."""
    return random(PRIVATE_BYTES)


def public_key(private: bytes) -> str:
    """The public key of a private one, as base64 text. Errors as `load_private`."""
    seed, exchange = _halves(private)
    return base64.b64encode(seed.public_key().public_bytes_raw() + exchange.public_key().public_bytes_raw()).decode()


def sealing_key_id(public: str) -> str:
    """The first 16 hex characters of SHA-256 of the raw public key. Errors as `load_public`."""
    load_public(public)
    return key_id(public)


def load_private(private: bytes) -> MLKEM768X25519PrivateKey:
    """The key behind its 96 bytes. Errors: `sealing.private_key` (Fault)."""
    return MLKEM768X25519PrivateKey(*_halves(private))


def load_public(public: str) -> MLKEM768X25519PublicKey:
    """The key behind its base64 text. Errors: `sealing.public_key` (Mistake)."""
    try:
        raw = base64.b64decode(public, validate=True)
        if len(raw) != PUBLIC_BYTES:
            raise ValueError
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC_BYTES:]),
        )
    except ValueError:
        raise Mistake(
            "sealing.public_key",
            "That is no sealing key: it must be base64 of 1 216 bytes, ML-KEM-768 and then X25519.",
            hint="Take the key from where the receiver publishes it.",
        ) from None


def seal(secret: bytes, *, public: str, info: bytes) -> bytes:
    """A secret that only the key's holder can open, and only with the same `info`: 1 136 bytes longer than it.

    HPKE draws its own randomness, so that sealing twice gives different bytes. Errors as `load_public`.
    """
    key = load_public(public)
    try:
        return SUITE.encrypt(secret, key, info=info)
    except ValueError:  # an X25519 point of small order: there would be no secret in that half
        raise Mistake(
            "sealing.weak_key",
            "Nothing can be sealed with this key: one half of it gives no secret.",
            hint="Ask the receiver for a new sealing key.",
        ) from None


def open_sealed(sealed: bytes, *, private: bytes, info: bytes) -> bytes:
    """The secret again. Errors: `sealing.not_opened` (Tampered) for another key, another `info` or changed bytes."""
    try:
        return SUITE.decrypt(sealed, load_private(private), info=info)
    except InvalidTag:
        raise Tampered(
            "sealing.not_opened",
            "What was sealed cannot be opened: it is for another key, or it was changed.",
            hint="Use the private key that the package names, or ask for a package for the new one.",
        ) from None


def _halves(private: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    if len(private) != PRIVATE_BYTES:
        raise Fault("sealing.private_key", "A private sealing key has 96 bytes.", hint="Restore it from a backup.")
    return (
        MLKEM768PrivateKey.from_seed_bytes(private[:_SEED_BYTES]),
        X25519PrivateKey.from_private_bytes(private[_SEED_BYTES:]),
    )
