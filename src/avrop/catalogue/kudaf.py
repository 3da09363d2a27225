"""Our catalogue as what KUDAF knows: variables and unit types, as entries of a commons and as its two documents.

A measure's code list travels as a unit type of its own, since that is the only way it travels. Its name, and that of
any other unit type of ours, begins with the catalogue's; the common ones keep theirs.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from avrop.catalogue.codelists import CodeList
from avrop.catalogue.commons import CodeEntry, Domain, Form, MeasureEntry, Said, UnitTypeEntry, VariableEntry, Words
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.kudaf_documents import unit_type_document, variable_document
from avrop.catalogue.unittypes import Text, UnitType
from avrop.catalogue.variables import DataType, Variable

FORMS: Mapping[DataType, Form] = {"text": "STRING", "integer": "LONG", "number": "DOUBLE", "date": "DATE"}
"""Our data types, and KUDAF's."""


def said(text: Text) -> Said:
    """Our text in KUDAF's languages: bokmål as `no`, as its own tools write it."""
    spoken: list[Words] = [Words(language="no", value=text.nb)]
    if text.nn is not None:
        spoken.append(Words(language="nn", value=text.nn))
    return (*spoken, Words(language="en", value=text.en))


def _common(name: str, label: Text, description: Text) -> UnitTypeEntry:
    domain = Domain(description=said(Text(nb="Identifikator", en="Identifier")))
    return UnitTypeEntry(name=name, label=said(label), description=said(description), data_type="STRING", domain=domain)


COMMON: tuple[UnitTypeEntry, ...] = (
    _common("PERSON", Text(nb="Person", en="Person"), Text(nb="Et menneske", en="A human being")),
    _common("ORGANISASJON", Text(nb="Organisasjon", en="Organisation"),
            Text(nb="En juridisk enhet", en="A legal entity")),
    _common("KOMMUNE", Text(nb="Kommune", en="Municipality"),
            Text(nb="En kommune som område", en="A municipality as an area")),
    _common("FYLKE", Text(nb="Fylke", en="County"), Text(nb="Et fylke som område", en="A county as an area")),
    _common("FYLKESKOMMUNE", Text(nb="Fylkeskommune", en="County municipality"),
            Text(nb="En fylkeskommune som virksomhet", en="A county municipality as an organisation")),
)  # fmt: skip
"""The unit types that every catalogue may use without describing them."""
_COMMON_NAMES = frozenset(unit.name for unit in COMMON)


def variables_document(catalogue: Catalogue, *, on: date, data_url: str | None = None) -> list[dict[str, Any]]:
    """The document of variables: one entry per variable that may be asked for on that day.

    `data_url` ends with a slash; a variable's data are at it with the variable's name. Identifiers are no variables:
    they are what the others are identified by.
    """
    units = {unit.name: unit for unit in (*COMMON, *unit_types(catalogue, on=on))}
    entries = (entry for dataset in catalogue.datasets for entry in variables(catalogue, dataset, on=on))
    return [
        variable_document(entry, units, data_url=f"{data_url}{entry.name}" if data_url else None) for entry in entries
    ]


def unit_types_document(catalogue: Catalogue, *, on: date) -> list[dict[str, Any]]:
    """The document of unit types: the catalogue's own, code lists among them; the common ones are not repeated."""
    return [unit_type_document(unit) for unit in unit_types(catalogue, on=on)]


def variables(catalogue: Catalogue, dataset: Dataset, *, on: date) -> tuple[VariableEntry, ...]:
    """A dataset's variables as a commons takes them. A shared variable stands in the first dataset that has it."""
    earlier: set[str] = set()
    for other in catalogue.datasets:
        if other.name == dataset.name:
            break
        earlier |= set(other.variables)
    found = (catalogue.variable(name) for name in dataset.variables if name not in earlier)
    return tuple(
        _variable(catalogue, dataset, variable)
        for variable in found
        if variable.sensitivity != "identifier" and not variable.gone(on)
    )


