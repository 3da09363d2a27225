"""Figures drawn by the server as small SVG: what they say stands in words beside them, and as a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from avrop.catalogue.codelists import CodeList
from avrop.catalogue.distributions import Distribution
from avrop.catalogue.search.cards import Card
from avrop.web.texts import Speech, Spoken

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
    """The years of one thing, and what the figure says: in a sentence, and as its row of the table. `key` is what the
    thing is in addresses."""

    key: str
    title: Spoken
    label: str
    years: tuple[Year, ...]
    spans: str
    breaks: str
    variables: int = 1

    @property
    def width(self) -> int:
        """How wide it is drawn."""
        return len(self.years) * (CELL + GAP)


def years(card: Card, speech: Speech, *, until: int, first: int | None = None) -> Strip | None:
    """The years with values, up to the current one; None where nobody said from when."""
    if card.since is None:
        return None
    begin = min(first if first is not None else FIRST, card.since)
    last = card.until or until
    has = {year: card.since <= year <= last for year in range(begin, until + 1)}
    return _strip(card.id, speech.of(card.label, card.name), has, card.breaks, speech)


def _strip(
    key: str, title: Spoken, has: Mapping[int, bool], breaks: Sequence[int], speech: Speech, *, variables: int = 1
) -> Strip:
    cells = [
        Year(year=year, x=place * (CELL + GAP), has=there, breaks=year in breaks)
        for place, (year, there) in enumerate(has.items())
    ]
    spans = _spans([cell.year for cell in cells if cell.has])
    return Strip(
        key=key, title=title, label=speech("chart.years", name=str(title), years=spans or "–"), years=tuple(cells),
        spans=spans, breaks=", ".join(str(cell.year) for cell in cells if cell.breaks), variables=variables,
    )  # fmt: skip


def _spans(found: Sequence[int]) -> str:
    """Years that follow each other as one span.

    >>> _spans([2006, 2007, 2008, 2015])
    '2006–2008, 2015'
    """
    starts = [year for year in found if year - 1 not in found]
    ends = [year for year in found if year + 1 not in found]
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Coverage of several variables, year by year, and of each county by any of them; `unknown` are those of which
    nobody said from when."""

    years: tuple[int, ...]
    strips: tuple[Strip, ...]
    counties: tuple[Strip, ...]
    unknown: tuple[Card, ...]


def coverage(cards: Sequence[Card], speech: Speech, *, until: int) -> Grid:
    """The years of several variables beside each other, and those of the counties that have them."""
    first = min([FIRST, *(card.since for card in cards if card.since is not None)])
    strips = [years(card, speech, until=until, first=first) for card in cards]
    shown = range(first, until + 1)
    return Grid(
        years=tuple(shown), strips=tuple(strip for strip in strips if strip is not None),
        counties=tuple(_counties(cards, shown, speech)), unknown=tuple(card for card in cards if card.since is None),
    )  # fmt: skip


def _counties(cards: Sequence[Card], shown: range, speech: Speech) -> Iterator[Strip]:
    for county in speech.in_order({county for card in cards for county in card.counties}):
        own = [card for card in cards if county in card.counties]
        dated = [(card.since, card.until or shown[-1]) for card in own if card.since is not None]
        has = {year: any(since <= year <= last for since, last in dated) for year in shown}
        yield _strip(county, Spoken(text=county), has, (), speech, variables=len(own))


BAR, LABEL, LONGEST = 26, 300, 420
"""Of a chart of bars, in its own units: a bar's row, the space for what it is called, the longest bar."""
_FITS = 34


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """One bar: what it is called, cut to fit and whole, how many, its row's top and its length."""

    text: str
    label: Spoken
    rows: int
    y: int
    width: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Bars:
    """Bars under each other, from nought, with their numbers."""

    bars: tuple[Drawn, ...]
    width: int
    height: int


def bars(told: Distribution, codes: CodeList | None, speech: Speech) -> Bars | None:
    """A variable's spread; None where there is nothing to draw. What is not shown by itself stands last."""
    labels = {code.code: speech.of(code.label) for code in (codes.codes if codes else ())}
    named = [(_coded(bar.value, labels.get(bar.value)), bar.rows) for bar in told.bars]
    if not named:
        return None
    named += [(Spoken(text=speech("spread.others")), told.others)] if told.others else []
    named += [(Spoken(text=speech("spread.empty")), told.empty)] if told.empty else []
    most = max(rows for _, rows in named)
    drawn = [
        Drawn(text=cut(label.text), label=label, rows=rows, y=place * BAR, width=max(rows * LONGEST // most, 1))
        for place, (label, rows) in enumerate(named)
    ]
    return Bars(bars=tuple(drawn), width=LABEL + LONGEST + 90, height=len(drawn) * BAR)


def _coded(code: str, label: Spoken | None) -> Spoken:
    """A code with its label, in the label's language."""
    return replace(label, text=f"{code} {label}") if label else Spoken(text=code)


def cut(text: str) -> str:
    """What fits into a figure; the whole stands in the table beside it."""
    return text if len(text) <= _FITS else text[: _FITS - 1].rstrip() + "…"
