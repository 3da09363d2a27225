"""Papers that somebody changed, signed, exchanged or aimed at another are refused; names are plain; keys may overlap."""

import base64
import json
import secrets
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from avrop.canonical import canonical, digest, plain
from avrop.disclosure import sealingkeys
from avrop.disclosure.manifest import Manifest
from avrop.disclosure.opening import Recipient
from avrop.disclosure.package import (
    KIND,
    MOST_MEMBERS,
    Envelope,
    PackageHeader,
    PackageMember,
    read_envelope,
)
from avrop.disclosure.packagestream import LONGEST_ENVELOPE, MAGIC, PREFIX_BYTES, key_info, preamble
from avrop.disclosure.sealing import SealedPackage, seal_package
from avrop.errors import AvropError, Mistake, Refusal
from avrop.signed import Signed
from avrop.store.files import Zone
from avrop.store.packages import open_into
from tests.packages.making import EXPIRES, FILES, Parties, described, manifest, opened, package, stream

PARTIES = Parties()
RECIPIENT = PARTIES.recipient()
SEALED = package(PARTIES)
ENVELOPE = read_envelope(SEALED.preamble[PREFIX_BYTES:])
BODY = stream(SEALED)[len(SEALED.preamble) :]


def code(data: bytes, recipient: Recipient = RECIPIENT) -> str:
    with pytest.raises(AvropError) as found:
        opened(recipient, [data])
    return found.value.code


def under(envelope: Envelope) -> bytes:
    """The chunks of the package under another envelope."""
    return preamble(envelope) + BODY


def resealed(header: Signed, signed: Signed = ENVELOPE.manifest, *, parties: Parties = PARTIES) -> bytes:
    """What somebody could do who knows the content key: seal it anew, under another header."""
    sealed = sealingkeys.seal(SEALED.content_key, public=parties.public, info=key_info(header))
    return under(Envelope(header=header, manifest=signed, content_key=base64.b64encode(sealed).decode()))


def test_the_untouched_papers_are_followed() -> None:
    papers, found = opened(RECIPIENT, [under(ENVELOPE)])
    assert found == FILES
    assert (papers.header, papers.manifest) == (SEALED.header, manifest())
    assert opened(RECIPIENT, [resealed(ENVELOPE.header)])[1] == FILES


def other_values(value: Any) -> Iterator[Any]:
    """Something else of the same type."""
    match value:
        case str():
            yield value[:-1] + ("0" if value[-1] != "0" else "1")
        case int():
            yield value + 1
        case list():
            if value:
                yield value[:-1]
            if len(value) > 1:
                yield [*value[1:], value[0]]
            for place, item in enumerate(value):
                for other in other_values(item):
                    yield [*value[:place], other, *value[place + 1 :]]
        case dict():
            for name, item in value.items():
                for other in other_values(item):
                    yield {**value, name: other}


def changed(value: object) -> list[dict[str, Any]]:
    """Every way of changing one field of a document, also of those within it."""
    whole = plain(value)
    return [{**whole, name: other} for name, item in whole.items() for other in other_values(item)]


def test_changing_finds_every_field() -> None:
    names = {
        name for one in changed(SEALED.header) for name, value in one.items() if value != plain(SEALED.header)[name]
    }
    assert names == {field.name for field in fields(PackageHeader)}


@pytest.mark.parametrize("document", [SEALED.header, manifest()], ids=["header", "manifest"])
def test_any_changed_field_breaks_the_signature(document: PackageHeader | Manifest) -> None:
    part = "header" if isinstance(document, PackageHeader) else "manifest"
    for values in changed(document):
        body = canonical(values).decode()
        forged = replace(getattr(ENVELOPE, part), body=body)
        assert code(under(replace(ENVELOPE, **{part: forged}))) == "package.signature"


