"""Peers on loopback for tests of what goes out: they answer as they are told, and remember what reached them."""

import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Say = Callable[[socket.socket, bytes], None]
"""Given the connection and the head of the request, answers and returns."""


def answer(status: int, body: bytes = b"", **headers: str) -> Say:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return lambda connection, _head: connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)


@dataclass
class Peer:
    """A listening socket. `requests` holds the head of each request; `connections` counts also those without one."""

    port: int
    say: Say
    scheme: str = "http"
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def host(self) -> str:
        """As it stands in `allowed_hosts`."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"{self.scheme}://{self.host}"


@contextmanager
def peer(say: Say, *, tls: ssl.SSLContext | None = None) -> Iterator[Peer]:
    """A peer that listens on a free port of loopback for the length of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = Peer(port=listening.getsockname()[1], say=say, scheme="https" if tls else "http")
        stop = threading.Event()
        listening.settimeout(0.05)
        thread = threading.Thread(target=_listen, args=(listening, running, stop, tls))
        thread.start()
        try:
            yield running
        finally:
            stop.set()
            thread.join()


def _listen(listening: socket.socket, running: Peer, stop: threading.Event, tls: ssl.SSLContext | None) -> None:
    threads = []
    while not stop.is_set():
        try:
            connection, _ = listening.accept()
        except TimeoutError:
            continue
        running.connections += 1
        connection.settimeout(10)
        threads.append(threading.Thread(target=_serve, args=(connection, running, tls)))
        threads[-1].start()
    for thread in threads:
        thread.join()


def _serve(connection: socket.socket, running: Peer, tls: ssl.SSLContext | None) -> None:
    try:
        with tls.wrap_socket(connection, server_side=True) if tls else connection as stream:
            head = b""
            while b"\r\n\r\n" not in head:
                more = stream.recv(65536)
                if not more:
                    return
                head += more
            running.requests.append(head)
            running.say(stream, head)
    except OSError:
        connection.close()  # the other side went away, which is what several tests are about


_recording: list[list[tuple[str, object]]] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _recording and event in ("socket.connect", "socket.getaddrinfo"):
        for record in _recording:
            record.append((event, arguments[1] if event == "socket.connect" else arguments[0]))


_installed: list[bool] = []


@contextmanager
def recorded() -> Iterator[list[tuple[str, object]]]:
    """Every connection that this process makes from Python, and every name that it resolves, in the block."""
    if not _installed:
        sys.addaudithook(_hook)  # it cannot be taken away again; outside of a block it does nothing
        _installed.append(True)
    record: list[tuple[str, object]] = []
    _recording.append(record)
    try:
        yield record
    finally:
        _recording.remove(record)
