"""Whatever a source answers ends in a report, and changes nothing else (A6)."""

import gzip
import socket
import threading
from collections.abc import Callable

import pytest

from avrop.actions import gathering
from avrop.errors import AvropError
from avrop.system import System
from tests.gathering.scene import OPERATOR, TURTLE, contents, gathered, told, turtle, variable
from tests.outbound.peers import answer


def test_a_small_text_that_wants_all_memory_ends_in_a_report(commons: System) -> None:
    names = " ".join(f'xmlns:n{number}="u:{number}"' for number in range(20_000))
    bomb = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description {names}/></rdf:RDF>'
    before = contents(commons)
    report, _ = gathered(commons, answer(200, bomb.encode(), Content_Type="application/rdf+xml"), form="dcat")
    assert report.outcome == "failed"
    assert report.error in ("gather.too_much", "gather.unreadable")
    assert contents(commons) == before


def slow(connection: socket.socket, _head: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(60):
        connection.sendall(b" ")
        threading.Event().wait(0.05)


def endless(connection: socket.socket, _head: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 10737418240\r\n\r\n")
    while True:
        connection.sendall(b" " * 65536)


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&b;</rdf:RDF>'
FILE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&a;</rdf:RDF>'
DEEP = "<https://x.example/a> <https://x.example/b> " + "(" * 5000 + ")" * 5000 + " ."
HTML = b"<!doctype html><html><title>Log in</title></html>"
HOSTILE: dict[str, tuple[Callable[..., None], gathering.Form, str]] = {
    "ten gigabytes": (endless, "variables", "outbound.too_large"),
    "slow bytes": (slow, "variables", "outbound.unavailable"),
    "a redirect to a private address": (answer(302, Location="http://169.254.169.254/latest"), "variables", "gather.away"),
    "entities that grow": (answer(200, BOMB.encode(), Content_Type="application/rdf+xml"), "dcat", "gather.doctype"),
    "a file of this machine": (answer(200, FILE.encode(), Content_Type="application/rdf+xml"), "dcat", "gather.doctype"),
    "deep nesting": (turtle(DEEP), "dcat", "gather.unreadable"),
    "deep nesting in JSON": (answer(200, b"[" * 100_000, Content_Type="application/json"), "variables", "gather.json"),
    "a page instead of JSON": (answer(200, HTML, Content_Type="text/html"), "variables", "gather.json"),
    "a page instead of RDF": (answer(200, HTML, Content_Type="text/html"), "dcat", "gather.form"),
    "a page that says it is RDF": (answer(200, HTML, Content_Type="text/turtle"), "dcat", "gather.unreadable"),
    "another charset": (answer(200, "Å".encode("latin-1"), Content_Type="text/turtle"), "dcat", "gather.charset"),
    "a charset that it says": (answer(200, b"", Content_Type="text/turtle; charset=iso-8859-1"), "dcat", "gather.charset"),
    "compressed": (answer(200, gzip.compress(TURTLE.encode()), Content_Type="text/turtle"), "dcat", "gather.packed"),
    "compressed, as it says": (answer(200, b"x", Content_Type="text/turtle", Content_Encoding="br"), "dcat", "gather.packed"),
    "a zero": (told(variable("A\0B")), "variables", "document.unreadable"),
    "a line end in a name": (told(variable("A\nB")), "variables", "document.unreadable"),
    "half a sign": (answer(200, b'[{"name": "A\\ud800", "temporalityType": "EVENT"}]', Content_Type="application/json"), "variables", "document.unreadable"),
    "a zero in Turtle": (turtle(TURTLE.replace("Studenter", "\\U00000000")), "dcat", "gather.signs"),
    "a sign in Turtle that no XML can hold": (turtle(TURTLE.replace("Studenter", "\\u0001")), "dcat", "gather.signs"),
    "half a sign in Turtle": (turtle(TURTLE.replace("Studenter", "\\uD800")), "dcat", "gather.signs"),
    "an error": (answer(500), "variables", "gather.away"),
    "nothing new to whoever never asked": (answer(304), "variables", "gather.away"),
    "no list": (answer(200, b'{"a": 1}', Content_Type="application/json"), "variables", "document.unreadable"),
    "a variable without a name": (told({"temporalityType": "EVENT"}), "variables", "document.unreadable"),
    "a temporality that there is not": (told(variable("A", temporalityType="NEVER")), "variables", "document.unreadable"),
    "nothing": (lambda _connection, _head: None, "variables", "outbound.unavailable"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_source_is_reported_and_changes_nothing(
    commons: System, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    say, form, code = HOSTILE[kind]
    monkeypatch.setattr(gathering, "LIMIT_BYTES", 1_000_000)
    gathered(commons, told(variable("STANDING")), name="standing")
    if kind == "slow bytes":
        monkeypatch.setattr(gathering, "TIMEOUT_SECONDS", 0.5)
    before = contents(commons)
    report, _ = gathered(commons, say, form=form)
    assert (report.outcome, report.error) == ("failed", code)
    assert report.sentence
    assert contents(commons) == before
    assert {source.name: source.report for source in gathering.sources(commons)}["other"] == report


@pytest.mark.parametrize("kind", ["an error", "a page instead of JSON", "no list"])
def test_what_a_source_said_before_stays_while_it_fails(commons: System, kind: str) -> None:
    gathered(commons, told(variable("POINTS")))
    before = contents(commons)
    report, _ = gathered(commons, HOSTILE[kind][0])
    assert report.outcome == "failed"
    assert contents(commons) == before


def test_a_source_at_a_private_address_is_not_even_taken(commons: System) -> None:
    for url in ("https://127.0.0.1/x", "https://169.254.169.254/x", "http://example.org/x", "file:///etc/passwd"):
        with pytest.raises(AvropError) as refused:
            gathering.add_source(commons, OPERATOR, "x", url=url, form="dcat", publisher="x", every_minutes=60)
        assert refused.value.code in ("outbound.address", "outbound.plain", "outbound.url")
    assert gathering.sources(commons) == ()
