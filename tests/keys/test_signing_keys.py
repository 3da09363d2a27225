"""An installation's signing keys: replaced, ended, renewed in the log; killed anywhere, the same command ends it."""

from pathlib import Path
from typing import cast

import pytest

from avrop.actions import account, keys, signing
from avrop.actions import facts as f
from avrop.canonical import canonical
from avrop.errors import AvropError, Fault, Mistake, Refusal
from avrop.governance.agreements import AccountState
from avrop.governance.keys import Vouching
from avrop.signed import verify
from avrop.store import db
from avrop.system import System
from avrop.verifier.verify import verify as verify_bundle
from tests.keys.conftest import OPERATOR, Killed, Pair


def standing(system: System) -> AccountState:
    with db.transaction(system.database) as connection:
        return f.account(connection)


def faults(pair: Pair, held: dict[str, object], name: str, *, checkpoint: str | None = None) -> list[str]:
    """What the verifier finds in the provider's account with these keys."""
    bundle = pair.folder / name
    account.export_bundle(pair.provider, bundle)
    (pair.folder / "keys.json").write_bytes(canonical(held))
    if checkpoint is not None:
        (pair.folder / "old.txt").write_text(checkpoint)
    old = pair.folder / "old.txt" if checkpoint is not None else None
    return verify_bundle(bundle, keys=pair.folder / "keys.json", checkpoint=old).faults


def test_a_replaced_key_signs_no_more_and_the_account_is_sound_with_old_and_new_keys(pair: Pair) -> None:
    held, old = account.public_keys(pair.provider), pair.provider.keys.public("provider")
    new = keys.rotate_signing(pair.provider, OPERATOR)
    assert new == standing(pair.provider).key_of("provider") == pair.provider.keys.public("provider") != old
    assert pair.provider.keys.retired("provider") == (old,)
    signed = account.export_agreement(pair.provider)
    assert verify(signed, kind="agreement", public_key=new)
    with pytest.raises(Fault) as no:
        pair.provider.keys.sign("provider", "agreement", {}, public=old)
    assert no.value.code == "keys.not_held"
    assert faults(pair, held, "one") == []
    assert account.public_keys(pair.provider)["provider"] == new
    assert faults(pair, account.public_keys(pair.provider), "other") == []


def test_the_logs_key_is_replaced_and_old_checkpoints_still_hold(pair: Pair) -> None:
    held, old = account.public_keys(pair.provider), account.make_checkpoint(pair.provider)
    keys.rotate_signing(pair.provider, OPERATOR, holder="log")
    assert faults(pair, held, "one", checkpoint=old) == []
    pair.clock.forward(minutes=1)
    keys.rotate_signing(pair.provider, OPERATOR, holder="log")
    assert faults(pair, held, "two", checkpoint=old) == []
    assert faults(pair, account.public_keys(pair.provider), "three", checkpoint=old) == []


