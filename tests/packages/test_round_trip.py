"""Any generation, in chunks of any size, split anywhere, resumed anywhere: the same bytes go in and come out."""

import tracemalloc
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.canonical import digest_bytes
from avrop.disclosure.opening import Opening
from avrop.disclosure.package import is_expired
from avrop.disclosure.packagestream import chunks, member_ends
from avrop.disclosure.sealing import kept_package, seal_package, sealed_bytes
from avrop.errors import Mistake, Tampered
from tests.examples import tried
from tests.packages.independent import read
from tests.packages.making import (
    CHUNK,
    EXPIRES,
    FILES,
    MADE,
    Parties,
    described,
    manifest,
    opened,
    package,
    reading,
    stream,
)

PARTIES = Parties()
RECIPIENT = PARTIES.recipient()
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
generations = st.dictionaries(names, st.binary(max_size=200), max_size=4).filter(
    lambda files: (
        len({name.lower() for name in files}) == len(files)
        and not {name.lower() for name in files} & {"manifest.json", "header.json"}
    )
)


@given(files=generations, chunk_size=st.integers(1, 300), cuts=st.lists(st.integers(0, 10_000), max_size=30))
@tried(150)
def test_what_was_sealed_comes_out_whatever_the_chunks_and_however_the_stream_is_split(
    files: Mapping[str, bytes], chunk_size: int, cuts: list[int]
) -> None:
    sealed = package(PARTIES, files, chunk_size=chunk_size)
    data = stream(sealed, files)
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    papers, found = opened(RECIPIENT, (data[a:b] for a, b in pairwise(places)))
    assert found == dict(files)
    assert papers.header == sealed.header
    assert len(data) == sealed.size


@given(files=generations, chunk_size=st.integers(1, 300), start=st.integers(0, 100_000))
@tried(150)
def test_a_push_that_was_cut_goes_on_with_the_same_bytes(
    files: Mapping[str, bytes], chunk_size: int, start: int
) -> None:
    sealed = package(PARTIES, files, chunk_size=chunk_size)
    data = stream(sealed, files)
    again = kept_package(sealed.preamble, sealed.content_key)
    place = start % (len(data) + 1)
    assert stream(again, files, start=place) == data[place:]


def test_every_offset_can_be_resumed_at() -> None:
    sealed = package(PARTIES)
    data = stream(sealed)
    assert all(stream(sealed, start=place) == data[place:] for place in range(len(sealed.preamble) - 3, len(data) + 1))
    assert stream(sealed, start=len(data) + 5) == b""


def test_the_stream_byte_by_byte_gives_the_same_files() -> None:
    data = stream(package(PARTIES))
    _, found = opened(RECIPIENT, (data[n : n + 1] for n in range(len(data))))
    assert found == FILES


def test_two_packages_of_one_generation_share_no_chunk() -> None:
    first, second = (package(PARTIES) for _ in range(2))
    one, other = (stream(sealed)[len(sealed.preamble) :] for sealed in (first, second))
    width = 2 * CHUNK
    assert not {one[n : n + width] for n in range(len(one) - width)} & {
        other[n : n + width] for n in range(len(other) - width)
    }


def test_the_sealed_bytes_hold_no_plain_ones() -> None:
    canary = b"CANARY-CANARY-CANARY-CANARY"
    data = stream(package(PARTIES, {"MAIN.parquet": canary * 9}), {"MAIN.parquet": canary * 9})
    assert b"CANARY-CAN" not in data
    assert b"MAIN.parquet" in data, "the search finds what is there"


def test_the_same_header_under_the_same_content_key_is_the_same_package_and_another_header_shares_no_key() -> None:
    said = manifest()
    signed = PARTIES.provider.sign("manifest", said)
    header = described(PARTIES, said, signed)
    keys = {"sign": PARTIES.provider.sign, "sealing_key": PARTIES.public, "random": lambda n: b"k" * n}
    one, same = (stream(seal_package(header, signed, **keys)) for _ in range(2))  # type: ignore[arg-type]
    other = stream(seal_package(replace(header, purpose="Another"), signed, **keys))  # type: ignore[arg-type]
    body = len(one) - _body()
    assert one[body:] == same[body:]
    assert one[-_body() :][:CHUNK] != other[-_body() :][:CHUNK]


