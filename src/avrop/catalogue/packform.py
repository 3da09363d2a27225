"""A pack: everything about one source system, as data and one simulator. The core knows packs only by this form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Pack:
    """`catalogue` and `call_offs` are YAML texts by file name; `rule`, `policy` and `parties` YAML texts.

    `simulate(folder, people, seed)` writes source tables of nobody into a folder, and the lists of people left out.
    """

    name: str
    catalogue: Mapping[str, str]
    rule: str
    policy: str
    parties: str
    call_offs: Mapping[str, str]
    simulate: Callable[[Path, int, int], Mapping[str, int]]
