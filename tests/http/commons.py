"""A data commons served by a real server on loopback, with a record of every request that reached it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from avrop.actions import commons_keys
from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.canonical import plain
from avrop.catalogue.commons import CatalogueEntry, Publisher, Words
from avrop.http.app import create_app
from avrop.settings import ServeSetting, Settings
from avrop.store import commons_tables as t
from avrop.store import db
from avrop.system import System, open_system

OPERATOR = Actor(person=PersonId("op@commons"), organisation=OrganisationId("commons"), role=Role.OPERATOR)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.target}"


@dataclass(frozen=True, kw_only=True)
class Commons:
    """A running commons: its system, its address (ends with a slash), and what reached it."""

    system: System
    url: str
    requests: list[Request] = field(default_factory=list)

    def key(self, publisher: str, organisation: str = "ours") -> str:
        """A new key for that publisher."""
        return commons_keys.issue_key(self.system, OPERATOR, organisation=organisation, publisher=publisher)

    def stored(self) -> list[int]:
        """How many catalogues, own unit types, datasets and variables it holds."""
        with db.transaction(self.system.database) as connection:
            kinds = (t.catalogues, t.unit_types, t.datasets, t.variables)
            return [len(connection.execute(kind.select()).all()) for kind in kinds]

    def fill(self, count: int) -> None:
        """Put in that many catalogues, titled `Katalog 0` and on."""
        entry = CatalogueEntry(title=(), publisher=Publisher(name="Somebody"))
        titled = [
            (f"Katalog {n}", replace(entry, title=(Words(language="no", value=f"Katalog {n}"),))) for n in range(count)
        ]
        rows = [{"organisation": "somebody", "title": title, "entry": plain(each)} for title, each in titled]
        with db.transaction(self.system.database) as connection:
            connection.execute(t.catalogues.insert(), rows)

    def empty(self) -> None:
        """Forget everything, as if it had just been opened."""
        with db.transaction(self.system.database) as connection:
            for table in reversed(t.METADATA.sorted_tables):
                connection.exec_driver_sql(f"TRUNCATE {table.name} RESTART IDENTITY CASCADE")
        self.requests.clear()

    def sequence(self) -> list[str]:
        """The requests so far, as method and target; forgets them."""
        found = [str(request) for request in self.requests]
        self.requests.clear()
        return found


@contextmanager
def commons(settings: Settings) -> Iterator[Commons]:
    """Open a commons with those settings and serve it until the block ends."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        serve = ServeSetting(faces=("catalogue",), public_url=url)
        with open_system(replace(settings, organisation="commons", serve=serve)) as system:
            made = Commons(system=system, url=url)
            with _serving(_recording(create_app(system, faces=serve.faces), made.requests), listening):
                yield made


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """Serve an application on a free port; gives its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        with _serving(app, listening):
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


def _recording(app: ASGIApp, requests: list[Request]) -> ASGIApp:
    async def recording(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            query = scope["query_string"].decode()
            requests.append(
                Request(
                    method=scope["method"],
                    target=scope["raw_path"].decode() + (f"?{query}" if query else ""),
                    headers={name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]},
                )
            )
        await app(scope, receive, send)

    return recording


@contextmanager
def _serving(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning", timeout_graceful_shutdown=1))
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
