"""Serve one variable of an open generation: as a ready file, made once, or as a window on it; only on today's grant,
and where another organisation's data commons has a say, only on its word too.

Whoever serves asks `holds` again while bytes go out: what was permitted when they began may have been taken back since.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import BinaryIO, cast

from sqlalchemy import Connection

from avrop.actions import disclose
from avrop.actions import facts as f
from avrop.actions.case import automaton, handle_within
from avrop.actions.permissions import Permission, authorised, permitted
from avrop.canonical import read
from avrop.disclosure.manifest import Manifest
from avrop.disclosure.variabletables import Days, VariableTable, variable_tables
from avrop.engines import csvtext
from avrop.engines.tablefiles import digest_file
from avrop.errors import Missing, Mistake, Refusal, Stranger, Tampered
from avrop.governance import commands as c
from avrop.governance.delivery import DeliveryState, DeliveryStatus
from avrop.store import db, renderings
from avrop.store.renderings import Chunks
from avrop.system import System

CHANNEL = "csv"
"""What the account says of a generation that was first handed over here."""

_FORM = "csv 1"
"""The form of the text. A change of it makes every rendering anew."""


@dataclass(frozen=True, kw_only=True)
class Pull:
    """What one subject may have of one variable now. `catalogue` is the name of the catalogue that describes it."""

    subject: str
    delivery: str
    variable: str
    catalogue: str
    table: VariableTable


def find(system: System, subject: str, name: str, *, delivery: str | None, dataset: str | None) -> Pull:
    """The variable of that name for that subject. Names are exact, but for the case of ASCII letters.

    Permission is looked at before existence, and the grant before a commons is asked, so that nobody can make us ask
    who has none. Errors: `variable.not_permitted`, `variable.not_authorised` (Stranger), `authorisation.unknown`
    (Fault), and those of `chosen`.
    """
    mine = [each for each in permitted(system, subject) if _among(name, each) and delivery in (None, each.delivery)]
    if not mine:
        raise Stranger(
            "variable.not_permitted",
            "This variable is not among what you are granted today.",
            hint="See what the controllers decided.",
        )
    mine = [each for each in mine if authorised(system, subject, _exact(name, each))]
    if not mine:
        raise Stranger(
            "variable.not_authorised",
            "The controllers grant you this variable, and the data commons does not let you read it.",
            hint="Ask the data commons for it: both must say yes.",
        )
    return chosen([pull for each in mine for pull in _served(system, subject, name, each)], dataset)


def chosen(found: Sequence[Pull], dataset: str | None) -> Pull:
    """The one that is meant, of all that fit. Errors: `variable.not_served` (Missing), `variable.delivery_needed`,
    `variable.dataset_needed` (Mistake)."""
    cases = tuple(dict.fromkeys(pull.delivery for pull in found))
    if len(cases) > 1:
        raise Mistake(
            "variable.delivery_needed",
            "More than one delivery has this variable.",
            hint=f"Add `delivery=` and one of: {', '.join(cases)}.",
        )
    left = [pull for pull in found if dataset in (None, pull.table.dataset)]
    if len(left) > 1:
        raise Mistake(
            "variable.dataset_needed",
            "More than one dataset has this variable.",
            hint=f"Add `dataset=` and one of: {', '.join(pull.table.dataset for pull in left)}.",
        )
    if not left:
        raise Missing("variable.not_served", "No generation that is open has this variable.")
    return left[0]


def holds(system: System, pull: Pull) -> bool:
    """Whether the pull is still permitted: its generation open on today's grant, its lists fresh, and authorised.

    Errors: `database.unavailable`, `authorisation.unknown` (Fault): then nobody knows, and nothing may go on.
    """
    mine = [each for each in permitted(system, pull.subject) if each.delivery == pull.delivery]
    granted = any(pull.variable in each.variables for each in mine)
    return granted and authorised(system, pull.subject, pull.variable)


@dataclass(frozen=True, kw_only=True)
class ReadyFile:
    """A ready file, open; `sha256` is that of its bytes, as hex."""

    handle: BinaryIO
    size: int
    sha256: str


def ready_file(system: System, pull: Pull) -> ReadyFile:
    """The whole variable as a ready file, made now if nobody asked before; its handle is the caller's to close.

    Errors: `delivery.closed`, `lists.stale`, `lists.changed_since` (Refusal), `generation.changed` (Tampered).
    """
    name, source = f"{pull.table.dataset}.{pull.variable}", pull.table.file_digest
    made = renderings.find(system.zone, pull.delivery, name, source=source, form=_FORM)
    if made is None:
        made = _make(system, pull, name)
    hand_over(system, pull)
    try:
        return ReadyFile(handle=made.path.open("rb"), size=made.card.size, sha256=made.card.sha256)
    except FileNotFoundError:  # it closed this moment
        raise _closed(pull) from None


@contextmanager
def window(system: System, pull: Pull, days: Days) -> Iterator[Chunks]:
    """The rows that hold on some of these days, as what gives the next bytes each time. Errors as `ready_file`."""
    with _text(system, pull, days) as following:
        hand_over(system, pull)
        yield following


def hand_over(system: System, pull: Pull) -> None:
    """Record that the generation leaves, before its first byte does: once, for what is granted is the whole of it.

    Errors: `delivery.closed`, `lists.stale`, `lists.changed_since` (Refusal).
    """
    if not _is_unsent(system, pull):
        return
    with db.transaction(system.database) as connection:
        db.lock_log(connection)  # of many first pulls at once, one records it
        if _status(connection, pull) is DeliveryStatus.MANIFESTED:
            handle_within(connection, system, automaton(system), pull.delivery, c.Send(channel=CHANNEL))


def _is_unsent(system: System, pull: Pull) -> bool:
    with db.transaction(system.database) as connection:
        return _status(connection, pull) is DeliveryStatus.MANIFESTED


def _status(connection: Connection, pull: Pull) -> DeliveryStatus:
    return cast("DeliveryState", f.state(connection, pull.delivery)).status


def clear(system: System, case: str) -> None:
    """Job: remove the ready files of a generation that has closed."""
    with db.transaction(system.database) as connection:
        is_open = cast("DeliveryState", f.state(connection, case)).open
    if not is_open:
        renderings.remove(system.zone, case)


def _make(system: System, pull: Pull, name: str) -> renderings.Rendering:
    made = renderings.make(
        system.zone,
        pull.delivery,
        name,
        source=pull.table.file_digest,
        form=_FORM,
        chunks=lambda: _text(system, pull, Days()),
    )
    system.reach("rendering.made")
    try:
        disclose.served(system, pull.delivery)
    except Refusal:  # it closed while we made it, so the job that removes its files may have run before us
        renderings.remove(system.zone, pull.delivery)
        raise
    return made


def _text(system: System, pull: Pull, days: Days) -> AbstractContextManager[Chunks]:
    """The rows as text, of the very file that the manifest names. Raises `generation.changed` (Tampered)."""
    path = disclose.served(system, pull.delivery) / pull.table.file
    if not path.is_file() or digest_file(path) != pull.table.file_digest:
        raise Tampered("generation.changed", "A generation's file is not the one that was built.", file=path.name)
    settings = system.settings
    return csvtext.chunks(path, pull.table, days, threads=settings.threads, memory_limit=settings.memory_limit)


def _served(system: System, subject: str, name: str, permission: Permission) -> list[Pull]:
    """The variable in one delivery: one pull per dataset that has it."""
    case = permission.delivery
    variable = _exact(name, permission)
    with db.transaction(system.database) as connection:
        sealed = cast("DeliveryState", f.state(connection, case)).manifest
        if sealed is None:
            return []
        manifest = cast("Manifest", read(Manifest, f.signed(connection, sealed).body, what="The manifest"))
        catalogue = f.catalogue(connection, manifest.catalogue)
    return [
        Pull(subject=subject, delivery=case, variable=variable, catalogue=catalogue.name, table=table)
        for table in variable_tables(manifest, catalogue, variable)
    ]


def _closed(pull: Pull) -> Refusal:
    return Refusal(
        "delivery.closed",
        "The generation is closed: today's grant does not cover it.",
        hint="Plan the next generation.",
        case=pull.delivery,
    )


def _among(name: str, permission: Permission) -> bool:
    return any(_same(name, each) for each in permission.variables)


def _exact(name: str, permission: Permission) -> str:
    """The variable of a permission that a name means, as it is called."""
    return next(each for each in permission.variables if _same(name, each))


def _same(name: str, variable: str) -> bool:
    """Whether a name means this variable. Only ASCII letters have a second case: no other letter folds into them."""
    return name.translate(_UPPER) == variable.translate(_UPPER)


_UPPER = str.maketrans(ascii_lowercase, ascii_uppercase)
