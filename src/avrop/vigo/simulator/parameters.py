"""The simulator's parameters: CSV files in which every row has its figure, year, source, date of reading and licence.

A row without a source in public is an assumption and says so. Values are exact fractions.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from avrop.errors import Mistake

COLUMNS = ("name", "key", "value", "kind", "year", "source", "read", "licence", "note")
ASSUMPTION = "assumption"
_KINDS = ("share", "weight", "count", "number", "ratio")
_NUMBER, _LONGEST = re.compile(r"-?\d+(\.\d+)?(/\d+)?"), 30


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure: `key` is what it is of (a programme, a county, a year); empty where there is only one."""

    name: str
    key: str
    value: Fraction
    kind: str
    year: str
    source: str
    read: str
    licence: str
    note: str
    place: str

    @property
    def assumed(self) -> bool:
        """Whether no public source was found for it."""
        return self.source == ASSUMPTION


@dataclass(frozen=True, eq=False)
class Parameters:
    """All rows, and the SHA-256 of the files that they came from."""

    rows: tuple[Row, ...]
    digest: str
    _table: Mapping[str, Mapping[str, Fraction]]

    def of(self, name: str) -> Mapping[str, Fraction]:
        """The figures of this name by key. Errors: `parameters.missing` (Mistake)."""
        if name not in self._table:
            raise Mistake("parameters.missing", f"No parameter is named {name}.", hint="Add its rows.")
        return self._table[name]

    def one(self, name: str, key: str = "") -> Fraction:
        """One figure. Errors: `parameters.missing` (Mistake)."""
        found = self.of(name)
        if key not in found:
            raise Mistake("parameters.missing", f"{name} has no row for {key or 'all'}.", hint="Add the row.")
        return found[key]

    def share(self, name: str, key: str = "") -> int:
        """One probability in 2^-32, as the draws take it."""
        return int(self.one(name, key) * (1 << 32))


def load(folder: Path | None = None) -> Parameters:
    """Read all CSV files of a folder, or those that come with the simulator.

    Errors: `parameters.none`, `parameters.columns`, `parameters.value`, `parameters.unsourced`, `parameters.share`,
    `parameters.hidden`, `parameters.twice` (Mistake), each with file and line.
    """
    home: Traversable | Path = folder or files("avrop.vigo.simulator") / "parameters"
    items = home.iterdir() if home.is_dir() else ()
    texts = {item.name: item.read_bytes() for item in items if item.name.endswith(".csv") and item.is_file()}
    if not texts:
        raise Mistake("parameters.none", "The folder has no parameter files (*.csv).", hint="Name the right folder.")
    digest = hashlib.sha256()
    rows: list[Row] = []
    table: dict[str, dict[str, Fraction]] = {}
    for name in sorted(texts):
        digest.update(f"{name}\n{len(texts[name])}\n".encode() + texts[name])
        for row in _rows(name, texts[name]):
            keys = table.setdefault(row.name, {})
            if row.key in keys:
                raise _wrong("parameters.twice", "The same name and key stand twice.", row.place, "Keep one of them.")
            keys[row.key] = row.value
            rows.append(row)
    return Parameters(tuple(rows), digest.hexdigest(), table)


def _rows(name: str, data: bytes) -> Iterator[Row]:
    try:
        lines = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
        head = next(lines, [])
        if tuple(head) != COLUMNS:
            hint = f"The first line must be {','.join(COLUMNS)}."
            raise _wrong("parameters.columns", "The columns are not those of a parameter file.", f"{name}:1", hint)
        for cells in lines:
            place = f"{name}:{lines.line_num}"
            if len(cells) != len(COLUMNS):
                raise _wrong("parameters.columns", "The row has another number of cells.", place, "Correct the row.")
            yield _row(dict(zip(COLUMNS, cells, strict=True)), place)
    except (UnicodeDecodeError, csv.Error):
        raise _wrong("parameters.columns", "The file is no CSV in UTF-8.", name, "Correct the file.") from None


def _row(cells: Mapping[str, str], place: str) -> Row:
    if cells["kind"] not in _KINDS or not cells["name"]:
        raise _wrong("parameters.value", f"`kind` must be one of {', '.join(_KINDS)}.", place, "Correct the row.")
    if cells["value"] in {".", ":", "..", "-"} or cells["value"].startswith("<"):
        hint = "Leave out what its publisher hides."
        raise _wrong("parameters.hidden", "The value is one that was published as hidden.", place, hint)
    if (
        any(cell != cell.strip() for cell in cells.values())
        or cells["source"].casefold() == ASSUMPTION != cells["source"]
    ):
        hint = f"Cells begin and end without a space, and an assumption says `{ASSUMPTION}`."
        raise _wrong("parameters.value", "A cell is not written as it is read.", place, hint)
    value = _number(cells["value"], cells["kind"], place)
    if not cells["source"]:
        hint = f"Say where the figure is from, or `{ASSUMPTION}`."
        raise _wrong("parameters.unsourced", "The row has no source.", place, hint)
    if cells["source"] != ASSUMPTION and not (cells["year"] and cells["read"] and cells["licence"]):
        hint = "Fill in year, read and licence."
        raise _wrong("parameters.unsourced", "The row's source lacks its year, date or licence.", place, hint)
    texts = {name: cells[name] for name in COLUMNS if name != "value"}
    return Row(value=value, place=place, **texts)


def _number(text: str, kind: str, place: str) -> Fraction:
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        hint = "Write it in digits, with a point, such as 0.25; or as a fraction, such as 1/3."
        raise _wrong("parameters.value", "The value is no number.", place, hint)
    try:
        value = Fraction(text)
    except ZeroDivisionError:
        raise _wrong("parameters.value", "The value is no number.", place, "Correct the value.") from None
    if kind == "share" and not 0 <= value <= 1:
        raise _wrong("parameters.share", "A share lies between 0 and 1.", place, "Correct the value.")
    if kind in {"weight", "count", "ratio"} and value < 0:
        raise _wrong("parameters.value", f"A {kind} is not less than 0.", place, "Correct the value.")
    return value


def require_whole(found: Parameters, known: Parameters) -> None:
    """That parameters say all that the known ones do, each as the same kind.

    Errors: `parameters.missing`, `parameters.kind` (Mistake).
    """
    kinds = {(row.name, row.key): row for row in found.rows}
    for row in known.rows:
        own = kinds.get((row.name, row.key))
        if own is None:
            what = f"{row.name} has no row for {row.key or 'all'}."
            raise Mistake("parameters.missing", what, hint=f"Add the row, as in {row.place}.")
        if own.kind != row.kind:
            raise _wrong("parameters.kind", f"It is a {row.kind}.", own.place, f"Write {row.kind} for its kind.")


def _wrong(code: str, what: str, place: str, hint: str) -> Mistake:
    return Mistake(code, what, hint=hint, where=place)
