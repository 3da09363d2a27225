"""One summary row per case, for lists; everything in it can be made again from the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from avrop.accounts.entries import CaseId
from avrop.store.tables import cases as table


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """A case's row."""

    case_id: CaseId
    kind: str
    state: str
    summary: Mapping[str, object]
    sequence: int


def put_summary(
    connection: Connection, case: CaseId, *, kind: str, state: str, summary: Mapping[str, object], sequence: int
) -> None:
    """Write or replace a case's row."""
    values = {"kind": kind, "state": state, "summary": dict(summary), "sequence": sequence}
    statement = insert(table).values(case_id=case, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["case_id"], set_=values))


def all_of(connection: Connection, *, kind: str | None = None, states: Sequence[str] = ()) -> tuple[Summary, ...]:
    """The rows of a kind, in these states, ordered by case."""
    query = sa.select(table).order_by(table.c.case_id)
    if kind is not None:
        query = query.where(table.c.kind == kind)
    if states:
        query = query.where(table.c.state.in_([str(state) for state in states]))
    return tuple(
        Summary(case_id=CaseId(row.case_id), kind=row.kind, state=row.state, summary=row.summary, sequence=row.sequence)
        for row in connection.execute(query)
    )


def clear(connection: Connection) -> None:
    """Drop every row."""
    connection.execute(sa.delete(table))
