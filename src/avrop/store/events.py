"""The log in the database: append to a case, read a case, read the whole; never change, only erase what was said."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy import Connection

from avrop.accounts.entries import ActorRecord, CaseId, Entry, Payload, commitment
from avrop.actors import Actor
from avrop.canonical import canonical, read
from avrop.errors import Conflict, Fault
from avrop.governance.events import Event
from avrop.governance.keys import CLOCKS_DIFFER
from avrop.store import db
from avrop.store.tables import entries as table


def payloads(connection: Connection, case: CaseId) -> tuple[Payload, ...]:
    """What happened in a case, in order. Raises `log.erased` (Fault) if a needed payload was erased."""
    rows = connection.execute(
        sa.select(table.c.payload).where(table.c.case_id == case).order_by(table.c.sequence)
    ).scalars()
    return tuple(_read(case, row) for row in rows)


def append(
    connection: Connection,
    case: CaseId,
    expected_sequence: int,
    events: Sequence[Event],
    *,
    actor: Actor,
    at: datetime,
    salts: Callable[[], bytes],
) -> tuple[Entry, ...]:
    """Append events after `expected_sequence` to a case, and their leaves to the account-wide log.

    Place and moment are given under the log's lock, which is held to the end of the transaction, so the log has no gaps
    and never goes back in time. Raises `case.changed` (Conflict) if somebody appended to this case
    meanwhile, and `case.clock_behind` (Fault).
    """
    who = ActorRecord(person=actor.person, organisation=actor.organisation, role=actor.role.value)
    db.lock_log(connection)
    size = connection.execute(sa.select(sa.func.coalesce(sa.func.max(table.c.index) + 1, 0))).scalar_one()
    moment = _not_before_the_last(connection, at)
    said = [
        (sequence, canonical(Payload(case=case, sequence=sequence, at=moment, actor=who, event=event)), salts())
        for sequence, event in enumerate(events, start=expected_sequence + 1)
    ]
    made = tuple(
        Entry(
            index=size + place,
            case=case,
            sequence=sequence,
            commitment=commitment(salt, payload),
            payload=payload,
            salt=salt,
        )
        for place, (sequence, payload, salt) in enumerate(said)
    )
    try:
        connection.execute(sa.insert(table), [_row(entry) for entry in made])
    except sa.exc.IntegrityError:
        raise Conflict(
            "case.changed", "The case changed since it was read.", hint="Read it again and repeat.", case=case
        ) from None
    return made


def all_entries(connection: Connection) -> tuple[Entry, ...]:
    """The whole log in order."""
    rows = connection.execute(sa.select(table).order_by(table.c.index))
    return tuple(
        Entry(
            index=row._mapping["index"],
            case=CaseId(row.case_id),
            sequence=row.sequence,
            commitment=row.commitment,
            payload=None if row.payload is None else bytes(row.payload),
            salt=None if row.salt is None else bytes(row.salt),
        )
        for row in rows
    )


def erase(connection: Connection, case: CaseId, sequence: int) -> None:
    """Erase what an entry said, and its salt: the leaf and the tree stand."""
    connection.execute(
        sa.update(table).where(table.c.case_id == case, table.c.sequence == sequence).values(payload=None, salt=None)
    )


def _not_before_the_last(connection: Connection, at: datetime) -> datetime:
    """The moment, or that of the log's last entry if it is a little later: two who append at once looked at their
    clocks before they queued up here, and clocks are set back by seconds.

    By more, it is refused: what was appended had been judged by the wrong time (is the authority over, is the list
    fresh?), and a moment made up to fit would say in the log that it had not.
    """
    query = sa.select(table.c.case_id, table.c.payload).where(table.c.payload.is_not(None))
    row = connection.execute(query.order_by(table.c.index.desc()).limit(1)).one_or_none()
    if row is None:
        return at
    last = _read(CaseId(row.case_id), row.payload).at
    if at < last - CLOCKS_DIFFER:
        raise Fault(
            "case.clock_behind",
            "The clock is behind the log: its last entry is of a later moment. Nothing was recorded.",
            hint="Set the clock right; for what a demo left, use the .env files in its folder.",
        )
    return max(at, last)


def _row(entry: Entry) -> dict[str, object]:
    return {
        "index": entry.index,
        "case_id": entry.case,
        "sequence": entry.sequence,
        "commitment": entry.commitment,
        "payload": entry.payload,
        "salt": entry.salt,
    }


def _read(case: CaseId, payload: bytes | None) -> Payload:
    if payload is None:
        raise Fault("log.erased", "An entry that is needed was erased.", hint="Restore it from a bundle.", case=case)
    return cast("Payload", read(Payload, bytes(payload), what="The log entry"))
