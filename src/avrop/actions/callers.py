"""Who calls: a signed call of another installation becomes an actor of this one's directory."""

from sqlalchemy import Connection

from avrop.accounts.calls import Call, opened, require_genuine
from avrop.actions import facts as f
from avrop.actions.remote import own_holder
from avrop.actions.signing import own_public
from avrop.actors import Actor
from avrop.errors import Stranger
from avrop.governance.keys import controller
from avrop.store import db, people
from avrop.system import System


def caller(system: System, header: str, *, method: str, target: str, content: bytes) -> Actor:
    """The person that an organisation vouches for in an `Authorization` header, as an actor.

    The organisation's key is the one that the account knows, or our own. Errors: `call.unreadable`,
    `call.not_genuine`, `call.not_theirs` (Stranger), `actor.unknown`, `actor.role` (Refusal).
    """
    said = _genuine(system, header, method=method, target=target, content=content)
    with db.transaction(system.database) as connection:
        actor = people.actor(connection, said.person, said.role)
    if actor.organisation != said.organisation:
        raise Stranger("call.not_theirs", "An organisation can vouch for its own people only.", hint="Sign it anew.")
    return actor


def calling_organisation(system: System, header: str, *, method: str, target: str, content: bytes) -> str:
    """The organisation that signed a call, whoever of it acts: for what installations do among themselves.

    Errors: `call.unreadable`, `call.not_genuine` (Stranger).
    """
    return _genuine(system, header, method=method, target=target, content=content).organisation


def _genuine(system: System, header: str, *, method: str, target: str, content: bytes) -> Call:
    signed, said = opened(header)
    with db.transaction(system.database) as connection:
        keys = _keys(connection, system, said.organisation)
    require_genuine(
        signed, said, keys=keys, called=system.settings.organisation, method=method, target=target, content=content,
        now=system.clock(),
    )  # fmt: skip
    return said


def _keys(connection: Connection, system: System, organisation: str) -> tuple[str, ...]:
    """The public key that speaks for an organisation here today, if there is one."""
    account = f.account(connection)
    if organisation == system.settings.organisation:
        return (own_public(system, account, own_holder(system, account)),)
    sides = (
        {}
        if account.agreement is None
        else {account.agreement.provider: "provider", account.agreement.receiver: "receiver"}
    )
    key = account.key_of(sides.get(organisation, controller(organisation)))
    return () if key is None else (key,)
