"""The official shapes of DCAT-AP-NO over our harvested catalogue, by a checker that AVROP_SHACL names (it needs rdflib and
pyshacl): our catalogue conforms, and does not with any one of its needed parts taken away."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import DCAT, DCTERMS, RDF, Graph, URIRef

from avrop.actions import account, harvest
from avrop.catalogue.yamltext import dump_yaml, load_yaml
from avrop.http.app import create_app
from avrop.settings import ServeSetting
from tests.http.commons import running
from tests.publishing import OPERATOR, PACK, published
from tests.wire.environments import environment

CHECKER = os.environ.get("AVROP_SHACL")
pytestmark = pytest.mark.wire
REQUIREMENTS = ("rdflib==7.6.0", "pyshacl==0.40.1")
CATALOGUE, DATASET, SERVICE = "dcat/vigo", "dcat/vigo/ENROLMENT/03", "dcat/vigo#service"
DELETED = {
    "catalogue title": (CATALOGUE, DCTERMS.title), "catalogue description": (CATALOGUE, DCTERMS.description),
    "catalogue publisher": (CATALOGUE, DCTERMS.publisher), "catalogue identifier": (CATALOGUE, DCTERMS.identifier),
    "dataset title": (DATASET, DCTERMS.title), "dataset description": (DATASET, DCTERMS.description),
    "dataset publisher": (DATASET, DCTERMS.publisher), "dataset theme": (DATASET, DCAT.theme),
    "dataset identifier": (DATASET, DCTERMS.identifier),
    "distribution accessURL": (f"{DATASET}/csv", DCAT.accessURL),
    "service endpointURL": (SERVICE, DCAT.endpointURL), "service title": (SERVICE, DCTERMS.title),
    "service identifier": (SERVICE, DCTERMS.identifier),
}  # fmt: skip


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if CHECKER is None:
        pytest.skip("AVROP_SHACL names no checker of the official shapes")
    home = tmp_path_factory.mktemp("shapes")
    publisher = load_yaml(PACK.parties, file="parties.yaml", code="x")["commons"]["publisher"]
    (home / "publisher.yaml").write_text(dump_yaml(publisher), encoding="utf-8")
    serve = ServeSetting(
        faces=("catalogue", "datasource"), public_url="https://provider.example.no/", publisher=home / "publisher.yaml"
    )
    with published(home) as system:
        key = system.keys.make_signing("controller-03")
        account.adhere(
            system, OPERATOR, controller="03", name="Oslo kommune", public_key=key, competent_body="The body"
        )
        served = replace(system, settings=replace(system.settings, serve=serve))
        assert harvest.publishing_of(served)[1].laws
        with running(create_app(served, faces=("catalogue",))) as address:
            yield f"{address}dcat/vigo"


def checked(source: str) -> subprocess.CompletedProcess[str]:
    python = environment("shacl", "3.11", REQUIREMENTS, or_newer=True) / "bin" / "python"
    assert CHECKER
    return subprocess.run([str(python), CHECKER, source], capture_output=True, text=True, check=False, timeout=600)


def test_the_harvested_catalogue_conforms(url: str) -> None:
    found = checked(url)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("what", DELETED)
def test_it_does_not_with_one_thing_taken_away(url: str, tmp_path: Path, what: str) -> None:
    graph = Graph().parse(url, format="turtle")
    place, predicate = DELETED[what]
    thing = URIRef(f"https://provider.example.no/{place}")
    assert (thing, RDF.type, None) in graph
    graph.remove((thing, predicate, None))
    graph.serialize(tmp_path / "less.ttl", format="turtle")
    assert checked(str(tmp_path / "less.ttl")).returncode == 1
