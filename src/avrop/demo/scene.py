"""The scene of the story: two installations with a database each, fifteen key stores, and a clock that can be set."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from avrop.actors import Actor, Role
from avrop.canonical import build
from avrop.catalogue.packform import Pack
from avrop.catalogue.yamltext import load_yaml
from avrop.disclosure.attribution import AttributionRule
from avrop.governance.policy import Policy
from avrop.settings import Settings
from avrop.store import embedded
from avrop.store.keys import KeyStore
from avrop.system import System, open_system

BEGINS = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
"""The first moment of the story."""


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
    """Everything the story plays on."""

    home: Path
    provider: System
    receiver: System
    pack: Pack
    parties: Mapping[str, Any]
    policy: Policy
    rule: AttributionRule
    clock: StoryClock

    @property
    def exchange(self) -> Path:
        """The folder through which files pass between the parties."""
        return self.home / "exchange"

    @property
    def controllers(self) -> tuple[Mapping[str, Any], ...]:
        """The controllers as the pack's parties file has them."""
        return tuple(self.parties["controllers"])

    def keys_of(self, controller: str) -> KeyStore:
        """A controller's own key store: at the controller, not at the provider."""
        return KeyStore(self.home / "controllers" / controller, secrets.token_bytes)

    def person(self, side: str, role: Role, *, nth: int = 0) -> Actor:
        """The nth person with that role at the provider, the receiver, or the controller of that code."""
        party = self.parties.get(side) or next(x for x in self.controllers if x["code"] == side)
        names = [name for name, roles in party["people"].items() if role.value in roles]
        return Actor(person=names[nth], organisation=party["code"], role=role)


@contextmanager
def open_scene(
    home: Path,
    pack: Pack,
    *,
    database_urls: Mapping[str, str] | None = None,
    fault_point: str | None = None,
    fault_trace: Path | None = None,
    listen: Callable[[str], None] = lambda _point: None,
) -> Iterator[Scene]:
    """Open both installations in `home`. Without URLs they share one embedded PostgreSQL, stopped at the end."""
    parties = load_yaml(pack.parties, file="parties.yaml", code="parties.yaml")
    for folder in ("exchange", "provider", "receiver", "controllers"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    clock = StoryClock(home / "clock.txt")

    def settings(name: str) -> Settings:
        return Settings(
            name=name,
            organisation=parties[name]["code"],
            home=home / name / "zone",
            keys_home=home / name / "keys",
            database_url=(database_urls or {}).get(name),
            embedded_home=home / "postgres",
            demo=True,
            fault_point=fault_point,
            fault_trace=fault_trace,
        )

    try:
        with (
            open_system(settings("provider"), clock=clock, listen=listen) as provider,
            open_system(settings("receiver"), clock=clock, listen=listen) as receiver,
        ):
            yield Scene(
                home=home,
                provider=provider,
                receiver=receiver,
                pack=pack,
                parties=parties,
                policy=build(Policy, load_yaml(pack.policy, file="policy.yaml", code="policy.yaml"), what="The policy"),
                rule=build(AttributionRule, load_yaml(pack.rule, file="rule.yaml", code="rule.yaml"), what="The rule"),
                clock=clock,
            )
    finally:
        if database_urls is None:
            embedded.stop_if_idle(home / "postgres")
