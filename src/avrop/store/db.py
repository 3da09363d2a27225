"""The one database: open it, bring it up to date, and do things in one transaction."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from avrop.errors import Fault, Mistake

_MIGRATION_LOCK, _LOG_LOCK, _ZONE_LOCK, _PUBLISHING_LOCK = 815_001, 815_002, 815_003, 815_004
_AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError)


def connect(url: str) -> sa.Engine:
    """An engine for that PostgreSQL. The role must be an ordinary one.

    Errors: `database.superuser` (Fault) for a role above row-level security, `database.unavailable` (Fault),
    `database.url` (Mistake).
    """
    try:
        if sa.make_url(url).get_backend_name() != "postgresql":
            raise ValueError
        engine = sa.create_engine(url, pool_size=4, max_overflow=8, pool_pre_ping=True, hide_parameters=True)
    except (sa.exc.ArgumentError, ImportError, ValueError):  # its text may hold a password
        raise Mistake(
            "database.url",
            "The database URL is none of a PostgreSQL.",
            hint="Write AVROP_DATABASE_URL as postgresql+psycopg://role@host:5432/database.",
        ) from None
    with transaction(engine) as connection:
        above = connection.execute(
            sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).scalar_one()
    if above:
        engine.dispose()
        raise Fault(
            "database.superuser",
            "The application's database role is a superuser or above row-level security.",
            hint="Make an ordinary role that owns only this database, and connect as that.",
        )
    return engine


def migrate(engine: sa.Engine) -> None:
    """Bring the tables up to date. Several processes may try at once: one does it, the others wait."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with transaction(engine) as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction: committed at the end of the block, rolled back by any error.

    Errors: `database.unavailable` (Fault) when PostgreSQL cannot be reached or goes away; nothing was half done.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except _AWAY as failure:
        raise unavailable(failure.orig or failure) from None


@contextmanager
def glance(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One statement that reads by itself: no transaction is begun and ended around it. Errors: as `transaction`."""
    try:
        with engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")
    except _AWAY as failure:
        raise unavailable(failure.orig or failure) from None


def lock_log(connection: sa.Connection) -> None:
    """Let nobody else write to the log, or keep a document, until this transaction ends.

    Whoever decides on what stands takes it before it reads: else a revocation that is committed between the look and
    the entry would be overtaken.
    """
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOG_LOCK})


def unavailable(failure: BaseException) -> Fault:
    """The clear error of a PostgreSQL that is not there: no statement and no value in it."""
    return Fault(
        "database.unavailable",
        f"PostgreSQL cannot be reached or went away ({type(failure).__name__}). Nothing was half done.",
        hint="Start it again and repeat the command.",
    )


def alone(engine: sa.Engine) -> AbstractContextManager[None]:
    """Have the installation's zone to oneself: whoever writes files there, or sweeps, waits for the others.

    A killed process loses the lock with its connection. Errors: `database.unavailable` (Fault).
    """
    return _waiting(engine, _ZONE_LOCK)


def publishing_alone(engine: sa.Engine) -> AbstractContextManager[None]:
    """Be the only one of this installation that publishes to an external commons. Errors as `alone`."""
    return _waiting(engine, _PUBLISHING_LOCK)


@contextmanager
def _waiting(engine: sa.Engine, lock: int) -> Iterator[None]:
    try:
        guard = engine.connect()
        guard.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": lock})
        guard.commit()
    except _AWAY as failure:
        raise unavailable(failure.orig or failure) from None
    try:
        yield
    finally:
        try:
            guard.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": lock})
            guard.commit()
        except _AWAY:
            guard.invalidate()  # the lock is gone with PostgreSQL; what went wrong meanwhile is the error to tell
        guard.close()
