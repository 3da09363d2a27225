"""What of others' texts is taken, whichever way they came: how long they are, what a day is, each code once."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from avrop.catalogue.commons import DatasetEntry, Said, labelled, named, spoken_as

LONGEST_NAME, LONGEST_LINE, LONGEST_TEXT = 120, 2000, 20_000
"""Characters of a name, of an address or another plain value, and of a text in all its languages together."""
_DAY = len("2026-11-29")


def limited(said: Said) -> Said:
    """A text. Raises ValueError for one that is too long to be shown."""
    if sum(len(words.value) for words in said) > LONGEST_TEXT:
        raise ValueError(f"a text has at most {LONGEST_TEXT} characters in all its languages")
    return said


def is_short(entry: DatasetEntry) -> bool:
    """Whether no text of a dataset is longer than it may be."""
    contacts = [part for each in entry.contacts for part in (each.name, each.email, each.identifier, each.url)]
    lines = [entry.publisher.name if entry.publisher else "", entry.iri or "", *(part or "" for part in contacts)]
    try:
        labelled(limited(entry.title))
        limited(entry.description)
    except ValueError:
        return False
    return all(len(line) <= LONGEST_LINE for line in lines) and len(entry.contacts) <= _MOST_TEXTS


_MOST_TEXTS = 100


def _day(value: Any) -> Any:
    """A day by ISO 8601, also where a time of day is said with it. Raises ValueError for what is none."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and value[_DAY : _DAY + 1] in ("", "T", " "):
        try:
            return date.fromisoformat(value[:_DAY]).isoformat()
        except ValueError:
            pass
    raise ValueError("is no day: write it as 2026-11-29")


class _Coded(Protocol):
    code: str
    valid_from: str | None
    valid_until: str | None


C = TypeVar("C", bound=Sequence[_Coded])


def once(codes: C) -> C:
    """Codes. Raises ValueError if one is said twice for a day, or ends before it begins."""
    periods = sorted((each.code, each.valid_from or "", each.valid_until or "~") for each in codes)
    if any(until < since for _, since, until in periods):
        raise ValueError("a code ends before it begins")
    for (code, _, until), (other, since, _) in pairwise(periods):
        if code == other and since <= until:
            raise ValueError("a code is said more than once for the same days")
    return codes


Texts = Annotated[Said, BeforeValidator(spoken_as), Field(max_length=_MOST_TEXTS), AfterValidator(limited)]
Label = Annotated[Texts, AfterValidator(labelled)]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(named)]
Line = Annotated[str, Field(max_length=LONGEST_LINE)]
Day = Annotated[str | None, BeforeValidator(_day)]
