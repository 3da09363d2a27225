"""Finds the line on which a CSV file stops being a table, for whoever is to mend it. No value of it is told."""

import csv
from pathlib import Path


def first_fault(path: Path, *, delimiter: str) -> tuple[int, str] | None:
    """The line, from 1, on which the first record begins that cannot be read, and what is the matter with it; None if
    nothing is found. Errors: OSError."""
    line = _not_utf8(path)
    if line is not None:
        return line, "The line is not UTF-8."
    begins = 1
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, strict=True, delimiter=delimiter)
        names = 0
        try:
            for values in reader:
                names = names or len(values)
                if values and len(values) != names:
                    return begins, f"The line has {len(values)} values, and the first line has {names} names."
                begins = reader.line_num + 1
        except csv.Error as failure:
            return begins, _STRAY if "expected after" in str(failure) else _UNCLOSED  # to the end, or for very long
    return None


_UNCLOSED = "A quotation mark opens a text here, and none closes it."
_STRAY = "A quotation mark stands within a text between quotation marks; there it is written twice."


def _not_utf8(path: Path) -> int | None:
    """No byte of a line end is part of another character, so each line can be looked at alone."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return None
