"""Receive: the receiver's signed receipt and confirmation of deletion come back, or an alarm is raised."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from avrop.canonical import digest
from avrop.errors import Refusal, Tampered
from avrop.governance import commands as c
from avrop.governance import events as e
from avrop.governance.calloff import CallOffState
from avrop.governance.delivery import DeliveryState, DeliveryStatus
from avrop.governance.facts import Facts
from avrop.governance.keys import require_timely, signed_by
from avrop.governance.returns import DeletionConfirmation, Receipt
from avrop.signed import Signed, read_body

_GONE = frozenset({DeliveryStatus.DELETED, DeliveryStatus.CLOSED_UNSENT, DeliveryStatus.NONE})


def accept_receipt(state: DeliveryState, command: c.AcceptReceipt, facts: Facts) -> tuple[e.Event, ...]:
    """The receiver's own digests must equal the manifest's. A delivery has one receipt."""
    if state.receipt == digest(command.signed):  # the same again, perhaps long after its key was replaced
        return ()
    receipt = cast("Receipt", read_body(Receipt, command.signed, what="The receipt"))
    _require_receiver(command.signed, "receipt", facts, dated=receipt.received_at)
    if receipt.manifest != state.manifest or receipt.delivery != facts.case:
        raise Refusal("receipt.other_delivery", "The receipt is for another manifest.", case=facts.case)
    if tuple(sorted(receipt.files)) != tuple(sorted(facts.file_digests)):
        raise Tampered(
            "receipt.differs",
            "The receiver's own digests differ from the manifest's.",
            hint="Send the generation again.",
            case=facts.case,
        )
    if state.receipt is not None:
        return ()
    return (e.ReceiptAccepted(receipt=digest(command.signed), manifest=receipt.manifest),)


def confirm_deletion(state: DeliveryState, command: c.ConfirmDeletion, facts: Facts) -> tuple[e.Event, ...]:
    """Confirmed once, for exactly what left."""
    confirmation = cast(
        "DeletionConfirmation", read_body(DeletionConfirmation, command.signed, what="The confirmation")
    )
    _require_receiver(command.signed, "deletion", facts, dated=confirmation.deleted_at)
    if confirmation.manifest != state.manifest or confirmation.delivery != facts.case:
        raise Refusal("deletion.other_delivery", "The confirmation is for another manifest.", case=facts.case)
    if state.status is DeliveryStatus.DELETED:
        return ()
    return (e.DeletionConfirmed(confirmation=digest(command.signed), manifest=confirmation.manifest),)


def raise_alarm(state: DeliveryState, command: c.RaiseAlarm, facts: Facts) -> tuple[e.Event, ...]:
    """Only when something is overdue."""
    if state.status is DeliveryStatus.DELETION_DUE:
        due, what = state.deletion_due, "deletion overdue"
    else:
        sent = state.sent_on
        due = sent + timedelta(days=facts.limits.receipt_due_days) if sent else None
        what = "receipt overdue"
    if due is None or facts.now.date() <= due:
        raise Refusal("alarm.not_due", "Nothing is overdue.", case=facts.case)
    if what in state.alarms:
        return ()
    return (e.AlarmRaised(what=cast("e.AlarmKind", what), due=due),)


def close_call_off(state: CallOffState, command: c.CloseCallOff, facts: Facts) -> tuple[e.Event, ...]:
    """Closed when everything that left is confirmed deleted."""
    left = [name for name, delivery in facts.deliveries.items() if delivery.status not in _GONE]
    if left:
        raise Refusal("call_off.not_deleted", f"{len(left)} deliveries are not confirmed deleted.", case=facts.case)
    return (e.CallOffClosed(),)


def _require_receiver(signed: Signed, kind: str, facts: Facts, *, dated: datetime) -> None:
    keys = facts.account.keys_of("receiver")
    if not signed_by(keys, signed, kind=kind, dated=dated, now=facts.now, case=facts.case):
        raise Refusal(f"{kind}.signature", f"The {kind} is not signed with the receiver's key.", case=facts.case)
    require_timely(dated, now=facts.now, what=kind)


TRANSITIONS: Mapping[type[c.Command], object] = {
    c.AcceptReceipt: accept_receipt,
    c.ConfirmDeletion: confirm_deletion,
    c.RaiseAlarm: raise_alarm,
    c.CloseCallOff: close_call_off,
}
