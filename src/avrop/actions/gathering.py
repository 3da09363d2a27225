"""Gather what other providers publish of themselves: on a schedule, conditionally, bounded, and all or nothing.

A source is read over the guarded way out. What it says becomes a catalogue of its own, which no key can change; what it
says no more goes. What cannot be taken is reported, and a failure changes nothing of what was read before.
"""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import Connection

from avrop.actions.addresses import base, lies_under
from avrop.actions.apart import apart
from avrop.actions.commons_keys import require_operator
from avrop.actions.gathered import GatherReport, forget, keep, owner
from avrop.actors import Actor
from avrop.canonical import build, document, is_writable, plain
from avrop.catalogue.imports import READERS
from avrop.catalogue.told import Told
from avrop.errors import AvropError, Conflict, Fault, Missing, Mistake
from avrop.outbound.guard import Answer
from avrop.store import commons as store
from avrop.store import commons_tables as t
from avrop.store import db, jobs
from avrop.system import System

TASK = "gather.read"
Form = Literal["variables", "dcat"]
LIMIT_BYTES, TIMEOUT_SECONDS = 8 * 1024 * 1024, 30.0
_LONGEST_NAME, _LONGEST_TAG = 120, 500


@document
class Source:
    """Where another provider's catalogue is read, how often, and how the last reading went."""

    name: str
    url: str
    form: Form
    publisher: str
    every_minutes: int
    asked_at: datetime | None
    read_at: datetime | None
    report: GatherReport | None


def add_source(
    system: System, who: Actor, name: str, *, url: str, form: Form, publisher: str, every_minutes: int
) -> None:
    """Read a catalogue from there from now on. Errors: `commons.operator` (Refusal), `gather.taken` (Conflict),
    `gather.name`, `gather.often`, `outbound.url` (Mistake), `outbound.plain`, `outbound.address` (Refusal)."""
    require_operator(system, who)
    if not 0 < len(name.strip()) <= _LONGEST_NAME:
        raise Mistake("gather.name", "A source has a name that is not too long.", hint="Choose another.")
    if every_minutes < 5:
        raise Mistake("gather.often", "A source is read every five minutes at most.", hint="Say a longer time.")
    system.outbound.check(url)
    with db.transaction(system.database) as connection:
        if store.find(connection, t.sources, name=name) is not None:
            raise Conflict(
                "gather.taken", "There is a source of that name.", hint="Choose another, or remove it first."
            )
        store.add(
            connection, t.sources, name=name, url=url, form=form, publisher=publisher, every_minutes=every_minutes,
            added_by=who.person,
        )  # fmt: skip


def sources(system: System) -> tuple[Source, ...]:
    """Every source, by name."""
    with db.transaction(system.database) as connection:
        return tuple(_source(row) for row in store.every(connection, t.sources))


def remove_source(system: System, who: Actor, name: str) -> None:
    """Read it no more, and forget what it said. Errors: `commons.operator` (Refusal), `gather.unknown` (Missing)."""
    require_operator(system, who)
    with db.transaction(system.database) as connection:
        store.write_alone(connection)
        row = _needed(connection, name)
        home = store.find(connection, t.catalogues, organisation=owner(name))
        if home is not None:
            forget(connection, home, keeping=Told(datasets=()))
            store.remove(connection, t.catalogues, home)
        store.remove(connection, t.sources, row)


def queue_due(system: System) -> tuple[str, ...]:
    """Queue a reading of every source whose time has come. Returns their names."""
    now = system.clock()
    with db.transaction(system.database) as connection:
        rows = [
            row for row in store.every(connection, t.sources)
            if row.asked_at is None or row.asked_at + timedelta(minutes=row.every_minutes) <= now
        ]  # fmt: skip
        for row in rows:
            store.change(connection, t.sources, row, asked_at=now)
            jobs.queue(connection, TASK, case=row.name)
    return tuple(row.name for row in rows)


def read_queued(system: System, name: str) -> None:
    """The job: a failure is noted in the source's report, and hinders nothing. A source that is gone is left."""
    with db.transaction(system.database) as connection:
        known = store.find(connection, t.sources, name=name)
    if known is not None:
        read_source(system, name)


