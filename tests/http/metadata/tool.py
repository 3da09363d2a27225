"""The upload tool as a back-end sees it: what it says, and what it takes for success."""

from typing import Any

import httpx

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


def uploaded(tool: Tool) -> tuple[int, str]:
    """One catalogue with a code list, one dataset, two variables. Returns the ids of catalogue and dataset."""
    made = tool.post("catalogs/", catalogue())["catalog"]["id"]
    answer = tool.post("unittypes/", codes(made))["sync_results"]["successful"]["detail"][0]
    home = tool.post("datasets/", dataset(made))["dataset"]["id"]
    tool.post("variables/", variable(home))
    tool.post("variables/", variable(home, "TEST_SVAR_STATUS", measure=int(answer.split("ID: ")[1])))
    return made, home
