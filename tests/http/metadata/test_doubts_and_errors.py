"""What stands in another dataset is doubted or refused, and every error is a detail that stores nothing."""

import json

import httpx
import pytest

from tests.http.commons import Commons
from tests.http.metadata.tool import HEADERS, Json, Tool, catalogue, codes, dataset, no, uploaded, variable

LONG = "lang" * 5001


def coded(*said: Json) -> Json:
    body = codes(1)
    body["unit_type"]["valueDomain"] = {"codeList": [{"categoryTitle": "Ja", **each} for each in said]}
    return body


def test_a_variable_of_another_dataset_is_doubted_told_of_once_and_moves_when_its_own_dataset_comes(tool: Tool) -> None:
    made, home = uploaded(tool)
    strange = {"subjectFields": ["Fravær"]}
    told = tool.post("variables/", variable(home, "ELEV_TIMER", **strange))["sync_results"]
    assert told["successful"]["num"] == 1
    assert "ELEV_TIMER" in told["errors"]["detail"][0]["msgs"]
    told = tool.post("variables/", variable(home, "ELEV_DAGER", **strange))["sync_results"]
    assert told["errors"]["detail"][0]["msgs"] is None
    marked = {v["name"]: bool(v["remarks"]) for v in tool.get(f"datasets/{home}?include_variables=true")["variables"]}
    assert marked == {"TEST_POENG": False, "TEST_SVAR_STATUS": False, "ELEV_TIMER": True, "ELEV_DAGER": True}
    second = tool.post("datasets/", dataset(made, "Fravær"))["dataset"]["id"]
    for name in ("ELEV_TIMER", "ELEV_DAGER"):
        assert (
            tool.post("variables/", variable(second, name, **strange))["sync_results"]["errors"]["detail"][0]["msgs"]
            is None
        )
    assert (tool.names(home), tool.names(second)) == (["TEST_POENG", "TEST_SVAR_STATUS"], ["ELEV_TIMER", "ELEV_DAGER"])
    assert not any(v["remarks"] for v in tool.get(f"datasets/{second}?include_variables=true")["variables"])


@pytest.mark.parametrize(
    "alike",
    [{"name": "TEST_X", "subjectFields": ["Fravær"]}, {"name": "ELEV_X", "subjectFields": ["Inntak"]},
     {"name": "ELEV_X", "subjectFields": None}, {"name": "ELEV_X", "subjectFields": ["Tilbud"]},
     {"name": "ELEV_X", "subjectFields": [[{"languageCode": "nn", "value": "Inntak"}]]}],
)  # fmt: skip
def test_a_variable_that_shares_anything_is_not_doubted(tool: Tool, alike: Json) -> None:
    _, home = uploaded(tool)
    told = tool.post("variables/", variable(home, **alike))["sync_results"]
    assert told["errors"]["detail"][0]["msgs"] is None


def test_a_variable_that_stands_in_another_dataset_is_refused_where_the_tool_shows_it(
    tool: Tool, place: Commons
) -> None:
    made, _home = uploaded(tool)
    second = tool.post("datasets/", dataset(made, "Fravær"))["dataset"]["id"]
    told = tool.post("variables/", variable(second))["sync_results"]
    assert (told["successful"]["num"], "Tilbud" in told["errors"]["detail"][0]["msgs"]) == (0, True)
    assert tool.names(second) == []
    assert place.stored() == [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("catalogs/", {}, 422), ("catalogs/", [], 422), ("catalogs/", "x", 422), ("catalogs/", None, 422),
        ("catalogs/", {**catalogue(), "title": no(" ")}, 422), ("catalogs/", {**catalogue(), "title": no("x" * 301)}, 422),
        ("catalogs/", {**catalogue(), "title": {"languageCode": "de", "value": "x"}}, 422),
        ("catalogs/", {**catalogue(), "title": {"languageCode": "no", "value": 7}}, 422),
        ("catalogs/", {**catalogue(), "title": no("a\x00b")}, 422), ("catalogs/", catalogue(description=7), 422),
        ("unittypes/", codes(99), 404), ("unittypes/", codes(2**40), 422), ("unittypes/", {"catalog_id": 1}, 422), ("unittypes/", codes(1, "PERSON"), 409),
        ("unittypes/", codes(1, ""), 422), ("datasets/", dataset(99), 404), ("datasets/", {"catalogId": 1}, 422),
        ("variables/", variable("none"), 404), ("variables/", {"dataset_id": "x", "variables": []}, 422),
        ("variables/", variable("x", temporalityType="SOMETIMES"), 422), ("variables/", variable("x", identifierVariables=[]), 422),
        ("catalogs/", catalogue(description=LONG), 422), ("datasets/", dataset(1, description=[no(LONG[:15_000]), no(LONG[:9_000])]), 422),
        ("unittypes/", coded({"code": LONG}), 422), ("unittypes/", coded({"code": "J", "validFrom": "i fjor"}), 422),
        ("unittypes/", coded({"code": "J"}, {"code": "J", "validFrom": "2020-01-01"}), 422),
        ("variables/", variable("x", populationDescription=[LONG]), 422), ("variables/", variable("x", dataRetrievalUrl=LONG), 422),
    ],
)  # fmt: skip
def test_every_error_is_a_detail_and_stores_nothing(
    tool: Tool, place: Commons, path: str, body: object, status: int
) -> None:
    assert tool.no(path, body, status=status)
    assert place.stored() == [0, 0, 0, 0]


