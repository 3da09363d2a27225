"""The scene of the story: installations with a database each, fifteen key stores, and a clock that can be set."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from avrop.actions.remote import Remote, remote
from avrop.actions.tasks import TASKS
from avrop.actors import Actor, Role
from avrop.canonical import build
from avrop.catalogue.packform import Pack
from avrop.catalogue.yamltext import load_yaml
from avrop.demo.cast import DATASOURCE, Part, cast, issuer_url, settings
from avrop.demo.inprocess import InProcess
from avrop.demo.servers import serving
from avrop.demo.standin import Persona, StandIn
from avrop.disclosure.attribution import AttributionRule
from avrop.errors import Fault
from avrop.governance.policy import Policy
from avrop.http.app import create_app
from avrop.store import embedded, jobs
from avrop.store.keys import KeyStore
from avrop.system import System, open_system
from avrop.worker import run_until_idle

CLIENT = "receiver-client"
"""The subject of the receiver's own program that reads over the datasource contract."""

BEGINS = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
"""The first moment of the story."""
_LOOK_SECONDS, _LONGEST_WORK_SECONDS = 0.05, 300.0


class StoryClock:
    """A clock that stands in a file, so that a story that was killed goes on at the time where it was."""

    def __init__(self, file: Path) -> None:
        self._file = file
        if not file.exists():
            self._write(BEGINS)

    def __call__(self) -> datetime:
        """Now; each look takes a second."""
        now = datetime.fromisoformat(self._file.read_text()) + timedelta(seconds=1)
        self._write(now)
        return now

    def advance(self, *, to: datetime) -> None:
        """Set it forward; it never goes back."""
        if to > self():
            self._write(to)

    def _write(self, moment: datetime) -> None:
        temporary = self._file.with_suffix(".tmp")
        temporary.write_text(moment.isoformat())
        temporary.replace(self._file)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything the story plays on. `served` says whether the installations also run as processes of their own."""

    home: Path
    parts: Mapping[str, Part]
    systems: Mapping[str, System]
    served: bool
    pack: Pack
    parties: Mapping[str, Any]
    policy: Policy
    rule: AttributionRule
    clock: StoryClock
    issuer: StandIn

    @property
    def provider(self) -> System:
        """The provider's installation, as its own people open it."""
        return self.systems["provider"]

    @property
    def receiver(self) -> System:
        """The receiver's installation, as its own people open it."""
        return self.systems["receiver"]

    @property
    def exchange(self) -> Path:
        """The folder through which files pass between the parties."""
        return self.home / "exchange"

    @property
    def controllers(self) -> tuple[Mapping[str, Any], ...]:
        """The controllers as the pack's parties file has them."""
        return tuple(self.parties["controllers"])

    def witness(self, controller: str) -> System | None:
        """A controller's own installation, if it has one here."""
        return self.systems.get(f"witness_{controller}")

    def keys_of(self, controller: str) -> KeyStore:
        """A controller's own key store: at the controller, not at the provider."""
        own = self.witness(controller)
        return own.keys if own else KeyStore(self.home / "controllers" / controller, secrets.token_bytes)

    def person(self, side: str, role: Role, *, nth: int = 0) -> Actor:
        """The nth person with that role at the provider, the receiver, or the controller of that code."""
        party = self.parties.get(side) or next(x for x in self.controllers if x["code"] == side)
        names = [name for name, roles in party["people"].items() if role.value in roles]
        return Actor(person=names[nth], organisation=party["code"], role=role)

    def as_controller(self, controller: str, called: Part) -> Remote:
        """An installation as a controller's people call it, with the controller's own key."""
        keys = self.keys_of(controller)
        return Remote(
            called=called.organisation,
            url=called.url,
            sign=lambda kind, value: keys.sign(f"controller-{controller}", kind, value),
            outbound=self.provider.outbound,
            clock=self.clock,
        )

    def as_receiver(self) -> Remote:
        """The provider as the receiver's people call it."""
        return remote(self.receiver, self.parts["provider"].organisation)

    def work(self) -> None:
        """Let the provider's and the receiver's jobs be done: by the installations themselves if they are served."""
        for name in ("provider", "receiver"):
            if self.served:
                self._wait(self.systems[name])
            else:
                run_until_idle(self.systems[name], TASKS)

    def _wait(self, system: System) -> None:
        until = time.monotonic() + _LONGEST_WORK_SECONDS
        while jobs.unfinished(system.database):
            if time.monotonic() > until:
                raise Fault("demo.not_done", "The jobs were not done in time.", hint="See the installation's log.")
            time.sleep(_LOOK_SECONDS)


@contextmanager
def open_scene(
    home: Path,
    pack: Pack,
    *,
    served: bool = False,
    names: tuple[str, ...] | None = None,
    database_urls: Mapping[str, str] | None = None,
    fault_point: str | None = None,
    fault_trace: Path | None = None,
    listen: Callable[[str], None] = lambda _point: None,
) -> Iterator[Scene]:
    """Open the installations in `home`: all or the named ones on one embedded PostgreSQL, stopped at the end; or
    those with a URL.

    `served` starts each as a process of its own on loopback too; without it they answer one another in this process.
    """
    parties = load_yaml(pack.parties, file="parties.yaml", code="parties.yaml")
    for folder in ("exchange", "controllers"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    clock = StoryClock(home / "clock.txt")
    parts = cast(parties, home, names if database_urls is None else tuple(database_urls))
    wire = None if served else InProcess()
    issuer = _issuer(parts, home, parties, clock)
    try:
        with ExitStack() as stack:
            systems: dict[str, System] = {}
            for part in parts:
                setting = settings(
                    part, parts, home, database_url=(database_urls or {}).get(part.name), fault_point=fault_point,
                    fault_trace=fault_trace,
                )  # fmt: skip
                opened = open_system(setting, clock=clock, listen=listen, outbound=wire)
                systems[part.name] = stack.enter_context(opened)
                if wire is not None:
                    wire.add(part.url, create_app(systems[part.name], faces=part.faces))
            if wire is not None:
                wire.add(f"{issuer.url}/", issuer.application())
            if served:
                stack.enter_context(issuer.serving())
                stack.enter_context(serving({part: systems[part.name].settings for part in parts}, home))
            yield Scene(
                home=home,
                parts={part.name: part for part in parts},
                systems=systems,
                served=served,
                pack=pack,
                parties=parties,
                policy=build(Policy, load_yaml(pack.policy, file="policy.yaml", code="policy.yaml"), what="The policy"),
                rule=build(AttributionRule, load_yaml(pack.rule, file="rule.yaml", code="rule.yaml"), what="The rule"),
                clock=clock,
                issuer=issuer,
            )
    finally:
        if database_urls is None:
            embedded.stop_if_idle(home / "postgres")


def _issuer(parts: tuple[Part, ...], home: Path, parties: Mapping[str, Any], clock: StoryClock) -> StandIn:
    """The stand-in issuer, with everybody of the story as a persona, and the receiver's client as a consumer."""
    sides = (parties["provider"], parties["receiver"], *parties["controllers"])
    people = {
        name: Persona(subject=name, audience=DATASOURCE, kind="people") for side in sides for name in side["people"]
    }
    client = Persona(subject=CLIENT, audience=DATASOURCE, kind="consumers")
    of_provider = settings(parts[0], parts, home)
    return StandIn(settings=of_provider, url=issuer_url(home), personas={**people, CLIENT: client}, clock=clock)
