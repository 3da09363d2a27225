"""Carts between catalogues, in both directions: what is taken in, what is shown, what is asked, what is handed out."""

import json
import logging
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from avrop.actions import carts, resolving
from avrop.actions.tasks import tick
from avrop.errors import AvropError, Fault, Refusal
from avrop.settings import ServeSetting, Settings
from avrop.system import System, open_system
from avrop.web.cart import CART, MOST
from tests.conftest import Fresh
from tests.http.carting import (
    FOREIGN,
    NUMBER,
    PEERS_TITLE,
    PUBLISHER,
    URL,
    Clock,
    Resolver,
    Site,
    cart,
    provider,
    reference,
    resolver,
    site,
)
from tests.http.commons import commons
from tests.publishing import CATALOGUE, NOW

OURS = f"{URL}dcat/vigo/TRADE_TEST"
THERE = list(CATALOGUE.dataset("TRADE_TEST").variables)


@pytest.fixture(scope="module")
def played(fresh_database: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[System, Clock]]:
    with provider(fresh_database, tmp_path_factory.mktemp("carts")) as system:
        yield system, Clock(NOW)


@pytest.fixture(scope="module")
def served(played: tuple[System, Clock]) -> Iterator[Site]:
    with site(*played) as running:
        yield running


@pytest.fixture(scope="module")
def serving_resolver(played: tuple[System, Clock]) -> Iterator[tuple[Site, Resolver]]:
    with (
        resolver() as there,
        site(*played, cart_resolver=f"{there.peer.url}/", allowed_hosts=(there.peer.host,)) as running,
    ):
        yield running, there


@pytest.fixture
def us(served: Site) -> Site:
    """Without a resolver."""
    served.clock.wait(hours=1)  # what other tests handed in is counted no more
    return served


@pytest.fixture
def asking(serving_resolver: tuple[Site, Resolver]) -> Site:
    """With one."""
    serving_resolver[0].clock.wait(hours=1)
    return serving_resolver[0]


@pytest.fixture
def there(serving_resolver: tuple[Site, Resolver]) -> Resolver:
    """The resolver, which was not asked yet."""
    serving_resolver[1].forget()
    return serving_resolver[1]


def title_of(page: httpx.Response) -> str:
    found = re.search(r'<h2 class="ds-heading" data-size="sm">(.*?)</h2>', page.text, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found.group(1)).strip()


# What is taken in


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


def refused(answered: httpx.Response, status: int, says: str = "") -> str:
    assert answered.status_code == status, answered.text
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.json()["code"]
    assert says in answered.text
    assert PEERS_TITLE not in answered.text
    return answered.text


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


# How much is taken in


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


# The page


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_page_calls_our_dataset_as_we_do_and_shows_its_variables(us: Site, language: str) -> None:
    page = us.get(us.waiting(cart(OURS, language=language)))
    label = CATALOGUE.dataset("TRADE_TEST").label
    assert page.status_code == 200
    assert title_of(page).startswith({"nb": label.nb, "nn": label.nn or label.nb, "en": label.en}[language])
    assert str(PUBLISHER["name"]) in page.text
    assert re.findall(r'type="checkbox" name="add" value="([^"]+)"', page.text) == THERE
    assert " checked" not in page.text
    assert PEERS_TITLE not in page.text


@pytest.mark.parametrize("means", ["series", "controller", "id", "id and odd case"])
def test_our_dataset_is_known_by_its_iri_or_by_the_id_that_we_gave_it(us: Site, means: str) -> None:
    exported = us.get("/nb/handlekurv.json", cookies={CART: "TEST_RESULT"}).json()[0]["dataDef"]
    said = {
        "series": reference(OURS), "controller": reference(f"{OURS}/46"), "id": reference(id=exported["id"]),
        "id and odd case": reference("HTTPS://X", id=OURS),
    }[means]  # fmt: skip
    page = us.get(us.waiting(cart(data_def=said)))
    assert "TEST_RESULT" in page.text
    assert ("Vestland" in title_of(page)) == (means == "controller")