def _body() -> int:
    sealed = package(PARTIES)
    return sealed.size - len(sealed.preamble)


def test_memory_is_that_of_a_few_chunks_however_large_the_file() -> None:
    size, chunk = 48 << 20, 1 << 16
    plain = bytes(chunk)
    said = manifest({})
    whole = replace(
        manifest({"MAIN.parquet": b""}).files[0], size=size, digest=digest_bytes(bytes(size)), name="MAIN.parquet"
    )
    said = replace(said, files=(whole,))
    signed = PARTIES.provider.sign("manifest", said)
    header = described(PARTIES, said, signed, chunk_size=chunk)
    sealed = seal_package(
        header, signed, sign=PARTIES.provider.sign, sealing_key=PARTIES.public, random=lambda n: b"k" * n
    )
    opening, came = Opening(RECIPIENT), 0
    tracemalloc.start()
    try:
        for data in sealed_bytes(sealed, lambda _name, _offset, count: plain[:count]):
            came += sum(len(piece.data) for piece in opening.feed(data))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    opening.finish()
    assert came == size
    assert peak < 20 * chunk, f"{peak} bytes"


@given(files=generations, chunk_size=st.integers(1, 300))
@tried(60)
def test_a_reader_written_from_the_page_alone_opens_it_and_no_nonce_occurs_twice(
    files: Mapping[str, bytes], chunk_size: int
) -> None:
    sealed = package(PARTIES, files, chunk_size=chunk_size)
    found, bound = read(stream(sealed, files), provider_key=PARTIES.provider.public, private=PARTIES.private)
    assert found == dict(files)
    assert len({nonce for nonce, _ in bound}) == len(bound)
    assert [(chunk.nonce, chunk.bound_to(sealed.header.package)) for chunk in chunks(sealed.header)] == bound


@pytest.mark.parametrize(
    ("changed", "whole_chunks"),
    [(b"0123456789abcdef" * 3 + b"tale", 3), (b"0123456789abcdef" * 3, 3), (b"0123456789abcdef", 1), (b"", 0)],
    ids=["other end", "shorter", "much shorter", "empty"],
)
@pytest.mark.parametrize("start", [0, 40])
def test_a_file_that_changed_since_the_manifest_never_comes_to_its_end(
    changed: bytes, whole_chunks: int, start: int
) -> None:
    sealed = package(PARTIES)
    read_at = reading({**FILES, "MAIN.parquet": changed})
    came = begin = len(sealed.preamble) + start
    with pytest.raises(Tampered, match=r"package\.source_changed"):
        for data in sealed_bytes(sealed, read_at, start=begin):
            came += len(data)
    assert came == max(begin, len(sealed.preamble) + whole_chunks * (CHUNK + 16))


def test_a_push_that_goes_on_reads_no_file_that_was_sent_whole() -> None:
    sealed, asked = package(PARTIES), []

    def read_at(name: str, offset: int, count: int) -> bytes:
        asked.append(name)
        return FILES[name][offset : offset + count]

    first_end = len(sealed.preamble) + member_ends(sealed.header)[0]
    for start, expected in ((first_end - 1, set(FILES)), (first_end, {"MARKS.parquet", "NONE.parquet"})):
        asked.clear()
        list(sealed_bytes(sealed, read_at, start=start))
        assert set(asked) == expected


def test_a_reader_can_tell_that_a_package_has_expired() -> None:
    header = package(PARTIES).header
    assert not is_expired(header, MADE)
    assert is_expired(header, EXPIRES)


def test_a_package_that_expires_before_it_was_made_is_not_made() -> None:
    with pytest.raises(Mistake, match=r"package\.form"):
        package(PARTIES, expires=MADE)
