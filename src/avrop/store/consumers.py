"""The consumers of the datasource contract: which token subjects act for which organisation."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from avrop.actors import OrganisationId, PersonId
from avrop.errors import Missing
from avrop.store.consumer_tables import consumers as table


@dataclass(frozen=True, kw_only=True, slots=True)
class Consumer:
    """A subject of the consumers' issuer, whom it acts for, and who registered that."""

    subject: str
    organisation: OrganisationId
    registered_by: PersonId
    registered_at: datetime


def put(connection: Connection, consumer: Consumer) -> None:
    """Register a subject, or let it act for another organisation."""
    values = {
        "organisation": consumer.organisation,
        "registered_by": consumer.registered_by,
        "registered_at": consumer.registered_at,
    }
    statement = insert(table).values(subject=consumer.subject, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["subject"], set_=values))


def every(connection: Connection) -> tuple[Consumer, ...]:
    """All of them, by organisation and subject."""
    rows = connection.execute(sa.select(table).order_by(table.c.organisation, table.c.subject))
    return tuple(Consumer(**row._mapping) for row in rows)


def organisation(connection: Connection, subject: str) -> OrganisationId | None:
    """Whom a subject acts for, or None."""
    found = connection.execute(sa.select(table.c.organisation).where(table.c.subject == subject)).scalar_one_or_none()
    return None if found is None else OrganisationId(found)


def remove(connection: Connection, subject: str) -> None:
    """Forget a subject. Errors: `consumer.unknown` (Missing)."""
    if connection.execute(sa.delete(table).where(table.c.subject == subject)).rowcount == 0:
        raise Missing("consumer.unknown", "There is no such consumer.", hint="See `avrop account consumer list`.")
