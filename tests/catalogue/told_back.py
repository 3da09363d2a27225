"""Readers of what each lossy form says of our variables, written from the forms: field by field, what comes back.

`BACK` gives for each form a function of the whole: the fields of each variable that is told of, by its name. What a form
carries in part comes back as `PARTLY` says: our value without what the form has no place for.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import unquote

import yaml

from avrop.catalogue import csvw, dcat, kudaf, kudaf_upload, microdata
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.publishing import AskedPoint, Publishing
from avrop.catalogue.triples import Literal
from avrop.catalogue.unittypes import Text
from avrop.catalogue.variables import Variable

ON = date(2026, 1, 1)
PUBLISHING = Publishing(
    name="p", description="p", number="123456785", kind="https://example.org/kind",
    contact=AskedPoint(name="p", email="p@example.org", url="https://example.org/"), themes=("https://example.org/t",),
)  # fmt: skip
PLACES = dcat.Places(base="https://example.org/dcat/", pages="https://example.org/")
Fields = dict[str, Any]
_TYPES = {"STRING": "text", "LONG": "integer", "DOUBLE": "number", "DATE": "date"}


def _text(said: list[dict[str, str]]) -> Text:
    words = {each["languageCode"]: each["value"] for each in said}
    return Text(nb=words["no"], nn=words.get("nn"), en=words["en"])


def _domain(told: Fields) -> Fields:
    """Pattern and bounds as a domain in words says them."""
    words = _text(told["description"]).en if "description" in told else ""
    low, high = re.search(r" from (-?\d+)", words), re.search(r" to (-?\d+)$", words)
    form = words.removeprefix("Text of the form ") if words.startswith("Text of the form ") else None
    bounded = words.startswith("Whole number")
    return {
        "pattern": form,
        "minimum": int(low[1]) if low and bounded else None,
        "maximum": int(high[1]) if high and bounded else None,
    }


def _of_list(catalogue: Catalogue, unit: str | None) -> str | None:
    """Our code list by the unit type that it is told as."""
    units = {f"{catalogue.name}_{each.name}".upper() for each in catalogue.unit_types if each.name != "PERSON"}
    for each in catalogue.code_lists:
        name = f"{catalogue.name}_{each.name}".upper()
        if unit == (f"{name}_CODES" if name in units else name):
            return each.name
    return None


def of_documents(catalogue: Catalogue) -> dict[str, Fields]:
    found = {}
    for told in kudaf.variables_document(catalogue, on=ON):
        (measure,) = told["measureVariables"]
        (represented,) = measure["representedVariables"]
        found[told["name"]] = {
            "name": told["name"], "label": measure["label"], "definition": _text(represented["description"]),
            "data_type": _TYPES[measure["dataType"]], "temporality": told["temporalityType"], "sensitivity": "told",
            "code_list": _of_list(catalogue, measure.get("keyType", {}).get("name")), "withdrawn": "not yet",
            "population": _text(told["populationDescription"]), **_domain(represented["valueDomain"]),
        }  # fmt: skip
    return found


def of_upload(catalogue: Catalogue) -> dict[str, Fields]:
    (text,) = kudaf_upload.configurations(catalogue, PUBLISHING, tool="0.2.0", on=ON).values()
    found = {}
    for told in (each for dataset in yaml.safe_load(text)["catalogs"][0]["datasets"] for each in dataset["variables"]):
        (measure,) = told["measureVariables"]
        found[told["name"]] = {
            "name": told["name"], "label": measure["label"], "definition": _text(measure["description"]),
            "data_type": _TYPES[measure["dataType"]], "temporality": told["temporalityType"], "sensitivity": "told",
            "code_list": _of_list(catalogue, measure.get("unitType")), "withdrawn": "not yet",
            "population": told["populationDescription"][0],
        }  # fmt: skip
    return found


def of_microdata(catalogue: Catalogue) -> dict[str, Fields]:
    found = {}
    for dataset in catalogue.datasets:
        for variable in map(catalogue.variable, dataset.variables):
            level = variable.levels[0].name
            told = microdata.metadata(catalogue, dataset, variable, level=level, revision=Text(nb="r", en="r"))
            (measure,) = told["measureVariables"]
            codes = [each["code"] for each in measure["valueDomain"].get("codeList", [])]
            found[variable.name] = {
                "label": _text(measure["name"]), "definition": _text(measure["description"]),
                "data_type": _TYPES[measure["dataType"]], "temporality": told["temporalityType"],
                "sensitivity": told["sensitivityLevel"], "code_list": codes,
                "population": _text(told["populationDescription"]),
                "pattern": _domain(measure["valueDomain"])["pattern"],
            }  # fmt: skip
    return found


def of_csvw(catalogue: Catalogue) -> dict[str, Fields]:
    def words(said: list[dict[str, str]]) -> Text:
        return Text(**{each["@language"]: each["@value"] for each in said})

    bases = {"string": "text", "integer": "integer", "double": "number", "date": "date"}
    found = {}
    for dataset in catalogue.datasets:
        told = csvw.table(catalogue, dataset, file="d.csv", codes=lambda name: name)
        for column in told["tableSchema"]["columns"]:
            name, form = unquote(column["name"]), column["datatype"]
            found[name] = {
                "name": column["titles"], "label": words(column["rdfs:label"]),
                "definition": words(column["dc:description"]), "data_type": bases[form["base"]],
                "pattern": form.get("format"), "minimum": form.get("minimum"), "maximum": form.get("maximum"),
                "nullable": not column["required"], "code_list": "rdfs:seeAlso" in column,
            }  # fmt: skip
    return found


def of_dcat(catalogue: Catalogue) -> list[tuple[str, object]]:
    """Keywords and days: of a dataset's variables together, since it says nothing of one alone."""
    return sorted(
        (predicate.text, (thing.language, thing.text))
        for _, predicate, thing in dcat.statements(catalogue, PUBLISHING, [], PLACES, issued=ON)
        if predicate.text in ("dcat:keyword", "dcat:startDate") and isinstance(thing, Literal)
    )


