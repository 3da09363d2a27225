"""Schools, companies and training offices of nobody: which there are, and which programmes a school has.

A school is a position within its base area: the county's own first, then one of the state, then private ones. Its
number follows the county's code of the day; what it is and where stays.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from avrop.vigo.simulator.curriculum import ACADEMIC, PROGRAMMES
from avrop.vigo.simulator.draws import Flags, Ints, Words, edges, key, pick
from avrop.vigo.simulator.numbers import organisation_numbers
from avrop.vigo.simulator.places import BASES, counties

_PUBLIC = {
    "01": 20, "02": 42, "03": 46, "04": 15, "05": 13, "06": 19, "07": 15, "08": 13, "09": 10, "10": 17, "11": 39,
    "12": 42, "14": 14, "15": 24, "16": 27, "17": 14, "18": 21, "19": 16, "20": 11,
}  # fmt: skip
"""Real numbers of schools as published for 2025-2026, split where a county has two areas; all schools are made up."""

_FROM = {"02": 21, "06": 64, "08": 16, "10": 11, "05": 16, "14": 43, "17": 28, "20": 17}
"""Where an area's series begins, minus one, so that areas of one county do not meet."""

PRIVATE = 6
STATE = 1
COMPANIES = 30
"""Companies of an area for each programme with apprentices."""

OFFICES = 6


@dataclass(frozen=True)
class Schools:
    """The schools of one area. `public` of them are the county's; `cuts[p]` draws a public one that has programme p."""

    base: int
    public: int
    offers: Flags
    cuts: tuple[npt.NDArray[np.uint32], ...]
    having: tuple[Ints, ...]

    @property
    def count(self) -> int:
        """All schools, state and private ones too."""
        return self.public + STATE + PRIVATE

    def draw(self, words: Words, programmes: Ints) -> Ints:
        """A public school with the programme, for each."""
        found = np.zeros(len(words), dtype=np.int64)
        for programme in np.unique(programmes).tolist():
            own = np.flatnonzero(programmes == programme)
            found[own] = self.having[programme][pick(words[own], self.cuts[programme])]
        return found

    def private(self, words: Words) -> Ints:
        """One of the private schools, for each."""
        found: Ints = self.public + STATE + (words >> np.uint32(8)).astype(np.int64) % PRIVATE
        return found


@cache
def schools(seed: int, base: int) -> Schools:
    """The schools of an area; every programme has at least one."""
    public = _PUBLIC[BASES[base]]
    raw = np.random.Philox(key=key(seed, "schools", BASES[base])).random_raw(public * 16).reshape(
        public, 16
    ) >> np.uint64(40)
    words = raw.astype(np.int64)
    chance = np.array([11, 4, 3, 3, 3, *(6, 2, 7, 3, 8, 4, 4, 4, 6, 7)]) << 20  # of 16
    offers = words[:, : len(PROGRAMMES)] < chance
    for programme in range(len(PROGRAMMES)):
        if not offers[:, programme].any():
            offers[programme * 7 % public, programme] = True
    weight = 1 + words[:, 15] % 5
    having = tuple(np.flatnonzero(offers[:, programme]) for programme in range(len(PROGRAMMES)))
    cuts = tuple(edges(weight[own]) for own in having)
    return Schools(base, public, offers, cuts, having)


def school_numbers(bases: Ints, places: Ints, days: Ints | int) -> Ints:
    """The VIGO number on a day: county and three digits; a private school has three digits alone."""
    first = np.array([_FROM.get(base, 0) for base in BASES])
    public = np.array([_PUBLIC[base] for base in BASES])[bases]
    state = places == public
    private = places > public
    own = np.where(state, 190 + first[bases] % 10, 1 + first[bases] + places)
    number = np.where(private, 120 + bases * 20 + places - public, counties(bases, days) * 1000 + own)
    found: Ints = number
    return found


def owners(bases: Ints, places: Ints) -> Ints:
    """Who owns the school: 1 the county, 2 the state, 4 private."""
    public = np.array([_PUBLIC[base] for base in BASES])[bases]
    found: Ints = np.where(places < public, 1, np.where(places == public, 2, 4))
    return found


def school_organisations(bases: Ints, places: Ints) -> Ints:
    """The organisation number of a school."""
    return organisation_numbers(bases * 100 + places)


def company_organisations(bases: Ints, places: Ints) -> Ints:
    """The organisation number of a company of an area (`places` below 15 * COMPANIES)."""
    return organisation_numbers(10_000 + bases * 1000 + places)


def office_organisations(bases: Ints, places: Ints) -> Ints:
    """The organisation number of a training office."""
    return organisation_numbers(40_000 + bases * 10 + places)


def vocational(programme: int) -> bool:
    """Whether the programme is a vocational one."""
    return programme >= ACADEMIC
