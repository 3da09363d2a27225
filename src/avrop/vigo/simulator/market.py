"""Apprenticeships: a market with fewer places than applicants, contracts that end early, and the trade test."""

from functools import lru_cache

import numpy as np

from avrop.vigo.simulator.abilities import between, times
from avrop.vigo.simulator.chances import cuts_by_band
from avrop.vigo.simulator.choicerules import Cuts, Rules, leaving
from avrop.vigo.simulator.choices import last_area, standing
from avrop.vigo.simulator.curriculum import PROGRAMMES, curriculum, programmes
from avrop.vigo.simulator.draws import Draws, Ints, Words, pick, scaled
from avrop.vigo.simulator.lives import (
    APPLY,
    APPRENTICE,
    CERTIFIED,
    ENDED,
    GOES_ON,
    IN_SCHOOL,
    LONGER,
    MOVED,
    OUT,
    SCHOOL,
    STAY_OUT,
    TEST_FAILED,
    TEST_PASSED,
    Lives,
)
from avrop.vigo.simulator.parameters import Parameters
from avrop.vigo.simulator.places import neighbours
from avrop.vigo.simulator.schools import COMPANIES

_WRONG = ("contract.ends.1", "contract.ends.2", "test.fails.1", "test.fails.2")
FULL = 2
"""Years of training until the trade test; one more after a failed one, or where training takes longer."""


def go_on(own: Rules, draws: Draws, lives: Lives, year: int) -> None:
    """What became of those who were in training the year before: how that year ended, and where they are now."""
    who = np.flatnonzero(lives.state[:, year - 1] == APPRENTICE)
    if not len(who):
        return
    words = draws.words(f"training/{year}", 4)[who]
    turn = lives.training[who, year - 1]
    at_school = turn == IN_SCHOOL
    programme, band = programmes()[lives.area[who, year - 1]], standing(own, lives, lives.area[:, year - 1])[who]
    wrong = {name: _wrong(own.parameters, own.group.cohort + year - 1, name)[programme, band] for name in _WRONG}
    ends = (words[:, 0] < np.where(turn == 1, wrong["contract.ends.1"], wrong["contract.ends.2"])) & (turn <= FULL)
    moves = (words[:, 1] < own.parameters.share("contract.moves")) & ~at_school
    passes = words[:, 2] >= np.where(turn > FULL, wrong["test.fails.2"], wrong["test.fails.1"])
    passes = np.where(at_school, words[:, 2] < own.parameters.share("test.passes", "EL"), passes)
    before = lives.trained[who, np.maximum(year - 2, 0)]
    longer = (words[:, 3] < _longer(own.parameters)[programme]) & (turn == FULL) & (before != LONGER)
    ended = np.select(
        [ends & moves, ends, (turn < FULL) & ~at_school, longer], [MOVED, ENDED, GOES_ON, LONGER],
        np.where(passes, TEST_PASSED, TEST_FAILED),
    )  # fmt: skip
    lives.trained[who, year - 1] = ended
    stays = who[np.isin(ended, (GOES_ON, MOVED, LONGER)) | ((ended == TEST_FAILED) & (turn <= FULL) & ~at_school)]
    lives.state[stays, year] = APPRENTICE
    lives.area[stays, year] = lives.area[stays, year - 1]
    lives.base[stays, year] = lives.base[stays, year - 1]
    more = ~np.isin(lives.trained[stays, year - 1], (MOVED, LONGER))
    lives.training[stays, year] = lives.training[stays, year - 1] + more
    other = lives.school[stays, year - 1] + (lives.trained[stays, year - 1] == MOVED)
    within = lives.school[stays, year - 1] // COMPANIES * COMPANIES
    lives.school[stays, year] = within + other % COMPANIES
    lives.state[who[ended == TEST_PASSED], year] = CERTIFIED


@lru_cache(maxsize=16)
def _longer(parameters: Parameters) -> Cuts:
    """The word below which training takes longer than its time, for each programme."""
    own = parameters.of("contract.longer")
    return np.array([int(own.get(programme, own[""]) * (1 << 32)) for programme in PROGRAMMES])


