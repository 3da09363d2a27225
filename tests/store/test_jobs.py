"""Jobs: there exactly if their cause was committed; done at least once; what fails is raised, visible and taken up again."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
import sqlalchemy as sa

from avrop.errors import Fault, Missing, Refusal
from avrop.settings import Settings
from avrop.store import db, embedded, jobs
from avrop.system import System, open_system
from avrop.worker import run_until_idle

DYING = """
import os, signal, sys
from pathlib import Path
from avrop.settings import Settings
from avrop.system import open_system
from avrop.worker import run_until_idle
url, home = sys.argv[1], Path(sys.argv[2])
settings = Settings(name="provider", organisation="provider", home=home / "zone", keys_home=home / "keys", database_url=url)
with open_system(settings) as system:
    run_until_idle(system, {"work": lambda system, case: os.kill(os.getpid(), signal.SIGKILL)})
"""


def _queue(system: System, *cases: str, task: str = "work") -> None:
    with db.transaction(system.database) as connection:
        for case in cases:
            jobs.queue(connection, task, case=case)


def _states(system: System) -> list[tuple[str, str]]:
    with db.transaction(system.database) as connection:
        rows = connection.execute(
            sa.text("SELECT args ->> 'case' AS name, status::text FROM procrastinate_jobs ORDER BY id")
        )
        return [(row.name, row.status) for row in rows]


def test_a_job_whose_cause_was_rolled_back_does_not_exist(system: System) -> None:
    with pytest.raises(ZeroDivisionError), db.transaction(system.database) as connection:
        jobs.queue(connection, "work", case="a")
        raise ZeroDivisionError
    assert _states(system) == []
    assert run_until_idle(system, {}) == 0


def test_jobs_are_done_once_in_the_order_they_were_queued(system: System) -> None:
    done: list[str] = []
    _queue(system, "a", "b/x", "a/y", "b")
    assert run_until_idle(system, {"work": lambda _system, case: done.append(case)}) == 4
    assert done == ["a", "b/x", "a/y", "b"]
    assert run_until_idle(system, {"work": lambda _system, case: done.append(case)}) == 0


def test_a_job_may_queue_the_next_one(system: System) -> None:
    done: list[str] = []

    def first(system: System, case: str) -> None:
        _queue(system, case, task="second")

    _queue(system, "a", task="first")
    assert run_until_idle(system, {"first": first, "second": lambda _system, case: done.append(case)}) == 2
    assert done == ["a"]


def test_an_error_is_raised_after_the_others_are_done_and_its_job_is_taken_up_again(system: System) -> None:
    done: list[str] = []

    def missing(_system: System, case: str) -> None:
        if case == "a":
            raise Missing("test.no", "Not yet.")
        done.append(case)

    _queue(system, "a", "b")
    with pytest.raises(Missing) as no:
        run_until_idle(system, {"work": missing})
    assert no.value.code == "test.no"
    assert done == ["b"]
    assert _states(system) == [("a", "failed"), ("b", "succeeded")]
    assert run_until_idle(system, {"work": lambda _system, case: done.append(case)}) == 1
    assert done == ["b", "a"]


def test_what_the_rules_refuse_is_not_tried_again(system: System) -> None:
    tried: list[str] = []

    def refusing(_system: System, case: str) -> None:
        tried.append(case)
        raise Refusal("test.no", "No.")

    _queue(system, "a")
    with pytest.raises(Refusal):
        run_until_idle(system, {"work": refusing})
    assert run_until_idle(system, {"work": refusing}) == 0
    assert (tried, _states(system)) == (["a"], [("a", "aborted")])


def test_an_unforeseen_error_does_not_tell_the_values_in_it(
    system: System, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def spilling(_system: System, _case: str) -> None:
        raise ValueError("identifier 01819012345")

    _queue(system, "a")
    with pytest.raises(Fault) as no:
        run_until_idle(system, {"work": spilling})
    said = capfd.readouterr()
    with db.transaction(system.database) as connection:
        kept = str(connection.execute(sa.text("SELECT * FROM procrastinate_jobs")).all())
    assert no.value.code == "worker.failed"
    assert "01819012345" not in f"{no.value} {no.value.__cause__} {said.out} {said.err} {caplog.text} {kept}"


def test_a_job_whose_worker_was_killed_is_done_by_the_next(system: System, settings: Settings) -> None:
    _queue(system, "a", "a/x")
    assert settings.database_url is not None
    killed = subprocess.run(
        [sys.executable, "-c", DYING, settings.database_url, str(settings.home.parent)],
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert _states(system) == [("a", "doing"), ("a/x", "todo")]
    done: list[str] = []
    assert run_until_idle(system, {"work": lambda _system, case: done.append(case)}) == 2
    assert done == ["a", "a/x"]


@pytest.fixture
def own(settings: Settings):
    """An installation on a server of its own, which the test may kill."""
    home = settings.home.parent / "pg"
    yield replace(settings, database_url=None, embedded_home=home)
    embedded.stop(home)


def _kill_server(settings: Settings) -> None:
    assert settings.embedded_home is not None
    pid = int((settings.embedded_home / "data" / "postmaster.pid").read_text().split("\n")[0])
    os.kill(pid, signal.SIGQUIT)
    embedded.stop(settings.embedded_home)


@pytest.mark.slow
def test_postgresql_that_goes_away_under_a_job_is_one_clear_fault_and_the_job_is_done_later(
    own: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    def losing(system: System, _case: str) -> None:
        _kill_server(own)
        with db.transaction(system.database) as connection:
            connection.execute(sa.text("SELECT 1"))

    with open_system(own) as system:
        _queue(system, "a")
        with pytest.raises(Fault) as no:
            run_until_idle(system, {"work": losing})
        assert no.value.code == "database.unavailable"
        assert caplog.text == ""
    done: list[str] = []
    with open_system(own) as system:
        assert run_until_idle(system, {"work": lambda _system, case: done.append(case)}) == 1
    assert done == ["a"]


def test_postgresql_that_goes_away_while_files_are_written_does_not_hide_what_went_wrong(own: Settings) -> None:
    with open_system(own) as system, pytest.raises(Refusal) as no, db.alone(system.database):
        _kill_server(own)
        raise Refusal("test.no", "No.")
    assert no.value.code == "test.no"


def test_one_cannot_have_an_installation_to_oneself_without_postgresql(own: Settings) -> None:
    with open_system(own) as system:
        _kill_server(own)
        with pytest.raises(Fault) as no, db.alone(system.database):
            pass
    assert no.value.code == "database.unavailable"
