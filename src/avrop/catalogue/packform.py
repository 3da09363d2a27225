"""A pack: everything about one source system, as data and one simulator. The core knows packs only by this form."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Found:
    """A number that could be a real person's: where in a file, or in its path, and of which kind; never the number."""

    place: str
    kind: str
    in_path: bool = False


@dataclass(frozen=True, kw_only=True)
class Pack:
    """`catalogue` and `call_offs` are YAML texts by file name; `rule`, `policy` and `parties` YAML texts.

    `simulate(folder, people, seed)` writes source tables of nobody into a folder, and the lists of people left out.
    `scan(file)` finds what could be a real person's number, and raises a Mistake for a file that it cannot read.
    """

    name: str
    catalogue: Mapping[str, str]
    rule: str
    policy: str
    parties: str
    call_offs: Mapping[str, str]
    simulate: Callable[[Path, int, int], Mapping[str, int]]
    scan: Callable[[Path], Iterator[Found]] | None = None
