"""Programme areas, their order, and the subjects of each: read once, as tables of small whole numbers.

An area or subject is its position in these tables everywhere in the simulator; codes appear only where rows are made.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

PROGRAMMES = ("ST", "ID", "KD", "MD", "ME", "BA", "DT", "EL", "FD", "HS", "IM", "NA", "RM", "SR", "TP")
"""Of the first year, academic ones first; PB follows a second year."""

ACADEMIC = 5
REFORM = 2020
"""The curriculum came with the first year in 2020, the second in 2021, the third in 2022."""


@dataclass(frozen=True, kw_only=True)
class Area:
    """A programme area: basic code of six positions, level 1 to 4, and its route.

    Routes: academic, vocational, supplement, school (third year in school) and trade (apprenticeship). `before`: the
    programme that it belonged to before the reform; the letters of its code follow (codes not read: ours).
    """

    code: str
    programme: str
    before: str
    level: int
    route: str

    def code_in(self, year: int) -> str:
        """The ten-position code in the school year that begins in `year`."""
        letters = self.programme_in(year)
        return f"{letters}{self.code[2:]}----"

    def programme_in(self, year: int) -> str:
        """The programme's code in that school year."""
        since = self.level in (0, 4) or year >= REFORM + min(self.level, 3) - 1
        return self.programme if since else self.before


_CONTINUING = frozenset({"NOR1260", "NOR1261", "NOR1264", "NOR1265", "FSP6218", "KRO1017", "KRO1018"})


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A subject: its code now and before the reform, hours a year, type, group of skills, and how it is examined.

    Groups: N Norwegian, E languages, M mathematics, S science, H humanities, P practical, K physical, X exam only.
    Exams: none, oral, written, all (everybody, written), cross (everybody, interdisciplinary).
    """

    code: str
    earlier: str
    hours: int
    type: str
    group: str
    exam: str

    @property
    def continues(self) -> bool:
        """Whether it goes on next year under another code: it has two half-year marks and no final one."""
        return self.code in _CONTINUING

    @property
    def ends(self) -> bool:
        """Whether it has a final mark."""
        return not self.continues and self.group != "X"

    def code_in(self, year: int, level: int) -> str:
        """The code in the school year that begins in `year`, taken at this level."""
        return self.code if level == 4 or year >= REFORM + level - 1 else self.earlier


@dataclass(frozen=True)
class Curriculum:
    """`after[a]`: what follows area a, with weights; `slots[a]`: for each slot its alternatives, with weights."""

    areas: tuple[Area, ...]
    subjects: tuple[Subject, ...]
    after: tuple[tuple[tuple[int, int], ...], ...]
    slots: tuple[tuple[tuple[tuple[int, int], ...], ...], ...]

    def where(self, code: str) -> int:
        """The position of an area. Errors: KeyError."""
        return _positions(self.areas)[code]

    def first_years(self) -> tuple[int, ...]:
        """Areas of the first year, in the order of PROGRAMMES."""
        own = {area.programme: place for place, area in enumerate(self.areas) if area.level == 1}
        return tuple(own[programme] for programme in PROGRAMMES)


@cache
def _positions(areas: tuple[Area, ...]) -> dict[str, int]:
    return {area.code: place for place, area in enumerate(areas)}


@cache
def curriculum() -> Curriculum:
    """The curriculum that comes with the simulator."""
    lines = _read("areas.csv")
    areas: dict[str, Area] = {}
    for line in lines:
        areas.setdefault(
            line["area"],
            Area(
                code=line["area"],
                programme=line["programme"],
                before=line["before"] or line["programme"],
                level=int(line["level"]),
                route=line["route"],
            ),
        )
    order = {code: place for place, code in enumerate(areas)}
    after: list[list[tuple[int, int]]] = [[] for _ in areas]
    for line in lines:
        if line["after"]:
            after[order[line["after"]]].append((order[line["area"]], int(line["weight"])))
    subjects = {
        line["code"]: Subject(
            code=line["code"],
            earlier=line["earlier"],
            hours=int(line["hours"]),
            type=line["type"],
            group=line["group"],
            exam=line["exam"],
        )
        for line in _read("subjects.csv")
    }
    places = {code: place for place, code in enumerate(subjects)}
    plans = {line["where"]: line["subjects"] for line in _read("plans.csv")}
    slots = tuple(_slots(_plan(area, plans), places) for area in areas.values())
    return Curriculum(tuple(areas.values()), tuple(subjects.values()), tuple(map(tuple, after)), slots)


@cache
def programmes() -> npt.NDArray[np.int64]:
    """For each area the position of its programme in PROGRAMMES; 0 for the supplementary year, which any school has."""
    return np.array(
        [PROGRAMMES.index(area.programme) if area.programme in PROGRAMMES else 0 for area in curriculum().areas]
    )


def _plan(area: Area, plans: dict[str, str]) -> str:
    names = (area.code, f"{area.programme} {area.level}", f"{area.route} {area.level}")
    return "" if area.route == "trade" else next(plans[name] for name in names if name in plans)


def _slots(plan: str, places: dict[str, int]) -> tuple[tuple[tuple[int, int], ...], ...]:
    return tuple(tuple(_weighted(part, places) for part in slot.split("|")) for slot in plan.split())


def _weighted(part: str, places: dict[str, int]) -> tuple[int, int]:
    code, _, weight = part.partition(":")
    return places[code], int(weight or 1)


def _read(name: str) -> Sequence[dict[str, str]]:
    text = (files("avrop.vigo.simulator") / "curriculum" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
