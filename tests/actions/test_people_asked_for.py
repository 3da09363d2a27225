"""What a call-off may not ask: people by who they are, datasets that are not there, periods without a day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from avrop.actions import apply
from avrop.actors import Role
from avrop.demo.scene import Scene
from avrop.errors import Mistake
from avrop.governance.purposes import CallOffVersion, CodeFilter, Coverage, People, Period
from avrop.store import db
from avrop.store import events as event_store

Change = Callable[[CallOffVersion], CallOffVersion]


def filtered(variable: str) -> Change:
    return lambda v: replace(v, people=replace(v.people, filters=(CodeFilter(variable=variable, codes=("1",)),)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (filtered("PERSON_ID"), "call_off.filter_identifier"),
        (filtered("NO_SUCH"), "call_off.people_unknown"),
        (lambda v: replace(v, people=People(description="all", dataset="NOWHERE")), "call_off.people_unknown"),
        (lambda v: replace(v, period=Period(start=date(2026, 1, 1), end=date(2025, 1, 1))), "call_off.period"),
        (lambda v: replace(v, period=Period(start=date(2026, 1, 1), end=date(2026, 1, 1))), "call_off.period"),
        (lambda v: replace(v, controllers=(*v.controllers, v.controllers[0])), "call_off.controllers"),
        (lambda v: replace(v, coverage=Coverage(minimum_controllers=-5, consequence="")), "call_off.controllers"),
        (lambda v: replace(v, coverage=Coverage(minimum_controllers=16, consequence="")), "call_off.controllers"),
    ],
)
def test_it_is_refused_at_submission_and_nothing_is_recorded(scene: Scene, change: Change, code: str) -> None:
    text = scene.pack.call_offs["narrowed.yaml"].replace("2026-001", "2026-009").replace("number: 2", "number: 1")
    version = apply.read_version(scene.provider, text, file="narrowed.yaml")
    with db.transaction(scene.provider.database) as connection:
        before = len(event_store.all_entries(connection))
    with pytest.raises(Mistake) as no:
        apply.submit(scene.provider, scene.person("receiver", Role.APPLICANT), change(version))
    assert no.value.code == code
    with db.transaction(scene.provider.database) as connection:
        assert len(event_store.all_entries(connection)) == before
