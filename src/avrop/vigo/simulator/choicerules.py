"""Cut points of what a pupil does next and how a school year ends: by band, area and what happened before."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from avrop.vigo.simulator.abilities import between, by_sex, times
from avrop.vigo.simulator.chances import BANDS, cuts_by_band
from avrop.vigo.simulator.curriculum import Area, curriculum
from avrop.vigo.simulator.draws import Ints, Words, edges
from avrop.vigo.simulator.lives import ENDS, PATHS, YEARS
from avrop.vigo.simulator.parameters import Parameters
from avrop.vigo.simulator.plan import LAST_YEAR, WOMAN, Group

_SITUATIONS = ("passed", "failed", "left")
Cuts = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Alternatives:
    """For each area what may follow: areas (-1 where there are fewer) and cut points, one row for each area."""

    areas: Ints
    cuts: Cuts
    count: Ints

    def draw(self, area: Ints, words: Words) -> Ints:
        """What follows each area, -1 where nothing does."""
        place = np.minimum((words[:, None] >= self.cuts[area]).sum(axis=1), np.maximum(self.count[area] - 1, 0))
        found: Ints = self.areas[area, place]
        return found


@dataclass(frozen=True)
class Year:
    """Cut points of a school year, which everybody who is there feels: shapes with the kinds of areas (`Rules.kinds`).

    `ends`: how it ends for its pupils, shape (kinds, bands, 4). `after`: what those want in it who were pupils the
    year before, shape (sexes, kinds, situations, bands, paths - 1). `out`: what those want who were outside.
    `unmatched`: those whom no company took, whose area has a third year in school, and whose has none: of these some
    are taught their trade there.
    """

    ends: Cuts
    after: Cuts
    out: Cuts
    unmatched: Mapping[bool, Cuts]


@dataclass(frozen=True)
class Rules:
    """All cut points of a group.

    `years`: of each school year from the group's first on. `kinds`: for each area the place of those that share its
    route, level and programme. `certified`: among PATHS. `school_first`: for each
    area the word below which who would apply to companies takes a third year in school instead. `centres`: what is
    taken from the ability of men and women in vocational areas.
    """

    parameters: Parameters
    group: Group
    late_start: int
    years: tuple[Year, ...]
    kinds: Ints
    certified: Cuts
    school_first: Ints
    centres: Ints
    follow: Alternatives
    trades: Alternatives
    schools: Alternatives


def rules(parameters: Parameters, group: Group) -> Rules:
    """The rules of a group: of each school year that it lives."""
    own = parameters.of("outcome.leaving").get(group.base, Fraction(1))
    lived = range(group.cohort, min(group.cohort + YEARS, LAST_YEAR + 1))
    follow, trades, in_school = _following()
    return Rules(
        parameters, group, parameters.share("start.late"), tuple(_year(parameters, year, own) for year in lived),
        _kinds()[1], _paths(parameters.of("after.certified")), _school_first(parameters),
        _centres(parameters, group.cohort), follow, trades, in_school,
    )  # fmt: skip


def leaving(parameters: Parameters, year: int, programme: str) -> Fraction:
    """By what leaving is multiplied in a programme: in the first school years also by what fades until 2014."""
    return _fading(parameters, "outcome.programme", programme, year, full=2006, gone=2014)


def switching(parameters: Parameters, year: int, programme: str) -> Fraction:
    """By what another programme is wanted more after this one: until 2012 also by what fades until 2017."""
    return _fading(parameters, "after.switch", programme, year, full=2012, gone=2017)


def _fading(parameters: Parameters, name: str, programme: str, year: int, *, full: int, gone: int) -> Fraction:
    """A programme's ratio, times that of its first years (NAME.first), which is felt in `full` until `gone`."""
    early, later = (parameters.of(each).get(programme, Fraction(1)) for each in (f"{name}.first", name))
    return later * between({str(full): early, str(gone): Fraction(1)}, year)


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[Area, ...], Ints]:
    """An area of each route, level and programme in school, and each area's place among them."""
    found: dict[tuple[str, int, str], int] = {}
    shown, places = [], []
    for area in curriculum().areas:
        if area.route == "trade":
            places.append(-1)
            continue
        kind = (area.route, area.level, area.programme)
        if kind not in found:
            found[kind] = len(found)
            shown.append(area)
        places.append(found[kind])
    return tuple(shown), np.array(places)


