"""Fitting many parameters at once to many published figures: derivatives, and the step that they ask for.

A knob is a set of parameters that one factor multiplies. Figures are compared by their log odds, counts by their
logarithm, each against its tolerance; how far a knob may be turned is weighed against it (`loose`).
"""

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from avrop.vigo.simulator.abilities import between
from avrop.vigo.simulator.lives import YEARS
from avrop.vigo.simulator.parameters import Parameters
from avrop.vigo.simulator.plan import profile
from tools.published import Published
from tools.tally import Tally

Vector = npt.NDArray[np.float64]
Name = tuple[str, str, int]
"""Figure, key and year."""
_SMALLEST, _WIDEST = 0.03, 0.4
"""A knob is tried as far as it is expected to go, between these: less is chance, more is bent."""


@dataclass(frozen=True, kw_only=True)
class Knob:
    """Parameters (name, key) that are multiplied together. `loose`: how far the logarithm of the factor is expected
    to go. `cohorts`: how much of the factor each cohort feels; empty for all of it in all. `level`: where it stands,
    by logarithm, if it is one of a row of years (`chain`): then `loose` is how far it is expected from the year before.
    """

    name: str
    parts: tuple[tuple[str, str], ...]
    loose: float
    cohorts: Mapping[int, float] = field(default_factory=dict)
    chain: str = ""
    level: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Parameters that are moved together to see what follows, and the knobs that are learnt from it.

    A parameter that goes by cohort is moved in all of them at once: each cohort's figures tell what its own part does.
    `cohorts`: those who can feel it.
    """

    parts: tuple[tuple[str, str], ...]
    step: float
    knobs: tuple[Knob, ...]
    cohorts: frozenset[int]


def trials(text: str, parameters: Parameters) -> tuple[Trial, ...]:
    """The rows of `calibration.csv`. Rows of one name are one knob; `by` is `cohort` or `year` where each key is one,
    and feels what those who begin then feel, or everybody in the school year.

    ValueError names a parameter that is not there, that stands as it was published and may not be turned, or that is
    a share of nothing or all and cannot; and a `by` that is not known.
    """
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        rows.setdefault(row["knob"], []).append(row)
    found: list[Trial] = []
    for name, own in rows.items():
        loose, by = float(own[0]["loose"]), own[0]["by"]
        parts = tuple((row["parameter"], key) for row in own for key in row["keys"].split() or [""])
        _may_turn(parts, parameters)
        if by not in {"", "cohort", "year"}:
            raise ValueError(f"{name} goes by {by}: by is cohort, year or empty")
        step = max(_SMALLEST, min(_WIDEST, loose))
        knobs = _years(name, parts, loose, parameters, by) if by else (Knob(name=name, parts=parts, loose=loose),)
        together = [knobs] if by != "year" else [(knob,) for knob in knobs]
        for each in together:
            moved = tuple(part for knob in each for part in knob.parts)
            feel = _there(parameters, *moved[0]) if by == "year" else frozenset(profile("national").cohorts)
            found.append(Trial(parts=moved, step=step, knobs=each, cohorts=feel))
    return tuple(found)


def _may_turn(parts: Sequence[tuple[str, str]], parameters: Parameters) -> None:
    rows = {(row.name, row.key): row for row in parameters.rows if row.assumed}
    for part in parts:
        if part not in rows:
            raise ValueError(f"{' '.join(part)} is no assumption among the parameters: no knob may turn it")
        if rows[part].kind == "share" and rows[part].value in {0, 1}:
            raise ValueError(f"{' '.join(part)} is a share of nothing or of all: no knob can turn it")


def _years(
    name: str, parts: Sequence[tuple[str, str]], loose: float, parameters: Parameters, by: str
) -> tuple[Knob, ...]:
    """A knob for each year of a row of years."""
    return tuple(
        Knob(
            name=f"{name}.{key}", parts=((parameter, key),), loose=loose, chain=name,
            cohorts=_felt(parameters, parameter, key) if by == "cohort" else {},
            level=math.log(parameters.one(parameter, key)),
        )
        for parameter, key in parts
    )  # fmt: skip


@dataclass(frozen=True)
class Ties:
    """What holds knobs back, in how far they are expected to go: `rows @ turned + rest` is to be small."""

    rows: npt.NDArray[np.float64]
    rest: Vector

    def pull(self, turned: Vector) -> Vector:
        """How hard each tie pulls."""
        found: Vector = self.rows @ turned + self.rest
        return found


def ties(knobs: Sequence[Knob]) -> Ties:
    """A knob is to stay where it stands, one of a row of years near the one before it."""
    rows, rest = np.zeros((len(knobs), len(knobs))), np.zeros(len(knobs))
    for place, knob in enumerate(knobs):
        rows[place, place] = 1 / knob.loose
        if knob.chain and place and knobs[place - 1].chain == knob.chain:
            rows[place, place - 1] = -1 / knob.loose
            rest[place] = (knob.level - knobs[place - 1].level) / knob.loose
    return Ties(rows, rest)


def _felt(parameters: Parameters, name: str, key: str) -> Mapping[int, float]:
    """How much of a factor on one year's figure each cohort feels, when figures between two years are on a line."""
    nodes = parameters.of(name)
    alone = {year: value if year == key else Fraction(0) for year, value in nodes.items()}
    cohorts = profile("national").cohorts
    return {
        cohort: float(between(alone, cohort) / between(nodes, cohort)) for cohort in cohorts if between(nodes, cohort)
    }


