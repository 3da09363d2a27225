"""Statements written as Turtle, RDF/XML and JSON-LD say the same to another reader, and are always the same bytes."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph
from rdflib.compare import isomorphic

from avrop.catalogue.triples import PREFIXES, Iri, Literal, Statement, json_ld, rdf_xml, turtle
from tests.examples import examples

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Co"]) | st.sampled_from("\n\t\"'\\<>&]")
TEXT = st.text(LETTERS, max_size=30)
NAMES = st.sampled_from(
    [f"{prefix}:{name}" for prefix in ("dct", "dcat", "vcard") for name in ("title", "theme", "fn")]
)
THINGS = st.builds(
    Iri, st.sampled_from(["https://a.example/x", "https://a.example/y#z", "mailto:a@b.example", "dct:title"])
)
LITERALS = (
    st.builds(Literal, TEXT)
    | st.builds(Literal, TEXT, language=st.sampled_from(["nb", "nn", "en"]))
    | st.builds(Literal, st.dates().map(lambda day: day.isoformat()), data_type=st.just("xsd:date"))
)
STATEMENTS = st.lists(st.tuples(THINGS, st.builds(Iri, NAMES), THINGS | LITERALS), max_size=12)


@examples(100)
@given(STATEMENTS, st.randoms())
def test_the_three_forms_say_the_same_whatever_the_order(statements: list[Statement], order: random.Random) -> None:
    shuffled = list(statements)
    order.shuffle(shuffled)
    for write in (turtle, rdf_xml, json_ld):
        assert write(statements) == write(shuffled)
    read = [
        Graph().parse(data=turtle(statements), format="turtle"),
        Graph().parse(data=rdf_xml(statements), format="xml"),
        Graph().parse(data=json_ld(statements), format="json-ld"),
    ]
    assert len(read[0]) == len(set(statements))
    assert isomorphic(read[0], read[1])
    assert isomorphic(read[0], read[2])


@examples(100)
@given(st.lists(st.tuples(THINGS, st.builds(Iri, NAMES), THINGS), max_size=5))
def test_a_type_is_a_type_in_each_form(statements: list[Statement]) -> None:
    typed = [*statements, (Iri("https://a.example/x"), Iri("rdf:type"), Iri("dcat:Dataset"))]
    asked = "ASK { <https://a.example/x> a <http://www.w3.org/ns/dcat#Dataset> }"
    for text, form in ((turtle(typed), "turtle"), (rdf_xml(typed), "xml"), (json_ld(typed), "json-ld")):
        assert Graph().parse(data=text, format=form).query(asked).askAnswer


@pytest.mark.parametrize("text", ["no address", "https://a b", "<https://a>", 'https://a"', "plain", "https://a\n"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        Iri(text)


def test_prefixes_end_where_a_name_can_begin() -> None:
    assert all(address.endswith(("#", "/")) for address in PREFIXES.values())
