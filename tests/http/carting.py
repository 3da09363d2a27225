"""Carts as the national catalogue hands them over, the resolver that it is, and a provider that takes them in."""

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from avrop.actions import account
from avrop.catalogue.yamltext import dump_yaml, load_yaml
from avrop.http.app import create_app
from avrop.settings import ServeSetting
from avrop.store import db
from avrop.store.cart_tables import carts, slots
from avrop.system import System
from tests import asking
from tests.http.commons import running
from tests.outbound.peers import Peer, answer, peer
from tests.publishing import OPERATOR, PACK, published

PUBLISHER = load_yaml(PACK.parties, file="parties.yaml", code="x")["commons"]["publisher"]
NUMBER = str(PUBLISHER["number"])
URL = "https://provider.example.no/"
FOREIGN = "https://elsewhere.example.no/datasets/3b2d1a8e-0000-4000-8000-000000000001"
PEERS_TITLE = "What the peer calls it"


def reference(uri: str = FOREIGN, **more: Any) -> dict[str, Any]:
    """A `dataDef`, with all its keys."""
    return {
        "urlToResource": "https://elsewhere.example.no/datasets/1", "id": "3b2d1a8e-0000-4000-8000-000000000001",
        "type": "datasets", "orgnr": NUMBER, "resourceName": PEERS_TITLE, "uri": uri, **more,
    }  # fmt: skip


def cart(
    uri: str = FOREIGN, *, language: str = "nb", data_def: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A cart, with all its keys."""
    return {
        "orgnr": NUMBER, "language": language, "hintIsPublic": False, "hintIsOrg": False,
        "hintIsPrePublicationData": False, "system": "datanorge", "dataDef": data_def or reference(uri), **more,
    }  # fmt: skip


class Clock:
    """A clock that stands still where it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **more: float) -> None:
        """Let time pass."""
        self.now += timedelta(**more)


@dataclass(kw_only=True)
class Site:
    """A served provider: who hands carts in and who reads are others, over HTTP."""

    system: System
    clock: Clock
    url: str

    def hand_in(self, said: object, **headers: str) -> httpx.Response:
        """The answer to a cart."""
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return self.post("cart", content=body, headers={"Content-Type": "application/json", **headers})

    def waiting(self, said: object) -> str:
        """The path that a reader of a cart is sent to."""
        answered = self.hand_in(said)
        assert answered.status_code == 200, answered.text
        return urlsplit(answered.json()["redirectUrl"]).path

    def get(self, path: str, **more: Any) -> httpx.Response:
        """A page."""
        return asking.get(self.url + path.lstrip("/"), **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        """The answer to anything else."""
        return asking.post(self.url + path.lstrip("/"), **more)

    def put(self, path: str, *ids: str, **headers: str) -> httpx.Response:
        """The answer to the page's form with these ticked."""
        return self.post(path, data={"add": list(ids)}, headers=headers)

    def rows(self) -> list[Any]:
        """The carts that stand in the database."""
        with db.transaction(self.system.database) as connection:
            return list(connection.execute(carts.select()))

    def slots(self) -> list[Any]:
        """What is counted."""
        with db.transaction(self.system.database) as connection:
            return list(connection.execute(slots.select()))


@contextmanager
def provider(home: Path) -> Iterator[System]:
    """A provider with its catalogue, a publisher and two controllers."""
    (home / "publisher.yaml").write_text(dump_yaml(PUBLISHER), encoding="utf-8")
    serve = ServeSetting(faces=("catalogue",), public_url=URL, publisher=home / "publisher.yaml")
    with published(home) as system:
        for code, name in (("03", "Oslo kommune"), ("46", "Vestland fylkeskommune")):
            key = system.keys.make_signing(f"controller-{code}")
            account.adhere(system, OPERATOR, controller=code, name=name, public_key=key, competent_body="The body")
        yield replace(system, settings=replace(system.settings, serve=serve))


@contextmanager
def site(system: System, clock: Clock, **serve: Any) -> Iterator[Site]:
    """It served by a real server, with other settings of [serve]."""
    assert system.settings.serve
    setting = replace(system.settings.serve, **serve)
    outbound = replace(system.outbound, allowed_hosts=setting.allowed_hosts)
    changed = replace(
        system, settings=replace(system.settings, serve=setting), clock=clock, outbound=outbound
    )  # fmt: skip
    with running(create_app(changed, faces=("catalogue",))) as url:
        yield Site(system=changed, clock=clock, url=url)


@dataclass(kw_only=True)
class Resolver:
    """A resolver on loopback: what it answers, and what it was asked: path and body."""

    peer: Peer
    says: tuple[int, bytes] = (200, b"{}")
    asked: list[tuple[str, bytes]] = field(default_factory=list)

    def names(self, title: str | None, **more: Any) -> None:
        """Let it answer with that title."""
        said = {
            "dataResourceId": "x", "title": title, "description": "En beskrivelse",
            "urlToResource": "https://elsewhere.example.no/1", "hintIsPrePublicationData": False, **more,
        }  # fmt: skip
        self.says = (200, json.dumps(said).encode())

    def forget(self) -> None:
        """Begin anew."""
        self.says = (200, b"{}")
        self.peer.say = self._say
        self.peer.connections = 0
        for each in (self.asked, self.peer.requests):
            each.clear()

    def _say(self, connection: socket.socket, head: bytes) -> None:
        start, _, body = head.partition(b"\r\n\r\n")
        lines = start.decode().split("\r\n")
        length = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length"))
        while len(body) < length:
            body += connection.recv(65536)
        self.asked.append((lines[0], body))
        answer(*self.says)(connection, head)


@contextmanager
def resolver() -> Iterator[Resolver]:
    """One that names nothing yet."""
    with peer(answer(500)) as running_peer:
        made = Resolver(peer=running_peer)
        made.forget()
        yield made
