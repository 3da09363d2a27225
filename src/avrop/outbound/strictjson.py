"""Reads JSON from strangers: one object or list, no name twice, no number that JSON has not, and not deep."""

import json
import re
from typing import Any

_DEEPEST = 16
_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
"""A text, or what has no end of one: it is passed over at once too, or else each of its marks would be tried anew."""


class Unreadable(ValueError):
    """It is not such JSON. Its message holds nothing of what was read."""


def load_object(data: bytes) -> dict[str, Any]:
    """The object that the bytes are. Raises `Unreadable`.

    >>> load_object(b'{"a": 1}')
    {'a': 1}
    """
    value = _loaded(data)
    if not isinstance(value, dict):
        raise Unreadable("not an object")
    return value


def load_list(data: bytes) -> list[Any]:
    """The list that the bytes are. Raises `Unreadable`."""
    value = _loaded(data)
    if not isinstance(value, list):
        raise Unreadable("not a list")
    return value


def _loaded(data: bytes) -> Any:
    try:
        text = data.decode("utf-8")
        if _depth(text) > _DEEPEST:
            raise Unreadable("too deep")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
    except Unreadable:
        raise
    except ValueError:  # also a number of more digits than Python reads
        raise Unreadable("not JSON") from None


def _depth(text: str) -> int:
    """How deep brackets are nested outside of texts; counted before parsing, which is recursive."""
    deepest = depth = 0
    for mark in _TEXTS.sub("", text):
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a name twice")
    return found


def _no_constant(_text: str) -> Any:
    raise Unreadable("no number")


def member(data: bytes, name: str) -> bytes:
    """A member's value as it is written, sign by sign, of an object that `load_object` reads. Raises KeyError.

    >>> member(b'{"a": [1.0,  2], "b": 1}', "a")
    b'[1.0,  2]'
    """
    text, read = data.decode("utf-8"), json.JSONDecoder().raw_decode
    at = _past(text, text.index("{") + 1)
    while text[at] != "}":
        key, colon = read(text, at)
        start = _past(text, _past(text, colon) + 1)
        _, end = read(text, start)
        if key == name:
            return text[start:end].encode()
        at = _past(text, end)
        at = _past(text, at + 1) if text[at] == "," else at
    raise KeyError(name)


def _past(text: str, at: int) -> int:
    """The place after the white space that begins there."""
    while text[at : at + 1] in (" ", "\t", "\n", "\r"):
        at += 1
    return at
