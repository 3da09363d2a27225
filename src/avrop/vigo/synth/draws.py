"""Random whole numbers as a pure function of seed, stream and row: keyed Philox counters, no floating point.

Only `random_raw` is used: it is the layer of NumPy whose output does not change between releases and processors.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_VERSION = "vigo-small 1"
_BLOCK = 4  # words per Philox counter


@dataclass(frozen=True)
class Draws:
    """All draws of one seed. Each purpose has its own stream, so a new one moves nothing else."""

    seed: int

    def words(self, stream: str, *, rows: int, width: int) -> npt.NDArray[np.uint64]:
        """32-bit words, shape (rows, width). Row i is the same whatever the number of rows."""
        key = hashlib.blake2b(f"{_VERSION}\n{self.seed}\n{stream}".encode(), digest_size=16).digest()
        whole = -(-width // _BLOCK) * _BLOCK
        raw = np.random.Philox(key=int.from_bytes(key, "little")).random_raw(rows * whole)
        words: npt.NDArray[np.uint64] = np.right_shift(raw.reshape(rows, whole)[:, :width], np.uint64(32))
        return words

    def below(self, stream: str, *, rows: int, limit: int | Ints, width: int = 1) -> Ints:
        """Whole numbers in [0, limit): shape (rows,), or (rows, width) if that is more than one."""
        bound = np.asarray(limit, dtype=np.uint64)
        found = np.right_shift(self.words(stream, rows=rows, width=width) * _as_columns(bound), np.uint64(32))
        drawn: Ints = (found[:, 0] if width == 1 else found).astype(np.int64)
        return drawn

    def choice(self, stream: str, *, rows: int, weights: Sequence[int]) -> Ints:
        """Indexes drawn in proportion to whole-number weights."""
        edges = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(edges, self.below(stream, rows=rows, limit=int(edges[-1])), side="right")

    def happens(self, stream: str, *, rows: int, permille: int | Ints, width: int = 1) -> npt.NDArray[np.bool_]:
        """Whether something of this probability, in thousandths, happens; a row's own probability, or one for all."""
        happened: npt.NDArray[np.bool_] = self.below(stream, rows=rows, limit=1000, width=width) < np.asarray(permille)
        return happened


def _as_columns(bound: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return bound[:, None] if bound.ndim == 1 else bound
