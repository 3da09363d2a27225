"""One range of bytes, as RFC 9110 has it: what is not exactly one range is not looked at, and the whole is sent."""

import re

_ONE = re.compile(r"bytes=([0-9]*)-([0-9]*)", re.ASCII | re.IGNORECASE)
_DIGITS = 18
"""A number of more digits is past the end of any file."""

UNSATISFIABLE = (0, 0)


def wanted(value: str | None, if_range: str | None, *, size: int, etag: str) -> tuple[int, int] | None:
    """From where to before where; None for the whole; `UNSATISFIABLE` for a range beyond the end.

    `If-Range` counts only if it is the strong tag itself: a weak one or a date gives the whole.

    >>> wanted("bytes=-3", None, size=10, etag='"a"')
    (7, 10)
    """
    match = _ONE.fullmatch(value.strip()) if value is not None else None
    if match is None or match.group() == "bytes=-" or (if_range is not None and if_range.strip() != etag):
        return None
    first, last = match.groups()
    if not first:
        length = min(_number(last), size)
        return (size - length, size) if length else UNSATISFIABLE
    start, end = _number(first), _number(last) + 1 if last else size
    if last and end <= start:
        return None  # not a range
    return (start, min(end, size)) if start < size else UNSATISFIABLE


def _number(digits: str) -> int:
    plain = digits.lstrip("0")
    return int(plain or "0") if len(plain) <= _DIGITS else 10**_DIGITS