BACK: Mapping[str, Callable[[Catalogue], dict[str, Fields]]] = {
    "documents of KUDAF": of_documents,
    "upload to KUDAF": of_upload,
    "microdata.no": of_microdata,
    "CSVW": of_csvw,
}


def _population(catalogue: Catalogue, variable: Variable) -> Text:
    dataset = next(each for each in catalogue.datasets if variable.name in each.variables)
    unit = catalogue.variable(dataset.person).unit_type
    return variable.population or next(each.definition for each in catalogue.unit_types if each.name == unit)


def _codes(catalogue: Catalogue, variable: Variable) -> list[str]:
    listed = variable.code_list
    return [] if listed is None else [each.code for each in catalogue.code_list(listed).codes]


Part = Callable[[Catalogue, Variable], object]
_TOLD: Mapping[str, Part] = {
    "label": lambda _, v: v.label.nb,
    "sensitivity": lambda _, v: "told" if v.sensitivity != "identifier" else None,
    "withdrawn": lambda _, v: None if v.gone(ON) else "not yet",
}
PARTLY: Mapping[str, Mapping[str, Part]] = {
    "documents of KUDAF": {**_TOLD, "population": _population},
    "upload to KUDAF": {**_TOLD, "population": lambda c, v: _population(c, v).nb},
    "microdata.no": {
        "sensitivity": lambda _, v: (
            "PERSON_SPECIAL" if v.sensitivity == "special category" else "PERSON_GENERAL"
        ),
        "population": _population,
        "code_list": _codes,
    },
    "CSVW": {
        "code_list": lambda _, v: v.code_list is not None,
        "pattern": lambda _, v: None if v.sensitivity == "identifier" else v.pattern,
    },
}  # fmt: skip
