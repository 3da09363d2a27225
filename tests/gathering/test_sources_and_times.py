"""Who names sources, how often they are read, and that the clock reads them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from avrop.actions import gathering, tasks
from avrop.actors import Role
from avrop.errors import Mistake, Refusal
from avrop.system import System
from avrop.worker import run_until_idle
from tests.gathering.scene import OPERATOR, START, Clock, reaching, told, variable
from tests.outbound.peers import answer, peer


def test_only_an_operator_adds_and_a_name_and_a_time_are_checked(commons: System) -> None:
    for change, kind in (({"name": " "}, Mistake), ({"every_minutes": 1}, Mistake)):
        values = {
            "name": "x",
            "url": "https://example.org/",
            "form": "dcat",
            "publisher": "x",
            "every_minutes": 60,
            **change,
        }
        with pytest.raises(kind):
            gathering.add_source(commons, OPERATOR, values.pop("name"), **values)  # type: ignore[arg-type]
    with pytest.raises(Refusal):
        gathering.remove_source(commons, replace(OPERATOR, role=Role.DECIDER), "x")


def test_the_clock_has_every_source_read_when_its_time_has_come(commons: System, clock: Clock) -> None:
    with peer(told(variable("POINTS"))) as other:
        system = reaching(commons, other)
        gathering.add_source(
            system, OPERATOR, "other", url=other.url, form="variables", publisher="Other", every_minutes=60
        )
        gathering.add_source(
            system, OPERATOR, "gone", url=other.url, form="variables", publisher="Other", every_minutes=60
        )
        for minutes, requests in ((0, 2), (30, 2), (61, 4)):
            clock.now = START + timedelta(minutes=minutes)
            tasks.tick(system)
            run_until_idle(system, tasks.TASKS)
            assert len(other.requests) == requests
    assert {source.report.outcome for source in gathering.sources(commons) if source.report} == {"read"}
    clock.now = START + timedelta(minutes=200)
    assert sorted(gathering.queue_due(commons)) == ["gone", "other"]
    gathering.remove_source(commons, OPERATOR, "gone")
    with peer(answer(500)) as other:
        assert run_until_idle(reaching(commons, other), tasks.TASKS) == 2, (
            "a source that is gone, or fails, hinders nothing"
        )