@pytest.mark.parametrize(
    "said", [reference(f"{OURS}/99"), reference(f"{OURS}/"), reference(f"{URL}dcat/other/TRADE_TEST"),
             reference(OURS, type="dataservices"), reference(f"{OURS}%2F46"), reference(OURS.lower())],
)  # fmt: skip
def test_what_only_looks_like_ours_is_not(us: Site, said: dict[str, Any]) -> None:
    page = us.get(us.waiting(cart(data_def=said)))
    assert "checkbox" not in page.text
    assert PEERS_TITLE not in page.text
    assert "Tittelen er ukjent" in page.text


def test_looking_takes_nothing_and_the_form_takes_the_cart_out_once(us: Site) -> None:
    path = us.waiting(cart(OURS))
    assert [us.get(path).status_code for _ in range(3)] == [200, 200, 200]
    taken = us.put(path, "TEST_RESULT", "TRADE")
    assert (taken.status_code, taken.headers["location"]) == (303, "/nb/handlekurv")
    assert taken.cookies[CART].strip('"') == "TEST_RESULT!TRADE"
    again = us.put(path, "TEST_RESULT")
    assert (again.status_code, "set-cookie" in again.headers) == (404, False)
    gone = us.get(path)
    assert (gone.status_code, "er ikke her lenger" in gone.text) == (404, True)


def test_what_is_ticked_comes_beside_what_the_reader_had(us: Site) -> None:
    path = us.waiting(cart(OURS))
    kept = us.post(path, data={"add": "TEST_RESULT"}, cookies={CART: "SEX!TRADE"})
    assert kept.cookies[CART].strip('"') == "SEX!TRADE!TEST_RESULT"


def test_nothing_ticked_or_too_much_leaves_the_cart_waiting(us: Site) -> None:
    path = us.waiting(cart(OURS))
    none, foreign = us.put(path), us.put(path, "SEX", "NOTHING", "\0")
    assert (none.status_code, foreign.status_code) == (422, 422)
    assert "Velg minst én variabel" in none.text
    full = "!".join(f"V{n}" for n in range(MOST))
    too_much = us.post(path, data={"add": "TEST_RESULT"}, cookies={CART: full})
    assert (too_much.status_code, "ikke plass til så mange" in too_much.text) == (422, True)
    assert 'value="TEST_RESULT" checked' in too_much.text
    wide = "!".join(quote("Ø" * 100 + str(n)) for n in range(10))
    assert us.post(path, data={"add": ["TEST_RESULT", "TRADE"]}, cookies={CART: wide}).status_code == 422
    assert us.put(path, "TEST_RESULT").status_code == 303


