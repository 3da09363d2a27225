"""The stamp of what is public: the database gives it another one in every transaction that changes any of it.

It is random, so that a database that was put back to an earlier day never shows a stamp again for something else.
"""

from typing import cast

import sqlalchemy as sa

from avrop.store import db

_STAMP = sa.text("SELECT stamp::text FROM public_stamp")


def current(engine: sa.Engine) -> str:
    """The stamp of what is committed now. Errors: `database.unavailable` (Fault)."""
    with db.glance(engine) as connection:
        return str(connection.execute(_STAMP).scalar_one())


def settled(connection: sa.Connection) -> str | None:
    """The stamp that a transaction sees; None for one that has written, since it sees what nobody else does yet."""
    return cast("str | None", connection.execute(_SETTLED).scalar_one())


_SETTLED = sa.text("SELECT CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN stamp::text END FROM public_stamp")
