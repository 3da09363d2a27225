"""What a consumer may read now: the open generations under today's grant of the organisation that it acts for.

Nothing of it is stored. Consumers are registered by the provider's operator, and each question is answered anew.
"""

import re
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection

from avrop.actions import facts as f
from avrop.actors import CLOCK, Actor, OrganisationId, Role
from avrop.canonical import Digest, read
from avrop.disclosure.manifest import Manifest
from avrop.errors import Fault, Mistake, Refusal
from avrop.governance import commands as c
from avrop.governance.cases import reference
from avrop.governance.delivery import DeliveryState
from avrop.governance.transitions.disclose import require_served
from avrop.store import consumers, db
from avrop.store.consumers import Consumer
from avrop.system import System

_SUBJECT = re.compile(r"[\x21-\x7e]{1,255}")
PSEUDONYM = "pseudonym"
"""The level of a manifest's column that identifies rows: it comes with every variable, and is none itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """One open generation, by its delivery's case, and the names of the variables that are in it, sorted."""

    call_off: str
    delivery: str
    variables: tuple[str, ...]


def permitted(system: System, subject: str) -> tuple[Permission, ...]:
    """What that subject may read now, by delivery; nothing for one that is not registered.

    The grant and the age of the lists are looked at anew: a revocation takes effect at the next call.
    """
    if not _SUBJECT.fullmatch(subject):
        return ()
    with db.transaction(system.database) as connection:
        agreement, organisation = f.account(connection).agreement, consumers.organisation(connection, subject)
        if agreement is None or organisation is None or organisation != agreement.receiver:
            return ()
        standing = [row.case_id for row in f.summaries(connection, "delivery") if row.summary.get("open")]
        found = [_permission(connection, system, case) for case in standing]
    system.reach("permissions.computed")
    return tuple(permission for permission in found if permission is not None)


def authorised(system: System, subject: str, variable: str) -> bool:
    """Whether the data commons lets that subject read that variable too. Ours asks for no word beside the grant.

    A variable is called there as it is here, since it is published under its own name. Errors: `authorisation.unknown`
    (Fault): then nobody knows, and nothing may be handed out.
    """
    asked = system.authorisations
    return asked is None or variable in asked.variables(subject)


def require_authorised(system: System, case: str, *, variable: str | None = None) -> None:
    """Refuse to hand over a generation, or one variable of it, that the data commons does not let the receiver read.

    One registered consumer of the receiver must have its word for all that is handed over: what several may read in
    part is nobody's whole. Look at the grant first. Errors: `delivery.not_authorised` (Refusal),
    `authorisation.unknown` (Fault).
    """
    asked = system.authorisations
    if asked is None:
        return
    with db.transaction(system.database) as connection:
        delivery = cast("DeliveryState", f.state(connection, case))
        receiver = f.agreed(f.account(connection)).receiver
        mine = [each.subject for each in consumers.every(connection) if each.organisation == receiver]
        wanted = set() if delivery.manifest is None else _names(connection, delivery.manifest)
    unsure: Fault | None = None
    for subject in mine:
        try:
            if wanted and (wanted if variable is None else {variable}) <= asked.variables(subject):
                return
        except Fault as failure:
            unsure = failure
    if unsure is not None:
        raise unsure
    raise Refusal(
        "delivery.not_authorised",
        "The controllers grant this, and the data commons does not let any registered consumer of the receiver read "
        "all of it.",
        hint="Let the receiver get the data commons' permission, and register its consumer: both must say yes.",
        case=case,
    )


def _names(connection: Connection, sealed: Digest) -> set[str]:
    """The variables that are in a generation, by its manifest's digest."""
    manifest = cast("Manifest", read(Manifest, f.signed(connection, sealed).body, what="The manifest"))
    return {column.name for file in manifest.files for column in file.columns if column.level != PSEUDONYM}


def _permission(connection: Connection, system: System, case: str) -> Permission | None:
    """What is served of one delivery now, or None."""
    delivery = cast("DeliveryState", f.state(connection, case))
    if delivery.manifest is None:
        return None
    try:
        require_served(delivery, f.load(connection, system, CLOCK, case, c.Command()))
    except Refusal:  # closed, or the lists are too old: that is an answer here, not an error
        return None
    names = _names(connection, delivery.manifest)
    return Permission(call_off=reference(case), delivery=case, variables=tuple(sorted(names)))


def add_consumer(system: System, who: Actor, *, subject: str, organisation: str) -> None:
    """Register that a subject of the consumers' issuer acts for an organisation.

    Errors: `consumer.operator` (Refusal), `consumer.subject` (Mistake).
    """
    _require_operator(system, who)
    if not _SUBJECT.fullmatch(subject):
        raise Mistake("consumer.subject", "A subject has no spaces and at most 255 characters.", hint="Copy it whole.")
    with db.transaction(system.database) as connection:
        consumers.put(
            connection,
            Consumer(
                subject=subject,
                organisation=OrganisationId(organisation),
                registered_by=who.person,
                registered_at=system.clock(),
            ),
        )


def list_consumers(system: System, who: Actor) -> tuple[Consumer, ...]:
    """All registered consumers. Errors: `consumer.operator` (Refusal)."""
    _require_operator(system, who)
    with db.transaction(system.database) as connection:
        return consumers.every(connection)


def remove_consumer(system: System, who: Actor, subject: str) -> None:
    """Let a subject act for nobody. Errors: `consumer.operator` (Refusal), `consumer.unknown` (Missing)."""
    _require_operator(system, who)
    with db.transaction(system.database) as connection:
        consumers.remove(connection, subject)


def rotate_token_key(system: System, who: Actor) -> str:
    """Sign permission tokens with a new key from now on; the old one stays published for a day. Returns the new key's
    id. Errors: `consumer.operator` (Refusal)."""
    _require_operator(system, who)
    return system.keys.tokens.rotate(system.clock())


def _require_operator(system: System, who: Actor) -> None:
    if who.role is not Role.OPERATOR or who.organisation != system.settings.organisation:
        raise Refusal(
            "consumer.operator",
            "Consumers are registered by an operator of this installation's organisation.",
            hint="Act as an operator.",
        )
