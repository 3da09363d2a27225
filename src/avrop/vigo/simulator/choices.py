"""What a pupil does next, and how a school year ends: draws by band of ability, route and what happened before."""

from functools import lru_cache

import numpy as np

from avrop.vigo.simulator.abilities import Abilities
from avrop.vigo.simulator.admission import wishes
from avrop.vigo.simulator.chances import bands, choose
from avrop.vigo.simulator.choicerules import Rules
from avrop.vigo.simulator.curriculum import ACADEMIC, curriculum, programmes
from avrop.vigo.simulator.draws import Draws, Flags, Ints, Words, pick
from avrop.vigo.simulator.lives import (
    ABROAD,
    AGAIN,
    APPLY,
    APPRENTICE,
    CERTIFIED,
    DIPLOMA,
    EXAMS,
    EXTERNAL,
    FAILED,
    GO_ABROAD,
    LEFT,
    NO_BASIS,
    ON,
    OUT,
    PARTIAL,
    PASSED,
    PUPIL,
    REAPPLY,
    SCHOOL,
    STAY_OUT,
    SUPPLEMENT,
    SWITCH,
    Lives,
)
from avrop.vigo.simulator.parameters import Parameters
from avrop.vigo.simulator.plan import Group


def first_programme(parameters: Parameters, group: Group, draws: Draws, who: Abilities, sex: Ints) -> Ints:
    """The programme that each would begin in without the joint admission."""
    return choose(draws.word("private/programme"), wishes(parameters, group).weights(who.general, sex))


def end_year(own: Rules, draws: Draws, lives: Lives, year: int) -> None:
    """How the year ends for its pupils; one abroad is passed."""
    lives.end[lives.state[:, year] == ABROAD, year] = PASSED
    who = np.flatnonzero(lives.state[:, year] == PUPIL)
    band = standing(own, lives, lives.area[:, year])[who]
    words = draws.word(f"end/{year}")[who]
    lives.end[who, year] = (words[:, None] >= own.years[year].ends[own.kinds[lives.area[who, year]], band]).sum(axis=1)


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
    who = np.flatnonzero(lives.attends(year - 1) & free)
    cuts = own.years[year].after[lives.people.sex[who], own.kinds[area[who]], situation[who], band[who]]
    wanted[who] = (words[who][:, None] >= cuts).sum(axis=1)
    wanted[(wanted == EXAMS) & (end == PARTIAL)] = STAY_OUT
    wanted[(wanted == APPLY) & draws.happens(f"school-first/{year}", own.school_first[area])] = SCHOOL
    outside = np.flatnonzero((before == OUT) & free)
    wanted[outside] = _back(lives, year, outside, pick(words[outside], own.years[year].out))
    wanted[(before == OUT) & free & (lives.intended[:, year - 1] == REAPPLY)] = APPLY
    certified = np.flatnonzero((before == CERTIFIED) & free)
    fresh = certified[lives.state[certified, year - 2] == APPRENTICE] if year >= 2 else certified[:0]
    wanted[fresh] = np.where(pick(words[fresh], own.certified) == SUPPLEMENT, SUPPLEMENT, -1)
    wanted[diplomas(lives, year)] = -1
    lives.intended[:, year] = wanted


def _back(lives: Lives, year: int, who: Ints, wanted: Ints) -> Ints:
    """Who comes back goes on where a year was finished, takes again one that was left, and of the last year only the
    exam that a diploma lacks."""
    area, end = last_area(lives, year)[who], _last_end(lives, year)[who]
    vocational = np.array([each.level == 2 and each.route == "vocational" for each in curriculum().areas])
    on, known = wanted == ON, np.maximum(area, 0)
    lacks = _finals()[known] & np.isin(end, (FAILED, NO_BASIS))
    found: Ints = np.select(
        [on & ((end == LEFT) | (area < 0)), on & vocational[known], on & lacks], [AGAIN, APPLY, EXAMS], wanted
    )
    return found


def _last_end(lives: Lives, year: int) -> Ints:
    end = np.full(len(lives.state), -1, dtype=np.int64)
    for earlier in range(year):
        end = np.where(lives.attends(earlier), lives.end[:, earlier], end)
    return end


def diplomas(lives: Lives, year: int) -> Flags:
    """Who passed the last year of school the year before or then took the exam that was lacking, or has had a diploma
    since."""
    last = _finals()[np.maximum(lives.area[:, year - 1], 0)] & (lives.state[:, year - 1] == PUPIL)
    has = np.isin(lives.state[:, year - 1], (DIPLOMA, EXTERNAL))
    found: Flags = has | (last & (lives.end[:, year - 1] == PASSED))
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
    away = np.flatnonzero(free & (wanted == GO_ABROAD))
    lives.area[away, year] = own.follow.draw(area[away], words[away, 0])
    lives.state[away, year] = ABROAD
    lives.state[free & (wanted == EXAMS) & ~done, year] = EXTERNAL


def last_area(lives: Lives, year: int) -> Ints:
    """The area of the last year in school, here or abroad, -1 where there was none."""
    area = np.full(len(lives.state), -1, dtype=np.int64)
    for earlier in range(year):
        area = np.where(lives.attends(earlier), lives.area[:, earlier], area)
    return area


def _go_on(own: Rules, lives: Lives, year: int, who: Ints, area: Ints, words: Words) -> None:
    known = who[area[who] >= 0]
    there = own.follow.draw(area[known], words[known])
    stays = (there < 0) & _finals()[area[known]]
    there = np.where(stays, area[known], there)
    _become_each(lives, year, known[there >= 0], there[there >= 0])


def _other_programme(own: Rules, lives: Lives, who: Ints, area: Ints, words: Words) -> Ints:
    """The first year of another programme, by the weights of the wishes and what vocational ones are wanted more."""
    first = np.array(curriculum().first_years())
    weights = wishes(own.parameters, own.group).weights(lives.who.general[who], lives.people.sex[who])
    more = own.parameters.one("switch.vocational")
    weights[:, ACADEMIC:] = weights[:, ACADEMIC:] * more.numerator // more.denominator
    known = area >= 0
    weights[np.flatnonzero(known), programmes()[area[known]]] = 0
    return first[choose(words, weights)] if len(who) else np.empty(0, dtype=np.int64)


def _become(lives: Lives, year: int, flags: Flags, area: Ints) -> None:
    who = np.flatnonzero(flags)
    _become_each(lives, year, who, area[who])


def _become_each(lives: Lives, year: int, who: Ints, area: Ints) -> None:
    lives.state[who, year] = PUPIL
    lives.area[who, year] = area
