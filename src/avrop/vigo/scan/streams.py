"""Numbers in a stream of bytes, whatever the encoding: read in blocks, so that a file may be of any size."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from avrop.vigo.scan.numbers import kind

BLOCK = 1 << 20
_AROUND = 64
_NUMBER = re.compile(
    rb"(?<![0-9])(?:[0-9]{11}|[0-9]{6}[ .\-\xa0][0-9]{5}"
    rb"|[0-9]{2}([ .\-/])[0-9]{2}\1[0-9]{2}[ .\-\xa0][0-9]{5})(?![0-9])"
)
_HEX = re.compile(rb"[0-9a-f]{16,}|[0-9A-F]{16,}")


def in_stream(stream: BinaryIO, *, block: int = BLOCK) -> Iterator[tuple[int, str]]:
    """Line (from 1) and kind of every number that could be somebody's.

    Eleven digits in a row, or six and five with a space, a dot or a hyphen between, the six also as day, month and year
    with the same sign between, and no digit before or after; not within a digest of sixteen or more hexadecimal signs.
    UTF-16 is read as the text that it holds.
    """
    held, first, line, wide = b"", 0, 1, None  # `first`: where in what is held nothing was looked for yet
    while True:
        read = stream.read(block)
        if wide is None:
            wide = read[:2] in (b"\xff\xfe", b"\xfe\xff") or _mostly_zeros(read)
        data = held + (read.replace(b"\0", b"") if wide else read)
        last = max(len(data) - _AROUND, first) if read else len(data)
        for match in _NUMBER.finditer(data, max(first - 1, 0)):
            at = match.start()
            if first <= at < last and (found := _found(data, match)):
                line += data.count(b"\n", first, at)
                first = at
                yield line, found
        if not read:
            return
        line += data.count(b"\n", first, last)
        kept = max(last - _AROUND, 0)
        held, first = data[kept:], last - kept


def _found(data: bytes, match: re.Match[bytes]) -> str | None:
    found = kind(re.sub(rb"[^0-9]", b"", match.group()).decode())
    return None if found is None or _in_digest(data, match.start(), match.end()) else found


def _mostly_zeros(data: bytes) -> bool:
    sample = data[:4096]
    return len(sample) >= 8 and sample.count(0) * 3 >= len(sample)


def _in_digest(data: bytes, start: int, end: int) -> bool:
    around = max(start - _AROUND, 0)
    return any(
        around + run.start() <= start and end <= around + run.end()
        for run in _HEX.finditer(data[around : end + _AROUND])
    )
