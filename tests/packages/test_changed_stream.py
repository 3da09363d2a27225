"""A stream that was reordered, cut, mixed or changed anywhere opens nowhere, and nothing reaches the final place."""

import secrets
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.disclosure.opening import Opening
from avrop.disclosure.sealing import SealedPackage, kept_package, sealed_bytes
from avrop.errors import AvropError, Fault, Tampered
from avrop.store.files import Zone
from avrop.store.packages import members_of, open_into
from tests.examples import tried
from tests.packages.making import FILES, Parties, opened, package, reading, stream

PARTIES = Parties()
RECIPIENT = PARTIES.recipient()
SEALED = package(PARTIES)
OTHER = package(PARTIES)
NEXT = package(PARTIES, generation=2)


def parts(sealed: SealedPackage) -> list[bytes]:
    """The preamble, every chunk, the end marker."""
    return list(sealed_bytes(sealed, reading(FILES)))


COUNT = len(parts(SEALED))


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    return Zone(tmp_path, lambda _point: None)


def take_in(zone: Zone, data: Iterable[bytes]) -> None:
    """Open into the place `packages/one`, as an inbox does."""
    with zone.writing("packages/one") as folder:
        open_into(folder, data, RECIPIENT)


def refused(zone: Zone, data: Iterable[bytes]) -> str:
    """The code of the refusal; nothing is at the final place, nor beside it."""
    with pytest.raises(AvropError) as found:
        take_in(zone, data)
    assert list((zone.root / "packages").iterdir()) == []
    return found.value.code


def test_the_untouched_stream_is_taken_in(zone: Zone) -> None:
    take_in(zone, parts(SEALED))
    kept = {path.name: path.read_bytes() for path in zone.path("packages/one").iterdir()}
    assert {name: kept[name] for name in FILES} == FILES
    assert set(kept) == {*FILES, "manifest.json", "header.json"}


@pytest.mark.parametrize("first", range(1, COUNT))
def test_any_two_chunks_in_the_others_place_are_refused(zone: Zone, first: int) -> None:
    for second in range(first + 1, COUNT):
        moved = parts(SEALED)
        moved[first], moved[second] = moved[second], moved[first]
        assert refused(zone, moved) == "package.chunk"


@pytest.mark.parametrize("place", range(1, COUNT))
def test_a_dropped_or_doubled_chunk_is_refused(zone: Zone, place: int) -> None:
    whole = parts(SEALED)
    dropped = refused(zone, whole[:place] + whole[place + 1 :])
    assert dropped == ("package.incomplete" if place == COUNT - 1 else "package.chunk")
    doubled = refused(zone, [*whole[: place + 1], *whole[place:]])
    assert doubled == ("package.trailing" if place == COUNT - 1 else "package.chunk")


@pytest.mark.parametrize("more", [b"\0", bytes(16), bytes(4096)])
def test_bytes_after_the_end_are_refused(zone: Zone, more: bytes) -> None:
    assert refused(zone, [*parts(SEALED), more]) == "package.trailing"
    assert refused(zone, [b"".join(parts(SEALED)) + more]) == "package.trailing"


def test_one_whole_package_after_another_is_refused(zone: Zone) -> None:
    assert refused(zone, [*parts(SEALED), *parts(SEALED)]) == "package.trailing"


@pytest.mark.parametrize("place", range(1, COUNT))
@pytest.mark.parametrize("other", [OTHER, NEXT], ids=["same generation", "next generation"])
def test_a_chunk_of_another_package_is_refused(zone: Zone, place: int, other: SealedPackage) -> None:
    mixed = parts(SEALED)
    mixed[place] = parts(other)[place]
    assert refused(zone, mixed) == "package.chunk"


def test_the_chunks_of_one_package_do_not_open_under_the_papers_of_another(zone: Zone) -> None:
    assert refused(zone, [SEALED.preamble, *parts(NEXT)[1:]]) == "package.chunk"


def test_cut_at_every_byte_it_is_refused() -> None:
    data = stream(SEALED)
    for end in (*range(0, len(data), 7), *range(len(SEALED.preamble) - 1, len(data))):
        opening = Opening(RECIPIENT)
        opening.feed(data[:end])
        with pytest.raises(AvropError, match=r"package\.incomplete"):
            opening.finish()


@pytest.mark.parametrize("end", range(COUNT))
def test_cut_at_every_boundary_nothing_is_kept(zone: Zone, end: int) -> None:
    assert refused(zone, parts(SEALED)[:end]) == "package.incomplete"


def test_one_flipped_bit_anywhere_is_found() -> None:
    data = stream(SEALED)
    for place in range(len(data)):
        bad = data[:place] + bytes([data[place] ^ (1 << place % 8)]) + data[place + 1 :]
        with pytest.raises(AvropError):
            opened(RECIPIENT, [bad])


