"""Step 2's announcement: the provider tells the data commons of its variables, by KUDAF's metadata contract.

The same requests that KUDAF's own upload tool makes, with the configuration that `avrop publish commons` writes for it.
"""

import json
from typing import Any

from avrop.actions import commons_keys
from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.canonical import build
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.kudaf_upload import configurations
from avrop.catalogue.publishing import Publishing
from avrop.catalogue.yamltext import load_yaml
from avrop.demo.scene import Scene
from avrop.demo.teller import Teller
from avrop.errors import Fault

_LANGUAGE = "no"


def announce(scene: Scene, teller: Teller, catalogue: Catalogue) -> None:
    """Tell the commons of everything that was frozen; what it has already is not told again."""
    commons = scene.parts.get("commons")
    if commons is None:
        return
    said = _Announcement(scene, url=f"{commons.url}api/v1/", key=_key(scene, commons.organisation))
    publishing = build(Publishing, scene.parties["commons"]["publisher"], what="The publisher")
    (text,) = configurations(catalogue, publishing, tool="0.2.0", on=scene.clock().date()).values()
    for each in load_yaml(text, file="upload.yaml", code="commons.yaml")["catalogs"]:
        said.tell(each)
    teller.fact("announced", said.variables, "The data commons was told of {} variables, where others find them.")


def _key(scene: Scene, organisation: str) -> str:
    """The commons' operator gives the provider a key."""
    operator = Actor(person=PersonId("operator"), organisation=OrganisationId(organisation), role=Role.OPERATOR)
    provider = scene.parties["provider"]
    return commons_keys.issue_key(
        scene.systems["commons"], operator, organisation=provider["code"],
        publisher=scene.parties["commons"]["publisher"]["name"],
    )  # fmt: skip


class _Announcement:
    """One publisher's requests to the commons."""

    def __init__(self, scene: Scene, *, url: str, key: str) -> None:
        self._outbound, self._url, self._key = scene.provider.outbound, url, key
        self.variables = 0

    def tell(self, said: dict[str, Any]) -> None:
        """A catalogue, its own unit types, its datasets and their variables."""
        body = {"title": _words(said["title"]), "description": _words(said["description"])}
        publisher = {"name": said["publisher"]["name"], "organization": {"name": said["publisher"]["name"]}}
        catalogue = self._post("catalogs/", {**body, "publisher": publisher, "contactPoint": _contact(said)})
        number = catalogue["catalog"]["id"]
        for unit in said["unittypes"]:
            self._post("unittypes/", {"catalog_id": number, "unit_type": unit})
        known = self._ask("GET", f"unittypes/catalog/{number}")
        units = {x["shortName"]: x["id"] for x in (*known["global_unit_types"], *known["catalog_unit_types"])}
        for dataset in said["datasets"]:
            self._dataset(number, dataset, units)

    def _dataset(self, catalogue: int, said: dict[str, Any], units: dict[str, int]) -> None:
        body = {"title": _words(said["title"]), "description": _words(said["description"])}
        frame = {
            "catalogId": catalogue,
            "dataset_id": said["identifier"],
            "publisher": {"name": said["publisher"]["name"]},
        }
        made = self._post("datasets/", {**frame, **body, "contactPoint": [_contact(said)]})
        for variable in said["variables"]:
            self._post("variables/", {"dataset_id": made["dataset"]["id"], "variables": [_linked(variable, units)]})
            self.variables += 1

    def _post(self, path: str, body: object) -> dict[str, Any]:
        answer = self._ask("POST", path, body)
        if answer["sync_results"]["successful"]["num"] != 1:
            raise Fault("story.not_announced", "The commons did not keep what it was told.", hint="See its log.")
        return answer

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"API-Key {self._key}"} if body else {})
        answer = self._outbound.request(
            method, self._url + path, headers=headers, content=json.dumps(body).encode() if body else None,
            limit_bytes=1 << 24, timeout_seconds=30,
        )  # fmt: skip
        if answer.status != 200:
            raise Fault("story.not_announced", "The commons did not keep what it was told.", hint="See its log.")
        told: dict[str, Any] = json.loads(answer.body)
        return told


def _linked(variable: dict[str, Any], units: dict[str, int]) -> dict[str, Any]:
    """With unit types by the numbers that the commons gave them."""
    measures = [
        {**measure, "unitType": {"unit_type_id": units[measure["unitType"]]}} if "unitType" in measure else measure
        for measure in variable["measureVariables"]
    ]
    identifiers = [{"unit_type_id": units[each["unitType"]]} for each in variable["identifierVariables"]]
    return {**variable, "identifierVariables": identifiers, "measureVariables": measures}


def _words(text: str) -> dict[str, str]:
    return {"languageCode": _LANGUAGE, "value": text}


def _contact(said: dict[str, Any]) -> dict[str, str]:
    point = said["contactPoint"]
    point = point[0] if isinstance(point, list) else point
    return {"fullname": point["fullname"], "mbox": point["mbox"], "landing_page": point["landingPage"]}