def read_source(system: System, name: str) -> GatherReport:
    """Read a source now, and keep what it says. Whatever goes wrong is in the report, which is kept too.

    Errors: `gather.unknown` (Missing).
    """
    with db.transaction(system.database) as connection:
        row = _needed(connection, name)
    system.reach("gather.asked")
    try:
        answer = _ask(system, row)
        told = None if answer.status == 304 else _without_ours(_read(row, answer), base(system))
        with db.transaction(system.database) as connection:
            store.write_alone(connection)
            _needed(connection, name)  # it may be removed since: then what it says is nobody's
            report = GatherReport(outcome="unchanged") if told is None else keep(connection, row, told)
            _note(connection, system, row, report, None if told is None else answer)
    except AvropError as failure:
        report = GatherReport(outcome="failed", error=failure.code, sentence=failure.sentence)
        with db.transaction(system.database) as connection:
            _note(connection, system, row, report, None)
    return report


def _ask(system: System, row: Any) -> Answer:
    headers = {"Accept": READERS[row.form].accept}
    if row.read_at is not None:
        headers |= {"If-None-Match": row.tag} if row.tag else {}
        headers |= {"If-Modified-Since": row.modified} if row.modified else {}
    answer = system.outbound.request(
        "GET", row.url, headers=headers, limit_bytes=LIMIT_BYTES, timeout_seconds=TIMEOUT_SECONDS
    )
    if answer.status not in (200, 304) or (answer.status == 304 and row.read_at is None):
        told = "It leads elsewhere, and is not followed" if 300 <= answer.status < 400 else "The source gives nothing"
        raise Fault("gather.away", f"{told} (HTTP {answer.status}).", hint="Ask its operator.")
    return answer


_PACKED = b"\x1f\x8b"
"""How what is compressed with gzip begins."""


def _read(row: Any, answer: Answer) -> Told:
    if answer.headers.get("content-encoding", "identity").strip().lower() != "identity" or answer.body[:2] == _PACKED:
        raise Mistake(
            "gather.packed", "The answer is compressed, though that was not asked for.",
            hint="Ask its sender to heed `Accept-Encoding: identity`.",
        )  # fmt: skip
    media_type, _, rest = answer.headers.get("content-type", "").lower().partition(";")
    if "charset" in rest and "utf-8" not in rest and "utf8" not in rest:
        raise Mistake("gather.charset", "The answer says that it is not in UTF-8.", hint="Ask its sender for UTF-8.")
    try:
        text = answer.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Mistake("gather.charset", "The answer is not UTF-8.", hint="Ask its sender for UTF-8.") from None
    told = cast(
        "Told", apart(READERS[row.form].read, text, media_type=media_type.strip(), title=row.name, base=row.url)
    )
    _require_text(told)
    return told


def _without_ours(told: Told, base: str) -> Told:
    """The same without datasets whose IRIs only we, who are reached at `base`, may give; each is a conflict."""
    ours = [each for each in told.datasets if lies_under(base, each.entry.iri or "")]
    conflicts = [
        f"The dataset {each.id} lies under our own address, so no other source says what it is." for each in ours
    ]
    datasets = tuple(each for each in told.datasets if each not in ours)
    return replace(told, datasets=datasets, conflicts=(*told.conflicts, *conflicts)) if ours else told


def _require_text(told: Told) -> None:
    """Refuse signs that no text of the database or of XML can have; an answer may write them as escapes."""
    if not is_writable(asdict(told)):
        raise Mistake("gather.signs", "The answer has signs that are no text.", hint="Ask its sender for plain texts.")


def _note(connection: Connection, system: System, row: Any, report: GatherReport, answer: Answer | None) -> None:
    values: dict[str, object] = {"asked_at": system.clock(), "report": plain(report)}
    if report.outcome != "failed":
        values["read_at"] = system.clock()
    if answer is not None:
        # While something could not be taken it is asked for anew: what hinders it may go without a change over there.
        kept = not report.conflicts
        values |= {"tag": _sendable(answer, "etag", kept), "modified": _sendable(answer, "last-modified", kept)}
    store.change(connection, t.sources, row, **values)


def _sendable(answer: Answer, name: str, kept: bool) -> str | None:
    """A header that can be sent back as it came, or None."""
    value = answer.headers.get(name)
    fits = kept and value is not None and value.isascii() and value.isprintable() and len(value) <= _LONGEST_TAG
    return value if fits else None


def _needed(connection: Connection, name: str) -> Any:
    row = store.find(connection, t.sources, name=name)
    if row is None:
        raise Missing("gather.unknown", "There is no source of that name.", hint="See `avrop publish source list`.")
    return row


def _source(row: Any) -> Source:
    report = None if row.report is None else build(GatherReport, row.report, what="The report")
    return Source(
        name=row.name, url=row.url, form=cast("Form", row.form), publisher=row.publisher,
        every_minutes=row.every_minutes, asked_at=row.asked_at, read_at=row.read_at, report=report,
    )  # fmt: skip
