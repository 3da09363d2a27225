"""Keys come from the address that a setting names, seldom, and are kept while it is down (negative test 7)."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from jwt.algorithms import RSAAlgorithm

from avrop.errors import Mistake, Stranger
from avrop.outbound.guard import Outbound
from avrop.outbound.keysets import KeySets
from avrop.settings import IssuerSetting
from tests.outbound.issuing import (
    AUDIENCE,
    ISSUER,
    NOW,
    Believing,
    believing,
    claims,
    ec_key,
    key_set,
    member,
    rsa_key,
    signed,
)
from tests.outbound.peers import Say, answer, peer

ONE = key_set(member("one", rsa_key("one")))
GOOD = answer(200, ONE)
DOWN = answer(503)


def token(now: datetime, kid: str = "one") -> str:
    return signed(claims(now), header={"kid": kid}, key=rsa_key(kid) if kid in ("one", "two") else rsa_key("one"))


def is_believed(us: Believing, now: datetime, kid: str = "one") -> bool:
    try:
        return us.verify(token(now, kid), now).subject == "somebody"
    except Stranger:
        return False


def test_keys_are_fetched_once_for_many_tokens() -> None:
    with believing() as us:
        assert all(is_believed(us, NOW + timedelta(seconds=second)) for second in range(0, 3600, 60))
        assert us.fetches == 1


def test_a_thousand_unknown_names_within_a_minute_cause_one_fetch() -> None:
    with believing() as us:
        assert is_believed(us, NOW)
        later = NOW + timedelta(minutes=2)
        assert not any(is_believed(us, later + timedelta(milliseconds=59 * k), f"unknown-{k}") for k in range(1000))
        assert us.fetches == 2
        assert not is_believed(us, later + timedelta(seconds=61), "unknown")
        assert us.fetches == 3
        assert is_believed(us, later + timedelta(seconds=61))


def test_a_thousand_unknown_names_at_once_cause_one_fetch() -> None:
    with believing() as us, ThreadPoolExecutor(20) as threads:
        texts = [token(NOW, f"unknown-{k}") for k in range(100)] * 10
        found = list(threads.map(lambda text: _code(lambda: us.verify(text)), texts))
        assert set(found) == {"token.refused"}
        assert us.fetches == 1


def test_those_who_wait_for_a_fetch_get_what_came_of_it() -> None:
    with believing() as us, ThreadPoolExecutor(20) as threads:
        slow = threading.Event()
        good = us.source.say

        def later(connection: Any, head: bytes) -> None:
            slow.wait(5)
            good(connection, head)

        us.source.say = later
        waiting = [threads.submit(is_believed, us, NOW) for _ in range(20)]
        slow.set()
        assert all(one.result() for one in waiting)
        assert us.fetches == 1


def _code(act: Callable[[], object]) -> str:
    try:
        act()
    except Stranger as no:
        return no.code
    return ""


def test_known_keys_still_work_for_a_day_while_their_source_is_down() -> None:
    with believing() as us:
        assert is_believed(us, NOW)
        us.source.say = DOWN
        hours = [NOW + timedelta(hours=hour) for hour in range(1, 24)]
        assert all(is_believed(us, hour) for hour in hours)
        assert is_believed(us, NOW + timedelta(hours=23, minutes=59))
        assert not is_believed(us, NOW + timedelta(hours=24))
        assert not is_believed(us, NOW + timedelta(hours=23), "two")
        us.source.say = GOOD
        assert is_believed(us, NOW + timedelta(hours=25))


def test_an_old_set_whose_source_is_down_is_asked_for_once_a_minute() -> None:
    with believing() as us:
        assert is_believed(us, NOW)
        us.source.say = DOWN
        later = NOW + timedelta(hours=2)
        assert all(is_believed(us, later + timedelta(seconds=second)) for second in range(120))
        assert us.fetches == 1 + 2


def test_a_new_key_is_found_when_a_token_names_it_and_a_withdrawn_one_after_an_hour() -> None:
    with believing() as us:
        assert is_believed(us, NOW)
        us.source.say = answer(200, key_set(member("two", rsa_key("two"))))
        assert not is_believed(us, NOW + timedelta(seconds=59), "two")
        assert is_believed(us, NOW + timedelta(minutes=1), "two")
        assert not is_believed(us, NOW + timedelta(minutes=2))
    with believing() as us:
        assert is_believed(us, NOW)
        us.source.say = answer(200, key_set(member("two", rsa_key("two"))))
        assert is_believed(us, NOW + timedelta(minutes=59))
        assert not is_believed(us, NOW + timedelta(minutes=60))


def test_a_clock_that_was_set_back_keeps_nobody_from_fetching() -> None:
    with believing() as us:
        assert is_believed(us, NOW)
        assert is_believed(us, NOW - timedelta(days=2))
        assert us.fetches == 2


REDIRECT = "http://127.0.0.1:9/keys"


@pytest.mark.parametrize(
    "say",
    [
        answer(302, Location=REDIRECT),
        answer(404),
        answer(204),
        answer(201, ONE),
        answer(200, b""),
        answer(200, b"[]"),
        answer(200, b"{}"),
        answer(200, b'{"keys": {}}'),
        answer(200, b'{"keys": [], "keys": []}'),
        answer(200, b"[" * 60_000),
        answer(200, b"\xff"),
        answer(200, b" " * (64 * 1024 + 1 - len(ONE)) + ONE),
        answer(200, b"x" * 10_000_000),
    ],
    ids=["redirect", "missing", "empty", "created", "nothing", "list", "no keys", "no list", "twice", "deep", "no text",
         "65 KiB", "10 MB"],
)  # fmt: skip
def test_what_is_no_key_set_gives_no_key_and_does_not_replace_one(say: Say) -> None:
    with believing() as us:
        us.source.say = say
        assert not is_believed(us, NOW)
        us.source.say = GOOD
        assert is_believed(us, NOW + timedelta(minutes=1))
        us.source.say = say
        assert is_believed(us, NOW + timedelta(hours=2))
        assert us.fetches == 3


def test_a_key_set_of_64_kib_is_read() -> None:
    with believing() as us:
        us.source.say = answer(200, b" " * (64 * 1024 - len(ONE)) + ONE)
        assert is_believed(us, NOW)


def test_a_key_source_at_a_private_address_is_not_asked() -> None:
    with believing() as us:
        us.keysets = KeySets(Outbound(), us.issuers)
        assert not is_believed(us, NOW)
        assert us.fetches == 0


@pytest.mark.parametrize(
    "bad",
    [
        member("one", rsa_key("short", 1024)),
        member("one", ec_key("curve")),
        member("one", rsa_key("one"), use="enc"),
        member("one", rsa_key("one"), alg="HS256"),
        member("one", rsa_key("one"), alg="RS512"),
        member("one", rsa_key("one"), alg=256),
        {**RSAAlgorithm.to_jwk(rsa_key("one"), as_dict=True), "kid": "one", "use": "sig"},
        member("one", rsa_key("one"), n=None),
        member("one", rsa_key("one"), n="%%%"),
        member("one", rsa_key("one"), n=5),
        member("one", rsa_key("one"), kty="oct", k="c2VjcmV0"),
        member("one", rsa_key("one"), kty=["RSA"]),
        member("one", rsa_key("one"), crv="P-256"),
        member(None, rsa_key("one")),
        member("", rsa_key("one")),
        {"kid": "one"},
    ],
    ids=["short", "curve", "for encryption", "shared", "other algorithm", "number", "private", "no modulus", "damaged",
         "modulus a number", "oct", "type a list", "both", "no name", "empty name", "nothing"],
)  # fmt: skip
def test_a_member_that_makes_no_such_signature_is_left_out_and_the_others_stand(bad: dict[str, Any]) -> None:
    key = rsa_key("short", 1024) if bad.get("n") == member("one", rsa_key("short", 1024))["n"] else rsa_key("one")
    with believing(bad, member("two", rsa_key("two"))) as us:
        assert is_believed(us, NOW, "two")
        with pytest.raises(Stranger):
            us.verify(signed(claims(), key=key))


def test_members_that_are_no_objects_are_left_out() -> None:
    with peer(answer(200, json.dumps({"keys": [1, "x", None, [], member("one", rsa_key("one"))]}).encode())) as source:
        us = Believing(source=source, issuers=(setting(keys_url=source.url),))
        assert is_believed(us, NOW)


def test_a_name_that_two_keys_bear_is_nobodys() -> None:
    with believing(member("one", rsa_key("one")), member("one", rsa_key("two"))) as us:
        assert not is_believed(us, NOW)


def test_one_issuers_key_is_not_anothers() -> None:
    with peer(GOOD) as ours, peer(answer(200, key_set(member("one", rsa_key("two"))))) as theirs:
        issuers = (
            setting(keys_url=ours.url),
            setting(issuer="https://second.example", keys_url=theirs.url, admits="consumers"),
        )
        us = Believing(source=ours, issuers=issuers)
        us.keysets = KeySets(Outbound(allowed_hosts=(ours.host, theirs.host)), issuers)
        assert us.verify(signed(claims())).issuer == ISSUER
        assert us.verify(signed(claims(iss="https://second.example"), key=rsa_key("two"))).subject == "somebody"
        for values, key in ((claims(), "two"), (claims(iss="https://second.example"), "one")):
            with pytest.raises(Stranger):
                us.verify(signed(values, key=rsa_key(key)))


def test_a_source_that_is_down_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with believing() as us:
        us.source.say = DOWN
        assert not is_believed(us, NOW)
    assert ["status 503" in record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [True]


def setting(**values: Any) -> IssuerSetting:
    good = {"issuer": ISSUER, "keys_url": "https://issuer.example/keys", "audiences": (AUDIENCE,), "admits": "people"}
    return IssuerSetting(**{**good, **values})


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"algorithms": ("none",)}, "issuer.algorithm"),
        ({"algorithms": ("RS256", "HS256")}, "issuer.algorithm"),
        ({"algorithms": ("rs256",)}, "issuer.algorithm"),
        ({"algorithms": ()}, "issuer.algorithm"),
        ({"audiences": ()}, "issuer.audience"),
        ({"audiences": ("",)}, "issuer.audience"),
        ({"issuer": ""}, "issuer.name"),
        ({"keys_url": ""}, "issuer.name"),
        ({"longest_life_seconds": 0}, "issuer.life"),
        ({"longest_life_seconds": 86_401}, "issuer.life"),
    ],
    ids=str,
)
def test_an_issuer_of_which_anything_would_be_believed_is_refused(values: dict[str, Any], code: str) -> None:
    with pytest.raises(Mistake) as refused:
        KeySets(Outbound(), (setting(**values),))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "second",
    [setting(admits="consumers"), setting(issuer="https://second.example")],
    ids=["the same name", "the same kind"],
)
def test_a_second_issuer_of_the_same_name_or_for_the_same_kind_is_refused(second: IssuerSetting) -> None:
    """A subject is a name within its issuer: another issuer's `somebody` is somebody else."""
    with pytest.raises(Mistake) as refused:
        KeySets(Outbound(), (setting(), second))
    assert refused.value.code == "issuer.twice"
    KeySets(Outbound(), (setting(), setting(issuer="https://second.example", admits="consumers")))
