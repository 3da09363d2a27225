"""Asking the search's index: words by their stems, kin and spelling; filters, years, and counts of further filters."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from sqlalchemy import Connection

from avrop.canonical import build
from avrop.catalogue.commons import Said, Words
from avrop.catalogue.search.cards import Card
from avrop.catalogue.search.questions import FACETS, Facet, Search
from avrop.catalogue.search.words import fold, triples, words
from avrop.catalogue.unittypes import Language
from avrop.store import search_tables as t
from avrop.store.search_index import COLUMNS, SORTED
from avrop.store.search_queries import either

_ALIKE = 0.36
"""Share of letter triples in common, of all that two words have, from which one may be the other misspelt."""
_WEIGHTS = (("name", 1.0), ("topic", 0.4), ("description", 0.3), ("codes", 0.2))
"""What a word gives where it stands in what a card is called, what is near, what it says, and in its codes."""
_KIN = 0.75
"""What a word of its kin gives instead."""
_LONGER = 0.06
"""How much less a card gives for each word of its name: the shorter name is more to the point."""
_PLACES = ("name", "topic", "description", "codes")


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A word of a question: the database's query for it, and for words of its kin; how much it counts; and whether it
    finds, or is so common that it only ranks what rarer words find."""

    word: str
    own: str
    kin: str
    weight: float
    finds: bool = True


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
    return int(connection.execute(sa.select(sa.func.count()).select_from(t.cards)).scalar_one())


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """How many were found, and this page of them: card, score, and where each word was found."""

    total: int
    rows: tuple[tuple[Card, float, tuple[str | None, ...]], ...]


Bound = dict[str, object]


def _words_and_years(search: Search, terms: Sequence[Term], this_year: int) -> tuple[list[str], Bound]:
    """Conditions on words and years, and what they are bound to. What has no end goes on until this year, and no
    further: what is to come has no values yet."""
    conditions, bound = [], Bound()
    if terms:
        conditions.append("lexemes @@ CAST(:any AS tsquery)")
        bound["any"] = either(each for term in terms if term.finds for each in (term.own, term.kin))
    first, last = search.since or search.until, search.until or search.since
    if first is not None:
        low, high = (first, last) if search.years == "covers" else (last, first)
        conditions.append("since <= :low AND coalesce(until, :this_year) >= :high")
        bound |= {"low": low, "high": high, "this_year": this_year}
    return conditions, bound


def _filters(search: Search, *, but: Facet | None = None) -> tuple[list[str], Bound]:
    """Conditions on a kind's facets, without those of one facet."""
    chosen = [(facet, values) for facet, values in search.chosen if facet != but]
    conditions = [
        f"{COLUMNS[facet]} {'@>' if facet == 'joins' else '&&'} CAST(:{facet} AS text[])" for facet, _ in chosen
    ]
    return conditions, {facet: list(values) for facet, values in chosen}


def _where(search: Search, terms: Sequence[Term], this_year: int) -> tuple[str, Bound]:
    """The whole condition on cards: the kinds that the filters let through are found first."""
    conditions, bound = _words_and_years(search, terms, this_year)
    filters, more = _filters(search)
    if filters:
        conditions.append(f"kind = ANY(ARRAY(SELECT kind FROM search_kinds{_clause(filters)}))")
    return _clause(conditions), {**bound, **more}


def _score(text: str, terms: Sequence[Term]) -> tuple[str, dict[str, object]]:
    """The score of a card: the mean of what each word gives, the rarer words counting more."""
    if not terms:
        return "0.0", {}
    parts, bound = [], dict[str, object]()
    for n, term in enumerate(terms):
        bound |= {f"own{n}": term.own, f"kin{n}": term.kin}
        cases = " ".join(
            f"WHEN {_holds(place, f'own{n}')} THEN {weight} WHEN {_holds(place, f'kin{n}')} THEN {weight * _KIN}"
            for place, weight in _WEIGHTS
        )
        parts.append(f"{term.weight / sum(each.weight for each in terms):.6f} * CASE {cases} ELSE 0 END")
    exact = "CASE WHEN called = :asked THEN 1.0 ELSE 0.0 END"
    bound["asked"] = fold(" ".join(words(text)))
    had = "CASE WHEN 'available' = ANY(status) THEN 1.0 ELSE 0.9 END"
    return f"({exact} + ({' + '.join(parts)}) / (1 + {_LONGER} * length)) * {had}", bound


def _holds(place: str, query: str) -> str:
    return f"in_{place} @@ CAST(:{query} AS tsquery)"


def _order(search: Search, language: Language, *, plain: bool) -> list[str]:
    """What to order by. Without words nothing is more relevant than anything else."""
    label = SORTED[language]
    orders = {
        "relevance": ["name", "id"] if plain else ["score DESC", "name", "id"], "name": [label, "id"],
        "newest": ["since DESC NULLS LAST", label, "id"],
    }  # fmt: skip
    return orders[search.order]


