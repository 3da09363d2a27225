"""Databases for tests: an embedded PostgreSQL per test process, or any server by AVROP_TEST_DATABASE_URL."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import conninfo, sql

from avrop.settings import Settings
from avrop.store import db, embedded
from avrop.system import System, open_system

Fresh = Callable[[str], str]
_OWN_FOLDER = pytest.StashKey[Path]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A temporary folder of this run alone. In the one that pytest shares between runs, a run that begins closes the
    parent folder to others, and with it the servers of a run under way (as root, PostgreSQL has a user of its own)."""
    if config.option.basetemp is None and not hasattr(config, "workerinput"):
        folder = Path(tempfile.mkdtemp(prefix="avrop-tests-"))
        config.stash[_OWN_FOLDER] = folder
        config.option.basetemp = str(folder / "t")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it, unless AVROP_KEEP_TEST_FILES is set."""
    folder = config.stash.get(_OWN_FOLDER, None)
    if folder is not None and not os.environ.get("AVROP_KEEP_TEST_FILES"):
        shutil.rmtree(folder, ignore_errors=True)


LONGEST_FIRST = (
    "simulator/test_small.py", "cli/test_own_tables.py", "story/test_flow.py", "inbox/test_push.py",
    "story/test_story.py", "actions/test_bad_input.py", "http/test_kudaf_datasource.py", "vigo/test_produced.py",
    "actions/test_people_asked_for.py", "simulator/test_bases.py", "catalogue/test_catalogue.py", "actions/test_at_once.py", "cli/test_commands.py",
    "tokens/test_secrets.py", "canary/test_canaries.py", "canary/test_every_row.py", "canary/test_over_csv.py",
    "engines/test_minimisation.py", "governance/test_invariants.py", "simulator/test_runs.py",
)  # fmt: skip
"""Files whose tests take longest: a process that is left with one of them at the end keeps the others waiting."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; the others stay in their order."""
    root = Path(__file__).parent
    rank = {root / name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Any]]:
    """Where whoever may make databases connects: to a server of this test process, or to the one that is named."""
    named = os.environ.get("AVROP_TEST_DATABASE_URL")
    if named is not None:
        yield conninfo.conninfo_to_dict(named)
        return
    home = tmp_path_factory.mktemp("postgres")
    host = conninfo.conninfo_to_dict(embedded.start(home, "first").replace("+psycopg", "", 1))["host"]
    administrator = {"host": host, "user": "postgres", "dbname": "postgres"}
    _hurry(administrator)
    yield administrator
    embedded.stop(home)


@pytest.fixture(scope="session")
def empty_database(server: Mapping[str, Any]) -> Fresh:
    """A function that makes an empty database for a name and gives the URL of an ordinary role that owns it."""
    return lambda name: _made(server, name, template="template0")


@pytest.fixture(scope="session")
def fresh_database(server: Mapping[str, Any], empty_database: Fresh) -> Fresh:
    """The same with our tables, which are made once and copied."""
    url = empty_database("template")
    engine = db.connect(url)
    db.migrate(engine)
    engine.dispose()
    template = url.partition("?")[0].rpartition("/")[2]
    return lambda name: _made(server, name, template=template)


def _hurry(administrator: Mapping[str, Any]) -> None:
    """Let the server forget what it wrote last if the machine loses its power; no test takes that away."""
    with psycopg.connect(**administrator, autocommit=True) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        connection.execute("SELECT pg_reload_conf()")


def _made(administrator: Mapping[str, Any], name: str, *, template: str) -> str:
    """A database owned by the application's role on our server, or on one that is named by that URL's role."""
    database = f"{name}_{secrets.token_hex(4)}"
    named = os.environ.get("AVROP_TEST_DATABASE_URL") is not None
    owner = administrator["user"] if named else embedded.ROLE
    with psycopg.connect(**administrator, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} ENCODING 'UTF8'").format(
                *map(sql.Identifier, (database, owner, template))
            )
        )
    if not named:
        return f"postgresql+psycopg://{owner}@/{database}?host={administrator['host']}"
    login = f"{owner}:{administrator['password']}" if "password" in administrator else owner
    return f"postgresql+psycopg://{login}@{administrator['host']}:{administrator.get('port', '5432')}/{database}"


@pytest.fixture
def settings(fresh_database: Fresh, tmp_path: Path) -> Settings:
    """Settings of an empty installation."""
    return Settings(
        name="provider",
        organisation="provider",
        home=tmp_path / "zone",
        keys_home=tmp_path / "keys",
        database_url=fresh_database("provider"),
        demo=True,
    )


@pytest.fixture
def system(settings: Settings) -> Iterator[System]:
    """An open, empty installation."""
    with open_system(settings) as opened:
        yield opened
