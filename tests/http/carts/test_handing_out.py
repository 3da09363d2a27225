"""Our own carts, handed out for other catalogues and named when they ask (T13)."""

from pathlib import Path
from typing import Any

import httpx

from avrop.actions import commons as told_commons
from avrop.actions.addresses import segment
from avrop.actions.commons_keys import KeyHolder
from avrop.canonical import plain
from avrop.catalogue.commons import CatalogueEntry, DatasetEntry, Publisher, Words
from avrop.settings import ServeSetting, Settings
from avrop.store import commons as commons_store
from avrop.store import commons_tables as t
from avrop.store import db
from avrop.system import open_system
from avrop.web.cart import CART
from tests import asking
from tests.conftest import Fresh
from tests.http.carting import (
    FOREIGN,
    NUMBER,
    PEERS_TITLE,
    URL,
    Clock,
    Site,
    cart,
    reference,
    site,
)
from tests.http.carts.scene import OURS, refused, title_of
from tests.http.commons import commons
from tests.publishing import CATALOGUE, NOW


def test_the_export_has_one_cart_for_each_dataset_of_its_variables(us: Site) -> None:
    exported = us.get("/en/handlekurv.json", cookies={CART: "TEST_RESULT!SEX!BIRTH_DATE"}).json()
    assert [(each["dataDef"]["uri"], each["variables"]) for each in exported] == [
        (f"{URL}dcat/vigo/PERSON", ["SEX", "BIRTH_DATE"]), (OURS, ["TEST_RESULT"]),
    ]  # fmt: skip
    for each in exported:
        assert {*each} == {*cart(), "variables"}
        assert {*each["dataDef"]} == {*reference()}
        assert (each["orgnr"], each["dataDef"]["orgnr"], each["dataDef"]["type"]) == (NUMBER, NUMBER, "datasets")
        assert (each["language"], each["system"], each["hintIsPrePublicationData"]) == ("en", "avrop", False)
    assert exported[1]["dataDef"]["urlToResource"] == f"{URL}en/tema/TRADE_TEST"
    assert exported[1]["dataDef"]["resourceName"] == CATALOGUE.dataset("TRADE_TEST").label.en


def test_what_several_datasets_have_goes_with_those_that_are_asked_for_anyway(us: Site) -> None:
    def datasets(*ids: str) -> list[str]:
        exported = us.get("/nb/handlekurv.json", cookies={CART: "!".join(ids)}).json()
        return [each["dataDef"]["uri"].rpartition("/")[2] for each in exported]

    assert datasets("TRADE", "TEST_RESULT") == datasets("TEST_RESULT", "TRADE") == ["TRADE_TEST"]
    assert datasets("TRADE") == ["CONTRACT", "TRADE_TEST"]
    assert datasets() == datasets("NOTHING") == []


def test_our_resolver_names_what_we_handed_out_and_nothing_else(us: Site) -> None:
    data_def = us.get("/nb/handlekurv.json", cookies={CART: "TEST_RESULT"}).json()[0]["dataDef"]

    def ask(said: object, language: str = "nb") -> httpx.Response:
        return us.post(f"datadef-resolver/{language}", json=said)

    for language in ("nb", "nn", "en"):
        answered = ask({**data_def, "more": 1}, language)
        assert {*answered.json()} == {
            "dataResourceId", "title", "description", "urlToResource", "hintIsPrePublicationData",
        }  # fmt: skip
        assert answered.json()["dataResourceId"] == data_def["id"]
        assert answered.json()["urlToResource"] == f"{URL}{language}/tema/TRADE_TEST"
    assert ask(data_def, "en").json()["title"] == CATALOGUE.dataset("TRADE_TEST").label.en
    refused(ask(reference()), 404, "cart.not_ours")
    refused(ask({**data_def, "type": "dataservices"}), 404)
    refused(ask({**data_def, "type": "x"}), 422)
    refused(ask([]), 422)
    refused(ask(data_def, "sv"), 422)