def unit_types(catalogue: Catalogue, *, on: date) -> tuple[UnitTypeEntry, ...]:
    """The catalogue's own unit types that its variables need: identifiers first, then one per code list."""
    entries = [entry for dataset in catalogue.datasets for entry in variables(catalogue, dataset, on=on)]
    identifying = {name for entry in entries for name in entry.identified_by} - _COMMON_NAMES
    measured = {measure.unit_type for entry in entries for measure in entry.measures}
    own = [_unit_type(catalogue, unit) for unit in catalogue.unit_types]
    codes = [_codes(catalogue, code_list) for code_list in catalogue.code_lists]
    return (
        *(unit for unit in own if unit.name in identifying),
        *(unit for unit in codes if unit.name in measured),
    )


def _variable(catalogue: Catalogue, dataset: Dataset, variable: Variable) -> VariableEntry:
    unit = _unit(catalogue, catalogue.variable(dataset.person).unit_type)
    listed = variable.code_list is not None
    measure = MeasureEntry(
        label=said(variable.label),
        description=said(variable.definition),
        data_type=FORMS[variable.data_type],
        unit_type=_list_name(catalogue, str(variable.code_list)) if listed else None,
        domain=None if listed else Domain(description=said(_described(variable))),
    )
    return VariableEntry(
        name=variable.name,
        temporality=variable.temporality,
        openness="NONPUBLIC",
        population=said(variable.population or unit.definition),
        subjects=(said(dataset.label),),
        identified_by=(_unit_name(catalogue, unit),),
        measures=(measure,),
    )


def _unit(catalogue: Catalogue, name: str) -> UnitType:
    return next(unit for unit in catalogue.unit_types if unit.name == name)


def _unit_type(catalogue: Catalogue, unit: UnitType) -> UnitTypeEntry:
    return UnitTypeEntry(
        name=_unit_name(catalogue, unit), label=said(unit.label), description=said(unit.definition), data_type="STRING"
    )


def _unit_name(catalogue: Catalogue, unit: UnitType) -> str:
    return unit.name if unit.name in _COMMON_NAMES else _own(catalogue, unit.name)


def _own(catalogue: Catalogue, name: str) -> str:
    return f"{catalogue.name}_{name}".upper()


def _list_name(catalogue: Catalogue, name: str) -> str:
    """What a code list is called as a unit type: a unit type of ours may have its name already."""
    made = _own(catalogue, name)
    return f"{made}_CODES" if made in {_unit_name(catalogue, unit) for unit in catalogue.unit_types} else made


def _codes(catalogue: Catalogue, code_list: CodeList) -> UnitTypeEntry:
    """A code list as a unit type. Our validity ends before a day, KUDAF's on one."""
    codes = tuple(
        CodeEntry(
            code=code.code,
            title=said(code.label),
            valid_from=code.valid_from.isoformat(),
            valid_until=(code.valid_to - timedelta(days=1)).isoformat() if code.valid_to else None,
        )
        for code in code_list.codes
    )
    return UnitTypeEntry(
        name=_list_name(catalogue, code_list.name),
        label=said(code_list.title),
        description=said(code_list.title),
        data_type="STRING",
        domain=Domain(codes=codes),
    )


def _described(variable: Variable) -> Text:
    """A value domain that is no code list, in words."""
    if variable.data_type == "date":
        return Text(nb="Dato etter ISO 8601", en="Date after ISO 8601")
    if variable.data_type == "text":
        form = variable.pattern
        return (
            Text(nb=f"Tekst på formen {form}", en=f"Text of the form {form}") if form else Text(nb="Tekst", en="Text")
        )
    low, high = variable.minimum, variable.maximum
    lower = ("", "") if low is None else (f" fra {low}", f" from {low}")
    upper = ("", "") if high is None else (f" til {high}", f" to {high}")
    norwegian, english = ("Tall", "Number") if variable.data_type == "number" else ("Heltall", "Whole number")
    return Text(nb=f"{norwegian}{lower[0]}{upper[0]}", en=f"{english}{lower[1]}{upper[1]}")