def test_a_checkpoint_by_a_replaced_key_of_the_log_is_found(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    held, old = account.public_keys(pair.provider), pair.provider.keys.make_signing("log")
    with monkeypatch.context() as patched:  # a dishonest provider that kept the old key
        patched.setattr(pair.provider.keys, "promote_signing", lambda *_: True)
        keys.rotate_signing(pair.provider, OPERATOR, holder="log")
        patched.setattr(signing, "log_key", lambda *_: old)
        found = faults(pair, held, "one")
    assert found == [
        "checkpoint.txt: it speaks of 3 entries, and is signed by a key of the log that was replaced at line 3"
    ]


@pytest.mark.parametrize("holder", ["provider", "log"])
@pytest.mark.parametrize(
    "point", ["keys.handed-over", "case.appended", "keys.recorded", "keys.promoted", "keys.published"]
)
def test_killed_anywhere_the_same_command_ends_the_replacement_once(pair: Pair, point: str, holder: str) -> None:
    old = pair.provider.keys.make_signing(holder)
    pair.reached.append(f"kill {point}")
    with pytest.raises(Killed):
        keys.rotate_signing(pair.provider, OPERATOR, holder=holder)
    pair.reached.clear()
    pair.clock.forward(minutes=1)
    account.make_checkpoint(pair.provider)
    assert verify(
        account.export_agreement(pair.provider),
        kind="agreement",
        public_key=standing(pair.provider).key_of("provider") or "",
    )
    new = keys.rotate_signing(pair.provider, OPERATOR, holder=holder) if point != "keys.published" else None
    held = standing(pair.provider).keys_of(holder)
    if point in ("keys.promoted",):  # all but the publication was done: a second command is a second replacement
        assert len(held) == 3
    else:
        assert [key.public_key for key in held] == [old, new or held[-1].public_key]
    assert pair.provider.keys.public(holder) == held[-1].public_key
    assert faults(pair, account.public_keys(pair.provider), "bundle") == []


def test_between_record_and_use_the_new_key_signs_already(pair: Pair) -> None:
    pair.reached.append("kill keys.recorded")
    with pytest.raises(Killed):
        keys.rotate_signing(pair.provider, OPERATOR)
    new = standing(pair.provider).key_of("provider")
    assert new != pair.provider.keys.public("provider"), "the key store has not followed yet"
    assert verify(account.export_agreement(pair.provider), kind="agreement", public_key=cast("str", new))
    assert keys.settle(pair.provider) == ("provider",)
    assert pair.provider.keys.public("provider") == new


def test_at_the_provider_somebody_records_it_and_only_an_operator(pair: Pair) -> None:
    with pytest.raises(Mistake) as no:
        keys.rotate_signing(pair.provider, None)
    assert no.value.code == "keys.actor"
    assert len(standing(pair.provider).keys_of("provider")) == 1


def test_another_partys_key_is_not_replaced_here(pair: Pair) -> None:
    with pytest.raises(Mistake) as no:
        keys.rotate_signing(pair.receiver, None, holder="provider")
    assert no.value.code == "keys.not_own"


def test_a_controllers_replacement_is_made_at_home_and_recorded_at_the_provider(pair: Pair) -> None:
    held, store = account.public_keys(pair.provider), pair.controller("c1")
    old = store.public("controller-c1")
    made = keys.hand_over(store, "controller-c1", "controller/c1", old=old, now=pair.clock())
    assert len(keys.record(pair.provider, OPERATOR, made)) == 1
    assert keys.record(pair.provider, OPERATOR, made) == ()
    assert store.public("controller-c1") == old, "until the controller promotes it"
    store.promote_signing("controller-c1", store.next_signing("controller-c1"))
    assert store.public("controller-c1") == standing(pair.provider).key_of("controller/c1")
    assert faults(pair, held, "bundle") == []


def test_a_stolen_key_of_a_controller_ends_and_is_renewed_on_both_parties_word(pair: Pair) -> None:
    held, store = account.public_keys(pair.provider), pair.controller("c1")
    ended = store.public("controller-c1")
    keys.end(pair.provider, OPERATOR, holder="controller/c1", why="stolen")
    assert keys.end(pair.provider, OPERATOR, holder="controller/c1", why="stolen") == ()
    pair.clock.forward(minutes=1)
    draft = keys.draft_renewal(
        store, "controller-c1", "controller/c1", ended=ended, decided_by="Council, case 7", now=pair.clock()
    )
    with pytest.raises(Refusal) as no:
        keys.vouch(pair.receiver, draft)
    assert no.value.code == "keys.voucher"
    vouched = keys.vouch(pair.receiver, keys.vouch(pair.provider, draft))
    assert len(keys.record(pair.provider, OPERATOR, vouched)) == 1
    new = standing(pair.provider).key_of("controller/c1")
    assert new == store.next_signing("controller-c1")
    place = "entries.jsonl line 4: entry 3 (case account, sequence 4)"
    assert faults(pair, held, "one") == [
        f"{place}: the new key of controller c1 is not one you hold: others vouch for it, and the ended one did not "
        "hand over to it; get it from controller c1 by another way"
    ]
    assert account.public_keys(pair.provider)["controllers"] == {"c1": [ended, new]}
    assert faults(pair, account.public_keys(pair.provider), "two") == []


def test_a_receiver_whose_key_was_lost_with_its_store_gets_another(pair: Pair) -> None:
    for path in Path(pair.receiver.settings.keys_home).glob("receiver.*"):
        path.unlink()
    for system, who in ((pair.provider, OPERATOR), (pair.receiver, None)):
        keys.end(system, who, holder="receiver", why="lost")
    pair.clock.forward(minutes=1)
    with db.transaction(pair.receiver.database) as connection, pytest.raises(Refusal) as no:
        signing.sign(connection, pair.receiver, "receiver", "receipt", {})
    assert no.value.code == "keys.none_in_force"
    vouched = keys.vouch(pair.provider, keys.draft_own_renewal(pair.receiver, "receiver", decided_by="The board"))
    for system, who in ((pair.provider, OPERATOR), (pair.receiver, None)):
        keys.record(system, who, vouched)
    assert keys.settle(pair.receiver) == ("receiver",)
    with db.transaction(pair.receiver.database) as connection:
        signed = signing.sign(connection, pair.receiver, "receiver", "receipt", {})
    assert verify(signed, kind="receipt", public_key=standing(pair.provider).key_of("receiver") or "")


def test_a_stolen_log_key_ends_and_is_renewed(pair: Pair) -> None:
    account.make_checkpoint(pair.provider)
    held = account.public_keys(pair.provider)
    keys.end(pair.provider, OPERATOR, holder="log", why="stolen")
    with pytest.raises(Refusal):
        account.make_checkpoint(pair.provider)
    pair.clock.forward(minutes=1)
    draft = keys.draft_own_renewal(pair.provider, "log", decided_by="The director")
    keys.record(pair.provider, OPERATOR, keys.vouch(pair.receiver, keys.vouch(pair.provider, draft)))
    keys.settle(pair.provider)
    assert faults(pair, account.public_keys(pair.provider), "one") == []
    assert "checkpoint.txt: it is not signed with the log's key" in faults(pair, held, "two")


def test_a_key_that_has_not_ended_is_not_renewed(pair: Pair) -> None:
    with pytest.raises(Mistake) as no:
        keys.draft_own_renewal(pair.receiver, "receiver", decided_by="The board")
    assert no.value.code == "keys.still_in_force"


def test_a_next_key_that_lay_in_a_stolen_store_is_not_the_renewed_one(pair: Pair) -> None:
    stolen = pair.receiver.keys.next_signing("receiver")
    keys.end(pair.receiver, None, holder="receiver", why="stolen")
    made = keys.draft_own_renewal(pair.receiver, "receiver", decided_by="The board")
    assert isinstance(made, Vouching)
    assert stolen not in made.by_new.body


def test_an_overlap_that_is_too_long_is_refused_and_nothing_changes(pair: Pair) -> None:
    with pytest.raises(AvropError) as no:
        keys.rotate_signing(pair.provider, OPERATOR, days=93)
    assert no.value.code == "keys.overlap"
    assert len(standing(pair.provider).keys_of("provider")) == 1
