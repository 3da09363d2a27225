"""HTTP/1.1 whose answers can be broken off: ASGI itself knows only answers that end well.

An answer that is cut must not look complete, and what waits to be sent of it must not go out.
"""

import asyncio
import socket
import struct
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

EXTENSION = "avrop.abort"
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class AbortingProtocol(H11Protocol):
    """Gives the application a way to break the connection off, in the scope's extensions under `EXTENSION`."""

    # uvicorn narrows the transport's type likewise.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # always a socket's
        """Remember the connection for the application."""
        super().connection_made(transport)
        self.app = _with_abort(self.app, lambda: _abort(transport))


class Cut(ConnectionAbortedError):
    """An answer was cut under a server that gives no way to break off: it closes at an error."""


async def abort(scope: Scope, receive: Receive) -> None:
    """Break the answer's connection off. Raises `Cut` where the server gives no way to."""
    break_off: Callable[[], None] | None = scope.get("extensions", {}).get(EXTENSION)
    if break_off is None:
        raise Cut("The answer was cut: what it was given for no longer holds.")
    break_off()
    while (await receive())["type"] != "http.disconnect":
        pass


def _with_abort(app: ASGIApp, break_off: Callable[[], None]) -> ASGIApp:
    async def with_abort(scope: Scope, receive: Receive, send: Send) -> None:
        extensions = {**scope.get("extensions", {}), EXTENSION: break_off}
        await app({**scope, "extensions": extensions}, receive, send)

    return with_abort


def _abort(transport: asyncio.Transport) -> None:
    """Reset: what the kernel holds for a slow reader is thrown away too."""
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
    transport.abort()
