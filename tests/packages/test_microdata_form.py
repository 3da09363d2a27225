"""microdata-tools' encrypted archive: written and read, and every other list of members refused."""

import io
import secrets
import tarfile
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from avrop.disclosure import sealingkeys
from avrop.disclosure.microdata_archive import LARGEST_OTHER, MOST_ENTRIES, read_archive, table
from avrop.disclosure.microdata_package import archive, private_from_pem, public_from_pem
from avrop.errors import AvropError, Mistake
from tests.examples import tried

PRIVATE = sealingkeys.make_private(secrets.token_bytes)
PUBLIC = sealingkeys.public_key(PRIVATE)
LINES = [f"unit{n:04d};{n};;;\n".encode() for n in range(50)]
METADATA = b'{"temporalityType": "FIXED"}'


def written(lines: list[bytes] = LINES, *, chunk_size: int = 100) -> bytes:
    parts = archive(
        "NAME", METADATA, lines, public=PUBLIC, random=secrets.token_bytes, made_at=1_000_000, chunk_size=chunk_size
    )
    return b"".join(parts)


def opened(data: bytes, *, private: bytes = PRIVATE, most_bytes: int = 1 << 20) -> tuple[bytes, bytes]:
    found = read_archive(io.BytesIO(data), "NAME", most_bytes=most_bytes)
    return found.metadata(), b"".join(table(found, private))


def code(data: bytes, **options: object) -> str:
    with pytest.raises(AvropError) as no:
        opened(data, **options)  # type: ignore[arg-type]
    return no.value.code


