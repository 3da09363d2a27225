"""The database: an ordinary role, migrations once, and a clear error when PostgreSQL goes away; then all goes on."""

import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from avrop.accounts.entries import CaseId
from avrop.actors import CLOCK
from avrop.errors import Fault
from avrop.governance.events import ScopeKeyMade
from avrop.settings import Settings
from avrop.store import db, documents, embedded
from avrop.store import events as event_store
from avrop.system import open_system


@pytest.fixture
def own_server(tmp_path: Path):
    """An embedded server of this test alone, which it may stop and kill."""
    home = tmp_path / "pg"
    yield home
    embedded.stop(home)


def test_a_superuser_is_refused(own_server: Path) -> None:
    url = embedded.start(own_server, "provider").replace("avrop_app@", "postgres@")
    with pytest.raises(Fault) as no:
        db.connect(url)
    assert no.value.code == "database.superuser"


def test_the_applications_role_is_an_ordinary_one(own_server: Path) -> None:
    url = embedded.start(own_server, "provider").replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, False, False, False)


def test_several_processes_may_migrate_at_once(own_server: Path) -> None:
    url = embedded.start(own_server, "provider")
    failures: list[BaseException] = []

    def migrate() -> None:
        try:
            engine = db.connect(url)
            db.migrate(engine)
            engine.dispose()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def _settings(home: Path, tmp_path: Path) -> Settings:
    return Settings(
        name="provider",
        organisation="provider",
        home=tmp_path / "zone",
        keys_home=tmp_path / "keys",
        embedded_home=home,
        demo=True,
    )


def test_postgresql_killed_in_the_middle_of_a_transaction_leaves_nothing_half_done(
    own_server: Path, tmp_path: Path
) -> None:
    settings = _settings(own_server, tmp_path)
    with open_system(settings) as system:
        with pytest.raises(Fault) as no, db.transaction(system.database) as connection:
            documents.put(connection, "test", b"{}")
            event_store.append(
                connection, CaseId("a"), 0, [ScopeKeyMade(scope="a")], actor=CLOCK, at=system.clock(),
                salts=lambda: bytes(32),
            )  # fmt: skip
            pid = int((own_server / "data" / "postmaster.pid").read_text().split("\n")[0])
            os.kill(pid, signal.SIGQUIT)
            os.kill(pid, 0)
            for _ in range(1_000):  # its processes are told one by one
                event_store.all_entries(connection)
                time.sleep(0.01)
        assert no.value.code == "database.unavailable"
    with open_system(settings) as system, db.transaction(system.database) as connection:
        assert event_store.all_entries(connection) == ()
        assert documents.find(connection, documents.digest_bytes(b"{}")) is None


def test_an_unreachable_database_is_a_clear_fault(settings: Settings) -> None:
    away = replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:9/nowhere")
    with pytest.raises(Fault) as no, open_system(away):
        pass
    assert no.value.code == "database.unavailable"
    assert "SELECT" not in str(no.value)


def test_a_folder_that_cannot_be_made_is_a_clear_fault(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(Fault) as no:
        embedded.start(blocked / "pg", "provider")
    assert no.value.code == "database.not_started"
