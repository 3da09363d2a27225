"""Push a generation as a sealed package to the receiver's inbox: the attempt is recorded, then tried, then tried again.

A push goes on where it was cut; what permits it is looked at before every piece. One receipt comes of it, however often
it is tried.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any, cast

from avrop.actions import disclose, peerkeys, receive, signing
from avrop.actions import facts as f
from avrop.actions.case import automaton, handle_within
from avrop.actions.inbox import Arrival
from avrop.actions.remote import Remote, remote
from avrop.actors import Actor
from avrop.canonical import build, document, read
from avrop.disclosure.manifest import Manifest
from avrop.disclosure.sealing import (
    SealedPackage,
    describe_package,
    kept_package,
    new_package_id,
    seal_package,
    sealed_bytes,
)
from avrop.errors import AvropError, Conflict, Fault, Missing
from avrop.governance import commands as c
from avrop.signed import Signed
from avrop.store import db, jobs, outgoing, rows, tables
from avrop.store.packages import members_of
from avrop.system import System

PIECE_BYTES = 4 * 1024 * 1024
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)
TASK = "disclose.push"
_LOG = logging.getLogger("avrop.push")


@document
class Push:
    """One package on its way: sending, receipted or given up; attempts so far; the code of what stopped the last."""

    package: str
    delivery: str
    recipient: str
    state: str
    attempts: int
    why: str | None = None


def push(system: System, actor: Actor, delivery: str) -> str:
    """Seal a generation for the receiver's current key and let it be pushed. Returns the package's id.

    One that is on its way is not sealed twice. Errors: those of `disclose.handed_over` (Refusal), `keys.peer_*`.
    """
    with db.transaction(system.database) as connection:
        waiting = outgoing.sending(connection, delivery)
    if waiting:
        return str(waiting[0].package)
    disclose.handed_over(system, delivery)
    package = _sealed(system, delivery)
    system.reach("push.sealed")
    _keep(system, actor, delivery, package, c.Send(channel="package"))
    return package.header.package


def seal_again(system: System, actor: Actor, delivery: str) -> str:
    """Seal the same generation once more, for the key that the receiver publishes now: nothing is extracted anew.

    A package of it that is on its way is given up. The receiver must answer: what was read of it before may be the key
    that it lost. Errors as `push`, and those of `peerkeys.refresh`.
    """
    disclose.handed_over(system, delivery)
    with db.transaction(system.database) as connection:
        receiver = f.agreed(f.account(connection)).receiver
    peerkeys.refresh(system, receiver)
    package = _sealed(system, delivery)
    header = package.header
    _give_up(system, delivery)
    _keep(system, actor, delivery, package, c.Reissue(package=header.package, sealing_key=header.sealing_key))
    return header.package


def pushes(system: System) -> tuple[Push, ...]:
    """Every package that was pushed, by delivery."""
    with db.transaction(system.database) as connection:
        return tuple(_shown(row) for row in outgoing.every(connection))


def transmit(system: System, case: str) -> None:
    """Job: try every package of a delivery that is on its way. What cannot be reached is tried again later."""
    with db.transaction(system.database) as connection:
        waiting = outgoing.sending(connection, case)
    for row in waiting:
        _attempt(system, row)


def _attempt(system: System, row: Any) -> None:
    with db.transaction(system.database) as connection:
        outgoing.change(connection, row.package, attempts=row.attempts + 1, last_attempt=system.clock())
    system.reach("push.attempt-recorded")
    try:
        receipt = _delivered(system, row)
    except (Fault, Missing) as failure:  # away, or a part of it is: the bytes that came stay there
        _try_later(system, row, failure)
        return
    except AvropError as no:
        _end(system, row, state="given up", why=no.code)
        _tell_given_up(system, row)
        raise
    system.reach("push.before-receipt")
    receive.accept_returned(system, receipt)
    system.reach("push.receipt-accepted")
    _end(system, row, state="receipted", why=None)


def _delivered(system: System, row: Any) -> Signed:
    """Send what is missing, and ask for the receipt."""
    inbox, me = _inbox(system, row), automaton(system)
    package = kept_package(bytes(row.preamble), system.keys.package_key(row.package))
    arrival = _arrival(inbox.ask(me, "GET", f"api/v1/inbox/{row.package}"))
    system.reach("push.looked")
    if arrival.receipt is not None:
        return arrival.receipt
    folder = disclose.handed_over(system, row.delivery)
    system.reach("push.served")
    with members_of(folder) as source:
        for offset, piece in _pieces(sealed_bytes(package, source, start=arrival.received), arrival.received):
            disclose.handed_over(system, row.delivery)
            system.reach("push.piece-ready")
            inbox.ask(me, "POST", f"api/v1/inbox/{row.package}/bytes?offset={offset}", piece)
            system.reach("push.piece-sent")
    disclose.handed_over(system, row.delivery)
    system.reach("push.all-sent")
    told = inbox.ask(me, "POST", f"api/v1/inbox/{row.package}/acceptance")
    system.reach("push.receipt-arrived")
    return cast("Signed", build(Signed, told, what="The receipt"))


def _pieces(stream: Iterator[bytes], offset: int) -> Iterator[tuple[int, bytes]]:
    """The stream in pieces of one size, each with its offset."""
    held = bytearray()
    for data in stream:
        held += data
        while len(held) >= PIECE_BYTES:
            yield offset, bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
            offset += PIECE_BYTES
    if held:
        yield offset, bytes(held)


def _sealed(system: System, delivery: str) -> SealedPackage:
    with db.transaction(system.database) as connection:
        row = rows.need(connection, tables.generations, delivery)
        signed = f.signed(connection, row.manifest)
        manifest = cast("Manifest", read(Manifest, signed.body, what="The manifest"))
        agreement = f.agreed(f.account(connection))
        purpose = f.version(connection, manifest.version).purpose.statement
    key = peerkeys.sealing_key(system, agreement.receiver).public_key
    now = system.clock()
    header = describe_package(
        signed, manifest, package=new_package_id(system.random), purpose=purpose, provider=agreement.provider,
        recipient=agreement.receiver, sealing_key=key, made_at=now, expires=_last_moment(manifest, now),
    )  # fmt: skip
    with db.transaction(system.database) as connection:
        return seal_package(
            header, signed, sealing_key=key, random=system.random,
            sign=lambda kind, value: signing.sign(connection, system, "provider", kind, value),
        )  # fmt: skip


def _last_moment(manifest: Manifest, now: datetime) -> datetime:
    """A package is of no use after the day until which the data may be kept."""
    return datetime.combine(datetime.fromisoformat(manifest.keep_until).date(), time.max, tzinfo=now.tzinfo)


def _keep(system: System, actor: Actor, delivery: str, package: SealedPackage, command: c.Command) -> None:
    """The key first, then the row and the entry that speak for it, and the job, all or nothing."""
    header = package.header
    system.keys.keep_package_key(header.package, package.content_key)
    system.reach("push.key-kept")
    with db.transaction(system.database) as connection:
        db.lock_log(connection)
        if outgoing.sending(connection, delivery):
            raise Conflict(
                "push.on_its_way", "A package of this delivery is on its way.", hint="Look at it.", case=delivery
            )
        handle_within(connection, system, actor, delivery, command)
        outgoing.keep(
            connection, package=header.package, delivery=delivery, recipient=header.recipient,
            sealing_key=header.sealing_key, preamble=package.preamble,
        )  # fmt: skip
        jobs.queue(connection, TASK, case=delivery)
        system.reach("push.before-commit")
    system.reach("push.recorded")


def _give_up(system: System, delivery: str) -> None:
    with db.transaction(system.database) as connection:
        waiting = outgoing.sending(connection, delivery)
    for row in waiting:
        _end(system, row, state="given up", why="push.sealed_again")


def _end(system: System, row: Any, *, state: str, why: str | None) -> None:
    with db.transaction(system.database) as connection:
        outgoing.change(connection, row.package, state=state, why=why)
    system.reach("push.ended")
    system.keys.destroy_package_key(row.package)
    system.reach("push.key-destroyed")


def _try_later(system: System, row: Any, failure: AvropError) -> None:
    wait = min(_FIRST_WAIT * 2 ** min(row.attempts, 12), _LONGEST_WAIT)
    with db.transaction(system.database) as connection:
        outgoing.change(connection, row.package, why=failure.code)
        jobs.queue(connection, TASK, case=row.delivery, after=wait)
    system.reach("push.put-off")


def _tell_given_up(system: System, row: Any) -> None:
    """Ask the inbox to drop what it has of a package. It takes none in before we ask for the receipt: so an inbox that
    cannot be told now is noted in the log, and the error that ended the push is the one that is raised."""
    try:
        _inbox(system, row).ask(automaton(system), "DELETE", f"api/v1/inbox/{row.package}")
    except AvropError as untold:
        _LOG.warning("The inbox could not be told that a package was given up: %s", untold)


def _inbox(system: System, row: Any) -> Remote:
    return remote(system, row.recipient)


def _arrival(told: object) -> Arrival:
    return cast("Arrival", build(Arrival, told, what="The inbox's answer"))


def _shown(row: Any) -> Push:
    return Push(
        package=row.package, delivery=row.delivery, recipient=row.recipient, state=row.state, attempts=row.attempts,
        why=row.why,
    )  # fmt: skip
