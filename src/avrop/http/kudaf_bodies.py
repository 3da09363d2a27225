"""What KUDAF's tools send to a metadata back-end, in all the shapes that their versions send it in."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from avrop.catalogue import commons as c
from avrop.catalogue.told_texts import Day, Label, Line, Name, Texts, once
from avrop.errors import Mistake

_LONGEST_TITLE, _MOST = 300, 20_000


def _named(said: c.Said) -> c.Said:
    if not 0 < len(c.first(said).strip()) <= _LONGEST_TITLE:
        raise ValueError("has no text, or one that is too long")
    return said


def _listed(value: Any) -> Any:
    """One, several or none, as a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


Title = Annotated[Label, AfterValidator(_named)]
Number = Annotated[int, Field(ge=1, lt=2**31)]
"""What the database numbers its rows with."""


class _Body(BaseModel):
    """Fields in camel case, as most of them are sent, or as they are named here; others are passed over."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class ContactBody(_Body):
    """Whom to ask: the older versions send `fullname` and `landing_page`."""

    name: Texts = Field((), validation_alias=AliasChoices("name", "fullname"))
    identifier: Line | None = None
    mbox: Line | None = None
    url: Line | None = Field(None, validation_alias=AliasChoices("url", "landing_page", "landingPage"))

    def entry(self) -> c.Contact:
        """The same as the commons keeps it."""
        return c.Contact(
            name=c.first(self.name) or None, identifier=self.identifier, email=self.mbox, url=self.url
        )  # fmt: skip


Contacts = Annotated[tuple[ContactBody, ...], BeforeValidator(_listed), Field(max_length=_MOST)]


class PublisherBody(_Body):
    """Who publishes. A catalogue's comes with an `organization` that has the description."""

    name: Title
    identifier: Line | None = None
    type: Line | None = None
    description: Texts = ()
    organization: "PublisherBody | None" = None

    def entry(self) -> c.Publisher:
        """The same as the commons keeps it."""
        inner = self.organization or self
        return c.Publisher(
            name=c.first(self.name), number=self.identifier or inner.identifier, kind=self.type,
            description=self.description or inner.description,
        )  # fmt: skip


class CatalogueBody(_Body):
    """A catalogue."""

    title: Title
    description: Texts = ()
    publisher: PublisherBody
    contact_point: Contacts = ()

    def entry(self) -> c.CatalogueEntry:
        """The same as the commons keeps it."""
        contacts = tuple(contact.entry() for contact in self.contact_point)
        return c.CatalogueEntry(
            title=self.title, description=self.description, contacts=contacts, publisher=self.publisher.entry()
        )


class DatasetBody(_Body):
    """A dataset. Its catalogue is named in camel case, its own id is not."""

    catalog_id: Number
    dataset_id: Line | None = Field(None, validation_alias=AliasChoices("dataset_id", "datasetId", "identifier"))
    title: Title
    description: Texts = ()
    publisher: PublisherBody | None = None
    contact_point: Contacts = ()

    def entry(self) -> c.DatasetEntry:
        """The same as the commons keeps it."""
        return c.DatasetEntry(
            title=self.title,
            description=self.description,
            contacts=tuple(contact.entry() for contact in self.contact_point),
            publisher=self.publisher.entry() if self.publisher else None,
        )


class CodeBody(_Body):
    """One code, or one value that stands for a missing one."""

    code: Line
    category_title: Label
    valid_from: Day = None
    valid_until: Day = None

    def entry(self) -> c.CodeEntry:
        """The same as the commons keeps it."""
        return c.CodeEntry(
            code=self.code, title=self.category_title, valid_from=self.valid_from, valid_until=self.valid_until
        )  # fmt: skip


Codes = Annotated[tuple[CodeBody, ...], BeforeValidator(_listed), AfterValidator(once)]


