"""A search as it stands in an address: words, filters, order and page; and what is answered."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from avrop.canonical import document
from avrop.catalogue.commons import Said
from avrop.catalogue.search.cards import Card
from avrop.errors import Mistake

Facet = Literal["unit", "topic", "values", "county", "sensitivity", "publisher", "status", "joins"]
FACETS: tuple[Facet, ...] = ("topic", "unit", "values", "sensitivity", "status", "publisher", "county", "joins")
"""What a search can be narrowed by, in the order in which it is shown."""
ORDERS = ("relevance", "name", "newest")
PAGE = 30
_LONGEST = 300
_LAST_PAGE = 2000
_PAGE_DIGITS = 4
_YEAR_DIGITS = 4
_MOST_CHOSEN = 60
"""Values that one search may choose: every one of them is also a way on without it."""


@document
class Search:
    """What is asked. Filters of one facet are alternatives, those of several must all hold; `joins` must all hold.

    `since` and `until` are years: a variable must have all of them (`covers`) or one of them (`overlaps`). One of which
    nobody said an end has values up to this year, and none to come.
    """

    text: str = ""
    chosen: tuple[tuple[Facet, tuple[str, ...]], ...] = ()
    since: int | None = None
    until: int | None = None
    years: Literal["covers", "overlaps"] = "covers"
    order: str = "relevance"
    page: int = 1

    def of(self, facet: Facet) -> tuple[str, ...]:
        """What is chosen of a facet."""
        return dict(self.chosen).get(facet, ())

    def toggled(self, facet: Facet, value: str) -> "Search":
        """The same with that value chosen, or no longer, from the first page."""
        now = self.of(facet)
        then = tuple(each for each in now if each != value) if value in now else (*now, value)
        rest = {**dict(self.chosen), facet: then}
        return replace(self, chosen=tuple((name, rest[name]) for name in FACETS if rest.get(name)), page=1)

    def parameters(self) -> list[tuple[str, str]]:
        """Names and values of the address's query, without what goes without saying, always in the same order."""
        found = [("q", self.text)] if self.text else []
        found += [(facet, value) for facet, values in self.chosen for value in values]
        found += [(name, str(year)) for name, year in (("from", self.since), ("to", self.until)) if year is not None]
        found += [("years", self.years)] if self.years != "covers" else []
        found += [("order", self.order)] if self.order != "relevance" else []
        return found + ([("page", str(self.page))] if self.page != 1 else [])


def read_search(pairs: Iterable[tuple[str, str]]) -> Search:
    """A search from an address's query. Unknown names are passed over.

    Errors: `search.text` for more than 300 characters, `search.year`, `search.backwards`, `search.years`,
    `search.order`, `search.many`, `search.page` (Mistake). Pages say the same, in `fault.` and the code of their texts.
    """
    said: dict[str, list[str]] = {}
    for name, value in pairs:
        if value:
            said.setdefault(name, []).append(value)
    last = {name: values[-1] for name, values in said.items()}
    text = _text(last.get("q", ""))
    if len(text) > _LONGEST:
        raise Mistake("search.text", f"A question has at most {_LONGEST} characters.", hint="Ask with fewer words.")
    years = last.get("years", "covers")
    if years not in ("covers", "overlaps"):
        raise Mistake("search.years", "`years` is covers or overlaps.", hint="Write one of them.")
    order = last.get("order", "relevance")
    if order not in ORDERS:
        raise Mistake("search.order", f"`order` is one of {', '.join(ORDERS)}.", hint="Write one of them.")
    chosen = tuple(
        (facet, tuple(dict.fromkeys(value for value in said[facet] if "\0" not in value)))
        for facet in FACETS
        if facet in said
    )
    if sum(len(values) for _, values in chosen) > _MOST_CHOSEN:
        raise Mistake("search.many", f"A search chooses at most {_MOST_CHOSEN} values.", hint="Leave some out.")
    since, until = _year(last.get("from")), _year(last.get("to"))
    if since is not None and until is not None and until < since:
        raise Mistake("search.backwards", "The last year cannot be before the first.", hint="Turn them around.")
    return Search(
        text=text, chosen=chosen, since=since, until=until,
        years="overlaps" if years == "overlaps" else "covers", order=order, page=_page(last.get("page")),
    )  # fmt: skip


def unread(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What was typed and cannot be read, as it was written, by the field's name: a question that is too long (`q`),
    years that are none (`from`, `to`), and an end before the beginning."""
    said = {name: value for name, value in pairs if name in _TYPED and value}
    asked = said.pop("q", "")
    wrong = {"q": asked} if len(_text(asked)) > _LONGEST else {}
    years = {name: value for name, value in said.items() if not _is_year(value)}
    if not years and len(said) == len(("from", "to")) and said["to"] < said["from"]:
        years = {"to": said["to"]}
    return wrong | years


_TYPED = ("q", "from", "to")


def _text(said: str) -> str:
    return " ".join(said.replace("\0", " ").split())


def _is_year(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) == _YEAR_DIGITS and 1800 <= int(text) <= 2200


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    if not _is_year(text):
        raise Mistake("search.year", "Write a year between 1800 and 2200, as 2024.", hint="It has four digits.")
    return int(text)


def _page(text: str | None) -> int:
    if text is None:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) <= _PAGE_DIGITS and 1 <= int(text) <= _LAST_PAGE):
        raise Mistake("search.page", f"A page is a number from 1 to {_LAST_PAGE}.", hint="Begin at page 1.")
    return int(text)


@document
class Reason:
    """Why a card was found: a word of the question, and where in the card it stands, or a word of its `kin`."""

    word: str
    place: str
    kin: bool = False


@document
class Hit:
    """A card found, and why: each word that was asked, and where it was found."""

    card: Card
    score: float
    reasons: tuple[Reason, ...] = ()


@document
class Bucket:
    """One value of a facet, with how many there would be."""

    value: str
    label: Said
    count: int


@document
class Answer:
    """What was found: how many in all, this page of them, the facets, and words that were read as others."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[Bucket, ...]]
    respelled: tuple[tuple[str, str], ...] = ()
