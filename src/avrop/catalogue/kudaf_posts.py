"""What is sent to a metadata back-end of KUDAF: the bodies of its newer upload tool, and what they have no place for.

They are made of the same configuration that the tool reads, so that both say the same.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.kudaf import variables
from avrop.catalogue.kudaf_documents import given
from avrop.catalogue.publishing import Publishing

Told = Mapping[str, Any]
"""A part of the configuration: a catalogue, a unit type, a dataset or a variable."""


def catalogue_body(told: Told) -> dict[str, Any]:
    """A catalogue. Of its publisher only the name is sent."""
    name = told["publisher"]["name"]
    return {
        "title": _norwegian(told["title"]),
        "description": _norwegian(told["description"]),
        "publisher": {"name": name, "organization": {"name": name}},
        "contactPoint": told["contactPoint"],
    }


def unit_type_body(told: Told, catalogue: int) -> dict[str, Any]:
    """A unit type of that catalogue, with its codes."""
    return {"catalog_id": catalogue, "unit_type": dict(told)}


def dataset_body(told: Told, catalogue: int) -> dict[str, Any]:
    """A dataset of that catalogue. The two ids are written in two ways, as the tool writes them."""
    return {
        "catalogId": catalogue,
        "dataset_id": told["identifier"],
        "title": _norwegian(told["title"]),
        "description": _norwegian(told["description"]),
        "contactPoint": told["contactPoint"],
        "publisher": told["publisher"],
    }


def variable_body(told: Told, dataset: str, units: Mapping[str, int]) -> dict[str, Any]:
    """A variable of that dataset; `units` are the numbers of the unit types that it may name."""
    item = {
        "name": told["name"],
        **given("dataRetrievalUrl", told.get("dataRetrievalUrl")),
        "temporalityType": told["temporalityType"],
        "sensitivityLevel": told["sensitivityLevel"],
        "populationDescription": told["populationDescription"],
        "subjectFields": told["subjectFields"],
        "identifierVariables": [_link(each["unitType"], units) for each in told["identifierVariables"]],
        "measureVariables": [_measure(each, units) for each in told["measureVariables"]],
    }
    return {"dataset_id": dataset, "variables": [item]}


def units_named(told: Told) -> tuple[str, ...]:
    """The unit types that a variable names, each once."""
    parts = (*told["identifierVariables"], *told["measureVariables"])
    return tuple(dict.fromkeys(each["unitType"] for each in parts if "unitType" in each))


def left_out(catalogue: Catalogue, publishing: Publishing, *, on: date) -> tuple[tuple[str, int], ...]:
    """What is described and has no place in these bodies, each as a sentence and how often it is so."""
    entries = [entry for dataset in catalogue.datasets for entry in variables(catalogue, dataset, on=on)]
    sent = {entry.name for entry in entries}
    described = [variable for variable in catalogue.variables if variable.name in sent]
    measures = [measure for entry in entries for measure in entry.measures]
    found = {
        "Value domains of variables without a code list.": _count(measure.domain for measure in measures),
        "Labels, populations and subjects in other languages than Norwegian.": len(entries),
        "Ladders of coarser levels.": _count(len(variable.levels) > 1 for variable in described),
        "Days from which there are values, and breaks.": _count(v.since or v.breaks for v in described),
        "Announced withdrawals, and what to ask for instead.": _count(v.withdrawn or v.successors for v in described),
        "Further datasets of a variable that several share: it is sent with the first.": _count(
            sum(variable.name in dataset.variables for dataset in catalogue.datasets) > 1 for variable in described
        ),
        "The publisher's number and kind, in the catalogue.": 1,
        "Themes.": len(publishing.themes),
        "Laws, and what datasets are about.": len(publishing.laws) + len(publishing.subjects),
    }
    return tuple((sentence, count) for sentence, count in found.items() if count)


def _count(found: Iterable[object]) -> int:
    return sum(map(bool, found))


def _norwegian(text: str) -> dict[str, str]:
    return {"languageCode": "no", "value": text}


def _link(name: str, units: Mapping[str, int]) -> dict[str, int]:
    return {"unit_type_id": units[name]}


def _measure(told: Told, units: Mapping[str, int]) -> dict[str, Any]:
    return {
        "label": told["label"],
        "description": told["description"],
        "dataType": told.get("dataType"),
        **({"unitType": _link(told["unitType"], units)} if "unitType" in told else {}),
    }
