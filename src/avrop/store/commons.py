"""The rows of a data commons: found by what they must equal, in the order in which they came."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from avrop.store import commons_tables as t

_WRITING_LOCK = 815_021


def write_alone(connection: Connection) -> None:
    """Wait until nobody else writes to the commons, until the transaction ends: the same thing said twice at once is
    kept once. Reading waits for nobody."""
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITING_LOCK})


def add(connection: Connection, table: sa.Table, **values: object) -> Any:
    """Insert a row, and give it with its number."""
    return connection.execute(sa.insert(table).values(**values).returning(table)).one()


def change(connection: Connection, table: sa.Table, row: Any, **values: object) -> None:
    """Change that row."""
    (key,) = table.primary_key.columns
    connection.execute(sa.update(table).where(key == getattr(row, key.name)).values(**values))


def remove(connection: Connection, table: sa.Table, row: Any) -> None:
    """Delete that row."""
    (key,) = table.primary_key.columns
    connection.execute(sa.delete(table).where(key == getattr(row, key.name)))


def find(connection: Connection, table: sa.Table, **equal: object) -> Any | None:
    """The one row whose columns equal the values, or None."""
    return connection.execute(_where(table, equal)).one_or_none()


def every(
    connection: Connection,
    table: sa.Table,
    among: Mapping[str, Collection[object]] = MappingProxyType({}),
    /,
    **equal: object,
) -> tuple[Any, ...]:
    """The rows whose columns equal the values and have one of those `among`, oldest first."""
    query = _where(table, equal).where(*(table.c[name].in_(values) for name, values in among.items()))
    return tuple(connection.execute(query.order_by(*table.primary_key.columns)))


def names(connection: Connection, table: sa.Table, **equal: object) -> dict[int, str]:
    """The names of the rows whose columns equal the values, by number."""
    query = _where(table, equal).with_only_columns(table.c.id, table.c.name)
    return {row.id: row.name for row in connection.execute(query)}


def variables_within(connection: Connection, catalogue: int) -> tuple[Any, ...]:
    """The variables of all datasets of a catalogue, oldest first."""
    query = sa.select(t.variables).join(t.datasets, t.datasets.c.id == t.variables.c.dataset)
    return tuple(connection.execute(query.where(t.datasets.c.catalogue == catalogue).order_by(t.variables.c.id)))


def same_name_elsewhere(connection: Connection, *, catalogue: int, dataset: str, name: str) -> Any | None:
    """The variable of that name in another dataset of the catalogue, with that dataset's title; or None."""
    query = (
        sa.select(t.variables, t.datasets.c.title)
        .join(t.datasets, t.datasets.c.id == t.variables.c.dataset)
        .where(t.datasets.c.catalogue == catalogue, t.variables.c.dataset != dataset, t.variables.c.name == name)
    )
    return connection.execute(query).first()


def withdraw_key(connection: Connection, key: str, **values: object) -> bool:
    """Mark a key that is not withdrawn. Returns whether there was one."""
    where = (t.keys.c.key == key, t.keys.c.withdrawn_at.is_(None))
    return connection.execute(sa.update(t.keys).where(*where).values(**values)).rowcount == 1


def _where(table: sa.Table, equal: dict[str, object]) -> sa.Select[Any]:
    return sa.select(table).where(*(table.c[name] == value for name, value in equal.items()))
