"""The logical hash of a table's rows: the same for the same rows, in whatever order, blocks, files or library.

Each value becomes a 64-bit whole number (a code the hash of its text), each row a 64-bit hash of its numbers, and a
table two sums of its rows' hashes, modulo 2^64. Sums of parts add up, so a group has one hash however it was cut.
It shows that rows are the same; that nobody changed a file is shown by the file's SHA-256 beside it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from avrop.vigo.simulator.columns import DAY, DIGITS, LINK, PART, ROW, WHOLE, Column

_NULL = np.uint64(0x9E3779B97F4A7C15)
_FACTOR = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_MASK = (1 << 64) - 1
_START = np.uint64(0x243F6A8885A308D3)


@dataclass(frozen=True)
class Logical:
    """How many rows, and two sums of their hashes."""

    rows: int = 0
    first: int = 0
    second: int = 0

    def __add__(self, other: "Logical") -> "Logical":
        return Logical(self.rows + other.rows, (self.first + other.first) & _MASK, (self.second + other.second) & _MASK)

    @property
    def text(self) -> str:
        """As in manifests: 32 hexadecimal signs."""
        return f"{self.first:016x}{self.second:016x}"

    @classmethod
    def of_text(cls, rows: int, text: str) -> "Logical":
        """The hash that a manifest tells."""
        return cls(rows, int(text[:16], 16), int(text[16:], 16))


def logical(table: pa.Table, form: Mapping[str, Column]) -> Logical:
    """The hash of a table of this form. Errors: KeyError for a missing column."""
    with np.errstate(over="ignore"):
        hashes = np.full(table.num_rows, _START, dtype=np.uint64)
        for name, column in form.items():
            hashes ^= _numbers(column, table.column(name))
            hashes *= _FACTOR
            hashes ^= hashes >> np.uint64(31)
        first = int(hashes.sum(dtype=np.uint64)) & _MASK
        hashes *= _SECOND
        hashes ^= hashes >> np.uint64(29)
        return Logical(table.num_rows, first, int(hashes.sum(dtype=np.uint64)) & _MASK)


def _numbers(column: Column, values: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    if column.kind == ROW:
        ids: npt.NDArray[np.uint64] = values.to_numpy().astype(np.uint64)
        return ids
    if column.kind in {WHOLE, DAY, LINK}:
        whole = values.cast(pa.int32()) if column.kind == DAY else values
        return _filled(whole.cast(pa.int64()), values)
    if column.kind == PART:
        scaled = pc.round(pc.multiply(values, float(column.width)))
        return _filled(scaled.cast(pa.int64()), values)
    if column.kind == DIGITS and not pa.types.is_dictionary(values.type):
        return _filled(values.cast(pa.int64()), values)
    return _texts(values, digits=column.kind == DIGITS)


def _filled(numbers: pa.ChunkedArray, values: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    found: npt.NDArray[np.uint64] = pc.fill_null(numbers, 0).to_numpy().astype(np.int64).view(np.uint64)
    if values.null_count:
        found = np.where(values.is_null().to_numpy(), _NULL, found)
    return found


def _texts(values: pa.ChunkedArray, *, digits: bool) -> npt.NDArray[np.uint64]:
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    parts = []
    for chunk in values.chunks:
        table = np.array(
            [int(text) if digits else _of_text(text) for text in chunk.dictionary.to_pylist()] + [int(_NULL)],
            dtype=np.uint64,
        )
        places = pc.fill_null(chunk.indices.cast(pa.int64()), len(table) - 1).to_numpy()
        parts.append(table[places])
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)


@lru_cache(maxsize=4096)
def _of_text(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
