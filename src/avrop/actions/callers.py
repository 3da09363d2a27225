"""Who calls: a signed call of another installation becomes an actor of this one's directory."""

from sqlalchemy import Connection

from avrop.accounts.calls import opened, require_genuine
from avrop.actions import facts as f
from avrop.actions.remote import key_name
from avrop.actors import Actor
from avrop.errors import Stranger
from avrop.store import db, people
from avrop.system import System


def caller(system: System, header: str, *, method: str, target: str, content: bytes) -> Actor:
    """The person that an organisation vouches for in an `Authorization` header, as an actor.

    The organisation's key is the one that the account knows, or our own. Errors: `call.unreadable`,
    `call.not_genuine`, `call.not_theirs` (Stranger), `actor.unknown`, `actor.role` (Refusal).
    """
    signed, said = opened(header)
    with db.transaction(system.database) as connection:
        keys = _keys(connection, system, said.organisation)
    require_genuine(
        signed, said, keys=keys, called=system.settings.organisation, method=method, target=target, content=content,
        now=system.clock(),
    )  # fmt: skip
    with db.transaction(system.database) as connection:
        actor = people.actor(connection, said.person, said.role)
    if actor.organisation != said.organisation:
        raise Stranger("call.not_theirs", "An organisation can vouch for its own people only.", hint="Sign it anew.")
    return actor


def _keys(connection: Connection, system: System, organisation: str) -> tuple[str, ...]:
    """The public keys that speak for an organisation here."""
    if organisation == system.settings.organisation:
        return (system.keys.public(key_name(system)),)
    account = f.account(connection)
    found = [x.public_key for name, x in account.controllers.items() if name == organisation]
    if account.agreement is not None:
        sides = {
            account.agreement.provider: account.agreement.provider_key,
            account.agreement.receiver: account.agreement.receiver_key,
        }
        found += [key for name, key in sides.items() if name == organisation]
    return tuple(found)
