"""What a pupil does next, and how a school year ends: draws by band of ability, route and what happened before."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from avrop.vigo.simulator.abilities import Abilities, between, by_sex, times
from avrop.vigo.simulator.admission import wishes
from avrop.vigo.simulator.chances import BANDS, bands, choose, cuts_by_band
from avrop.vigo.simulator.curriculum import Area, curriculum, programmes
from avrop.vigo.simulator.draws import Draws, Flags, Ints, Words, edges, pick
from avrop.vigo.simulator.lives import (
    AGAIN,
    APPLY,
    APPRENTICE,
    CERTIFIED,
    DIPLOMA,
    ENDS,
    LEFT,
    ON,
    OUT,
    PASSED,
    PATHS,
    PUPIL,
    REAPPLY,
    SCHOOL,
    STAY_OUT,
    SUPPLEMENT,
    SWITCH,
    Lives,
)
from avrop.vigo.simulator.parameters import Parameters
from avrop.vigo.simulator.plan import WOMAN, Group

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
class Rules:
    """All cut points of a group.

    `ends`: shape (areas, bands, 4). `after`: (sexes, areas, situations, bands,
    paths - 1). `out`, `certified`: among PATHS,
    and `unmatched` for those whose area has a third year in school and those whose has none.
    """

    parameters: Parameters
    group: Group
    late_start: int
    ends: Cuts
    after: Cuts
    out: Cuts
    unmatched: Mapping[bool, Cuts]
    certified: Cuts
    centres: Ints
    follow: Alternatives
    trades: Alternatives
    schools: Alternatives


def rules(parameters: Parameters, group: Group) -> Rules:
    """The rules of a group; they are the same from year to year."""
    own = parameters.of("outcome.leaving").get(group.base, Fraction(1))
    leaving, out = (own * between(parameters.of(name), group.cohort) for name in ("outcome.year", "after.year"))
    ends, after = _endings(parameters, leaving, out)
    follow, trades, in_school = _following()
    out, certified, with_school, without = _loose(parameters)
    return Rules(
        parameters, group, parameters.share("start.late"), ends, after, out, {True: with_school, False: without},
        certified, _centres(parameters, group.cohort), follow, trades, in_school,
    )  # fmt: skip


@lru_cache(maxsize=4)
def _loose(parameters: Parameters) -> tuple[Cuts, Cuts, Cuts, Cuts]:
    unmatched = parameters.of("after.unmatched")
    return (
        _paths(parameters.of("after.out")), _paths(parameters.of("after.certified")), _paths(unmatched),
        _paths({name: weight for name, weight in unmatched.items() if name != "school"}),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _endings(parameters: Parameters, leaving: Fraction, out: Fraction) -> tuple[Cuts, Cuts]:
    """Cut points by what leaving within a year, and staying away after it, are multiplied by."""
    book = curriculum()
    ends = np.zeros((len(book.areas), BANDS, len(ENDS) - 1), dtype=np.uint32)
    shape = (2, len(book.areas), len(_SITUATIONS), BANDS, len(PATHS) - 1)
    after = np.full(shape, 0xFFFFFFFF, dtype=np.uint32)
    for place, area in enumerate(book.areas):
        if area.route != "trade":
            weights = dict(parameters.of(f"outcome.{area.route}.{area.level}"))
            own = parameters.of("outcome.programme").get(area.programme, Fraction(1))
            weights["S"] *= leaving * own
            ends[place] = _ends(parameters, area.route, tuple(sorted(weights.items())))
            for sex in (0, WOMAN):
                after[sex, place] = _after(parameters, area, out, sex)
    return ends, after


@lru_cache(maxsize=128)
def _ends(parameters: Parameters, route: str, weights: tuple[tuple[str, Fraction], ...]) -> Cuts:
    steeper = route in {"academic", "supplement"}
    return cuts_by_band(dict(weights), parameters.of("outcome.ratio.academic" if steeper else "outcome.ratio"), ENDS)


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


def _after(parameters: Parameters, area: Area, out: Fraction, sex: int) -> Cuts:
    found = []
    for situation in _SITUATIONS:
        if situation == "passed" and (area.route in {"supplement", "school"} or area.level == 3):
            found.append(cuts_by_band({"out": Fraction(1)}, {}, PATHS))
            continue
        weights = dict(parameters.of(f"after.{area.route}.{area.level}.{situation}"))
        if "supplement" in weights:
            weights["supplement"] *= parameters.one("after.supplement", area.programme)
            weights["supplement"] *= parameters.one("after.supplement.sex", "women" if sex == WOMAN else "men")
        weights["out"] *= out
        found.append(_after_cuts(parameters, tuple(sorted(weights.items()))))
    return np.stack(found)


def _paths(weights: Mapping[str, Fraction]) -> Cuts:
    return edges([int(weights.get(name, Fraction(0)) * 10_000) for name in PATHS])


def first_programme(parameters: Parameters, group: Group, draws: Draws, who: Abilities, sex: Ints) -> Ints:
    """The programme that each would begin in without the joint admission."""
    return choose(draws.word("private/programme"), wishes(parameters, group).weights(who.general, sex))


def end_year(own: Rules, draws: Draws, lives: Lives, year: int) -> None:
    """How the year ends for its pupils."""
    who = np.flatnonzero(lives.state[:, year] == PUPIL)
    band = standing(own, lives, lives.area[:, year])[who]
    words = draws.word(f"end/{year}")[who]
    lives.end[who, year] = (words[:, None] >= own.ends[lives.area[who, year], band]).sum(axis=1)


def _centres(parameters: Parameters, cohort: int) -> Ints:
    """What is taken from ability in vocational education, by sex: a part of what women have more of."""
    return times(by_sex(parameters, cohort), between(parameters.of("practical.sex"), cohort))


def standing(own: Rules, lives: Lives, area: Ints) -> Ints:
    """The band of ability and engagement, three to one; in vocational areas nearer the middle of one's own sex.

    Women have more points, and complete vocational education no more often than men.
    """
    together = (3 * lives.who.general + lives.who.engagement) // 4
    return bands(together - np.where(_practical()[area], own.centres[lives.people.sex], 0))


@lru_cache(maxsize=1)
def _practical() -> Flags:
    """Areas of vocational education; the last entry, for who has no area, too."""
    return np.array([*(area.route in {"vocational", "school", "trade"} for area in curriculum().areas), True])


def intend(own: Rules, draws: Draws, lives: Lives, year: int) -> None:
    """What each wants this year, from how the last one ended; those who have what they came for want nothing."""
    words = draws.word(f"intend/{year}")
    before, end, area = lives.state[:, year - 1], lives.end[:, year - 1], lives.area[:, year - 1]
    free = lives.state[:, year] == OUT  # those in training go on by themselves
    situation = np.select([end == PASSED, end == LEFT], [0, 2], 1)
    wanted = np.full(len(words), -1, dtype=np.int64)
    band = standing(own, lives, area)
    who = np.flatnonzero((before == PUPIL) & free)
    wanted[who] = (words[who][:, None] >= own.after[lives.people.sex[who], area[who], situation[who], band[who]]).sum(
        axis=1
    )
    outside = np.flatnonzero((before == OUT) & free)
    wanted[outside] = _back(lives, year, outside, pick(words[outside], own.out))
    wanted[(before == OUT) & free & (lives.intended[:, year - 1] == REAPPLY)] = APPLY
    certified = np.flatnonzero((before == CERTIFIED) & free)
    fresh = certified[lives.state[certified, year - 2] == APPRENTICE] if year >= 2 else certified[:0]
    wanted[fresh] = np.where(pick(words[fresh], own.certified) == SUPPLEMENT, SUPPLEMENT, -1)
    wanted[diplomas(lives, year)] = -1
    lives.intended[:, year] = wanted


def _back(lives: Lives, year: int, who: Ints, wanted: Ints) -> Ints:
    """Who comes back goes on where a year was finished, and takes again one that was left."""
    area, end = last_area(lives, year)[who], _last_end(lives, year)[who]
    vocational = np.array([each.level == 2 and each.route == "vocational" for each in curriculum().areas])
    on = wanted == ON
    found: Ints = np.select(
        [on & ((end == LEFT) | (area < 0)), on & vocational[np.maximum(area, 0)]], [AGAIN, APPLY], wanted
    )
    return found


def _last_end(lives: Lives, year: int) -> Ints:
    end = np.full(len(lives.state), -1, dtype=np.int64)
    for earlier in range(year):
        end = np.where(lives.state[:, earlier] == PUPIL, lives.end[:, earlier], end)
    return end


def diplomas(lives: Lives, year: int) -> Flags:
    """Who passed the last year of school the year before, or has had a diploma since."""
    last = _finals()[np.maximum(lives.area[:, year - 1], 0)] & (lives.state[:, year - 1] == PUPIL)
    found: Flags = (lives.state[:, year - 1] == DIPLOMA) | (last & (lives.end[:, year - 1] == PASSED))
    return found


@lru_cache(maxsize=1)
def _finals() -> Flags:
    return np.array([area.level >= 3 and area.route != "trade" for area in curriculum().areas])


def enter(own: Rules, draws: Draws, lives: Lives, year: int) -> None:
    """State and area of those who are not in training this year."""
    wanted = lives.intended[:, year]
    free = lives.state[:, year] == OUT
    done = diplomas(lives, year)
    lives.state[done & free, year] = DIPLOMA
    lives.state[free & (lives.state[:, year - 1] == CERTIFIED), year] = CERTIFIED
    area = last_area(lives, year)
    words = draws.words(f"enter/{year}", 2)
    _go_on(own, lives, year, np.flatnonzero(free & (wanted == ON) & ~done), area, words[:, 0])
    again = free & (wanted == AGAIN) & (area >= 0)
    _become(lives, year, again, area)
    switch = np.flatnonzero(free & ((wanted == SWITCH) | ((wanted >= 0) & (wanted != STAY_OUT) & (area < 0))))
    _become_each(lives, year, switch, _other_programme(own, lives, switch, area[switch], words[switch, 1]))
    supplement = np.flatnonzero(free & (wanted == SUPPLEMENT) & (area >= 0))
    certified = lives.state[supplement, year - 1] == CERTIFIED
    code = np.where(certified, curriculum().where("PBPBY4"), curriculum().where("PBPBY3"))
    _become_each(lives, year, supplement, code)
    in_school = np.flatnonzero(free & (wanted == SCHOOL) & (area >= 0))
    there = own.schools.areas[area[in_school], 0]
    _become_each(lives, year, in_school[there >= 0], there[there >= 0])


def last_area(lives: Lives, year: int) -> Ints:
    """The area of the last year as a pupil, -1 where there was none."""
    area = np.full(len(lives.state), -1, dtype=np.int64)
    for earlier in range(year):
        area = np.where(lives.state[:, earlier] == PUPIL, lives.area[:, earlier], area)
    return area


def _go_on(own: Rules, lives: Lives, year: int, who: Ints, area: Ints, words: Words) -> None:
    known = who[area[who] >= 0]
    there = own.follow.draw(area[known], words[known])
    stays = (there < 0) & _finals()[area[known]]
    there = np.where(stays, area[known], there)
    _become_each(lives, year, known[there >= 0], there[there >= 0])


def _other_programme(own: Rules, lives: Lives, who: Ints, area: Ints, words: Words) -> Ints:
    """The first year of another programme, by the weights of the wishes."""
    first = np.array(curriculum().first_years())
    weights = wishes(own.parameters, own.group).weights(lives.who.general[who], lives.people.sex[who])
    known = area >= 0
    weights[np.flatnonzero(known), programmes()[area[known]]] = 0
    return first[choose(words, weights)] if len(who) else np.empty(0, dtype=np.int64)


def _become(lives: Lives, year: int, flags: Flags, area: Ints) -> None:
    who = np.flatnonzero(flags)
    _become_each(lives, year, who, area[who])


def _become_each(lives: Lives, year: int, who: Ints, area: Ints) -> None:
    lives.state[who, year] = PUPIL
    lives.area[who, year] = area
