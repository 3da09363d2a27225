"""Which signatures are believed, and which kind of key makes each: never a shared secret, never none."""

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey

_RSA, _EC, _EDWARDS = ("RSA", None), "EC", ("OKP", "Ed25519")
KEY_OF: Mapping[str, tuple[str, str | None]] = {
    "RS256": _RSA, "RS384": _RSA, "RS512": _RSA, "PS256": _RSA, "PS384": _RSA, "PS512": _RSA,
    "ES256": (_EC, "P-256"), "ES384": (_EC, "P-384"), "EdDSA": _EDWARDS,
}  # fmt: skip
"""Algorithm → key type and curve. What is not here is never believed."""

_SMALLEST_RSA_BITS = 2048


def public_key(member: Mapping[str, Any], algorithms: tuple[str, ...]) -> PublicKey | None:
    """The key that a member of a key set holds, or None if it is not one that makes signatures by these algorithms:
    another type or use, a named algorithm outside them, too short, private or shared, or damaged."""
    fitting = [name for name in algorithms if KEY_OF.get(name) == (member.get("kty"), member.get("crv"))]
    if not fitting or member.get("use", "sig") != "sig":
        return None
    if member.get("alg", fitting[0]) not in fitting:
        return None
    try:
        key = PyJWK(dict(member), algorithm=fitting[0]).key
    except (PyJWTError, ValueError, TypeError):
        return None
    if isinstance(key, RSAPublicKey) and key.key_size < _SMALLEST_RSA_BITS:
        return None
    return key if isinstance(key, PublicKey) else None


def makes(algorithm: str, key: PublicKey) -> bool:
    """Whether a key of this kind makes signatures by that algorithm."""
    match key:
        case RSAPublicKey():
            return KEY_OF.get(algorithm) == _RSA
        case EllipticCurvePublicKey():
            return KEY_OF.get(algorithm) == (_EC, {"secp256r1": "P-256", "secp384r1": "P-384"}.get(key.curve.name))
        case _:
            return KEY_OF.get(algorithm) == _EDWARDS