@lru_cache(maxsize=128)
def _year(parameters: Parameters, year: int, own: Fraction) -> Year:
    """Cut points of a school year; `own` multiplies leaving within it, and staying away from it, in its area."""
    left, failing, academic, vocational, back, supplement = (
        between(parameters.of(name), year)
        for name in (
            "outcome.year", "outcome.failing.year", "after.year.academic", "after.year.vocational", "after.out.year",
            "after.supplement.year",
        )
    )  # fmt: skip
    kinds, _ = _kinds()
    ends = np.zeros((len(kinds), BANDS, len(ENDS) - 1), dtype=np.uint32)
    after = np.zeros((2, len(kinds), len(_SITUATIONS), BANDS, len(PATHS) - 1), dtype=np.uint32)
    for place, area in enumerate(kinds):
        weights = dict(parameters.of(f"outcome.{area.route}.{area.level}"))
        weights["S"] *= own * left * leaving(parameters, year, area.programme)
        for end in ("I", "M"):
            weights[end] *= failing
        ends[place] = _ends(parameters, area.route, tuple(sorted(weights.items())))
        out = own * (academic if area.route in {"academic", "supplement"} else vocational)
        for sex in (0, WOMAN):
            after[sex, place] = _after(parameters, area, year, out, supplement, sex)
    outside = dict(parameters.of("after.out"))
    for path in ("on", "switch"):
        outside[path] *= back
    unmatched = parameters.of("after.unmatched")
    taught = {**unmatched, "school": between(parameters.of("after.unmatched.trade"), year)}
    return Year(ends, after, _paths(outside), {True: _paths(unmatched), False: _paths(taught)})


@lru_cache(maxsize=128)
def _ends(parameters: Parameters, route: str, weights: tuple[tuple[str, Fraction], ...]) -> Cuts:
    steeper = route in {"academic", "supplement"}
    return cuts_by_band(dict(weights), parameters.of("outcome.ratio.academic" if steeper else "outcome.ratio"), ENDS)


@lru_cache(maxsize=16)
def _school_first(parameters: Parameters) -> Ints:
    """Of each area the word below which a third year in school is taken instead of applying; 0 where there is none."""
    own, in_school = parameters.of("after.school"), _following()[2]
    shares = [
        own.get(area.programme, own[""]) if there else Fraction(0)
        for area, there in zip(curriculum().areas, in_school.count.tolist(), strict=True)
    ]
    return np.array([int(share * (1 << 32)) for share in shares])


@lru_cache(maxsize=1)
def _following() -> tuple[Alternatives, Alternatives, Alternatives]:
    """What follows an area in school as a matter of course, as an apprenticeship, and instead of one."""
    book = curriculum()
    kinds: tuple[list[list[tuple[int, int]]], ...] = ([], [], [])
    for after in book.after:
        routes = [(there, weight, book.areas[there].route) for there, weight in after]
        kinds[0].append([(there, weight) for there, weight, route in routes if route not in {"trade", "school"}])
        kinds[1].append([(there, weight) for there, weight, route in routes if route == "trade"])
        kinds[2].append([(there, weight) for there, weight, route in routes if route == "school"][:1])
    return _alternatives(kinds[0]), _alternatives(kinds[1]), _alternatives(kinds[2])


def _alternatives(found: list[list[tuple[int, int]]]) -> Alternatives:
    width = max(len(each) for each in found)
    areas = np.full((len(found), width), -1, dtype=np.int64)
    cuts = np.full((len(found), max(width - 1, 1)), 0xFFFFFFFF, dtype=np.uint32)
    for place, each in enumerate(found):
        areas[place, : len(each)] = [there for there, _ in each]
        if len(each) > 1:
            cuts[place, : len(each) - 1] = edges([weight for _, weight in each])
    return Alternatives(areas, cuts, np.array([len(each) for each in found]))


@lru_cache(maxsize=512)
def _after_cuts(parameters: Parameters, weights: tuple[tuple[str, Fraction], ...]) -> Cuts:
    return cuts_by_band(dict(weights), parameters.of("after.ratio"), PATHS)


def _after(parameters: Parameters, area: Area, year: int, out: Fraction, supplement: Fraction, sex: int) -> Cuts:
    switch = switching(parameters, year, area.programme)
    found = []
    for situation in _SITUATIONS:
        if situation == "passed" and (area.route in {"supplement", "school"} or area.level == 3):
            found.append(cuts_by_band({"out": Fraction(1)}, {}, PATHS))
            continue
        weights = dict(parameters.of(f"after.{area.route}.{area.level}.{situation}"))
        if "supplement" in weights:
            weights["supplement"] *= parameters.one("after.supplement", area.programme) * supplement
            weights["supplement"] *= parameters.one("after.supplement.sex", "women" if sex == WOMAN else "men")
        if "abroad" in weights:
            weights["abroad"] *= between(parameters.of("abroad.year"), year) / 1000
            weights["abroad"] *= parameters.one("abroad.sex", "women" if sex == WOMAN else "men")
        if "switch" in weights:
            weights["switch"] *= switch
        weights["out"] *= out
        found.append(_after_cuts(parameters, tuple(sorted(weights.items()))))
    return np.stack(found)


def _paths(weights: Mapping[str, Fraction]) -> Cuts:
    return edges([int(weights.get(name, Fraction(0)) * 10_000) for name in PATHS])


def _centres(parameters: Parameters, cohort: int) -> Ints:
    """What is taken from ability in vocational education, by sex: a part of what women have more of."""
    return times(by_sex(parameters, cohort), between(parameters.of("practical.sex"), cohort))
