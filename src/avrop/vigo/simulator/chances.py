"""Cut points for the draws of choices and outcomes, by band of ability: from weights and their ratio per band.

A weight at the middle band is multiplied by its ratio for each band up, and divided for each band down: exact fractions
turned into whole numbers once, here. On the way of the data a choice is a comparison of one word with a row of these.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np

from avrop.vigo.simulator.draws import SD, Ints, Words, edges, pick

BANDS = 32
_MIDDLE = 16
_SCALE = 1 << 24


def bands(ability: Ints) -> Ints:
    """The band, 0 to 31, of an ability in 1/1024 standard deviation: a fifth of one for each band."""
    found: Ints = np.clip(ability * 5 // SD + _MIDDLE, 0, BANDS - 1)
    return found


def weights_by_band(weights: Mapping[str, Fraction], ratios: Mapping[str, Fraction], names: Sequence[str]) -> Ints:
    """Whole-number weights, shape (bands, names); each band's largest is near 2^24."""
    table = np.zeros((BANDS, len(names)), dtype=np.int64)
    exact: dict[int, list[int]] = {}
    for place, name in enumerate(names):
        share, powers = weights.get(name, Fraction(0)), _powers(ratios.get(name, Fraction(1)))
        if share:
            exact[place] = [share.numerator * power // share.denominator for power in powers]
    most = [max(parts) for parts in zip(*exact.values(), strict=True)]
    for place, parts in exact.items():
        table[:, place] = [part * _SCALE // top for part, top in zip(parts, most, strict=True)]
    return table


def cuts_by_band(
    weights: Mapping[str, Fraction], ratios: Mapping[str, Fraction], names: Sequence[str]
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
    """Cut points, shape (bands, names - 1)."""
    return edges(weights_by_band(weights, ratios, names))


def choose(words: Words, weights: Ints) -> Ints:
    """The alternative that each word draws by its own row of whole-number weights."""
    return pick(words, edges(weights))


@lru_cache(maxsize=1024)
def _powers(ratio: Fraction) -> tuple[int, ...]:
    """The ratio to the power of each band's distance from the middle, as whole numbers of 2^-48."""
    up, down = [1 << 48], [1 << 48]
    for _ in range(_MIDDLE):
        up.append(up[-1] * ratio.numerator // ratio.denominator)
        down.append(down[-1] * ratio.denominator // ratio.numerator)
    return (*down[:0:-1], *up[:_MIDDLE])
