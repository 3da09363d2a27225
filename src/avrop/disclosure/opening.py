"""The reader of sealed packages: fed bytes as they come, it gives plain bytes chunk by chunk, and at the end says
whether it was all of it."""

import base64
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from avrop.disclosure import packagefaults as fault
from avrop.disclosure import sealingkeys
from avrop.disclosure.manifest import Manifest
from avrop.disclosure.package import KIND, Envelope, PackageHeader, read_envelope, read_header, require_consistent
from avrop.disclosure.packagestream import PREFIX_BYTES, Chunk, chunk_key, chunks, envelope_length, key_info
from avrop.errors import AvropError
from avrop.signed import Signed, verify


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who opens: the organisation; the provider's keys that are believed, in base64, the present and the retired; the
    private sealing keys by their ids; how many plain bytes there is room for."""

    organisation: str
    provider_keys: Collection[str]
    sealing_keys: Mapping[str, bytes]
    most_bytes: int

    def __repr__(self) -> str:
        return f"Recipient({self.organisation!r}, {len(self.sealing_keys)} sealing keys)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Plain bytes of one member, in their order. Authentic at their place, but final only after `finish`."""

    name: str
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Papers:
    """What a package says of itself, verified."""

    header: PackageHeader
    manifest: Manifest
    signed_header: Signed
    signed_manifest: Signed


def check_papers(envelope: Envelope, recipient: Recipient) -> Papers:
    """The papers of an envelope, if the provider signed them, they agree, and they are for this recipient.

    Errors: `package.signature`, `package.recipient`, `package.member`, `package.too_large` (Refusal), `package.form`
    (Mistake), `package.inconsistent` (Tampered).
    """
    for signed, kind in ((envelope.header, KIND), (envelope.manifest, "manifest")):
        if not any(verify(signed, kind=kind, public_key=key) for key in recipient.provider_keys):
            raise fault.not_signed()
    header = read_header(envelope.header)
    if header.recipient != recipient.organisation:
        raise fault.other_recipient()
    manifest = require_consistent(header, envelope.manifest)
    if sum(member.size for member in header.members) > recipient.most_bytes:
        raise fault.too_large()
    return Papers(header=header, manifest=manifest, signed_header=envelope.header, signed_manifest=envelope.manifest)


def open_content_key(envelope: Envelope, header: PackageHeader, recipient: Recipient) -> bytes:
    """The key that the chunks open with. Errors: `package.no_key` (Refusal), `sealing.not_opened` (Tampered)."""
    private = recipient.sealing_keys.get(header.sealing_key)
    if private is None:
        raise fault.no_such_key(header.sealing_key)
    sealed = base64.b64decode(envelope.content_key)
    content_key = sealingkeys.open_sealed(sealed, private=private, info=key_info(envelope.header))
    return chunk_key(content_key, envelope.header)


class Opening:
    """One package being opened. After an error it gives that error again and nothing more.

    `papers` is None until the envelope has come and its signatures, recipient and sizes were found right.
    """

    def __init__(self, recipient: Recipient) -> None:
        self._recipient = recipient
        self._buffer = bytearray()
        self._received = 0
        self._envelope_bytes: int | None = None
        self._chunks: _Chunks | None = None
        self._failure: AvropError | None = None
        self.papers: Papers | None = None

    def feed(self, data: bytes) -> list[Piece]:
        """Take the next bytes; give the plain bytes of every chunk that they complete.

        Errors: those of `check_papers` and `open_content_key`; `package.chunk`, `package.changed`, `package.trailing`
        (Tampered).
        """
        if self._failure is not None:
            raise self._failure
        self._buffer += data
        self._received += len(data)
        try:
            if self._chunks is None:
                self._chunks = self._begun()
            return [] if self._chunks is None else self._chunks.pieces(self._buffer)
        except AvropError as failure:
            self._failure = failure
            raise

    def finish(self) -> Papers:
        """The papers, if the whole package came and every file is the one they name.

        Errors: `package.incomplete` (Mistake); what `feed` raised before.
        """
        if self._failure is not None:
            raise self._failure
        if self.papers is None or self._chunks is None or not self._chunks.ended:
            raise fault.incomplete(self._received)
        return self.papers

    def _begun(self) -> "_Chunks | None":
        """The chunks' reader, when the envelope is all there and in order."""
        if self._envelope_bytes is None:
            if len(self._buffer) < PREFIX_BYTES:
                return None
            self._envelope_bytes = envelope_length(_take(self._buffer, PREFIX_BYTES))
        if len(self._buffer) < self._envelope_bytes:
            return None
        envelope = read_envelope(_take(self._buffer, self._envelope_bytes))
        papers = check_papers(envelope, self._recipient)
        key = open_content_key(envelope, papers.header, self._recipient)
        self.papers = papers
        return _Chunks(papers.header, key)


class _Chunks:
    """What follows the envelope, chunk after chunk."""

    def __init__(self, header: PackageHeader, key: bytes) -> None:
        self._header = header
        self._key = AESGCM(key)
        self._rest = chunks(header)
        self._next: Chunk | None = next(self._rest)
        self._hashed = hashlib.sha256()

    @property
    def ended(self) -> bool:
        """Whether the end marker came."""
        return self._next is None

    def pieces(self, buffer: bytearray) -> list[Piece]:
        """Take every whole chunk from the buffer's beginning."""
        found = []
        while (chunk := self._next) is not None and len(buffer) >= chunk.sealed_size:
            plain = self._opened(chunk, _take(buffer, chunk.sealed_size))
            self._next = next(self._rest, None)
            if not chunk.is_end:
                found.append(Piece(name=chunk.name, data=plain))
        if self._next is None and buffer:
            raise fault.after_the_end()
        return found

    def _opened(self, chunk: Chunk, sealed: bytes) -> bytes:
        try:
            plain = self._key.decrypt(chunk.nonce, sealed, chunk.bound_to(self._header.package))
        except InvalidTag:
            raise fault.bad_chunk(chunk.name, chunk.index) from None
        if chunk.index == 0:
            self._hashed = hashlib.sha256()
        self._hashed.update(plain)
        if chunk.final and not chunk.is_end and "sha256:" + self._hashed.hexdigest() != self._digest(chunk):
            raise fault.changed(chunk.name)
        return plain

    def _digest(self, chunk: Chunk) -> str:
        return self._header.members[chunk.member].digest


def _take(buffer: bytearray, count: int) -> bytes:
    taken = bytes(buffer[:count])
    del buffer[:count]
    return taken
