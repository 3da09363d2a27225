"""Answers that live only as long as what they were given for, over a real server but without an installation."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from avrop.errors import Fault, Refusal
from avrop.http import authority as a
from avrop.http.aborting import AbortingProtocol, Cut
from avrop.http.authority import Authority
from avrop.http.live import ChunkSource, FileSource, LiveAnswer
from avrop.http.slots import Slots
from tests.http.serving import listening, running

PIECE = b"\xff" * 100_000


@dataclass
class World:
    """What an answer is made of, and what became of it."""

    pieces: int = 1_000_000
    holding: bool = True
    fails_at: int | None = None
    given: int = 0
    at_work: int = 0
    closed: list[int] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def following(self) -> bytes | None:
        self.at_work += 1
        time.sleep(0.01)
        self.given += 1
        self.at_work -= 1
        if self.given == self.fails_at:
            raise Fault("engine.failed", "SECRET-VALUE")
        return PIECE if self.given <= self.pieces else None

    async def holds(self) -> bool:
        return self.holding

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        source = ChunkSource(b"first", self.following, lambda: self.closed.append(self.at_work))
        answer = LiveAnswer(
            source, holds=self.holds, done=self.done.set, status=200, headers={"Content-Type": "text/csv"}
        )
        await answer(scope, receive, send)


@contextmanager
def _reading(world: World, *, http: type = AbortingProtocol) -> Iterator[Callable[[], bytes]]:
    """A connection on which it is asked for, as what reads on."""
    config = uvicorn.Config(world, http=http, lifespan="off", access_log=False, log_level="critical")
    with listening() as where, running(uvicorn.Server(config), where), socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(30)
        connection.connect(where.getsockname())
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        yield lambda: connection.recv(65536)


def _all(read: Callable[[], bytes]) -> tuple[bytes, bool]:
    """All that comes, and whether it was broken off."""
    got = b""
    try:
        while data := read():
            got += data
    except ConnectionResetError:
        return got, True
    return got, False


def test_an_answer_that_holds_comes_whole_and_ends_well() -> None:
    world = World(pieces=20)
    with _reading(world) as read:
        got, broken = _all(read)
    assert (got.endswith(b"\r\n0\r\n\r\n"), broken) == (True, False)
    assert got.count(b"\xff") == 20 * len(PIECE)
    assert (world.closed, world.done.is_set()) == ([0], True)


def test_what_no_longer_holds_is_broken_off_and_never_ends_well() -> None:
    world = World()
    with _reading(world) as read:
        assert read()
        world.holding = False
        got, broken = _all(read)
        assert broken
        assert not got.endswith(b"0\r\n\r\n")
        assert world.done.wait(30)
    assert world.closed == [0]


def test_a_source_that_fails_is_broken_off_and_what_it_said_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    world = World(fails_at=3)
    with _reading(world) as read:
        got, broken = _all(read)
    assert broken
    assert not got.endswith(b"0\r\n\r\n")
    assert "engine.failed" in caplog.text
    assert "SECRET" not in caplog.text
    assert world.closed == [0]


def test_a_reader_that_leaves_ends_the_work_after_what_is_at_work() -> None:
    world = World()
    with _reading(world) as read:
        assert read()
    assert world.done.wait(30)
    given = world.given
    assert world.closed == [0]  # closed once, and not while a thread was in the source
    time.sleep(0.1)
    assert world.given == given


def test_nothing_is_computed_ahead_of_a_reader_that_takes_nothing() -> None:
    world = World()
    with _reading(world):
        ends = time.monotonic() + 30
        while world.given < 2:
            assert time.monotonic() < ends
            time.sleep(0.01)
        time.sleep(1)
        assert world.given < 20


def test_under_a_server_that_cannot_break_off_the_error_does() -> None:
    """As uvicorn's own protocol: the connection closes without the end that a whole answer has."""
    world = World()
    with _reading(world, http=AbortingProtocol.__mro__[1]) as read:
        assert read()
        world.holding = False
        got, _ = _all(read)
        assert not got.endswith(b"0\r\n\r\n")
        assert world.done.wait(30)


def test_a_file_that_became_shorter_is_an_error_and_no_end(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_bytes(b"abc")

    async def read() -> list[bytes | None]:
        source = FileSource(path.open("rb"), start=1, end=10)
        try:
            return [await source.following(), await source.following()]
        finally:
            await source.close()

    with pytest.raises(OSError, match="shorter"):
        asyncio.run(read())


def test_a_cut_is_no_error_that_a_handler_would_answer() -> None:
    assert not issubclass(Cut, Refusal)


def test_one_look_up_a_second_serves_everybody_who_asks() -> None:
    asked = []

    def look_up() -> bool:
        asked.append(time.monotonic())
        return True

    async def ask() -> None:
        authority, since = Authority(), time.monotonic()
        assert all(await asyncio.gather(*(authority.holds("key", look_up, since=since) for _ in range(50))))
        for _ in range(200):
            assert await authority.holds("key", look_up, since=since)
        assert len(asked) <= 1 + (time.monotonic() - since) / a.FRESH_SECONDS
        assert await authority.holds("other", look_up, since=since)

    asyncio.run(ask())
    assert len(asked) >= 2


def test_an_answer_that_is_older_than_a_second_is_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(a, "FRESH_SECONDS", 0.05)
    answers = iter([True, False])

    async def ask() -> None:
        authority, since = Authority(), time.monotonic()
        assert await authority.holds("key", lambda: next(answers), since=since)
        await asyncio.sleep(0.1)
        assert not await authority.holds("key", lambda: next(answers), since=since)

    asyncio.run(ask())


def test_a_look_up_that_hangs_or_fails_is_a_no_and_is_not_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(a, "PATIENCE_SECONDS", 0.1)
    go_on, asked = threading.Event(), []

    def hang() -> bool:
        asked.append(1)
        go_on.wait(30)
        return True

    def fail() -> bool:
        raise Fault("database.unavailable", "away")

    def break_down() -> bool:
        raise ValueError("SECRET")

    async def ask() -> None:
        authority = Authority()
        try:
            for _ in range(3):
                assert not await authority.holds("hangs", hang, since=time.monotonic())
            assert len(asked) == 1
        finally:
            go_on.set()
        assert not await authority.holds("fails", fail, since=0)
        assert not await authority.holds("breaks", break_down, since=0)

    asyncio.run(ask())


def test_a_no_from_before_somebody_was_permitted_does_not_count() -> None:
    async def ask() -> None:
        authority = Authority()
        assert not await authority.holds("key", lambda: False, since=time.monotonic())
        assert await authority.holds("key", lambda: True, since=time.monotonic())

    asyncio.run(ask())


def test_slots_are_counted_by_subject_and_given_back_once() -> None:
    slots = Slots(2)
    first, _ = slots.take("a"), slots.take("a")
    with pytest.raises(Refusal) as no:
        slots.take("a")
    assert no.value.code == "stream.too_many"
    slots.take("b")
    first()
    first()
    slots.take("a")
    with pytest.raises(Refusal):
        slots.take("a")
