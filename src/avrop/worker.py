"""Takes a queued job, does it, records it: at least once, one worker per installation at a time."""

import logging
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException

from avrop.errors import AvropError, Fault
from avrop.store import db, jobs
from avrop.system import System, sweep

_AWAY_SECONDS = 5.0
"""A PostgreSQL that has not come back by then is gone: the job queue would else wait for minutes."""

Task = Callable[[System, str], None]
"""A task's work: it is given the case, and may be given it twice."""


def run_until_idle(system: System, tasks: Mapping[str, Task]) -> int:
    """Do every job that is due, in order, and what they queue in turn. Returns how many were done.

    A job that a killed worker left half done, or that failed before, is taken up again: what stopped it may be mended.
    The first error of a job is raised after the run; its job stays visible as failed.
    """
    failures: list[BaseException] = []
    done: list[str] = []
    with db.alone(system.database):
        sweep(system)
        _run(system, tasks, failures=failures, done=done)
    for failure in failures:
        raise failure
    return len(done)


def _run(system: System, tasks: Mapping[str, Task], *, failures: list[BaseException], done: list[str]) -> None:
    for name in ("procrastinate", "psycopg.pool"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # we raise what failed; their logs would say it twice
    app = App(
        connector=PsycopgConnector(conninfo=_conninfo(system), timeout=_AWAY_SECONDS, reconnect_timeout=_AWAY_SECONDS)
    )
    for name, work in tasks.items():
        app.task(name=name)(_wrapped(system, name, work, failures=failures, done=done))
    with db.transaction(system.database) as connection:
        abandoned = connection.execute(
            sa.text("SELECT id FROM procrastinate_jobs WHERE status IN ('doing', 'failed') ORDER BY id")
        ).scalars()
        for job in abandoned.all():  # we have the installation to ourselves: nobody is doing them
            connection.execute(sa.text("SELECT procrastinate_retry_job_v2(:id, now(), NULL, NULL, NULL)"), {"id": job})
    try:
        app.run_worker(
            queues=[jobs.QUEUE],
            wait=False,
            concurrency=1,
            listen_notify=False,
            install_signal_handlers=False,
            fetch_job_polling_interval=0.1,
        )
    except ConnectorException as failure:
        raise db.unavailable(failure) from None


def _wrapped(
    system: System, name: str, work: Task, *, failures: list[BaseException], done: list[str]
) -> Callable[[str], None]:
    def task(case: str) -> None:
        try:
            work(system, case)
        except AvropError as failure:
            failures.append(failure)
            raise
        except Exception as failure:  # whatever it is, it may hold a value of a row: its text stays here
            fault = Fault(
                "worker.failed", f"The job {name} failed ({type(failure).__name__}).", hint="See the job.", case=case
            )
            failures.append(fault)
            raise fault from None
        done.append(name)

    return task


def _conninfo(system: System) -> str:
    return system.url.replace("postgresql+psycopg://", "postgresql://", 1)
