"""Packages that are pushed: what must be kept of each so that the same bytes can be sent again."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from avrop.store.wire_tables import pushes


def keep(connection: Connection, **values: object) -> None:
    """Insert the row of a package that is on its way."""
    connection.execute(sa.insert(pushes).values(state="sending", attempts=0, **values))


def change(connection: Connection, package: str, **values: object) -> None:
    """Change the row of a package."""
    connection.execute(sa.update(pushes).where(pushes.c.package == package).values(**values))


def sending(connection: Connection, delivery: str) -> tuple[Any, ...]:
    """The packages of a delivery that are on their way."""
    query = sa.select(pushes).where(pushes.c.delivery == delivery, pushes.c.state == "sending")
    return tuple(connection.execute(query.order_by(pushes.c.package)))


def every(connection: Connection) -> tuple[Any, ...]:
    """All packages, by delivery."""
    return tuple(connection.execute(sa.select(pushes).order_by(pushes.c.delivery, pushes.c.package)))
