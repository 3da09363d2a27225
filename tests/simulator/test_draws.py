"""Draws are pure functions of seed, stream, group and person, and are Philox's: known answers and an independent one."""

import hashlib
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.vigo.simulator.chances import BANDS, bands, weights_by_band
from avrop.vigo.simulator.draws import SD, VERSION, Draws, bell_of, chance, edges, key, pick, scaled
from tests.examples import tried

MASK = (1 << 64) - 1


def philox(key: int, counter: int) -> list[int]:
    """Four words of Philox-4x64-10, written from its paper (Salmon and others, 2011)."""
    x = [(counter + 1) >> (64 * i) & MASK for i in range(4)]  # the counter is stepped before it is used
    k = [key & MASK, key >> 64 & MASK]
    for _ in range(10):
        a, b = 0xD2E7470EE14C6C93 * x[0], 0xCA5A826395121157 * x[2]
        x = [b >> 64 ^ x[1] ^ k[0], b & MASK, a >> 64 ^ x[3] ^ k[1], a & MASK]
        k = [(k[0] + 0x9E3779B97F4A7C15) & MASK, (k[1] + 0xBB67AE8584CAA73B) & MASK]
    return x


def test_known_answers() -> None:
    drawn = Draws(1, "03-2015", 0, 3).words("ability", 2)
    assert drawn.tolist() == KNOWN
    assert hashlib.sha256(Draws(7, "18-2020", 5, 1000).words("end/3", 9).tobytes()).hexdigest() == LONG


KNOWN = [[1266835170, 1871206958], [2952222498, 2436739136], [1184756744, 3273056197]]
LONG = "e5e36fbf5be10316cafcc069873f51d8d4cc3ee1fe313a32a58f9fb6354fb1e1"


@pytest.mark.parametrize(
    ("seed", "stream", "group", "person"), [(1, "ability", "03-2015", 0), (9, "mark/2020", "20-2006V", 4321)]
)
def test_words_are_philox_by_the_paper(seed: int, stream: str, group: str, person: int) -> None:
    text = f"{VERSION}\n{seed}\n{stream}\n{group}"
    own = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "little")
    assert own == key(seed, stream, group)
    words = [half for word in philox(own, person) for half in (word & 0xFFFFFFFF, word >> 32)]
    assert Draws(seed, group, person, 1).words(stream, 8)[0].tolist() == words


@tried(50)
@given(st.integers(0, 500), st.integers(1, 60), st.integers(1, 20))
def test_any_slice_of_people_is_drawn_alone(first: int, people: int, width: int) -> None:
    whole = Draws(3, "11-2010", 0, 600).words("x", width)
    assert (Draws(3, "11-2010", first, people).words("x", width) == whole[first : first + people]).all()


@tried(100)
@given(st.lists(st.integers(0, 1000), min_size=2, max_size=9).filter(any))
def test_alternatives_are_drawn_by_weight_and_one_of_weight_0_never(weights: list[int]) -> None:
    words = np.linspace(0, (1 << 32) - 1, 20_001).astype(np.uint32)
    drawn = np.bincount(pick(words, edges(weights)), minlength=len(weights))
    assert np.allclose(drawn / len(words), np.array(weights) / sum(weights), atol=0.001)


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2]])
def test_weights_that_give_nothing_are_an_error(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        edges(weights)


def test_bells_are_nearly_normal() -> None:
    words = Draws(1, "x", 0, 200_000).words("bell", 1)
    drawn = bell_of(words)[:, 0]
    assert (drawn == (words.view(np.uint8).sum(axis=1, dtype=np.int64) - 510) * SD // 148).all()
    assert abs(drawn.mean()) < 5
    assert abs(drawn.std() / SD - 1) < 0.01
    assert abs((np.abs(drawn) < SD).mean() - 0.6827) < 0.02


def test_whole_numbers_are_below_their_limit() -> None:
    drawn = scaled(np.array([0, 1 << 31, (1 << 32) - 1], dtype=np.uint32), 10)
    assert drawn.tolist() == [0, 5, 9]
    assert chance("0.5") == 1 << 31


def test_weights_by_band_follow_their_ratio_and_bands_are_a_fifth_of_a_deviation() -> None:
    table = weights_by_band({"a": Fraction(1), "b": Fraction(3)}, {"a": Fraction(11, 10)}, ["a", "b"])
    odds = table[:, 0] / table[:, 1]
    assert np.allclose(odds, [1.1 ** (band - 16) / 3 for band in range(BANDS)], rtol=1e-4)
    assert bands(np.array([-9 * SD, 0, SD, 9 * SD])).tolist() == [0, 16, 21, 31]
