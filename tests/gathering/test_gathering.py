"""A commons reads other providers: what they say is kept whole, followed, and nothing hostile changes anything (A6)."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.actions import gathering, tasks
from avrop.actions.commons_shown import datasets as shown_datasets
from avrop.actions.commons_shown import variables as shown_variables
from avrop.actions.find import find
from avrop.actions.gathering import GatherReport
from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.catalogue import kudaf, triples
from avrop.catalogue.dcat import Part, Places, statements
from avrop.catalogue.dcat_told import read_dcat
from avrop.catalogue.kudaf_told import read_variables
from avrop.catalogue.publishing import AskedPoint, Publishing
from avrop.catalogue.search.questions import Search
from avrop.errors import AvropError, Mistake, Refusal
from avrop.outbound.guard import Outbound
from avrop.settings import Settings
from avrop.store import commons_tables as t
from avrop.store import db
from avrop.system import System, open_system
from avrop.worker import run_until_idle
from tests.conftest import Fresh
from tests.examples import tried
from tests.outbound.peers import Peer, answer, peer
from tests.publishing import CATALOGUE

OPERATOR = Actor(person=PersonId("op@commons"), organisation=OrganisationId("commons"), role=Role.OPERATOR)
START = datetime(2026, 11, 29, 8, tzinfo=UTC)
TURTLE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://other.example/d/1> a dcat:Dataset ; dct:title "Studenter"@nb, "Students"@en, "Étudiants"@fr .
<https://other.example/?d=2> a dcat:Dataset ; dct:title "Eksamener"@nb ; dct:description "Alle eksamener."@nb .
<https://other.example/d/3> a dcat:Dataset .
"""


def variable(name: str, label: str = "Poeng", **more: Any) -> dict[str, Any]:
    person = {"name": "PERSON", "label": "Person", "description": [{"languageCode": "no", "value": "Et menneske"}]}
    return {
        "name": name, "temporalityType": "EVENT", "sensitivityLevel": "NONPUBLIC", "dataRetrievalUrl": "https://x.example/",
        "populationDescription": [{"languageCode": "nb", "value": "Alle"}], "unknown": {"field": 1},
        "identifierVariables": [{"name": "PERSON", "label": "Person", "keyType": person, "dataType": "STRING"}],
        "measureVariables": [{"name": name, "label": label, "dataType": "LONG", "representedVariables": [
            {"description": [{"languageCode": "no", "value": f"{label} her"}], "valueDomain": {"codeList": [{"code": "1", "categoryTitle": "Ja"}]}}]}],
        **more,
    }  # fmt: skip


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def opened(fresh_database: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[System, Clock]]:
    home: Path = tmp_path_factory.mktemp("gathering")
    settings = Settings(
        name="commons", organisation="commons", home=home / "zone", keys_home=home / "keys", demo=True,
        database_url=fresh_database("gathering"),
    )  # fmt: skip
    clock = Clock()
    with open_system(settings, clock=clock) as system:
        yield system, clock


@pytest.fixture
def clock(opened: tuple[System, Clock]) -> Clock:
    return opened[1]


@pytest.fixture
def commons(opened: tuple[System, Clock]) -> Iterator[System]:
    system, _ = opened
    yield system
    for source in gathering.sources(system):
        gathering.remove_source(system, OPERATOR, source.name)
    assert contents(system) == {}


def contents(system: System) -> dict[str, list[Any]]:
    """Everything that the commons holds and the search finds, but for sources' own notes."""
    kinds = (t.catalogues, t.unit_types, t.datasets, t.variables)
    with db.transaction(system.database) as connection:
        found = {kind.name: [tuple(row) for row in connection.execute(kind.select())] for kind in kinds}
    found["found"] = [card.card.id for card in find(system, Search()).hits]
    return {name: rows for name, rows in found.items() if rows}


def reaching(system: System, *peers: Peer) -> System:
    return replace(system, outbound=Outbound(allowed_hosts=tuple(each.host for each in peers)))


def gathered(
    system: System, say: Callable[..., None], *, form: gathering.Form = "variables", name: str = "other"
) -> tuple[GatherReport, Peer]:
    with peer(say) as other:
        system = reaching(system, other)
        if name not in {source.name for source in gathering.sources(system)}:
            gathering.add_source(
                system, OPERATOR, name, url=f"{other.url}/api", form=form, publisher="Other", every_minutes=60
            )
        else:
            with db.transaction(system.database) as connection:
                connection.execute(t.sources.update().where(t.sources.c.name == name).values(url=f"{other.url}/api"))
        return gathering.read_source(system, name), other


