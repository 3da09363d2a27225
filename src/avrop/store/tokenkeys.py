"""The keys that permission tokens are signed with: RSA, since the contract's readers know nothing else.

The newest signs. One that was replaced stays published for a day, so that what it signed is believed until it expires
and readers with a cache find out; then it is destroyed at the next rotation.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from jwt.algorithms import RSAAlgorithm

from avrop.canonical import canonical, document, read
from avrop.store.keyfiles import KeyFiles

ALGORITHM = "RS256"
OVERLAP = timedelta(days=1)
_KIND = "token"
_BITS = 2048


@document
class _Kept:
    """What an encrypted file holds: the private key (PKCS #8, DER, base64), and since when it signs."""

    private: str
    made_at: datetime


class TokenKeys:
    """The token keys of one key store, each under its key id. Errors as `KeyFiles`."""

    def __init__(self, files: KeyFiles) -> None:
        self._files = files

    def rotate(self, now: datetime) -> str:
        """Make a key that signs from now on, and destroy those whose overlap is over. Returns its id."""
        name = self._make(now)
        for old in set(self._files.names(_KIND)) - {key for key, _ in self._published(now)}:
            self._files.destroy(old, _KIND)
        return name

    def _make(self, now: datetime) -> str:
        private = generate_private_key(public_exponent=65537, key_size=_BITS)
        der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        name = _key_id(private.public_key())
        latest = [self._kept(old).made_at + timedelta(seconds=1) for old in self._files.names(_KIND)]
        made_at = max(now, *latest) if latest else now  # also by a clock that was set back, the newest signs
        self._files.make(name, _KIND, canonical(_Kept(private=base64.b64encode(der).decode(), made_at=made_at)))
        return name

    def token(self, values: Mapping[str, Any], now: datetime) -> str:
        """A token of these values, signed with the newest key."""
        key_id, kept = self._published(now)[-1]
        return jwt.encode(dict(values), _private(kept), algorithm=ALGORITHM, headers={"kid": key_id})

    def published(self, now: datetime) -> tuple[Mapping[str, Any], ...]:
        """The public keys as members of a key set, the newest last."""
        return tuple(
            {
                **{n: v for n, v in _jwk(_private(kept)).items() if n in ("kty", "n", "e")},
                "kid": key_id, "use": "sig", "alg": ALGORITHM,
            }
            for key_id, kept in self._published(now)
        )  # fmt: skip

    def _published(self, now: datetime) -> list[tuple[str, _Kept]]:
        """The newest, and those that were replaced within the overlap, oldest first. Whoever asks first makes one."""
        if not self._files.names(_KIND):
            self._make(now)
        found = sorted(
            ((name, self._kept(name)) for name in self._files.names(_KIND)), key=lambda one: (one[1].made_at, one[0])
        )
        replaced_at = [later.made_at for _, later in found[1:]]
        return [one for one, at in zip(found, [*replaced_at, now], strict=False) if now - at < OVERLAP]

    def _kept(self, name: str) -> _Kept:
        return cast("_Kept", read(_Kept, self._files.open(name, _KIND), what="The token key"))


def _private(kept: _Kept) -> RSAPrivateKey:
    """The file is authenticated, so the slow check of the numbers would find nothing."""
    der = base64.b64decode(kept.private)
    return cast("RSAPrivateKey", load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True))


def _jwk(private: RSAPrivateKey) -> dict[str, Any]:
    return RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)


def _key_id(public: RSAPublicKey) -> str:
    return hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()[:32]
