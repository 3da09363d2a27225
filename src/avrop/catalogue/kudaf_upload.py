"""Our catalogue as configurations that KUDAF's upload tool reads, in the form of either of its versions.

One catalogue per file; where the tool takes one dataset per file, as many files as there are datasets. Titles of
datasets say which catalogue they are of, since the tool finds its own by title among everybody's.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from avrop.catalogue.commons import UnitTypeEntry, VariableEntry, first
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.kudaf import unit_types, variables
from avrop.catalogue.kudaf_documents import domain_document, given, spoken
from avrop.catalogue.publishing import Publishing
from avrop.catalogue.yamltext import dump_quoted_yaml

Tool = Literal["0.2.0", "0.3.3"]
"""Versions of the tool. Others read the form of the nearest older one."""


def configurations(
    catalogue: Catalogue, publishing: Publishing, *, tool: Tool, on: date, data_url: str | None = None
) -> dict[str, str]:
    """The YAML texts by file name. `data_url` ends with a slash; a variable's data are at it with its name."""
    described = _described(catalogue, on)
    parts = {f"{catalogue.name}.yaml": list(described)}
    if tool == "0.3.3":
        parts = {f"{catalogue.name}-{name}.yaml": [name] for name in described}
    form = _Form(publishing, tool, data_url)
    units = unit_types(catalogue, on=on)
    return {
        file: dump_quoted_yaml(
            {"catalogs": [_catalogue(form, catalogue, {name: described[name] for name in held}, units)]}
        )
        for file, held in parts.items()
    }


def configured(
    catalogue: Catalogue, publishing: Publishing, *, on: date, data_url: str | None = None
) -> dict[str, Any]:
    """The catalogue as the newer tool reads it, with all its datasets: for a client that can take several."""
    form = _Form(publishing, "0.3.3", data_url)
    return _catalogue(form, catalogue, _described(catalogue, on), unit_types(catalogue, on=on))


def _described(catalogue: Catalogue, on: date) -> dict[str, Sequence[VariableEntry]]:
    """The variables of each dataset that has any, by the dataset's name."""
    found = {dataset.name: variables(catalogue, dataset, on=on) for dataset in catalogue.datasets}
    return {name: entries for name, entries in found.items() if entries}


class _Form:
    """How this version writes what is said of the publisher."""

    def __init__(self, publishing: Publishing, tool: Tool, data_url: str | None) -> None:
        self._older = tool == "0.2.0"
        self._data_url = data_url
        asked = publishing.contact
        contact = {"fullname": asked.name, "mbox": asked.email, "landingPage": asked.url}
        if not self._older:
            contact = {"name": asked.name, "identifier": asked.url, "mbox": asked.email, "url": asked.url}
        publisher: dict[str, Any] = {
            "name": publishing.name, "description": publishing.description, "identifier": publishing.number,
            "type": publishing.kind,
        }  # fmt: skip
        if self._older:
            publisher["contactPoint"] = contact
        self.theme = list(publishing.themes)
        self.of_catalogue = {"publisher": publisher, "contactPoint": contact, "theme": self.theme}
        self.of_dataset = {**self.of_catalogue, "contactPoint": [contact] if self._older else contact}

    def address(self, name: str) -> dict[str, Any]:
        """Where the variable's data are: the newer version sends it."""
        return {} if self._older or self._data_url is None else {"dataRetrievalUrl": f"{self._data_url}{name}"}


def _catalogue(
    form: _Form, catalogue: Catalogue, described: Mapping[str, Sequence[VariableEntry]], units: Sequence[UnitTypeEntry]
) -> dict[str, Any]:
    entries = [entry for several in described.values() for entry in several]
    named = {name for entry in entries for name in entry.identified_by}
    named |= {measure.unit_type for entry in entries for measure in entry.measures if measure.unit_type}
    return {
        "title": catalogue.title.nb,
        "description": catalogue.title.nb,
        **form.of_catalogue,
        "unittypes": [_unit_type(unit) for unit in units if unit.name in named],
        "datasets": [
            _dataset(form, catalogue, dataset, described[dataset.name])
            for dataset in catalogue.datasets
            if dataset.name in described
        ],
    }


def _unit_type(unit: UnitTypeEntry) -> dict[str, Any]:
    return {
        "shortName": unit.name,
        "name": spoken(unit.label),
        "description": spoken(unit.description),
        **given("dataType", unit.data_type),
        **given("valueDomain", domain_document(unit.domain) if unit.domain else None),
    }


def _dataset(form: _Form, catalogue: Catalogue, dataset: Dataset, entries: Sequence[VariableEntry]) -> dict[str, Any]:
    title = f"{dataset.label.nb}: {catalogue.title.nb}".replace("/", "-")  # the tool makes file names of it
    return {
        "identifier": f"{catalogue.name}.{dataset.name}",
        "title": title,
        "description": dataset.definition.nb,
        **form.of_dataset,
        "variables": [_variable(form, entry) for entry in entries],
    }


def _variable(form: _Form, entry: VariableEntry) -> dict[str, Any]:
    """Plain texts where one version cannot take a text in several languages."""
    return {
        "name": entry.name,
        "temporalityType": entry.temporality,
        "sensitivityLevel": entry.openness,
        **form.address(entry.name),
        "populationDescription": [first(entry.population)],
        "subjectFields": [first(subject) for subject in entry.subjects],
        "identifierVariables": [{"unitType": name} for name in entry.identified_by],
        "measureVariables": [
            {
                "label": first(measure.label),
                "description": spoken(measure.description),
                **given("dataType", measure.data_type),
                **given("unitType", measure.unit_type),
            }
            for measure in entry.measures
        ],
    }
