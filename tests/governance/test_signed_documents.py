"""What is signed is recorded only in the one form that its kind has, and near the moment that it names."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from avrop.canonical import canonical, plain
from avrop.errors import Mistake
from avrop.governance import commands as c
from avrop.governance.cases import ACCOUNT
from avrop.governance.controllercase import ControllerStatus
from avrop.governance.keys import LONGEST_OVERLAP, RENEWAL, REPLACEMENT, Handover, KeyRenewal, KeyReplacement, Vouching
from avrop.signed import Signed, key_id, signing_bytes
from tests.governance.world import CUSTODIAN, KEYS, OPERATOR, REF, Key, World, decider, version

NEW = Key(101)


def signed(key: Key, kind: str, text: str) -> Signed:
    """A text signed as it stands, in whatever form."""
    signature = base64.b64encode(key.private.sign(signing_bytes(kind, text))).decode()
    return Signed(kind=kind, body=text, key=key_id(key.public), signature=signature)


def spaced(document: object) -> str:
    """The same values, written with spaces."""
    return json.dumps(plain(document), sort_keys=True)


LAX: dict[str, Callable[[dict[str, Any]], object]] = {
    "a day with a time": lambda x: x | {"valid_to": f"{x['valid_to']}T00:00:00"},
    "a field left out that has a default": lambda x: {k: v for k, v in x.items() if k != "terms"},
    "another way to write the offset": lambda x: x | {"decided_at": x["decided_at"].replace("Z", "+00:00")},
    "a day as a number of seconds": lambda x: x | {"valid_to": 1_798_761_600},
}
"""Texts that are read as the same decision."""


@pytest.mark.parametrize("lax", LAX)
def test_a_decision_that_is_only_read_as_the_same_is_not_recorded(asked: World, lax: str) -> None:
    text = canonical(LAX[lax](plain(asked.decision("A")))).decode()
    with pytest.raises(Mistake) as no:
        asked.do(decider("A"), f"{REF}/A", c.Decide(signed=signed(KEYS["A"], "decision", text)))
    assert no.value.code == "document.not_canonical"
    assert asked.case("A").status is ControllerStatus.ASKED


def _decision(world: World) -> None:
    text = spaced(world.decision("A"))
    world.do(decider("A"), f"{REF}/A", c.Decide(signed=signed(KEYS["A"], "decision", text)))


def _revocation(world: World) -> None:
    text = spaced(world.revocation("A"))
    world.do(decider("A"), f"{REF}/A", c.Revoke(signed=signed(KEYS["A"], "revocation", text)))


def _receipt(world: World) -> None:
    case = world.send_first()
    text = spaced(world.receipt(case))
    world.do(CUSTODIAN, case, c.AcceptReceipt(signed=signed(KEYS["receiver"], "receipt", text)))


def _deletion(world: World) -> None:
    case = world.send_first()
    world.demand_deletion(case)
    text = spaced(world.deletion(case))
    world.do(CUSTODIAN, case, c.ConfirmDeletion(signed=signed(KEYS["receiver"], "deletion", text)))


def _replacement(world: World) -> None:
    said = KeyReplacement(
        holder="controller/A", old_key=KEYS["A"].public, new_key=NEW.public, replaced_at=world.now,
        accepted_until=world.now.date(),
    )  # fmt: skip
    by_old, by_new = (signed(key, REPLACEMENT, spaced(said)) for key in (KEYS["A"], NEW))
    world.do(OPERATOR, ACCOUNT, c.ReplaceKey(handover=Handover(by_old=by_old, by_new=by_new)))


def _renewal(world: World) -> None:
    world.do(OPERATOR, ACCOUNT, c.EndKey(holder="controller/A", key=KEYS["A"].public, why="lost"))
    said = KeyRenewal(
        holder="controller/A",
        ended_key=KEYS["A"].public,
        new_key=NEW.public,
        decided_by="Council",
        renewed_at=world.now,
    )
    by_new, *vouchers = (signed(key, RENEWAL, spaced(said)) for key in (NEW, KEYS["provider"], KEYS["receiver"]))
    world.do(OPERATOR, ACCOUNT, c.RenewKey(vouching=Vouching(by_new=by_new, vouchers=tuple(vouchers))))


@pytest.mark.parametrize("record", [_revocation, _receipt, _deletion, _replacement, _renewal])
def test_no_kind_of_signed_document_is_recorded_in_another_form(active: World, record: Callable[[World], None]) -> None:
    with pytest.raises(Mistake) as no:
        record(active)
    assert no.value.code == "document.not_canonical"


def test_a_decision_written_with_spaces_is_not_recorded(asked: World) -> None:
    with pytest.raises(Mistake) as no:
        _decision(asked)
    assert no.value.code == "document.not_canonical"


@pytest.mark.parametrize(
    "away", [-LONGEST_OVERLAP - timedelta(minutes=1), timedelta(minutes=6)], ids=["past", "to come"]
)
def test_a_decision_or_revocation_dated_far_from_now_is_not_recorded(active: World, away: timedelta) -> None:
    with pytest.raises(Mistake) as no:
        active.revoke("A", active.revocation("A", decided_at=active.now + away))
    assert no.value.code == "document.dated"
    fresh = World().begin()
    fresh.submit(version())
    fresh.ask_all()
    with pytest.raises(Mistake) as no:
        fresh.decide("A", fresh.decision("A", decided_at=fresh.now + away))
    assert no.value.code == "document.dated"


@pytest.mark.parametrize("away", [-LONGEST_OVERLAP + timedelta(minutes=1), timedelta(minutes=4)], ids=["past", "ahead"])
def test_a_clock_that_differs_a_little_and_a_late_arrival_are_taken(asked: World, away: timedelta) -> None:
    asked.decide("A", asked.decision("A", decided_at=asked.now + away))
    assert asked.case("A").status is ControllerStatus.APPROVED


def test_what_the_receiver_dates_in_the_future_is_not_recorded(active: World) -> None:
    case = active.send_first()
    later = active.now + timedelta(minutes=10)
    with pytest.raises(Mistake) as no:
        active.accept(case, active.receipt(case, received_at=later))
    assert no.value.code == "document.dated"
    active.demand_deletion(case)
    with pytest.raises(Mistake) as no:
        active.confirm_deletion(case, active.deletion(case, deleted_at=later))
    assert no.value.code == "document.dated"
