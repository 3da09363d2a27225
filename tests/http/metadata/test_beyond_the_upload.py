"""Our own addresses: what the upload cannot carry is told and said as DCAT, and what was told is taken back."""

import json
from typing import Any

import httpx
import pytest
from rdflib import DCAT, DCTERMS, Graph, Literal, Namespace, URIRef

from tests.http.commons import Commons
from tests.http.metadata.tool import LISTS, THEIRS, Json, Tool, catalogue, dataset, no, uploaded, variable

EU = "http://publications.europa.eu/resource/authority"
LAW = "https://lovdata.no/eli/lov/2023/06/09/30"
ABOUT: Json = {
    "themes": [f"{EU}/data-theme/EDUC", "https://psi.norge.no/los/tema/grunnskole"],
    "keywords": [{"language": "nb", "value": "Inntak"}, {"language": "en", "value": "Admission"}],
    "access_rights": "RESTRICTED",
    "legislation": [LAW],
    "spatial": [f"{EU}/country/NOR"],
    "temporal": {"start": "2016-08-01", "end": "2025-07-31"},
    "languages": [f"{EU}/language/NOB"],
    "landing_page": "https://example.no/inntak",
    "distributions": [
        {"access_url": "https://example.no/data", "format": f"{EU}/file-type/CSV", "licence": f"{EU}/licence/CC_BY_4_0",
         "title": [{"language": "nb", "value": "Som CSV"}]},
    ],
}  # fmt: skip
DCATAP = Namespace("http://data.europa.eu/r5r/")


def ask(tool: Tool, method: str, path: str, body: object = None, *, key: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"API-Key {key or tool.key}", "Content-Type": "application/json"}
    return tool.client.request(method, f"/api/v1/{path}", headers=headers, content=json.dumps(body))


