"""The sealed package's stream: where each part stands, how it is bound to its place, and under which key.

    magic ‖ envelope's length ‖ envelope ‖ chunks of member 0 ‖ … ‖ chunks of the last member ‖ end

`docs/package-format.md` tells it so that a receiver can write a reader of its own. All other lengths follow from the
signed header.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import cast

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from avrop.canonical import canonical, digest
from avrop.disclosure.package import Envelope, PackageHeader
from avrop.disclosure.packagefaults import bad_form
from avrop.signed import Signed

MAGIC = b"AVROPPKG\r\n\x1a\x01"
"""Eight letters, what a transfer in text mode would change, and the version."""
LONGEST_ENVELOPE = 16 << 20
TAG_BYTES = 16
_LENGTH = struct.Struct(">I")
PREFIX_BYTES = len(MAGIC) + _LENGTH.size


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """One part of the stream: which bytes of which member, or the end, which is a chunk of no bytes of no member.

    `at` is the offset of its sealed bytes after the envelope. `offset` and `size` are in the member's plain bytes.
    """

    member: int
    name: str
    index: int
    final: bool
    offset: int
    size: int
    at: int

    @property
    def is_end(self) -> bool:
        """Whether it is the end marker."""
        return self.name == ""

    @property
    def sealed_size(self) -> int:
        """Its bytes in the stream."""
        return self.size + TAG_BYTES

    @property
    def nonce(self) -> bytes:
        """12 bytes that occur once under a package's key."""
        return struct.pack(">IQ", self.member, self.index)

    def bound_to(self, package: str) -> bytes:
        """The associated data: a chunk opens nowhere but at its place in its package."""
        place = struct.pack(">IQB", self.member, self.index, 2 if self.is_end else int(self.final))
        return b"AVROP package chunk 1\n" + bytes.fromhex(package) + place + self.name.encode()


def chunks(header: PackageHeader) -> Iterator[Chunk]:
    """Every chunk in its order, the end marker last. A member of no bytes has one chunk of no bytes."""
    at = 0
    for number, member in enumerate(header.members):
        count = chunk_count(member.size, header.chunk_size)
        for index in range(count):
            offset = index * header.chunk_size
            size = min(header.chunk_size, member.size - offset)
            yield Chunk(
                member=number, name=member.name, index=index, final=index == count - 1, offset=offset, size=size, at=at
            )
            at += size + TAG_BYTES
    yield Chunk(member=len(header.members), name="", index=0, final=True, offset=0, size=0, at=at)


def chunk_count(size: int, chunk_size: int) -> int:
    """How many chunks so many plain bytes have."""
    return max(1, -(-size // chunk_size))


def member_ends(header: PackageHeader) -> list[int]:
    """For each member, the offset after the envelope at which its chunks end."""
    return list(accumulate(m.size + TAG_BYTES * chunk_count(m.size, header.chunk_size) for m in header.members))


def sealed_size(preamble_bytes: int, header: PackageHeader) -> int:
    """Bytes of the whole stream, with a preamble of so many bytes."""
    return preamble_bytes + max(member_ends(header), default=0) + TAG_BYTES


def key_info(header: Signed) -> bytes:
    """What the sealed content key is bound to: this signed header."""
    return f"AVROP package key 1\n{digest(header)}".encode()


def chunk_key(content_key: bytes, header: Signed) -> bytes:
    """The key that chunks are encrypted with: another header has another, even under the same content key."""
    info = f"AVROP package chunks 1\n{digest(header)}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(content_key)


def preamble(envelope: Envelope) -> bytes:
    """The stream's bytes before the first chunk."""
    text = canonical(envelope)
    return MAGIC + _LENGTH.pack(len(text)) + text


def envelope_length(prefix: bytes) -> int:
    """Length of the envelope, from the first `PREFIX_BYTES` bytes. Errors: `package.form` (Mistake)."""
    if prefix[: len(MAGIC)] != MAGIC:
        raise bad_form("it does not begin as one of this version")
    (length,) = _LENGTH.unpack(prefix[len(MAGIC) : PREFIX_BYTES])
    if not 0 < length <= LONGEST_ENVELOPE:
        raise bad_form("its header is longer than any")
    return cast("int", length)
