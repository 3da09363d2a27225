"""Whole random numbers as a pure function of (seed, stream, county, cohort, person): keyed Philox counters.

The key is 128 bits of BLAKE2b over the version, the seed, the stream and the group; the counter is the person's index
times the counters that the stream uses for a person. So any slice of people can be drawn alone, by any worker and in
any order. Only `random_raw` is used: it is the layer of NumPy that stays the same between releases and processors.
No floating point, and none of NumPy's distributions.
"""

import hashlib
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]

VERSION = "vigo-simulator 1"
ONE = 1 << 32
"""A probability is a whole number of 2^-32."""

SD = 1024
"""Latent quantities are whole numbers of 1/1024 standard deviation."""

_WORDS = 8  # of 32 bits per Philox counter


def key(seed: int, *parts: str | int) -> int:
    """The 128-bit key of one stream of one group."""
    text = "\n".join([VERSION, str(seed), *(str(part) for part in parts)])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "little")


@dataclass(frozen=True)
class Draws:
    """The draws of a run of people: `people` of the group, from its person `first` on."""

    seed: int
    group: str
    first: int
    people: int

    def words(self, stream: str, width: int = 1) -> Words:
        """32-bit words, shape (people, width)."""
        counters = -(-width // _WORDS)
        bits = np.random.Philox(counter=self.first * counters, key=key(self.seed, stream, self.group))
        raw = bits.random_raw(self.people * counters * 4)
        words: Words = raw.astype("<u8", copy=False).view("<u4").reshape(self.people, counters * _WORDS)
        return words[:, :width]

    def word(self, stream: str) -> Words:
        """One word for each person, shape (people,)."""
        return np.ascontiguousarray(self.words(stream)[:, 0])

    def below(self, stream: str, limit: int | Ints) -> Ints:
        """A whole number in [0, limit) for each person."""
        return scaled(self.word(stream), limit)

    def happens(self, stream: str, chance: int | Ints) -> Flags:
        """Whether something of this probability (in 2^-32) happens to each person."""
        happened: Flags = self.word(stream) < np.asarray(chance, dtype=np.uint64)
        return happened

    def bell(self, stream: str, width: int = 1) -> Ints:
        """Nearly normal numbers of mean 0, in 1/1024 standard deviation, shape (people, width)."""
        return bell_of(self.words(stream, width))


def scaled(words: Words, limit: int | Ints) -> Ints:
    """Each word as a whole number in [0, limit)."""
    found: Ints = ((words.astype(np.uint64) * np.asarray(limit, dtype=np.uint64)) >> np.uint64(32)).astype(np.int64)
    return found


def bell_of(words: Words) -> Ints:
    """Nearly normal numbers from one word each: the sum of its four bytes (mean 510, standard deviation 147.8)."""
    # The bytes are added two at a time, within the word.
    pairs = (words & np.uint32(0x00FF00FF)) + ((words >> np.uint32(8)) & np.uint32(0x00FF00FF))
    total = (pairs & np.uint32(0xFFFF)) + (pairs >> np.uint32(16))
    found: Ints = (total.astype(np.int64) - 510) * SD // 148
    return found


def edges(weights: npt.ArrayLike) -> npt.NDArray[np.uint32]:
    """Cut points of a draw among alternatives by whole-number weights: shape (..., alternatives - 1).

    Alternative j is drawn when exactly j cut points are at most the word. Errors: ValueError for no weight at all.
    """
    table = np.asarray(weights, dtype=np.int64)
    total = table.sum(axis=-1, keepdims=True)
    if (total <= 0).any() or (table < 0).any():
        raise ValueError("weights must be whole numbers of at least 0, and not all 0")
    # Below 2^31 each, so that the product with 2^32 stays within 63 bits.
    part = (np.cumsum(table, axis=-1)[..., :-1] << 32) // total
    cuts: npt.NDArray[np.uint32] = np.minimum(part, ONE - 1).astype(np.uint32)
    return cuts


def pick(words: Words, cuts: npt.NDArray[np.uint32]) -> Ints:
    """The alternative that each word draws; `cuts` has a row for each word, or is one row for all."""
    found: Ints = (words[:, None] >= cuts).sum(axis=1, dtype=np.int64)
    return found


def chance(part: Fraction | float | str) -> int:
    """A probability in 2^-32, from an exact fraction or a decimal text."""
    return min(int(Fraction(part) * ONE), ONE)