@pytest.mark.parametrize("part", ["header", "manifest"])
def test_stripped_and_foreign_signatures_are_refused(part: str) -> None:
    signed: Signed = getattr(ENVELOPE, part)
    stranger = Parties().provider
    foreign = stranger.sign(signed.kind, json.loads(signed.body))
    other_kind = PARTIES.provider.sign("receipt", json.loads(signed.body))
    for forged in (
        replace(signed, signature=""),
        replace(signed, signature=base64.b64encode(bytes(64)).decode()),
        replace(signed, key=""),
        foreign,
        replace(foreign, key=signed.key),
        replace(signed, signature=foreign.signature),
        other_kind,
        replace(other_kind, kind=signed.kind),
    ):
        assert code(under(replace(ENVELOPE, **{part: forged}))) == "package.signature"


def test_without_a_signature_at_all_it_is_no_package() -> None:
    text = json.loads(SEALED.preamble[PREFIX_BYTES:])
    for part in ("header", "manifest"):
        without = {**text, part: {k: v for k, v in text[part].items() if k != "signature"}}
        assert code(framed(canonical(without))) == "package.form"


def framed(text: bytes) -> bytes:
    return MAGIC + len(text).to_bytes(4, "big") + text + BODY


def test_another_form_of_the_same_papers_is_refused() -> None:
    text = SEALED.preamble[PREFIX_BYTES:]
    for other in (text + b" ", text.replace(b":", b": ", 1), json.dumps(json.loads(text), indent=1).encode()):
        assert json.loads(other) == json.loads(text)
        assert code(framed(other)) == "package.form"


def test_trailing_bits_of_the_sealed_key_are_refused() -> None:
    key = ENVELOPE.content_key
    assert key.endswith("==")
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = key[:-3] + letter[letter.index(key[-3]) ^ 1] + "=="
    assert base64.b64decode(other) == base64.b64decode(key)
    assert code(under(replace(ENVELOPE, content_key=other))) == "package.form"


@pytest.mark.parametrize("data", [b"PK\x03\x04" + bytes(20), MAGIC[:-1] + b"\x02" + bytes(20), bytes(40)])
def test_other_files_and_other_versions_are_no_package(data: bytes) -> None:
    assert code(data) == "package.form"


@pytest.mark.parametrize("length", [0, LONGEST_ENVELOPE + 1, (1 << 32) - 1])
def test_a_header_of_no_or_endless_length_is_refused_before_it_is_read(length: int) -> None:
    assert code(MAGIC + length.to_bytes(4, "big")) == "package.form"


def test_an_old_manifest_with_new_data_is_refused() -> None:
    other_files = {name: bytes(len(data)) for name, data in FILES.items()}
    new = package(PARTIES, other_files, generation=2)
    envelope = read_envelope(new.preamble[PREFIX_BYTES:])
    chunks = stream(new, other_files)[len(new.preamble) :]
    assert opened(RECIPIENT, [new.preamble + chunks])[1] == other_files
    assert code(preamble(replace(envelope, manifest=ENVELOPE.manifest)) + chunks) == "package.inconsistent"
    assert code(preamble(replace(envelope, header=ENVELOPE.header)) + chunks) == "package.inconsistent"
    assert code(SEALED.preamble + chunks) == "package.chunk"


def test_new_data_sealed_by_a_stranger_under_old_papers_are_refused() -> None:
    """Who has the public key can seal another content key under papers that were seen; the files' digests stand in
    the way."""
    other_files = {name: bytes(len(data)) for name, data in FILES.items()}
    content_key = secrets.token_bytes(32)
    sealed = sealingkeys.seal(content_key, public=PARTIES.public, info=key_info(ENVELOPE.header))
    envelope = replace(ENVELOPE, content_key=base64.b64encode(sealed).decode())
    forged = SealedPackage(header=forger(other_files), preamble=preamble(envelope), content_key=content_key)
    data = stream(forged, other_files)
    assert code(data) == "package.changed"


def forger(files: dict[str, bytes]) -> PackageHeader:
    """The header with the digests of other files, so that the writer goes along."""
    return replace(SEALED.header, members=manifest_members(files))


def manifest_members(files: dict[str, bytes]) -> tuple[PackageMember, ...]:
    return tuple(PackageMember(name=f.name, size=f.size, rows=f.rows, digest=f.digest) for f in manifest(files).files)


