"""What a publisher says to a data commons: catalogues, unit types with their codes, datasets, variables.

The form is the commons' own, poorer than ours: a variable has the same unit types and temporality, but its codes stand
on a unit type of its own, and there are no ladders. What a contract calls these fields is that contract's module's.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from avrop.canonical import document, unsaid

_LONGEST, _MOST = 2000, 500
Code = Literal["no", "nb", "nn", "en"]
"""`no` is Norwegian without saying which; publishers write bokmål under it."""
Form = Literal["STRING", "LONG", "DATE", "DOUBLE", "BOOL"]
Temporality = Literal["FIXED", "STATUS", "ACCUMULATED", "EVENT"]
Openness = Literal["PUBLIC", "NONPUBLIC"]
"""Of the data; what is said of them here is public."""


@document
class Words:
    """A text in one language. Several of the same language are several texts."""

    language: Code
    value: str


Said = tuple[Words, ...]
"""A text in the languages that it has, or nothing."""


@document
class Contact:
    """Whom to ask."""

    name: str | None = None
    identifier: str | None = None
    email: str | None = None
    url: str | None = None


@document
class Publisher:
    """Who answers for what is published. `number` is the organisation's number, `kind` an IRI of its type."""

    name: str
    number: str | None = None
    kind: str | None = None
    description: Said = ()


@document
class CodeEntry:
    """One code. Both dates, as texts, are within its validity."""

    code: str
    title: Said
    valid_from: str | None = None
    valid_until: str | None = None


@document
class Domain:
    """Which values there may be: described, or enumerated by codes."""

    description: Said = ()
    measurement_type: str | None = None
    measurement_unit: Said = ()
    definitions: tuple[str | None, ...] = ()
    codes: tuple[CodeEntry, ...] = ()
    missing: tuple[CodeEntry, ...] = ()


@document
class UnitTypeEntry:
    """What an identifier or a measure is about; `name` is unique within its catalogue."""

    name: str
    label: Said
    description: Said
    data_type: Form | None = None
    form: str | None = None
    domain: Domain | None = None
    valid_from: str | None = None


@document
class MeasureEntry:
    """What is measured. A measure that links to a unit type has that one's codes."""

    label: Said
    description: Said
    data_type: Form | None = None
    unit_type: str | None = None
    domain: Domain | None = None


@document
class VariableEntry:
    """One variable. `identified_by` and the measures name unit types of its catalogue, or common ones."""

    name: str
    temporality: Temporality
    openness: Openness
    identified_by: tuple[str, ...]
    measures: tuple[MeasureEntry, ...]
    data_url: str | None = None
    population: Said = ()
    coverage: Said = ()
    subjects: tuple[Said, ...] = ()


def _addressed(text: str) -> str:
    """An address of the web. Raises ValueError for what is none."""
    if not re.fullmatch(r"https?://[^\s<>\"{}|^`\\]+", text) or not text.isprintable():
        raise ValueError("is no address of the web")
    return text


Address = Annotated[str, Field(max_length=_LONGEST), AfterValidator(_addressed)]
Addresses = Annotated[tuple[Address, ...], Field(max_length=_MOST)]
Texts = Annotated[Said, Field(max_length=_MOST)]


@document
class Period:
    """The first and the last day that there are values of."""

    start: date | None = None
    end: date | None = None


def _in_order(period: Period | None) -> Period | None:
    if period is not None and period.start and period.end and period.start > period.end:
        raise ValueError("ends before it begins")
    return period


@document
class Access:
    """One way to the data (a distribution): where they are, or are asked for, in which format, by which licence."""

    access_url: Address
    download_url: Address | None = None
    title: Texts = ()
    description: Texts = ()
    format: Address | None = None
    licence: Address | None = None


@document
class About:
    """What is told of a dataset. `themes`, `legislation`, `spatial` and `languages` are IRIs of known lists; `keywords`
    stand beside those that its variables give."""

    themes: Addresses = ()
    keywords: Texts = ()
    access_rights: Literal["PUBLIC", "RESTRICTED", "NON_PUBLIC"] | None = None
    legislation: Addresses = ()
    spatial: Addresses = ()
    temporal: Annotated[Period | None, AfterValidator(_in_order)] = None
    languages: Addresses = ()
    landing_page: Address | None = None
    distributions: Annotated[tuple[Access, ...], Field(max_length=_MOST)] = ()


@document
class DatasetEntry:
    """One dataset, without its variables. `iri` is what its source calls it everywhere, and `page` where people read of
    it, if it is another catalogue; `about` is what its publisher told elsewhere than by uploading it."""

    title: Said
    description: Said = ()
    contacts: tuple[Contact, ...] = ()
    publisher: Publisher | None = None
    iri: str | None = None
    page: str | None = None
    about: Annotated[About | None, Field(exclude_if=unsaid)] = None


@document
class CatalogueEntry:
    """One catalogue, without what stands in it."""

    title: Said
    description: Said = ()
    contacts: tuple[Contact, ...] = ()
    publisher: Publisher


LONGEST_LABEL = 1000
"""Characters of what something is called: lists are sorted, and filters chosen, by it."""


def labelled(said: Said) -> Said:
    """A text that something is called by. Raises ValueError for one that is too long for that."""
    if any(len(words.value) > LONGEST_LABEL for words in said):
        raise ValueError(f"a label has at most {LONGEST_LABEL} characters")
    return said


def named(name: str) -> str:
    """A name by which things are found again. Raises ValueError for one with line ends or other signs that nobody sees:
    forms and files change those on the way."""
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in name):
        raise ValueError("a name has no line ends, and no other signs that nobody sees")
    return name


def spoken_as(value: Any) -> Any:
    """A text as texts in languages: it comes plain, as one, as several, or keyed by language."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (Words(language="no", value=value),)
    if isinstance(value, Mapping) and "languageCode" in value:
        return ({"language": value["languageCode"], "value": value.get("value")},)
    if isinstance(value, Mapping):
        return tuple({"language": language, "value": text} for language, text in value.items())
    if isinstance(value, list):
        return tuple(words for part in value for words in spoken_as(part))
    return value


def first(said: Said) -> str:
    """The text in the language that Norwegian readers see first; empty if there is none.

    >>> first((Words(language="en", value="Pupils"), Words(language="nb", value="Elever")))
    'Elever'
    """
    found = {words.language: words.value for words in reversed(said)}
    return next((found[code] for code in ("no", "nb", "nn", "en") if code in found), "")
