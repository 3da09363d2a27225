"""Names as one segment of an address: any name, in a form that neither browsers nor servers on the way change.

Percent signs alone do not do: `..` means the folder above however it is written, many servers read `%2F` as a slash,
and a route ends at the end of a line.
"""

import re
from posixpath import normpath
from urllib.parse import quote, unquote, urlsplit

from avrop.system import System

_ODD = re.compile(r"[!/\\\x00-\x1f\x7f-\x9f\u2028\u2029]|^\.(?=\.?$)")
_WRITTEN = re.compile("(?:![0-9A-F]{2})+")
_NOTHING = "!"


def base(system: System) -> str:
    """Where others reach this installation; ends with a slash. Empty if nobody said."""
    serve = system.settings.serve
    return serve.public_url if serve else ""


def lies_under(base: str, iri: str) -> bool:
    """Whether an IRI is one that only whoever is reached at `base` may give, however it is written.

    >>> [lies_under("https://a.example/k/", each) for each in ("HTTP://A.example:80/x/../%6B/1", "https://a.example/kx")]
    [True, False]
    """
    own, said = _place(base), _place(iri)
    if own is None or said is None or own[:2] != said[:2]:
        return False
    return said[2] == own[2] or said[2].startswith(own[2].rstrip("/") + "/")


def _place(iri: str) -> tuple[str, int, str] | None:
    """Host, port and path of an address of the web; the same whether it is told with TLS or without."""
    try:
        parts = urlsplit(iri)
        port = parts.port or 443
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    path = "/" + normpath(unquote(parts.path) or "/").lstrip("/")
    return parts.hostname.rstrip("."), 443 if port == _PLAIN else port, path


_PLAIN = 80


def segment(name: str) -> str:
    """The segment: odd signs as `!` and the two digits of each byte, the rest as addresses have it.

    >>> segment("Fag/karakterer"), segment(".."), segment("Høst 2024"), segment("ENROLMENT")
    ('Fag!2Fkarakterer', '!2E.', 'H%C3%B8st%202024', 'ENROLMENT')
    """
    return quote(_ODD.sub(_written, name) or _NOTHING, safe="!~")


def named(segment: str) -> str:
    """The name that a segment stands for, once its percent signs are read.

    >>> named("Fag!2Fkarakterer"), named("!2E.")
    ('Fag/karakterer', '..')
    """
    return "" if segment == _NOTHING else _WRITTEN.sub(_read, segment)


def _written(odd: re.Match[str]) -> str:
    return "".join(f"!{byte:02X}" for byte in odd[0].encode())


def _read(written: re.Match[str]) -> str:
    try:
        return bytes.fromhex(written[0].replace("!", "")).decode()
    except UnicodeDecodeError:
        return written[0]
