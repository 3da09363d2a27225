"""A provider whose first generation is open, served by a real server on loopback to consumers with tokens."""

import io
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from rich.console import Console

from avrop.actions import permissions
from avrop.actors import Role
from avrop.canonical import digest
from avrop.catalogue.packform import Pack
from avrop.catalogue.yamltext import load_yaml
from avrop.demo.scene import open_scene
from avrop.demo.story import tell
from avrop.http.server import configuration
from avrop.packs import load_pack
from avrop.settings import IssuerSetting, ServeSetting, Settings
from avrop.system import System, open_system
from tests import asking
from tests.outbound.issuing import AUDIENCE, ISSUER, claims, key_set, member, rsa_key, signed
from tests.outbound.peers import answer, peer
from tests.outbound.permitting import DATASOURCE, Core, core
from tests.sources import PROFILE, place
from tests.stages import Stage, stage

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
    """The open provider, where it listens, the clock it reads, and the external commons that has a say, if one has."""

    home: Path
    urls: Mapping[str, str]
    pack: Pack
    system: System
    url: str
    port: int
    clock: Clock
    core: Core | None = None

    def token(self, subject: str = CONSUMER, **more: object) -> str:
        """A good token of that subject; `more` overrides its values."""
        return signed(claims(self.clock.now, sub=subject, **more))

    def get(
        self, path: str, *, token: str | None = None, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """One request with a good token."""
        said = {"Authorization": f"Bearer {token or self.token()}", **(headers or {})}
        return asking.get(self.url + path, headers=said, timeout=60, **more)

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


def asking_for_days(pack: Pack) -> Pack:
    """The pack with a call-off that asks for the day too, in both tables, and for the school year in the second: so
    that windows have something to act on, and a name stands twice."""
    text = load_yaml(pack.call_offs["narrowed.yaml"], file="narrowed.yaml", code="narrowed.yaml")
    reason = [{"analysis": "A1", "role": "dimension", "text": "Each table has one column per reference date."}]
    more = (
        ("ENROLMENT", "REFERENCE_DATE", "day"),
        ("RESULT", "REFERENCE_DATE", "day"),
        ("RESULT", "SCHOOL_YEAR", "value"),
    )
    asked = [{"dataset": d, "variable": v, "level": level, "justifications": reason} for d, v, level in more]
    text["analyses"][0]["shells"][0]["dimensions"].append({"variable": "REFERENCE_DATE", "level": "day"})
    narrowed = json.dumps({**text, "variables": [*text["variables"], *asked]}, ensure_ascii=False)
    return replace(pack, call_offs={**pack.call_offs, "narrowed.yaml": narrowed})


def play(empty: Stage, pack: Pack) -> None:
    """The story up to the first open generation."""
    place(empty.home)
    quiet = Console(file=io.StringIO())
    tell(empty.home, pack, console=quiet, profile=PROFILE, until=6, database_urls=empty.urls)


def played(home: Path, pack: Pack) -> Stage:
    """The same, played once in a run for that pack's call-off."""
    name = f"open-{digest(pack.call_offs['narrowed.yaml']).removeprefix('sha256:')[:12]}"
    return stage(name, ("provider", "receiver"), lambda empty: play(empty, pack)).copy_to(home)


@contextmanager
def served(
    home: Path, urls: Mapping[str, str], *, pack: Pack | None = None, external: bool = False
) -> Iterator[Served]:
    """Open the provider of a played story and serve it; with `external` beside another organisation's commons."""
    pack = pack or load_pack()
    clock = Clock(datetime.fromisoformat((home / "clock.txt").read_text()) + timedelta(minutes=1))
    with (
        peer(answer(200, key_set(member("one", rsa_key("one"))))) as issuer,
        listening() as socket_,
        core(clock) if external else nullcontext() as beside,
    ):
        port = socket_.getsockname()[1]
        believed = IssuerSetting(
            issuer=ISSUER, keys_url=f"{issuer.url}/keys", audiences=(AUDIENCE,), admits="consumers"
        )
        serve = ServeSetting(
            faces=("datasource",), port=port, public_url=f"http://127.0.0.1:{port}/",
            allowed_hosts=(issuer.host, *((beside.peer.host,) if beside else ())), issuers=(believed,),
            datasource_id=DATASOURCE,
        )  # fmt: skip
        settings = _prepared(home, urls, pack, serve)
        if beside is not None:
            settings = replace(settings, commons="external", external=beside.setting)
        with (
            open_system(settings, clock=clock) as system,
            running(uvicorn.Server(configuration(system)), socket_),
        ):
            url = f"http://127.0.0.1:{port}"
            yield Served(home=home, urls=urls, pack=pack, system=system, url=url, port=port, clock=clock, core=beside)


def _prepared(home: Path, urls: Mapping[str, str], pack: Pack, serve: ServeSetting) -> Settings:
    """The provider's settings, with a face; the consumer is registered."""
    with open_scene(home, pack, database_urls=urls) as scene:
        operator, receiver = scene.person("provider", Role.OPERATOR), scene.parties["receiver"]["code"]
        permissions.add_consumer(scene.provider, operator, subject=CONSUMER, organisation=receiver)
        return replace(scene.provider.settings, serve=serve)


@contextmanager
def listening() -> Iterator[socket.socket]:
    """A socket on a free port whose connections hold little on their way, so that an answer is under way for as long as it is read."""
    with socket.socket() as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
        made.bind(("127.0.0.1", 0))
        yield made


@contextmanager
def running(server: uvicorn.Server, where: socket.socket) -> Iterator[None]:
    """A server that runs in a thread for the length of the block."""
    server.config.timeout_graceful_shutdown = 1
    thread = threading.Thread(target=server.run, kwargs={"sockets": [where]}, daemon=True)
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
