"""A provider and a receiver with a framework agreement, each on a database of its own, which can talk over loopback."""

import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn

from avrop.actions import account
from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.http.app import create_app
from avrop.settings import PeerSetting, ServeSetting, Settings
from avrop.store.keys import KeyStore
from avrop.system import System, open_system
from tests.governance.world import POLICY, RULE

OPERATOR = Actor(person=PersonId("operator"), organisation=OrganisationId("provider"), role=Role.OPERATOR)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **more: float) -> None:
        self.now += timedelta(**more)


@dataclass
class Pair:
    """Both installations, their common clock, and the places where they can be served."""

    provider: System
    receiver: System
    clock: Clock
    sockets: dict[str, socket.socket]
    folder: Path
    reached: list[str] = field(default_factory=list)

    def controller(self, code: str) -> KeyStore:
        """A controller's own key store."""
        return KeyStore(self.folder / f"controller-{code}", secrets.token_bytes)

    @contextmanager
    def served(self, name: str) -> Iterator[None]:
        """Serve one of them for the length of the block."""
        system = self.provider if name == "provider" else self.receiver
        config = uvicorn.Config(create_app(system, faces=()), log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [self.sockets[name].dup()]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def pair(fresh_database: Callable[[str], str], tmp_path: Path) -> Iterator[Pair]:
    """The agreement is signed at the provider and imported at the receiver; controller c1 has adhered."""
    with ExitStack() as stack:
        sockets = {
            name: stack.enter_context(socket.create_server(("127.0.0.1", 0))) for name in ("provider", "receiver")
        }
        clock, reached = Clock(), []
        hosts = {name: f"127.0.0.1:{one.getsockname()[1]}" for name, one in sockets.items()}

        def opened(name: str, other: str) -> System:
            serve = ServeSetting(
                faces=("inbox",),
                public_url=f"http://{hosts[name]}/",
                peers=(PeerSetting(organisation=other, url=f"http://{hosts[other]}/"),),
                allowed_hosts=(hosts[other],),
            )
            settings = Settings(
                name=name, organisation=name, home=tmp_path / name, keys_home=tmp_path / f"{name}-keys",
                database_url=fresh_database(name), demo=True, serve=serve,
            )  # fmt: skip
            return stack.enter_context(open_system(settings, clock=clock, listen=lambda point: _reach(reached, point)))

        both = Pair(opened("provider", "receiver"), opened("receiver", "provider"), clock, sockets, tmp_path, reached)
        agree(both)
        yield both


def agree(both: Pair) -> None:
    provider_key = both.provider.keys.make_signing("provider")
    receiver_key = both.receiver.keys.make_signing("receiver")
    account.enrol(both.provider, person="operator", organisation="provider", roles=(Role.OPERATOR,))
    account.sign_agreement(
        both.provider, OPERATOR, policy=POLICY, rule=RULE, general_purpose="statistics",
        parties={"provider": ("provider", "P", provider_key), "receiver": ("receiver", "R", receiver_key)},
    )  # fmt: skip
    account.import_agreement(both.receiver, account.export_agreement(both.provider), provider_key=provider_key)
    public = both.controller("c1").make_signing("controller-c1")
    account.adhere(both.provider, OPERATOR, controller="c1", name="One", public_key=public, competent_body="Council")
    both.clock.forward(hours=1)


class Killed(BaseException):
    """The process ended here."""


def _reach(reached: list[str], point: str) -> None:
    """Note the point, and die at it if it stands there to be killed at."""
    reached.append(point)
    if f"kill {point}" in reached:
        raise Killed