@given(st.lists(st.binary(max_size=60), max_size=20), st.integers(1, 90))
@tried(80)
def test_what_was_written_is_read_whatever_the_chunks(lines: list[bytes], chunk_size: int) -> None:
    data = written(lines, chunk_size=chunk_size)
    whole = b"".join(lines)
    if whole:
        assert opened(data) == (METADATA, whole)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        names = [f"chunks/{n}.csv.encr" for n in range(1, -(-len(whole) // chunk_size) + 1)]
        assert tar.getnames() == ["NAME.json", "NAME.kem.encr", *names, "NAME.sha256"]
    assert len(data) % 10_240 == 0


def test_two_archives_of_one_table_share_no_sealed_byte() -> None:
    first, second = (members(written()) for _ in range(2))
    assert first["NAME.kem.encr"] != second["NAME.kem.encr"]
    assert first["chunks/1.csv.encr"][:12] != second["chunks/1.csv.encr"][:12]
    assert first["chunks/1.csv.encr"] != second["chunks/1.csv.encr"]


def members(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]  # a member without content fails here


def packed(files: dict[str, bytes], *odd: tarfile.TarInfo, **form: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", **form) as tar:  # type: ignore[call-overload]  # forms that the test names
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        for entry in odd:
            tar.addfile(entry)
    return out.getvalue()


WHOLE = members(written())


def test_the_order_of_members_does_not_matter_and_metadata_may_stand_alone() -> None:
    assert opened(packed(dict(reversed(WHOLE.items())))) == (METADATA, b"".join(LINES))
    assert opened(packed({"NAME.json": METADATA})) == (METADATA, b"")


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "NAME.json"])
def test_a_flipped_bit_in_any_member_but_the_unprotected_metadata_is_found(name: str) -> None:
    for place in {0, 11, 12, len(WHOLE[name]) // 2, len(WHOLE[name]) - 1}:
        bad = bytearray(WHOLE[name])
        bad[place] ^= 1
        assert code(packed({**WHOLE, name: bytes(bad)})) in {"sealing.not_opened", "package.chunk", "package.checksum"}


@pytest.mark.parametrize("name", WHOLE)
def test_a_missing_member_is_refused(name: str) -> None:
    kept = {member: data for member, data in WHOLE.items() if member != name}
    last = max(int(member.split("/")[1].split(".")[0]) for member in WHOLE if member.startswith("chunks/"))
    assert code(packed(kept)) == ("package.checksum" if name == f"chunks/{last}.csv.encr" else "package.archive")


def test_exchanged_chunks_are_found_by_the_checksum_alone() -> None:
    one, two = "chunks/1.csv.encr", "chunks/2.csv.encr"
    assert code(packed({**WHOLE, one: WHOLE[two], two: WHOLE[one]})) == "package.checksum"


def test_another_key_opens_nothing() -> None:
    assert code(written(), private=sealingkeys.make_private(secrets.token_bytes)) == "sealing.not_opened"


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


@pytest.mark.parametrize(
    "odd",
    [
        entry("/etc/passwd"), entry("../NAME.json"), entry("chunks/../x"), entry("OTHER.json"), entry("chunks/x.csv.encr"),
        entry("chunks/0.csv.encr"), entry("chunks/01.csv.encr"), entry("chunks/1.csv.encr/"), entry("NAME.csv"),
        entry("NAME.json"), entry("chunks/1.csv.encr"),
        entry("chunks/9.csv.encr", tarfile.SYMTYPE, "/etc/passwd"), entry("chunks/9.csv.encr", tarfile.LNKTYPE, "NAME.json"),
        entry("chunks/9.csv.encr", tarfile.CHRTYPE), entry("chunks/9.csv.encr", tarfile.FIFOTYPE),
        entry("chunks/9.csv.encr", tarfile.GNUTYPE_SPARSE), entry("elsewhere", tarfile.DIRTYPE), entry("x" * 300),
    ],
    ids=lambda odd: f"{odd.name[:24]} {odd.type!r}",
)  # fmt: skip
@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_any_member_that_the_form_does_not_know_is_refused(odd: tarfile.TarInfo, form: int) -> None:
    assert code(packed(WHOLE, odd, format=form)) == "package.member"


def test_a_folder_for_the_chunks_and_times_in_headers_are_what_its_own_writer_makes() -> None:
    timed = entry("chunks", tarfile.DIRTYPE)
    timed.mtime = 1_700_000_000.5  # type: ignore[assignment]  # what other tools write
    assert opened(packed(WHOLE, timed)) == (METADATA, b"".join(LINES))


@pytest.mark.parametrize(
    "headers", [{"path": "NAME.csv"}, {"size": "1"}, {"GNU.sparse.realsize": "99999"}, {"comment": "x"}]
)
def test_a_header_that_changes_what_a_member_is_is_refused(headers: dict[str, str]) -> None:
    odd = entry("chunks", tarfile.DIRTYPE)
    odd.pax_headers = headers
    assert code(packed(WHOLE, odd)) == "package.member"


def test_too_many_entries_are_refused() -> None:
    assert code(packed(WHOLE, *[entry("chunks", tarfile.DIRTYPE)] * MOST_ENTRIES)) == "package.member"


def test_more_than_there_is_room_for_is_refused_by_the_headers_alone() -> None:
    assert code(written(), most_bytes=100) == "package.too_large"
    for name, size in (("NAME.json", LARGEST_OTHER + 1), ("chunks/1.csv.encr", 600_000_000)):
        assert code(claiming(name, size), most_bytes=1 << 40) in {"package.too_large", "package.archive"}


def claiming(name: str, size: int) -> bytes:
    """An archive whose member says that it is so large, and is not."""
    out = b""
    for member, data in WHOLE.items():
        made = tarfile.TarInfo(member)
        made.size = size if member == name else len(data)
        out += made.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % 512)
    return out


@pytest.mark.parametrize("cut", [1, 500, 513, 3000, -10_000])
def test_a_cut_archive_is_refused(cut: int) -> None:
    assert code(written()[:cut]) == "package.archive"


def test_a_damaged_header_is_refused() -> None:
    data = bytearray(written())
    data[5] ^= 1
    assert code(bytes(data)) == "package.archive"


SEED, EXCHANGE, SIGNING = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate(), Ed25519PrivateKey.generate()
Private = MLKEM768PrivateKey | X25519PrivateKey | Ed25519PrivateKey


def pem(key: Private) -> bytes:
    return key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption())


def public_pem(key: Private) -> bytes:
    return key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("order", [(SEED, EXCHANGE), (EXCHANGE, SEED)])
def test_keys_are_read_in_any_order(order: tuple[Private, ...]) -> None:
    private = private_from_pem(b"".join(map(pem, order)))
    assert sealingkeys.public_key(private) == public_from_pem(b"".join(map(public_pem, order)))


@pytest.mark.parametrize(
    "keys", [(), (SEED,), (SEED, SEED), (EXCHANGE, EXCHANGE), (SEED, SIGNING), (SEED, EXCHANGE, SEED)]
)
def test_other_keys_are_refused(keys: tuple[Private, ...]) -> None:
    readings: tuple[tuple[Callable[[bytes], object], Callable[[Private], bytes]], ...] = (
        (private_from_pem, pem),
        (public_from_pem, public_pem),
        (public_from_pem, pem),
    )
    for read, form in readings:
        with pytest.raises(Mistake, match=r"sealing\.pem"):
            read(b"".join(map(form, keys)))
    with pytest.raises(Mistake, match=r"sealing\.pem"):
        public_from_pem(public_pem(SEED)[:200] + public_pem(SEED)[300:] + public_pem(EXCHANGE))
