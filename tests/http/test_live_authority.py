"""An answer under way lives as long as what it was given for: revoked, expired, stale, or a database that dies cuts it,
never to a clean end; and whoever reads slowly holds nothing that others need.

The tests stand in this order because the last ones end what the first ones read.
"""

import os
import shutil
import signal
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from avrop.accounts.entries import CaseId
from avrop.actions import decide
from avrop.actions.tasks import TASKS
from avrop.actors import Role
from avrop.demo.scene import open_scene
from avrop.http.kudaf_datasource import ANSWERS_PER_SUBJECT
from avrop.packs import load_pack
from avrop.store import db, embedded
from avrop.store import events as event_store
from avrop.worker import run_until_idle
from tests import asking
from tests.http import serving
from tests.http.reading import LONG, Reader, begin, cut, lengthen
from tests.http.serving import CALL_OFF, CONSUMER, FIRST, Served
from tests.stages import Stage

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A provider with a PostgreSQL of its own, which the tests may stop."""
    home, pack = tmp_path_factory.mktemp("live"), load_pack()
    urls = {name: embedded.start(home / "postgres", name) for name in ("provider", "receiver")}
    serving.play(Stage(home=home, urls=urls), pack)
    with serving.served(home, urls, pack=pack) as running:
        lengthen(running)
        yield running
    embedded.stop(running.home / "postgres")
    shutil.rmtree(home, ignore_errors=True)


def _events(provider: Served, kind: str) -> list[Any]:
    with db.transaction(provider.system.database) as connection:
        happened = [payload.event for payload in event_store.payloads(connection, CaseId(FIRST))]
    return [event for event in happened if event.type == kind]


def test_the_first_pulls_are_recorded_once_as_a_hand_over_and_rendered_once(provider: Served) -> None:
    """As many as may run at once came first, and others since: the account says once that the generation left."""
    assert provider.get("/api/variables/SEX").status_code == 200
    assert [event.channel for event in _events(provider, "GenerationSent")] == ["csv"]
    assert sorted(path.name for path in provider.renderings.glob("[!.]*")) == ["ENROLMENT.SEX", f"RESULT.{LONG}"]


def test_an_answer_that_is_read_to_its_end_is_whole(provider: Served) -> None:
    with begin(provider, "Connection: close") as reader:
        while reader.read(1 << 20):
            pass
    assert len(reader.body) == reader.length
    assert reader.body == (provider.renderings / f"RESULT.{LONG}" / "rows.csv").read_bytes()


def test_a_slow_reader_holds_no_thread_no_connection_and_no_lock(provider: Served) -> None:
    """One byte at a time, as many readers as are given: everybody else is answered, and the database has no idle one."""
    with ExitStack() as stack:
        readers = [stack.enter_context(begin(provider)) for _ in range(ANSWERS_PER_SUBJECT - 1)]
        for _ in range(3):
            for reader in readers:
                assert len(reader.read(1)) == 1
            assert provider.get("/api/variables/SEX").status_code == 200
            assert asking.get(f"{provider.url}/health", timeout=30).status_code == 200
            _drained(provider)
        run_until_idle(provider.system, TASKS)  # it needs the installation's lock
        assert not any(_ended(reader) for reader in readers)


def _drained(provider: Served) -> None:
    """There are moments in which nothing holds a database connection."""
    for _ in range(_LOOKS):
        if not provider.system.database.pool.checkedout():
            return
        time.sleep(_BETWEEN_LOOKS)
    pytest.fail("a database connection is held all the time")


_LOOKS, _BETWEEN_LOOKS = 20_000, 0.002
"""So many looks, and no look at a clock: a slow machine looks as often as a fast one."""


def _ended(reader: Reader) -> bool:
    reader.connection.setblocking(False)
    try:
        return reader.read(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def test_one_answer_too_many_is_429_before_it_begins_and_a_slot_comes_back(provider: Served) -> None:
    with ExitStack() as stack:
        readers = [stack.enter_context(begin(provider)) for _ in range(ANSWERS_PER_SUBJECT)]
        refused = provider.get("/api/variables/SEX")
        assert refused.status_code == 429
        assert set(refused.json()) == {"detail"}
        readers[0].connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        readers[0].connection.close()
        _given_back(provider)
        assert not any(_ended(reader) for reader in readers[1:])


def _given_back(provider: Served) -> None:
    for _ in range(1000):
        if provider.get("/api/variables/SEX").status_code != 429:
            return
        time.sleep(0.05)
    pytest.fail("no slot came back")


@contextmanager
def _later(provider: Served, **time_passed: int) -> Iterator[None]:
    now = provider.clock.now
    provider.clock.now = now + timedelta(**time_passed)
    try:
        yield
    finally:
        provider.clock.now = now


@pytest.mark.parametrize("days", [400, 3], ids=["past every decision's end", "past the age of the lists"])
def test_an_expired_or_stale_grant_cuts_what_runs_and_gives_nothing_new(provider: Served, days: int) -> None:
    with begin(provider) as reader, _later(provider, days=days):
        reader.until_cut()
        assert cut(reader)
        assert provider.get("/api/variables/SEX").status_code == 401
    assert provider.get("/api/variables/SEX").status_code == 200


def test_a_reader_that_takes_nothing_is_cut_too(provider: Served) -> None:
    """Nothing is read until it was cut: then there is only what the reader's own kernel held."""
    with begin(provider) as reader, _later(provider, days=400):
        reader.without_reading()
        assert len(reader.body) < 300_000
        assert cut(reader)


