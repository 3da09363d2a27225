"""Carts that wait for their readers: put in, looked at, taken out once, and forgotten when their time is over."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from avrop.store.cart_tables import carts, slots


def add(connection: Connection, **values: object) -> None:
    """Let a cart wait."""
    connection.execute(sa.insert(carts).values(asked=0, answer=None, **values))


def find(connection: Connection, token: str, now: datetime) -> Any | None:
    """The cart that waits under that token's digest, or None."""
    return connection.execute(sa.select(carts).where(*_waits(token, now))).one_or_none()


def take(connection: Connection, token: str, now: datetime) -> bool:
    """Take the cart out. Of several who try at once, one gets True."""
    return connection.execute(sa.delete(carts).where(*_waits(token, now))).rowcount == 1


def may_ask(connection: Connection, token: str, *, most: int) -> bool:
    """Count one question about the cart, if it has not had so many."""
    where = (carts.c.token == token, carts.c.asked < most)
    return connection.execute(sa.update(carts).where(*where).values(asked=carts.c.asked + 1)).rowcount == 1


def keep_answer(connection: Connection, token: str, answer: object) -> None:
    """Keep what was said of the cart, if it still waits."""
    connection.execute(sa.update(carts).where(carts.c.token == token).values(answer=answer))


def forget_expired(connection: Connection, now: datetime) -> None:
    """Delete the carts whose time is over."""
    connection.execute(sa.delete(carts).where(carts.c.expires_at <= now))


def count(connection: Connection, slot: int, minute: int) -> int:
    """Count one more in a slot. Returns how many there were in this minute, with this one."""
    made = insert(slots).values(slot=slot, minute=minute, taken=1)
    more = sa.case((slots.c.minute == made.excluded.minute, slots.c.taken + 1), else_=1)
    counted = made.on_conflict_do_update(
        index_elements=["slot"], set_={"minute": made.excluded.minute, "taken": more}
    ).returning(slots.c.taken)
    return int(connection.execute(counted).scalar_one())


def _waits(token: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return carts.c.token == token, carts.c.expires_at > now