HALF = "a\ud800b"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("catalogs/", {**catalogue(), "title": no(HALF)}), ("catalogs/", catalogue(more={HALF: 1})),
        ("catalogs/", catalogue(publisher=HALF)), ("catalogs/", {**catalogue(), "publisher": {"name": "X", "identifier": HALF}}),
        ("unittypes/", codes(1, title=HALF)), ("datasets/", dataset(1, dataset_id=HALF)), ("datasets/", dataset(1, HALF)),
        ("variables/", variable(HALF)), ("variables/", variable("x", measureVariables=[{"label": HALF}])),
        ("variables/", variable("x", dataRetrievalUrl="\0")),
    ],
)  # fmt: skip
def test_what_is_no_unicode_is_refused_anywhere_in_a_body(
    tool: Tool, place: Commons, caplog: pytest.LogCaptureFixture, path: str, body: object
) -> None:
    headers = {"Authorization": f"API-Key {tool.key}", "Content-Type": "application/json"}
    answer = tool.client.post(f"/api/v1/{path}", content=json.dumps(body), headers=headers)
    assert (answer.status_code, set(answer.json())) == (422, {"detail"})
    assert place.stored() == [0, 0, 0, 0]
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


@pytest.mark.parametrize("sign", ["\0", "\1", "\b", "\v", "\f", "\x1f", "\ufffe", "\uffff"])
@pytest.mark.parametrize("of", ["catalogs", "datasets", "variables", "unittypes", "about"])
def test_what_no_xml_can_hold_is_refused_wherever_it_is_told(tool: Tool, place: Commons, of: str, sign: str) -> None:
    made, home = uploaded(tool)
    before = place.stored()
    method, path, body = {
        "catalogs": ("POST", "catalogs/", {**catalogue(), "description": no(f"SECRET{sign}")}),
        "datasets": ("POST", "datasets/", dataset(made, description=[no(f"SECRET{sign}")])),
        "variables": ("POST", "variables/", variable(home, "NY", populationDescription=[f"SECRET{sign}"])),
        "unittypes": ("POST", "unittypes/", codes(made, title=f"SECRET{sign}")),
        "about": ("PUT", f"about/datasets/{home}", {"keywords": [{"language": "no", "value": f"SECRET{sign}"}]}),
    }[of]
    headers = {"Authorization": f"API-Key {tool.key}", "Content-Type": "application/json"}
    answer = tool.client.request(method, f"/api/v1/{path}", content=json.dumps(body), headers=headers)
    assert (answer.status_code, "control" in answer.json()["detail"], "SECRET" in answer.text) == (422, True, False)
    assert place.stored() == before


def test_line_ends_tabs_and_rare_signs_are_texts(tool: Tool) -> None:
    assert tool.post("catalogs/", {**catalogue(), "description": no("a\tb\r\nc \x7f\ufffd\U0001fffe")})["catalog"]["id"]


def test_an_escape_that_is_itself_written_out_is_a_text(tool: Tool) -> None:
    assert tool.post("catalogs/", {**catalogue(), "description": no(r"\u0000 and \ud800")})["catalog"]["id"]


def test_a_variable_that_names_an_unknown_unit_type_is_refused_with_the_others_of_its_request(tool: Tool) -> None:
    _, home = uploaded(tool)
    both = variable(home, "NY")
    both["variables"] += variable(home, "NYERE", unit=777)["variables"]
    assert "unit type" in tool.no("variables/", both, status=422)
    assert "NY" not in tool.names(home)


@pytest.mark.parametrize("name", ["NY\n", "N\rY", "N\u2028Y", "N\u202eY", "N\x7fY"])
def test_a_name_with_signs_that_nobody_sees_is_refused(tool: Tool, name: str) -> None:
    _, home = uploaded(tool)
    assert "nobody sees" in tool.no("variables/", variable(home, name), status=422)
    assert name not in tool.names(home)


@pytest.mark.parametrize("path", ["catalogs/7", "catalogs/x", "unittypes/catalog/7", "datasets/none?include_variables=true",
                                  "datasets/https://x.no/1", "catalogs/99999999999999999999", "datasets/%00", "datasets/%ff", "datasets/a%00b?include_variables=true"])  # fmt: skip
def test_what_is_not_there_is_told_as_json(client: httpx.Client, path: str) -> None:
    answer = client.get(f"/api/v1/{path}", headers=HEADERS)
    assert answer.status_code in (404, 422)
    assert set(answer.json()) == {"detail"}


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "catalogs/"), ("PATCH", "datasets/x"), ("GET", "variables/"), ("GET", "nothing")]
)
def test_a_wrong_method_or_address_has_a_detail_too(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, f"/api/v1/{path}")
    assert answer.status_code in (404, 405)
    assert isinstance(answer.json()["detail"], str)


def test_a_body_that_is_no_json_or_too_large_has_a_detail(tool: Tool) -> None:
    key = {"Authorization": f"API-Key {tool.key}", "Content-Type": "application/json"}
    assert "detail" in tool.client.post("/api/v1/catalogs/", content=b"{", headers=key).json()
    large = tool.client.post("/api/v1/catalogs/", content=b" " * 4_000_001, headers=key)
    assert (large.status_code, "bytes" in large.json()["detail"]) == (413, True)
    unsaid = iter([b"{", b"}"])
    assert tool.client.post("/api/v1/catalogs/", content=unsaid, headers=key).status_code == 413
