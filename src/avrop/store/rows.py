"""The rows that say which files are whole: snapshots, lists of people, extracts, generations, packages, checkpoints.

A file without a row is a leftover; a row is committed only after its files are on disk.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from avrop.errors import Missing
from avrop.store import incoming, tables
from avrop.store.renderings import place_of


def keep(connection: Connection, table: sa.Table, **values: object) -> None:
    """Insert a row; the same key again changes nothing."""
    connection.execute(insert(table).values(**values).on_conflict_do_nothing())


def change(connection: Connection, table: sa.Table, key: object, **values: object) -> None:
    """Change the row of that primary key."""
    connection.execute(sa.update(table).where(_key(table) == key).values(**values))


def find(connection: Connection, table: sa.Table, key: object) -> Any | None:
    """The row of that primary key, or None."""
    return connection.execute(sa.select(table).where(_key(table) == key)).one_or_none()


def need(connection: Connection, table: sa.Table, key: object) -> Any:
    """The row of that primary key. Raises `row.missing` (Missing)."""
    row = find(connection, table, key)
    if row is None:
        raise Missing("row.missing", f"There is nothing of that name among the {table.name}.", key=str(key))
    return row


def every(connection: Connection, table: sa.Table) -> tuple[Any, ...]:
    """All rows, ordered by primary key."""
    return tuple(connection.execute(sa.select(table).order_by(*table.primary_key.columns)))


def freshest_list(connection: Connection, name: str, *, not_after: datetime) -> Any:
    """The newest row of a list of people that is as of no later moment. Raises `lists.missing` (Missing)."""
    table = tables.person_lists
    known = sa.select(table).where(table.c.list == name, table.c.as_of <= not_after)
    query = known.order_by(table.c.as_of.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise Missing("lists.missing", f"The list '{name}' has not been loaded.", hint="Load it first.")
    return row


def list_of(connection: Connection, name: str, as_of: datetime) -> Any:
    """The row of a list of people as of a moment."""
    table = tables.person_lists
    return connection.execute(sa.select(table).where(table.c.list == name, table.c.as_of == as_of)).one()


def list_digests(connection: Connection, names: Sequence[str], *, not_after: datetime) -> str | None:
    """The digests of the newest lists of those names, in order, as one text; None if one is missing."""
    try:
        return " ".join(freshest_list(connection, name, not_after=not_after).digest for name in names)
    except Missing:
        return None


def folders(connection: Connection) -> frozenset[str]:
    """Every folder and file that a row speaks for, relative to the zone."""
    named = set()
    for table in (tables.snapshots, tables.extracts, tables.generations, tables.packages):
        named |= set(connection.execute(sa.select(table.c.folder)).scalars())
    named |= set(connection.execute(sa.select(tables.person_lists.c.file)).scalars())
    named |= {place_of(case) for case in _open_deliveries(connection)}
    named |= {f"incoming/{package}" for package in incoming.arriving(connection)}
    return frozenset(named)


def _open_deliveries(connection: Connection) -> Iterable[str]:
    """Their cases: an open generation speaks for what was rendered of it."""
    cases = tables.cases
    query = sa.select(cases.c.case_id).where(cases.c.kind == "delivery", cases.c.summary["open"].as_boolean())
    return connection.execute(query).scalars()


def packages_due(connection: Connection, day: date) -> tuple[Any, ...]:
    """The receiver's packages that are past their time and not deleted."""
    table = tables.packages
    query = sa.select(table).where(table.c.keep_until <= day, table.c.state != "deleted").order_by(table.c.received_at)
    return tuple(connection.execute(query))


def _key(table: sa.Table) -> sa.Column[Any]:
    (column,) = table.primary_key.columns
    return column
