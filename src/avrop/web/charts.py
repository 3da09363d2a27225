"""Figures drawn by the server as small SVG: what they say stands in words beside them, and as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from avrop.catalogue.search.cards import Card
from avrop.web.texts import Speech

FIRST = 2006
"""The year that strips begin with, unless something is older."""
CELL, GAP, HEIGHT = 14, 2, 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Year:
    """One year of a strip: where it is drawn, whether there are values, and whether they break with those before."""

    year: int
    x: int
    has: bool
    breaks: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    """The years of one variable, and what the figure says."""

    card: Card
    label: str
    years: tuple[Year, ...]
    width: int


def years(card: Card, speech: Speech, *, until: int, first: int | None = None) -> Strip | None:
    """The years with values, up to the current one; None where nobody said from when."""
    if card.since is None:
        return None
    begin = min(first if first is not None else FIRST, card.since)
    last = card.until or until
    cells = tuple(
        Year(year=year, x=place * (CELL + GAP), has=card.since <= year <= last, breaks=year in card.breaks)
        for place, year in enumerate(range(begin, until + 1))
    )
    label = speech("chart.years", name=str(speech.of(card.label, card.name)), first=str(card.since), last=str(last))
    return Strip(card=card, label=label, years=cells, width=len(cells) * (CELL + GAP))


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Coverage of several variables, year by year; `unknown` are those of which nobody said from when."""

    years: tuple[int, ...]
    strips: tuple[Strip, ...]
    unknown: tuple[Card, ...]


def coverage(cards: Sequence[Card], speech: Speech, *, until: int) -> Grid:
    """The years of several variables beside each other."""
    first = min([FIRST, *(card.since for card in cards if card.since is not None)])
    strips = [years(card, speech, until=until, first=first) for card in cards]
    return Grid(
        years=tuple(range(first, until + 1)), strips=tuple(strip for strip in strips if strip is not None),
        unknown=tuple(card for card in cards if card.since is None),
    )  # fmt: skip
