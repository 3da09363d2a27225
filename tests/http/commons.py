"""A data commons served by a real server on loopback, with a record of every request that reached it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

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
from tests.http import serving

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
def commons(home: Path, database_url: str) -> Iterator[Commons]:
    """Open a commons in that folder and serve it until the block ends."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        serve = ServeSetting(faces=("catalogue",), public_url=url)
        settings = Settings(
            name="commons", organisation="commons", home=home / "zone", keys_home=home / "keys", demo=True,
            database_url=database_url, serve=serve,
        )  # fmt: skip
        with open_system(settings) as system:
            made = Commons(system=system, url=url)
            with serving.running(_server(_recording(create_app(system, faces=serve.faces), made.requests)), listening):
                yield made


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """Serve an application on a free port; gives its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        with serving.running(_server(app), listening):
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


def _server(app: ASGIApp) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning"))
