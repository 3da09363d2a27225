"""The only way out: a request to a checked and pinned address, over TLS, with a bounded answer and no redirect."""

import logging
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import httpcore
import httpx

from avrop.errors import Fault, Mistake, Refusal
from avrop.outbound.addresses import is_public
from avrop.outbound.pinned import Pinned

_LOG = logging.getLogger("avrop.outbound")
_PORTS = {"https": 443, "http": 80}

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host name, as texts. Raises OSError if there are none."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back, whole. Header names are lower case; of a repeated header the last one stands."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class _Target:
    """Where a request goes: its parsed address, and the addresses of the host that were let through."""

    url: httpx.URL
    host: str
    port: int
    addresses: Sequence[str]


def resolved(host: str, port: int) -> tuple[str, ...]:
    """The addresses that this machine's resolver gives, each once, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@cache
def _authorities() -> ssl.SSLContext:
    """The machine's own store of authorities, read once: reading it takes longer than many a command."""
    return ssl.create_default_context()


@dataclass(frozen=True, kw_only=True)
class Outbound:
    """Makes requests to the outside.

    `allowed_hosts` (`host:port`) are let through although their address is private, and may be asked without TLS.
    Certificates are checked against `tls`, which is the machine's own store of authorities unless a test gives one.
    """

    allowed_hosts: tuple[str, ...] = ()
    resolve: Resolve = resolved
    tls: ssl.SSLContext = field(default_factory=_authorities, repr=False)

    def __post_init__(self) -> None:
        if self.tls.verify_mode is not ssl.CERT_REQUIRED or not self.tls.check_hostname:
            raise Fault("outbound.unverified", "A connection would not check certificates.", hint="Check them.")

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | Iterable[bytes] | None = None,
        limit_bytes: int,
        timeout_seconds: float,
    ) -> Answer:
        """Ask, and read the answer whole; any status is an answer. A redirect is one too: it is not followed.

        `timeout_seconds` bounds connecting, each write, and the whole answer counted from the last write.

        Errors: `outbound.address`, `outbound.plain` (Refusal) before anything is sent; `outbound.url` (Mistake);
        `outbound.unavailable`, `outbound.too_large` (Fault).
        """
        target = self._target(url)
        sent = [("Accept-Encoding", "identity"), ("User-Agent", "avrop"), *(headers or {}).items()]
        body = content if content is None or isinstance(content, bytes) else iter(content)
        with httpcore.ConnectionPool(
            ssl_context=self.tls,
            max_keepalive_connections=0,
            network_backend=Pinned(target.addresses, timeout_seconds),
        ) as pool:
            try:
                with pool.stream(method, _core(target), headers=_raw(sent), content=body) as response:
                    return Answer(
                        status=response.status,
                        headers={k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers},
                        body=_bounded(response.iter_stream(), limit_bytes, target.host),
                    )
            except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as failure:
                _LOG.warning("no answer from %s (%s)", target.host, type(failure).__name__)
                raise _unavailable(target.host, type(failure).__name__) from None

    def check(self, url: str) -> None:
        """Whether a request to there would be sent. Errors: those of `request` before anything is sent."""
        self._target(url)

    def _target(self, url: str) -> _Target:
        """The address that was asked for, resolved once and checked."""
        parsed = _parsed(url)
        host, port = parsed.raw_host.decode("ascii").lower(), parsed.port or _PORTS[parsed.scheme]
        is_allowed = (f"[{host}]:{port}" if ":" in host else f"{host}:{port}") in self.allowed_hosts
        if parsed.scheme != "https" and not is_allowed:
            raise Refusal("outbound.plain", "Without TLS nothing is sent.", hint="Write the address as https.")
        try:
            addresses = self.resolve(host, port)
        except (OSError, UnicodeError):
            raise _unavailable(host, "no address") from None
        if not addresses or not (is_allowed or all(is_public(address) for address in addresses)):
            _LOG.warning("refused to connect to %s: not a public address", host)
            raise Refusal(
                "outbound.address",
                "That host is not at a public address, so nothing is sent to it.",
                hint="If it is one of your own, name it in `allowed_hosts`.",
                host=host,
            )
        return _Target(url=parsed, host=host, port=port, addresses=addresses)


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise _unusable() from None
    if parsed.scheme not in _PORTS or not parsed.host or parsed.userinfo:
        raise _unusable()
    return parsed


def _unusable() -> Mistake:
    return Mistake("outbound.url", "That is no address that can be asked.", hint="Write it as https://host/path.")


def _unavailable(host: str, reason: str) -> Fault:
    return Fault(
        "outbound.unavailable", f"Another host gives no answer ({reason}).", hint="Try again later.", host=host
    )


def _raw(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes | str, bytes | str]]:
    return [(name, value) for name, value in headers]


def _core(target: _Target) -> httpcore.URL:
    url = target.url
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _bounded(chunks: Iterable[bytes], limit_bytes: int, host: str) -> bytes:
    """The body; reading stops when it is longer than its limit."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit_bytes:
            raise Fault(
                "outbound.too_large",
                f"An answer is longer than {limit_bytes} bytes.",
                hint="Ask its sender.",
                host=host,
            )
    return bytes(body)
