"""Another organisation's data commons for tests: it tells what subjects may read, right or wrong, and signs it."""

import hashlib
import hmac
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from cryptography.hazmat.primitives import serialization as form

from avrop.settings import ExternalSetting, SignerSetting
from tests.outbound.issuing import claims, encoded, key_set, member, rsa_key, signed
from tests.outbound.peers import Peer, Say, answer, peer

DATASOURCE = "02d0f79b-7fbc-422b-bb31-a4d22121f040"
CORE = "core.example/api/v1/auth"
"""Its issuer, as the contract's documentation writes it: without a scheme."""
FEDERATION = "https://n.feide.no/datasources"
TOOLS = f"{FEDERATION}/c25e267b-ffe0-4fa4-a67f-da2be29c3f0e"
"""The constant audience that the published tools demand."""

_AUDIENCES = (DATASOURCE, f"{FEDERATION}/{DATASOURCE}", TOOLS)


@dataclass
class Core:
    """What it lets subjects read; `instead` answers in its place. `asked` are the paths that it was asked for."""

    clock: Callable[[], datetime]
    allowed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    instead: Say | None = None
    keys: bytes = field(default_factory=lambda: key_set(member("core", rsa_key("core"))))
    asked: list[str] = field(default_factory=list)
    peer: Peer = field(init=False)

    def token(self, subject: str, variables: tuple[str, ...] = (), /, **more: object) -> str:
        """A good token in the tools' form; `more` overrides its values, None takes away."""
        values = {"iss": CORE, "aud": DATASOURCE, "sub": subject, "nbf": None, "variables": list(variables), **more}
        return signed(claims(self.clock(), **values), header={"kid": "core"}, key=rsa_key("core"))

    def tell(self, *tokens: object) -> Say:
        """An answer of these tokens."""
        return answer(200, json.dumps([{"authorizations": token} for token in tokens]).encode())

    @property
    def setting(self) -> ExternalSetting:
        """How an installation names it."""
        return ExternalSetting(
            url=f"{self.peer.url}/metadata/",
            permissions_url=f"{self.peer.url}/api/v1/permissions/",
            issuer=SignerSetting(issuer=CORE, keys_url=f"{self.peer.url}/keys", audiences=_AUDIENCES),
        )

    def say(self, connection: socket.socket, head: bytes) -> None:
        """Answer one request."""
        path = head.split()[1].decode()
        if path == "/keys":
            answer(200, self.keys)(connection, head)
            return
        self.asked.append(path)
        if self.instead is not None:
            self.instead(connection, head)
            return
        subject = unquote(path.removeprefix("/api/v1/permissions/").partition("/")[0])
        held = [self.token(subject, self.allowed[subject])] if subject in self.allowed else []
        self.tell(*held)(connection, head)


@contextmanager
def core(clock: Callable[[], datetime]) -> Iterator[Core]:
    """One that listens for the length of the block."""
    made = Core(clock=clock)
    with peer(made.say) as listening:
        made.peer = listening
        yield made


def hostile(found: Core, subject: str, wanted: tuple[str, ...]) -> dict[str, tuple[Say, bool]]:
    """Answers that must open nothing, and whether each is one that nobody can use (else it is a plain no)."""
    token, other = found.token, rsa_key("other")
    values = claims(found.clock(), iss=CORE, aud=DATASOURCE, sub=subject, variables=list(wanted))
    moment = int(found.clock().timestamp())

    def forged(**header: object) -> str:
        return signed(values, header={"kid": "core", **header}, key=other)

    def told(*tokens: object) -> tuple[Say, bool]:
        return found.tell(*tokens), False

    good = token(subject, wanted)
    text, _, signature = good.rpartition(".")
    return {
        "wrong signature": told(forged()),
        "no signature": told(f"{text}."),
        "a signature that was changed": told(f"{text}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"),
        "alg none": told(forged(alg="none"), f"{forged(alg='none').rpartition('.')[0]}."),
        "a shared secret that is the public key": told(_by_public_key(values)),
        "its own key in its header": told(forged(jwk=member("core", other)), forged(jku="https://x.example/keys")),
        "an unknown key": told(forged(kid="another")),
        "another subject": told(token("somebody-else", wanted)),
        "no subject": told(token(subject, wanted, sub=None)),
        "the subject in another case": told(token(subject, wanted, sub=subject.upper())),
        "expired": told(token(subject, wanted, iat=moment - 600, exp=moment - 300)),
        "expired this moment": told(token(subject, wanted, iat=moment - 600, exp=moment)),
        "not yet valid": told(token(subject, wanted, nbf=moment + 200)),
        "no end": told(token(subject, wanted, exp=None)),
        "endless": told(token(subject, wanted, exp=moment + 10**8)),
        "a foreign issuer": told(token(subject, wanted, iss="https://core.example/api/v1/auth")),
        "no issuer": told(token(subject, wanted, iss=None)),
        "another datasource": told(token(subject, wanted, aud=DATASOURCE[:-1] + "1")),
        "another datasource beside the tools' constant": told(token(subject, wanted, aud=[DATASOURCE[:-1] + "1", TOOLS])),
        "no audience": told(token(subject, wanted, aud=None)),
        "variables of another datasource only": told(token(subject, wanted, variables=None, **{DATASOURCE[:-1] + "1": {"variables": list(wanted)}})),
        "two claims that contradict": told(token(subject, wanted, **{DATASOURCE: {"variables": []}})),
        "variables that are a text": told(token(subject, wanted, variables=" ".join(wanted))),
        "variables that hold what is no text": told(token(subject, wanted, variables=[*wanted, 1])),
        "a star": told(token(subject, ("*",))),
        "other variables": told(token(subject, ("OTHER",))),
        "names in another case": told(token(subject, tuple(name.lower() for name in wanted))),
        "an empty list": told(),
        "a bare text in the list": (answer(200, json.dumps([good, "JWT", None, [good], {"token": good}]).encode()), False),
        "no list": (answer(200, json.dumps({"authorizations": good}).encode()), True),
        "no JSON": (answer(200, b"<html>"), True),
        "an empty body": (answer(200), True),
        "deep JSON": (answer(200, b"[" * 100_000), True),
        "a number without an end": (answer(200, b"[" + b"9" * 10_000 + b"]"), True),
        "ten megabytes": (answer(200, json.dumps([{"authorizations": good}, "x" * 10_000_000]).encode()), True),
        "a redirect": (answer(302, json.dumps([{"authorizations": good}]).encode(), Location=f"{found.peer.url}/x"), True),
        "not found": (answer(404, json.dumps([{"authorizations": good}]).encode()), True),
        "a fault": (answer(500, json.dumps([{"authorizations": good}]).encode()), True),
        "another success": (answer(201, json.dumps([{"authorizations": good}]).encode()), True),
        "cut in the middle": (_cut, True),
        "nothing": (lambda _connection, _head: None, True),
    }  # fmt: skip


def slowly(connection: socket.socket, _head: bytes) -> None:
    """One byte at a time, without an end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    try:
        while True:
            connection.sendall(b" ")
            connection.settimeout(0.1)
            try:
                if connection.recv(1) == b"":
                    return
            except TimeoutError:
                continue
    except OSError:
        return


def _cut(connection: socket.socket, _head: bytes) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[{"authorizations": ')


def _by_public_key(values: dict[str, Any]) -> str:
    """HS256 with the issuer's published key as the secret."""
    secret = rsa_key("core").public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    text = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': 'core'})}.{encoded(values)}"
    return f"{text}.{encoded(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"
