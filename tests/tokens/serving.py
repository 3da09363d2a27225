"""Serves an ASGI application on loopback beside a test, and notes what it was asked."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass
class Served:
    """Where it is (ends with a slash), and the path of each request, as it came."""

    url: str
    asked: list[str] = field(default_factory=list)


def free_port() -> int:
    """A port of loopback where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def served(app: ASGIApp, port: int) -> Iterator[Served]:
    """The application, for the length of the block."""
    found = Served(url=f"http://127.0.0.1:{port}/")

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            found.asked.append(scope["raw_path"].decode())
        await app(scope, receive, send)

    server = uvicorn.Server(
        uvicorn.Config(noting, host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
        assert thread.is_alive(), "the server did not start"
    try:
        yield found
    finally:
        server.should_exit = True
        thread.join(10)
