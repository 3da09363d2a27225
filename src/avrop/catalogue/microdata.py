"""One of our variables as microdata-tools describes it: the JSON beside a dataset of one measure."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from avrop.catalogue.codelists import CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import DataType, Variable
from avrop.errors import Refusal

TYPES: Mapping[DataType, str] = {"text": "STRING", "integer": "LONG", "number": "DOUBLE", "date": "DATE"}
"""Our data types, and that form's."""
UNIT_TYPES = frozenset({"PERSON"})
"""Whom a generation's rows are about: its pseudonyms stand for people, and for nobody else."""
_NAME = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)


def require_name(name: str) -> None:
    """Refuse a variable that cannot be a dataset's name there. Errors: `export.name` (Refusal)."""
    if not _NAME.fullmatch(name):
        raise Refusal(
            "export.name",
            "In that form a dataset's name has capital letters, digits and underscores, and begins with a letter.",
            hint="Export another variable.",
            variable=name,
        )


def metadata(
    catalogue: Catalogue, dataset: Dataset, variable: Variable, *, level: str, revision: Text
) -> dict[str, Any]:
    """The JSON document of a variable at a level; `revision` says which edition of the data it stands beside.

    Errors: `export.name`, `export.unit_type` (Refusal).
    """
    require_name(variable.name)
    unit = _unit(catalogue, dataset)
    return {
        "temporalityType": variable.temporality,
        "sensitivityLevel": "PERSON_SPECIAL" if variable.sensitivity == "special category" else "PERSON_GENERAL",
        "populationDescription": _spoken(variable.population or unit.definition),
        "subjectFields": [_spoken(dataset.label)],
        "dataRevision": {"description": _spoken(revision)},
        "identifierVariables": [{"unitType": unit.name}],
        "measureVariables": [_measure(catalogue, variable, level)],
    }


def data_type(variable: Variable, level: str) -> DataType:
    """The type of the values: text on every level but the one that is stored."""
    return variable.data_type if variable.level_index(level) == 0 else "text"


def _unit(catalogue: Catalogue, dataset: Dataset) -> UnitType:
    name = catalogue.variable(dataset.person).unit_type
    found = next((unit for unit in catalogue.unit_types if unit.name == name), None)
    if found is None or name not in UNIT_TYPES:
        raise Refusal(
            "export.unit_type",
            f"In that form rows can be about these unit types only: {', '.join(sorted(UNIT_TYPES))}.",
            hint="Hand the generation over in another form.",
            dataset=dataset.name,
        )
    return found


def _measure(catalogue: Catalogue, variable: Variable, level: str) -> dict[str, Any]:
    kind = data_type(variable, level)
    listed = variable.code_list is not None and variable.level_index(level) == 0
    return {
        "name": _spoken(variable.label),
        "description": _spoken(variable.definition),
        "dataType": TYPES[kind],
        "valueDomain": (
            {"codeList": _codes(catalogue.code_list(str(variable.code_list)), kind)}
            if listed
            else {"description": _spoken(_described(variable, level))}
        ),
    }


def _codes(code_list: CodeList, kind: DataType) -> list[dict[str, Any]]:
    """The codes with the periods in which they hold. Ours end before a day, that form's on one."""
    found = []
    for code in code_list.codes:
        one: dict[str, Any] = {
            "code": int(code.code) if kind == "integer" else code.code,
            "categoryTitle": _spoken(code.label),
            "validFrom": code.valid_from.isoformat(),
        }
        if code.valid_to is not None:
            one["validUntil"] = (code.valid_to - timedelta(days=1)).isoformat()
        found.append(one)
    return found


def _described(variable: Variable, level: str) -> Text:
    """A value domain that is no code list, in words: the coarser levels, dates, numbers and free text."""
    if variable.level_index(level) > 0:
        return Text(nb=f"Grovgjort til nivået {level}", en=f"Coarsened to the level {level}")
    if variable.data_type == "date":
        return Text(nb="Dato", en="Date")
    if variable.data_type == "integer":
        return Text(nb="Heltall", en="Whole number")
    if variable.data_type == "number":
        return Text(nb="Tall", en="Number")
    form = variable.pattern
    return Text(nb=f"Tekst på formen {form}", en=f"Text of the form {form}") if form else Text(nb="Tekst", en="Text")


def _spoken(text: Text) -> list[dict[str, str]]:
    """Our text in that form's languages; bokmål is `no`. No empty text may stand there."""
    said = (("no", text.nb), ("nn", text.nn), ("en", text.en))
    return [{"languageCode": language, "value": value} for language, value in said if value]
