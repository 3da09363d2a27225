"""The small pack's call-off, played by the real verbs on one installation until its generation stands."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from avrop.actions import account, apply, assess, decide, describe, disclose, publish
from avrop.actions.tasks import TASKS
from avrop.actors import Actor, Role
from avrop.canonical import build
from avrop.catalogue.yamltext import load_yaml
from avrop.disclosure.attribution import AttributionRule
from avrop.governance.policy import Policy
from avrop.settings import Settings
from avrop.store.keys import KeyStore
from avrop.system import System, open_system
from avrop.worker import run_until_idle
from tests.export.small_pack import REFERENCE, small_pack

DELIVERY = f"{REFERENCE}/delivery/1"
BEGINS = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
AUTHORITY = (date(2026, 1, 1), date(2028, 1, 1))
PACK = small_pack()
PARTIES: Mapping[str, Any] = load_yaml(PACK.parties, file="parties.yaml", code="parties.yaml")


class FileClock:
    """A clock in a file, so that a command that is started sees the same time. Each look takes a second."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.write_text(BEGINS.isoformat())

    def __call__(self) -> datetime:
        now = datetime.fromisoformat(self.file.read_text()) + timedelta(seconds=1)
        self.file.write_text(now.isoformat())
        return now


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The provider's installation, and the folder in which the controllers have their keys."""

    home: Path
    provider: System

    def person(self, side: str, role: Role, *, nth: int = 0) -> Actor:
        """The nth person with that role at the provider, the receiver, or the controller of that code."""
        party = PARTIES.get(side) or next(x for x in PARTIES["controllers"] if x["code"] == side)
        names = [name for name, roles in party["people"].items() if role.value in roles]
        return Actor(person=names[nth], organisation=party["code"], role=role)

    def keys_of(self, name: str) -> KeyStore:
        """A party's own key store."""
        return KeyStore(self.home / "keys-of" / name, secrets.token_bytes)

    def operator(self) -> Actor:
        """The provider's first operator."""
        return self.person("provider", Role.OPERATOR)


@contextmanager
def delivered(fresh_database: Callable[[str], str], home: Path) -> Iterator[Scene]:
    """A scene in which both controllers said yes and the first generation is built and open."""
    home.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        name="provider",
        organisation="provider",
        home=home / "zone",
        keys_home=home / "keys",
        database_url=fresh_database("provider"),
        demo=True,
    )
    with open_system(settings, clock=FileClock(home / "clock.txt")) as provider:
        scene = Scene(home=home, provider=provider)
        _agree(scene)
        _load(scene)
        _ask(scene)
        _decide(scene)
        disclose.plan_delivery(provider, scene.operator(), REFERENCE)
        run_until_idle(provider, TASKS)
        yield scene


def _agree(scene: Scene) -> None:
    for party in (PARTIES["provider"], PARTIES["receiver"], *PARTIES["controllers"]):
        for person, roles in party["people"].items():
            account.enrol(
                scene.provider,
                person=person,
                organisation=party["code"],
                roles=tuple(Role(role) for role in roles),
            )
    account.sign_agreement(
        scene.provider,
        scene.operator(),
        parties={
            "provider": ("provider", "Provider", scene.provider.keys.make_signing("provider")),
            "receiver": ("receiver", "Receiver", scene.keys_of("receiver").make_signing("receiver")),
        },
        policy=build(Policy, load_yaml(PACK.policy, file="policy.yaml", code="policy.yaml"), what="The policy"),
        rule=build(AttributionRule, load_yaml(PACK.rule, file="rule.yaml", code="rule.yaml"), what="The rule"),
        general_purpose=PARTIES["general_purpose"],
        name=PARTIES["agreement"],
    )
    for party in PARTIES["controllers"]:
        code, decider = party["code"], scene.person(party["code"], Role.DECIDER)
        public = scene.keys_of(code).make_signing(f"controller-{code}")
        account.adhere(
            scene.provider, scene.operator(), controller=code, name=code, public_key=public, competent_body="Council"
        )
        start, end = AUTHORITY
        account.delegate(scene.provider, scene.operator(), controller=code, person=decider.person, start=start, end=end)
        account.instruct_measuring(scene.provider, decider, until=date(2027, 12, 31))


def _load(scene: Scene) -> None:
    folder = scene.home / "sources"
    PACK.simulate(folder, "", 1, 1)
    catalogue, _ = describe.describe(PACK.catalogue)
    publish.publish_catalogue(scene.provider, scene.operator(), catalogue)
    sources = {path.name.split("-")[0]: [path] for path in folder.glob("*.csv")}
    publish.load_snapshot(scene.provider, scene.operator(), sources, name="first")
    for path in (folder / "lists").iterdir():
        publish.load_list(scene.provider, scene.operator(), path.stem, path, as_of=scene.provider.clock())


def _ask(scene: Scene) -> None:
    version = apply.read_version(scene.provider, PACK.call_offs["first.yaml"], file="first.yaml")
    apply.submit(scene.provider, scene.person("receiver", Role.APPLICANT), version)
    run_until_idle(scene.provider, TASKS)
    assess.accept_intake(scene.provider, scene.operator(), REFERENCE)
    run_until_idle(scene.provider, TASKS)
    assess.open_controllers(scene.provider, scene.operator(), REFERENCE)
    run_until_idle(scene.provider, TASKS)


def _decide(scene: Scene) -> None:
    for code in ("A", "B"):
        decider = scene.person(code, Role.DECIDER)
        draft = decide.draft_decision(
            scene.provider, decider, REFERENCE, outcome="approved", reasons="", valid_to=date(2027, 6, 30)
        )
        signed = scene.keys_of(code).sign(f"controller-{code}", "decision", draft)
        decide.record(scene.provider, decider, REFERENCE, signed)
    run_until_idle(scene.provider, TASKS)
    leader = scene.person("receiver", Role.LEADER)
    decide.confirm_subset(scene.provider, leader, REFERENCE, statement="Both said yes.")
    disclose.countersign(scene.provider, scene.person("provider", Role.OPERATOR, nth=1), REFERENCE)


def revoke(scene: Scene) -> None:
    """One controller takes its yes back."""
    decider = scene.person("B", Role.DECIDER)
    draft = decide.draft_revocation(scene.provider, decider, REFERENCE, reason="Changed its mind.", recall=False)
    signed = scene.keys_of("B").sign("controller-B", "revocation", draft)
    decide.revoke(scene.provider, decider, REFERENCE, signed)
