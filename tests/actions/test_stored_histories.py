"""Invariant 9 over random histories on a real database: every stored summary is what a replay of the log gives."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from avrop.accounts.entries import Payload
from avrop.actions import account, case
from avrop.actors import Actor
from avrop.canonical import Digest, canonical, digest, read
from avrop.disclosure.manifest import Manifest, ManifestFile, ManifestSlice
from avrop.governance import commands as c
from avrop.governance.cases import machine
from avrop.governance.events import Event
from avrop.settings import Settings
from avrop.store import db, documents
from avrop.system import System, open_system
from tests.conftest import Fresh
from tests.governance.test_invariants import Histories
from tests.governance.world import CATALOGUE, KEYS, POLICY, REF, RULE, Key, World
from tests.story.readback import rows_of

pytestmark = pytest.mark.slow

STARTS = ("widened", "sent", "too few")


class StoredWorld(World):
    """The same world, whose write path is the real one. What happened is kept beside it, to fold by itself."""

    def __init__(self, system: System) -> None:
        super().__init__()
        self.system = system
        with db.transaction(system.database) as connection:
            for kind, document in (("policy", POLICY), ("attribution rule", RULE), ("catalogue", CATALOGUE)):
                documents.put(connection, kind, canonical(document))

    def do(self, actor: Actor, case_id: str, command: c.Command) -> tuple[Event, ...]:
        entries = case.handle(self.system, actor, case_id, command)
        happened = tuple(read(Payload, entry.payload or b"", what="The entry").event for entry in entries)
        if isinstance(command, c.Submit):
            self.versions[digest(command.version)] = command.version
        self.events.setdefault(case_id, []).extend(happened)
        self.caused.extend((actor, case_id, event) for event in happened)
        return happened

    def manifest(
        self, *, built_on: Digest, key: Key = KEYS["provider"], made_at: datetime | None = None, case: str = ""
    ) -> c.RecordManifest:
        granted, moment = self.grant(), made_at or self.now
        name, sealed = self.files[case][0]
        made = Manifest(
            call_off=REF, delivery=case, generation=int(case.rsplit("/", 1)[-1]), version=self.call_off.version,
            catalogue=digest(CATALOGUE), snapshot=digest([0]), grant=built_on, merge_plan=digest([1]),
            slices=tuple(
                ManifestSlice(controller=x.controller, slice_plan=x.slice_plan, decision=x.decision)
                for x in (granted.slices if granted else ())
            ),
            files=(ManifestFile(name=name, table="EVENTS", rows=1, size=1, digest=sealed, columns=()),),
            pseudonym_scope=REF, log_size=1, keep_until="2028-01-01", made_at=moment,
        )  # fmt: skip
        signed = key.sign("manifest", made)
        with db.transaction(self.system.database) as connection:
            documents.put(connection, "signed manifest", canonical(signed))
        return replace(super().manifest(built_on=built_on, key=key, made_at=moment, case=case), signed=signed)


def stored(url: str) -> list[dict[str, Any]]:
    """The summaries as they stand, read by SQL alone."""
    return rows_of(url, "SELECT case_id, kind, state, summary, sequence FROM cases ORDER BY case_id")


FIELDS = ("version", "number", "cut_off", "decision", "manifest", "open")


def as_replayed(row: dict[str, Any]) -> dict[str, Any]:
    """A stored summary with the fields that are compared."""
    return {**row, "summary": {name: row["summary"][name] for name in FIELDS if name in row["summary"]}}


def replayed(world: World) -> list[dict[str, Any]]:
    """What each case's events add up to, folded beside the database."""
    shown = []
    for name in sorted(name for name, happened in world.events.items() if happened):
        state = world.state(name)
        fields = {x: getattr(state, x, None) for x in FIELDS}
        said = {k: v if isinstance(v, bool | int) else str(v) for k, v in fields.items() if v is not None}
        shown.append((name, machine(name), str(state.status), said, len(world.events[name])))
    return [dict(zip(("case_id", "kind", "state", "summary", "sequence"), one, strict=True)) for one in shown]


@pytest.mark.parametrize("start", STARTS)
def test_every_stored_summary_is_what_a_replay_gives(fresh_database: Fresh, tmp_path: Path, start: str) -> None:
    made = 0

    class Stored(Histories):
        always = start

        def world(self) -> World:
            nonlocal made
            made += 1
            home = tmp_path / str(made)
            setting = Settings(
                name="provider", organisation="provider", home=home / "zone", keys_home=home / "keys",
                database_url=fresh_database("histories"), demo=True,
            )  # fmt: skip
            self.opening = open_system(setting, clock=lambda: self.own.now)
            self.own = StoredWorld(self.opening.__enter__())
            return self.own

        def teardown(self) -> None:
            try:
                self.player.check()
                self._compare(self.own.system)
            finally:
                self.opening.__exit__(None, None, None)

        def _compare(self, system: System) -> None:
            before = stored(system.url)
            assert [as_replayed(row) for row in before] == replayed(self.own)
            assert account.rebuild(system) == len(before)
            assert stored(system.url) == before

    few = settings(phases=[Phase.generate], max_examples=4, stateful_step_count=12, deadline=None, database=None,
                   suppress_health_check=list(HealthCheck))  # fmt: skip
    run_state_machine_as_test(seed(len(start))(Stored), settings=few)
    assert made >= 2
