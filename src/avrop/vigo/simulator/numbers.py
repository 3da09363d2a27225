"""Identity numbers of nobody (month + 80), by plan: each group of people has its own part of each day's numbers.

The numbers of a day and a sex, about 206 of them, stand in a keyed order. People of a birth year and a sex have a
running number over the whole country, county after county; it gives the day and the place in that day's order. So
numbers are different without anybody being asked, and do not tell the county.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from avrop.vigo.simulator.draws import Ints, key
from avrop.vigo.simulator.places import day

ON_TIME, EARLY, LATE, ADULT, RESERVED = 0, 135, 147, 159, 199
"""Where in a day's order the numbers of each kind of people begin. The last ones are the gallery's."""

_FIRST = np.array((3, 7, 6, 1, 8, 9, 4, 5, 2))
_SECOND = np.array((5, 4, 3, 2, 7, 6, 5, 4, 3, 2))
FEWEST = 203
"""On every day there are at least so many numbers for each sex."""


def days_of(year: int) -> int:
    """How many days the year has."""
    return day(year + 1, 1, 1) - day(year, 1, 1)


_CANDIDATES = 250
_BLOCKS = 63  # counters of four words for the candidates of a cell
_FEW = 60
_MANY = 300
"""From so many people of a birth year on, the numbers of the whole year are made and kept."""


def numbers_of(seed: int, year: int, days: Ints, women: Ints) -> Ints:
    """The numbers of days of a year (0 is 1 January) for a sex each, in their keyed order: shape (days, FEWEST)."""
    dates = (days + day(year, 1, 1)).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    stem = (((dates - months).astype(np.int64) + 1) * 100 + months.astype(np.int64) % 12 + 81) * 100 + year % 100
    # Odd numbers for men, even ones for women.
    individual = (500 if year >= 2000 else 0) + 2 * np.arange(_CANDIDATES) + (women == 0)[:, None]
    one = -(_weighted(stem, _FIRST[:6])[:, None] + _weighted(individual, _FIRST[6:])) % 11
    two = -(_weighted(stem, _SECOND[:6])[:, None] + _weighted(individual, _SECOND[6:9]) + 2 * one) % 11
    words = _words(key(seed, "numbers", year), days * 2 + women, cells=days_of(year) * 2) >> np.uint64(1)
    order = np.where((one < 10) & (two < 10), words, np.uint64(1 << 63))
    places = np.argsort(order, axis=1, kind="stable")[:, :FEWEST]
    numbers = ((stem[:, None] * 1000 + individual) * 10 + one) * 10 + two
    found: Ints = np.take_along_axis(numbers, places, axis=1)
    return found


def _words(own: int, cells_wanted: Ints, *, cells: int) -> npt.NDArray[np.uint64]:
    """A row of words for each wanted cell: drawn one by one where they are few."""
    if len(cells_wanted) < _FEW:
        bits = [np.random.Philox(key=own, counter=cell * _BLOCKS) for cell in cells_wanted.tolist()]
        drawn = [each.random_raw(_CANDIDATES) for each in bits]
        return np.array(drawn, dtype=np.uint64).reshape(-1, _CANDIDATES)
    raw = np.random.Philox(key=own).random_raw(cells * _BLOCKS * 4)
    found: npt.NDArray[np.uint64] = raw.reshape(cells, -1)[cells_wanted, :_CANDIDATES]
    return found


@lru_cache(maxsize=16)
def _whole_year(seed: int, year: int) -> Ints:
    """All numbers of a birth year: shape (days, 2, FEWEST)."""
    cells = np.arange(days_of(year) * 2)
    return numbers_of(seed, year, cells // 2, cells % 2).reshape(-1, 2, FEWEST)


def allot(seed: int, *, years: Ints, women: Ints, running: Ints, begins: Ints) -> tuple[Ints, Ints]:
    """Number and birthday (days since 1970) of people by birth year, sex and running number within the two.

    `begins` is where their kind's numbers begin in a day's order.
    """
    numbers = np.zeros(len(years), dtype=np.int64)
    births = np.zeros(len(years), dtype=np.int64)
    for year in np.unique(years).tolist():
        own = np.flatnonzero(years == year)
        days = days_of(year)
        at, place = running[own] % days, begins[own] + running[own] // days
        if len(own) >= _MANY:
            numbers[own] = _whole_year(seed, year)[at, women[own], place]
        else:
            numbers[own] = numbers_of(seed, year, at, women[own])[np.arange(len(own)), place]
        births[own] = at + day(year, 1, 1)
    return numbers, births


def organisation_numbers(running: Ints) -> Ints:
    """Organisation numbers of nobody: nine digits, the first 2 or 3; another for each running number below 10^7.

    Of two neighbouring stems at most one lacks a control digit, since their weighted sums differ by 2.
    """
    stem = 20_000_000 + 2 * running
    weights = np.array((3, 2, 7, 6, 5, 4, 3, 2))
    stem = stem + (_weighted(stem, weights) % 11 == 1)
    rest = _weighted(stem, weights) % 11
    found: Ints = stem * 10 + np.where(rest == 0, 0, 11 - rest)
    return found


def _weighted(numbers: Ints, weights: Ints) -> Ints:
    total = np.zeros_like(numbers)
    rest = numbers
    for weight in weights[::-1].tolist():
        total += weight * (rest % 10)
        rest = rest // 10
    return total