class DomainBody(_Body):
    """A value domain."""

    description: Texts = ()
    measurement_type: Line | None = None
    measurement_unit_description: Texts = ()
    uri_definition: Annotated[tuple[Line | None, ...], BeforeValidator(_listed)] = ()
    code_list: Codes = ()
    sentinel_and_missing_values: Codes = ()

    def entry(self) -> c.Domain:
        """The same as the commons keeps it."""
        return c.Domain(
            description=self.description,
            measurement_type=self.measurement_type,
            measurement_unit=self.measurement_unit_description,
            definitions=self.uri_definition,
            codes=tuple(code.entry() for code in self.code_list),
            missing=tuple(code.entry() for code in self.sentinel_and_missing_values),
        )


class PeriodBody(_Body):
    """From when something is valid."""

    start: Day = None


class UnitTypeBody(_Body):
    """A unit type."""

    short_name: Name
    name: Title
    description: Texts = ()
    data_type: c.Form | None = None
    format: Line | None = None
    value_domain: DomainBody | None = None
    valid_period: PeriodBody | None = None

    def entry(self) -> c.UnitTypeEntry:
        """The same as the commons keeps it."""
        return c.UnitTypeEntry(
            name=self.short_name,
            label=self.name,
            description=self.description,
            data_type=self.data_type,
            form=self.format,
            domain=self.value_domain.entry() if self.value_domain else None,
            valid_from=self.valid_period.start if self.valid_period else None,
        )


class UnitTypesBody(_Body):
    """A unit type and its catalogue."""

    catalog_id: Number = Field(validation_alias=AliasChoices("catalog_id", "catalogId"))
    unit_type: UnitTypeBody = Field(validation_alias=AliasChoices("unit_type", "unitType"))


class LinkBody(_Body):
    """A unit type by its number."""

    unit_type_id: Number = Field(validation_alias=AliasChoices("unit_type_id", "unitTypeId"))

    def named(self, names: Mapping[int, str]) -> str:
        """The unit type's name. Raises `commons.unit_type_unknown` (Mistake)."""
        if self.unit_type_id not in names:
            raise Mistake(
                "commons.unit_type_unknown",
                "A variable names a unit type that its catalogue does not have.",
                hint="Take the number from the catalogue's list of unit types.",
            )
        return names[self.unit_type_id]


class MeasureBody(_Body):
    """A measure."""

    label: Label = ()
    description: Texts = ()
    data_type: c.Form | None = None
    unit_type: LinkBody | None = None
    value_domain: DomainBody | None = None

    def entry(self, names: Mapping[int, str]) -> c.MeasureEntry:
        """The same as the commons keeps it."""
        return c.MeasureEntry(
            label=self.label,
            description=self.description,
            data_type=self.data_type,
            unit_type=self.unit_type.named(names) if self.unit_type else None,
            domain=self.value_domain.entry() if self.value_domain else None,
        )


class VariableBody(_Body):
    """A variable."""

    name: Name
    temporality_type: c.Temporality
    sensitivity_level: c.Openness
    data_retrieval_url: Line | None = None
    population_description: Texts = ()
    spatial_coverage_description: Texts = ()
    subject_fields: Annotated[tuple[Label, ...], BeforeValidator(_listed), Field(max_length=_MOST)] = ()
    identifier_variables: tuple[LinkBody, ...] = Field(min_length=1)
    measure_variables: tuple[MeasureBody, ...] = Field(min_length=1)

    def entry(self, names: Mapping[int, str]) -> c.VariableEntry:
        """The same as the commons keeps it; `names` are the unit types that it may name, by number."""
        return c.VariableEntry(
            name=self.name,
            temporality=self.temporality_type,
            openness=self.sensitivity_level,
            data_url=self.data_retrieval_url,
            population=self.population_description,
            coverage=self.spatial_coverage_description,
            subjects=self.subject_fields,
            identified_by=tuple(link.named(names) for link in self.identifier_variables),
            measures=tuple(measure.entry(names) for measure in self.measure_variables),
        )


class VariablesBody(_Body):
    """Variables and their dataset."""

    dataset_id: str = Field(validation_alias=AliasChoices("dataset_id", "datasetId"))
    variables: tuple[VariableBody, ...] = Field(min_length=1, max_length=_MOST)
