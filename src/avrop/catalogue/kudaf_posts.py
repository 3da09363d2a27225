"""What is sent to a metadata back-end of KUDAF: the bodies of its newer upload tool, and what they have no place for.

They are made of the same configuration that the tool reads, so that both say the same.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.kudaf import variables
from avrop.catalogue.kudaf_documents import given
from avrop.catalogue.publishing import Publishing
from avrop.catalogue.variables import Variable

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


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Fields of a variable that the bodies have no place for, or not for all of, and of which variables that is so."""

    sentence: str
    fields: tuple[str, ...]
    of: Callable[[Variable], bool]


LOSSES: tuple[Loss, ...] = (
    Loss(
        sentence="Value domains of variables without a code list.", fields=("pattern", "minimum", "maximum"),
        of=lambda v: v.code_list is None,
    ),
    Loss(
        sentence="Labels, populations and subjects in other languages than Norwegian.",
        fields=("label", "population"), of=lambda _: True,
    ),
    Loss(sentence="Ladders of coarser levels.", fields=("levels",), of=lambda v: len(v.levels) > 1),
    Loss(
        sentence="Days from which there are values, and breaks.", fields=("since", "breaks"),
        of=lambda v: bool(v.since or v.breaks),
    ),
    Loss(
        sentence="Announced withdrawals, and what to ask for instead.", fields=("withdrawn", "successors"),
        of=lambda v: bool(v.withdrawn or v.successors),
    ),
    Loss(
        sentence="How sensitive it is, what it is about, where it comes from.",
        fields=("sensitivity", "unit_type", "source"), of=lambda _: True,
    ),
    Loss(sentence="That it may be empty.", fields=("nullable",), of=lambda v: v.nullable),
    Loss(sentence="What its description leaves open.", fields=("open_points",), of=lambda v: bool(v.open_points)),
    Loss(
        sentence="That it is described only, and cannot be asked for.", fields=("described_only",),
        of=lambda v: bool(v.described_only),
    ),
)  # fmt: skip
"""Every field of a variable that is not carried whole, once: a test compares them with what comes back."""


def left_out(
    catalogue: Catalogue, publishing: Publishing, *, on: date, beyond: bool = False
) -> tuple[tuple[str, int], ...]:
    """What is described and has no place in these bodies, each as a sentence and how often it is so; `beyond`: where
    more is told of datasets than these bodies can carry."""
    sent = {entry.name for dataset in catalogue.datasets for entry in variables(catalogue, dataset, on=on)}
    described = [variable for variable in catalogue.variables if variable.name in sent]
    found = {loss.sentence: _count(map(loss.of, described)) for loss in LOSSES} | {
        "Further datasets of a variable that several share: it is sent with the first.": _count(
            sum(variable.name in dataset.variables for dataset in catalogue.datasets) > 1 for variable in described
        ),
        "The publisher's number and kind, in the catalogue.": 1,
        "Themes.": 0 if beyond else len(publishing.themes),
        "Laws, and what datasets are about.": 0 if beyond else len(publishing.laws) + len(publishing.subjects),
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
