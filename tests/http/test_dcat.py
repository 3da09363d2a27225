"""Our catalogue for national ones: complete, stable in its bytes and addresses, in the form that is asked for."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import DCAT, DCTERMS, RDF, Graph, URIRef

from avrop.actions import account, harvest
from avrop.catalogue.yamltext import dump_yaml, load_yaml
from avrop.errors import Mistake
from avrop.http.app import create_app
from avrop.settings import ServeSetting
from avrop.system import System
from tests.catalogue.dcatrules import NEEDED, broken
from tests.publishing import CATALOGUE, OPERATOR, PACK, published
from tests.search.asking import get, head

PUBLISHER = load_yaml(PACK.parties, file="parties.yaml", code="x")["commons"]["publisher"]
URL = "https://provider.example.no/"
COUNTIES = {"03": "Oslo kommune", "46": "Vestland fylkeskommune"}


ACCESS_REQUEST = URIRef("https://data.norge.no/vocabulary/dcatno#accessRequestURL")
ACCEPTED = {
    "": "text/turtle", "*/*": "text/turtle", "text/html, */*;q=0.8": "text/turtle",
    "application/rdf+xml;q=0.1, text/turtle": "text/turtle", "application/rdf+xml, text/turtle;q=0.9": "application/rdf+xml",
    "text/turtle;q=0, */*": "application/rdf+xml", "application/*": "application/rdf+xml",
    "APPLICATION/LD+JSON": "application/ld+json", "text/turtle;q=0": "application/problem+json",
    "application/pdf": "application/problem+json", "text/turtle;q=x": "text/turtle",
}  # fmt: skip


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    home = tmp_path_factory.mktemp("dcat")
    (home / "publisher.yaml").write_text(dump_yaml(PUBLISHER), encoding="utf-8")
    serve = ServeSetting(faces=("catalogue", "datasource"), public_url=URL, publisher=home / "publisher.yaml")
    with published(home) as system:
        for code, name in COUNTIES.items():
            key = system.keys.make_signing(f"controller-{code}")
            account.adhere(system, OPERATOR, controller=code, name=name, public_key=key, competent_body="The body")
        yield replace(system, settings=replace(system.settings, serve=serve))


@pytest.fixture(scope="module")
def text(provider: System) -> str:
    return get(create_app(provider, faces=("catalogue",)), "/dcat/vigo").text


def test_it_breaks_no_rule(text: str) -> None:
    assert sorted(broken(Graph().parse(data=text, format="turtle"))) == []


def test_the_rules_see_each_thing_that_is_missing(text: str) -> None:
    for kind, needed in NEEDED.items():
        for predicate in needed:
            graph = Graph().parse(data=text, format="turtle")
            thing = next(iter(graph.subjects(RDF.type, kind)))
            graph.remove((thing, predicate, None))
            assert list(broken(graph)) != []


def test_there_is_a_series_for_each_dataset_and_a_dataset_for_each_controller(text: str) -> None:
    graph = Graph().parse(data=text, format="turtle")
    home = URIRef(f"{URL}dcat/vigo")
    for dataset in CATALOGUE.datasets:
        series = URIRef(f"{home}/{dataset.name}")
        assert (series, RDF.type, URIRef(f"{DCAT}DatasetSeries")) in graph
        for code in COUNTIES:
            assert (URIRef(f"{series}/{code}"), URIRef(f"{DCAT}inSeries"), series) in graph
            assert (home, DCAT.dataset, URIRef(f"{series}/{code}")) in graph
    titles = {str(title) for title in graph.objects(URIRef(f"{home}/ENROLMENT/46"), DCTERMS.title)}
    assert titles == {"Elevkurs, Vestland fylkeskommune", "Enrolments, Vestland fylkeskommune"}


def test_each_form_is_answered_as_it_is_asked_for_and_says_the_same(provider: System, text: str) -> None:
    app = create_app(provider, faces=("catalogue",))
    turtle = Graph().parse(data=text, format="turtle")
    for media_type, ending, form in (
        ("text/turtle", "ttl", "turtle"), ("application/rdf+xml", "rdf", "xml"), ("application/ld+json", "jsonld", "json-ld"),
    ):  # fmt: skip
        answer = get(app, "/dcat/vigo", headers={"Accept": media_type, "Accept-Encoding": "gzip, br"})
        assert answer.headers["content-type"] == media_type
        assert "content-encoding" not in answer.headers
        assert len(Graph().parse(data=answer.text, format=form)) == len(turtle)
        assert get(app, f"/dcat/vigo.{ending}").content == answer.content
        told = head(app, "/dcat/vigo", headers={"Accept": media_type})
        assert (told.content, told.headers["content-length"]) == (b"", str(len(answer.content)))
        again = get(app, "/dcat/vigo", headers={"Accept": media_type, "If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert get(app, "/dcat/vigo", headers={"Accept": "text/html"}).headers["content-type"] == "text/turtle"
    assert get(app, "/dcat/vigo", headers={"Accept": "application/pdf"}).status_code == 406
    assert get(app, "/dcat/vigo.pdf").status_code == 422
    assert get(app, "/dcat/other").status_code == 404


def test_the_text_is_the_same_until_something_changes(provider: System, text: str) -> None:
    harvest._written.cache_clear()
    app = create_app(provider, faces=("catalogue",))
    first = get(app, "/dcat/vigo")
    assert first.text == text
    key = provider.keys.make_signing("controller-18")
    account.adhere(provider, OPERATOR, controller="18", name="Nordland", public_key=key, competent_body="The body")
    assert get(app, "/dcat/vigo").headers["etag"] != first.headers["etag"]


def test_whoever_asks_for_a_dataset_comes_to_its_variables_and_can_take_them(provider: System, text: str) -> None:
    asked = set(Graph().parse(data=text, format="turtle").objects(None, ACCESS_REQUEST))
    assert len(asked) == len(CATALOGUE.datasets)
    app = create_app(provider, faces=("catalogue",))
    page = get(app, f"/{next(str(each) for each in asked if 'PERSON' in str(each)).removeprefix(URL)}").text
    assert 'name="add" value="SEX"' in page
    assert 'name="add" value="TEST_RESULT"' not in page


def test_a_form_is_chosen_by_how_much_it_is_wanted(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    for accept, expected in ACCEPTED.items():
        answer = get(app, "/dcat/vigo", headers={"Accept": accept})
        assert answer.headers["content-type"].partition(";")[0] == expected, accept
        assert answer.status_code == (406 if expected == "application/problem+json" else 200)


def test_addresses_lead_to_pages(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    answer = get(app, "/dcat/vigo/ENROLMENT/46")
    assert (answer.status_code, answer.headers["location"]) == (303, "/nb/tema/ENROLMENT")


def test_who_publishes_must_be_said_and_be_readable(provider: System, tmp_path: Path) -> None:
    serve = provider.settings.serve
    assert serve
    silent = replace(provider, settings=replace(provider.settings, serve=replace(serve, publisher=None)))
    assert get(create_app(silent, faces=("catalogue",)), "/dcat/vigo").status_code == 404
    (tmp_path / "p.yaml").write_text("name: x\n", encoding="utf-8")
    for path in (tmp_path / "p.yaml", tmp_path / "none.yaml"):
        bad = replace(provider, settings=replace(provider.settings, serve=replace(serve, publisher=path)))
        with pytest.raises(Mistake):
            harvest.publishing_of(bad)


def test_an_exported_cart_refers_to_datasets_that_are_harvested(provider: System, text: str) -> None:
    app = create_app(provider, faces=("catalogue",))
    entry = get(app, "/nb/handlekurv.json", cookies={"avrop_cart": "SEX"}).json()[0]
    assert entry["orgnr"] == entry["dataDef"]["orgnr"] == PUBLISHER["number"]
    dataset = URIRef(entry["dataDef"]["uri"])
    graph = Graph().parse(data=text, format="turtle")
    assert (dataset, RDF.type, DCAT.Dataset) in graph
    assert (dataset, DCAT.landingPage, URIRef(entry["dataDef"]["urlToResource"])) in graph
