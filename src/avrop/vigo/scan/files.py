"""Numbers in one file: text, Parquet, and what is compressed or packed, within one another."""

import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from avrop.catalogue.packform import Found
from avrop.errors import Mistake
from avrop.vigo.scan.streams import in_stream
from avrop.vigo.scan.tables import in_parquet

_DEEPEST = 4
_UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, zlib.error, pa.ArrowException, RuntimeError)


def scan(path: Path) -> Iterator[Found]:
    """Every number in a file or its path that could be somebody's: where it is and of which kind, never the number.

    Errors: `scan.unreadable` (Mistake) for what cannot be read to its end, `scan.too_deep` (Mistake) for archives
    within archives.
    """
    for kind in _in_name(str(path)):
        yield Found(place="its path", kind=kind, in_path=True)
    with path.open("rb") as file:
        try:
            yield from _in_file(file, depth=0, within="")
        except _UNREADABLE as failure:
            raise Mistake(
                "scan.unreadable",
                f"The file cannot be read to its end ({type(failure).__name__}).",
                hint="Mend it, or take it away: what is not read may hold anything.",
            ) from None


def _in_file(file: BinaryIO, *, depth: int, within: str) -> Iterator[Found]:
    if depth > _DEEPEST:
        raise Mistake("scan.too_deep", "Archives stand too deep within archives.", hint="Unpack them.")
    begin = file.read(4)
    file.seek(0)
    if begin == b"PAR1":
        yield from (Found(place=f"{within}{place}", kind=kind) for place, kind in in_parquet(file))
    elif begin[:2] == b"\x1f\x8b":
        with gzip.open(file) as unpacked:
            yield from _in_file(cast("BinaryIO", unpacked), depth=depth + 1, within=within)
    elif begin == b"\x28\xb5\x2f\xfd":
        with pa.input_stream(file, compression="zstd") as unpacked:
            yield from _text(unpacked, within)
    elif begin == b"PK\x03\x04":
        with zipfile.ZipFile(file) as archive:
            for place, member in enumerate(archive.infolist(), 1):
                kinds = _in_name(member.filename)
                name = f"member {place}" if kinds else member.filename
                yield from (Found(place=f"{within}{name}, its name", kind=kind) for kind in kinds)
                with archive.open(member) as unpacked:
                    yield from _in_file(cast("BinaryIO", unpacked), depth=depth + 1, within=f"{within}{name}, ")
    else:
        yield from _text(file, within)


def _in_name(name: str) -> list[str]:
    """The kinds of the numbers in a file's name: what has one is not shown."""
    return [kind for _, kind in in_stream(io.BytesIO(os.fsencode(name)))]


def _text(file: BinaryIO, within: str) -> Iterator[Found]:
    yield from (Found(place=f"{within}line {line}", kind=kind) for line, kind in in_stream(file))
