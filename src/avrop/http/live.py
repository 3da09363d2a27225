"""Answers that live only as long as what they were given for: bytes in pieces, looked after from beside, cut at once.

Plain ASGI. Between pieces an answer holds no thread, no database connection and no lock, however slowly it is read.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, BinaryIO, Protocol

import anyio.to_thread
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from avrop.errors import AvropError, Refusal
from avrop.http.aborting import abort

LOOK_SECONDS = 0.5
"""How often an answer under way is looked after."""

Holds = Callable[[], Awaitable[bool]]


_PIECE_BYTES = 1 << 20
_LOG = logging.getLogger("avrop.http")


class Source(Protocol):
    """Where the bytes come from."""

    async def following(self) -> bytes | None:
        """The next piece, None after the last."""

    async def close(self) -> None:
        """Give everything back. Called once, whatever happened."""


class LiveAnswer(Response):
    """Sends a source while `holds`. When it no longer does, or the source fails, the connection is broken off: never
    is what was cut ended as if it were whole. `done` is called at the end, whatever happened."""

    def __init__(
        self, source: Source, *, holds: Holds, done: Callable[[], None], status: int, headers: Mapping[str, str]
    ) -> None:
        self.status_code = status
        self.background = None
        self.init_headers(headers)
        self._source, self._holds, self._done = source, holds, done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            sending = asyncio.ensure_future(self._send(send))
            beside = [asyncio.ensure_future(_until_gone(receive)), asyncio.ensure_future(self._until_lost())]
            try:
                await asyncio.wait({sending, *beside}, return_when=asyncio.FIRST_COMPLETED)
                whole, gone = _ended_well(sending), beside[0].done()
            finally:
                await _end(sending, *beside)
            if not whole and not gone:
                _LOG.warning("an answer was cut")
                await abort(scope, receive)
        finally:
            try:
                await self._source.close()
            finally:
                self._done()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while (piece := await self._source.following()) is not None:
            if not await self._holds():
                raise Refusal("stream.cut", "What the answer was given for no longer holds.")
            if piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _until_lost(self) -> None:
        """Return when it no longer holds, also while a slow reader takes nothing."""
        while await self._holds():
            await asyncio.sleep(LOOK_SECONDS)


def _ended_well(sending: "asyncio.Future[None]") -> bool:
    failure = sending.exception() if sending.done() else None
    if failure is not None:  # its text may say more than a log should
        code = failure.code if isinstance(failure, AvropError) else type(failure).__name__
        _LOG.warning("an answer under way failed: %s", code)
    return sending.done() and failure is None


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _end(*tasks: "asyncio.Future[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _InThreads:
    """Work in threads, one at a time, that a cancelled answer does not leave running behind its back."""

    def __init__(self) -> None:
        self._busy: asyncio.Future[Any] | None = None

    async def run(self, work: Callable[[], bytes | None]) -> bytes | None:
        """Do it in a thread."""
        self._busy = asyncio.ensure_future(anyio.to_thread.run_sync(work))
        return await asyncio.shield(self._busy)

    async def end(self, work: Callable[[], object]) -> None:
        """Do the last work, after what still runs."""
        if self._busy is not None:
            await asyncio.wait({self._busy})
        await anyio.to_thread.run_sync(work)


class FileSource:
    """The bytes of an open file from `start` to before `end`. A file that is shorter is an error, not an end."""

    def __init__(self, handle: BinaryIO, *, start: int, end: int) -> None:
        self._handle, self._at, self._end = handle, start, end
        self._threads = _InThreads()

    async def following(self) -> bytes | None:
        """The next piece of at most a mebibyte."""
        if self._at >= self._end:
            return None
        wanted = min(_PIECE_BYTES, self._end - self._at)
        piece = await self._threads.run(lambda: os.pread(self._handle.fileno(), wanted, self._at))
        if not piece:
            raise OSError("a ready file is shorter than its card says")
        self._at += len(piece)
        return piece

    async def close(self) -> None:
        """Close the file."""
        await self._threads.end(self._handle.close)


class ChunkSource:
    """What a function gives, called in a thread; the first piece was fetched before the answer began."""

    def __init__(self, first: bytes | None, following: Callable[[], bytes | None], close: Callable[[], object]) -> None:
        self._first, self._following, self._close = first, following, close
        self._threads = _InThreads()

    async def following(self) -> bytes | None:
        """The next piece."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return await self._threads.run(self._following)

    async def close(self) -> None:
        """End what computes."""
        await self._threads.end(self._close)
