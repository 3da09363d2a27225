"""Signing keys: a key hands over to the next, ends at once, or is renewed on others' word; each signs in its own time."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from avrop.canonical import digest
from avrop.errors import AvropError, Conflict, Mistake, Refusal
from avrop.governance import commands as c
from avrop.governance import events as e
from avrop.governance.cases import ACCOUNT
from avrop.governance.controllercase import ControllerStatus
from avrop.governance.decisions import Revocation
from avrop.governance.keys import RENEWAL, REPLACEMENT, Handover, KeyRenewal, KeyReplacement, Vouching
from avrop.governance.returns import DeletionConfirmation, Receipt
from tests.governance.world import CUSTODIAN, KEYS, OPERATOR, REF, Key, World, decider

NEW, OTHER = Key(101), Key(102)
A = "controller/A"


def handover(world: World, holder: str, old: Key, new: Key, /, *, days: int = 30, **changes: Any) -> Handover:
    """A replacement as both keys sign it."""
    said = KeyReplacement(
        holder=holder,
        old_key=old.public,
        new_key=new.public,
        replaced_at=world.now,
        accepted_until=world.now.date() + timedelta(days=days),
    )
    said = replace(said, **changes)
    return Handover(by_old=old.sign(REPLACEMENT, said), by_new=new.sign(REPLACEMENT, said))


def rotate(world: World, holder: str, old: Key, new: Key, **more: Any) -> tuple[e.Event, ...]:
    return world.do(OPERATOR, ACCOUNT, c.ReplaceKey(handover=handover(world, holder, old, new, **more)))


def end(world: World, holder: str, key: Key, why: str = "stolen") -> tuple[e.Event, ...]:
    return world.do(OPERATOR, ACCOUNT, c.EndKey(holder=holder, key=key.public, why=why))


def vouching(world: World, holder: str, ended: Key, new: Key, /, *vouchers: Key, **changes: Any) -> Vouching:
    said = KeyRenewal(
        holder=holder, ended_key=ended.public, new_key=new.public, decided_by="Council, case 1", renewed_at=world.now
    )
    said = replace(said, **changes)
    return Vouching(by_new=new.sign(RENEWAL, said), vouchers=tuple(key.sign(RENEWAL, said) for key in vouchers))


def decide(world: World, key: Key, *, at: datetime | None = None, name: str = "A") -> None:
    made = world.decision(name, decided_at=at or world.now)
    world.do(decider(name), f"{REF}/{name}", c.Decide(signed=key.sign("decision", made)))


def code_of(no: pytest.ExceptionInfo[AvropError]) -> str:
    return no.value.code


def test_after_a_replacement_the_new_key_decides(asked: World) -> None:
    rotate(asked, A, KEYS["A"], NEW)
    asked.now += timedelta(minutes=1)
    decide(asked, NEW)
    assert asked.case("A").status is ControllerStatus.APPROVED
    assert asked.account.key_of(A) == NEW.public


def test_what_the_old_key_signed_before_is_accepted_until_the_day_and_not_after(asked: World) -> None:
    signed_at = asked.now
    asked.now += timedelta(hours=1)
    rotate(asked, A, KEYS["A"], NEW, days=2)
    asked.now += timedelta(days=2)
    decide(asked, KEYS["A"], at=signed_at)
    asked.now += timedelta(days=1)
    revocation = Revocation(
        call_off=REF, controller="A", decision=asked.case("A").decision or digest([]), reason="x", recall=False,
        decided_by=decider("A").person, decided_at=signed_at,
    )  # fmt: skip
    with pytest.raises(Refusal) as no:
        asked.do(decider("A"), f"{REF}/A", c.Revoke(signed=KEYS["A"].sign("revocation", revocation)))
    assert code_of(no) == "keys.overlap_over"
    asked.do(
        decider("A"), f"{REF}/A", c.Revoke(signed=NEW.sign("revocation", replace(revocation, decided_at=asked.now)))
    )
    assert asked.case("A").status is ControllerStatus.REVOKED


def test_a_replaced_key_signs_nothing_anew(asked: World) -> None:
    rotate(asked, A, KEYS["A"], NEW)
    asked.now += timedelta(minutes=1)
    with pytest.raises(Refusal) as no:
        decide(asked, KEYS["A"])
    assert code_of(no) == "keys.replaced"


def test_a_new_key_signs_nothing_from_before_it_began(asked: World) -> None:
    before = asked.now
    asked.now += timedelta(hours=1)
    rotate(asked, A, KEYS["A"], NEW)
    with pytest.raises(Refusal) as no:
        decide(asked, NEW, at=before)
    assert code_of(no) == "keys.not_begun"


def test_an_ended_key_signs_nothing_whatever_day_it_names(asked: World) -> None:
    before = asked.now
    asked.now += timedelta(hours=1)
    end(asked, A, KEYS["A"])
    for at in (before, asked.now):
        with pytest.raises(Refusal) as no:
            decide(asked, KEYS["A"], at=at)
        assert code_of(no) == "keys.ended"
    assert end(asked, A, KEYS["A"]) == ()


def test_with_a_stolen_key_every_earlier_one_ends(asked: World) -> None:
    """A thief of the old key can replace it by one of its own, and date back what it signs with the old one."""
    before = asked.now
    asked.now += timedelta(hours=1)
    rotate(asked, A, KEYS["A"], NEW)
    end(asked, A, NEW)
    with pytest.raises(Refusal) as no:
        decide(asked, KEYS["A"], at=before)
    assert code_of(no) == "keys.ended"


def test_a_renewed_key_decides_and_the_ended_one_still_does_not(asked: World) -> None:
    end(asked, A, KEYS["A"])
    asked.now += timedelta(hours=1)
    vouched = vouching(asked, A, KEYS["A"], NEW, KEYS["provider"], KEYS["receiver"])
    assert len(asked.do(OPERATOR, ACCOUNT, c.RenewKey(vouching=vouched))) == 1
    assert asked.do(OPERATOR, ACCOUNT, c.RenewKey(vouching=vouched)) == ()
    with pytest.raises(Refusal):
        decide(asked, KEYS["A"])
    decide(asked, NEW)
    assert asked.case("A").status is ControllerStatus.APPROVED


@pytest.mark.parametrize(
    "vouchers",
    [(), ("provider",), ("receiver",), ("provider", "provider"), ("receiver", "provider"), ("provider", "B")],
    ids=lambda x: "+".join(x) or "nobody",
)
def test_a_controllers_new_key_needs_the_word_of_both_parties(asked: World, vouchers: tuple[str, ...]) -> None:
    """Neither provider nor receiver alone can put a key in a controller's place."""
    end(asked, A, KEYS["A"])
    vouched = vouching(asked, A, KEYS["A"], NEW, *(KEYS[name] for name in vouchers))
    with pytest.raises(Refusal) as no:
        asked.do(OPERATOR, ACCOUNT, c.RenewKey(vouching=vouched))
    assert code_of(no) == "keys.vouchers"


