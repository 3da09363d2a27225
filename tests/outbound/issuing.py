"""An issuer for tests: it signs what it is told, right or wrong, and publishes its keys from a socket."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from avrop.outbound.guard import Outbound
from avrop.outbound.keysets import KeySets
from avrop.outbound.tokens import Claims, verify_token
from avrop.settings import IssuerSetting
from tests.outbound.peers import Peer, answer, peer

NOW = datetime(2026, 11, 2, 8, 0, 0, tzinfo=UTC)
ISSUER = "https://issuer.example"
AUDIENCE = "https://us.example/datasources/1"


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """A private key of that name, the same in the whole run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    """The same on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def member(kid: str | None, key: Any, **more: object) -> dict[str, Any]:
    """A member of a key set; `more` overrides, None takes away."""
    form: Any = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    values = {**form.to_jwk(key.public_key(), as_dict=True), "use": "sig", "kid": kid, **more}
    return {name: value for name, value in values.items() if value is not None}


def key_set(*members: dict[str, Any]) -> bytes:
    """A key set as it is published."""
    return json.dumps({"keys": members}).encode()


def claims(now: datetime = NOW, **more: object) -> dict[str, Any]:
    """The values of a good token; `more` overrides, None takes away."""
    moment = int(now.timestamp())
    values = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "somebody", "iat": moment, "nbf": moment, "exp": moment + 300, **more,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value is not None}


def encoded(value: object) -> str:
    """A part of a token: of bytes as they are, of anything else its JSON."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(values: object, *, header: Mapping[str, object] | None = None, key: Any = None, raw: bytes = b"") -> str:
    """A token of these values with a true RS256 signature over whatever header; `raw` is a header as bytes."""
    top = {"alg": "RS256", "typ": "JWT", "kid": "one", **(header or {})}
    text = f"{encoded(raw or {k: v for k, v in top.items() if v is not None})}.{encoded(values)}"
    algorithm = RSAAlgorithm(RSAAlgorithm.SHA256)
    return f"{text}.{encoded(algorithm.sign(text.encode(), key or rsa_key('one')))}"


def ec_signed(values: dict[str, Any], kid: str) -> str:
    """A token with a true ES256 signature."""
    return jwt.encode(values, ec_key(kid), algorithm="ES256", headers={"kid": kid})


@dataclass
class Believing:
    """What believes the issuer at a peer; `fetches` counts how often its keys were asked for."""

    source: Peer
    issuers: tuple[IssuerSetting, ...]
    also_allowed: tuple[str, ...] = ()
    keysets: KeySets = field(init=False)

    def __post_init__(self) -> None:
        self.keysets = KeySets(Outbound(allowed_hosts=(self.source.host, *self.also_allowed)), self.issuers)

    @property
    def fetches(self) -> int:
        return self.source.connections

    def verify(self, token: str, now: datetime = NOW) -> Claims:
        return verify_token(token, issuers=self.issuers, keysets=self.keysets, now=now)


@contextmanager
def believing(*members: dict[str, Any], **setting: Any) -> Iterator[Believing]:
    """Someone who believes one issuer, whose key set has these members, or that of the key `one`."""
    published = members or (member("one", rsa_key("one")),)
    with peer(answer(200, key_set(*published))) as source:
        values = {"issuer": ISSUER, "keys_url": f"{source.url}/keys", "audiences": (AUDIENCE,), "admits": "people"}
        yield Believing(source=source, issuers=(IssuerSetting(**{**values, **setting}),))