def page(
    connection: Connection,
    search: Search,
    terms: Sequence[Term],
    *,
    size: int,
    this_year: int,
    language: Language = "nb",
) -> Page:
    """One page of what is found, in the order that is asked for, as readers of the language see it."""
    where, bound = _where(search, terms, this_year)
    order = _order(search, language, plain=not terms)
    values = {**bound, "size": size, "skipped": (search.page - 1) * size}
    if not terms:
        plain = connection.execute(
            sa.text(f"SELECT card FROM search_cards{where} ORDER BY {', '.join(order)} LIMIT :size OFFSET :skipped"),
            values,
        )
        return Page(
            total=found(connection, search, this_year=this_year),
            rows=tuple((_card(row.card), 0.0, ()) for row in plain),
        )
    score, more = _score(search.text, terms)
    places = "".join(f", {_place(n)} AS place{n}" for n in range(len(terms)))
    statement = (
        f"WITH found AS MATERIALIZED (SELECT id, name, {SORTED[language]}, since, {score} AS score"
        f" FROM search_cards{where}),"
        " shown AS (SELECT *, count(*) OVER () AS total FROM found"
        f" ORDER BY {', '.join(order)} LIMIT :size OFFSET :skipped)"
        f" SELECT shown.total, shown.score, c.card{places} FROM shown JOIN search_cards c USING (id)"
        f" ORDER BY {', '.join(f'shown.{part}' for part in order)}"
    )
    rows = connection.execute(sa.text(statement), {**values, **more}).all()
    shown = tuple((_card(row.card), float(row.score), tuple(row[3:])) for row in rows)
    total = int(rows[0].total) if rows else 0
    if not rows and search.page > 1:
        total = page(connection, replace_page(search), terms, size=1, this_year=this_year).total
    return Page(total=total, rows=shown)


def _card(value: object) -> Card:
    return cast("Card", build(Card, value, what="A card of the search"))


def replace_page(search: Search) -> Search:
    """The same search, from its first page."""
    return dataclasses.replace(search, page=1)


def _place(n: int) -> str:
    """Where a word stands in a card, the weightiest place first."""
    cases = " ".join(
        f"WHEN c.in_{place} @@ (CAST(:own{n} AS tsquery) || CAST(:kin{n} AS tsquery)) THEN '{place}'"
        for place in _PLACES
    )
    return f"CASE {cases} END"


def _clause(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def facets(
    connection: Connection, search: Search, terms: Sequence[Term], *, this_year: int, only: Sequence[Facet] = FACETS
) -> dict[Facet, list[tuple[str, int]]]:
    """How many there would be for each value of each facet, with everything else that is chosen; the most first.

    Cards are counted by kind once; the rest is about kinds, of which there are few.
    """
    conditions, bound = _words_and_years(search, terms, this_year)
    _, filters = _filters(search)
    # Values of one facet are alternatives, so a facet's own filter does not count for it; `joins` must all hold.
    own = [facet for facet, _ in search.chosen if facet in only and facet != "joins"]
    free = [facet for facet in only if facet not in own]
    parts = []
    for group in ([free] if free else []) + [[facet] for facet in own]:
        let_through, _ = _filters(search, but=group[0] if group[0] in own else None)
        either = " UNION ALL ".join(
            f"SELECT '{facet}' AS facet, unnest(k.{COLUMNS[facet]}) AS value" for facet in group
        )
        parts.append(f"SELECT v.facet, v.value, k.n FROM counted k, LATERAL ({either}) AS v{_clause(let_through)}")
    statement = (
        f"WITH counted AS MATERIALIZED (SELECT s.*, c.n FROM (SELECT kind, count(*) AS n FROM search_cards"
        f"{_clause(conditions)} GROUP BY kind) AS c JOIN search_kinds s USING (kind))"
        f" SELECT facet, value, sum(n) AS n FROM ({' UNION ALL '.join(parts)}) AS every GROUP BY facet, value"
        " ORDER BY n DESC, value"
    )
    found: dict[Facet, list[tuple[str, int]]] = {facet: [] for facet in only}
    for row in connection.execute(sa.text(statement), {**bound, **filters}):
        found[row.facet].append((str(row.value), int(row.n)))
    return found


def names(connection: Connection, wanted: Mapping[Facet, list[tuple[str, int]]]) -> dict[tuple[str, str], Said]:
    """What values of facets are called, by facet and value. What rows can be joined by is called as units are."""
    pairs = [(_LABELLED.get(facet, facet), value, facet) for facet, values in wanted.items() for value, _ in values]
    rows = connection.execute(
        _NAMES,
        {
            "facets": [pair[0] for pair in pairs],
            "values": [pair[1] for pair in pairs],
            "shown": [pair[2] for pair in pairs],
        },
    )
    return {(row.shown, row.value): tuple(build(Words, each, what="A label") for each in row.label) for row in rows}


_LABELLED: Mapping[Facet, Facet] = {"joins": "unit"}
_NAMES = sa.text(
    "SELECT w.shown, w.value, l.label"
    " FROM unnest(CAST(:facets AS text[]), CAST(:values AS text[]), CAST(:shown AS text[])) AS w(facet, value, shown),"
    " LATERAL (SELECT label FROM search_labels WHERE facet = w.facet AND value = w.value ORDER BY origin LIMIT 1) AS l"
)


def found(connection: Connection, search: Search, *, this_year: int) -> int:
    """How many cards a search without words finds."""
    where, bound = _where(search, (), this_year)
    return int(connection.execute(sa.text(f"SELECT count(*) FROM search_cards{where}"), bound).scalar_one())


def cards(connection: Connection, wanted: Sequence[str]) -> dict[str, Card]:
    """The cards of those ids that there are, by id."""
    rows = connection.execute(sa.select(t.cards.c.id, t.cards.c.card).where(t.cards.c.id.in_(list(wanted))))
    return {row.id: _card(row.card) for row in rows}


def card(connection: Connection, wanted: str) -> Card | None:
    """The card of that id."""
    row = connection.execute(sa.select(t.cards.c.card).where(t.cards.c.id == wanted)).one_or_none()
    return None if row is None else _card(row.card)
