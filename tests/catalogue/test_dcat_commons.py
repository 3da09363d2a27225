"""What a publisher told a commons as DCAT: nothing that was not said, whatever was said, and its gaps counted."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from avrop.catalogue.commons import (
    CatalogueEntry,
    Contact,
    DatasetEntry,
    MeasureEntry,
    Openness,
    Publisher,
    Said,
    VariableEntry,
    Words,
)
from avrop.catalogue.dcat_commons import ASKED_FOR, Held, HeldDataset, gaps, told_statements
from avrop.catalogue.triples import Iri, Statement, json_ld, rdf_xml, turtle
from tests.catalogue.dcatrules import NEEDED
from tests.examples import tried

HOME, PAGE = "https://commons.example.no/dcat/~7", "https://commons.example.no/nb/katalog?publisher=X"
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
ORGANISATION = URIRef("https://organization-catalog.fellesdatakatalog.digdir.no/organizations/310000019")


def no(text: str) -> Said:
    return (Words(language="no", value=text),)


def variable(name: str, label: str, openness: Openness = "NONPUBLIC", subject: str = "Opptak") -> VariableEntry:
    return VariableEntry(
        name=name, temporality="STATUS", openness=openness, identified_by=("PERSON",), subjects=(no(subject),),
        measures=(MeasureEntry(label=no(label), description=no("Hva det er.")),),
    )  # fmt: skip


DATASET = HeldDataset(
    id="d-1", entry=DatasetEntry(title=no("Studenter"), description=no("Alle.")), variables=(variable("AGE", "Alder"),)
)
HELD = Held(
    entry=CatalogueEntry(
        title=no("Katalogen"), publisher=Publisher(name="Universitetet", number="310 000 019"),
        contacts=(Contact(name="Datadeling", email="d@example.no", url="https://example.no/"),),
    ),
    datasets=(DATASET,),
)  # fmt: skip


def told(held: Held) -> list[Statement]:
    return told_statements(held, home=HOME, page=PAGE)


def graph(held: Held) -> Graph:
    return Graph().parse(data=turtle(told(held)), format="turtle")


def test_a_catalogue_says_what_its_publisher_said_and_nothing_else() -> None:
    found, home, dataset = graph(HELD), URIRef(HOME), URIRef(f"{HOME}/d-1")
    assert set(found.predicate_objects(home)) == {
        (RDF.type, DCAT.Catalog), (DCTERMS.identifier, Literal(HOME)), (DCTERMS.title, Literal("Katalogen", "no")),
        (DCTERMS.publisher, ORGANISATION), (DCAT.contactPoint, URIRef(f"{HOME}#contact-1")), (DCAT.dataset, dataset),
    }  # fmt: skip
    assert set(found.predicates(dataset)) == {
        RDF.type, DCTERMS.identifier, DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.contactPoint,
        DCAT.keyword, DCAT.landingPage, DCTERMS.accessRights,
    }  # fmt: skip
    assert set(found.objects(dataset, DCAT.keyword)) == {Literal("Alder", "no"), Literal("Opptak", "no")}
    assert str(found.value(ORGANISATION, FOAF.name)) == "Universitetet"
    assert found.value(URIRef(f"{HOME}#contact-1"), VCARD.hasEmail) == URIRef("mailto:d@example.no")


def test_what_was_not_said_is_counted() -> None:
    assert gaps(told(HELD)) == {
        "dcat:Catalog dct:description": 1,
        "dcat:Dataset dcat:theme": 1,
        "dcat:Dataset dcatap:applicableLegislation": 1,
    }
    bare = HeldDataset(id="d-2", entry=DatasetEntry(title=no("Mer"), description=no(" ")))
    held = Held(entry=CatalogueEntry(title=no("K"), publisher=Publisher(name="U")), datasets=(bare, DATASET))
    assert gaps(told(held)) == {
        "dcat:Catalog dcat:contactPoint": 1,
        "dcat:Catalog dct:description": 1,
        "dcat:Dataset dcat:contactPoint": 2,
        "dcat:Dataset dcat:theme": 2,
        "dcat:Dataset dcatap:applicableLegislation": 2,
        "dcat:Dataset dct:accessRights": 1,
        "dcat:Dataset dct:description": 1,
        "foaf:Agent dct:identifier": 1,
    }


def test_it_is_asked_for_what_the_rules_ask_for() -> None:
    for kind in (DCAT.Catalog, DCAT.Dataset):
        asked = {URIRef(Iri(term).whole) for term in ASKED_FOR[f"dcat:{str(kind).rpartition('#')[2]}"]}
        assert asked == set(NEEDED[kind])


@pytest.mark.parametrize(
    ("open_", "right"), [(("PUBLIC", "PUBLIC"), "PUBLIC"), (("NONPUBLIC",), "NON_PUBLIC"), (("PUBLIC", "NONPUBLIC"), None), ((), None)]
)  # fmt: skip
def test_a_datasets_rights_are_what_its_variables_agree_on(open_: tuple[Openness, ...], right: str | None) -> None:
    variables = tuple(variable(f"V{n}", "Alder", each) for n, each in enumerate(open_))
    found = graph(replace(HELD, datasets=(replace(DATASET, variables=variables),)))
    rights = found.value(URIRef(f"{HOME}/d-1"), DCTERMS.accessRights)
    assert (rights and str(rights).rpartition("/")[2]) == right


def test_a_number_is_what_all_say_and_is_one() -> None:
    def held(own: str | None, *others: str | None) -> Held:
        entries = [DatasetEntry(title=no(f"D{n}"), publisher=Publisher(name="U", number=each)) for n, each in enumerate(others)]  # fmt: skip
        sets = tuple(HeldDataset(id=f"d{n}", entry=entry) for n, entry in enumerate(entries))
        return Held(entry=CatalogueEntry(title=no("K"), publisher=Publisher(name="U", number=own)), datasets=sets)

    for known in (held("310000019"), held("310000019", "999999999"), held(None, "310000019", "310 000 019", None)):
        assert (URIRef(HOME), DCTERMS.publisher, ORGANISATION) in graph(known)
    for unknown in (
        held(None),
        held("x"),
        held(None, "310000019", "310000020"),
        held("../310000019"),
        held("310000019>"),
    ):
        assert (URIRef(HOME), DCTERMS.publisher, URIRef(f"{HOME}#publisher")) in graph(unknown)
    other = DatasetEntry(title=no("D"), publisher=Publisher(name="Another", number="310000019"))
    of_another = replace(held(None), datasets=(HeldDataset(id="d", entry=other),))
    assert (URIRef(HOME), DCTERMS.publisher, URIRef(f"{HOME}#publisher")) in graph(of_another)


ANYTHING = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30) | st.sampled_from(
    ["", " ", "https://x.example/a b", "javascript:alert(1)", "dcat:Dataset", "https://x.example/>", "http://x\ufffe", "x@y\ufffe",
     "https://x.example/#publisher", "a@b", "a@b> <x", '"@nb', "\\", "https://", HOME]
)  # fmt: skip
TOLD = st.lists(st.builds(Words, language=st.sampled_from(["no", "nb", "nn", "en"]), value=ANYTHING), max_size=3).map(
    tuple
)
CONTACTS = st.lists(
    st.builds(Contact, name=ANYTHING, identifier=ANYTHING, email=ANYTHING, url=ANYTHING), max_size=2
).map(tuple)
PUBLISHERS = st.builds(Publisher, name=ANYTHING, number=ANYTHING, kind=ANYTHING, description=TOLD)


@tried(100)
@given(st.builds(CatalogueEntry, title=TOLD, description=TOLD, contacts=CONTACTS, publisher=PUBLISHERS),
       st.lists(st.builds(DatasetEntry, title=TOLD, description=TOLD, contacts=CONTACTS, publisher=PUBLISHERS), max_size=2),
       TOLD)  # fmt: skip
def test_whatever_was_said_is_read_back_alike_and_speaks_of_nothing_else(
    entry: CatalogueEntry, datasets: list[DatasetEntry], label: Said
) -> None:
    labelled = replace(DATASET.variables[0], measures=(MeasureEntry(label=label, description=label),))
    sets = tuple(HeldDataset(id=f"d-{n}", entry=each, variables=(labelled,)) for n, each in enumerate(datasets))
    statements = told(Held(entry=entry, datasets=sets))
    read = Graph().parse(data=turtle(statements), format="turtle")
    assert isomorphic(read, Graph().parse(data=json_ld(statements), format="json-ld"))
    if not any(sign in turtle(statements) for sign in "\ufffe\uffff"):
        assert isomorphic(read, Graph().parse(data=rdf_xml(statements), format="xml"))
    else:
        Graph().parse(data=rdf_xml(statements), format="xml")
    ours = ("http://publications.europa.eu/", HOME, PAGE, str(ORGANISATION).rpartition("/")[0])
    assert all(str(subject).startswith(ours) for subject in set(read.subjects()))


@pytest.mark.parametrize(
    "said", ["", "x", "javascript:alert(1)", "dcat:Dataset", "https://", "https://x.example/a b", "https://x.example/>", "http://x\ufffe"]
)  # fmt: skip
def test_what_can_be_no_address_is_left_out(said: str) -> None:
    entry = replace(HELD.entry, contacts=(Contact(url=said, email=f"a@b{said}>"), Contact(email=f"a {said}")))
    publisher = replace(entry.publisher, kind=said)
    statements = told(replace(HELD, entry=replace(entry, publisher=publisher)))
    found = Graph().parse(data=rdf_xml(statements), format="xml")
    for predicate in (VCARD.hasURL, VCARD.hasEmail, DCTERMS.type):
        assert list(found.subject_objects(predicate)) == []
