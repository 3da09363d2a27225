"""The receiver's inbox: sealed bytes arrive in order, are taken up where they were cut, opened, verified, receipted.

Everything may be sent twice: bytes that are here are passed over, and a package that was accepted gives its receipt.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from avrop.actions import facts as f
from avrop.actions import receive
from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.canonical import digest, document
from avrop.disclosure.opening import Papers, Recipient
from avrop.disclosure.package import is_expired
from avrop.disclosure.packagefaults import expired
from avrop.errors import AvropError, Conflict, Fault, Missing, Mistake, Refusal
from avrop.governance.keys import signed_by
from avrop.signed import Signed
from avrop.store import db, incoming, rows, tables
from avrop.store.packages import open_into
from avrop.system import System

LARGEST_PIECE = 8 * 1024 * 1024
_READ_BYTES = 4 * 1024 * 1024
_LARGEST_PACKAGE = 64 * 1024**3


@document
class Arrival:
    """How a package stands here: bytes received so far; arriving, receipted or refused; the receipt; why refused."""

    package: str
    received: int
    state: str
    receipt: Signed | None = None
    why: str | None = None


def look(system: System, sender: str, package: str) -> Arrival:
    """How a package of this sender stands; one that never came has no bytes. Errors: `inbox.*` (Refusal, Mistake)."""
    with db.transaction(system.database) as connection:
        _require_sender(connection, system, sender, package)
        row = incoming.find(connection, package)
        return Arrival(package=package, received=0, state="arriving") if row is None else _arrival(connection, row)


def take_piece(system: System, sender: str, package: str, *, offset: int, data: bytes) -> Arrival:
    """Keep the bytes that come at an offset, flushed before they are counted.

    What is here already is passed over. Errors: `inbox.gap` (Conflict) when bytes before it are missing;
    `inbox.ended` (Conflict), `inbox.piece_too_large`, `inbox.too_large` (Mistake), and those of `look`.
    """
    if len(data) > LARGEST_PIECE or offset < 0:
        raise Mistake("inbox.piece_too_large", f"A piece has at most {LARGEST_PIECE} bytes.", hint="Send smaller ones.")
    with db.transaction(system.database) as connection:
        _require_sender(connection, system, sender, package)
        incoming.begin(connection, package, sender=sender, at=system.clock())
    with db.transaction(system.database) as connection:  # now a row speaks for the file, so that no sweep takes it
        row = incoming.hold(connection, package)
        if row.state != "arriving":
            raise Conflict("inbox.ended", f"The package is {row.state} here.", hint="Look at it.", package=package)
        system.reach("inbox.held")
        if offset > row.received:
            raise Conflict(
                "inbox.gap", "Bytes before these are missing.", hint="Go on from there.", offset=row.received
            )
        fresh = data[row.received - offset :]
        if row.received + len(fresh) > _LARGEST_PACKAGE:
            raise Mistake("inbox.too_large", "The package is larger than an inbox takes.", hint="Divide the call-off.")
        if fresh:
            system.reach("inbox.before-write")
            incoming.write_at(_file(system, package), row.received, fresh)
            system.reach("inbox.piece-written")
            incoming.change(connection, package, received=row.received + len(fresh))
        row = incoming.find(connection, package)
        arrival = _arrival(connection, row)
    system.reach("inbox.piece-recorded")
    return arrival


def accept(system: System, sender: str, package: str) -> Signed:
    """Open and verify a package that is all here, keep it, and sign the receipt. Again gives the same receipt.

    What is refused is removed, and stays refused. Errors: those of opening a package; `package.expired`,
    `package.deleted` (Refusal), `inbox.nothing` (Missing), and those of `look`.
    """
    with db.transaction(system.database) as connection:
        _require_sender(connection, system, sender, package)
        row = incoming.find(connection, package)
        if row is None:
            raise Missing("inbox.nothing", "No byte of that package came.", hint="Send it first.", package=package)
        if row.receipt is not None:
            return f.signed(connection, row.receipt)
        if row.state == "refused":
            raise Conflict("inbox.ended", "The package is refused here.", hint="Look at it.", package=package)
        system.reach("inbox.acceptance-begun")
        recipient = _recipient(connection, system)
    with db.alone(system.database):
        try:
            return _opened(system, package, recipient)
        except AvropError as no:
            if not isinstance(no, Fault) and no.code != "package.incomplete":  # those can be tried again
                _refuse(system, package, no.code)
            raise


def drop(system: System, sender: str, package: str) -> None:
    """Forget a package that is arriving: its sender gave it up. Again changes nothing."""
    with db.transaction(system.database) as connection:
        _require_sender(connection, system, sender, package)
        row = incoming.find(connection, package)
    if row is not None and row.state == "arriving":
        _refuse(system, package, "inbox.given_up")


def _opened(system: System, package: str, recipient: Recipient) -> Signed:
    place = f"packages/{package}"
    with system.zone.writing(place) as folder:
        papers = open_into(folder, _pieces(_file(system, package)), recipient)
        system.reach("inbox.opened")
        _require_valid(system, papers)
        system.reach("inbox.verified")
    system.reach("inbox.kept")
    signed = papers.signed_manifest
    with db.transaction(system.database) as connection:
        known = rows.find(connection, tables.packages, digest(signed))
    if known is None:
        receipt = receive.sign_receipt(system, _automaton(system), signed, papers.manifest, place=place)
    else:  # the same generation came before, in a folder or another package: it has its receipt
        system.zone.remove(place)
        receive.require_standing(known)
        with db.transaction(system.database) as connection:
            receipt = f.signed(connection, known.receipt)
    system.reach("inbox.receipted")
    with db.transaction(system.database) as connection:
        incoming.change(connection, package, state="receipted", receipt=digest(receipt))
    system.reach("inbox.ended")
    _file(system, package).unlink(missing_ok=True)
    system.reach("inbox.cleared")
    return receipt


def _require_valid(system: System, papers: Papers) -> None:
    """The keys that signed hold for the moments that the papers say, and the package's time is not over."""
    now = system.clock()
    if is_expired(papers.header, now):
        raise expired()
    with db.transaction(system.database) as connection:
        keys = f.account(connection).keys_of("provider")
    signed_by(keys, papers.signed_header, kind="package", dated=papers.header.made_at, now=now)
    signed_by(keys, papers.signed_manifest, kind="manifest", dated=papers.manifest.made_at, now=now)


