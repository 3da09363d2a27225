"""Numbers in one file: text, Parquet, and what is compressed or packed, within one another."""

import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from avrop.catalogue.packform import Found
from avrop.errors import Mistake
from avrop.vigo.scan.archives import BEGIN, ZSTD, Member, in_tar, in_zip, is_tar, unpacker
from avrop.vigo.scan.patterns import hits
from avrop.vigo.scan.streams import in_stream
from avrop.vigo.scan.tables import in_parquet

_DEEPEST = 4
_UNREADABLE = (
    OSError, EOFError, RuntimeError, struct.error, zipfile.BadZipFile, zlib.error, lzma.LZMAError, tarfile.TarError,
    pa.ArrowException,
)  # fmt: skip


def scan(path: Path) -> Iterator[Found]:
    """Every number in a file or its path that could be somebody's: where it is and of which kind, never the number.

    Read are text and bytes of any kind, Parquet, and what is in gzip, bzip2, xz, zstd, tar and zip, within one another;
    a zip also behind a program that unpacks it, where the file is not itself in another. Not unpacked, and read as the
    bytes that they are: every other form, as brotli, which no first bytes tell, 7z and rar.

    Errors: `scan.unreadable` (Mistake) for what cannot be read to its end, `scan.too_deep` (Mistake) for archives
    within archives.
    """
    for kind in _in_words(os.fsencode(path)):
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
    begin = file.read(BEGIN)
    file.seek(0)
    if begin[:4] == b"PAR1":
        yield from (Found(place=f"{within}{place}", kind=kind) for place, kind in in_parquet(file))
    elif unpacked := unpacker(begin):
        if not begin.startswith(ZSTD):  # which is refused where more stands behind it
            yield from _text(file, f"{within}as packed, ")
            file.seek(0)
        with unpacked(file) as inner:
            yield from _in_file(inner, depth=depth + 1, within=within)
    elif is_tar(begin):
        yield from _tar(file, depth=depth, within=within)
    elif begin[:4] == b"PK\x03\x04":
        yield from _zip(zipfile.ZipFile(file), depth=depth, within=within)
    else:
        yield from _text(file, within)
        if depth == 0 and (behind := _zip_behind(file)):
            yield from _zip(behind, depth=depth, within=within)


def _zip_behind(file: BinaryIO) -> zipfile.ZipFile | None:
    """The zip at the end of a file that begins as something else."""
    try:
        return zipfile.ZipFile(file) if zipfile.is_zipfile(file) else None
    except (zipfile.BadZipFile, struct.error, ValueError):
        return None


def _zip(archive: zipfile.ZipFile, *, depth: int, within: str) -> Iterator[Found]:
    with archive:
        yield from (Found(place=f"{within}its comment", kind=kind) for kind in _in_words(archive.comment))
        yield from _members(in_zip(archive), depth=depth, within=within)


def _tar(file: BinaryIO, *, depth: int, within: str) -> Iterator[Found]:
    """What is in a tar, and what stands after its end."""
    with tarfile.open(fileobj=file, mode="r:") as archive:
        yield from _members(in_tar(archive), depth=depth, within=within)
        file.seek(archive.offset)
    yield from _text(file, f"{within}after its members, ")


def _members(members: Iterator[Member], *, depth: int, within: str) -> Iterator[Found]:
    for place, member in enumerate(members, 1):
        kinds = _in_words(os.fsencode(member.name))
        name = f"{within}member {place}" if kinds else f"{within}{member.name}"
        yield from (Found(place=f"{name}, its name", kind=kind) for kind in kinds)
        yield from (Found(place=f"{name}, its properties", kind=kind) for kind in _in_words(member.beside))
        unpacked = member.opened() if member.opened else None
        if unpacked:
            with unpacked:
                yield from _in_file(unpacked, depth=depth + 1, within=f"{name}, ")


def _in_words(words: bytes) -> list[str]:
    """The kinds of the numbers in a name or a comment: what has one is not shown."""
    return [kind for _, kind in hits(words)]


def _text(file: BinaryIO, within: str) -> Iterator[Found]:
    yield from (Found(place=f"{within}line {line}", kind=kind) for line, kind in in_stream(file))