@pytest.mark.parametrize(
    "change",
    [
        {"delivery": "2026-001/delivery/2"},
        {"call_off": "2026-002"},
        {"plan": digest("another")},
        {"manifest": digest("another")},
        {"members": SEALED.header.members[:-1]},
        {"members": (*SEALED.header.members, replace(SEALED.header.members[0], name="MORE.parquet"))},
        {"members": tuple(reversed(SEALED.header.members))},
        {"members": (replace(SEALED.header.members[0], rows=1), *SEALED.header.members[1:])},
    ],
    ids=lambda change: "-".join(change),
)
def test_a_header_that_does_not_fit_its_manifest_is_neither_made_nor_followed(change: dict[str, Any]) -> None:
    signed = PARTIES.provider.sign(KIND, replace(SEALED.header, **change))
    assert code(resealed(signed)) == "package.inconsistent"
    with pytest.raises(AvropError, match=r"package\.inconsistent"):
        package(PARTIES, **change)


def test_for_another_organisation_it_is_refused_even_with_the_right_key() -> None:
    assert code(stream(SEALED), PARTIES.recipient("another")) == "package.recipient"


def test_a_receiver_cannot_aim_its_package_at_another() -> None:
    other = Parties(provider=PARTIES.provider)
    assert code(resealed(ENVELOPE.header, parties=other), other.recipient("another")) == "package.recipient"
    assert code(resealed(ENVELOPE.header, parties=other), other.recipient()) == "package.no_key"
    both = replace(other.recipient(), sealing_keys={SEALED.header.sealing_key: other.private})
    assert opened(both, [resealed(ENVELOPE.header, parties=other)])[1] == FILES, (
        "which is why the organisation is signed"
    )


def test_another_private_key_opens_nothing() -> None:
    stranger = Parties(provider=PARTIES.provider)
    assert code(stream(SEALED), stranger.recipient()) == "package.no_key"
    under_that_id = replace(RECIPIENT, sealing_keys={SEALED.header.sealing_key: stranger.private})
    assert code(stream(SEALED), under_that_id) == "sealing.not_opened"


def test_a_sealed_key_under_another_header_opens_nothing() -> None:
    longer = PARTIES.provider.sign(KIND, replace(SEALED.header, expires=EXPIRES + timedelta(days=365)))
    assert code(under(replace(ENVELOPE, header=longer))) == "sealing.not_opened"


def test_old_and_new_sealing_key_both_open_during_the_overlap() -> None:
    new = Parties(provider=PARTIES.provider)
    keys = {**RECIPIENT.sealing_keys, **new.recipient().sealing_keys}
    both = replace(RECIPIENT, sealing_keys=keys)
    packages = (SEALED, package(new))
    assert [opened(both, [stream(sealed)])[1] for sealed in packages] == [FILES, FILES]
    after = new.recipient()
    assert code(stream(packages[0]), after) == "package.no_key"
    assert opened(after, [stream(packages[1])])[1] == FILES


def test_after_a_lost_key_the_same_generation_is_sealed_anew() -> None:
    new = Parties(provider=PARTIES.provider)
    signed = ENVELOPE.manifest
    header = described(new, manifest(), signed)
    again = seal_package(header, signed, sign=PARTIES.provider.sign, sealing_key=new.public, random=secrets.token_bytes)
    papers, found = opened(new.recipient(), [stream(again)])
    assert (found, papers.manifest) == (FILES, manifest())
    assert papers.header.package != SEALED.header.package


def test_old_and_new_signing_key_of_the_provider_are_both_believed_while_both_are_named() -> None:
    rotated = Parties(private=PARTIES.private)
    both = replace(RECIPIENT, provider_keys=(PARTIES.provider.public, rotated.provider.public))
    for sealed in (SEALED, package(rotated)):
        assert opened(both, [stream(sealed)])[1] == FILES
    assert code(stream(package(rotated))) == "package.signature"


