"""A provider whose first generation is open, served by a real server on loopback to consumers with tokens."""

import io
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from rich.console import Console

from avrop.actions import permissions
from avrop.actors import Role
from avrop.catalogue.packform import Pack
from avrop.demo.scene import open_scene
from avrop.demo.story import tell
from avrop.http.server import configuration
from avrop.packs import load_pack
from avrop.settings import IssuerSetting, ServeSetting, Settings
from avrop.system import System, open_system
from tests.outbound.issuing import AUDIENCE, ISSUER, claims, key_set, member, rsa_key, signed
from tests.outbound.peers import answer, peer

CALL_OFF = "2026-001"
FIRST = f"{CALL_OFF}/delivery/1"
CONSUMER, STRANGER = "consumer-1", "stranger-1"


class Clock:
    """A clock that stands still where it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, kw_only=True)
class Served:
    """The open provider, where it listens, and the clock it reads."""

    home: Path
    urls: Mapping[str, str]
    pack: Pack
    system: System
    url: str
    port: int
    clock: Clock

    def token(self, subject: str = CONSUMER, **more: object) -> str:
        """A good token of that subject; `more` overrides its values."""
        return signed(claims(self.clock.now, sub=subject, **more))

    def get(
        self, path: str, *, token: str | None = None, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """One request with a good token."""
        said = {"Authorization": f"Bearer {token or self.token()}", **(headers or {})}
        return httpx.get(self.url + path, headers=said, timeout=60, **more)

    def raw(self, target: str, *lines: str, buffer: int | None = None, token: str | None = None) -> socket.socket:
        """A connection on which a GET of exactly that target was sent; `buffer` is what the client's kernel takes."""
        connection = socket.socket()
        if buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.settimeout(60)
        connection.connect(("127.0.0.1", self.port))
        head = [f"GET {target} HTTP/1.1", "Host: x", f"Authorization: Bearer {token or self.token()}", *lines, "", ""]
        connection.sendall("\r\n".join(head).encode())
        return connection

    @property
    def generation(self) -> Path:
        """The folder of the first generation."""
        return self.home / "provider" / "zone" / "generations" / FIRST.replace("/", "-")

    @property
    def renderings(self) -> Path:
        """The folder of what was rendered of it."""
        return self.home / "provider" / "zone" / "served" / FIRST.replace("/", "-")


def play(home: Path, pack: Pack, urls: Mapping[str, str], *, people: int) -> None:
    """The story up to the first open generation."""
    tell(home, pack, console=Console(file=io.StringIO()), people=people, until=6, database_urls=urls)


@contextmanager
def served(home: Path, urls: Mapping[str, str], *, pack: Pack | None = None) -> Iterator[Served]:
    """Open the provider of a played story and serve it."""
    pack = pack or load_pack()
    clock = Clock(datetime.fromisoformat((home / "clock.txt").read_text()) + timedelta(minutes=1))
    with peer(answer(200, key_set(member("one", rsa_key("one"))))) as issuer, _listening() as listening:
        port = listening.getsockname()[1]
        believed = IssuerSetting(
            issuer=ISSUER, keys_url=f"{issuer.url}/keys", audiences=(AUDIENCE,), admits="consumers"
        )
        serve = ServeSetting(
            faces=("datasource",), port=port, public_url=f"http://127.0.0.1:{port}/", allowed_hosts=(issuer.host,),
            issuers=(believed,),
        )  # fmt: skip
        with (
            open_system(_prepared(home, urls, pack, serve), clock=clock) as system,
            _running(uvicorn.Server(configuration(system)), listening),
        ):
            url = f"http://127.0.0.1:{port}"
            yield Served(home=home, urls=urls, pack=pack, system=system, url=url, port=port, clock=clock)


def _prepared(home: Path, urls: Mapping[str, str], pack: Pack, serve: ServeSetting) -> Settings:
    """The provider's settings, with a face; the consumer is registered."""
    with open_scene(home, pack, database_urls=urls) as scene:
        operator, receiver = scene.person("provider", Role.OPERATOR), scene.parties["receiver"]["code"]
        permissions.add_consumer(scene.provider, operator, subject=CONSUMER, organisation=receiver)
        return replace(scene.provider.settings, serve=serve)


@contextmanager
def _listening() -> Iterator[socket.socket]:
    """A socket whose connections hold little on their way, so that an answer is under way for as long as it is read."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
        listening.bind(("127.0.0.1", 0))
        yield listening


@contextmanager
def _running(server: uvicorn.Server, listening: socket.socket) -> Iterator[None]:
    server.config.timeout_graceful_shutdown = 1
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()
