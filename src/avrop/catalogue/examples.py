"""An example text for a pattern: what a value could look like, for the plain patterns that descriptions use."""

import re
from collections.abc import Callable, Sequence
from itertools import count

Draw = Callable[[int, int], int]
"""(step, below) → a whole number from 0 up to `below`."""

_PIECE = re.compile(
    r"(?P<bar>\|)|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<set>\[[^\]^\\][^\]\\]*\])|(?P<digit>\\d)|(?P<escaped>\\\W)|(?P<plain>[^\\\[\](){}*+?.^$|])"
)
_COUNT = re.compile(r"\{(?P<low>\d+)(?:(?P<comma>,)(?P<high>\d*))?\}|(?P<sign>[?*+])")
_MORE = 3
"""How many more than it must, where there is no upper bound."""

Choice = tuple[Sequence["str | Alternatives"], int, int]
Alternatives = list[list[Choice]]


def example(pattern: str, draw: Draw) -> str | None:
    """A text that the whole pattern matches; null if it is of another form than characters, [classes], (groups), |
    and counts.

    >>> example("[0-9]{3}-(A|B)?", lambda step, below: below - 1)
    '999-B'
    """
    alternatives, end = _alternatives(pattern, 0)
    if end != len(pattern):
        return None
    step = count()
    made = _made(alternatives, lambda below: draw(next(step), below))
    return made if re.fullmatch(pattern, made) else None


def _alternatives(pattern: str, at: int) -> tuple[Alternatives, int]:
    """What is read from there on, and where it ends: at a bracket that closes, at the end, or where it is unknown;
    -1 if a bracket never closes."""
    found: Alternatives = [[]]
    while piece := _PIECE.match(pattern, at):
        if piece["close"]:
            break
        at = piece.end()
        if piece["bar"]:
            found.append([])
            continue
        options: Sequence[str | Alternatives]
        if piece["open"]:
            inner, at = _alternatives(pattern, at)
            if pattern[at : at + 1] != ")":
                return found, -1
            options, at = [inner], at + 1
        else:
            options = _characters(piece)
        low, high, at = _count(pattern, at)
        found[-1].append((options, low, high))
    return found, at


def _characters(piece: re.Match[str]) -> Sequence[str]:
    if piece["digit"]:
        return "0123456789"
    if piece["set"] is None:
        return (piece["escaped"] or piece["plain"])[-1]
    inside = re.findall(r"(.)-(.)|(.)", piece["set"][1:-1])
    return "".join(one or "".join(map(chr, range(ord(low), ord(high) + 1))) for low, high, one in inside)


def _count(pattern: str, at: int) -> tuple[int, int, int]:
    times = _COUNT.match(pattern, at)
    if times is None:
        return 1, 1, at
    if times["sign"]:
        low = int(times["sign"] == "+")
        return low, 1 if times["sign"] == "?" else low + _MORE, times.end()
    low = int(times["low"])
    high = int(times["high"]) if times["high"] else low + (_MORE if times["comma"] else 0)
    return low, high, times.end()


def _made(alternatives: Alternatives, draw: Callable[[int], int]) -> str:
    text = ""
    for options, low, high in alternatives[draw(len(alternatives))]:
        for _ in range(low + draw(high - low + 1)):
            chosen = options[draw(len(options))]
            text += chosen if isinstance(chosen, str) else _made(chosen, draw)
    return text
