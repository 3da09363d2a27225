"""A pack: everything about one source system, as data and one simulator. The core knows packs only by this form."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Found:
    """A number that could be a real person's: where in a file, or in its path, and of which kind; never the number."""

    place: str
    kind: str
    in_path: bool = False


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A rule that simulated tables break: its number and text, how many rows, and the keys of some of them."""

    rule: str
    text: str
    count: int
    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What to simulate: a profile, a seed, the most people of a chunk, a folder of parameter files instead of the
    pack's own, a folder for answer keys, and how much mess is made on purpose."""

    profile: str
    seed: int = 1
    block: int = 20_000
    parameters: Path | None = None
    answers: Path | None = None
    noise: str = "clean"


@dataclass(frozen=True, kw_only=True)
class Simulator:
    """A pack's large simulator. Every function raises the errors of `avrop.errors`.

    `plan(simulation)` tells sizes; `run(folder, simulation, workers, progress)` makes what is missing and gives the
    manifest; `check(folder, rules)` gives what is broken;
    `explain(folder, person)` tells one life, by number or name; `report(folder, file)` writes a page and counts the
    targets that hold; `gallery(folder)` gives names, running numbers and what each scripted life is about;
    `deliver(folder, target, progress)` writes the catalogue's datasets and gives rows by dataset and people by list.
    """

    profiles: tuple[str, ...]
    plan: Callable[[Simulation], Mapping[str, int | str]]
    run: Callable[[Path, Simulation, int, Callable[[int, int], None]], Mapping[str, Any]]
    check: Callable[..., list[Breach]]
    explain: Callable[[Path, str], list[str]]
    report: Callable[[Path, Path], Mapping[str, int]]
    gallery: Callable[[Path], list[tuple[str, int, str]]]
    deliver: Callable[[Path, Path, Callable[[int, int], None]], Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class Pack:
    """`catalogue` and `call_offs` are YAML texts by file name; `rule`, `policy` and `parties` YAML texts.

    `simulate(folder, profile, seed, workers)` writes source tables of nobody into a new folder, whole or not at all,
    and the lists of people left out, by so many processes; it gives rows by dataset and people by list.
    `distributions` is the JSON text of how variables are spread among simulated people, or empty; `flow` how they
    flow through its stages.
    `scan(file)` finds what could be a real person's number, and raises a Mistake for a file that it cannot read.
    """

    name: str
    catalogue: Mapping[str, str]
    rule: str
    policy: str
    parties: str
    call_offs: Mapping[str, str]
    simulate: Callable[[Path, str, int, int], Mapping[str, int]]
    scan: Callable[[Path], Iterator[Found]] | None = None
    simulator: Simulator | None = None
    synonyms: str = ""
    distributions: str = ""
    flow: str = ""
