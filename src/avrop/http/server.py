"""Runs the application: TLS or a proxy that ends it, a log without query strings, and a drain before the end."""

import errno
import logging
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvicorn

from avrop.errors import Fault, Mistake
from avrop.http.aborting import AbortingProtocol
from avrop.http.app import create_app
from avrop.settings import ExternalSetting, Face, ServeSetting, Settings
from avrop.system import System

_DRAIN_SECONDS = 60
_LOOPBACK = ("127.0.0.1", "::1")
_CALLERS: Mapping[Face, str] = {"datasource": "consumers"}
"""Who needs a token for a face. The others are open, or know their callers by the keys of the account too."""


def require_servable(settings: Settings) -> ServeSetting:
    """The serving part of the settings, if it is safe. Errors: `serve.not_configured`, `serve.no_tls`,
    `serve.no_face`, `serve.public_url`, `serve.no_issuer`, `serve.demo_public`, `serve.external_catalogue`,
    `serve.no_datasource_id` (Mistake)."""
    serve = settings.serve
    if serve is None:
        raise Mistake("serve.not_configured", "The configuration has no [serve].", hint="Add it, with its faces.")
    if not serve.faces:
        raise Mistake("serve.no_face", "No face is named in [serve].", hint="Name at least one in `faces`.")
    if not serve.public_url.endswith("/"):
        raise Mistake("serve.public_url", "`public_url` ends with a slash.", hint="Add it.")
    if settings.outside is not None:
        _require_alongside(serve)
    if settings.demo:
        if serve.host not in _LOOPBACK:
            raise Mistake("serve.demo_public", "A demo listens on loopback only.", hint="Set host to 127.0.0.1.")
        return serve
    _require_tls(serve, settings.outside)
    _require_issuers(serve)
    return serve


def _require_alongside(serve: ServeSetting) -> None:
    """Beside another organisation's commons: no catalogue of our own, and a datasource that it can name."""
    if "catalogue" in serve.faces:
        raise Mistake(
            "serve.external_catalogue",
            'With `commons = "external"` another organisation hosts the catalogue, and we show none of our own.',
            hint='Take `catalogue` out of `faces`, or set `commons = "own"`.',
        )
    if "datasource" in serve.faces and not serve.datasource_id:
        raise Mistake(
            "serve.no_datasource_id",
            "An external commons is asked about a datasource by its id, and ours has none.",
            hint="Write `datasource_id` in [serve].",
        )


def _require_tls(serve: ServeSetting, outside: ExternalSetting | None) -> None:
    has_tls = serve.certificate is not None and serve.private_key is not None
    addresses = [serve.public_url, *(x.keys_url for x in serve.issuers), *(x.url for x in serve.peers)]
    if outside is not None:
        addresses += [outside.url, outside.permissions_url, outside.issuer.keys_url]
    addresses += [serve.cart_resolver] if serve.cart_resolver else []
    plain = [address for address in addresses if not address.startswith("https://")]
    if not (has_tls or (serve.behind_proxy and serve.host in _LOOPBACK)) or plain:
        raise Mistake(
            "serve.no_tls",
            "Outside the demo everything goes over TLS: our face, the issuers' keys, peers, the commons, the resolver.",
            hint="Name a certificate and its key, or listen on loopback behind a proxy; write every address as https.",
        )


def _require_issuers(serve: ServeSetting) -> None:
    """A face that people or consumers log in to has an issuer for them: without one nobody could, and somebody would
    look for a way around."""
    admitted = {issuer.admits for issuer in serve.issuers}
    lacking = sorted(face for face in serve.faces if _CALLERS.get(face, "") not in (*admitted, ""))
    if lacking:
        raise Mistake(
            "serve.no_issuer",
            f"No issuer is named for those who log in to: {', '.join(lacking)}.",
            hint="Name one for consumers in [[serve.issuers]].",
        )


def listen(setting: ServeSetting) -> socket.socket:
    """The socket that will be served. Errors: `serve.address` (Fault) for one that is taken or not ours."""
    family = socket.AF_INET6 if ":" in setting.host else socket.AF_INET
    try:
        return at_once(socket.create_server((setting.host, setting.port), family=family))
    except OSError as failure:
        raise Fault(
            "serve.address",
            f"The address cannot be listened at ({errno.errorcode.get(failure.errno or 0, type(failure).__name__)}).",
            hint="Stop what has the port, or set another `host` or `port` in [serve].",
            host=setting.host,
            port=setting.port,
        ) from None


def at_once(listening: socket.socket) -> socket.socket:
    """The socket, so that what is written leaves at once. The event loop sees to that only for sockets that say which
    protocol they are of, which these do not; an answer's body would wait 40 ms for the client to acknowledge its head.
    """
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Being told to end (SIGTERM) ends the block as an exception does, so that everything in it is put away: the worker
    finishes its job, and an embedded PostgreSQL that nobody else uses is stopped."""

    def ended(*_: object) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, ended)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def serve(system: System, listening: socket.socket) -> None:
    """Serve at that socket until asked to stop; running answers get a minute to end."""
    uvicorn.Server(configuration(system)).run(sockets=[listening])


def configuration(system: System) -> uvicorn.Config:
    """How the server runs. Errors: as `require_servable`."""
    setting = require_servable(system.settings)
    return uvicorn.Config(
        create_app(system, faces=setting.faces),
        host=setting.host,
        port=setting.port,
        http=AbortingProtocol,
        ssl_certfile=setting.certificate,
        ssl_keyfile=setting.private_key,
        access_log=False,
        server_header=False,
        date_header=False,
        log_level=logging.WARNING,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        limit_concurrency=None,
    )
