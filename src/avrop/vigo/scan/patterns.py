"""How eleven digits stand in bytes: in a row or in groups, one byte a sign or two or four, and not within a digest."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from avrop.vigo.scan.numbers import DIGITS, kind

LONGEST = 512
"""Bytes before and after where a number begins that decide whether it is one."""

_SPACE = rb"[ \xa0]|\xc2\xa0|\xe2\x80[\x80-\x8a\xaf]|&nbsp;|&#160;|%20|%[Cc]2%[Aa]0"
_HYPHEN = rb"[-\x96\xad]|\xc2\xad|\xe2\x80[\x90-\x94]|\xe2\x88\x92"
_ESCAPED = rb"\\u(?:00[aA][0dD]|20[0-9a-fA-F]{2})"
_SIGN = rb"(?:[./]|" + _SPACE + rb"|" + _HYPHEN + rb"|" + _ESCAPED + rb")"


def _ahead(sign: bytes, *, after: bytes = rb"(?![0-9])") -> bytes:
    """All of a number but its first digit, as group 1, not consumed: one that is none hides none that begins in it."""
    groups = sign + rb"[0-9]{3}" + sign + rb"[0-9]{2}|(?:[\t\0]|" + sign + rb")[0-9]{5}"
    six = rb"[0-9]{4}(?:[0-9]{5}|" + groups + rb")"
    date = rb"(" + sign + rb")[0-9]{2}\2[0-9]{2}(?:" + groups + rb")"
    return rb"(?=([0-9](?:" + six + rb"|" + date + rb"))" + after + rb")"


_FIRST = rb"[0-9](?<![0-9][0-9])"
_NUMBER = re.compile(_FIRST + _ahead(_SIGN))
_AFTER_ESCAPE = re.compile(rb"(?<=%[0-9A-Fa-f][0-9])[0-9]" + _ahead(_SIGN))
_LOW_BYTES = re.compile(rb"[0-9]" + _ahead(rb"[ ./\-\xa0\xad\0-\x15]", after=b""))  # also of signs beyond U+2000
_WIDE = ((2, "utf-16-le", "utf-16-be"), (4, "utf-32-le", "utf-32-be"))
_NOT_A_DIGIT = re.compile(rb"&#160;|%20|%[Cc]2|%[Aa]0|\\u....|[^0-9]")
_HEX = re.compile(rb"[0-9a-f]{32,}|[0-9A-F]{32,}")
_DIGESTS = (32, 40, 48, 56, 64, 96, 128)


def hits(data: bytes, first: int = 0) -> Iterator[tuple[int, str]]:
    """Where a number begins, from `first` on, and its kind, in order.

    A number is eleven digits in a row; six and five, or six, three and two, with a sign between; or the six as day,
    month and year with one sign between. A sign is a space, a hyphen or a dash of any width, a dot or a slash; between
    six and five also a tab or a zero byte. No digit stands before or after; what is left of a byte in per cent form is
    none. UTF-16 and UTF-32 are found by where their zeros stand, from whichever byte on, so also within other bytes.

    What is within a digest is no number: a run of hexadecimal signs in one case, as long as a digest is (32, 40, 48,
    56, 64, 96 or 128 signs) or longer than any, with letters as well as digits beside the number. A few such letters
    glued to a number hide nothing; who writes a whole digest around one can hide it.
    """
    yield from sorted(chain(_narrow(data, first), _wide(data, first) if b"\0" in data else ()))


def _narrow(data: bytes, first: int) -> Iterator[tuple[int, str]]:
    escaped = _AFTER_ESCAPE.finditer(data, first) if b"%" in data else ()
    for match in chain(_NUMBER.finditer(data, first), escaped):
        found = _kind(data[match.start() : match.end(1)])
        if found and not _in_digest(data, match.start(), match.end(1), LONGEST):
            yield match.start(), found


def _wide(data: bytes, first: int) -> Iterator[tuple[int, str]]:
    """As `hits`: every second or fourth byte is looked at as text, and what may be a number there is decoded."""
    for width, *codes in _WIDE:
        if b"\0" * (width - 1) not in data:
            continue
        begin = max(first - LONGEST, 0)
        for phase in range(begin, begin + width):
            low = data[phase::width]
            for match in _LOW_BYTES.finditer(low, max((first - phase + width - 1) // width, 0)):
                found = _kind(low[match.start() : match.end(1)])
                at, size = phase + match.start() * width, (match.end(1) - match.start()) * width
                digest = found and _in_digest(low, match.start(), match.end(1), LONGEST // width)
                if found and not digest and _is_wide(data, at, size, width, codes):
                    yield at, found


def _is_wide(data: bytes, at: int, size: int, width: int, codes: Sequence[str]) -> bool:
    """Whether so many bytes, of which some were looked at, are a number in a code, and none in a longer run."""
    end = at + size
    if _wide_digit(data, at - width, width, before=True) or _wide_digit(data, end, width, before=False):
        return False
    begins = (begin for begin in (at, at - width + 1) if begin >= 0)
    texts = (data[begin : begin + size].decode(code, "replace") for code, begin in zip(codes, begins, strict=False))
    return any(_NUMBER.match(text.encode()) for text in texts)


def _wide_digit(data: bytes, at: int, width: int, *, before: bool) -> bool:
    """Whether the byte is a digit of several bytes, and not the lower byte of another letter. Which code it is cannot
    be told from digits: it has zeros towards the number, and on its other side one, the file's mark or its end.
    """
    if at < 0 or not data[at : at + 1].isdigit():
        return False
    towards = data[at + 1 : at + width] if before else data[at - width + 1 : at]
    other = data[max(at - 1, 0) : at] if before else data[at + 1 : at + 2]
    return not towards.strip(b"\0") and other in (b"", b"\0", b"\xfe")


def _kind(written: bytes) -> str | None:
    return kind((written if len(written) == DIGITS else _NOT_A_DIGIT.sub(b"", written)).decode())


def _in_digest(data: bytes, start: int, end: int, around: int) -> bool:
    begin = max(start - around, 0)
    for run in _HEX.finditer(data[begin : start + around]):
        if begin + run.start() <= start and end <= begin + run.end():
            beside = data[begin + run.start() : start] + data[end : begin + run.end()]
            length = len(run.group())
            return (length in _DIGESTS or length > _DIGESTS[-1]) and not beside.isalpha() and not beside.isdigit()
    return False
