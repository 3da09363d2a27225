"""Documents, the directory, summaries and the rows that speak for files: what they keep and what they refuse."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from avrop.accounts.entries import CaseId
from avrop.actors import Role
from avrop.canonical import digest_bytes
from avrop.errors import Missing, Refusal, Tampered
from avrop.store import cases, db, documents, people, rows, tables
from avrop.system import System

BODY = b'{"said":"once"}'
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def connection(system: System):
    with db.transaction(system.database) as opened:
        yield opened


def test_a_document_is_kept_under_its_digest_and_twice_is_once(connection: sa.Connection) -> None:
    sealed = documents.put(connection, "test", BODY)
    assert documents.put(connection, "test", BODY) == sealed == digest_bytes(BODY)
    assert documents.get(connection, sealed) == BODY
    assert connection.execute(sa.select(sa.func.count()).select_from(tables.documents)).scalar_one() == 1


def test_an_unknown_document_is_missing(connection: sa.Connection) -> None:
    with pytest.raises(Missing) as no:
        documents.get(connection, digest_bytes(BODY))
    assert no.value.code == "document.unknown"
    assert documents.find(connection, digest_bytes(BODY)) is None


def test_a_document_cannot_be_changed_by_the_application(system: System) -> None:
    with db.transaction(system.database) as connection:
        sealed = documents.put(connection, "test", BODY)
    with pytest.raises(sa.exc.DBAPIError), db.transaction(system.database) as connection:
        connection.execute(sa.update(tables.documents).values(body=b"{}"))
    with db.transaction(system.database) as connection:
        assert documents.get(connection, sealed) == BODY


def test_a_document_that_was_changed_behind_the_guard_is_found(connection: sa.Connection) -> None:
    sealed = documents.put(connection, "test", BODY)
    connection.execute(sa.text("ALTER TABLE documents DISABLE TRIGGER USER"))
    connection.execute(sa.update(tables.documents).values(body=b"{}"))
    for read in (documents.get, documents.find):
        with pytest.raises(Tampered) as no:
            read(connection, sealed)
        assert no.value.code == "document.changed"


def test_an_account_name_acts_in_its_roles_only(connection: sa.Connection) -> None:
    people.add(connection, person="one@p", organisation="p", roles=[Role.OPERATOR])
    people.add(connection, person="two@p", organisation="p", roles=[Role.OPERATOR, Role.DECIDER])
    assert people.actor(connection, "one@p").role is Role.OPERATOR
    assert people.actor(connection, "two@p", Role.DECIDER).role is Role.DECIDER
    for person, role, code in (
        ("nobody", None, "actor.unknown"),
        ("nobody", Role.OPERATOR, "actor.unknown"),
        ("one@p", Role.DECIDER, "actor.role"),
        ("two@p", None, "actor.role"),
    ):
        with pytest.raises(Refusal) as no:
            people.actor(connection, person, role)
        assert no.value.code == code


def test_roles_given_anew_replace_the_old_ones(connection: sa.Connection) -> None:
    people.add(connection, person="one@p", organisation="p", roles=[Role.DECIDER])
    people.add(connection, person="one@p", organisation="p", roles=[Role.OPERATOR])
    assert people.actor(connection, "one@p").role is Role.OPERATOR
    with pytest.raises(Refusal):
        people.actor(connection, "one@p", Role.DECIDER)


def test_summaries_are_replaced_listed_by_kind_and_state_and_cleared(connection: sa.Connection) -> None:
    def put(case: str, *, kind: str = "call-off", state: str, sequence: int = 1) -> None:
        cases.put_summary(connection, CaseId(case), kind=kind, state=state, summary={"n": sequence}, sequence=sequence)

    put("b", state="open")
    put("a", state="open")
    put("a/x", kind="delivery", state="planned")
    put("a", state="ended", sequence=2)
    assert [(x.case_id, x.state, x.sequence, x.summary) for x in cases.all_of(connection, kind="call-off")] == [
        ("a", "ended", 2, {"n": 2}),
        ("b", "open", 1, {"n": 1}),
    ]
    assert [x.case_id for x in cases.all_of(connection, states=["open", "planned"])] == ["a/x", "b"]
    assert [x.case_id for x in cases.all_of(connection, kind="delivery", states=["open"])] == []
    cases.clear(connection)
    assert cases.all_of(connection) == ()


def test_a_row_is_kept_once_found_and_changed(connection: sa.Connection) -> None:
    for folder in ("generations/a", "generations/b"):
        rows.keep(connection, tables.generations, delivery="d/1", folder=folder, manifest=None)
    assert rows.need(connection, tables.generations, "d/1").folder == "generations/a"
    rows.change(connection, tables.generations, "d/1", manifest="m")
    assert rows.need(connection, tables.generations, "d/1").manifest == "m"
    assert rows.find(connection, tables.generations, "d/2") is None
    with pytest.raises(Missing) as no:
        rows.need(connection, tables.generations, "d/2")
    assert no.value.code == "row.missing"


def test_the_freshest_list_is_by_its_day_not_by_its_loading(connection: sa.Connection) -> None:
    with pytest.raises(Missing) as no:
        rows.freshest_list(connection, "protected", not_after=NOW.replace(day=30))
    assert no.value.code == "lists.missing"
    for day in (3, 5, 4):
        values = {"file": f"lists/{day}", "digest": str(day)}
        rows.keep(connection, tables.person_lists, list="protected", as_of=NOW.replace(day=day), **values)
    rows.keep(connection, tables.person_lists, list="other", as_of=NOW.replace(day=9), file="lists/9", digest="9")
    assert rows.freshest_list(connection, "protected", not_after=NOW.replace(day=30)).digest == "5"
    assert rows.freshest_list(connection, "protected", not_after=NOW.replace(day=4)).digest == "4"


def test_every_file_that_a_row_speaks_for_is_named(connection: sa.Connection) -> None:
    rows.keep(connection, tables.snapshots, digest="s", catalogue="c", folder="snapshots/s", loaded_at=NOW)
    rows.keep(connection, tables.person_lists, list="protected", as_of=NOW, file="lists/l", digest="l")
    rows.keep(connection, tables.extracts, key="k", slice_plan="p", folder="extracts/e", files=[])
    rows.keep(connection, tables.generations, delivery="d", folder="generations/g", manifest=None)
    _package(connection, "p", keep_until=date(2026, 1, 2))
    assert rows.folders(connection) == {"snapshots/s", "lists/l", "extracts/e", "generations/g", "packages/p"}


def test_packages_are_due_on_their_day_until_they_are_deleted(connection: sa.Connection) -> None:
    _package(connection, "old", keep_until=date(2026, 1, 1))
    _package(connection, "today", keep_until=date(2026, 1, 2))
    _package(connection, "later", keep_until=date(2026, 1, 3))
    _package(connection, "gone", keep_until=date(2026, 1, 1), state="deleted")
    assert {row.manifest for row in rows.packages_due(connection, date(2026, 1, 2))} == {"old", "today"}


def _package(connection: sa.Connection, name: str, *, keep_until: date, state: str = "kept") -> None:
    folder = f"packages/{name}"
    rows.keep(
        connection, tables.packages, manifest=name, delivery="d", folder=folder, state=state, received_at=NOW,
        keep_until=keep_until,
    )  # fmt: skip
