"""What a file is packed as, by its first bytes, and how it is unpacked: always as streams, of any size."""

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, cast

import pyarrow as pa

BEGIN = 512
"""Bytes at the beginning that tell what a file is."""

ZSTD = b"\x28\xb5\x2f\xfd"
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")


@dataclass(frozen=True, kw_only=True)
class Member:
    """`beside` is what an archive says of it apart from its name; `opened` gives its bytes, which links have not."""

    name: str
    beside: bytes
    opened: Callable[[], BinaryIO | None] | None


def unpacker(begin: bytes) -> Callable[[BinaryIO], BinaryIO] | None:
    """What unpacks one compressed file that begins so: gzip, bzip2, xz or zstd."""
    if begin[:2] == b"\x1f\x8b":
        return lambda file: cast("BinaryIO", gzip.open(file))
    if _BZIP2.match(begin):
        return lambda file: cast("BinaryIO", bz2.open(file))
    if begin[:6] == b"\xfd7zXZ\0":
        return lambda file: cast("BinaryIO", lzma.open(file))
    if begin.startswith(ZSTD):
        return lambda file: io.BufferedReader(_Zstd(file))
    return None


def is_tar(begin: bytes) -> bool:
    """Whether a file begins as a tar; one of the form before 1988 says nothing that could be known."""
    return begin[257:262] == b"ustar"


def in_zip(archive: zipfile.ZipFile) -> Iterator[Member]:
    """The members of a zip."""
    for info in archive.infolist():
        yield Member(
            name=info.filename,
            beside=info.comment + b"\n" + info.extra,
            opened=partial(cast("Callable[[zipfile.ZipInfo], BinaryIO]", archive.open), info),
        )


def in_tar(archive: tarfile.TarFile) -> Iterator[Member]:
    """The members of a tar."""
    for info in archive:
        words = (info.linkname, info.uname, info.gname, *(f"{key} {value}" for key, value in info.pax_headers.items()))
        yield Member(
            name=info.name,
            beside="\n".join(words).encode(errors="surrogateescape"),
            opened=partial(cast("Callable[[tarfile.TarInfo], BinaryIO | None]", archive.extractfile), info)
            if info.isreg()
            else None,
        )


class _Unclosed(io.RawIOBase):
    """A file that stays open when what reads it is closed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, into: "memoryview[int]") -> int:  # type: ignore[override]  # any buffer is one to io
        data = self._file.read(len(into))
        into[: len(data)] = data
        return len(data)


class _Zstd(io.RawIOBase):
    """What a zstd file holds, as a stream that goes anywhere: backwards by unpacking it anew, as gzip's does."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._anew()

    def _anew(self) -> None:
        self._packed.seek(0)
        self._at, self._stream = 0, pa.CompressedInputStream(pa.PythonFile(_Unclosed(self._packed), "r"), "zstd")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, into: "memoryview[int]") -> int:  # type: ignore[override]  # any buffer is one to io
        data = self._stream.read(len(into))
        into[: len(data)] = data
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            while self.read(1 << 16):
                pass
        aim = offset if whence == io.SEEK_SET else self._at + offset
        if aim < self._at:
            self._anew()
        while self._at < aim and self.read(min(aim - self._at, 1 << 16)):
            pass
        return self._at
