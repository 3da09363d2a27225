"""Databases for tests: on one embedded PostgreSQL for the whole run, or on any server by AVROP_TEST_DATABASE_URL."""

import os
import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo, sql

from avrop.store import db, embedded
from tests import kept

_NAMED, _SERVER = "AVROP_TEST_DATABASE_URL", "server"


@cache
def administrator() -> Mapping[str, Any]:
    """Where whoever may make databases connects."""
    named = os.environ.get(_NAMED)
    if named is not None:
        return conninfo.conninfo_to_dict(named)
    home = kept.once(_SERVER, _begin)
    return _embedded((home / "host").read_text())


def end(folder: Path) -> None:
    """Stop the run's embedded server, if there is one."""
    if (home := folder / "kept" / _SERVER).exists():
        embedded.stop(home)


def empty(name: str) -> str:
    """Make an empty database for a name, and give the URL of an ordinary role that owns it."""
    return _made(name, template="template0")


def fresh(name: str) -> str:
    """The same with our tables, which are made once and copied."""
    return copied((kept.once("tables", _migrated) / "url").read_text(), name)


def copied(url: str, name: str) -> str:
    """A copy of a database to which nobody is connected."""
    return _made(name, template=url.partition("?")[0].rpartition("/")[2])


def _begin(home: Path) -> None:
    """Start it, and let it forget what it wrote last if the machine loses its power; no test takes that away."""
    host = conninfo.conninfo_to_dict(embedded.start(home, "first").replace("+psycopg", "", 1))["host"]
    (home / "host").write_text(str(host))
    with psycopg.connect(**_embedded(str(host)), autocommit=True) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        connection.execute("SELECT pg_reload_conf()")


def _embedded(host: str) -> Mapping[str, str]:
    return {"host": host, "user": "postgres", "dbname": "postgres"}


def _migrated(folder: Path) -> None:
    url = empty("template")
    engine = db.connect(url)
    db.migrate(engine)
    engine.dispose()
    (folder / "url").write_text(url)


def _made(name: str, *, template: str) -> str:
    """A database owned by the application's role on our server, or on one that is named by that URL's role."""
    server, database = administrator(), f"{name}_{secrets.token_hex(4)}"
    named = os.environ.get(_NAMED) is not None
    owner = server["user"] if named else embedded.ROLE
    with psycopg.connect(**server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} ENCODING 'UTF8'").format(
                *map(sql.Identifier, (database, owner, template))
            )
        )
    if not named:
        return f"postgresql+psycopg://{owner}@/{database}?host={server['host']}"
    login = f"{owner}:{server['password']}" if "password" in server else owner
    return f"postgresql+psycopg://{login}@{server['host']}:{server.get('port', '5432')}/{database}"