def _there(parameters: Parameters, name: str, key: str) -> frozenset[int]:
    """The cohorts that live a school year in which a row of years is moved by one of them."""
    nodes = parameters.of(name)
    alone = {year: Fraction(year == key) for year in nodes}
    return frozenset(
        cohort
        for cohort in profile("national").cohorts
        if any(between(alone, year) for year in range(cohort, cohort + YEARS))
    )


@dataclass(frozen=True)
class Slope:
    """How parts and wholes of figures change with a knob."""

    part: defaultdict[Name, float] = field(default_factory=lambda: defaultdict(float))
    whole: defaultdict[Name, float] = field(default_factory=lambda: defaultdict(float))


def slopes(trial: Trial, before: Mapping[int, Tally], after: Mapping[int, Tally]) -> list[Slope]:
    """What a trial tells of each of its knobs; tallies are by cohort, `after` of those who can feel it."""
    found = []
    for knob in trial.knobs:
        slope = Slope()
        for cohort in after:
            weight = (knob.cohorts.get(cohort, 0.0) if knob.cohorts else 1.0) / trial.step
            if weight:
                _add(slope.part, before[cohort].part, after[cohort].part, weight)
                _add(slope.whole, before[cohort].whole, after[cohort].whole, weight)
        found.append(slope)
    return found


def _add(into: defaultdict[Name, float], before: Counter[Name], after: Counter[Name], weight: float) -> None:
    for name in before.keys() | after.keys():
        into[name] += weight * (after[name] - before[name])


@dataclass(frozen=True)
class System:
    """What is missing of each figure, and how it follows the knobs, both in tolerances. `names` are the figures."""

    names: tuple[Published, ...]
    missing: Vector
    follows: npt.NDArray[np.float64]

    @property
    def cost(self) -> float:
        """The sum of squares."""
        return float(self.missing @ self.missing)


def system(wanted: Sequence[Published], found: Tally, learnt: Sequence[Slope]) -> System:
    """The figures that are found, as equations in the knobs."""
    names = tuple(each for each in wanted if found.part[each.measured])
    missing, follows = [], []
    for each in names:
        name, part, whole = each.measured, found.part[each.measured], found.whole[each.measured]
        if whole:
            share, aim = part / whole, each.value / 100
            scale = each.tolerance / 100 / (aim * (1 - aim))
            missing.append((_odds(aim) - _odds(share)) / scale)
            follows.append(
                [(own.part[name] - share * own.whole[name]) / whole / (share * (1 - share)) / scale for own in learnt]
            )
        else:
            scale = each.tolerance / each.value
            missing.append(math.log(each.value / part) / scale)
            follows.append([own.part[name] / part / scale for own in learnt])
    return System(names, np.array(missing), np.array(follows).reshape(len(names), len(learnt)))


def _odds(share: float) -> float:
    inside = min(max(share, 1e-4), 1 - 1e-4)
    return math.log(inside / (1 - inside))


def step(own: System, turned: Vector, held: Ties, damping: float) -> Vector:
    """By how much the logarithm of each knob moves: least squares of what is missing, of what holds the knobs back
    when they are so far `turned`, and of the step itself (`damping`)."""
    rows = np.vstack([own.follows, held.rows, math.sqrt(damping) * np.diag(np.diag(held.rows))])
    sides = np.concatenate([own.missing, -held.pull(turned), np.zeros(len(turned))])
    found: Vector = np.linalg.lstsq(rows, sides, rcond=None)[0]
    return found