def ok(tool: Tool, method: str, path: str, body: object = None) -> Any:
    answer = ask(tool, method, path, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def dcat(tool: Tool, made: int) -> Graph:
    return Graph().parse(data=tool.client.get(f"/dcat/~{made}").text, format="turtle")


def gaps(tool: Tool, made: int) -> dict[str, int]:
    return {name: count for name, count in tool.client.get(f"/dcat/~{made}.gaps").json().items() if "Dataset" in name}


@pytest.fixture
def told(tool: Tool) -> tuple[int, str]:
    made, home = uploaded(tool)
    tool.post("datasets/", dataset(made, description=no("Alle tilbud")))
    return made, home


def test_what_the_gaps_name_can_be_told_and_is_then_said(tool: Tool, told: tuple[int, str]) -> None:
    made, home = told
    assert gaps(tool, made) == {"dcat:Dataset dcat:theme": 1, "dcat:Dataset dcatap:applicableLegislation": 1}
    assert ok(tool, "PUT", f"about/datasets/{home}", ABOUT) == {"dataset": home, "changed": True}
    assert gaps(tool, made) == {}
    said = dcat(tool, made)
    (own,) = said.objects(None, DCAT.dataset)
    assert set(said.objects(own, DCAT.theme)) == set(map(URIRef, ABOUT["themes"]))
    assert {Literal("Inntak", "nb"), Literal("Admission", "en"), Literal("Poeng", "no")} <= set(
        said.objects(own, DCAT.keyword)
    )
    assert said.value(own, DCTERMS.accessRights) == URIRef(f"{EU}/access-right/RESTRICTED")
    assert said.value(own, DCATAP.applicableLegislation) == URIRef(LAW)
    assert said.value(own, DCTERMS.spatial) == URIRef(f"{EU}/country/NOR")
    assert said.value(own, DCTERMS.language) == URIRef(f"{EU}/language/NOB")
    assert URIRef("https://example.no/inntak") in set(said.objects(own, DCAT.landingPage))
    period, given = said.value(own, DCTERMS.temporal), said.value(own, DCAT.distribution)
    assert [str(said.value(period, end)) for end in (DCAT.startDate, DCAT.endDate)] == ["2016-08-01", "2025-07-31"]
    assert said.value(given, DCAT.accessURL) == URIRef("https://example.no/data")
    assert said.value(given, DCTERMS.license) == URIRef(f"{EU}/licence/CC_BY_4_0")
    assert said.value(given, DCTERMS.title) == Literal("Som CSV", "nb")


def test_uploading_again_takes_none_of_it_back_and_answers_as_before(tool: Tool, told: tuple[int, str]) -> None:
    made, home = told
    before = [tool.get(path) for path in LISTS]
    ok(tool, "PUT", f"about/datasets/{home}", ABOUT)
    assert [tool.get(path) for path in LISTS] == before
    again = tool.post("datasets/", dataset(made, description=no("Alle tilbud")))
    assert again["sync_results"]["successful"]["detail"] == [f"Already there with ID: {home}"]
    tool.post("datasets/", dataset(made, description=no("Andre ord")))
    found = tool.client.get(f"/api/v1/about/datasets/{home}").json()
    assert {name: found[name] for name in ("themes", "access_rights", "temporal")} == {
        name: ABOUT[name] for name in ("themes", "access_rights", "temporal")
    }


def test_it_is_told_whole_so_that_what_is_left_out_goes(tool: Tool, told: tuple[int, str]) -> None:
    made, home = told
    before = tool.client.get(f"/dcat/~{made}").text
    ok(tool, "PUT", f"about/datasets/{home}", ABOUT)
    assert not ok(tool, "PUT", f"about/datasets/{home}", ABOUT)["changed"]
    assert ok(tool, "PUT", f"about/datasets/{home}", {})["changed"]
    assert tool.client.get(f"/dcat/~{made}").text == before


@pytest.mark.parametrize(
    "body",
    [None, [], {"themes": ["EDUC"]}, {"themes": ["javascript:alert(1)"]}, {"themes": ["https://x.no/\ud800"]}, {"odd": 1},
     {"themes": ["https://x.no/a b"]}, {"access_rights": "SECRET"}, {"keywords": [{"language": "de", "value": "x"}]},
     {"temporal": {"start": "2020-01-02", "end": "2020-01-01"}}, {"temporal": {"start": "i fjor"}}, {"distributions": [{}]},
     {"themes": ["https://x.no/1"] * 501}, {"landing_page": "https://x.no/" + "x" * 2000}],
)  # fmt: skip
def test_a_body_that_cannot_be_used_is_a_detail_and_changes_nothing(
    tool: Tool, told: tuple[int, str], body: object
) -> None:
    made, home = told
    before = tool.client.get(f"/dcat/~{made}").text
    answer = ask(tool, "PUT", f"about/datasets/{home}", body)
    assert (answer.status_code, set(answer.json())) == (422, {"detail"})
    assert not any(value in answer.text for value in ("EDUC", "javascript", "SECRET", "i fjor"))
    assert tool.client.get(f"/dcat/~{made}").text == before


def test_only_its_publishers_key_tells_of_a_dataset_or_takes_back(
    tool: Tool, other: Tool, told: tuple[int, str], place: Commons
) -> None:
    made, home = told
    (number, *_) = (each["id"] for each in tool.get(f"datasets/{home}?include_variables=true")["variables"])
    (unit,) = tool.get(f"unittypes/catalog/{made}")["catalog_unit_types"]
    paths = (f"datasets/{home}", f"variables/{number}", f"unittypes/{unit['id']}", f"catalogs/{made}")
    asked = [("PUT", f"about/datasets/{home}", ABOUT), *(("DELETE", path, None) for path in paths)]
    for method, path, body in asked:
        assert ask(tool, method, path, body, key="no.key").status_code == 401
        assert ask(tool, method, path, body, key=other.key).status_code == 403
    assert place.stored() == [1, 1, 1, 2]
    assert ask(tool, "PUT", "about/datasets/none", ABOUT).status_code == 404


def test_a_variable_is_taken_back_everywhere_and_a_second_time_nothing_happens(
    tool: Tool, told: tuple[int, str]
) -> None:
    made, home = told
    listed = tool.get(f"datasets/{home}?include_variables=true")["variables"]
    (number,) = (each["id"] for each in listed if each["name"] == "TEST_POENG")
    assert tool.client.get(f"/nb/variabler/TEST_POENG~{number}").status_code == 200
    assert "TEST_POENG" in tool.client.get("/api/v1/search").text
    assert ok(tool, "DELETE", f"variables/{number}") == {"removed": 1}
    assert ok(tool, "DELETE", f"variables/{number}") == {"removed": 0}
    assert tool.names(home) == ["TEST_SVAR_STATUS"]
    assert tool.client.get(f"/nb/variabler/TEST_POENG~{number}").status_code == 404
    assert "TEST_POENG" not in tool.client.get("/api/v1/search").text
    ok(tool, "DELETE", f"variables/{listed[1]['id']}")
    assert DCAT.keyword not in set(dcat(tool, made).predicates())
    tool.post("variables/", variable(home))
    assert "TEST_POENG" in tool.client.get("/api/v1/search").text


def test_a_catalogue_is_taken_back_from_the_inside_out(tool: Tool, told: tuple[int, str], place: Commons) -> None:
    made, home = told
    (unit,) = tool.get(f"unittypes/catalog/{made}")["catalog_unit_types"]
    for path in (f"unittypes/{unit['id']}", f"catalogs/{made}"):
        assert ask(tool, "DELETE", path).status_code == 409
    assert ok(tool, "DELETE", f"datasets/{home}") == {"removed": 3}
    assert ok(tool, "DELETE", f"unittypes/{unit['id']}") == {"removed": 1}
    assert ok(tool, "DELETE", f"catalogs/{made}") == {"removed": 1}
    for path in (f"datasets/{home}", f"unittypes/{unit['id']}", f"catalogs/{made}", "datasets/%00", "unittypes/1"):
        assert ok(tool, "DELETE", path) == {"removed": 0}
    assert place.stored() == [0, 0, 0, 0]
    assert tool.client.get(f"/dcat/~{made}").status_code == 404
    assert "TEST_SVAR_STATUS" not in tool.client.get("/api/v1/search").text
    assert uploaded(tool)[0] != made


def test_an_id_with_slashes_is_told_of_and_taken_back(tool: Tool, other: Tool, told: tuple[int, str]) -> None:
    odd = "https://id.example/about/datasets/1"
    own = other.post("catalogs/", catalogue("Egen", THEIRS))["catalog"]["id"]
    other.post("datasets/", dataset(own, "Deres", THEIRS, dataset_id=odd))
    assert ok(other, "PUT", f"about/datasets/{odd}", ABOUT)["dataset"] == odd
    assert ok(other, "DELETE", f"datasets/{odd}") == {"removed": 1}


def test_what_is_offered_is_found_by_reading_and_stands_in_the_api_document(client: httpx.Client) -> None:
    offered = client.get("/api/v1/about").json()
    assert set(offered["about"]) == set(ABOUT)
    described = client.get("/api/openapi.json").json()
    put = described["paths"]["/api/v1/about/datasets/{dataset_id}"]["put"]
    assert put["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/About")
    for name in offered["removes"]:
        (path,) = (path for path in described["paths"] if path.startswith(f"/api/v1/{name}/{{") and "delete" in described["paths"][path])  # fmt: skip
        assert {"401", "403", "409"} <= set(described["paths"][path]["delete"]["responses"])
