"""Entries of a commons as the entries of KUDAF's two documents: variables and unit types."""

from collections.abc import Mapping
from typing import Any

from avrop.catalogue.commons import (
    CodeEntry,
    Domain,
    MeasureEntry,
    Said,
    Temporality,
    UnitTypeEntry,
    VariableEntry,
    Words,
    first,
)


def variable_document(
    entry: VariableEntry, units: Mapping[str, UnitTypeEntry], *, data_url: str | None = None
) -> dict[str, Any]:
    """One entry of the document of variables. `units` are the unit types that it may name, by name."""
    return {
        "name": entry.name,
        "temporalityType": entry.temporality,
        **given("dataRetrievalUrl", data_url or entry.data_url),
        "sensitivityLevel": entry.openness,
        **given("populationDescription", spoken(entry.population)),
        **given("spatialCoverageDescription", spoken(entry.coverage)),
        **given("subjectFields", [spoken(subject) for subject in entry.subjects]),
        "identifierVariables": [_identifier(units[name]) for name in entry.identified_by],
        "measureVariables": [_measure(entry.name, measure, units) for measure in entry.measures],
        "attributeVariables": [_attribute("START", entry.temporality), _attribute("STOP", entry.temporality)],
    }


def unit_type_document(unit: UnitTypeEntry) -> dict[str, Any]:
    """One entry of the document of unit types."""
    named = {"shortName": unit.name, "name": spoken(unit.label), "description": spoken(unit.description)}
    return {
        **named,
        **given("dataType", unit.data_type),
        "valueDomain": domain_document(unit.domain),
        **given("validPeriod", {"start": unit.valid_from} if unit.valid_from else None),
        "unitType": named,
    }


def domain_document(domain: Domain | None) -> dict[str, Any]:
    """A value domain; what is not described says so, as the tools do."""
    domain = domain or Domain()
    described = domain.description or (() if domain.codes else _NOT_SAID)
    return {
        **given("description", spoken(described)),
        **given("measurementType", domain.measurement_type),
        **given("measurementUnitDescription", spoken(domain.measurement_unit)),
        **given("uriDefinition", list(domain.definitions)),
        **given("codeList", [_code(code) for code in domain.codes]),
        **given("sentinelAndMissingValues", [_code(code) for code in domain.missing]),
    }


def spoken(said: Said) -> list[dict[str, str]]:
    """A text as a list of languages."""
    return [{"languageCode": words.language, "value": words.value} for words in said]


def given(name: str, value: Any) -> dict[str, Any]:
    """The field, unless there is nothing to say in it."""
    return {name: value} if value else {}


def _code(code: CodeEntry) -> dict[str, Any]:
    validity = {**given("validFrom", code.valid_from), **given("validUntil", code.valid_until)}
    return {"code": code.code, "categoryTitle": spoken(code.title), **validity}


def _key_type(unit: UnitTypeEntry) -> dict[str, Any]:
    return {"name": unit.name, "label": first(unit.label), "description": spoken(unit.description)}


def _identifier(unit: UnitTypeEntry) -> dict[str, Any]:
    return {
        "name": unit.name,
        "label": first(unit.label),
        "variableRole": "Identifier",
        "dataType": unit.data_type or "STRING",
        "keyType": _key_type(unit),
        "representedVariables": [
            {"description": spoken(unit.description), "valueDomain": domain_document(unit.domain)}
        ],
    }  # fmt: skip


def _measure(name: str, measure: MeasureEntry, units: Mapping[str, UnitTypeEntry]) -> dict[str, Any]:
    unit = units[measure.unit_type] if measure.unit_type is not None else None
    domain = unit.domain if unit is not None else measure.domain
    return {
        "name": name,
        "label": first(measure.label),
        "variableRole": "Measure",
        **given("dataType", measure.data_type or (unit.data_type if unit else None)),
        **given("keyType", _key_type(unit) if unit else None),
        "representedVariables": [
            {"description": spoken(measure.description), "valueDomain": domain_document(domain)}
        ],
    }  # fmt: skip


def _attribute(which: str, temporality: Temporality) -> dict[str, Any]:
    name, description = (spoken(text) for text in _ATTRIBUTES[which][temporality])
    day = {"description": spoken(_said("Dato etter ISO 8601", "Date after ISO 8601"))}
    role = {"shortName": which, "dataType": "DATE", "variableRole": "Attribute"}
    return {**role, "valueDomain": day, "name": name, "description": description}


def _said(no: str, en: str) -> Said:
    return (Words(language="no", value=no), Words(language="en", value=en))


_NOT_SAID = (Words(language="no", value="N/A"),)
_FROM, _TO = _said("Startdato", "Start date"), _said("Stoppdato", "Stop date")
_MEASURED = _said("Måledato", "Date of measurement")
_ON = _said("Dagen verdien er målt", "The day on which the value was measured")
_ATTRIBUTES: Mapping[str, Mapping[Temporality, tuple[Said, Said]]] = {
    "START": {
        "FIXED": (_FROM, _said("Første dag enheten finnes", "First day of the unit")),
        "STATUS": (_MEASURED, _ON),
        "ACCUMULATED": (_FROM, _said("Første dag det er talt for", "First day that is counted")),
        "EVENT": (_FROM, _said("Første dag verdien gjelder", "First day on which the value holds")),
    },
    "STOP": {
        "FIXED": (_TO, _said("Siste dag enheten finnes", "Last day of the unit")),
        "STATUS": (_MEASURED, _ON),
        "ACCUMULATED": (_TO, _said("Siste dag det er talt for", "Last day that is counted")),
        "EVENT": (_TO, _said("Siste dag verdien gjelder", "Last day on which the value holds")),
    },
}
