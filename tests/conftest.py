"""Databases for tests: an embedded PostgreSQL per test process, or any server by AVROP_TEST_DATABASE_URL."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo, sql

from avrop.settings import Settings
from avrop.store import embedded
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


@pytest.fixture(scope="session")
def fresh_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    """A function that makes an empty database for a name and gives the URL of an ordinary role that owns it."""
    administrator = os.environ.get("AVROP_TEST_DATABASE_URL")
    home = tmp_path_factory.mktemp("postgres")

    def make(name: str) -> str:
        unique = f"{name}_{secrets.token_hex(4)}"
        return embedded.start(home, unique) if administrator is None else _owned(administrator, unique)

    yield make
    if administrator is None:
        embedded.stop(home)


def _owned(administrator: str, database: str) -> str:
    """A database on a server that is there, owned by the URL's role, which may make databases and is no superuser."""
    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(database))
        )
    parts = conninfo.conninfo_to_dict(administrator)
    login = f"{parts['user']}:{parts['password']}" if "password" in parts else parts["user"]
    return f"postgresql+psycopg://{login}@{parts['host']}:{parts.get('port', '5432')}/{database}"


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
