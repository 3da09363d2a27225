"""A commons for national catalogues: one source a publisher's catalogue, and none for what was gathered as DCAT."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from rdflib import DCAT, DCTERMS, RDF, Graph, Literal, URIRef

from avrop.actions import commons, gathering
from avrop.actions.commons_keys import KeyHolder
from avrop.catalogue.commons import CatalogueEntry, DatasetEntry, Publisher
from avrop.http.app import create_app
from avrop.outbound.guard import Outbound
from avrop.settings import ServeSetting, Settings
from avrop.system import System, open_system
from tests.conftest import Fresh
from tests.http.commons import OPERATOR
from tests.outbound.peers import answer, peer
from tests.search.asking import get, head
from tests.search.test_told import no, variable

URL = "https://commons.example.no/"
OURS, THEIRS = KeyHolder(organisation="ours", publisher="Vårt universitet"), KeyHolder(organisation="t", publisher="T")
TURTLE = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://other.example/d/1> a dcat:Dataset ; dct:title "Andres datasett"@nb ."""


@pytest.fixture(scope="module")
def system(fresh_database: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    home = tmp_path_factory.mktemp("dcat-told")
    settings = Settings(
        name="commons", organisation="commons", home=home / "zone", keys_home=home / "keys", demo=True,
        database_url=fresh_database("dcat-told"), serve=ServeSetting(faces=("catalogue",), public_url=URL),
    )  # fmt: skip
    with open_system(settings) as opened:
        for holder, title in ((OURS, "Studenter"), (THEIRS, "Andres")):
            entry = CatalogueEntry(title=no(title), publisher=Publisher(name=holder.publisher))
            home_of = int(commons.keep_catalogue(opened, holder, entry).id)
            wanted = f"https://id.example/{title}/1"
            dataset = DatasetEntry(title=no(f"Opptak, {title}"))
            told = str(commons.keep_dataset(opened, holder, home_of, dataset, wanted=wanted).id)
            commons.keep_variables(opened, holder, told, [variable("POINTS", "Poeng")])
        yield opened


def sources(system: System) -> dict[str, dict[str, str]]:
    found = get(create_app(system, faces=("catalogue",)), "/dcat")
    assert found.status_code == 200
    return {each["title"]: each for each in found.json()}


def path(source: dict[str, str]) -> str:
    return source["address"].removeprefix(URL[:-1])


def test_there_is_a_source_for_each_publishers_catalogue_and_a_list_of_them(system: System) -> None:
    app, listed = create_app(system, faces=("catalogue",)), sources(system)
    assert {title: each["publisher"] for title, each in listed.items()} == {
        "Studenter": OURS.publisher, "Andres": THEIRS.publisher,
    }  # fmt: skip
    for title, each in listed.items():
        found = Graph().parse(data=get(app, path(each)).text, format="turtle")
        assert set(found.subjects(RDF.type, DCAT.Catalog)) == {URIRef(each["address"])}
        dataset = URIRef(f"{each['address']}/https://id.example/{title}/1")
        assert set(found.subjects(RDF.type, DCAT.Dataset)) == {dataset}
        assert found.value(dataset, DCTERMS.title) == Literal(f"Opptak, {title}", "no")
        lacking = get(app, each["gaps"].removeprefix(URL[:-1])).json()
        assert lacking["dcat:Dataset dcat:theme"] == 1
    etag = get(app, "/dcat").headers["etag"]
    assert get(app, "/dcat", headers={"If-None-Match": etag}).status_code == 304


def test_each_form_says_the_same_and_is_answered_as_it_is_asked_for(system: System) -> None:
    app, address = create_app(system, faces=("catalogue",)), path(sources(system)["Studenter"])
    count = len(Graph().parse(data=get(app, address).text, format="turtle"))
    for media_type, ending, form in (
        ("text/turtle", "ttl", "turtle"), ("application/rdf+xml", "rdf", "xml"), ("application/ld+json", "jsonld", "json-ld"),
    ):  # fmt: skip
        found = get(app, address, headers={"Accept": media_type, "Accept-Encoding": "gzip, br"})
        assert found.headers["content-type"] == media_type
        assert "content-encoding" not in found.headers
        assert len(Graph().parse(data=found.text, format=form)) == count
        assert get(app, f"{address}.{ending}").content == found.content
        assert head(app, address, headers={"Accept": media_type}).headers["etag"] == found.headers["etag"]
        again = get(app, address, headers={"Accept": media_type, "If-None-Match": found.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_the_bytes_change_with_what_is_said_and_with_nothing_else(system: System) -> None:
    app, listed = create_app(system, faces=("catalogue",)), sources(system)
    ours, theirs = path(listed["Studenter"]), path(listed["Andres"])
    before = {each: get(app, each).headers["etag"] for each in (ours, theirs)}
    dataset = "https://id.example/Studenter/1"
    commons.keep_variables(system, OURS, dataset, [variable("MARKS", "Karakter")])
    assert get(app, ours).headers["etag"] != before[ours]
    assert get(app, theirs).headers["etag"] == before[theirs]
    assert '"Karakter"@no' in get(app, ours).text


def test_addresses_lead_to_the_publishers_variables(system: System) -> None:
    app, address = create_app(system, faces=("catalogue",)), path(sources(system)["Studenter"])
    found = get(app, f"{address}/https://id.example/Studenter/1")
    assert found.status_code == 303
    assert found.headers["location"] == "/nb/katalog?publisher=V%C3%A5rt%20universitet"
    shown = get(app, found.headers["location"]).text
    assert "Poeng" in shown
    assert URIRef(URL + found.headers["location"][1:]) in set(
        Graph().parse(data=get(app, address).text, format="turtle").objects(None, DCAT.landingPage)
    )


def test_what_was_gathered_as_dcat_is_no_source_of_ours(system: System) -> None:
    with peer(answer(200, TURTLE.encode(), Content_Type="text/turtle")) as other:
        reaching = replace(system, outbound=Outbound(allowed_hosts=(other.host,)))
        gathering.add_source(reaching, OPERATOR, "Annen", url=other.url, form="dcat", publisher="A", every_minutes=60)
        assert gathering.read_source(reaching, "Annen").created == 1
    app = create_app(system, faces=("catalogue",))
    (number,) = [each["id"] for each in get(app, "/api/v1/catalogs").json() if each["name"] == "Annen"]
    assert set(sources(system)) == {"Studenter", "Andres"}
    for address in (f"/dcat/~{number}", f"/dcat/~{number}.ttl", f"/dcat/~{number}.gaps", f"/dcat/~{number}/x"):
        assert get(app, address).status_code == 404


def test_what_was_gathered_as_a_document_is_a_source(system: System) -> None:
    body = (
        b'[{"name": "AGE", "temporalityType": "EVENT", "sensitivityLevel": "PUBLIC",'
        b' "identifierVariables": [{"name": "PERSON", "keyType": {"name": "PERSON", "label": "P", "description": "P"}}],'
        b' "measureVariables": [{"name": "AGE", "label": "Alder", "representedVariables": [{"description": "X"}]}]}]'
    )
    with peer(answer(200, body, Content_Type="application/json")) as other:
        reaching = replace(system, outbound=Outbound(allowed_hosts=(other.host,)))
        gathering.add_source(
            reaching, OPERATOR, "Dokument", url=other.url, form="variables", publisher="D", every_minutes=60
        )
        assert gathering.read_source(reaching, "Dokument").outcome == "read"
    found = get(create_app(system, faces=("catalogue",)), path(sources(system)["Dokument"]))
    assert '"Alder"@no' in found.text
    gathering.remove_source(system, OPERATOR, "Dokument")
    assert "Dokument" not in sources(system)


@pytest.mark.parametrize(
    "name", ["~0", "~01", "~999", "~", "~x", "~1x", "~-1", "~१", "~99999999999999999999", "1", "~1%00"]
)
def test_another_name_is_none(system: System, name: str) -> None:
    app = create_app(system, faces=("catalogue",))
    for ending in ("", ".ttl", ".gaps", "/d"):
        if name.startswith("~") or ending == ".gaps":
            assert get(app, f"/dcat/{name}{ending}").status_code == 404


def test_where_we_are_reached_must_be_said(system: System) -> None:
    silent = replace(system, settings=replace(system.settings, serve=None))
    app = create_app(silent, faces=("catalogue",))
    for address in ("/dcat", "/dcat/~1"):
        found = get(app, address)
        assert (found.status_code, found.json()["code"]) == (404, "dcat.nowhere")
