"""What the upload tool tells is kept as it was said and told in every form that is asked for."""

import httpx
import pytest

from tests.http.commons import Commons
from tests.http.metadata.tool import LISTS, OURS, Tool, catalogue, codes, dataset, no, uploaded, variable


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


@pytest.mark.parametrize("below", ["dcat/vigo/ENROLMENT/03", "x/../dcat/%76igo"])
def test_an_id_under_the_address_of_the_commons_itself_is_refused(tool: Tool, place: Commons, below: str) -> None:
    made = tool.post("catalogs/", catalogue())["catalog"]["id"]
    told = tool.no("datasets/", dataset(made, dataset_id=f"{place.url}{below}"), status=422)
    assert "under the address of this commons" in told
    assert place.stored()[2] == 0