def told(*variables: dict[str, Any], **headers: str) -> Callable[..., None]:
    return answer(200, json.dumps(variables).encode(), Content_Type="application/json", **headers)


def turtle(text: str) -> Callable[..., None]:
    return answer(200, text.encode(), Content_Type="text/turtle; charset=utf-8")


def test_variables_are_kept_found_changed_and_followed_when_they_go(commons: System) -> None:
    report, _ = gathered(commons, told(variable("POINTS"), variable("MARKS", "Karakter")))
    assert (report.outcome, report.created) == ("read", 3)
    assert [each.entry.name for each in shown_variables(commons)] == ["POINTS", "MARKS"]
    assert [card.card.name for card in find(commons, Search(text="karakter")).hits] == ["MARKS"]
    report, _ = gathered(commons, told(variable("POINTS", "Poengsum"), variable("NEW")))
    assert (report.created, report.updated, report.unchanged, report.removed) == (1, 1, 1, 1)
    assert find(commons, Search(text="karakter")).total == 0
    assert [card.card.name for card in find(commons, Search(text="poengsum")).hits] == ["POINTS"]


def test_what_is_unchanged_is_not_sent_again(commons: System) -> None:
    gathered(commons, told(variable("POINTS"), ETag='"1"', Last_Modified="Sun, 29 Nov 2026 08:00:00 GMT"))
    before = contents(commons)
    report, other = gathered(commons, answer(304))
    assert report.outcome == "unchanged"
    assert b'If-None-Match: "1"' in other.requests[0]
    assert b"If-Modified-Since: Sun, 29 Nov 2026" in other.requests[0]
    assert contents(commons) == before


def test_datasets_are_kept_by_their_iris_and_what_cannot_be_taken_is_said(commons: System) -> None:
    report, other = gathered(commons, turtle(TURTLE), form="dcat")
    assert (report.outcome, report.created, len(report.conflicts)) == ("read", 2, 1)
    assert b"Accept: text/turtle, application/rdf+xml" in other.requests[0]
    found = {each.id: each.entry.title for each in shown_datasets(commons)}
    assert [words.language for words in found["https://other.example/d/1"]] == ["en", "nb"]
    assert len(found) == 2
    report, _ = gathered(commons, turtle(TURTLE.replace("https://other.example/?d=2", "https://other.example/d/9")))
    assert (report.created, report.removed) == (1, 1), "the title goes along"


TWO = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://o.example/1> a dcat:Dataset ; dct:title "%s"@nb . <d/2> a dcat:Dataset ; dct:title "%s"@nb ."""


def test_datasets_may_exchange_titles_and_a_relative_iri_is_below_the_source(commons: System) -> None:
    gathered(commons, turtle(TWO % ("A", "B")), form="dcat", name="two")
    report, _ = gathered(commons, turtle(TWO % ("B", "A")), form="dcat", name="two")
    assert report.conflicts == ()
    found = {each.id: each.entry.title[0].value for each in shown_datasets(commons)}
    assert found["https://o.example/1"] == "B"
    assert len(found) == 2


def test_a_title_that_somebody_else_has_leaves_the_old_one_in_its_place(commons: System) -> None:
    gathered(commons, turtle(TWO % ("A", "B")), form="dcat", name="first")
    own = (TWO % ("C", "D")).replace("o.example/1", "p.example/1")
    gathered(commons, turtle(own), form="dcat", name="second")
    report, _ = gathered(commons, turtle(own.replace('"C"', '"A"')), form="dcat", name="second")
    assert len(report.conflicts) == 1
    report, _ = gathered(
        commons, turtle((TWO % ("C", "E")).replace("o.example/1", "q.example/1")), form="dcat", name="third"
    )
    assert len(report.conflicts) == 1, "the title is still the second source's"
    report, _ = gathered(commons, turtle(own), form="dcat", name="second")
    assert (report.conflicts, report.updated) == ((), 0)


def test_while_something_is_in_conflict_the_source_is_asked_for_all_of_it(commons: System) -> None:
    gathered(commons, turtle(TWO % ("A", "B")), form="dcat", name="first")
    tagged = answer(
        200, (TWO % ("C", "B")).replace("o.example/1", "p.example/1").encode(), Content_Type="text/turtle", ETag='"1"'
    )
    report, _ = gathered(commons, tagged, form="dcat", name="second")
    assert report.conflicts
    _, other = gathered(commons, tagged, form="dcat", name="second")
    assert b"If-None-Match" not in other.requests[0]


