"""Columns of the simulated tables: from whole numbers to Arrow, by the kind that a table's form names.

Codes are positions in a vocabulary until here; -1 is null. Days are counted from 1 January 1970; NO_DAY is null.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from avrop.vigo.simulator.draws import Ints

NO_DAY = -(1 << 30)
Values = npt.NDArray[np.int64] | npt.NDArray[np.int32] | npt.NDArray[np.bool_]

WHOLE, DAY, ROW, LINK, DIGITS, PART = "whole", "day", "row", "link", "digits", "part"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: a kind, and for codes their vocabulary, for digits their width, for parts the divisor.

    Kinds: `row` (an id, never null), `link` (an id, or null), `whole` (a count), `day`, `digits` (text of digits, zeros
    in front), `part` (a number with decimals), `text`, and `code`.
    """

    kind: str
    codes: tuple[str, ...] = ()
    width: int = 0


def code(*codes: str) -> Column:
    """A column of codes from a vocabulary."""
    return Column(kind="code", codes=codes)


def digits(width: int) -> Column:
    """A text of so many digits; 0 gives as many as there are."""
    return Column(kind=DIGITS, width=width)


ID, DAYS, COUNT = Column(kind=ROW), Column(kind=DAY), Column(kind=WHOLE)
REFERENCE, WORDS = Column(kind=LINK), Column(kind="text")
TENTHS, HUNDREDTHS = Column(kind=PART, width=10), Column(kind=PART, width=100)


@dataclass
class Rows:
    """The rows of one table as they are made, part by part; every part has all columns, of one length."""

    form: Mapping[str, Column]
    parts: list[dict[str, Values]] = field(default_factory=list)

    def add(self, **columns: Values) -> None:
        """Add rows. Errors: ValueError when columns are missing, too many or of different lengths."""
        if set(columns) != set(self.form) or len({len(values) for values in columns.values()}) != 1:
            raise ValueError("a part has all columns of its table, in one length")
        if len(next(iter(columns.values()))):
            self.parts.append(columns)

    def table(self) -> pa.Table:
        """All rows, each marked as synthetic."""
        rows = sum(len(next(iter(part.values()))) for part in self.parts)
        made = {name: _array(column, self._joined(name)) for name, column in self.form.items()}
        made["er_syntetisk"] = pa.array(np.ones(rows, dtype=np.bool_))
        return pa.table(made)

    def _joined(self, name: str) -> Values:
        if not self.parts:
            return np.empty(0, dtype=np.int64)
        joined: Values = np.concatenate([part[name] for part in self.parts])
        return joined


def _array(column: Column, values: Values) -> pa.Array:
    if column.kind == ROW:
        return pa.array(values.astype(np.int64, copy=False))
    if column.kind == LINK:
        return pa.array(values.astype(np.int64), mask=values < 0)
    if column.kind == WHOLE:
        return pa.array(values.astype(np.int16), mask=values < 0)
    if column.kind == DAY:
        return pa.array(values.astype(np.int32), mask=values == NO_DAY).cast(pa.date32())
    if column.kind == PART:
        return pa.array(values / column.width, mask=values < 0)
    if column.kind == DIGITS:
        return _digits(column, values)
    places = pa.array(values.astype(np.int16), mask=values < 0)
    return pa.DictionaryArray.from_arrays(places, pa.array(column.codes, pa.string()))


def _digits(column: Column, values: Values) -> pa.Array:
    if column.width >= 9:  # nearly all different
        texts = pc.utf8_lpad(pa.array(values.astype(np.int64)).cast(pa.string()), column.width, "0")
        return pc.if_else(pa.array(values >= 0), texts, None)
    known, places = np.unique(np.maximum(values, 0), return_inverse=True)
    texts = [_padded(number, column.width) for number in known.tolist()]
    found = pa.array(places.reshape(-1).astype(np.int32), mask=values < 0)
    return pa.DictionaryArray.from_arrays(found, pa.array(texts, pa.string()))


def _padded(number: int, width: int) -> str:
    # A school of a county has five digits, a private one three.
    return str(number).zfill(width if width != 5 or number > 999 else 3)


def positions(codes: Sequence[str], *wanted: str) -> Ints:
    """Positions of codes in a vocabulary."""
    return np.array([codes.index(each) for each in wanted], dtype=np.int64)
