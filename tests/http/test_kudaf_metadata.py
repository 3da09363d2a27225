"""The metadata back-end as the upload tool speaks to it: its request sequences, its shapes, and what it must not do."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest

from avrop.actions import commons_keys
from avrop.actors import Actor, OrganisationId, Role
from avrop.canonical import plain
from avrop.errors import Missing, Refusal
from avrop.http.kudaf_bodies import CatalogueBody
from avrop.store import commons as store
from avrop.store import commons_tables as t
from avrop.store import db
from tests.http.commons import OPERATOR, Commons, commons

Json = dict[str, Any]
HEADERS = {"Accept": "application/json", "User-Agent": "kudaflib-CLI", "Accept-Encoding": "gzip, deflate, br"}
OURS, THEIRS = "Eksempel IKS", "En annen IKS"
LISTS = ("catalogs/", "datasets/", "unittypes/", "variables/metadata/")


def no(value: str) -> Json:
    return {"languageCode": "no", "value": value}


def catalogue(title: str = "Testkatalog", publisher: str = OURS, **more: object) -> Json:
    contact = {"fullname": "Datadeling", "mbox": "data@example.no", "landing_page": "https://example.no"}
    inside = {"name": publisher, "description": no("Felles data")}
    about = {"name": publisher, "organization": inside}
    return {"title": no(title), "description": no("Prøve"), "publisher": about, "contactPoint": contact, **more}


def codes(catalogue_id: int, name: str = "TEST_SVAR", title: str = "Ja") -> Json:
    listed = [{"code": "J", "categoryTitle": title}, {"code": "03", "categoryTitle": [no("Nei")]}]
    unit = {"shortName": name, "name": "Svar", "description": "Svar på tilbud", "dataType": "STRING"}
    return {"catalog_id": catalogue_id, "unit_type": {**unit, "valueDomain": {"codeList": listed}}}


def dataset(catalogue_id: int, title: str = "Tilbud", publisher: str = OURS, **more: object) -> Json:
    contact = {
        "name": "Datadeling",
        "identifier": "https://example.no/k",
        "mbox": "d@example.no",
        "url": "https://x.no",
    }
    about = {"name": publisher, "description": "Felles", "identifier": "310000019", "type": None}
    return {"catalogId": catalogue_id, "title": no(title), "publisher": about, "contactPoint": [contact], **more}


def variable(
    dataset_id: str, name: str = "TEST_POENG", unit: int = 1, measure: int | None = None, **more: object
) -> Json:
    measured: Json = {"label": "Poeng", "description": "Poengsum", "dataType": "DOUBLE" if measure is None else None}
    if measure is not None:
        measured["unitType"] = {"unit_type_id": measure}
    each = {
        "name": name, "temporalityType": "EVENT", "sensitivityLevel": "NONPUBLIC", "populationDescription": ["Søkere"],
        "subjectFields": ["Inntak"], "identifierVariables": [{"unit_type_id": unit}], "measureVariables": [measured], **more,
    }  # fmt: skip
    return {"dataset_id": dataset_id, "variables": [each]}


class Tool:
    """What the upload tool does: anonymous GETs, POSTs with a key, and nothing but 200 and JSON is success."""

    def __init__(self, client: httpx.Client, key: str) -> None:
        self.client = client
        self.key = key

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/api/v1/{path}", headers=HEADERS, follow_redirects=False)
        assert answer.status_code == 200, answer.text
        return self.sound(answer)

    def post(self, path: str, body: Json) -> Any:
        return self.sound(self.send(path, body, status=200))

    def send(self, path: str, body: object, *, status: int, key: str | None = None) -> Any:
        headers = {**HEADERS, "Authorization": f"API-Key {key or self.key}"}
        answer = self.client.post(f"/api/v1/{path}", json=body, headers=headers, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return answer

    @staticmethod
    def sound(answer: Any) -> Any:
        assert answer.headers["content-type"] == "application/json"
        assert "content-encoding" not in answer.headers
        return answer.json()

    def no(self, path: str, body: object, *, status: int, key: str | None = None) -> str:
        answer = self.send(path, body, status=status, key=key).json()
        assert set(answer) == {"detail"}
        assert isinstance(answer["detail"], str)
        return answer["detail"]

    def names(self, dataset_id: str) -> list[str]:
        return [v["name"] for v in self.get(f"datasets/{dataset_id}?include_variables=true")["variables"]]


@pytest.fixture(scope="module")
def running(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commons]:
    with commons(tmp_path_factory.mktemp("commons"), fresh_database("commons")) as made:
        yield made


@pytest.fixture
def place(running: Commons) -> Commons:
    """The commons, empty."""
    running.empty()
    return running


@pytest.fixture
def client(place: Commons) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=place.url, timeout=60) as client:
        yield client


@pytest.fixture
def tool(place: Commons, client: httpx.Client) -> Tool:
    return Tool(client, place.key(OURS))


@pytest.fixture
def other(place: Commons, client: httpx.Client) -> Tool:
    return Tool(client, place.key(THEIRS, "theirs"))


def uploaded(tool: Tool) -> tuple[int, str]:
    """One catalogue with a code list, one dataset, two variables. Returns the ids of catalogue and dataset."""
    made = tool.post("catalogs/", catalogue())["catalog"]["id"]
    answer = tool.post("unittypes/", codes(made))["sync_results"]["successful"]["detail"][0]
    home = tool.post("datasets/", dataset(made))["dataset"]["id"]
    tool.post("variables/", variable(home))
    tool.post("variables/", variable(home, "TEST_SVAR_STATUS", measure=int(answer.split("ID: ")[1])))
    return made, home


def test_the_sequence_of_an_upload_and_what_is_read_of_each_answer(tool: Tool) -> None:
    assert tool.get("catalogs/") == []
    made = tool.post("catalogs/", catalogue())
    assert (made["catalog"]["name"], made["sync_results"]["successful"]["num"]) == ("Testkatalog", 1)
    number = made["catalog"]["id"]
    assert isinstance(number, int)
    units = tool.get(f"unittypes/catalog/{number}")
    assert units["catalog_unit_types"] == []
    assert {u["shortName"]: u["id"] for u in units["global_unit_types"]}["PERSON"] == 1
    (said,) = tool.post("unittypes/", codes(number))["sync_results"]["successful"]["detail"]
    assert len(said.split("ID: ")) == 2
    (unit,) = tool.get(f"unittypes/catalog/{number}")["catalog_unit_types"]
    assert (unit["shortName"], unit["id"]) == ("TEST_SVAR", int(said.split("ID: ")[1]))
    assert tool.get("datasets/") == []
    created = tool.post("datasets/", dataset(number, dataset_id="0b1e6a52-7f0c-4a55-9a3e-2f5d1f1c0a01"))
    assert created["dataset"] == {"id": "0b1e6a52-7f0c-4a55-9a3e-2f5d1f1c0a01", "title": "Tilbud"}
    home = created["dataset"]["id"]
    assert tool.get(f"datasets/{home}?include_variables=true")["variables"] == []
    first = tool.post("variables/", variable(home, dataRetrievalUrl=None))["sync_results"]
    assert first["successful"]["num"] == 1
    assert isinstance(first["successful"]["detail"][0]["inserted_var_id"][0], int)
    assert first["errors"]["detail"][0]["msgs"] is None
    tool.post("variables/", variable(home, "TEST_SVAR_STATUS", measure=unit["id"]))
    assert tool.names(home) == ["TEST_POENG", "TEST_SVAR_STATUS"]
    (listed,) = tool.get("catalogs/")
    assert (listed["id"], listed["metadata"]["title"]["no"]) == (number, "Testkatalog")
    (each,) = tool.get("datasets/")
    assert (each["id"], each["name"], each["identifier"]) == (home, "Tilbud", home)


def test_a_code_list_arrives_on_its_own_unit_type_and_on_the_measure_that_links_to_it(tool: Tool) -> None:
    made, home = uploaded(tool)
    (unit,) = tool.get(f"unittypes/catalog/{made}")["catalog_unit_types"]
    assert [(c["code"], c["categoryTitle"]) for c in unit["valueDomain"]["codeList"]] == [
        ("J", [no("Ja")]),
        ("03", [no("Nei")]),
    ]
    _, answer = tool.get(f"datasets/{home}?include_variables=true")["variables"]
    (measure,) = answer["measureVariables"]
    assert measure["keyType"]["name"] == "TEST_SVAR"
    assert measure["representedVariables"][0]["valueDomain"] == unit["valueDomain"]


def test_the_same_again_changes_nothing(tool: Tool, place: Commons) -> None:
    uploaded(tool)
    before, listed = place.stored(), [tool.get(path) for path in LISTS]
    uploaded(tool)
    assert place.stored() == before == [1, 1, 1, 2]
    assert [tool.get(path) for path in LISTS] == listed


def test_what_changed_replaces_what_stood_and_keeps_its_id(tool: Tool, place: Commons) -> None:
    made, home = uploaded(tool)
    assert tool.post("catalogs/", catalogue(description=no("Ny")))["catalog"]["id"] == made
    (listed,) = tool.get("catalogs/")
    assert listed["metadata"]["description"]["no"] == "Ny"
    tool.post("unittypes/", codes(made, title="Jo"))
    (unit,) = tool.get(f"unittypes/catalog/{made}")["catalog_unit_types"]
    assert unit["valueDomain"]["codeList"][0]["categoryTitle"] == [no("Jo")]
    assert tool.post("datasets/", dataset(made, description=no("Nytt")))["dataset"]["id"] == home
    assert tool.get(f"datasets/{home}")["metadata"]["description"]["nb"] == "Nytt"
    tool.post("variables/", variable(home, temporalityType="STATUS"))
    assert tool.get(f"datasets/{home}?include_variables=true")["variables"][0]["temporalityType"] == "STATUS"
    assert place.stored() == [1, 1, 1, 2]


@pytest.mark.parametrize("title", [no("Katalog"), {"languageCode": "nb", "value": "Katalog"}, "Katalog", {"nb": "Katalog"},
                                   [{"languageCode": "en", "value": "Catalogue"}, {"languageCode": "nb", "value": "Katalog"}]])  # fmt: skip
def test_titles_stand_under_no_and_nb_in_whatever_shape_they_came(tool: Tool, title: object) -> None:
    tool.post("catalogs/", {**catalogue(), "title": title})
    (listed,) = tool.get("catalogs/")
    assert listed["metadata"]["title"]["no"] == listed["metadata"]["title"]["nb"] == "Katalog"


@pytest.mark.parametrize(
    ("contact", "url"),
    [
        ({"fullname": "A", "mbox": "a@x.no", "landing_page": "https://x.no"}, "https://x.no"),
        ({"fullname": "A", "mbox": "a@x.no", "landingPage": "https://x.no"}, "https://x.no"),
        ({"name": "A", "identifier": "https://x.no/k", "mbox": "a@x.no", "url": "https://x.no"}, "https://x.no"),
        ([{"name": [no("A")], "mbox": "a@x.no"}], None),
        ({"fullname": "A", "mbox": "a@x.no", "landing_page": None, "phone": "1"}, None),
    ],
)
def test_a_contact_is_taken_in_every_shape(tool: Tool, contact: object, url: str | None) -> None:
    made = tool.post("catalogs/", catalogue(contactPoint=contact))["catalog"]["id"]
    home = tool.post("datasets/", dataset(made, contactPoint=contact))["dataset"]["id"]
    for shown in (tool.get("catalogs/")[0], tool.get(f"datasets/{home}")):
        (listed,) = shown["metadata"]["contactPoint"]
        assert (listed["name"], listed["mbox"], listed["url"]) == ("A", "a@x.no", url)


def test_what_may_be_left_out_may_be_left_out(tool: Tool) -> None:
    bare = {"title": no("Bar"), "publisher": {"name": OURS}}
    made = tool.post("catalogs/", bare)["catalog"]["id"]
    home = tool.post("datasets/", {"catalogId": made, "title": no("Sett")})["dataset"]["id"]
    sparse = variable(home, populationDescription=None, subjectFields=None, spatialCoverageDescription=None)
    sparse["variables"][0]["measureVariables"] = [{"label": [no("A")], "description": [no("B")], "dataType": None}]
    tool.post("variables/", sparse)
    assert tool.names(home) == ["TEST_POENG"]


@pytest.mark.parametrize("path", ["catalogs", "datasets", "unittypes", "variables/metadata"])
def test_both_forms_of_an_address_answer_alike_without_a_redirect(tool: Tool, path: str) -> None:
    uploaded(tool)
    assert tool.get(path) == tool.get(f"{path}/")


def test_both_forms_take_posts(tool: Tool) -> None:
    made = tool.post("catalogs", catalogue())["catalog"]["id"]
    tool.post("unittypes", codes(made))
    home = tool.post("datasets", dataset(made))["dataset"]["id"]
    tool.post("variables", variable(home))
    for path in (f"catalogs/{made}", f"unittypes/catalog/{made}", f"datasets/{home}"):
        assert tool.get(path) == tool.get(f"{path}/")


def test_a_catalogue_is_told_with_its_datasets_and_their_variables(tool: Tool) -> None:
    made, home = uploaded(tool)
    assert "datasets" not in tool.get(f"catalogs/{made}")
    (each,) = tool.get(f"catalogs/{made}?include_datasets=true")["datasets"]
    assert (each["id"], "variables" in each) == (home, False)
    (each,) = tool.get(f"catalogs/{made}?include_variables=true")["datasets"]
    assert [v["name"] for v in each["variables"]] == ["TEST_POENG", "TEST_SVAR_STATUS"]


def test_unit_types_of_every_catalogue_are_told_unless_only_the_common_ones_are_asked_for(tool: Tool) -> None:
    uploaded(tool)
    assert [u["shortName"] for u in tool.get("unittypes/?global_only=false")["catalog_unit_types"]] == ["TEST_SVAR"]
    only = tool.get("unittypes/?global_only=true")
    assert (only["catalog_unit_types"], len(only["global_unit_types"])) == ([], 5)


def test_the_two_documents_hold_what_was_published(tool: Tool, client: httpx.Client) -> None:
    uploaded(tool)
    poeng, svar = client.get("/api/metadata/variables").json()
    assert (poeng["name"], poeng["populationDescription"], poeng["subjectFields"]) == (
        "TEST_POENG",
        [no("Søkere")],
        [[no("Inntak")]],
    )
    assert poeng["identifierVariables"][0]["name"] == "PERSON"
    assert [a["shortName"] for a in poeng["attributeVariables"]] == ["START", "STOP"]
    (unit,) = client.get("/api/metadata/unit-types/").json()
    assert svar["measureVariables"][0]["representedVariables"][0]["valueDomain"] == unit["valueDomain"]
    assert unit["unitType"]["shortName"] == "TEST_SVAR"
    assert tool.get("variables/metadata/") == [poeng, svar]


@pytest.mark.parametrize("named", ["https://data.example.no/datasets/1", "urn:uuid:0b1e6a52", "a/b/c", "x-1_y~z.w"])
def test_an_id_with_slashes_and_colons_is_kept_and_found(tool: Tool, named: str) -> None:
    made = tool.post("catalogs/", catalogue())["catalog"]["id"]
    assert tool.post("datasets/", dataset(made, dataset_id=named))["dataset"]["id"] == named
    assert tool.get(f"datasets/{named}?include_variables=true")["id"] == named
    tool.post("variables/", variable(named))
    assert tool.names(named) == ["TEST_POENG"]


@pytest.mark.parametrize(
    "named", ["../catalogs", "a/../b", "a b", "a?b", "x#y", "ø", "", "/a", "a/", "a///b", "x" * 201, "a%2fb", "a\n"]
)
def test_an_id_that_no_address_can_hold_is_replaced_by_our_own(tool: Tool, named: str) -> None:
    made = tool.post("catalogs/", catalogue())["catalog"]["id"]
    home = tool.post("datasets/", dataset(made, dataset_id=named))["dataset"]["id"]
    assert home != named
    assert tool.get(f"datasets/{home}?include_variables=true")["variables"] == []


@pytest.mark.parametrize("key", ["wrong", "wrong.key", "x", "å.ø", "x" * 5000])
def test_a_key_that_opens_nothing_stores_nothing(tool: Tool, place: Commons, key: str) -> None:
    name, _, secret = tool.key.partition(".")
    for tried in (key, f"{name}.", f"{name}.{secret[:-1]}", f".{secret}", f"{name}.{secret}x"):
        answer = tool.client.post(
            "/api/v1/catalogs/", json=catalogue(), headers={"Authorization": f"API-Key {tried}".encode()}
        )
        assert (answer.status_code, answer.json()) == (
            401,
            {"detail": "The API key is not valid. Ask the commons for one."},
        )
    assert place.stored() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer KEY"}, {"Authorization": "API-Key"}, {"Authorization": "KEY"}]
)
def test_without_the_scheme_a_key_opens_nothing(tool: Tool, headers: dict[str, str]) -> None:
    said = {name: value.replace("KEY", tool.key) for name, value in headers.items()}
    for path, body in (
        ("catalogs/", catalogue()),
        ("unittypes/", codes(1)),
        ("datasets/", dataset(1)),
        ("variables/", variable("x")),
    ):
        assert tool.client.post(f"/api/v1/{path}", json=body, headers=said).status_code == 401


def test_a_withdrawn_key_opens_nothing_and_what_was_said_with_it_stays(tool: Tool, place: Commons) -> None:
    uploaded(tool)
    (key,) = commons_keys.list_keys(place.system, OPERATOR)
    commons_keys.withdraw_key(place.system, OPERATOR, key.key)
    assert "not valid" in tool.no("catalogs/", catalogue("Ny"), status=401)
    assert place.stored() == [1, 1, 1, 2]
    with pytest.raises(Missing, match="in use"):
        commons_keys.withdraw_key(place.system, OPERATOR, key.key)


def test_only_a_digest_of_a_key_is_kept(tool: Tool, place: Commons) -> None:
    name, _, secret = tool.key.partition(".")
    with db.transaction(place.system.database) as connection:
        (row,) = connection.execute(t.keys.select()).all()
    assert row.key == name
    assert secret not in repr(row)
    assert len(secret) >= 43


@pytest.mark.parametrize(
    "who", [replace(OPERATOR, role=Role.APPLICANT), replace(OPERATOR, organisation=OrganisationId("ours"))]
)
def test_only_an_operator_of_the_commons_handles_keys(place: Commons, who: Actor) -> None:
    for handle in (
        lambda: commons_keys.issue_key(place.system, who, organisation="x", publisher="X"),
        lambda: commons_keys.list_keys(place.system, who),
        lambda: commons_keys.withdraw_key(place.system, who, "x"),
    ):
        with pytest.raises(Refusal, match="operator of the commons"):
            handle()


def test_a_key_publishes_under_its_own_publishers_name_only(tool: Tool, place: Commons) -> None:
    assert OURS in tool.no("catalogs/", catalogue(publisher=THEIRS), status=403)
    assert place.stored() == [0, 0, 0, 0]


def test_another_publishers_things_can_neither_be_changed_nor_added_to(tool: Tool, other: Tool, place: Commons) -> None:
    made, home = uploaded(tool)
    before = [tool.get(path) for path in LISTS]
    assert "title" in other.no("catalogs/", catalogue(publisher=THEIRS), status=409)
    assert "another publisher's" in other.no("unittypes/", codes(made, "NY"), status=403)
    assert "another publisher's" in other.no("datasets/", dataset(made, "Nytt", THEIRS), status=403)
    assert "another publisher's" in other.no("variables/", variable(home, "NY"), status=403)
    own = other.post("catalogs/", catalogue("Egen", THEIRS))["catalog"]["id"]
    assert "title" in other.no("datasets/", dataset(own, "Tilbud", THEIRS), status=409)
    assert "title" in other.no("datasets/", dataset(own, "Annet", THEIRS, dataset_id=home), status=409)
    (unit,) = tool.get(f"unittypes/catalog/{made}")["catalog_unit_types"]
    their_home = other.post("datasets/", dataset(own, "Deres", THEIRS))["dataset"]["id"]
    assert "unit type" in other.no("variables/", variable(their_home, measure=unit["id"]), status=422)
    assert place.stored() == [2, 1, 2, 2]
    assert tool.get("catalogs/")[0] == before[0][0]
    assert tool.get("datasets/")[0] == before[1][0]


def test_unit_types_of_the_same_name_in_two_catalogues_stay_apart(tool: Tool, other: Tool) -> None:
    made, _ = uploaded(tool)
    own = other.post("catalogs/", catalogue("Egen", THEIRS))["catalog"]["id"]
    other.post("unittypes/", codes(own, title="Kanskje"))
    for number, title in ((made, "Ja"), (own, "Kanskje")):
        (unit,) = tool.get(f"unittypes/catalog/{number}")["catalog_unit_types"]
        assert unit["valueDomain"]["codeList"][0]["categoryTitle"] == [no(title)]


def test_a_dataset_that_names_another_publisher_than_its_catalogue_is_refused_where_the_tool_shows_it(
    tool: Tool, place: Commons
) -> None:
    made, _ = uploaded(tool)
    told = tool.post("datasets/", dataset(made, "Et annet sted", THEIRS))["sync_results"]
    assert told["successful"]["num"] == 0
    assert "another publisher" in told["errors"]["detail"][0]["msgs"]
    second = tool.post("catalogs/", catalogue("Nummer to"))["catalog"]["id"]
    told = tool.post("datasets/", dataset(second))["sync_results"]
    assert (told["successful"]["num"], "another catalogue" in told["errors"]["detail"][0]["msgs"]) == (0, True)
    assert place.stored() == [2, 1, 1, 2]


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
    ],
)  # fmt: skip
def test_every_error_is_a_detail_and_stores_nothing(
    tool: Tool, place: Commons, path: str, body: object, status: int
) -> None:
    assert tool.no(path, body, status=status)
    assert place.stored() == [0, 0, 0, 0]


def test_a_variable_that_names_an_unknown_unit_type_is_refused_with_the_others_of_its_request(tool: Tool) -> None:
    _, home = uploaded(tool)
    both = variable(home, "NY")
    both["variables"] += variable(home, "NYERE", unit=777)["variables"]
    assert "unit type" in tool.no("variables/", both, status=422)
    assert "NY" not in tool.names(home)


@pytest.mark.parametrize("name", ["NY\n", "N\rY", "N\u2028Y", "N\u202eY", "N\u0001Y"])
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
    ("method", "path"), [("PUT", "catalogs/"), ("DELETE", "datasets/x"), ("GET", "variables/"), ("GET", "nothing")]
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


def test_nothing_is_told_of_keys_or_of_who_holds_them(
    tool: Tool, other: Tool, client: httpx.Client, place: Commons
) -> None:
    uploaded(tool)
    told = "".join(json.dumps(tool.get(path)) for path in LISTS) + client.get("/api/openapi.json").text
    for key in commons_keys.list_keys(place.system, OPERATOR):
        assert key.key not in told
        assert f'"{key.holder.organisation}"' not in told
    assert THEIRS not in told
    assert OPERATOR.person not in told


@pytest.mark.parametrize("encoding", ["br", "gzip, deflate, br", "identity;q=0, br", "zstd"])
def test_answers_are_never_compressed(tool: Tool, encoding: str) -> None:
    for number in range(20):
        tool.post("catalogs/", catalogue(f"Katalog {number}"))
    answer = tool.client.get("/api/v1/catalogs/", headers={"Accept-Encoding": encoding})
    assert "content-encoding" not in answer.headers
    assert len(json.loads(answer.content)) == 20


def test_a_thousand_catalogues_stand_in_one_list(tool: Tool, place: Commons) -> None:
    place.fill(1000)
    listed = tool.get("catalogs/")
    assert [each["name"] for each in listed] == [f"Katalog {number}" for number in range(1000)]


def test_the_same_said_twice_at_once_is_kept_once(tool: Tool, place: Commons) -> None:
    """The second waits for the first, whose transaction is not at its end, and then finds it."""
    entry = plain(CatalogueBody(**catalogue()).entry())
    with ThreadPoolExecutor(1) as pool:
        with db.transaction(place.system.database) as connection:
            store.write_alone(connection)
            first = store.add(connection, t.catalogues, organisation="ours", title="Testkatalog", entry=entry)
            second = pool.submit(tool.post, "catalogs/", catalogue())
            while not _somebody_waits(place) and not second.done():
                time.sleep(0.01)
        answer = second.result()
    assert (answer["catalog"]["id"], place.stored()) == (first.id, [1, 0, 0, 0])


def _somebody_waits(place: Commons) -> bool:
    with db.transaction(place.system.database) as connection:
        return bool(connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar_one())


def test_reading_does_not_wait_for_who_writes(tool: Tool, place: Commons) -> None:
    uploaded(tool)
    with db.transaction(place.system.database) as connection:
        store.write_alone(connection)
        assert len(tool.get("catalogs/")) == 1