def test_another_sites_form_takes_nothing_out(us: Site) -> None:
    path = us.waiting(cart(OURS))
    assert us.put(path, "TEST_RESULT", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert us.put(path, *["x" * 900] * 20).status_code == 422
    assert us.put(path, "TEST_RESULT").status_code == 303


def test_of_two_forms_at_once_one_gets_the_cart(us: Site) -> None:
    for _ in range(4):
        path = us.waiting(cart(OURS))
        with ThreadPoolExecutor(6) as pool:
            statuses = sorted(pool.map(lambda each: us.put(each, "TEST_RESULT").status_code, [path] * 6))
        assert statuses == [303, 404, 404, 404, 404, 404]


def test_what_the_other_catalogues_reader_chose_is_ticked_and_whatever_is_odd_in_it_passed_over(us: Site) -> None:
    for odd in (["TEST_RESULT", "SEX", 7, None, "x" * 500, "\ud800"], "TEST_RESULT", {"a": 1}, [[]]):
        page = us.get(us.waiting(cart(OURS, variables=odd)))
        assert page.text.count(" checked") == (1 if isinstance(odd, list) and "TEST_RESULT" in odd else 0)


def test_a_cart_is_forgotten_after_a_quarter_of_an_hour_by_the_systems_clock(us: Site) -> None:
    path = us.waiting(cart(OURS))
    us.clock.wait(minutes=14, seconds=59)
    assert us.get(path).status_code == 200
    us.clock.wait(seconds=1)
    assert (us.get(path).status_code, us.put(path, "TEST_RESULT").status_code) == (404, 404)
    assert len(us.rows()) >= 1
    us.waiting(cart(OURS))
    assert len(us.rows()) == 1
    us.clock.wait(minutes=15)
    tick(us.system)
    assert us.rows() == []


@pytest.mark.parametrize("token", ["x", "%00", "%ff", "a%2Fb", "A" * 5000, "'%20OR%201=1"])
def test_a_token_that_nobody_was_given_opens_nothing(us: Site, token: str) -> None:
    us.waiting(cart(OURS))
    assert us.get(f"nb/handlekurv/mottatt/{token}").status_code == 404
    assert us.put(f"nb/handlekurv/mottatt/{token}", "TEST_RESULT").status_code in (404, 405)


def test_two_processes_hand_the_same_carts_out(us: Site) -> None:
    path = us.waiting(cart(OURS))
    with site(us.system, us.clock) as other:
        assert other.get(path).status_code == 200
        assert other.put(path, "TEST_RESULT").status_code == 303
    assert us.get(path).status_code == 404


# The resolver


def test_the_resolver_is_asked_with_the_reference_sign_by_sign(asking: Site, there: Resolver) -> None:
    there.names("Tittel fra <katalogen>")
    data_def = (
        b'{ "uri":"https:\\/\\/x.example/1",\t"extra": ["\\ud800", 1.00, 1e2, 0.10000000000000000001, null, {"b":1,"a":2}],\n'
        b' "id": "\\u00e6", "type":"datasets","orgnr":"310000019", "resourceName":"\xc3\xa6","urlToResource":"" }'
    )
    body = (
        json.dumps({**cart(language="nn"), "dataDef": 0}).encode().replace(b'"dataDef": 0', b'"dataDef" : ' + data_def)
    )
    page = asking.get(asking.waiting(body))
    assert there.asked == [("POST /datadef-resolver/nn HTTP/1.1", data_def)]
    assert title_of(page) == "Tittel fra &lt;katalogen&gt;"
    assert "application/json" in there.peer.requests[0].decode("latin-1")


def test_the_resolver_names_what_is_not_ours_and_is_asked_once(asking: Site, there: Resolver) -> None:
    there.names("Studenter")
    path = asking.waiting(cart())
    pages = [asking.get(path) for _ in range(4)]
    assert {(page.status_code, title_of(page)) for page in pages} == {(200, "Studenter")}
    assert len(there.asked) == 1
    assert PEERS_TITLE not in pages[0].text
    assert NUMBER in pages[0].text
    assert 'href="https://elsewhere.example.no/1"' in pages[0].text
    asking.get(asking.waiting(cart(OURS)))
    assert len(there.asked) == 1


def test_a_title_is_in_the_carts_language_whatever_the_page_is_in(asking: Site, there: Resolver) -> None:
    there.names("Studenter")
    path = asking.waiting(cart(language="nb"))
    assert asking.get(path.replace("/nb/", "/en/")).text.count('<span lang="no">Studenter</span>') == 1
    assert there.asked[0][0].startswith("POST /datadef-resolver/nb ")


def test_what_the_resolver_does_not_know_is_said_so(asking: Site, there: Resolver) -> None:
    there.says = (404, b"")
    path = asking.waiting(cart())
    pages = [asking.get(path), asking.get(path)]
    assert [page.status_code for page in pages] == [404, 404]
    assert "kjenner ikke dette" in pages[1].text
    assert PEERS_TITLE not in pages[0].text
    assert len(there.asked) == 1


@pytest.mark.parametrize(
    "says",
    [(500, b""), (302, b""), (201, b"{}"), (200, b""), (200, b"[]"), (200, b"{}"), (200, b'{"title": 7}'),
     (200, b'{"title": ["x"]}'), (200, b'{"title": "a", "title": "b"}'), (200, b"[" * 60_000), (200, b"\xff"),
     (200, b'{"title": "x", "description": {"a": 1}}'), (200, b" " * 70_000), (200, b'{"title": "' + b"x" * 1001 + b'"}')],
)  # fmt: skip
def test_an_answer_that_cannot_be_used_is_asked_for_again_and_thrice_at_most(
    asking: Site, there: Resolver, says: tuple[int, bytes]
) -> None:
    there.says = says
    path = asking.waiting(cart())
    pages = [asking.get(path) for _ in range(5)]
    assert {page.status_code for page in pages} == {502}
    assert "oppslagstjenesten svarer ikke" in pages[0].text
    assert PEERS_TITLE not in pages[0].text
    assert len(there.asked) == 3


def test_a_resolver_that_comes_back_names_it_after_all(asking: Site, there: Resolver) -> None:
    there.says = (503, b"")
    path = asking.waiting(cart())
    assert asking.get(path).status_code == 502
    there.names("Studenter")
    assert title_of(asking.get(path)) == "Studenter"


def test_a_resolver_that_says_nothing_holds_nobody_up(
    asking: Site, there: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolving, "TIMEOUT_SECONDS", 0.2)
    there.peer.say = lambda connection, _head: connection.recv(1) and None
    assert asking.get(asking.waiting(cart())).status_code == 502


@pytest.mark.parametrize("title", [None, "", " \n", "\u202e\u200b"])
def test_a_resolver_without_a_title_is_no_fault(asking: Site, there: Resolver, title: str | None) -> None:
    there.names(title)
    page = asking.get(asking.waiting(cart()))
    assert (page.status_code, title_of(page)) == (200, "Uten kjent navn")


def test_signs_that_turn_a_text_and_links_that_are_none_are_not_shown(asking: Site, there: Resolver) -> None:
    there.names("\u202egnp.exe\0 Elever\u2066", urlToResource="javascript:alert(1)")
    page = asking.get(asking.waiting(cart()))
    assert title_of(page) == "gnp.exe Elever"
    assert "javascript:" not in page.text


def test_without_a_resolver_the_title_is_unknown_and_nobody_is_asked(us: Site, there: Resolver) -> None:
    page = us.get(us.waiting(cart()))
    assert (page.status_code, title_of(page)) == (200, "Uten kjent navn")
    assert "Vi har ingen oppslagstjeneste å spørre" in page.text
    assert there.asked == []


def test_a_resolver_at_a_private_address_is_asked_only_if_it_is_allowed(
    played: tuple[System, Clock], there: Resolver
) -> None:
    system, clock = played
    clock.wait(hours=1)
    with site(system, clock, cart_resolver=there.peer.url) as refusing:
        assert refusing.get(refusing.waiting(cart())).status_code == 502
    assert there.peer.connections == 0


# What is handed out


def test_the_export_has_one_cart_for_each_dataset_of_its_variables(us: Site) -> None:
    exported = us.get("/en/handlekurv.json", cookies={CART: "TEST_RESULT!SEX!BIRTH_DATE"}).json()
    assert [(each["dataDef"]["uri"], each["variables"]) for each in exported] == [
        (f"{URL}dcat/vigo/PERSON", ["SEX", "BIRTH_DATE"]), (OURS, ["TEST_RESULT"]),
    ]  # fmt: skip
    for each in exported:
        assert {*each} == {*cart(), "variables"}
        assert {*each["dataDef"]} == {*reference()}
        assert (each["orgnr"], each["dataDef"]["orgnr"], each["dataDef"]["type"]) == (NUMBER, NUMBER, "datasets")
        assert (each["language"], each["system"], each["hintIsPrePublicationData"]) == ("en", "avrop", False)
    assert exported[1]["dataDef"]["urlToResource"] == f"{URL}en/tema/TRADE_TEST"
    assert exported[1]["dataDef"]["resourceName"] == CATALOGUE.dataset("TRADE_TEST").label.en


def test_what_several_datasets_have_goes_with_those_that_are_asked_for_anyway(us: Site) -> None:
    def datasets(*ids: str) -> list[str]:
        exported = us.get("/nb/handlekurv.json", cookies={CART: "!".join(ids)}).json()
        return [each["dataDef"]["uri"].rpartition("/")[2] for each in exported]

    assert datasets("TRADE", "TEST_RESULT") == datasets("TEST_RESULT", "TRADE") == ["TRADE_TEST"]
    assert datasets("TRADE") == ["CONTRACT", "TRADE_TEST"]
    assert datasets() == datasets("NOTHING") == []


def test_our_resolver_names_what_we_handed_out_and_nothing_else(us: Site) -> None:
    data_def = us.get("/nb/handlekurv.json", cookies={CART: "TEST_RESULT"}).json()[0]["dataDef"]

    def ask(said: object, language: str = "nb") -> httpx.Response:
        return us.post(f"datadef-resolver/{language}", json=said)

    for language in ("nb", "nn", "en"):
        answered = ask({**data_def, "more": 1}, language)
        assert {*answered.json()} == {
            "dataResourceId", "title", "description", "urlToResource", "hintIsPrePublicationData",
        }  # fmt: skip
        assert answered.json()["dataResourceId"] == data_def["id"]
        assert answered.json()["urlToResource"] == f"{URL}{language}/tema/TRADE_TEST"
    assert ask(data_def, "en").json()["title"] == CATALOGUE.dataset("TRADE_TEST").label.en
    refused(ask(reference()), 404, "cart.not_ours")
    refused(ask({**data_def, "type": "dataservices"}), 404)
    refused(ask({**data_def, "type": "x"}), 422)
    refused(ask([]), 422)
    refused(ask(data_def, "sv"), 422)


def test_a_cart_goes_from_one_installation_to_another_and_is_named_by_the_first(
    us: Site, fresh_database: Fresh, tmp_path: Path
) -> None:
    entry = us.get("/nn/handlekurv.json", cookies={CART: "TEST_RESULT"}).json()[0]
    host = us.url.removeprefix("http://").strip("/")
    serve = ServeSetting(
        faces=("catalogue",), public_url="https://other.example.no/", cart_resolver=us.url, allowed_hosts=(host,)
    )
    settings = Settings(
        name="other", organisation="other", home=tmp_path / "zone", keys_home=tmp_path / "keys", demo=True,
        database_url=fresh_database("other"), serve=serve,
    )  # fmt: skip
    with open_system(settings) as system, site(system, Clock(NOW)) as other:
        page = other.get(other.waiting({**entry, "dataDef": {**entry["dataDef"], "resourceName": PEERS_TITLE}}))
    label = CATALOGUE.dataset("TRADE_TEST").label
    assert (page.status_code, title_of(page)) == (200, label.nn or label.nb)
    assert f'href="{URL}nn/tema/TRADE_TEST"' in page.text
    assert PEERS_TITLE not in page.text


def test_a_dataset_that_a_publisher_told_is_handed_out_and_known_again(fresh_database: Fresh, tmp_path: Path) -> None:
    with commons(tmp_path, fresh_database("commons")) as running:
        told(running.url, running.key("Somebody"))
        clock = Clock(NOW)
        with site(running.system, clock) as us:
            name = us.get("/api/v1/search?q=Poeng").json()["hits"][0]["card"]["id"]
            entry = us.get("/nb/handlekurv.json", cookies={CART: name}).json()[0]
            assert (entry["orgnr"], entry["hintIsPublic"], entry["variables"]) == (NUMBER, True, ["POENG"])
            assert us.get(entry["dataDef"]["uri"].removeprefix(running.url)).status_code == 200
            page = us.get(us.waiting(entry))
            assert (title_of(page), page.text.count(" checked")) == ("Tilbud", 1)
            assert us.put(us.waiting(entry), name).status_code == 303
            answered = us.post("datadef-resolver/nb", json=entry["dataDef"]).json()
            assert answered["title"] == "Tilbud"
            assert "Poeng" in us.get(answered["urlToResource"].removeprefix(running.url)).text


def told(url: str, key: str) -> None:
    publisher = {"name": "Somebody", "identifier": NUMBER, "organization": {"name": "Somebody"}}
    said: list[tuple[str, dict[str, Any]]] = [
        ("catalogs", {"title": "Katalog", "publisher": publisher}),
        ("datasets", {"catalogId": 1, "title": "Tilbud", "description": "Svar"}),
    ]
    dataset = ""
    for path, body in said:
        answered = httpx.post(f"{url}api/v1/{path}", json=body, headers={"Authorization": f"API-Key {key}"})
        assert answered.status_code == 200, answered.text
        dataset = answered.json().get("dataset", {}).get("id", "")
    variable = {
        "name": "POENG", "temporalityType": "EVENT", "sensitivityLevel": "PUBLIC",
        "identifierVariables": [{"unit_type_id": 1}], "measureVariables": [{"label": "Poeng", "description": "Poengsum"}],
    }  # fmt: skip
    answered = httpx.post(
        f"{url}api/v1/variables", json={"datasetId": dataset, "variables": [variable]},
        headers={"Authorization": f"API-Key {key}"},
    )  # fmt: skip
    assert answered.status_code == 200, answered.text


# What is written down


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