@pytest.mark.parametrize(("holder", "voucher"), [("provider", "receiver"), ("receiver", "provider")])
def test_a_partys_new_key_needs_the_other_partys_word_and_not_its_own(asked: World, holder: str, voucher: str) -> None:
    end(asked, holder, KEYS[holder])
    for others in ((), (holder,), (holder, voucher)):
        vouched = vouching(asked, holder, KEYS[holder], NEW, *(KEYS[name] for name in others))
        with pytest.raises(Refusal):
            asked.do(OPERATOR, ACCOUNT, c.RenewKey(vouching=vouched))
    asked.do(OPERATOR, ACCOUNT, c.RenewKey(vouching=vouching(asked, holder, KEYS[holder], NEW, KEYS[voucher])))
    assert asked.account.key_of(holder) == NEW.public


def test_a_voucher_whose_own_key_ended_does_not_count(asked: World) -> None:
    end(asked, A, KEYS["A"])
    end(asked, "receiver", KEYS["receiver"])
    with pytest.raises(Refusal) as no:
        asked.do(OPERATOR, ACCOUNT, c.RenewKey(vouching=vouching(asked, A, KEYS["A"], NEW, KEYS["provider"], KEYS["receiver"])))  # fmt: skip
    assert code_of(no) == "keys.ended"


