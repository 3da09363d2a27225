"""The forms of kudaf_datasource_tools' configuration, with texts in either of its two ways of writing.

Keys that a form does not know are let through, since the tools ignore them too; `unknown` names them.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any, Literal, TypeVar, dataclass_transform

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

T = TypeVar("T")

Temporality = Literal["FIXED", "EVENT", "STATUS", "ACCUMULATED"]
Words = Annotated[tuple[tuple[str, str], ...], BeforeValidator(lambda value: _words(value))]
"""A text as (language, words) pairs. A plain text is in `no`, as the tools take it."""


def _words(value: Any) -> Any:
    if isinstance(value, str):
        return (("no", value),)
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return tuple((each.get("languageCode"), each.get("value")) for each in value)
    return value


def _several(value: Any) -> Any:
    """A list of texts, each of which may be plain, in several languages, or a list of one language's."""
    given = value if isinstance(value, list) else [value]
    if given and all(isinstance(each, dict) for each in given):
        return [given]
    return given


Sayings = Annotated[tuple[Words, ...], BeforeValidator(_several)]


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(Field,))
def form(cls: type[T]) -> type[T]:
    """A frozen, keyword-only form whose keys are written in camel case; others are ignored."""
    # Pydantic looks for this name on any class; no class of ours declares it.
    cls.__pydantic_config__ = ConfigDict(alias_generator=to_camel, extra="ignore")  # type: ignore[attr-defined]  # Pydantic's
    return dataclass(frozen=True, kw_only=True)(cls)


@form
class ConfigCode:
    """A code, or a sentinel value, of a value domain."""

    code: str
    category_title: Words
    valid_from: date | None = None
    valid_until: date | None = None


@form
class ConfigDomain:
    """A value domain: enumerated by codes, or described."""

    description: Words = ()
    measurement_type: str | None = None
    measurement_unit_description: Words = ()
    code_list: tuple[ConfigCode, ...] | None = None
    sentinel_and_missing_values: tuple[ConfigCode, ...] | None = None
    uri_definition: Any = None


@form
class ConfigUnit:
    """An own unit type."""

    short_name: str
    name: Words = ()
    description: Words = ()
    data_type: str | None = None
    value_domain: ConfigDomain | None = None
    format: str | None = None
    valid_period: Any = None


@form
class ConfigIdentifier:
    """An identifier of a variable: a unit type by its name, or described in place."""

    unit_type: str | ConfigUnit


@form
class ConfigMeasure:
    """What a variable measures."""

    label: Words
    description: Words
    unit_type: str | ConfigUnit | None = None
    data_type: str | None = None
    value_domain: ConfigDomain | None = None
    format: str | None = None
    uri_definition: Any = None
    valid_period: Any = None


@form
class ConfigFile:
    """A data file."""

    file_name_ext: str
    csv_parse_delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    file_directory: str | None = None
    valid_period: Any = None


@form
class ConfigMapping:
    """Which columns of which file a variable is served from."""

    data_file: ConfigFile | None = None
    identifier_columns: tuple[str, ...] = ()
    measure_columns: tuple[str, ...] = ()
    measure_columns_accumulated: bool = False
    attribute_columns: tuple[str, ...] | None = None
    api_url: Any = None
    api_info: Any = None


@form
class ConfigVariable:
    """A variable as its provider wrote it. `dataset` is the described dataset that it stands in, if any."""

    name: str
    temporality_type: Temporality
    sensitivity_level: Literal["PUBLIC", "NONPUBLIC"]
    identifier_variables: tuple[ConfigIdentifier, ...]
    measure_variables: tuple[ConfigMeasure, ...]
    population_description: Sayings = ()
    spatial_coverage_description: Sayings | None = None
    subject_fields: Any = None
    data_retrieval_url: str | None = None
    updated_at: Any = None
    data_revision: Any = None
    data_mapping: ConfigMapping | None = None
    dataset: str | None = None


def unknown(of: type, given: Any) -> list[str]:
    """The keys of a mapping that the form does not know."""
    known = {to_camel(field.name) for field in fields(of)}
    return [key for key in given if key not in known] if isinstance(given, dict) else []
