"""Documents and RDF are read as they were said, or refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.catalogue import kudaf, triples
from avrop.catalogue.dcat import Part, Places, statements
from avrop.catalogue.dcat_told import read_dcat
from avrop.catalogue.kudaf_told import read_variables
from avrop.catalogue.publishing import AskedPoint, Publishing
from avrop.errors import Mistake
from tests.examples import tried
from tests.gathering.scene import START
from tests.publishing import CATALOGUE


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
