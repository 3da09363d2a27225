"""Receive: the receiver takes a generation in, verifies it, signs a receipt, and in time confirms deletion.

The first half runs at the receiver's own installation; what it signs goes back to the provider as a file.
"""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any, cast

from avrop.accounts.entries import Entry
from avrop.actions import facts as f
from avrop.actions import signing
from avrop.actions.case import handle
from avrop.actors import CLOCK, Actor, OrganisationId, PersonId, Role
from avrop.canonical import canonical, digest, digest_bytes, read
from avrop.disclosure import packagefaults
from avrop.disclosure.manifest import Manifest
from avrop.disclosure.package import members, require_plain_names
from avrop.errors import Mistake, Refusal
from avrop.governance import commands as c
from avrop.governance.cases import reference
from avrop.governance.delivery import DeliveryStatus
from avrop.governance.keys import signed_by
from avrop.governance.returns import DeletionConfirmation, Receipt
from avrop.signed import Signed, read_body
from avrop.store import db, documents, rows, tables
from avrop.system import System


def take_in(system: System, actor: Actor, folder: Path) -> Signed:
    """Verify a generation against its signed manifest, keep it, and sign the receipt.

    Taking the same one in again gives the same receipt. Errors: `package.unreadable` (Mistake), `package.signature`,
    `package.member`, `package.deleted`, `receive.role` (Refusal), `package.changed` (Tampered) with the file's name;
    nothing is kept then.
    """
    require_custodian(system, actor)
    with db.transaction(system.database) as connection:
        f.agreed(f.account(connection))  # without it nobody knows whose signature the manifest should have
    signed, manifest = _read_manifest(folder)
    with db.transaction(system.database) as connection:
        keys = f.account(connection).keys_of("provider")
        known = rows.find(connection, tables.packages, digest(signed))
        if known is not None and known.receipt is not None:
            require_standing(known)
            _require_whole(folder, manifest)
            return cast("Signed", read(Signed, documents.get(connection, known.receipt), what="The receipt"))
    if not signed_by(keys, signed, kind="manifest", dated=manifest.made_at, now=system.clock()):
        raise packagefaults.not_signed()
    _require_whole(folder, manifest)
    place = f"packages/{digest(signed).removeprefix('sha256:')}"
    with db.alone(system.database):
        system.reach("receive.verified")
        with system.zone.writing(place) as kept:
            for file in manifest.files:
                shutil.copyfile(folder / file.name, kept / file.name)
                system.reach("receive.file-copied")
            shutil.copyfile(folder / "manifest.json", kept / "manifest.json")
        _require_whole(system.zone.path(place), manifest)
        return sign_receipt(system, actor, signed, manifest, place=place)


def sign_receipt(system: System, actor: Actor, signed: Signed, manifest: Manifest, *, place: str) -> Signed:
    """Sign the receipt of a generation that is verified and kept at a place, and record both."""
    receipt = Receipt(
        manifest=digest(signed),
        delivery=manifest.delivery,
        files=tuple((file.name, file.digest) for file in manifest.files),
        place=place,
        received_by=actor.person,
        received_at=system.clock(),
    )
    with db.transaction(system.database) as connection:
        made = signing.sign(connection, system, "receiver", "receipt", receipt)
    system.reach("receipt.signed")
    with db.transaction(system.database) as connection:
        documents.put(connection, "signed manifest", canonical(signed))
        sealed = documents.put(connection, "signed receipt", canonical(made))
        rows.keep(
            connection,
            tables.packages,
            manifest=digest(signed),
            delivery=manifest.delivery,
            folder=place,
            state="receipted",
            received_at=system.clock(),
            keep_until=date.fromisoformat(manifest.keep_until),
            receipt=sealed,
        )
        system.reach("receipt.kept")
    system.reach("receipt.recorded")
    return made


def require_custodian(system: System, actor: Actor) -> None:
    """Refuse whoever is not a custodian of this installation's own organisation. Errors: `receive.role` (Refusal)."""
    if actor.role is not Role.CUSTODIAN or actor.organisation != system.settings.organisation:
        raise Refusal("receive.role", "Packages are taken in and deleted by the receiver's own custodian.")


def require_standing(row: Any) -> None:
    """Refuse a package that was deleted here. Errors: `package.deleted` (Refusal)."""
    if row.confirmation is not None:
        raise Refusal(
            "package.deleted", "This package was deleted here, and the deletion confirmed.", hint="Ask for a new one.",
            delivery=row.delivery,
        )  # fmt: skip