NAMES = [
    "/etc/passwd", "../MAIN.parquet", "a/../../b", "a/b", "a\\b", "..", ".", "", ".hidden", "-rf", "a b", "a\nb", "a\0b",
    "MAIN.parquet\u202e", "é.parquet", "x" * 122, "manifest.json", "header.json", "Manifest.JSON", "C:x", "~", "MAIN.parquet/",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_signed_name_that_is_no_plain_file_name_is_refused(name: str, tmp_path: Path) -> None:
    assert refused_members((member(name),), tmp_path) == "package.member"
    with pytest.raises(Refusal, match=r"package\.member"):
        package(PARTIES, {name: b""})


def member(name: str) -> PackageMember:
    return PackageMember(name=name, size=0, rows=0, digest=digest("nothing"))


def refused_members(members: tuple[PackageMember, ...], tmp_path: Path) -> str:
    """The refusal of a package whose signed header has these members; nothing is left in the zone."""
    signed = PARTIES.provider.sign(KIND, replace(SEALED.header, members=members))
    zone = Zone(tmp_path / "zone", lambda _point: None)
    with pytest.raises(AvropError) as found, zone.writing("packages/one") as folder:
        open_into(folder, [resealed(signed)], RECIPIENT)
    assert list((tmp_path / "zone" / "packages").iterdir()) == []
    return found.value.code


@pytest.mark.parametrize("twice", [("A.parquet", "A.parquet"), ("A.parquet", "a.PARQUET")])
def test_a_name_twice_is_refused(twice: tuple[str, str], tmp_path: Path) -> None:
    assert refused_members(tuple(member(name) for name in twice), tmp_path) == "package.member"


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    assert refused_members(tuple(member(f"F{n}") for n in range(MOST_MEMBERS + 1)), tmp_path) == "package.member"
    most = {f"F{n}": b"" for n in range(MOST_MEMBERS)}
    assert opened(RECIPIENT, [stream(package(PARTIES, most), most)])[1] == most


def test_a_million_members_are_refused_by_the_headers_length_alone() -> None:
    """A million of the shortest members take more room than any header may."""
    shortest = len(canonical(member("F")))
    assert shortest * 1_000_000 > LONGEST_ENVELOPE


def test_a_package_larger_than_the_room_is_refused_before_a_byte_is_opened() -> None:
    whole = sum(len(data) for data in FILES.values())
    assert opened(PARTIES.recipient(most_bytes=whole), [stream(SEALED)])[1] == FILES
    assert code(SEALED.preamble, PARTIES.recipient(most_bytes=whole - 1)) == "package.too_large"


def test_sizes_that_nobody_could_send_are_refused_before_a_byte_is_opened() -> None:
    said = manifest()
    vast = replace(said, files=(replace(said.files[0], size=10**15), *said.files[1:]))
    signed = PARTIES.provider.sign("manifest", vast)
    sealed = seal_package(
        described(PARTIES, vast, signed),
        signed,
        sign=PARTIES.provider.sign,
        sealing_key=PARTIES.public,
        random=secrets.token_bytes,
    )
    assert code(sealed.preamble) == "package.too_large"


@pytest.mark.parametrize(
    "change", [{"chunk_size": 0}, {"chunk_size": -1}, {"chunk_size": 1 << 40}, {"package": "g" * 32},
               {"package": "ab"}, {"expires": EXPIRES.replace(tzinfo=None)}, {"made_at": EXPIRES}],
    ids=str,
)  # fmt: skip
def test_a_header_that_cannot_be_followed_is_neither_made_nor_followed(change: dict[str, Any]) -> None:
    assert code(resealed(PARTIES.provider.sign(KIND, replace(SEALED.header, **change)))) == "package.form"
    with pytest.raises(Mistake, match=r"package\.form"):
        package(PARTIES, **change)


def test_no_secret_shows_when_it_is_printed() -> None:
    for shown in (repr(SEALED), repr(RECIPIENT), str(RECIPIENT)):
        assert "sealing_keys=" not in shown
        assert SEALED.content_key.hex() not in shown
        assert repr(SEALED.content_key) not in shown
        assert repr(PARTIES.private) not in shown
