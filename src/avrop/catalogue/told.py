"""What was read of another provider's catalogue: datasets with their variables, unit types, and what did not fit."""

import re
from dataclasses import dataclass

from avrop.canonical import digest_bytes
from avrop.catalogue.commons import DatasetEntry, UnitTypeEntry, VariableEntry

LONGEST_ID = 200
_SAFE_ID = re.compile(r"[A-Za-z0-9._~:-]+(//?[A-Za-z0-9._~:-]+)*")


def is_safe(wanted: str) -> bool:
    """Whether an address can hold the id as it is: letters, digits, `.`, `_`, `~`, `:`, `-`, and slashes between."""
    steps = wanted.split("/")
    return len(wanted) <= LONGEST_ID and _SAFE_ID.fullmatch(wanted) is not None and not {".", ".."} & set(steps)


def id_of(iri: str) -> str:
    """The id of a dataset by its IRI: the IRI itself where an address can hold it, else one that is made of it.

    >>> id_of("https://example.org/d/1"), len(id_of("https://example.org/?d=1"))
    ('https://example.org/d/1', 36)
    """
    return iri if is_safe(iri) else f"iri-{digest_bytes(iri.encode()).partition(':')[2][:32]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldDataset:
    """One dataset. `id` is what it is known by everywhere, if it says so."""

    entry: DatasetEntry
    variables: tuple[VariableEntry, ...] = ()
    id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Everything that one answer said. `conflicts` says what of it could not be taken, and why."""

    datasets: tuple[ToldDataset, ...]
    units: tuple[UnitTypeEntry, ...] = ()
    conflicts: tuple[str, ...] = ()
