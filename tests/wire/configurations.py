"""Configurations for the upload tool, as a person would write them: small, in the form of either version."""

from typing import Any

import yaml

Json = dict[str, Any]
PUBLISHER = "Eksempel IKS"
THEME = ["http://publications.europa.eu/resource/authority/data-theme/EDUC"]
DATASET_ID, OTHER_ID = "0b1e6a52-7f0c-4a55-9a3e-2f5d1f1c0a01", "5b0e6a52-7f0c-4a55-9a3e-2f5d1f1c0a02"


def variable(name: str, *, unit_type: str | None = None, identifier: str = "PERSON", subject: str = "Inntak") -> Json:
    """A variable of numbers, or one that links to a unit type."""
    measure: Json = {"label": "Mål", "description": "Det som er målt", "dataType": "DOUBLE"}
    if unit_type is not None:
        measure = {"label": "Svar", "description": "Svar på tilbud", "unitType": unit_type}
    return {
        "name": name, "temporalityType": "EVENT", "sensitivityLevel": "NONPUBLIC", "populationDescription": ["Søkere"],
        "subjectFields": [subject], "identifierVariables": [{"unitType": identifier}], "measureVariables": [measure],
    }  # fmt: skip


VARIABLES = (variable("TEST_POENG"), variable("TEST_SVAR_STATUS", unit_type="TEST_SVAR"))
CODES: Json = {
    "shortName": "TEST_SVAR", "name": "Svar", "description": "Svar på tilbud", "dataType": "STRING",
    "valueDomain": {"codeList": [{"code": "J", "categoryTitle": "Ja"}, {"code": "N", "categoryTitle": "Nei"}]},
}  # fmt: skip


class Writer:
    """Writes the form of one version."""

    def __init__(self, version: str) -> None:
        self.older = version == "0.2.0"

    def contact(self) -> Json:
        """Whom to ask."""
        if self.older:
            return {"fullname": "Datadeling", "mbox": "data@example.no", "landingPage": "https://example.no"}
        page = "https://example.no"
        return {"name": "Datadeling", "identifier": f"{page}/kontakt", "mbox": "data@example.no", "url": page}

    def publisher(self, name: str) -> Json:
        """Who publishes."""
        kind = "http://purl.org/adms/publishertype/RegionalAuthority"
        about = {"name": name, "description": "Felles data", "identifier": "310000019", "type": kind}
        return {**about, "contactPoint": self.contact()} if self.older else about

    def dataset(
        self, *variables: Json, title: str = "Tilbud", publisher: str = PUBLISHER, identifier: str = DATASET_ID
    ) -> Json:
        """A dataset."""
        contact = [self.contact()] if self.older else self.contact()
        return {
            "identifier": identifier, "title": title, "description": "Svar på tilbud", "publisher": self.publisher(publisher),
            "contactPoint": contact, "theme": THEME, "variables": list(variables),
        }  # fmt: skip

    def catalogue(
        self,
        *datasets: Json,
        title: str = "Testkatalog",
        publisher: str = PUBLISHER,
        unit_types: tuple[Json, ...] = (CODES,),
    ) -> Json:
        """A catalogue with a code list as its own unit type."""
        return {
            "title": title, "description": "Kun for prøving", "publisher": self.publisher(publisher),
            "contactPoint": self.contact(), "theme": THEME, "unittypes": list(unit_types), "datasets": list(datasets),
        }  # fmt: skip

    def text(self, *catalogues: Json) -> str:
        """The file's text."""
        return yaml.safe_dump({"catalogs": list(catalogues)}, allow_unicode=True, sort_keys=False)