def _refuse(system: System, package: str, why: str) -> None:
    with db.transaction(system.database) as connection:
        incoming.change(connection, package, state="refused", why=why)
    system.reach("inbox.refused")
    _file(system, package).unlink(missing_ok=True)


def _recipient(connection: Connection, system: System) -> Recipient:
    held = {key.key_id: system.keys.sealing.private(key.key_id) for key in system.keys.sealing.every()}
    return Recipient(
        organisation=system.settings.organisation,
        provider_keys=tuple(key.public_key for key in f.account(connection).keys_of("provider")),
        sealing_keys=held,
        most_bytes=_LARGEST_PACKAGE,
    )


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while data := handle.read(_READ_BYTES):
            yield data


def _arrival(connection: Connection, row: Any) -> Arrival:
    receipt = None if row.receipt is None else f.signed(connection, row.receipt)
    return Arrival(package=row.package, received=row.received, state=row.state, receipt=receipt, why=row.why)


def _require_sender(connection: Connection, system: System, sender: str, package: str) -> None:
    """Only the provider of the agreement sends here, under ids that are plain."""
    agreement = f.account(connection).agreement
    if agreement is None or agreement.receiver != system.settings.organisation or sender != agreement.provider:
        raise Refusal(
            "inbox.not_yours", "Only the provider of the agreement may send here.", hint="Sign as the provider."
        )
    if not re.fullmatch(r"[0-9a-f]{32}", package):
        raise Mistake("inbox.package_id", "A package's id has 32 hex characters.", hint="Send it as its header says.")


def _file(system: System, package: str) -> Path:
    return system.zone.path(f"incoming/{package}")


def _automaton(system: System) -> Actor:
    return Actor(
        person=PersonId("inbox"), organisation=OrganisationId(system.settings.organisation), role=Role.CUSTODIAN
    )
