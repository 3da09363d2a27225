"""KUDAF's document of variables, read: what any datasource answers at `/api/metadata/variables`.

Fields that a commons has no place for are passed over. A unit type stands within each variable that names it; what it
is called the first time counts.
"""

import json
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from avrop.canonical import build
from avrop.catalogue.commons import (
    CodeEntry,
    DatasetEntry,
    Domain,
    Form,
    MeasureEntry,
    Openness,
    Temporality,
    UnitTypeEntry,
    VariableEntry,
    Words,
)
from avrop.catalogue.told import Told, ToldDataset
from avrop.catalogue.told_texts import Day, Label, Line, Name, Texts, once
from avrop.errors import Mistake

MOST = 20_000


class _Read(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class _Code(_Read):
    code: Line
    category_title: Label = ()
    valid_from: Day = None
    valid_until: Day = None

    def entry(self) -> CodeEntry:
        return CodeEntry(
            code=self.code, title=self.category_title, valid_from=self.valid_from, valid_until=self.valid_until
        )


_Codes = Annotated[list[_Code], AfterValidator(once)]


class _Domain(_Read):
    description: Texts = ()
    measurement_type: Line | None = None
    measurement_unit_description: Texts = ()
    uri_definition: list[Line | None] = []
    code_list: _Codes = []
    sentinel_and_missing_values: _Codes = []

    def entry(self) -> Domain:
        return Domain(
            description=self.description, measurement_type=self.measurement_type,
            measurement_unit=self.measurement_unit_description, definitions=tuple(self.uri_definition),
            codes=tuple(code.entry() for code in self.code_list),
            missing=tuple(code.entry() for code in self.sentinel_and_missing_values),
        )  # fmt: skip


class _Represented(_Read):
    description: Texts = ()
    value_domain: _Domain = _Domain()


class _KeyType(_Read):
    name: Name
    label: Label = ()
    description: Texts = ()


class _Part(_Read):
    """An identifier or a measure."""

    label: Label = ()
    data_type: Form | None = None
    key_type: _KeyType | None = None
    represented_variables: Annotated[list[_Represented], Field(max_length=1)] = []

    @property
    def represented(self) -> _Represented:
        return self.represented_variables[0] if self.represented_variables else _Represented()

    def unit(self) -> UnitTypeEntry | None:
        if self.key_type is None:
            return None
        key, domain = self.key_type, self.represented.value_domain.entry()
        return UnitTypeEntry(
            name=key.name, label=key.label, description=key.description, data_type=self.data_type, domain=domain
        )


class _Variable(_Read):
    name: Name
    temporality_type: Temporality
    sensitivity_level: Openness = "NONPUBLIC"
    data_retrieval_url: Line | None = None
    population_description: Texts = ()
    spatial_coverage_description: Texts = ()
    subject_fields: Annotated[list[Label], Field(max_length=100)] = []
    identifier_variables: Annotated[list[_Part], Field(max_length=20)] = []
    measure_variables: Annotated[list[_Part], Field(max_length=20)] = []

    def entry(self) -> VariableEntry:
        return VariableEntry(
            name=self.name, temporality=self.temporality_type, openness=self.sensitivity_level,
            data_url=self.data_retrieval_url, population=self.population_description,
            coverage=self.spatial_coverage_description, subjects=tuple(self.subject_fields),
            identified_by=tuple(unit.name for part in self.identifier_variables if (unit := part.unit()) is not None),
            measures=tuple(_measure(part) for part in self.measure_variables),
        )  # fmt: skip


def _measure(part: _Part) -> MeasureEntry:
    unit = part.unit()
    return MeasureEntry(
        label=part.label, description=part.represented.description, data_type=part.data_type,
        unit_type=unit.name if unit else None, domain=None if unit else part.represented.value_domain.entry(),
    )  # fmt: skip


class _Document(_Read):
    variables: Annotated[list[_Variable], Field(max_length=MOST)]


def read_document(text: str, *, media_type: str, title: str, base: str = "") -> Told:
    """What the text of a document says. Errors (Mistake): `gather.json`, and those of `read_variables`."""
    del media_type, base  # servers call it many things; what it is shows
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise Mistake("gather.json", "The answer is not JSON.", hint="Name the address of the variables.") from None
    return read_variables(values, what="The answer", title=title)


def read_variables(values: Any, *, what: str, title: str) -> Told:
    """What the document's parsed JSON says, as one dataset of that title.

    Errors (Mistake): `document.unreadable` with the place of each fault. A variable that is said twice is a conflict.
    """
    document = cast("_Document", build(_Document, {"variables": values}, what=what))
    found: dict[str, VariableEntry] = {}
    units: dict[str, UnitTypeEntry] = {}
    conflicts = []
    for variable in document.variables:
        if variable.name in found:
            conflicts.append(f"The variable {variable.name!r} is said more than once; the first one counts.")
            continue
        found[variable.name] = variable.entry()
        for part in (*variable.identifier_variables, *variable.measure_variables):
            unit = part.unit()
            if unit is not None:
                units.setdefault(unit.name, unit)
    entry = DatasetEntry(title=(Words(language="no", value=title),))
    dataset = ToldDataset(entry=entry, variables=tuple(found.values()))
    return Told(datasets=(dataset,), units=tuple(units.values()), conflicts=tuple(dict.fromkeys(conflicts)))