def test_a_label_that_is_no_label_is_named_and_a_long_description_is_kept(commons: System) -> None:
    long = "".join(chr(97 + (n * n + 7 * n) % 26) for n in range(20_000))
    report, _ = gathered(commons, told({**variable("A"), "populationDescription": long}))
    assert report.outcome == "read"
    report, _ = gathered(commons, told({**variable("A"), "subjectFields": [long]}))
    assert (report.outcome, report.error) == ("failed", "document.unreadable")


def test_a_tag_that_cannot_be_sent_back_is_not_kept(commons: System) -> None:
    odd = told(variable("A"), ETag='"\u00e9"')
    gathered(commons, odd)
    report, other = gathered(commons, odd)
    assert report.outcome == "read"
    assert b"If-None-Match" not in other.requests[0]


def test_a_small_text_that_wants_all_memory_ends_in_a_report(commons: System) -> None:
    names = " ".join(f'xmlns:n{number}="u:{number}"' for number in range(20_000))
    bomb = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description {names}/></rdf:RDF>'
    before = contents(commons)
    report, _ = gathered(commons, answer(200, bomb.encode(), Content_Type="application/rdf+xml"), form="dcat")
    assert report.outcome == "failed"
    assert report.error in ("gather.too_much", "gather.unreadable")
    assert contents(commons) == before


def test_two_sources_with_one_iri_are_a_conflict_and_the_first_keeps_it(commons: System) -> None:
    gathered(commons, turtle(TURTLE), form="dcat")
    before = contents(commons)
    report, _ = gathered(commons, turtle(TURTLE.replace("Studenter", "Andre studenter")), form="dcat", name="third")
    assert report.outcome == "read"
    assert any("d/1 has a title or an IRI that another one" in each for each in report.conflicts)
    after = contents(commons)
    assert after["commons_datasets"] == before["commons_datasets"]
    assert after["found"] == before["found"] if "found" in before else "found" not in after


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
    "a zero": (told(variable("A\0B")), "variables", "document.unreadable"),
    "a line end in a name": (told(variable("A\nB")), "variables", "document.unreadable"),
    "half a sign": (answer(200, b'[{"name": "A\\ud800", "temporalityType": "EVENT"}]', Content_Type="application/json"), "variables", "document.unreadable"),
    "a zero in Turtle": (turtle(TURTLE.replace("Studenter", "\\U00000000")), "dcat", "gather.signs"),
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


def test_a_unit_type_that_is_called_otherwise_is_so_for_variables_that_did_not_change(commons: System) -> None:
    gathered(commons, told(variable("POINTS")))
    assert find(commons, Search(text="menneske")).total == 0
    other = variable("POINTS")
    other["identifierVariables"][0]["keyType"]["label"] = "Menneske"
    report, _ = gathered(commons, told(other))
    assert report.unchanged == 2
    assert [hit.card.units[0].label[0].value for hit in find(commons, Search()).hits] == ["Menneske"]


def test_a_source_that_is_removed_while_it_is_read_leaves_nothing(commons: System) -> None:
    def gone(connection: socket.socket, head: bytes) -> None:
        gathering.remove_source(commons, OPERATOR, "other")
        told(variable("POINTS"))(connection, head)

    report, _ = gathered(commons, gone)
    assert (report.outcome, report.error) == ("failed", "gather.unknown")
    assert contents(commons) == {}


def test_a_source_at_a_private_address_is_not_even_taken(commons: System) -> None:
    for url in ("https://127.0.0.1/x", "https://169.254.169.254/x", "http://example.org/x", "file:///etc/passwd"):
        with pytest.raises(AvropError) as refused:
            gathering.add_source(commons, OPERATOR, "x", url=url, form="dcat", publisher="x", every_minutes=60)
        assert refused.value.code in ("outbound.address", "outbound.plain", "outbound.url")
    assert gathering.sources(commons) == ()


def test_only_an_operator_adds_and_a_name_and_a_time_are_checked(commons: System) -> None:
    for change, kind in (({"name": " "}, Mistake), ({"every_minutes": 1}, Mistake)):
        values = {
            "name": "x",
            "url": "https://example.org/",
            "form": "dcat",
            "publisher": "x",
            "every_minutes": 60,
            **change,
        }
        with pytest.raises(kind):
            gathering.add_source(commons, OPERATOR, values.pop("name"), **values)  # type: ignore[arg-type]
    with pytest.raises(Refusal):
        gathering.remove_source(commons, replace(OPERATOR, role=Role.DECIDER), "x")


