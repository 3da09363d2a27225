"""Whoever handed a cart in is asked what it refers to, and whatever comes of it is a page (T13)."""

import json

import pytest

from avrop.actions import resolving
from avrop.system import System
from tests.http.carting import (
    NUMBER,
    PEERS_TITLE,
    Clock,
    Resolver,
    Site,
    cart,
    site,
)
from tests.http.carts.scene import OURS, title_of


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
