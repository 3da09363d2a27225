"""The demo's stand-in for the issuers of tokens: it gives anybody on this machine a token of any persona.

So it refuses to exist outside the demo, and anywhere but on loopback. It is no beginning of an identity provider.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Thread
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from fastapi import APIRouter, Body, FastAPI
from jwt.algorithms import RSAAlgorithm

from avrop.errors import Fault, Missing, Refusal
from avrop.http import problems
from avrop.settings import IssuerSetting, Settings

Kind = Literal["people", "consumers"]
_KINDS: tuple[Kind, ...] = ("people", "consumers")
_LIFE_SECONDS = 300
_KEY_ID = "stand-in"
_LOOPBACK = ("127.0.0.1", "::1")
_START_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Persona:
    """Somebody of the demo: the subject of the tokens, whom they are for, and whether it is a person or a consumer."""

    subject: str
    audience: str
    kind: Kind


def _new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """Two issuers at one address: `{url}/people` and `{url}/consumers`. Its key lives as long as it does.

    Errors: `standin.demo_only`, `standin.loopback` (Refusal).
    """

    settings: Settings
    url: str
    personas: Mapping[str, Persona]
    clock: Callable[[], datetime]
    key: RSAPrivateKey = field(default_factory=_new_key, repr=False)

    def __post_init__(self) -> None:
        if not self.settings.demo:
            raise Refusal("standin.demo_only", "The stand-in issuer is for the demo.", hint="Name a real issuer.")
        if urlsplit(self.url).hostname not in _LOOPBACK:
            raise Refusal("standin.loopback", "The stand-in issuer lives on loopback.", hint="Use 127.0.0.1.")

    def issuer(self, kind: Kind, *audiences: str) -> IssuerSetting:
        """The setting by which an installation believes it."""
        name = f"{self.url}/{kind}"
        return IssuerSetting(issuer=name, keys_url=f"{name}/keys", audiences=audiences, admits=kind)

    @property
    def allowed_host(self) -> str:
        """Its host and port, for `allowed_hosts`."""
        return urlsplit(self.url).netloc

    def token(self, name: str, *, life_seconds: int = _LIFE_SECONDS) -> str:
        """A token of that persona, valid from now. Errors: `standin.unknown` (Missing)."""
        persona = self.personas.get(name)
        if persona is None:
            raise Missing("standin.unknown", "There is no persona of that name.", hint="See `/personas`.")
        now = int(self.clock().timestamp())
        values = {
            "iss": f"{self.url}/{persona.kind}", "sub": persona.subject, "aud": persona.audience,
            "iat": now, "nbf": now, "exp": now + life_seconds,
        }  # fmt: skip
        return jwt.encode(values, self.key, algorithm="RS256", headers={"kid": _KEY_ID})

    def application(self) -> FastAPI:
        """Discovery and keys of both issuers, `/personas`, and `/token`, which asks for nothing but a name."""
        app = FastAPI(title="Stand-in issuer of the demo", docs_url=None, redoc_url=None)
        problems.install(app)
        for kind in _KINDS:
            app.include_router(_issuing(self, kind))

        @app.get("/personas")
        def names() -> list[str]:
            return sorted(self.personas)

        @app.post("/token")
        def token(persona: Annotated[str, Body(embed=True)]) -> dict[str, str | int]:
            return {"access_token": self.token(persona), "token_type": "Bearer", "expires_in": _LIFE_SECONDS}

        return app

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve it at its address for the length of the block. Errors: `standin.not_started` (Fault)."""
        parts = urlsplit(self.url)
        server = uvicorn.Server(
            uvicorn.Config(
                self.application(), host=str(parts.hostname), port=parts.port or 80, log_level="warning",
                access_log=False, lifespan="off",
            )
        )  # fmt: skip
        thread = Thread(target=server.run, name="stand-in", daemon=True)
        thread.start()
        try:
            _wait_until(lambda: server.started, thread)
            yield
        finally:
            server.should_exit = True
            thread.join(_START_SECONDS)


def _issuing(stand_in: StandIn, kind: Kind) -> APIRouter:
    router = APIRouter(prefix=f"/{kind}")
    name = f"{stand_in.url}/{kind}"

    @router.get("/.well-known/openid-configuration")
    def discovery() -> dict[str, str]:
        return {"issuer": name, "jwks_uri": f"{name}/keys", "token_endpoint": f"{stand_in.url}/token"}

    @router.get("/keys")
    def keys() -> dict[str, Any]:
        public = RSAAlgorithm.to_jwk(stand_in.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]}

    return router


def _wait_until(is_started: Callable[[], bool], thread: Thread) -> None:
    waited = 0.0
    while not is_started():
        thread.join(0.02)
        waited += 0.02
        if not thread.is_alive() or waited > _START_SECONDS:
            raise Fault("standin.not_started", "The stand-in issuer did not start.", hint="Is its port taken?")
