"""The directory: which account names exist, for which organisation, in which roles."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.errors import Refusal
from avrop.store.tables import people as table


def add(connection: Connection, *, person: str, organisation: str, roles: Sequence[Role]) -> None:
    """Add an account name, or replace its roles."""
    values = {"organisation": organisation, "roles": [role.value for role in roles]}
    statement = insert(table).values(person=person, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["person"], set_=values))


def actor(connection: Connection, person: str, role: Role | None = None) -> Actor:
    """That person as an actor, in the role asked for or in its only one.

    Errors: `actor.unknown`, `actor.role` (Refusal).
    """
    row = connection.execute(sa.select(table).where(table.c.person == person)).one_or_none()
    if row is None:
        raise Refusal("actor.unknown", "There is no such account name here.", hint="See `avrop account people`.")
    roles = [Role(value) for value in row.roles]
    if (role is None and len(roles) != 1) or (role is not None and role not in roles):
        names = ", ".join(value.value for value in roles)
        raise Refusal("actor.role", f"This account acts in the roles: {names}.", hint="Name one of them.")
    return Actor(
        person=PersonId(person), organisation=OrganisationId(row.organisation), role=role if role else roles[0]
    )


def every(connection: Connection) -> tuple[tuple[str, str, tuple[Role, ...]], ...]:
    """Every account name with its organisation and roles, by organisation."""
    rows = connection.execute(sa.select(table).order_by(table.c.organisation, table.c.person))
    return tuple((row.person, row.organisation, tuple(Role(value) for value in row.roles)) for row in rows)