def test_a_key_that_was_not_ended_is_not_renewed(asked: World) -> None:
    with pytest.raises(Conflict) as no:
        asked.do(OPERATOR, ACCOUNT, c.RenewKey(vouching=vouching(asked, A, KEYS["A"], NEW, KEYS["provider"], KEYS["receiver"])))  # fmt: skip
    assert code_of(no) == "keys.not_ended"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ended_key": KEYS["B"].public}, "keys.not_ended"),
        ({"new_key": KEYS["B"].public}, "keys.not_new"),
        ({"new_key": OTHER.public}, "keys.signature"),
        ({"decided_by": " "}, "keys.decided_by"),
        ({"renewed_at": datetime.fromisoformat("2026-01-01T00:00:00Z")}, "keys.time"),
        ({"renewed_at": datetime.fromisoformat("2027-01-01T00:00:00Z")}, "keys.time"),
        ({"holder": "controller/Q"}, "keys.not_ended"),
    ],
)
def test_an_unsound_renewal_is_refused(asked: World, changes: dict[str, Any], code: str) -> None:
    end(asked, A, KEYS["A"])
    vouched = vouching(asked, A, KEYS["A"], NEW, KEYS["provider"], KEYS["receiver"], **changes)
    with pytest.raises(AvropError) as no:
        asked.do(OPERATOR, ACCOUNT, c.RenewKey(vouching=vouched))
    assert code_of(no) == code
    assert asked.account.key_of(A) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"holder": "controller/B"}, "keys.not_in_force"),
        ({"holder": "controller/Q"}, "keys.holder"),
        ({"old_key": KEYS["B"].public}, "keys.signature"),
        ({"new_key": OTHER.public}, "keys.signature"),
        ({"accepted_until": date(2026, 2, 1)}, "keys.overlap"),
        ({"accepted_until": date(2026, 7, 1)}, "keys.overlap"),
        (
            {"replaced_at": datetime.fromisoformat("2026-04-01T00:00:00Z"), "accepted_until": date(2026, 4, 2)},
            "keys.time",
        ),
    ],
)
def test_an_unsound_replacement_is_refused(asked: World, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(AvropError) as no:
        asked.do(OPERATOR, ACCOUNT, c.ReplaceKey(handover=handover(asked, A, KEYS["A"], NEW, **changes)))
    assert code_of(no) == code
    assert asked.account.key_of(A) == KEYS["A"].public


def test_both_keys_must_sign_one_and_the_same_replacement(asked: World) -> None:
    one, other = handover(asked, A, KEYS["A"], NEW), handover(asked, A, KEYS["A"], NEW, days=1)
    for made in (Handover(by_old=one.by_old, by_new=other.by_new), Handover(by_old=one.by_new, by_new=one.by_new)):
        with pytest.raises(Refusal) as no:
            asked.do(OPERATOR, ACCOUNT, c.ReplaceKey(handover=made))
        assert code_of(no) == "keys.signature"


def test_a_key_never_comes_back_and_is_never_anothers(asked: World) -> None:
    rotate(asked, A, KEYS["A"], NEW)
    asked.now += timedelta(minutes=1)
    for back in (KEYS["A"], KEYS["B"], KEYS["provider"]):
        with pytest.raises(Mistake) as no:
            rotate(asked, A, NEW, back)
        assert code_of(no) == "keys.not_new"


def test_an_ended_key_hands_nothing_over(asked: World) -> None:
    end(asked, A, KEYS["A"])
    with pytest.raises(Conflict) as no:
        rotate(asked, A, KEYS["A"], NEW)
    assert code_of(no) == "keys.not_in_force"


def test_the_same_replacement_again_changes_nothing(asked: World) -> None:
    made = handover(asked, A, KEYS["A"], NEW)
    assert len(asked.do(OPERATOR, ACCOUNT, c.ReplaceKey(handover=made))) == 1
    assert asked.do(OPERATOR, ACCOUNT, c.ReplaceKey(handover=made)) == ()


def test_only_the_providers_operator_records_keys(asked: World) -> None:
    """What is recorded says by its signatures that it is so; a controller's person cannot even try another's."""
    made = c.ReplaceKey(handover=handover(asked, A, KEYS["A"], NEW))
    for actor in (decider("B"), CUSTODIAN):
        with pytest.raises(Refusal) as no:
            asked.do(actor, ACCOUNT, made)
        assert code_of(no) == "rules.organisation"


def test_the_logs_first_replacement_names_its_first_key(asked: World) -> None:
    log = Key(90)
    rotate(asked, "log", log, NEW)
    assert [key.public_key for key in asked.account.keys_of("log")] == [log.public, NEW.public]
    end(asked, "log", NEW)
    assert asked.account.key_of("log") is None


def test_an_agreement_or_an_adhesion_cannot_bring_another_key_in(asked: World) -> None:
    agreed = asked.account.agreement
    assert agreed is not None
    values = (
        {name: getattr(agreed, name) for name in agreed.__slots__} if hasattr(agreed, "__slots__") else vars(agreed)
    )
    values = {name: value for name, value in values.items() if name != "type"}
    with pytest.raises(Conflict) as no:
        asked.do(OPERATOR, ACCOUNT, c.SignAgreement(**{**values, "receiver_key": NEW.public}))
    assert code_of(no) == "agreement.key_differs"
    rotate(asked, A, KEYS["A"], NEW)
    again = c.Adhere(controller="A", name="A", public_key=KEYS["A"].public, competent_body="Council")
    assert asked.do(OPERATOR, ACCOUNT, again) == ()
    with pytest.raises(Conflict):
        asked.do(OPERATOR, ACCOUNT, replace(again, public_key=OTHER.public))


def test_the_providers_manifest_needs_the_key_in_force(active: World) -> None:
    case = f"{REF}/delivery/1"
    active.do(OPERATOR, case, c.PlanDelivery(generation=1, snapshot=digest([0])))
    built_on = digest(active.grant())
    before = active.now
    active.now += timedelta(minutes=1)
    rotate(active, "provider", KEYS["provider"], NEW)
    active.now += timedelta(minutes=1)
    for key, code in ((KEYS["provider"], "keys.replaced"), (OTHER, "manifest.signature")):
        with pytest.raises(Refusal) as no:
            active.do(OPERATOR, case, active.manifest(built_on=built_on, key=key))
        assert code_of(no) == code
    with pytest.raises(Refusal) as no:
        active.do(OPERATOR, case, active.manifest(built_on=built_on, key=NEW, made_at=before))
    assert code_of(no) == "keys.not_begun"
    active.do(OPERATOR, case, active.manifest(built_on=built_on, key=NEW))


def test_receipt_and_deletion_need_the_receivers_key_in_its_time(active: World) -> None:
    case = f"{REF}/delivery/1"
    active.do(OPERATOR, case, c.PlanDelivery(generation=1, snapshot=digest([0])))
    recorded = active.manifest(built_on=digest(active.grant()))
    active.do(OPERATOR, case, recorded)
    active.do(OPERATOR, case, c.Send(channel="folder"))
    receipt = Receipt(
        manifest=digest(recorded.signed), delivery=case, files=(), place="x", received_by="c", received_at=active.now
    )
    active.now += timedelta(minutes=1)
    rotate(active, "receiver", KEYS["receiver"], NEW, days=1)
    active.now += timedelta(minutes=1)
    late = replace(receipt, received_at=active.now)
    with pytest.raises(Refusal) as no:
        active.do(CUSTODIAN, case, c.AcceptReceipt(signed=KEYS["receiver"].sign("receipt", late)))
    assert code_of(no) == "keys.replaced"
    first = KEYS["receiver"].sign("receipt", receipt)
    active.do(CUSTODIAN, case, c.AcceptReceipt(signed=first))
    active.now += timedelta(days=2)
    assert active.do(CUSTODIAN, case, c.AcceptReceipt(signed=first)) == (), "sent again long after, it changes nothing"
    active.demand_deletion(case)
    gone = DeletionConfirmation(
        manifest=receipt.manifest, delivery=case, trigger="t", method="m", kept="k", deleted_by="c", deleted_at=receipt.received_at,
    )  # fmt: skip
    with pytest.raises(Refusal) as no:
        active.do(CUSTODIAN, case, c.ConfirmDeletion(signed=KEYS["receiver"].sign("deletion", gone)))
    assert code_of(no) == "keys.overlap_over"
    active.do(CUSTODIAN, case, c.ConfirmDeletion(signed=NEW.sign("deletion", replace(gone, deleted_at=active.now))))


def test_a_moment_without_an_offset_is_refused(asked: World) -> None:
    with pytest.raises(Mistake) as no:
        decide(asked, KEYS["A"], at=asked.now.replace(tzinfo=None))
    assert code_of(no) == "keys.undated"
