"""What is published of keys, and what another installation makes of it: followed, verified, never back, kept while away."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import httpx
import pytest

from avrop.actions import facts as f
from avrop.actions import keys, keyview, peerkeys, publishedkeys, sealingkeys, tasks
from avrop.canonical import canonical, read
from avrop.errors import AvropError, Missing, Mistake, Refusal, Tampered
from avrop.governance.publishedkeys import KEYS, KeyDocument
from avrop.settings import Settings
from avrop.signed import Signed, sign, verify
from avrop.store import db
from avrop.store import publishedkeys as store
from avrop.system import System, open_system
from tests import asking
from tests.governance.world import Key
from tests.keys.conftest import OPERATOR, Pair


def document(signed: Signed) -> KeyDocument:
    return cast("KeyDocument", read(KeyDocument, signed.body, what="keys"))


def answered(pair: Pair, name: str = "receiver") -> httpx.Response:
    """What one of them answers to anybody."""
    with pair.served(name):
        return asking.get(f"http://127.0.0.1:{pair.sockets[name].getsockname()[1]}/.well-known/avrop-keys.json")


def got(pair: Pair) -> tuple[Signed, KeyDocument]:
    """What the receiver publishes."""
    answer = answered(pair)
    assert answer.status_code == 200
    signed = cast("Signed", read(Signed, answer.content, what="keys"))
    return signed, document(signed)


def forge(pair: Pair, said: KeyDocument, key: Key | None = None, **changes: Any) -> None:
    """Publish at the receiver what it would not: changed, or under another key."""
    changed = replace(said, **changes)
    signed = key.sign(KEYS, changed) if key else pair.receiver.keys.sign("receiver", KEYS, changed)
    with db.transaction(pair.receiver.database) as connection:
        connection.exec_driver_sql("DELETE FROM published_keys")
        store.publish(connection, changed.serial, signed)


def key_of(system: System, holder: str) -> str | None:
    with db.transaction(system.database) as connection:
        return f.account(connection).key_of(holder)


def test_nothing_is_there_before_it_is_published(pair: Pair) -> None:
    answer = answered(pair)
    assert (answer.status_code, answer.json()["code"]) == (404, "keys.not_published")


def test_an_installation_without_an_agreement_publishes_nothing(system: System) -> None:
    assert publishedkeys.publish(system) is None


def test_the_document_names_all_keys_with_their_times_and_is_signed_with_the_one_in_force(pair: Pair) -> None:
    old = pair.receiver.keys.public("receiver")
    first = sealingkeys.make(pair.receiver)
    pair.clock.forward(days=1)
    new = keys.rotate_signing(pair.receiver, None, days=10)
    second = sealingkeys.rotate(pair.receiver, days=20)
    signed, said = got(pair)
    assert verify(signed, kind=KEYS, public_key=new)
    assert (said.organisation, said.holder, said.made_at) == ("receiver", "receiver", pair.clock())
    assert [(x.public_key, x.valid_from, x.valid_to, x.accepted_until) for x in said.signing] == [
        (old, None, pair.clock(), date(2026, 3, 13)), (new, pair.clock(), None, None),
    ]  # fmt: skip
    assert [(x.key_id, x.valid_to, x.opens_until) for x in said.sealing] == [
        (first.key_id, pair.clock(), date(2026, 3, 23)), (second.key_id, None, None),
    ]  # fmt: skip
    assert [x.by_old.key for x in said.handovers] == [said.signing[0].key_id]
    chosen = said.to_seal_for()
    assert chosen is not None and chosen.key_id == second.key_id


def test_a_document_is_made_anew_only_when_something_changed_and_its_serial_only_grows(pair: Pair) -> None:
    one = publishedkeys.publish(pair.receiver)
    pair.clock.forward(days=1)
    assert publishedkeys.publish(pair.receiver) == one
    sealingkeys.make(pair.receiver)
    two = publishedkeys.published(pair.receiver)
    assert one is not None and document(two).serial > document(one).serial
    with db.transaction(pair.receiver.database) as connection:  # a backup of before comes back
        connection.exec_driver_sql("DELETE FROM published_keys")
    pair.clock.forward(seconds=5)
    three = publishedkeys.publish(pair.receiver)
    assert three is not None and document(three).serial > document(two).serial


def test_two_changes_in_one_second_have_two_serials(pair: Pair) -> None:
    sealingkeys.make(pair.receiver)
    one = document(publishedkeys.published(pair.receiver)).serial
    sealingkeys.rotate(pair.receiver)
    assert document(publishedkeys.published(pair.receiver)).serial == one + 1


def test_the_provider_learns_the_receivers_sealing_key_over_http(pair: Pair) -> None:
    made = sealingkeys.make(pair.receiver)
    with pair.served("receiver"):
        chosen = peerkeys.sealing_key(pair.provider, "receiver")
    assert (chosen.key_id, chosen.public_key) == (made.key_id, made.public_key)


def test_what_was_read_holds_while_the_peer_is_away_and_the_failure_is_shown(pair: Pair) -> None:
    made = sealingkeys.make(pair.receiver)
    with pair.served("receiver"):
        peerkeys.sealing_key(pair.provider, "receiver")
    pair.clock.forward(days=3)
    pair.sockets["receiver"].close()
    assert peerkeys.sealing_key(pair.provider, "receiver").key_id == made.key_id
    shown = [key.stands for key in keyview.show(pair.provider) if key.use == "published"]
    assert shown == ["read 2026-03-02 09:00; the last try failed: outbound.unavailable"]


def test_a_peer_that_was_never_read_is_missing(pair: Pair) -> None:
    pair.sockets["receiver"].close()
    with pytest.raises(Missing) as no:
        peerkeys.sealing_key(pair.provider, "receiver")
    assert no.value.code == "keys.peer_unread"


def test_a_peer_that_was_away_a_moment_ago_is_asked_again_before_the_first_package(pair: Pair) -> None:
    made = sealingkeys.make(pair.receiver)
    with db.transaction(pair.provider.database) as connection:
        store.failed(connection, "receiver", "outbound.unavailable", at=pair.clock())
    with pair.served("receiver"):
        assert peerkeys.sealing_key(pair.provider, "receiver").key_id == made.key_id


def test_a_peer_without_a_sealing_key_is_missing_one(pair: Pair) -> None:
    publishedkeys.publish(pair.receiver)
    with pair.served("receiver"), pytest.raises(Missing) as no:
        peerkeys.sealing_key(pair.provider, "receiver")
    assert no.value.code == "keys.peer_no_sealing"


def test_a_peer_that_answers_but_publishes_nothing_is_not_called_away(pair: Pair) -> None:
    with pair.served("receiver"), pytest.raises(Missing) as no:
        peerkeys.refresh(pair.provider, "receiver")
    assert no.value.code == "keys.peer_unpublished"


def test_one_that_is_no_party_of_its_agreement_as_a_witness_publishes_nothing(pair: Pair) -> None:
    witness = replace(pair.receiver, settings=replace(pair.receiver.settings, organisation="03"))
    assert publishedkeys.publish(witness) is None


def test_every_replacement_since_is_followed_and_recorded_both_ways(pair: Pair) -> None:
    for _ in range(3):
        keys.rotate_signing(pair.receiver, None)
        keys.rotate_signing(pair.provider, OPERATOR)
        pair.clock.forward(days=1)
    with pair.served("receiver"), pair.served("provider"):
        peerkeys.refresh(pair.provider, "receiver")
        peerkeys.refresh(pair.receiver, "provider")
    for holder in ("provider", "receiver"):
        assert key_of(pair.provider, holder) == key_of(pair.receiver, holder)
    with db.transaction(pair.provider.database) as connection:
        assert len(f.account(connection).keys_of("receiver")) == 4


@pytest.mark.slow
def test_the_clock_publishes_and_reads_its_peers_every_five_minutes(pair: Pair) -> None:
    with pair.served("receiver"):
        tasks.tick(pair.receiver)
        tasks.tick(pair.provider)
        with db.transaction(pair.provider.database) as connection:
            first = store.peer(connection, "receiver")
        pair.clock.forward(minutes=4)
        tasks.tick(pair.provider)
        with db.transaction(pair.provider.database) as connection:
            assert store.peer(connection, "receiver") == first
        pair.clock.forward(minutes=1)
        tasks.tick(pair.provider)
        with db.transaction(pair.provider.database) as connection:
            later = store.peer(connection, "receiver")
    assert first is not None and later is not None and later.tried_at - first.tried_at == timedelta(minutes=5)


@pytest.mark.slow
def test_the_clock_destroys_sealing_keys_whose_day_is_over(pair: Pair) -> None:
    old = sealingkeys.make(pair.receiver)
    sealingkeys.rotate(pair.receiver, days=1)
    pair.clock.forward(days=2)
    tasks.tick(pair.receiver)
    with pytest.raises(Missing):
        pair.receiver.keys.sealing.private(old.key_id)
    assert old.key_id not in [key.key_id for key in got(pair)[1].sealing]


@pytest.mark.parametrize(
    ("changes", "key", "code"),
    [
        ({"organisation": "other"}, None, "keys.peer_other"),
        ({"holder": "provider"}, None, "keys.peer_other"),
        ({}, Key(77), "keys.peer_signature"),
    ],
)
def test_a_document_of_another_or_by_another_key_is_refused(
    pair: Pair, changes: dict, key: Key | None, code: str
) -> None:
    sealingkeys.make(pair.receiver)
    forge(pair, got(pair)[1], key, **changes)
    with pair.served("receiver"), pytest.raises(Refusal) as no:
        peerkeys.refresh(pair.provider, "receiver")
    assert no.value.code == code


def test_a_replacement_that_the_old_key_did_not_sign_is_not_followed(pair: Pair) -> None:
    """Whoever holds only a key of its own, and the address, changes nothing."""
    sealingkeys.make(pair.receiver)
    said, thief = got(pair)[1], Key(78)
    store_of_thief = {"public_key": thief.public, "signer": thief.private.sign}
    old = pair.receiver.keys.public("receiver")
    made = keys.hand_over(pair.receiver.keys, "receiver", "receiver", old=old, now=pair.clock())
    body = read(dict, made.by_old.body, what="body") | {"new_key": thief.public}
    forged = sign("key replacement", body, **store_of_thief)
    handover = replace(made, by_old=replace(forged, key=made.by_old.key), by_new=forged)
    forge(pair, said, thief, handovers=(handover,))
    before = key_of(pair.provider, "receiver")
    with pair.served("receiver"), pytest.raises(Refusal) as no:
        peerkeys.refresh(pair.provider, "receiver")
    assert no.value.code == "keys.signature"
    assert key_of(pair.provider, "receiver") == before


def test_a_serial_never_goes_back_and_has_one_document(pair: Pair) -> None:
    sealingkeys.make(pair.receiver)
    said = got(pair)[1]
    with pair.served("receiver"):
        peerkeys.refresh(pair.provider, "receiver")
        peerkeys.refresh(pair.provider, "receiver")
        for changes in ({"serial": said.serial - 1}, {"sealing": ()}):
            forge(pair, said, **changes)
            with pytest.raises(Tampered) as no:
                peerkeys.refresh(pair.provider, "receiver")
            assert no.value.code == "keys.peer_back"
        pair.clock.forward(hours=1)
        with pytest.raises(Tampered):
            peerkeys.sealing_key(pair.provider, "receiver")


def test_nothing_is_sealed_for_keys_that_a_stolen_key_signed(pair: Pair) -> None:
    sealingkeys.make(pair.receiver)
    with pair.served("receiver"):
        peerkeys.refresh(pair.provider, "receiver")
    keys.end(pair.provider, OPERATOR, holder="receiver", why="stolen")
    with pytest.raises(AvropError) as no:
        peerkeys.sealing_key(pair.provider, "receiver")
    assert no.value.code == "keys.ended"
    pair.clock.forward(minutes=10)
    with pair.served("receiver"), pytest.raises(Refusal) as refused:
        peerkeys.sealing_key(pair.provider, "receiver")
    assert refused.value.code == "keys.peer_signature"


def test_an_organisation_that_is_no_peer_or_no_party_is_missing(pair: Pair, settings: Settings) -> None:
    with pytest.raises(Mistake) as no:
        peerkeys.refresh(pair.provider, "nobody")
    assert no.value.code == "remote.unknown_peer"
    publishedkeys.publish(pair.receiver)
    alone = replace(settings, serve=pair.provider.settings.serve)
    with pair.served("receiver"), open_system(alone) as stranger, pytest.raises(Missing) as unknown:
        peerkeys.refresh(stranger, "receiver")
    assert unknown.value.code == "keys.peer_unknown"


def test_what_is_not_a_document_is_a_mistake_that_is_noted(pair: Pair) -> None:
    with db.transaction(pair.receiver.database) as connection:
        store.publish(connection, 1, Key(1).sign(KEYS, {"x": 1}))
    with pair.served("receiver"), pytest.raises(AvropError) as no:
        peerkeys.refresh(pair.provider, "receiver")
    assert no.value.code == "document.unreadable"
    with db.transaction(pair.provider.database) as connection:
        noted = store.peer(connection, "receiver")
    assert noted is not None and (noted.failure, noted.signed) == ("document.unreadable", None)
    assert canonical({"x": 1}) == b'{"x":1}'
