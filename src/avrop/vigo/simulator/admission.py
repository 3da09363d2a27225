"""The first year's admission: wishes, places at every school, and who gets which, the most points first.

All schools of an area order applicants alike, by points; equal points by lot. Everybody asks the best wish that is
left, a school keeps as many as it has places for, and who was not kept asks the next one. That ends in the one
outcome in which nobody could be admitted to a better wish without having more points than somebody there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from avrop.vigo.simulator.abilities import Abilities, between, by_sex
from avrop.vigo.simulator.chances import bands, choose, weights_by_band
from avrop.vigo.simulator.curriculum import ACADEMIC, PROGRAMMES
from avrop.vigo.simulator.draws import Draws, Flags, Ints
from avrop.vigo.simulator.parameters import Parameters
from avrop.vigo.simulator.plan import WOMAN, Group
from avrop.vigo.simulator.schools import Schools

_NO = -1


@dataclass(frozen=True)
class Admission:
    """`programme` and `school` of each wish, shape (people, wishes), -1 for no wish. `taken`: the wish, or -1.

    `places` are the school's places by programme, shape (schools, 15). `late`: admitted by hand after the others.
    """

    programme: Ints
    school: Ints
    taken: Ints
    places: Ints
    late: Flags


@dataclass(frozen=True)
class Wishes:
    """Weights of programmes, shape (sexes, bands, programmes), and each programme's places against first wishes.

    Bands are of ability against the middle of one's own sex (`centres`), so that the published shares of women hold
    though women have more points. `twice`: how many, in 2^-32, ask for their first programme at a second school too.
    """

    table: Ints
    places: tuple[Fraction, ...]
    centres: Ints
    twice: int

    def weights(self, ability: Ints, sex: Ints) -> Ints:
        """The weights of each person, shape (people, programmes)."""
        found: Ints = self.table[sex, bands(ability - self.centres[sex])]
        return found


def wishes(parameters: Parameters, group: Group) -> Wishes:
    """What the applicants of a group want: groups of the same years and county factor want the same."""
    academic = parameters.of("wish.academic").get(group.base, Fraction(1))
    academic *= between(parameters.of("wish.academic.year"), group.cohort)
    table, places = _wishes(parameters, academic, group.cohort)
    return Wishes(table, places, by_sex(parameters, group.cohort), parameters.share("wish.twice"))


@lru_cache(maxsize=128)
def _wishes(parameters: Parameters, academic: Fraction, year: int) -> tuple[Ints, tuple[Fraction, ...]]:
    of = parameters.of
    weights = {name: weight * _wanted(parameters, name, year) for name, weight in of("wish.weight").items()}
    women = _women(parameters, year)
    for name in PROGRAMMES[:ACADEMIC]:
        weights[name] *= academic
    for name, since in (("KD", 2016), ("IM", 2020)):
        if year < since:
            del weights[name]
    ratios = _ratios(parameters, year)
    tables = []
    for sex in (0, WOMAN):
        own = {name: weight * (women[name] if sex == WOMAN else 1 - women[name]) for name, weight in weights.items()}
        tables.append(weights_by_band(own, ratios, PROGRAMMES))
    return np.stack(tables), tuple(of("places")[name] for name in PROGRAMMES)


def _wanted(parameters: Parameters, programme: str, year: int) -> Fraction:
    """By what a programme was wanted more, until 2012, in 2016, 2018 and 2020, than by those who begin in 2025."""
    known = {"2016": parameters.of("wish.past").get(programme, Fraction(1)), "2025": Fraction(1)}
    for node in ("2012", "2018", "2020"):
        if programme in parameters.of(f"wish.{node}"):
            known[node] = parameters.one(f"wish.{node}", programme)
    return between(known, year)


def _ratios(parameters: Parameters, year: int) -> Mapping[str, Fraction]:
    """By what each fifth of a standard deviation makes a wish more likely: `wish.ratio`, other in 2006 for some."""
    first = parameters.of("wish.ratio.2006")
    return {
        name: between({"2006": first.get(name, ratio), "2012": ratio}, year)
        for name, ratio in parameters.of("wish.ratio").items()
    }


def _women(parameters: Parameters, year: int) -> Mapping[str, Fraction]:
    """The share of women among first wishes: `wish.women` stands at 2018; some had others before or after."""
    first, last = parameters.of("wish.women.2015"), parameters.of("wish.women.2022")
    return {
        name: between({"2015": first.get(name, share), "2018": share, "2022": last.get(name, share)}, year)
        for name, share in parameters.of("wish.women").items()
    }


def admission(
    wanted: Wishes, draws: Draws, who: Abilities, sex: Ints, applies: Flags, decided: Ints, own: Schools
) -> Admission:
    """Admit the whole group at once; those who do not apply have no wishes. `decided`: the programme of who wants one
    already, else -1."""
    people = len(sex)
    weights = wanted.weights(who.general, sex)
    chosen = np.full((people, 3), _NO, dtype=np.int64)
    for turn in range(3):
        drawn = choose(draws.word(f"wish/{turn}"), weights)
        chosen[:, turn] = drawn if turn else np.where(decided >= 0, decided, drawn)
        weights[np.arange(people), chosen[:, turn]] = 0
    second = draws.happens("wish/second-school", wanted.twice)
    order = np.stack([chosen[:, 0], np.where(second, chosen[:, 0], _NO), chosen[:, 1], chosen[:, 2]], axis=1)
    school = np.stack(
        [own.draw(draws.word(f"wish/school/{turn}"), np.maximum(order[:, turn], 0)) for turn in range(4)], axis=1
    )
    again = (order[:, 1] >= 0) & (school[:, 1] == school[:, 0])  # the same twice is no second wish
    order[again, 1] = _NO
    order, school = _closed_up(order, school)
    order[~applies] = _NO
    places = _places(wanted, order, applies, own, weights.shape[1])
    taken, late = _serve(order, school, places, points_rank(draws, who))
    return Admission(order, school, taken, places, late)


def points_rank(draws: Draws, who: Abilities) -> Ints:
    """The place of each in the order of points, the best first; equal points by lot."""
    order = np.lexsort((draws.word("lot"), -who.points))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _closed_up(order: Ints, school: Ints) -> tuple[Ints, Ints]:
    places = np.argsort(order < 0, axis=1, kind="stable")
    moved = np.take_along_axis(order, places, axis=1)
    found = np.where(moved < 0, _NO, np.take_along_axis(school, places, axis=1))
    return moved, found


def _places(wanted: Wishes, order: Ints, applies: Flags, own: Schools, programmes: int) -> Ints:
    """Places by school and programme: the first wishes of the area times a ratio, spread as the schools draw."""
    first = np.bincount(order[applies, 0], minlength=programmes)
    places = np.zeros((own.count, programmes), dtype=np.int64)
    for programme in range(programmes):
        ratio = wanted.places[programme]
        total = int(first[programme]) * ratio.numerator // ratio.denominator
        cuts = np.concatenate(([0], own.cuts[programme].astype(np.int64), [1 << 32]))
        ends = cuts * total >> 32
        places[own.having[programme], programme] = np.diff(ends)
    return places


def _serve(order: Ints, school: Ints, places: Ints, rank: Ints) -> tuple[Ints, Flags]:
    """The wish that each gets, or -1; those with none left get the last one, late, for the county owes them a place."""
    width = order.shape[1]
    room = places.reshape(-1)
    seat = np.where(order >= 0, school * places.shape[1] + order, _NO)
    turn = np.where(order[:, 0] >= 0, 0, width)
    while True:
        asking = np.flatnonzero(turn < width)
        wanted = seat[asking, turn[asking]]
        none = wanted < 0
        by = np.lexsort((rank[asking], wanted))
        ordered = wanted[by]
        first = np.searchsorted(ordered, ordered, side="left")
        lost = np.zeros(len(asking), dtype=bool)
        lost[by] = (np.arange(len(by)) - first) >= np.where(ordered < 0, 0, room[ordered])
        if not lost.any():
            break
        turn[asking[lost | none]] += 1
    taken = np.where(turn < width, turn, _NO)
    left = np.flatnonzero((taken < 0) & (order[:, 0] >= 0))
    last = (order[left] >= 0).sum(axis=1) - 1
    taken[left] = last
    late = np.zeros(len(order), dtype=np.bool_)
    late[left] = True
    return taken, late
