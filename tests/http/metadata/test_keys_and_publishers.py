"""A key opens its publisher's own things and no others."""

import json
from dataclasses import replace

import httpx
import pytest

from avrop.actions import commons_keys
from avrop.actors import Actor, OrganisationId, Role
from avrop.errors import Missing, Refusal
from avrop.store import commons_tables as t
from avrop.store import db
from tests.http.commons import OPERATOR, Commons
from tests.http.metadata.tool import (
    LISTS,
    OURS,
    THEIRS,
    Tool,
    catalogue,
    codes,
    dataset,
    no,
    uploaded,
    variable,
)


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
