"""The room where a cart is tried: what joins what, from when all have values, and rows of nobody to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from avrop.catalogue.search.cards import Card
from avrop.web.cart import MOST_COMPARED
from avrop.web.charts import cut
from avrop.web.texts import Speech, Spoken

ROW, PILL, GAP, EDGE = 40, 300, 150, 8
"""Sizes of the figure, in its own units: a row's height, a box's width, the space for lines, the margin."""


_POINTS_OUT = ("identifier", "quasi-identifier")


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A box of the figure: its text, cut to fit, and where its middle is."""

    text: str
    y: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """From a unit type to a topic: `joins` or not, by where they are."""

    start: int
    end: int
    joins: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One topic of the cart: its variables, and the unit types that its rows can be joined by, and what those are
    called."""

    topic: str
    label: Spoken
    variables: tuple[Card, ...]
    keys: tuple[str, ...]
    called: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Map:
    """Unit types at the left, topics at the right, a line for each pair: whole where it joins, broken where not."""

    rows: tuple[Row, ...]
    units: tuple[Box, ...]
    topics: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: int
    height: int


def joining(cards: Sequence[Card], speech: Speech) -> Map | None:
    """How a cart's topics hang together; None for an empty cart. A variable stands in the first of its topics that
    another variable of the cart needs, so that as few tables as possible are shown."""
    if not cards:
        return None
    rows = _rows(cards, speech)
    keys = sorted({key for row in rows for key in row.keys})
    height = max(len(rows), len(keys)) * ROW
    units = [Box(text=cut(_unit(cards, key, speech)), y=_middle(n, len(keys), height)) for n, key in enumerate(keys)]
    topics = [Box(text=cut(str(row.label)), y=_middle(n, len(rows), height)) for n, row in enumerate(rows)]
    lines = [
        Line(start=units[k].y, end=topics[n].y, joins=key in row.keys)
        for k, key in enumerate(keys)
        for n, row in enumerate(rows)
    ]
    return Map(
        rows=tuple(rows), units=tuple(units), topics=tuple(topics), lines=tuple(lines),
        width=2 * (PILL + EDGE) + GAP, height=height,
    )  # fmt: skip


def told(cards: Sequence[Card], speech: Speech) -> dict[str, Any]:
    """What there is to say of a cart: what points people out, what joins, and from when all have values."""
    keys = [set(card.joins) for card in cards]
    common = sorted(set.intersection(*keys)) if keys else []
    counted = {key: sum(key in own for own in keys) for own_keys in keys for key in own_keys}
    best = max(counted, key=lambda key: (counted[key], key), default="")
    apart = [card for card, own in zip(cards, keys, strict=True) if best not in own]
    since = [card.since for card in cards]
    return {
        "pointing": _names([card for card in cards if card.sensitivity in _POINTS_OUT], speech),
        "common": [_unit(cards, key, speech) for key in common],
        "apart": _names(apart, speech),
        "since": max((year for year in since if year is not None), default=None) if None not in since else None,
        "search": [("joins", key) for key in common],
        "compared": [("v", card.id) for card in cards[:MOST_COMPARED]],
    }


def _names(cards: Sequence[Card], speech: Speech) -> str:
    return ", ".join(str(speech.of(card.label, card.name)) for card in cards)


def _rows(cards: Sequence[Card], speech: Speech) -> list[Row]:
    left, rows = list(cards), list[Row]()
    while left:
        names = [topic.key for card in left for topic in card.topics] or [""]
        best = max(dict.fromkeys(names), key=names.count)
        mine = tuple(card for card in left if best == "" or best in {topic.key for topic in card.topics})
        label = next((topic.label for card in mine for topic in card.topics if topic.key == best), None)
        keys = sorted(set.intersection(*(set(card.joins) for card in mine)))
        called = tuple(_unit(cards, key, speech) for key in keys)
        shown = speech.of(label, best)
        rows.append(Row(topic=best, label=shown, variables=mine, keys=tuple(keys), called=called))
        left = [card for card in left if card not in mine]
    return rows


def _unit(cards: Sequence[Card], key: str, speech: Speech) -> str:
    labels = {named.key: named.label for card in cards for named in card.units}
    return str(speech.of(labels.get(key), key))


def _middle(place: int, of: int, height: int) -> int:
    return (2 * place + 1) * height // (2 * of)