def test_a_title_that_a_publisher_has_is_not_taken(commons: System) -> None:
    gathered(commons, told(variable("POINTS")), name="standing")
    with db.transaction(commons.database) as connection:
        connection.execute(t.catalogues.update().values(organisation="somebody"))
    before = contents(commons)
    report, _ = gathered(commons, told(variable("OTHER")), name="standing")
    assert (report.outcome, report.error) == ("failed", "gather.title")
    assert contents(commons) == before
    with db.transaction(commons.database) as connection:
        connection.execute(t.catalogues.update().values(organisation=" standing"))


def test_the_clock_has_every_source_read_when_its_time_has_come(commons: System, clock: Clock) -> None:
    with peer(told(variable("POINTS"))) as other:
        system = reaching(commons, other)
        gathering.add_source(
            system, OPERATOR, "other", url=other.url, form="variables", publisher="Other", every_minutes=60
        )
        gathering.add_source(
            system, OPERATOR, "gone", url=other.url, form="variables", publisher="Other", every_minutes=60
        )
        for minutes, requests in ((0, 2), (30, 2), (61, 4)):
            clock.now = START + timedelta(minutes=minutes)
            tasks.tick(system)
            run_until_idle(system, tasks.TASKS)
            assert len(other.requests) == requests
    assert {source.report.outcome for source in gathering.sources(commons) if source.report} == {"read"}
    clock.now = START + timedelta(minutes=200)
    assert sorted(gathering.queue_due(commons)) == ["gone", "other"]
    gathering.remove_source(commons, OPERATOR, "gone")
    with peer(answer(500)) as other:
        assert run_until_idle(reaching(commons, other), tasks.TASKS) == 2, (
            "a source that is gone, or fails, hinders nothing"
        )


def test_our_own_documents_are_read_as_they_were_said() -> None:
    on = START.date()
    said = read_variables(kudaf.variables_document(CATALOGUE, on=on), what="x", title="Ours")
    ours = [entry for dataset in CATALOGUE.datasets for entry in kudaf.variables(CATALOGUE, dataset, on=on)]
    assert said.conflicts == ()
    assert [(v.name, v.temporality, v.population, v.identified_by) for v in said.datasets[0].variables] == [
        (v.name, v.temporality, v.population, v.identified_by) for v in ours
    ]
    codes = {unit.name: unit.domain.codes for unit in kudaf.unit_types(CATALOGUE, on=on) if unit.domain}
    read = {unit.name: unit.domain.codes for unit in said.units if unit.domain}
    assert {name: read[name] for name in codes} == codes


@pytest.mark.parametrize("media_type", ["text/turtle", "application/rdf+xml"])
def test_our_own_dcat_is_read_with_every_dataset(media_type: str) -> None:
    contact = AskedPoint(name="p", email="p@example.org", url="https://example.org/")
    publishing = Publishing(
        name="p", description="p", number="1", kind="https://x.example/", contact=contact, themes=()
    )
    places = Places(base="https://x.example/dcat/", pages="https://x.example/")
    parts = [Part(code="03", name="Oslo"), Part(code="46", name="Vestland")]
    written = {"text/turtle": triples.turtle, "application/rdf+xml": triples.rdf_xml}[media_type]
    text = written(statements(CATALOGUE, publishing, parts, places, issued=START.date()))
    found = read_dcat(text, media_type=media_type)
    tables = [dataset for dataset in CATALOGUE.datasets if not dataset.described_only]
    assert len(found.datasets) == 2 * len(tables)
    assert found.conflicts == ()
    assert {each.entry.publisher.name for each in found.datasets if each.entry.publisher} <= {"p"}


@tried(60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda x: (
            st.lists(x, max_size=4)
            | st.dictionaries(
                st.sampled_from(["name", "temporalityType", "measureVariables", "label", "keyType", "x"]), x, max_size=4
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_refused(values: Any) -> None:
    try:
        read_variables(values, what="x", title="x")
    except Mistake as refused:
        assert refused.code == "document.unreadable"


@tried(60)
@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                "<https://x.example/a>",
                " a ",
                "dcat:Dataset",
                ";",
                ".",
                '"x"',
                "@nb",
                "(",
                ")",
                "[",
                "]",
                "\n",
                "@prefix dcat: <http://www.w3.org/ns/dcat#> .",
            ]
        ),
        max_size=30,
    ).map("".join),
    st.sampled_from(["text/turtle", "application/rdf+xml"]),
)
def test_any_text_is_read_as_rdf_or_refused(text: str, media_type: str) -> None:
    try:
        read_dcat(text, media_type=media_type)
    except Mistake as refused:
        assert refused.code in ("gather.unreadable", "gather.doctype")
