"""The system that every verb is given: database, engine, keys, clock, files, the way out; opened once, passed in."""

import os
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from avrop.disclosure.binding import Engine
from avrop.engines.duckdb import DuckDBEngine
from avrop.errors import Fault, Mistake
from avrop.outbound.guard import Outbound
from avrop.outbound.keysets import KeySets
from avrop.outbound.kudaf_authorisations import Authorisations
from avrop.settings import Settings, moment
from avrop.store import db, embedded, rows
from avrop.store.files import Zone
from avrop.store.keys import KeyStore

_ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True)
class System:
    """One installation, open. `reach` marks a named point that a fault test may kill at; otherwise it does nothing.

    `outbound` is the only way to other hosts, and `keysets` holds the keys of the issuers that the settings name.
    `authorisations` is what another organisation's commons says of consumers, where its word counts.
    """

    settings: Settings
    database: sa.Engine
    url: str = field(repr=False)
    zone: Zone
    keys: KeyStore
    engine: Engine
    clock: Callable[[], datetime]
    random: Callable[[int], bytes]
    reach: Callable[[str], None]
    outbound: Outbound
    keysets: KeySets
    authorisations: Authorisations | None

    def __post_init__(self) -> None:
        if (self.settings.outside is None) != (self.authorisations is None):  # None would let everybody in
            raise Fault(
                "system.authorisations",
                "An external commons has a say, and nothing asks it, or the other way round.",
                hint="Open the installation anew with these settings.",
            )


@contextmanager
def open_system(
    settings: Settings,
    *,
    clock: Callable[[], datetime] | None = None,
    listen: Callable[[str], None] = lambda _point: None,
    outbound: Outbound | None = None,
) -> Iterator[System]:
    """Open an installation: start or reach its PostgreSQL and migrate it; close it afterwards.

    `listen` is told every named point that is reached, for progress bars. `outbound` is another way out than the
    network, for installations of one process.
    """
    reach = _reach(settings, listen)
    ticking = clock or _clock(settings)
    way_out, keysets, authorisations = _reaching_out(settings, outbound, ticking)
    url, database = _opened(settings)
    try:
        system = System(
            settings=settings,
            database=database,
            url=url,
            zone=Zone(settings.home, reach),
            keys=KeyStore(settings.keys_home, secrets.token_bytes),
            engine=DuckDBEngine(threads=settings.threads, memory_limit=settings.memory_limit, reach=reach),
            clock=ticking,
            random=secrets.token_bytes,
            reach=reach,
            outbound=way_out,
            keysets=keysets,
            authorisations=authorisations,
        )
        yield system
    finally:
        database.dispose()


def _reaching_out(
    settings: Settings, given: Outbound | None, clock: Callable[[], datetime]
) -> tuple[Outbound, KeySets, Authorisations | None]:
    """What may be asked, and whose tokens are believed: nothing but what the settings name."""
    serve, outside = settings.serve, settings.outside
    outbound = given or Outbound(allowed_hosts=serve.allowed_hosts if serve else ())
    named = serve.issuers if serve else ()
    keysets = KeySets(outbound, named if outside is None else (*named, outside.issuer))
    if outside is None:
        return outbound, keysets, None
    datasource = serve.datasource_id if serve else None
    return outbound, keysets, Authorisations(
        outside, datasource=datasource, outbound=outbound, keysets=keysets, clock=clock
    )  # fmt: skip


def _opened(settings: Settings) -> tuple[str, sa.Engine]:
    """The database, connected and up to date. Before an embedded server sees us connected, another process may stop it
    as idle: then it is started again."""
    if settings.database_url is not None:
        return settings.database_url, _migrated(settings.database_url)
    home = settings.embedded_home or settings.home / "postgres"
    for _ in range(_ATTEMPTS - 1):
        url = embedded.start(home, settings.name)
        try:
            return url, _migrated(url)
        except Fault as failure:
            if failure.code != "database.unavailable":
                raise
    url = embedded.start(home, settings.name)
    return url, _migrated(url)


def _migrated(url: str) -> sa.Engine:
    database = db.connect(url)
    try:
        db.migrate(database)
    except BaseException:
        database.dispose()
        raise
    return database


def sweep(system: System) -> tuple[str, ...]:
    """Remove what a crash left in the zone: temporary names, and places that no row speaks for.

    Only while nothing else of this installation runs: the worker does it when it has the installation to itself.
    """
    with db.transaction(system.database) as connection:
        spoken_for = rows.folders(connection)
    return system.zone.sweep(spoken_for)


def _clock(settings: Settings) -> Callable[[], datetime]:
    if settings.now is not None:
        fixed = settings.now
        return lambda: fixed
    if settings.clock_file is not None:
        return partial(_moment_in, settings.clock_file)
    return lambda: datetime.now(UTC)


def _moment_in(file: Path) -> datetime:
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError):
        raise Mistake(
            "settings.clock_file", "The clock file cannot be read.", hint="Set AVROP_CLOCK_FILE.", file=file.name
        ) from None
    return moment(text, "The file of AVROP_CLOCK_FILE")


def _reach(settings: Settings, listen: Callable[[str], None]) -> Callable[[str], None]:
    """In the demo and in tests: note the point in the trace, and die there if it is the one that was asked for."""
    if not settings.demo or (settings.fault_point is None and settings.fault_trace is None):
        return listen

    def reach(point: str) -> None:
        if settings.fault_trace is not None:
            with settings.fault_trace.open("a") as trace:
                trace.write(point + "\n")
        if point == settings.fault_point:
            os.kill(os.getpid(), signal.SIGKILL)
        listen(point)

    return reach