def _postgres(provider: Served) -> list[psutil.Process]:
    pid = int((provider.home / "postgres" / "data" / "postmaster.pid").read_text().split("\n")[0])
    server = psutil.Process(pid)
    return [server, *server.children(recursive=True)]


def test_a_database_that_hangs_cuts_what_runs(provider: Served) -> None:
    stopped = _postgres(provider)
    with begin(provider) as reader:
        try:
            for process in stopped:
                os.kill(process.pid, signal.SIGSTOP)
            reader.until_cut()
        finally:
            for process in stopped:
                os.kill(process.pid, signal.SIGCONT)
        assert cut(reader)
    assert provider.get("/api/variables/SEX").status_code == 200


def test_a_revocation_cuts_what_runs_and_nothing_of_it_is_found_at_the_next_call(provider: Served) -> None:
    """A6. The revoking controller's rows are in the open generation; after it there is no such generation."""
    counties = provider.get("/api/variables/REPORTING_COUNTY").text
    assert ",11\n" in counties
    with open_scene(provider.home, provider.pack, database_urls=provider.urls) as scene, begin(provider) as reader:
        decider = scene.person("11", Role.DECIDER)
        draft = decide.draft_revocation(scene.provider, decider, CALL_OFF, reason="x", recall=True)
        signed = scene.keys_of("11").sign("controller-11", "revocation", draft)
        decide.revoke(scene.provider, decider, CALL_OFF, signed)
        for name in ("REPORTING_COUNTY", LONG, "SEX"):
            assert provider.get(f"/api/variables/{name}").status_code == 401
        reader.until_cut()
        assert cut(reader)
        run_until_idle(scene.provider, TASKS)  # which closes the generation, and with it goes what was rendered
    assert not provider.renderings.exists()
    assert provider.generation.exists()
    assert [event.controllers for event in _events(provider, "DeletionDue")] == [("11",)]  # since it has left


def test_a_database_that_dies_leaves_no_answer_but_an_error(provider: Served) -> None:
    for process in _postgres(provider):
        os.kill(process.pid, signal.SIGKILL)
    answer = provider.get("/api/variables/SEX")
    assert answer.status_code == 500
    assert set(answer.json()) == {"detail"}
    assert CONSUMER not in answer.text


def test_nothing_is_left_under_a_temporary_name(provider: Served) -> None:
    zone = Path(provider.home / "provider" / "zone")
    assert list(zone.rglob(".partial-*")) == []
