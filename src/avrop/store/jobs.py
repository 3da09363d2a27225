"""Jobs enter the queue in the transaction that makes them necessary: they exist exactly if it is committed."""

from datetime import UTC, datetime, timedelta

from procrastinate import App, SyncPsycopgConnector
from procrastinate.jobs import Job
from sqlalchemy import Connection, Engine, text

from avrop.store import db

QUEUE = "avrop"
"""The name of the one queue."""


def queue(connection: Connection, task: str, *, case: str, after: timedelta | None = None) -> None:
    """Queue a task for a case, to be done at once or after a while. Tasks of one call-off run one after the other, in
    the order they were queued."""
    reference = case.split("/", 1)[0]
    when = None if after is None else datetime.now(UTC) + after  # the database's own clock takes it up
    job = Job(
        queue=QUEUE, lock=reference, queueing_lock=None, task_name=task, task_kwargs={"case": case}, scheduled_at=when
    )
    manager = App(connector=SyncPsycopgConnector()).job_manager
    manager.batch_defer_jobs([job], connection=connection.connection.driver_connection)


def due(database: Engine) -> bool:
    """Whether a job waits to be done now."""
    with db.transaction(database) as connection:
        return connection.execute(text(_DUE)).scalar_one_or_none() is not None


_DUE = """SELECT 1 FROM procrastinate_jobs
WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) LIMIT 1"""


def unfinished(database: Engine) -> bool:
    """Whether a job waits, is being done, or failed and will be taken up again."""
    with db.transaction(database) as connection:
        return connection.execute(text(_UNFINISHED)).scalar_one_or_none() is not None


_UNFINISHED = "SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') LIMIT 1"
