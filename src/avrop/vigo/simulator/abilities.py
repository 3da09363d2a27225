"""What a person brings along: parents' education, abilities, and the marks and points of lower secondary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import numpy as np

from avrop.vigo.simulator.draws import SD, Draws, Ints, edges, pick
from avrop.vigo.simulator.parameters import Parameters
from avrop.vigo.simulator.plan import Group, People

LOWER_SUBJECTS = (
    "norsk_hovedmaal", "norsk_sidemaal", "norsk_muntlig", "matematikk", "engelsk_skriftlig", "engelsk_muntlig",
    "naturfag", "samfunnsfag", "krle", "kroppsoving", "musikk", "kunst_og_haandverk", "mat_og_helse",
    "eksamen_skriftlig", "eksamen_muntlig",
)  # fmt: skip
"""Thirteen final marks and two exams."""

_SKILL = (0, 0, 0, 1, 0, 0, 1, 0, 0, 2, 2, 2, 2, 0, 0)
SKILLS = 3
"""Skills beside general ability: language, number, practice."""

PARENTS = ("1", "2", "3", "4", "9")


@dataclass(frozen=True)
class Abilities:
    """In 1/1024 standard deviation: general ability, the three skills (people, 3), and engagement.

    `marks`: lower-secondary marks 1 to 6, 0 where there is none, shape (people, 15). `points`: tenths of points, -1
    for nobody's. `parents`: positions in PARENTS.
    """

    general: Ints
    skills: Ints
    engagement: Ints
    parents: Ints
    marks: Ints
    points: Ints


class Lower:
    """The numbers of one group, worked out once: shifts of ability, and thresholds of marks."""

    def __init__(self, parameters: Parameters, group: Group) -> None:
        of, one = parameters.of, parameters.one
        spread = one("points.sd")
        points = of("points.parents")
        weights = of("parents")
        average = sum((points[name] * weights[name] for name in PARENTS), Fraction(0)) / sum(weights.values())
        oslo = of("parents.03") if group.base == "03" else {}
        self.parents = edges([int(weights[name] * oslo.get(name, Fraction(1)) * 1000) for name in PARENTS])
        shift = [(points[name] - average) * one("points.stretch") / spread for name in PARENTS]
        self.by_parents = _units(shift)
        self.by_sex = by_sex(parameters, group.cohort)
        areas = of("points.area")
        # Oslo's parents explain a part of its points already.
        own = areas[group.base] - Fraction("42.4")
        self.by_area = int(own * (Fraction(1, 2) if oslo else 1) / spread * SD)
        self.residual = Fraction("0.875")
        mean = (between(of("points.year"), group.cohort) + one("points.lift")) / 10
        sd = one("mark.sd", "lower")
        # A mark of at least k + 1 for what is above the threshold k: the middle between two marks.
        self.thresholds = np.array([int((Fraction(2 * k + 1, 2) - mean) / sd * SD) for k in range(1, 6)])
        self.loading = one("points.loading", "loading")
        self.skill = one("points.loading", "skill")
        self.none = parameters.share("points.none")
        self.none_shift = _units([one("points.none.ability")])[0]


@lru_cache(maxsize=64)
def by_sex(parameters: Parameters, cohort: int) -> Ints:
    """How far the middle of men and of women lies from that of both."""
    half = between(parameters.of("points.gap"), cohort) / 2 / parameters.one("points.sd")
    return _units([-half, half])


def abilities(lower: Lower, draws: Draws, people: People) -> Abilities:
    """Everything of a run of people; adults have the same, though nothing of it is written for them."""
    parents = pick(draws.word("parents"), lower.parents)
    own = draws.bell("ability")[:, 0]
    none = draws.happens("lower/none", lower.none)
    general = times(own, lower.residual) + lower.by_parents[parents] + lower.by_sex[people.sex] + lower.by_area
    general += np.where(none, lower.none_shift, 0)
    skills = draws.bell("skills", SKILLS)
    engagement = times(draws.bell("engagement")[:, 0], Fraction("0.93")) + times(general, Fraction("0.35"))
    width = len(LOWER_SUBJECTS)
    rest = 1 - lower.loading**2 - lower.skill**2
    level = (
        times(general, lower.loading)[:, None]
        + times(skills, lower.skill)[:, list(_SKILL)]
        + times(draws.bell("lower/marks", width), _root(rest))
    )
    marks = 1 + (level[..., None] >= lower.thresholds).sum(axis=-1, dtype=np.int64)
    gaps = draws.words("lower/gaps", width)
    marks[none[:, None] & (gaps < (3 << 30))] = 0
    marks[:, 13:][(gaps[:, 13:] >> 24) == 0] = 0
    return Abilities(general, skills, engagement, parents, marks, lower_points(marks))


def lower_points(marks: Ints) -> Ints:
    """Tenths of points: the mean of all marks with two decimals, times ten; -1 where more than half are missing."""
    given = (marks > 0).sum(axis=1)
    mean = (200 * marks.sum(axis=1) + given) // np.maximum(2 * given, 1)  # hundredths, halves up
    found: Ints = np.where(2 * given >= marks.shape[1], mean, -1)
    return found


def times(units: Ints, part: Fraction) -> Ints:
    """A share of latent quantities, in whole numbers."""
    found: Ints = units * (part.numerator * (1 << 16) // part.denominator) >> 16
    return found


def _root(part: Fraction) -> Fraction:
    """The square root, by whole numbers, to 2^-16."""
    wanted = int(part * (1 << 32))
    root = 1 << 16
    while root * root > wanted:
        root = (root + wanted // root) // 2
    return Fraction(root, 1 << 16)


def _units(parts: Sequence[Fraction]) -> Ints:
    return np.array([int(part * SD) for part in parts], dtype=np.int64)


def between(years: Mapping[str, Fraction], cohort: int) -> Fraction:
    """The figure of a year: on a straight line between the years that have one."""
    points = sorted((int(year), value) for year, value in years.items())
    if cohort <= points[0][0]:
        return Fraction(points[0][1])
    for (left, low), (right, high) in pairwise(points):
        if left <= cohort <= right:
            return Fraction(low + (high - low) * Fraction(cohort - left, right - left))
    return Fraction(points[-1][1])
