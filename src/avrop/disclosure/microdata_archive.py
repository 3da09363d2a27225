"""Reads the encrypted archive of microdata-tools 2, by a list of the only members that it may have: nothing is unpacked
that was not asked for by its name."""

import hashlib
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from avrop.disclosure import packagefaults as fault
from avrop.disclosure import sealingkeys
from avrop.disclosure.microdata_package import BLOCK, KEY_INFO, NONCE_BYTES
from avrop.errors import Mistake, Tampered

MOST_ENTRIES = 20_000
LARGEST_CHUNK = 512_000_000
LARGEST_OTHER = 64 << 20
_TIMES = re.compile(rb"(?:\d+ (?:mtime|atime|ctime)=[0-9.-]+\n)*")
_CHUNK = re.compile(r"chunks/([1-9][0-9]{0,5})\.csv\.encr", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """Where a member's bytes stand in the archive."""

    offset: int
    size: int


@dataclass(frozen=True, kw_only=True)
class Archive:
    """An archive whose list of members is in order; `chunks` is empty where it has metadata only."""

    file: BinaryIO
    name: str
    others: Mapping[str, Member]
    chunks: tuple[Member, ...]

    def metadata(self) -> bytes:
        """The metadata's JSON. It is neither encrypted nor covered by the checksum."""
        return _bytes_of(self.file, self.others[f"{self.name}.json"])


def read_archive(file: BinaryIO, name: str, *, most_bytes: int) -> Archive:
    """The archive `<name>.tar` in a file that can be sought in, with room for so many plain bytes.

    Errors: `package.archive` (Mistake), `package.member`, `package.too_large` (Refusal).
    """
    found: dict[str, Member] = {}
    for entry, offset in _entries(file):
        if entry.name in found:
            raise fault.bad_member("two have the same name")
        found[entry.name] = Member(offset=offset, size=entry.size)
    others = {f"{name}.{kind}": found.pop(f"{name}.{kind}", None) for kind in ("json", "kem.encr", "sha256")}
    chunks = _numbered(found)
    named = {member: place for member, place in others.items() if place is not None}
    if f"{name}.json" not in named or (len(named) != 3 if chunks else len(named) != 1):
        raise _bad_archive("a member that it needs is missing")
    if any(place.size > LARGEST_OTHER for place in named.values()) or sum(c.size for c in chunks) > most_bytes:
        raise fault.too_large()
    if any(chunk.size > LARGEST_CHUNK for chunk in chunks):
        raise fault.too_large()
    return Archive(file=file, name=name, others=named, chunks=chunks)


def table(archive: Archive, private: bytes) -> Iterator[bytes]:
    """The table's bytes, chunk by chunk. They are whole only when the iterator has come to its end.

    Errors: `sealing.not_opened`, `package.chunk`, `package.checksum` (Tampered).
    """
    if not archive.chunks:
        return
    sealed = _bytes_of(archive.file, archive.others[f"{archive.name}.kem.encr"])
    cipher = AESGCM(_key(sealingkeys.open_sealed(sealed, private=private, info=KEY_INFO)))
    checksum = hashlib.sha256()
    for number, chunk in enumerate(archive.chunks, start=1):
        data = _bytes_of(archive.file, chunk)
        try:
            plain = cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], None)
        except (InvalidTag, ValueError):
            raise fault.bad_chunk(f"{archive.name}.csv", number) from None
        checksum.update(plain)
        yield plain
    if checksum.hexdigest().encode() != _bytes_of(archive.file, archive.others[f"{archive.name}.sha256"]):
        raise Tampered(
            "package.checksum",
            "The table does not have the checksum that stands beside it. Nothing was kept.",
            hint="Ask for the archive again.",
            dataset=archive.name,
        )


def _entries(file: BinaryIO) -> Iterator[tuple[tarfile.TarInfo, int]]:
    """The regular files, with the offset of their bytes. Any other kind of entry is refused but a folder `chunks`, and
    a header that says nothing but times."""
    place = 0
    for _ in range(MOST_ENTRIES):
        entry = _header(file, place)
        if entry is None:
            return
        start = place + BLOCK
        place = start + entry.size + -entry.size % BLOCK
        if entry.type in (tarfile.REGTYPE, tarfile.AREGTYPE):
            yield entry, start
        elif entry.type == tarfile.XHDTYPE and entry.size <= BLOCK:
            if not _TIMES.fullmatch(_bytes_of(file, Member(offset=start, size=entry.size))):
                raise fault.bad_member("one has a header that changes what it is")
        elif entry.type != tarfile.DIRTYPE or entry.name.rstrip("/") != "chunks" or entry.size:
            raise fault.bad_member("one is no plain file")
    raise fault.bad_member(f"there are more than {MOST_ENTRIES}")


def _header(file: BinaryIO, place: int) -> tarfile.TarInfo | None:
    """The header at that offset, or None where the archive ends."""
    block = _bytes_of(file, Member(offset=place, size=BLOCK))
    if not any(block):
        return None
    try:
        entry = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError):
        raise _bad_archive("an entry cannot be read") from None
    if entry.size < 0:
        raise _bad_archive("an entry cannot be read")
    return entry


def _numbered(found: Mapping[str, Member]) -> tuple[Member, ...]:
    """The chunks in the order of their numbers, which have no gap."""
    numbers = {}
    for name, member in found.items():
        matched = _CHUNK.fullmatch(name)
        if matched is None:
            raise fault.bad_member("one has a name that this form does not know")
        numbers[int(matched[1])] = member
    if sorted(numbers) != list(range(1, len(numbers) + 1)):
        raise _bad_archive("a chunk is missing")
    return tuple(numbers[number] for number in sorted(numbers))


def _bytes_of(file: BinaryIO, member: Member) -> bytes:
    file.seek(member.offset)
    data = file.read(member.size)
    if len(data) != member.size:
        raise _bad_archive("it stops before its end")
    return data


def _key(content_key: bytes) -> bytes:
    if len(content_key) not in (16, 24, 32):
        raise _bad_archive("its key has no length of a key")
    return content_key


def _bad_archive(why: str) -> Mistake:
    return Mistake(
        "package.archive", f"This is no archive of that form that can be read: {why}.", hint="Ask for it again."
    )
