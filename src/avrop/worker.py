"""Takes a queued job, does it, records it: at least once, one worker per installation at a time."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException, JobAborted

from avrop.errors import AvropError, Fault, Mistake, Refusal
from avrop.store import db, jobs
from avrop.system import System, sweep

_AWAY_SECONDS = 5.0
"""A PostgreSQL that has not come back by then is gone: the job queue would else wait for minutes."""

_LOOK_SECONDS, _TICK_SECONDS, _STOP_SECONDS = 0.2, 60.0, 30.0
_LOG = logging.getLogger("avrop.worker")

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


@contextmanager
def working(system: System, tasks: Mapping[str, Task], tick: Callable[[System], object]) -> Iterator[None]:
    """Work beside the block: jobs soon after they are queued; every minute the clock, and what failed before."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep_working, args=(system, tasks, tick, stop), name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_STOP_SECONDS)


def _keep_working(
    system: System, tasks: Mapping[str, Task], tick: Callable[[System], object], stop: threading.Event
) -> None:
    began = -_TICK_SECONDS
    while not stop.wait(_LOOK_SECONDS):
        try:
            now = time.monotonic()
            if now - began >= _TICK_SECONDS:
                began = now
                tick(system)
                run_until_idle(system, tasks)
            elif jobs.due(system.database):
                run_until_idle(system, tasks)
        except AvropError as failure:
            _LOG.error("%s", failure)  # the job stays visible as failed; the next minute takes it up again


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
        except (Mistake, Refusal) as failure:  # trying again would find the same: it stays visible, as aborted
            failures.append(failure)
            raise JobAborted(failure.code) from None
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
