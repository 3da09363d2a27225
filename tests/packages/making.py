"""Packages for tests: a provider that signs, a receiver with its keys, and generations of a few bytes."""

import base64
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from avrop.canonical import digest, digest_bytes
from avrop.disclosure import sealingkeys
from avrop.disclosure.manifest import Manifest, ManifestColumn, ManifestFile, ManifestSlice
from avrop.disclosure.opening import Opening, Papers, Recipient
from avrop.disclosure.package import PackageHeader
from avrop.disclosure.sealing import (
    ReadAt,
    SealedPackage,
    describe_package,
    new_package_id,
    seal_package,
    sealed_bytes,
)
from avrop.signed import Signed, sign

MADE, EXPIRES = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC)
CHUNK = 16
FILES = {"MAIN.parquet": b"0123456789abcdef" * 3 + b"tail", "MARKS.parquet": b"x" * 32, "NONE.parquet": b""}
"""Four chunks, two whole ones, and one of nothing."""


class Signatory:
    """An organisation's signing key."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    @cached_property
    def public(self) -> str:
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def sign(self, kind: str, value: object) -> Signed:
        return sign(kind, value, public_key=self.public, signer=self._key.sign)


@dataclass(frozen=True, kw_only=True)
class Parties:
    """A provider and a receiver."""

    provider: Signatory = field(default_factory=Signatory)
    private: bytes = field(default_factory=lambda: sealingkeys.make_private(secrets.token_bytes))

    @cached_property
    def public(self) -> str:
        return sealingkeys.public_key(self.private)

    def recipient(self, organisation: str = "receiver", most_bytes: int = 1 << 30) -> Recipient:
        return Recipient(
            organisation=organisation,
            provider_keys=(self.provider.public,),
            sealing_keys={sealingkeys.sealing_key_id(self.public): self.private},
            most_bytes=most_bytes,
        )


def manifest(files: Mapping[str, bytes] = FILES, *, generation: int = 1) -> Manifest:
    """The manifest of these files."""
    some = digest("some")
    return Manifest(
        call_off="2026-001",
        delivery=f"2026-001/delivery/{generation}",
        generation=generation,
        version=some,
        catalogue=some,
        snapshot=some,
        grant=some,
        merge_plan=digest("merge plan"),
        slices=(ManifestSlice(controller="A", slice_plan=some, decision=some),),
        files=tuple(
            ManifestFile(
                name=name,
                table=name.removesuffix(".parquet"),
                rows=len(data),
                size=len(data),
                digest=digest_bytes(data),
                columns=(ManifestColumn(name="MARK", type="text", level="full", label="Mark"),),
            )
            for name, data in files.items()
        ),
        pseudonym_scope="2026-001",
        log_size=7,
        keep_until="2027-11-02",
        made_at=MADE,
    )


def described(parties: Parties, said: Manifest, signed: Signed, *, chunk_size: int = CHUNK) -> PackageHeader:
    """The header that a package of this manifest has."""
    return describe_package(
        signed,
        said,
        package=new_package_id(secrets.token_bytes),
        purpose="Completion by county",
        provider="provider",
        recipient="receiver",
        sealing_key=parties.public,
        made_at=MADE,
        expires=EXPIRES,
        chunk_size=chunk_size,
    )


def package(
    parties: Parties,
    files: Mapping[str, bytes] = FILES,
    *,
    chunk_size: int = CHUNK,
    generation: int = 1,
    **changed: object,
) -> SealedPackage:
    """A package of these files; `changed` are fields of the header that the provider signs otherwise."""
    said = manifest(files, generation=generation)
    signed = parties.provider.sign("manifest", said)
    header = replace(described(parties, said, signed, chunk_size=chunk_size), **changed)  # type: ignore[arg-type]
    return seal_package(
        header, signed, sign=parties.provider.sign, sealing_key=parties.public, random=secrets.token_bytes
    )


def reading(files: Mapping[str, bytes]) -> ReadAt:
    """The files as a source."""
    return lambda name, offset, count: files[name][offset : offset + count]


def stream(sealed: SealedPackage, files: Mapping[str, bytes] = FILES, *, start: int = 0) -> bytes:
    """The sealed bytes."""
    return b"".join(sealed_bytes(sealed, reading(files), start=start))


def opened(recipient: Recipient, parts: Iterable[bytes]) -> tuple[Papers, dict[str, bytes]]:
    """The papers and the files of a whole package."""
    opening = Opening(recipient)
    found: dict[str, bytes] = {}
    for data in parts:
        for piece in opening.feed(data):
            found[piece.name] = found.get(piece.name, b"") + piece.data
    return opening.finish(), found