@lru_cache(maxsize=128)
def _wrong(parameters: Parameters, year: int, name: str) -> Cuts:
    """The word below which it goes wrong in a school year, shape (programmes, bands); by programme as in school."""
    own, ratio = parameters.one(name), {"wrong": parameters.one("training.ratio")}
    trend = between(parameters.of("training.year"), year)
    factors = [trend * leaving(parameters, year, programme) for programme in PROGRAMMES]
    weights = [{"wrong": own * factor, "right": 1 - own} for factor in factors]
    return np.stack([cuts_by_band(each, ratio, ("wrong", "right"))[:, 0] for each in weights])


def match(own: Rules, draws: Draws, lives: Lives, year: int) -> None:
    """Those who want an apprenticeship, by ability, engagement and luck, as far as there are places."""
    area = last_area(lives, year)
    wants = (lives.intended[:, year] == APPLY) & (lives.state[:, year] == OUT)
    able = (area >= 0) & (own.trades.count[np.maximum(area, 0)] > 0)
    lives.intended[wants & ~able, year] = STAY_OUT
    who = np.flatnonzero(wants & able)
    if not len(who):
        return
    words = draws.words(f"market/{year}", 6)[who]
    rank = own.parameters.one
    score = (
        lives.who.general
        - own.centres[lives.people.sex]
        + times(lives.who.engagement, rank("market.rank", "engagement"))
        + times(draws.bell(f"market/luck/{year}")[:, 0], rank("market.rank", "luck"))
    )[who]
    programme, calendar = programmes()[area[who]], own.group.cohort + year
    got = np.zeros(len(who), dtype=np.bool_)
    for place in np.unique(programme).tolist():
        these = np.flatnonzero(programme == place)
        got[
            these[np.argsort(-score[these], kind="stable")[: _places(own, PROGRAMMES[place], len(these), calendar)]]
        ] = True
    lives.matched[who, year] = got
    _begin(own, lives, year, who[got], area[who][got], words[got])
    with_school = own.schools.count[area[who]] > 0
    for school in (True, False):
        lost = np.flatnonzero(~got & (with_school == school))
        lives.intended[who[lost], year] = pick(words[lost, 0], own.years[year].unmatched[school])
    taught = np.flatnonzero(~got & ~with_school & (lives.intended[who, year] == SCHOOL))
    _train_in_school(own, lives, year, who[taught], area[who][taught], words[taught])


def _places(own: Rules, programme: str, applicants: int, year: int) -> int:
    share = own.parameters.one("market.places", programme)
    area = own.parameters.of("market.area").get(own.group.base, 1)
    trend = between(own.parameters.of("market.year"), year)
    return min(int(share * area * trend * applicants), applicants)


def _begin(own: Rules, lives: Lives, year: int, who: Ints, area: Ints, words: Words) -> None:
    trade = own.trades.draw(area, words[:, 1])
    border = words[:, 2] < own.parameters.share("contract.border")
    home = lives.home[who, year]
    lives.state[who, year] = APPRENTICE
    lives.area[who, year] = trade
    lives.base[who, year] = np.where(border, neighbours(home, scaled(words[:, 3], 4)), home)
    lives.school[who, year] = programmes()[trade] * COMPANIES + scaled(words[:, 4], COMPANIES)
    lives.training[who, year] = 1


def _train_in_school(own: Rules, lives: Lives, year: int, who: Ints, area: Ints, words: Words) -> None:
    """Those who are taught a trade in school, for a year, because no company took them; the school follows."""
    lives.state[who, year] = APPRENTICE
    lives.area[who, year] = own.trades.draw(area, words[:, 1])
    lives.training[who, year] = IN_SCHOOL


def trade_areas(lives: Lives, year: int) -> Ints:
    """The trade that most go on to after each one's last area, -1 where none follows."""
    first = np.full(len(curriculum().areas), -1, dtype=np.int64)
    for place, after in enumerate(curriculum().after):
        trades = [(weight, there) for there, weight in after if curriculum().areas[there].route == "trade"]
        if trades:
            first[place] = max(trades)[1]
    area = last_area(lives, year)
    found: Ints = np.where(area >= 0, first[np.maximum(area, 0)], -1)
    return found
