"""The writer of sealed packages: a generation's files to sealed bytes in one pass, and from any byte on again.

A package is its preamble and its content key; whoever keeps these two can give the same bytes again, so that a push
goes on where it was cut.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from avrop.canonical import digest
from avrop.disclosure import sealingkeys
from avrop.disclosure.manifest import Manifest
from avrop.disclosure.package import (
    CHUNK_SIZE,
    KIND,
    Envelope,
    PackageHeader,
    members,
    read_envelope,
    read_header,
    require_consistent,
)
from avrop.disclosure.packagefaults import source_changed
from avrop.disclosure.packagestream import (
    PREFIX_BYTES,
    Chunk,
    chunk_key,
    chunks,
    key_info,
    member_ends,
    preamble,
    sealed_size,
)
from avrop.signed import Signed

ReadAt = Callable[[str, int, int], bytes]
"""Bytes of a member's plain file: its name, the offset, how many. Fewer come only at the file's end."""
KEY_BYTES = 32
_ID_BYTES = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedPackage:
    """A package that can be sent: what stands in the clear, and the key that belongs into the key store meanwhile."""

    header: PackageHeader
    preamble: bytes
    content_key: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes of the whole stream."""
        return sealed_size(len(self.preamble), self.header)


def describe_package(
    signed_manifest: Signed,
    manifest: Manifest,
    *,
    package: str,
    purpose: str,
    provider: str,
    recipient: str,
    sealing_key: str,
    made_at: datetime,
    expires: datetime,
    chunk_size: int = CHUNK_SIZE,
) -> PackageHeader:
    """The header of a generation's package for one recipient; `sealing_key` is its public key in base64."""
    return PackageHeader(
        package=package,
        manifest=digest(signed_manifest),
        delivery=manifest.delivery,
        call_off=manifest.call_off,
        purpose=purpose,
        plan=manifest.merge_plan,
        provider=provider,
        recipient=recipient,
        sealing_key=sealingkeys.sealing_key_id(sealing_key),
        members=members(manifest),
        chunk_size=chunk_size,
        made_at=made_at,
        expires=expires,
    )


def new_package_id(random: Callable[[int], bytes]) -> str:
    """An id that no other package has."""
    return random(_ID_BYTES).hex()


def seal_package(
    header: PackageHeader,
    signed_manifest: Signed,
    *,
    sign: Callable[[str, object], Signed],
    sealing_key: str,
    random: Callable[[int], bytes],
) -> SealedPackage:
    """A package under a new content key. `sign` signs a document as a kind with the provider's key.

    Errors: `package.form` (Mistake), `package.member` (Refusal), `package.inconsistent` (Tampered) for a header that no
    reader would follow; `sealing.public_key` (Mistake).
    """
    signed = sign(KIND, header)
    require_consistent(read_header(signed), signed_manifest)
    content_key = random(KEY_BYTES)
    sealed = sealingkeys.seal(content_key, public=sealing_key, info=key_info(signed))
    envelope = Envelope(header=signed, manifest=signed_manifest, content_key=base64.b64encode(sealed).decode())
    return SealedPackage(header=header, preamble=preamble(envelope), content_key=content_key)


def kept_package(kept_preamble: bytes, content_key: bytes) -> SealedPackage:
    """A package again, from what was kept of it."""
    header = read_header(_signed_header(kept_preamble))
    return SealedPackage(header=header, preamble=kept_preamble, content_key=content_key)


def sealed_bytes(package: SealedPackage, read: ReadAt, *, start: int = 0) -> Iterator[bytes]:
    """The package's bytes from `start` on, a chunk at a time; the same bytes every time.

    Each member that is not wholly before `start` is read from its beginning and must have its digest, or
    `package.source_changed` (Tampered) ends the stream before that member does: the package must then be given up,
    since other bytes must never be encrypted under its key.
    """
    if start < len(package.preamble):
        yield package.preamble[start:]
    begin = max(0, start - len(package.preamble))
    key = AESGCM(chunk_key(package.content_key, _signed_header(package.preamble)))
    for chunk, plain in _plain_chunks(package.header, read, begin):
        if chunk.at + chunk.sealed_size > begin:
            sealed = key.encrypt(chunk.nonce, plain, chunk.bound_to(package.header.package))
            yield sealed[max(0, begin - chunk.at) :]


def _plain_chunks(header: PackageHeader, read: ReadAt, begin: int) -> Iterator[tuple[Chunk, bytes]]:
    """Every chunk of the members that end after that offset, with its plain bytes; the end marker with none."""
    ends = member_ends(header)
    for number, mine in groupby(chunks(header), key=lambda chunk: chunk.member):
        if number == len(ends):
            yield next(mine), b""
        elif ends[number] > begin:
            yield from _member_chunks(mine, read, digest=header.members[number].digest)


def _member_chunks(mine: Iterator[Chunk], read: ReadAt, *, digest: str) -> Iterator[tuple[Chunk, bytes]]:
    hashed = hashlib.sha256()
    for chunk in mine:
        plain = read(chunk.name, chunk.offset, chunk.size)
        hashed.update(plain)
        if len(plain) != chunk.size or (chunk.final and "sha256:" + hashed.hexdigest() != digest):
            raise source_changed(chunk.name)
        yield chunk, plain


def _signed_header(kept_preamble: bytes) -> Signed:
    return read_envelope(kept_preamble[PREFIX_BYTES:]).header