def delete(system: System, actor: Actor, delivery: str, *, trigger: str, kept: str) -> Signed:
    """Delete a package at the receiver, and sign the confirmation. Again gives the same confirmation.

    Errors: `package.unknown` (Mistake), `receive.role` (Refusal).
    """
    require_custodian(system, actor)
    with db.transaction(system.database) as connection:
        found = [row for row in rows.every(connection, tables.packages) if row.delivery == delivery]
        if not found:
            raise Mistake("package.unknown", "No such delivery was taken in here.", delivery=delivery)
        row = found[0]
        if row.confirmation is not None:
            text = documents.get(connection, row.confirmation)
            return cast("Signed", read(Signed, text, what="The confirmation"))
    with db.alone(system.database):
        system.zone.remove(row.folder)
        confirmation = DeletionConfirmation(
            manifest=row.manifest,
            delivery=delivery,
            trigger=trigger,
            method="The files were removed from the inbox; it has no backups of its own.",
            kept=kept,
            deleted_by=actor.person,
            deleted_at=system.clock(),
        )
        with db.transaction(system.database) as connection:
            made = signing.sign(connection, system, "receiver", "deletion", confirmation)
            sealed = documents.put(connection, "signed deletion", canonical(made))
            rows.change(connection, tables.packages, row.manifest, state="deleted", confirmation=sealed)
    return made


def packages(system: System) -> tuple[tuple[str, str, str], ...]:
    """The receiver's packages: delivery, state, and until when it may be kept; its state says if that day is over."""
    with db.transaction(system.database) as connection:
        due = {row.manifest for row in rows.packages_due(connection, system.clock().date())}
        return tuple(
            (row.delivery, f"{row.state}, past its time" if row.manifest in due else row.state, str(row.keep_until))
            for row in rows.every(connection, tables.packages)
        )


def accept_receipt(system: System, actor: Actor, signed: Signed) -> tuple[Entry, ...]:
    """At the provider: record the receiver's signed receipt on its delivery. One receipt per delivery."""
    receipt = cast("Receipt", read(Receipt, signed.body, what="The receipt"))
    system.reach("receipt.arrived")
    entries = handle(system, actor, receipt.delivery, c.AcceptReceipt(signed=signed))
    system.reach("receipt.accepted")
    return entries


def accept_returned(system: System, signed: Signed) -> tuple[Entry, ...]:
    """At the provider: record a receipt that came back over the wire. Who acts is whom the receiver's own signature
    names."""
    receipt = cast("Receipt", read(Receipt, signed.body, what="The receipt"))
    with db.transaction(system.database) as connection:
        receiver = f.agreed(f.account(connection)).receiver
    return accept_receipt(
        system,
        Actor(person=PersonId(receipt.received_by), organisation=OrganisationId(receiver), role=Role.CUSTODIAN),
        signed,
    )


def confirm_deletion(system: System, actor: Actor, signed: Signed) -> tuple[Entry, ...]:
    """At the provider: record the receiver's signed confirmation of deletion."""
    confirmation = cast("DeletionConfirmation", read(DeletionConfirmation, signed.body, what="The confirmation"))
    return handle(system, actor, confirmation.delivery, c.ConfirmDeletion(signed=signed))


def duties(system: System, call_off: str) -> tuple[tuple[str, str, str], ...]:
    """What left and must be deleted: delivery, status, and by when. Raises `call_off.unknown` (Missing)."""
    with db.transaction(system.database) as connection:
        f.known_call_off(connection, call_off)
        found = f.deliveries(connection, call_off)
    return tuple((name, x.status.value, str(x.deletion_due)) for name, x in found.items() if x.deletion_due is not None)


def alarms(system: System) -> tuple[str, ...]:
    """Raise an alarm for every receipt and every confirmation of deletion that is overdue. Returns their cases."""
    with db.transaction(system.database) as connection:
        names = [row.case_id for row in f.summaries(connection, "delivery")]
    raised = []
    for name in names:
        try:
            if handle(system, CLOCK, name, c.RaiseAlarm()):
                raised.append(name)
        except Refusal as no:
            if no.code not in ("alarm.not_due", "rules.state"):
                raise
    return tuple(raised)


def close(system: System, case: str) -> None:
    """Job: close the call-off when it is ending and everything that left is confirmed deleted."""
    call_off = reference(case)
    with db.transaction(system.database) as connection:
        standing, found = f.call_off(connection, call_off), f.deliveries(connection, call_off)
    gone = (DeliveryStatus.DELETED, DeliveryStatus.CLOSED_UNSENT)
    if standing.status.value == "ending" and all(x.status in gone for x in found.values()):
        handle(system, CLOCK, call_off, c.CloseCallOff())


def _read_manifest(folder: Path) -> tuple[Signed, Manifest]:
    try:
        signed = cast("Signed", read(Signed, (folder / "manifest.json").read_bytes(), what="The signed manifest"))
        return signed, cast("Manifest", read_body(Manifest, signed, what="The manifest"))
    except (OSError, json.JSONDecodeError):
        raise Mistake(
            "package.unreadable", "There is no manifest in the folder.", hint="Name the folder that was handed over."
        ) from None


def _require_whole(folder: Path, manifest: Manifest) -> None:
    require_plain_names(members(manifest))
    for file in manifest.files:
        path = folder / file.name
        if not path.is_file() or digest_bytes(path.read_bytes()) != file.digest:
            raise packagefaults.changed(file.name)
