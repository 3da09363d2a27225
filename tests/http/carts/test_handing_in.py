"""A cart that another catalogue hands in: taken if it is one, counted, and answered with an address of ours (T13)."""

import json
import logging
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from avrop.actions import carts
from avrop.errors import AvropError, Fault, Refusal
from tests.http.carting import (
    FOREIGN,
    NUMBER,
    PEERS_TITLE,
    URL,
    Resolver,
    Site,
    cart,
    reference,
)
from tests.http.carts.scene import OURS, refused


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_cart_gives_an_address_of_ours_in_its_language_that_nobody_can_guess(us: Site, language: str) -> None:
    answers = [us.hand_in(cart(language=language, unknown=1, hintIsNew=True)) for _ in range(3)]
    for each in answers:
        assert (each.status_code, each.headers["content-type"]) == (200, "application/json")
        assert [*each.json()] == ["redirectUrl"]
    addresses = {each.json()["redirectUrl"] for each in answers}
    assert len(addresses) == 3
    for address in addresses:
        token = re.fullmatch(rf"{URL}{language}/handlekurv/mottatt/([A-Za-z0-9_-]+)", address)
        assert token
        assert len(token.group(1)) * 6 >= 128
        assert all(token.group(1) not in str(row) for row in us.rows())


def test_without_an_https_address_of_ours_nothing_is_taken_outside_the_demo(us: Site) -> None:
    serve = us.system.settings.serve
    assert serve
    for changed in (None, replace(serve, public_url="http://provider.example.no/")):
        plain = replace(us.system, settings=replace(us.system.settings, serve=changed, demo=False))
        with pytest.raises(Fault, match=r"cart\.no_address"):
            carts.take_in(plain, json.dumps(cart()).encode(), caller="192.0.2.1")


@pytest.mark.parametrize("key", [*cart()])
def test_a_cart_without_one_of_its_keys_is_refused(us: Site, key: str) -> None:
    refused(us.hand_in({name: value for name, value in cart().items() if name != key}), 422, key)


@pytest.mark.parametrize("key", [*reference()])
def test_a_reference_without_one_of_its_keys_is_refused(us: Site, key: str) -> None:
    refused(us.hand_in(cart(data_def={name: v for name, v in reference().items() if name != key})), 422, key)


@pytest.mark.parametrize(
    ("key", "value"),
    [("orgnr", "310000018"), ("orgnr", "31000001"), ("orgnr", "3100000190"), ("orgnr", ""), ("orgnr", 310000019),
     ("orgnr", "NO310000019"), ("orgnr", "٣١٠٠٠٠٠١٩"), ("orgnr", None), ("orgnr", "000000010"),
     ("language", "sv"), ("language", "NB"), ("language", ""), ("language", ["nb"]),
     ("hintIsPublic", "true"), ("hintIsPublic", 1), ("hintIsOrg", None), ("hintIsPrePublicationData", 0),
     ("system", ""), ("system", 7), ("dataDef", []), ("dataDef", "x"), ("dataDef", None),
     ("dataDef.type", "variables"), ("dataDef.type", "data-services"), ("dataDef.type", None),
     ("dataDef.orgnr", "310000018"), ("dataDef.id", ""), ("dataDef.id", "a\0b"), ("dataDef.uri", "\ud800"),
     ("dataDef.uri", ""), ("dataDef.uri", "x" * 2001), ("dataDef.resourceName", None)],
)  # fmt: skip
def test_a_value_that_is_none_is_refused_by_its_place_and_not_repeated(us: Site, key: str, value: object) -> None:
    within, _, inner = key.partition(".")
    said = cart(**{within: value}) if not inner else cart(data_def=reference(**{inner: value}))
    answered = refused(us.hand_in(said), 422, key)
    if isinstance(value, str) and len(value) > 5:
        assert value not in answered
    assert us.rows() == [] or all(row.expires_at <= us.clock.now + timedelta(minutes=15) for row in us.rows())


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [(b"", {}, 422), (b"[]", {}, 422), (b"null", {}, 422), (b"{", {}, 422), (b"\xff\xfe", {}, 422),
     (b'{"orgnr": 1, "orgnr": 2}', {}, 422), (b'{"a":' * 5000 + b"1" + b"}" * 5000, {}, 413),
     (b'{"a":' * 1000 + b"1" + b"}" * 1000, {}, 422), (b"[" * 16_000, {}, 422), (b'{"a": ' + b"1" * 5000 + b"}", {}, 422),
     (b'{"a": "' + b'\\"' * 8000, {}, 422), (b" " * 20_000, {}, 413),
     (b"{}", {"Content-Type": "text/plain"}, 415), (b"{}", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
     (b"{}", {"Content-Type": "application/json; charset=iso-8859-1"}, 415), (b"{}", {"Content-Encoding": "gzip"}, 415)],
    ids=["nothing", "list", "null", "cut", "no text", "twice", "deep and large", "deep", "deep and cut", "large number",
         "endless text", "large", "plain", "form", "charset", "compressed"],
)  # fmt: skip
def test_what_is_no_cart_is_a_problem_of_its_sender(
    us: Site, body: bytes, headers: dict[str, str], status: int
) -> None:
    refused(us.hand_in(body, **headers), status)


