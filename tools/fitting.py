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
from avrop.vigo.simulator.parameters import Parameters
from avrop.vigo.simulator.plan import profile
from tools.published import Published
from tools.tally import Tally

Vector = npt.NDArray[np.float64]
Name = tuple[str, str, int]
"""Figure, key and year."""
_SMALLEST, _WIDEST = 0.02, 0.25
"""Steps between which a derivative is neither chance nor bent."""
_TRIED = 0.6
"""The part of how far a knob is expected to go that is tried."""


@dataclass(frozen=True, kw_only=True)
class Knob:
    """Parameters (name, key) that are multiplied together. `loose`: how far the logarithm of the factor is expected
    to go. `cohorts`: how much of the factor each cohort feels; empty for all of it in all."""

    name: str
    parts: tuple[tuple[str, str], ...]
    loose: float
    cohorts: Mapping[int, float]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Parameters that are moved together to see what follows, and the knobs that are learnt from it.

    A parameter that goes by cohort is moved in all of them at once: each cohort's figures tell what its own part does.
    """

    parts: tuple[tuple[str, str], ...]
    step: float
    knobs: tuple[Knob, ...]


def trials(text: str, parameters: Parameters) -> tuple[Trial, ...]:
    """The rows of `calibration.csv`. Rows of one name are one knob; `by` is `cohort` where each key is a year.

    ValueError names a parameter that is not there, or that stands as it was published and may not be turned.
    """
    free = {(row.name, row.key) for row in parameters.rows if row.assumed}
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        rows.setdefault(row["knob"], []).append(row)
    found = []
    for name, own in rows.items():
        loose = float(own[0]["loose"])
        parts = tuple((row["parameter"], key) for row in own for key in row["keys"].split() or [""])
        for part in parts:
            if part not in free:
                raise ValueError(f"{' '.join(part)} is no assumption among the parameters: no knob may turn it")
        if own[0]["by"] == "cohort":
            knobs = tuple(
                Knob(
                    name=f"{name}.{key}",
                    parts=((parameter, key),),
                    loose=loose,
                    cohorts=_felt(parameters, parameter, key),
                )
                for parameter, key in parts
            )
        else:
            knobs = (Knob(name=name, parts=parts, loose=loose, cohorts={}),)
        found.append(Trial(parts=parts, step=max(_SMALLEST, min(_WIDEST, _TRIED * loose)), knobs=knobs))
    return tuple(found)


def _felt(parameters: Parameters, name: str, key: str) -> Mapping[int, float]:
    """How much of a factor on one year's figure each cohort feels, when figures between two years are on a line."""
    nodes = parameters.of(name)
    alone = {year: value if year == key else Fraction(0) for year, value in nodes.items()}
    cohorts = profile("national").cohorts
    return {
        cohort: float(between(alone, cohort) / between(nodes, cohort)) for cohort in cohorts if between(nodes, cohort)
    }


@dataclass(frozen=True)
class Slope:
    """How parts and wholes of figures change with a knob."""

    part: defaultdict[Name, float] = field(default_factory=lambda: defaultdict(float))
    whole: defaultdict[Name, float] = field(default_factory=lambda: defaultdict(float))


def slopes(trial: Trial, before: Mapping[int, Tally], after: Mapping[int, Tally]) -> list[Slope]:
    """What a trial tells of each of its knobs; tallies are by cohort."""
    found = []
    for knob in trial.knobs:
        slope = Slope()
        for cohort in before:
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


def step(own: System, turned: Vector, loose: Vector, damping: float) -> Vector:
    """By how much the logarithm of each knob moves: least squares of what is missing, of how far knobs are turned
    from where they stood (`turned`), and of the step itself (`damping`)."""
    rows = np.vstack([own.follows, np.diag(1 / loose), np.diag(math.sqrt(damping) / loose)])
    sides = np.concatenate([own.missing, -turned / loose, np.zeros(len(turned))])
    found: Vector = np.linalg.lstsq(rows, sides, rcond=None)[0]
    return found
