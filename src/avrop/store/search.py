"""Asking the search's index: words by their stems, kin and spelling; filters, years, and counts of further filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from sqlalchemy import Connection

from avrop.canonical import build, read
from avrop.catalogue.commons import Said, Words
from avrop.catalogue.search.cards import Card
from avrop.catalogue.search.questions import Facet, Search
from avrop.catalogue.search.words import fold, triples
from avrop.catalogue.unittypes import Language
from avrop.store import search_kinds
from avrop.store.search_ranking import Term, clause, filters, orders, ranked, words_and_years

_ALIKE = 0.36
"""Share of letter triples in common, of all that two words have, from which one may be the other misspelt."""


def counts(connection: Connection, asked: Sequence[str]) -> list[int]:
    """How many cards each query finds."""
    if not asked:
        return []
    columns = ", ".join(
        f"(SELECT count(*) FROM search_cards WHERE lexemes @@ CAST(:q{n} AS tsquery))" for n in range(len(asked))
    )
    row = connection.execute(sa.text(f"SELECT {columns}"), {f"q{n}": each for n, each in enumerate(asked)}).one()
    return [int(value) for value in row]


def size(connection: Connection) -> int:
    """How many cards there are."""
    return search_kinds.whole(connection).total(Search())


def alike(connection: Connection, word: str) -> list[str]:
    """Up to three known words that the word may be: spelt otherwise, or made of one of them."""
    own = triples(word)
    rows = connection.execute(_ALIKE_WORDS, {"own": list(own), "folded": fold(word)})
    return [str(row.word) for row in rows if row.share >= _ALIKE or row.within]


_ALIKE_WORDS = sa.text(
    "SELECT word, within, common::float / (cardinality(triples) + cardinality(CAST(:own AS text[])) - common) AS share"
    " FROM (SELECT DISTINCT ON (word) word, triples, length(word) >= 5 AND starts_with(:folded, word) AS within,"
    " (SELECT count(*) FROM unnest(triples) AS one WHERE one = ANY(CAST(:own AS text[]))) AS common"
    " FROM search_words WHERE triples && CAST(:own AS text[]) ORDER BY word) AS near"
    " ORDER BY within DESC, share DESC, word LIMIT 3"
)


def counted(
    connection: Connection, search: Search, terms: Sequence[Term] = (), *, this_year: int
) -> search_kinds.Counted:
    """How many cards of each kind have the words and the years; filters are a matter of kinds."""
    conditions, bound = words_and_years(search, terms, this_year)
    if not conditions:
        return search_kinds.whole(connection)
    statement = f"SELECT kind, count(*) FROM search_cards{clause(conditions)} GROUP BY kind"
    rows = connection.execute(sa.text(statement), bound).all()
    return search_kinds.counted(connection, [row[0] for row in rows], [row[1] for row in rows])


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of what was found: card, score, and where each word was found; and how many there are of each kind."""

    rows: tuple[tuple[Card, float, tuple[str | None, ...]], ...]
    counted: search_kinds.Counted


def page(
    connection: Connection, search: Search, terms: Sequence[Term], *, size: int, this_year: int, language: Language
) -> Page:
    """One page of what is found, in the order that is asked for, as readers of the language see it."""
    if terms:
        statement, bound = ranked(search, terms, size=size, this_year=this_year, language=language)
        rows = connection.execute(sa.text(statement), bound).all()
        shown = sorted((row for row in rows if row.place is not None), key=lambda row: int(row.place))
        return Page(
            rows=tuple((_card(row.card), float(row.score), tuple(row[5:])) for row in shown),
            counted=search_kinds.counted(connection, rows[0].kinds, rows[0].numbers),
        )
    return Page(
        rows=tuple((card, 0.0, ()) for card in _listed(connection, search, size, this_year, language)),
        counted=counted(connection, search, this_year=this_year),
    )


def _listed(connection: Connection, search: Search, size: int, this_year: int, language: Language) -> list[Card]:
    """A page of a search without words: nothing is more relevant than anything else."""
    conditions, bound = words_and_years(search, (), this_year)
    let_through, more = filters(search)
    if let_through:
        conditions.append(f"kind = ANY(ARRAY(SELECT kind FROM search_kinds{clause(let_through)}))")
    order = "name, id" if search.order == "relevance" else orders(language)[search.order]
    rows = connection.execute(
        sa.text(
            f"SELECT card::text AS card FROM search_cards{clause(conditions)} ORDER BY {order}"
            " LIMIT :size OFFSET :skipped"
        ),
        {**bound, **more, "size": size, "skipped": (search.page - 1) * size},
    )
    return [_card(row.card) for row in rows]


def _card(text: str) -> Card:
    return cast("Card", read(Card, text, what="A card of the search"))


def names(connection: Connection, wanted: Mapping[Facet, list[tuple[str, int]]]) -> dict[tuple[str, str], Said]:
    """What values of facets are called, by facet and value. What rows can be joined by is called as units are."""
    labelled = [(facet, values) for facet, values in wanted.items() if facet in _LABELLED]
    pairs = [(_LABELLED[facet], value, facet) for facet, values in labelled for value, _ in values]
    if not pairs:
        return {}
    rows = connection.execute(
        _NAMES,
        {
            "facets": [pair[0] for pair in pairs],
            "values": [pair[1] for pair in pairs],
            "shown": [pair[2] for pair in pairs],
        },
    )
    return {(row.shown, row.value): tuple(build(Words, each, what="A label") for each in row.label) for row in rows}


_LABELLED: Mapping[Facet, Facet] = {"topic": "topic", "unit": "unit", "joins": "unit"}
"""Facets whose values have labels, and whose labels those are (`search_index`)."""
_NAMES = sa.text(
    "SELECT w.shown, w.value, l.label"
    " FROM unnest(CAST(:facets AS text[]), CAST(:values AS text[]), CAST(:shown AS text[])) AS w(facet, value, shown),"
    " LATERAL (SELECT label FROM search_labels WHERE facet = w.facet AND value = w.value ORDER BY origin LIMIT 1) AS l"
)


def cards(connection: Connection, wanted: Sequence[str]) -> dict[str, Card]:
    """The cards of those ids that there are, by id."""
    return {row.id: _card(row.card) for row in connection.execute(_CARDS, {"wanted": list(wanted)})}


def card(connection: Connection, wanted: str) -> Card | None:
    """The card of that id."""
    return cards(connection, [wanted]).get(wanted)


_CARDS = sa.text("SELECT id, card::text AS card FROM search_cards WHERE id = ANY(:wanted)")