def test_a_cart_that_comes_in_pieces_is_taken_and_one_without_end_is_not(us: Site) -> None:
    data = json.dumps(cart()).encode()
    pieces = iter([data[:50], data[50:]])
    kind = {"Content-Type": "application/json; charset=UTF-8"}
    assert us.post("cart", content=pieces, headers=kind).status_code == 200
    with socket.create_connection(("127.0.0.1", int(us.url.split(":")[2].strip("/"))), timeout=20) as endless:
        endless.sendall(b"POST /cart HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        endless.sendall(b"Transfer-Encoding: chunked\r\n\r\n" + b"1000\r\n" + b" " * 4096 + b"\r\n")
        for _ in range(4):
            endless.sendall(b"1000\r\n" + b" " * 4096 + b"\r\n")
        assert endless.recv(200).startswith(b"HTTP/1.1 413")


def test_one_caller_may_hand_in_so_many_in_a_minute_and_others_then_still_may(us: Site) -> None:
    data, base = json.dumps(cart()).encode(), us.clock.now
    for _ in range(carts.PER_CALLER):
        carts.take_in(us.system, data, caller="198.51.100.7")
    before = us.slots()
    for _ in range(5):
        with pytest.raises(Refusal, match=r"cart\.too_often"):
            carts.take_in(us.system, data, caller="198.51.100.7")
    with pytest.raises(Refusal):
        carts.take_in(us.system, data, caller="::ffff:198.51.100.7")
    assert us.slots() == before
    minute = int(base.timestamp()) // 60
    full = carts._slot("198.51.100.7", minute)
    other = next(each for n in range(8, 99) if carts._slot(each := f"198.51.100.{n}", minute) != full)
    carts.take_in(us.system, data, caller=other)
    us.clock.now = base + timedelta(minutes=1)
    carts.take_in(us.system, data, caller="198.51.100.7")


def test_whoever_has_one_address_of_a_network_has_them_all(us: Site) -> None:
    data = json.dumps(cart()).encode()
    for n in range(carts.PER_CALLER):
        carts.take_in(us.system, data, caller=f"2001:db8::{n:x}")
    with pytest.raises(Refusal, match=r"cart\.too_often"):
        carts.take_in(us.system, data, caller="2001:db8::ffff")


def test_all_together_may_hand_in_so_many_and_what_is_counted_has_a_bound_and_no_address(us: Site) -> None:
    data, taken = json.dumps(cart()).encode(), 0
    for n in range(carts.IN_ALL + 20):
        try:
            carts.take_in(us.system, data, caller=f"203.0.113.{n}")
            taken += 1
        except Refusal as refusal:
            assert refusal.code == "cart.too_often"
    assert taken == carts.IN_ALL
    assert len([row for row in us.rows() if row.expires_at > us.clock.now]) == carts.IN_ALL
    assert all(0 <= row.slot <= 4096 for row in us.slots())
    assert "203.0.113" not in str(us.slots()) + str(us.rows())


def test_over_http_too_often_is_429_and_says_when_to_try_again(us: Site) -> None:
    answers = [us.hand_in(cart()) for _ in range(carts.PER_CALLER + 1)]
    assert {each.status_code for each in answers[:-1]} == {200}
    refused(answers[-1], 429, "cart.too_often")
    assert answers[-1].headers["retry-after"] == "60"


def test_behind_a_proxy_the_address_that_the_proxy_saw_counts_and_not_one_that_the_caller_says(us: Site) -> None:
    minute = int(us.clock.now.timestamp()) // 60
    seen = "198.51.100.20"
    other = next(
        each for n in range(21, 99) if carts._slot(each := f"198.51.100.{n}", minute) != carts._slot(seen, minute)
    )
    for n in range(carts.PER_CALLER):
        assert us.hand_in(cart(), **{"X-Forwarded-For": f"203.0.113.{n}, {seen}"}).status_code == 200
    refused(us.hand_in(cart(), **{"X-Forwarded-For": f"203.0.113.200, {seen}"}), 429)
    assert us.hand_in(cart(), **{"X-Forwarded-For": f"{seen}, {other}"}).status_code == 200


def test_several_at_once_are_counted_as_many(us: Site) -> None:
    data = json.dumps(cart()).encode()

    def take(_: int) -> bool:
        try:
            return bool(carts.take_in(us.system, data, caller="198.51.100.9"))
        except Refusal:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(carts.PER_CALLER + 20))) == carts.PER_CALLER


def test_no_log_says_who_handed_in_what_for_whom(
    asking: Site, there: Resolver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    there.says = (500, b"")
    path = asking.waiting(cart())
    asking.get(path)
    asking.hand_in(cart(orgnr="310000018"))
    for _ in range(carts.PER_CALLER + 1):
        asking.hand_in(cart(OURS))
    own = [record for record in caplog.records if record.name.startswith("avrop")]
    written = "\n".join(record.getMessage() for record in own)
    assert "cart.resolver" in written
    secret = (path.rpartition("/")[2], NUMBER, "310000018", FOREIGN, PEERS_TITLE, "TRADE_TEST", "handlekurv")
    assert [each for each in secret if each in written] == []


def test_an_error_of_a_cart_says_nothing_of_it(us: Site) -> None:
    with pytest.raises(AvropError) as caught:
        carts.look(us.system, "a-token-of-somebody")
    assert "a-token" not in str(caught.value)
