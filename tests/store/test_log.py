"""The log: gap-free, append-only, one order for all; erasure leaves the tree; a clash is a conflict on one case."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from avrop.accounts.bundle import checkpoint
from avrop.accounts.entries import CaseId
from avrop.actors import CLOCK
from avrop.errors import Conflict, Fault
from avrop.governance.events import ScopeKeyMade
from avrop.store import db
from avrop.store import events as event_store
from avrop.system import System

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _append(system: System, case: str, expected: int, count: int = 1, *, at: datetime = NOW) -> None:
    with db.transaction(system.database) as connection:
        event_store.append(
            connection,
            CaseId(case),
            expected,
            [ScopeKeyMade(scope=f"{case}-{n}") for n in range(count)],
            actor=CLOCK,
            at=at,
            salts=lambda: system.random(32),
        )


def _entries(system: System):
    with db.transaction(system.database) as connection:
        return event_store.all_entries(connection)


def test_the_same_place_in_a_case_twice_is_a_conflict(system: System) -> None:
    _append(system, "a", 0)
    with pytest.raises(Conflict) as no:
        _append(system, "a", 0)
    assert no.value.code == "case.changed"
    assert [x.index for x in _entries(system)] == [0]


def test_indexes_have_no_gaps_under_eight_writers(system: System) -> None:
    def write(name: str) -> None:
        for n in range(10):
            _append(system, name, n)

    threads = [threading.Thread(target=write, args=(f"case-{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = _entries(system)
    assert [x.index for x in found] == list(range(80))
    for n in range(8):
        assert [x.sequence for x in found if x.case == f"case-{n}"] == list(range(1, 11))


def test_a_rolled_back_append_leaves_no_gap(system: System) -> None:
    _append(system, "a", 0)
    with pytest.raises(ZeroDivisionError), db.transaction(system.database) as connection:
        event_store.append(
            connection, CaseId("b"), 0, [ScopeKeyMade(scope="b")], actor=CLOCK, at=NOW, salts=lambda: bytes(32)
        )
        raise ZeroDivisionError
    _append(system, "c", 0)
    assert [(x.index, x.case) for x in _entries(system)] == [(0, "a"), (1, "c")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET commitment = 'x'",
        "UPDATE entries SET payload = 'x'",
        "UPDATE entries SET payload = NULL, salt = NULL, sequence = 9",
        "DELETE FROM entries",
        "TRUNCATE entries",
    ],
)
def test_the_log_is_append_only_for_the_application(system: System, statement: str) -> None:
    _append(system, "a", 0)
    before = _entries(system)
    with pytest.raises(sa.exc.DBAPIError), system.database.begin() as connection:
        connection.execute(sa.text(statement))
    assert _entries(system) == before


def test_erasing_what_was_said_leaves_the_tree_as_it_was(system: System) -> None:
    _append(system, "a", 0, count=3)
    before = checkpoint("origin", _entries(system))
    with db.transaction(system.database) as connection:
        event_store.erase(connection, CaseId("a"), 2)
    after = _entries(system)
    assert after[1].payload is None and after[1].salt is None
    assert checkpoint("origin", after) == before
    with pytest.raises(Fault) as no, db.transaction(system.database) as connection:
        event_store.payloads(connection, CaseId("a"))
    assert no.value.code == "log.erased"


def test_of_two_who_write_the_same_place_at_once_one_is_told_which_case_changed(system: System) -> None:
    _append(system, "a", 0)
    conflicts: list[Conflict] = []
    ready = threading.Barrier(6)

    def write() -> None:
        ready.wait()
        try:
            _append(system, "a", 1)
        except Conflict as conflict:
            conflicts.append(conflict)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(no.code, no.where) for no in conflicts] == [("case.changed", {"case": "a"})] * 5
    assert [(x.index, x.sequence) for x in _entries(system)] == [(0, 1), (1, 2)]


def test_a_transaction_that_appends_twice_and_is_told_of_a_conflict_keeps_neither(system: System) -> None:
    _append(system, "a", 0)
    with pytest.raises(Conflict), db.transaction(system.database) as connection:
        for case, expected in (("b", 0), ("a", 0)):
            event_store.append(
                connection,
                CaseId(case),
                expected,
                [ScopeKeyMade(scope=case)],
                actor=CLOCK,
                at=NOW,
                salts=lambda: bytes(32),
            )
    assert [x.case for x in _entries(system)] == ["a"]


def test_what_was_erased_never_comes_back_and_nothing_is_half_erased(system: System) -> None:
    _append(system, "a", 0)
    for statement in (
        "UPDATE entries SET payload = NULL",
        "UPDATE entries SET salt = NULL",
        "INSERT INTO entries SELECT 1, 'b', 1, commitment, payload, NULL FROM entries",
    ):
        with pytest.raises(sa.exc.DBAPIError), system.database.begin() as connection:
            connection.execute(sa.text(statement))
    with db.transaction(system.database) as connection:
        event_store.erase(connection, CaseId("a"), 1)
    with pytest.raises(sa.exc.DBAPIError), system.database.begin() as connection:
        connection.execute(sa.text("UPDATE entries SET payload = 'other', salt = 'other'"))
    assert [(x.payload, x.salt) for x in _entries(system)] == [(None, None)]


def test_the_log_never_goes_back_in_time(system: System) -> None:
    """Two who append at once may come in the other order, and a clock may be set back a little: by no more."""
    _append(system, "a", 0)
    _append(system, "b", 0, at=NOW - timedelta(minutes=4))
    with db.transaction(system.database) as connection:
        assert [x.at for x in event_store.payloads(connection, CaseId("b"))] == [NOW]
    with pytest.raises(Fault) as no:
        _append(system, "c", 0, at=NOW - timedelta(days=20))
    assert no.value.code == "case.clock_behind"
    assert len(_entries(system)) == 2
    _append(system, "c", 0, at=NOW + timedelta(minutes=1))


def test_an_erased_last_entry_says_no_moment(system: System) -> None:
    _append(system, "a", 0)
    _append(system, "b", 0, at=NOW + timedelta(days=1))
    with db.transaction(system.database) as connection:
        event_store.erase(connection, CaseId("b"), 1)
    _append(system, "c", 0, at=NOW)
