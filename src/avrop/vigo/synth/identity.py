"""Identity numbers of nobody: month + 80, so that none can be a living person's, with both check digits right.

The number is `DDMMYYIIICC`: III is 500-999 for births from 2000, 000-499 before, odd for men and even for women.
"""

import numpy as np

from avrop.errors import Mistake
from avrop.vigo.synth.draws import Draws, Ints

_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_CANDIDATES = 250


def identity_numbers(draws: Draws, *, year: Ints, month: Ints, day: Ints, sex: Ints) -> Ints:
    """One number of eleven digits for each person, all different; `sex` is 1 for men and 2 for women.

    Errors: `simulate.numbers` (Mistake) when more are born on a day than there are numbers (about 200 of each sex).
    """
    stem = np.column_stack([year, month, day, sex])
    cells, cell = np.unique(stem, axis=0, return_inverse=True)
    cell = cell.reshape(-1)
    numbers, usable = _candidates(cells)
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(len(cells)))
    place = np.empty(len(cell), dtype=np.int64)
    place[order] = np.arange(len(cell)) - starts[cell[order]]
    if bool((place >= usable.sum(axis=1)[cell]).any()):
        raise Mistake(
            "simulate.numbers", "More people are born on one day than there are numbers.", hint="Ask for fewer."
        )
    # A keyed order within the day, unusable numbers last, so that numbers tell nothing of who came first.
    keys = draws.words("identity", rows=len(cells), width=_CANDIDATES).astype(np.int64)
    keys[~usable] = np.iinfo(np.int64).max
    shuffled = np.argsort(keys, axis=1, kind="stable")
    found: Ints = numbers[cell, shuffled[cell, place]]
    return found


def _candidates(cells: Ints) -> tuple[Ints, "np.typing.NDArray[np.bool_]"]:
    year, month, day, sex = (cells[:, column] for column in range(4))
    stem = (day * 100 + month + 80) * 100 + year % 100
    first = np.where(year >= 2000, 500, 0) + np.where(sex == 1, 1, 0)
    nine = stem[:, None] * 1000 + first[:, None] + 2 * np.arange(_CANDIDATES)
    one = _check_digit(nine, weights=_FIRST)
    ten = nine * 10 + one
    two = _check_digit(ten, weights=_SECOND)
    return ten * 10 + two, (one < 10) & (two < 10)


def _check_digit(numbers: Ints, *, weights: tuple[int, ...]) -> Ints:
    total = np.zeros_like(numbers)
    rest = numbers
    for weight in reversed(weights):
        total += weight * (rest % 10)
        rest = rest // 10
    digit: Ints = (11 - total % 11) % 11
    return digit
