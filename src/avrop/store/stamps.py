"""The stamp of what is public: the database gives it another one in every transaction that changes any of it.

It is random, so that a database that was put back to an earlier day never shows a stamp again for something else.
"""

import sqlalchemy as sa

from avrop.store import db

_STAMP = sa.text("SELECT stamp::text FROM public_stamp")


def current(engine: sa.Engine) -> str:
    """The stamp of what is committed now. Errors: `database.unavailable` (Fault)."""
    with db.glance(engine) as connection:
        return str(connection.execute(_STAMP).scalar_one())
