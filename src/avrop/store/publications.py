"""What was last sent to an external commons, by digest: so that the same is not sent twice."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from avrop.store.publication_tables import publications as table


def digests(connection: Connection, place: str) -> dict[tuple[str, str], str]:
    """The digest of each thing that was taken at that place, by kind and name."""
    rows = connection.execute(sa.select(table.c.kind, table.c.name, table.c.digest).where(table.c.place == place))
    return {(row.kind, row.name): row.digest for row in rows}


def note(connection: Connection, place: str, kind: str, name: str, *, digest: str, sent_at: datetime) -> None:
    """Note that a thing was taken there."""
    values = {"digest": digest, "sent_at": sent_at}
    statement = insert(table).values(place=place, kind=kind, name=name, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["place", "kind", "name"], set_=values))