def test_a_cart_goes_from_one_installation_to_another_and_is_named_by_the_first(
    us: Site, fresh_database: Fresh, tmp_path: Path
) -> None:
    entry = us.get("/nn/handlekurv.json", cookies={CART: "TEST_RESULT"}).json()[0]
    host = us.url.removeprefix("http://").strip("/")
    serve = ServeSetting(
        faces=("catalogue",), public_url="https://other.example.no/", cart_resolver=us.url, allowed_hosts=(host,)
    )
    settings = Settings(
        name="other", organisation="other", home=tmp_path / "zone", keys_home=tmp_path / "keys", demo=True,
        database_url=fresh_database("other"), serve=serve,
    )  # fmt: skip
    with open_system(settings) as system, site(system, Clock(NOW)) as other:
        page = other.get(other.waiting({**entry, "dataDef": {**entry["dataDef"], "resourceName": PEERS_TITLE}}))
    label = CATALOGUE.dataset("TRADE_TEST").label
    assert (page.status_code, title_of(page)) == (200, label.nn or label.nb)
    assert f'href="{URL}nn/tema/TRADE_TEST"' in page.text
    assert PEERS_TITLE not in page.text


def test_a_dataset_that_a_publisher_told_is_handed_out_and_known_again(fresh_database: Fresh, tmp_path: Path) -> None:
    with commons(tmp_path, fresh_database("commons")) as running:
        told(running.url, running.key("Somebody"))
        clock = Clock(NOW)
        with site(running.system, clock) as us:
            name = us.get("/api/v1/search?q=Poeng").json()["hits"][0]["card"]["id"]
            entry = us.get("/nb/handlekurv.json", cookies={CART: name}).json()[0]
            assert (entry["orgnr"], entry["hintIsPublic"], entry["variables"]) == (NUMBER, True, ["POENG"])
            assert us.get(entry["dataDef"]["uri"].removeprefix(running.url)).status_code == 200
            page = us.get(us.waiting(entry))
            assert (title_of(page), page.text.count(" checked")) == ("Tilbud", 1)
            assert us.put(us.waiting(entry), name).status_code == 303
            answered = us.post("datadef-resolver/nb", json=entry["dataDef"]).json()
            assert answered["title"] == "Tilbud"
            assert "Poeng" in us.get(answered["urlToResource"].removeprefix(running.url)).text


def told(url: str, key: str) -> None:
    publisher = {"name": "Somebody", "identifier": NUMBER, "organization": {"name": "Somebody"}}
    said: list[tuple[str, dict[str, Any]]] = [
        ("catalogs", {"title": "Katalog", "publisher": publisher}),
        ("datasets", {"catalogId": 1, "title": "Tilbud", "description": "Svar"}),
    ]
    dataset = ""
    for path, body in said:
        answered = asking.post(f"{url}api/v1/{path}", json=body, headers={"Authorization": f"API-Key {key}"})
        assert answered.status_code == 200, answered.text
        dataset = answered.json().get("dataset", {}).get("id", "")
    variable = {
        "name": "POENG", "temporalityType": "EVENT", "sensitivityLevel": "PUBLIC",
        "identifierVariables": [{"unit_type_id": 1}], "measureVariables": [{"label": "Poeng", "description": "Poengsum"}],
    }  # fmt: skip
    answered = asking.post(
        f"{url}api/v1/variables", json={"datasetId": dataset, "variables": [variable]},
        headers={"Authorization": f"API-Key {key}"},
    )  # fmt: skip
    assert answered.status_code == 200, answered.text


def test_what_a_stranger_calls_ours_is_not_what_it_is_called(us: Site) -> None:
    title, holder = (Words(language="nb", value="Strangers title"),), KeyHolder(organisation="x", publisher="X")
    home = told_commons.keep_catalogue(us.system, holder, CatalogueEntry(title=title, publisher=Publisher(name="X")))
    unheld, entry = f"{URL}dcat/vigo/TRADE_TEST/42", plain(DatasetEntry(title=title))
    with db.transaction(us.system.database) as connection:  # as it may have come before it was refused
        for each in (unheld, FOREIGN):
            commons_store.add(connection, t.datasets, id=each, catalogue=home.id, title=each, entry=entry)
    ours = us.get("/nb/handlekurv.json", cookies={CART: "TEST_RESULT"}).json()[0]["dataDef"]
    try:
        refused(us.post("datadef-resolver/nb", json=reference(unheld)), 404)
        answered = us.post("datadef-resolver/nb", json={**ours, "uri": FOREIGN})
        assert answered.json()["title"] == CATALOGUE.dataset("TRADE_TEST").label.nb
        page = us.get(us.waiting(cart(FOREIGN)))
        assert title_of(page) == "Strangers title"
        described = f"nb/datasett/{segment(FOREIGN)}"
        assert f'href="/{described}"' in page.text
        assert FOREIGN in us.get(described).text
    finally:
        with db.transaction(us.system.database) as connection:
            for table in (t.datasets, t.catalogues):
                connection.execute(table.delete())
