"""Datasets that were gathered without variables are found by their words, shown with whom to ask, and gone with their source."""

from dataclasses import dataclass

import httpx
import pytest

from avrop.actions import elsewhere, gathering
from avrop.actions.addresses import segment
from avrop.http.app import create_app
from avrop.system import System
from tests.gathering.scene import OPERATOR, gathered, told, turtle, variable
from tests.search.asking import get

PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
"""
STUDENTS = "https://other.example/d/1"
TWO = f"""{PREFIXES}
<{STUDENTS}> a dcat:Dataset ; dct:title "Registrerte studenter"@nb ; dct:description "Alle på læresteder."@nb ;
  dct:publisher [ foaf:name "Direktoratet" ] ; dcat:landingPage <https://other.example/les> ;
  dcat:contactPoint [ vcard:fn "Kontoret" ; vcard:hasEmail <mailto:spør@other.example> ] .
<https://other.example/?d=2> a dcat:Dataset ; dct:title "Eksamener"@nb ; dct:description "Karakterer på læresteder."@nb .
"""


@dataclass(frozen=True)
class Reader:
    system: System

    def get(self, path: str) -> httpx.Response:
        return get(create_app(self.system, faces=("catalogue",)), path)

    def titles(self, text: str) -> list[str]:
        return [each.title[0].value for each in elsewhere.find(self.system, text, page=1)[2]]


@pytest.fixture
def reader(commons: System) -> Reader:
    gathered(commons, turtle(TWO), form="dcat")
    return Reader(commons)


@pytest.mark.parametrize(
    ("text", "found"),
    [("", ["Eksamener", "Registrerte studenter"]), ("student", ["Registrerte studenter"]), ("KARAKTER", ["Eksamener"]),
     ("hvor mange studenter xqzzyv", ["Registrerte studenter"]), ("studenter eksamener", []), ("xqzzyv", []),
     ("lærested", ["Eksamener", "Registrerte studenter"]), ("direktoratet", ["Registrerte studenter"]), ("language", [])],
)  # fmt: skip
def test_a_dataset_without_variables_is_found_by_its_words(reader: Reader, text: str, found: list[str]) -> None:
    assert reader.titles(text) == found
    assert elsewhere.count(reader.system, text) == len(found)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_search_leads_to_a_list_and_that_to_a_page_with_whom_to_ask(reader: Reader, language: str) -> None:
    assert f'href="/{language}/datasett?q=student"' in reader.get(f"/{language}/katalog?q=student").text
    assert "/datasett" not in reader.get(f"/{language}/katalog?q=xqzzyv").text
    path = f"/{language}/datasett/{segment(STUDENTS)}"
    listed = reader.get(f"/{language}/datasett?q=student")
    assert f'href="{path}"' in listed.text
    assert "Eksamener" not in listed.text
    page = reader.get(path)
    assert page.status_code == 200
    for said in ("Registrerte studenter", "Direktoratet", "Kontoret", STUDENTS, 'href="https://other.example/les"'):
        assert said in page.text


def test_what_is_said_no_more_has_no_page(reader: Reader) -> None:
    path = f"/nb/datasett/{segment(STUDENTS)}"
    gathered(reader.system, turtle(TWO.replace(STUDENTS, "https://other.example/d/9")), form="dcat")
    assert reader.get(path).status_code == 404
    gathering.remove_source(reader.system, OPERATOR, "other")
    assert reader.titles("") == []
    assert "/datasett" not in reader.get("/nb/katalog").text


def test_a_dataset_with_variables_is_found_by_these(commons: System) -> None:
    gathered(commons, told(variable("POINTS")))
    assert elsewhere.find(commons, "", page=1) == (0, 1, ())


def test_many_have_pages_and_what_cannot_be_asked_is_answered_with_the_form(commons: System) -> None:
    each = '<https://o.example/{0}> a dcat:Dataset ; dct:title "Sett {0:02}"@nb .'
    gathered(commons, turtle(PREFIXES + "\n".join(map(each.format, range(31)))), form="dcat")
    reader = Reader(commons)
    first, second = (reader.get(f"/nb/datasett?page={n}").text for n in (1, 9))
    assert (first.count("<article"), second.count("<article")) == (30, 1)
    assert "Sett 30" in second
    asked = reader.get("/nb/datasett?q=" + "a" * 301)
    assert asked.status_code == 422
    assert "a" * 301 in asked.text
    assert reader.get("/nb/datasett/nothing%00").status_code == 404
