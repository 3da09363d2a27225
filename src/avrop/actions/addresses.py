"""Names as one segment of an address: any name, in a form that neither browsers nor servers on the way change.

Percent signs alone do not do: `..` means the folder above however it is written, many servers read `%2F` as a slash,
and a route ends at the end of a line.
"""

import re
from urllib.parse import quote

from avrop.system import System

_ODD = re.compile(r"[!/\\\x00-\x1f\x7f-\x9f\u2028\u2029]|^\.(?=\.?$)")
_WRITTEN = re.compile("(?:![0-9A-F]{2})+")
_NOTHING = "!"


def base(system: System) -> str:
    """Where others reach this installation; ends with a slash. Empty if nobody said."""
    serve = system.settings.serve
    return serve.public_url if serve else ""


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
