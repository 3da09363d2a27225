"""The sockets under an outbound request: connected to addresses that were checked, and bounded in time as a whole."""

import time
from collections.abc import Iterable, Sequence
from ssl import SSLContext
from typing import Any

import httpcore

SocketOption = Any
"""What `setsockopt` takes: httpcore passes on the options that it was given, and it was given none."""


class Pinned(httpcore.NetworkBackend):
    """Connects to the first of the checked addresses that answers, whatever name the request is for.

    The name is not resolved again, so a resolver that answers differently the second time changes nothing.
    `timeout_seconds` bounds connecting, each write, and the whole answer counted from the last write: a peer that
    sends one byte at a time does not hold a thread for longer.
    """

    def __init__(self, addresses: Sequence[str], timeout_seconds: float) -> None:
        self._addresses = addresses
        self._timeout = timeout_seconds
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002  the name was resolved and checked before
        port: int,
        timeout: float | None = None,  # noqa: ARG002  our own time limit holds
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to one of the addresses. Raises the last one's error if none can be connected to."""
        for address in self._addresses[:-1]:
            try:
                return self._connect(address, port, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # the next address of the same host may answer; the last one's error is raised
        return self._connect(self._addresses[-1], port, local_address, socket_options)

    def _connect(
        self, address: str, port: int, local_address: str | None, options: Iterable[SocketOption] | None
    ) -> httpcore.NetworkStream:
        stream = self._sockets.connect_tcp(
            address, port, timeout=self._timeout, local_address=local_address, socket_options=options
        )
        return _Bounded(stream, self._timeout)


class _Bounded(httpcore.NetworkStream):
    """A stream whose reads after a write share one time limit."""

    def __init__(self, stream: httpcore.NetworkStream, timeout_seconds: float) -> None:
        self._stream = stream
        self._timeout = timeout_seconds
        self._deadline: float | None = None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  our own holds
        """What has come. Raises `ReadTimeout` when the answer as a whole takes too long."""
        if self._deadline is None:
            self._deadline = time.monotonic() + self._timeout
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer takes too long")
        return self._stream.read(max_bytes, timeout=left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  our own holds
        """Send; the answer's time begins anew."""
        self._deadline = None
        self._stream.write(buffer, timeout=self._timeout)

    def close(self) -> None:
        """Close the socket."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002  our own holds
    ) -> httpcore.NetworkStream:
        """The same stream under TLS, with the certificate checked against the name."""
        return _Bounded(self._stream.start_tls(ssl_context, server_hostname, self._timeout), self._timeout)

    def get_extra_info(self, info: str) -> Any:
        """What the socket knows of itself."""
        return self._stream.get_extra_info(info)
