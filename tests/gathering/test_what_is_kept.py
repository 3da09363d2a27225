"""What a commons keeps of other providers: whole, followed, and without taking what is somebody else's."""

import socket
from dataclasses import replace
from typing import Any

import pytest

from avrop.actions import gathering
from avrop.actions.commons_shown import datasets as shown_datasets
from avrop.actions.commons_shown import variables as shown_variables
from avrop.actions.find import find
from avrop.catalogue.search.questions import Search
from avrop.settings import ServeSetting
from avrop.store import commons_tables as t
from avrop.store import db
from avrop.system import System
from tests.gathering.scene import OPERATOR, TURTLE, contents, gathered, told, turtle, variable
from tests.outbound.peers import answer


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
    assert report.conflicts == (
        "The dataset https://p.example/1 has the same title as a dataset of the source 'first'.",
    )
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


def test_two_sources_with_one_iri_are_a_conflict_and_the_first_keeps_it(commons: System) -> None:
    gathered(commons, turtle(TURTLE), form="dcat")
    before = contents(commons)
    report, _ = gathered(commons, turtle(TURTLE.replace("Studenter", "Andre studenter")), form="dcat", name="third")
    assert report.outcome == "read"
    assert any("d/1 has the same IRI as a dataset of the source 'other'." in each for each in report.conflicts)
    after = contents(commons)
    assert after["commons_datasets"] == before["commons_datasets"]
    assert after["found"] == before["found"] if "found" in before else "found" not in after


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


@pytest.mark.parametrize(
    "iri", ["https://katalog.example.no/dcat/vigo/ENROLMENT/03", "http://KATALOG.example.no:80/x?y"]
)
def test_an_iri_under_our_own_address_is_nobody_elses_to_describe(commons: System, iri: str) -> None:
    serve = ServeSetting(faces=("catalogue",), public_url="https://katalog.example.no/")
    reached = replace(commons, settings=replace(commons.settings, serve=serve))
    text = (TWO % ("A", "B")).replace("https://o.example/1", iri)
    report, _ = gathered(reached, turtle(text), form="dcat")
    assert (report.outcome, report.created) == ("read", 1)
    assert [title.value for each in shown_datasets(commons) for title in each.entry.title] == ["B"]
    assert any("lies under our own address" in each for each in report.conflicts)


def test_a_clash_says_with_whom(commons: System) -> None:
    gathered(commons, turtle(TWO % ("A", "B")), form="dcat", name="first")
    report, _ = gathered(commons, turtle((TWO % ("X", "X")).replace("o.example", "p.example")), form="dcat", name="own")
    assert [each.partition(" has ")[2] for each in report.conflicts] == [
        "the same title as another dataset of this source."
    ]
    with db.transaction(commons.database) as connection:
        ours = t.catalogues.c.title == "first"
        connection.execute(t.catalogues.update().where(ours).values(organisation="somebody"))
    report, _ = gathered(
        commons, turtle((TWO % ("A", "Y")).replace("o.example", "q.example")), form="dcat", name="third"
    )
    assert [each.partition(" has ")[2] for each in report.conflicts] == [
        "the same title as a dataset of the publisher 'Other'."
    ]
    with db.transaction(commons.database) as connection:
        connection.execute(t.catalogues.update().where(ours).values(organisation=" first"))


def test_datasets_without_an_iri_are_counted(commons: System) -> None:
    nameless = "\n".join('[] a dcat:Dataset ; dct:title "N"@nb .' for _ in range(3))
    report, _ = gathered(commons, turtle(f"{TWO % ('A', 'B')}\n{nameless}"), form="dcat")
    assert (report.created, report.conflicts) == (2, ("Datasets without an IRI, which are not taken: 3.",))


LONG = "lang" * 5001


@pytest.mark.parametrize("more", [f'dct:description "{LONG}"@nb', f'dct:title "{LONG}"@en'])
def test_a_dataset_with_a_text_that_is_too_long_is_left_out_and_reported(commons: System, more: str) -> None:
    text = f"{TWO % ('A', 'B')} <d/2> {more} ."
    report, _ = gathered(commons, turtle(text), form="dcat")
    assert report.created == 1
    assert ["has a text that is too long" in each for each in report.conflicts] == [True]


def coded(*codes: dict[str, object], **more: object) -> dict[str, Any]:
    domain = {"codeList": [{"categoryTitle": "Ja", **code} for code in codes]}
    measure = {"label": "x", "dataType": "STRING", "representedVariables": [{"valueDomain": domain}]}
    return variable("A", measureVariables=[measure], **more)


@pytest.mark.parametrize(
    "said",
    [coded(populationDescription=LONG), coded(populationDescription=[LONG[:15_000], {"en": LONG[:5_001]}]),
     coded(dataRetrievalUrl=LONG), coded({"code": LONG}), coded({"code": "1", "validFrom": "i fjor"}),
     coded({"code": "1", "validUntil": "2026-02-30"}), coded({"code": "1"}, {"code": "1"}),
     coded({"code": "1", "validUntil": "2024-01-01"}, {"code": "1", "validFrom": "2024-01-01"}),
     coded({"code": "1", "validFrom": "2024-01-02", "validUntil": "2024-01-01"})],
)  # fmt: skip
def test_a_text_that_is_too_long_no_day_and_a_code_said_twice_are_refused(
    commons: System, said: dict[str, object]
) -> None:
    report, _ = gathered(commons, told(said))
    assert (report.outcome, report.error) == ("failed", "document.unreadable")
    assert "langlang" not in (report.sentence or "")


def test_a_code_may_come_again_and_a_day_may_have_a_time(commons: System) -> None:
    twice = coded(
        {"code": "1", "validFrom": "2020-01-01T00:00:00Z", "validUntil": "2023-12-31"},
        {"code": "1", "validFrom": "2024-01-01", "validUntil": ""},
    )
    assert gathered(commons, told(twice))[0].outcome == "read"
    (kept,) = shown_variables(commons)
    assert kept.entry.measures[0].domain
    days = [(code.valid_from, code.valid_until) for code in kept.entry.measures[0].domain.codes]
    assert days == [("2020-01-01", "2023-12-31"), ("2024-01-01", None)]