@given(st.lists(st.integers(0, COUNT - 1), max_size=COUNT + 3))
@tried(300)
def test_only_the_one_order_of_chunks_opens(order: list[int]) -> None:
    whole = parts(SEALED)
    if order == list(range(COUNT)):
        return
    with pytest.raises(AvropError):
        opened(RECIPIENT, [whole[n] for n in order])


def test_after_an_error_the_same_error_comes_and_nothing_more() -> None:
    whole = parts(SEALED)
    opening = Opening(RECIPIENT)
    opening.feed(whole[0])
    for _ in range(2):
        with pytest.raises(Tampered, match=r"package\.chunk"):
            opening.feed(whole[2])
    for attempt in (lambda: opening.feed(whole[1]), opening.finish):
        with pytest.raises(Tampered, match=r"package\.chunk"):
            attempt()


def test_no_piece_comes_before_the_papers_are_verified() -> None:
    stranger = Parties(private=PARTIES.private)
    opening = Opening(stranger.recipient())
    with pytest.raises(AvropError, match=r"package\.signature"):
        opening.feed(stream(SEALED))
    assert opening.papers is None


def test_a_bad_end_keeps_nothing_although_every_file_came_whole(zone: Zone) -> None:
    whole = parts(SEALED)
    assert refused(zone, [*whole[:-1], bytes(16)]) == "package.chunk"


def test_a_package_that_was_killed_half_way_leaves_nothing_and_comes_again_under_its_id(tmp_path: Path) -> None:
    data, keys = tmp_path / "data", tmp_path / "key"
    data.write_bytes(stream(SEALED))
    keys.write_bytes(PARTIES.private)
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    places = [len(SEALED.preamble) - 1, len(SEALED.preamble) + 40, SEALED.size - 1, SEALED.size]
    for count in places:
        command = [sys.executable, script, tmp_path / "zone", data, keys, PARTIES.provider.public, str(count)]
        assert subprocess.run(command, check=False).returncode == -9
        zone = Zone(tmp_path / "zone", lambda _point: None)
        assert not zone.path("packages/one").exists()
        assert zone.sweep(frozenset()) == ("packages/.partial-one",)
    again = kept_package(SEALED.preamble, SEALED.content_key)
    assert again.header.package == SEALED.header.package
    assert stream(again) == data.read_bytes()
    take_in(zone, [stream(again)])
    assert zone.path("packages/one").is_dir()


KILLED = """
import os, pathlib, signal, sys
from avrop.disclosure import sealingkeys
from avrop.disclosure.opening import Recipient
from avrop.store.files import Zone
from avrop.store.packages import open_into
zone, data, key, public, count = sys.argv[1:]
private = pathlib.Path(key).read_bytes()
recipient = Recipient(organisation="receiver", provider_keys=(public,), most_bytes=1 << 30,
                      sealing_keys={sealingkeys.sealing_key_id(sealingkeys.public_key(private)): private})
def parts():
    whole = pathlib.Path(data).read_bytes()
    yield whole[:int(count)]
    os.kill(os.getpid(), signal.SIGKILL)
with Zone(pathlib.Path(zone), lambda point: None).writing("packages/one") as folder:
    open_into(folder, parts(), recipient)
"""


def test_sealing_a_folder_writes_nothing_to_disk(tmp_path: Path) -> None:
    folder = tmp_path / "generation"
    folder.mkdir()
    for name, plain in FILES.items():
        (folder / name).write_bytes(plain)
    sealed, before, written = package(PARTIES), tree(tmp_path), watched_writes()
    with members_of(folder) as read:
        data = b"".join(sealed_bytes(sealed, read))
    assert written() == []
    assert tree(tmp_path) == before
    assert opened(RECIPIENT, [data])[1] == FILES


def tree(root: Path) -> list[str]:
    return sorted(str(path) for path in root.rglob("*"))


def watched_writes() -> Callable[[], list[str]]:
    """What is opened for writing from now on until it is asked."""
    found: list[str] = []
    watching = [True]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event == "open":
            path, mode, flags = arguments
            if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & 3):
                found.append(str(path))

    sys.addaudithook(hook)

    def ask() -> list[str]:
        watching.clear()
        return found

    return ask


def test_writing_would_be_seen(tmp_path: Path) -> None:
    written = watched_writes()
    (tmp_path / "clear.text").write_bytes(b"clear")
    assert written() == [str(tmp_path / "clear.text")]


def test_a_generations_file_that_is_gone_or_is_a_link_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(secrets.token_bytes(8))
    (tmp_path / "MAIN.parquet").symlink_to(tmp_path / "target")
    with members_of(tmp_path) as read:
        for name in ("MAIN.parquet", "MARKS.parquet"):
            with pytest.raises(Fault, match=r"package\.source_unreadable"):
                read(name, 0, 8)
