"""Numbers in a stream of bytes, whatever the encoding: read in blocks, so that a file may be of any size."""

from collections.abc import Iterator
from typing import BinaryIO

from avrop.vigo.scan.patterns import LONGEST, hits

BLOCK = 1 << 20


def in_stream(stream: BinaryIO, *, block: int = BLOCK) -> Iterator[tuple[int, str]]:
    """Line (from 1) and kind of every number that could be somebody's, in the forms of `hits`."""
    held, first, line = b"", 0, 1  # `first`: where in what is held nothing was looked for yet
    while True:
        read = stream.read(block)
        data = held + read
        last = max(len(data) - LONGEST, first) if read else len(data)
        for at, found in hits(data, first):
            if at < last:
                line += data.count(b"\n", first, at)
                first = at
                yield line, found
        if not read:
            return
        line += data.count(b"\n", first, last)
        kept = max(last - LONGEST, 0)
        held, first = data[kept:], last - kept
