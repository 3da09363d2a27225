"""What was read of another provider's catalogue: datasets with their variables, unit types, and what did not fit."""

import re
from dataclasses import dataclass, replace
from posixpath import normpath
from urllib.parse import unquote, urlsplit

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


def lies_under(base: str, iri: str) -> bool:
    """Whether an IRI is one that only whoever is reached at `base` may give, however it is written.

    >>> [lies_under("https://a.example/k/", each) for each in ("HTTP://A.example:80/x/../%6B/1", "https://a.example/kx")]
    [True, False]
    """
    own, said = _place(base), _place(iri)
    if own is None or said is None or own[:2] != said[:2]:
        return False
    return said[2] == own[2] or said[2].startswith(own[2].rstrip("/") + "/")


def _place(iri: str) -> tuple[str, int, str] | None:
    """Host, port and path of an address of the web; the same whether it is told with TLS or without."""
    try:
        parts = urlsplit(iri)
        port = parts.port or 443
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    path = "/" + normpath(unquote(parts.path) or "/").lstrip("/")
    return parts.hostname.rstrip("."), 443 if port == _PLAIN else port, path


_PLAIN = 80


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


def without_ours(told: Told, base: str) -> Told:
    """The same without datasets whose IRIs only we, who are reached at `base`, may give; each is a conflict."""
    ours = [each for each in told.datasets if lies_under(base, each.entry.iri or "")]
    conflicts = [
        f"The dataset {each.id} lies under our own address, so no other source says what it is." for each in ours
    ]
    datasets = tuple(each for each in told.datasets if each not in ours)
    return replace(told, datasets=datasets, conflicts=(*told.conflicts, *conflicts)) if ours else told
