"""The statement that ranks what a question's words find: one look at every card found, and a second at those few that
may be on the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from avrop.catalogue.search.questions import Search
from avrop.catalogue.search.words import fold, words
from avrop.catalogue.unittypes import Language
from avrop.store.search_index import COLUMNS, SORTED
from avrop.store.search_queries import either

_WEIGHTS = (("name", 1.0), ("topic", 0.4), ("description", 0.3), ("codes", 0.2))
"""What a word gives where it stands in what a card is called, what is near, what it says, and in its codes."""
_KIN = 0.75
"""What a word of its kin gives instead."""
_LONGER = 0.06
"""How much less a card gives for each word of its name: the shorter name is more to the point."""
_ROUNDING = 1e-6
"""How much two ways of adding up a score may differ, and more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A word of a question: the database's query for it, and for words of its kin; how much it counts; and whether it
    finds, or is so common that it only ranks what rarer words find."""

    word: str
    own: str
    kin: str
    weight: float
    finds: bool = True


Bound = dict[str, object]


def orders(language: Language) -> dict[str, str]:
    """What cards are ordered by, for readers of the language."""
    label = SORTED[language]
    return {
        "relevance": "score DESC, name, id", "name": f"{label}, id", "newest": f"since DESC NULLS LAST, {label}, id",
    }  # fmt: skip


def words_and_years(search: Search, terms: Sequence[Term], this_year: int) -> tuple[list[str], Bound]:
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


def filters(search: Search) -> tuple[list[str], Bound]:
    """Conditions on a kind's facets, and what they are bound to."""
    conditions = [
        f"{COLUMNS[facet]} {'@>' if facet == 'joins' else '&&'} CAST(:{facet} AS text[])" for facet, _ in search.chosen
    ]
    return conditions, {facet: list(values) for facet, values in search.chosen}


def clause(conditions: Sequence[str]) -> str:
    """Conditions that must all hold, if there are any."""
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def ranked(
    search: Search, terms: Sequence[Term], *, size: int, this_year: int, language: Language
) -> tuple[str, Bound]:
    """A statement for one page of what the words find, and what it is bound to.

    Its rows: `place`, `score`, `card`, and where each word was found. The first has `kinds` and `numbers` too: how many
    cards of each kind the words and years find, whatever is filtered; it is there, with no place, if no card is.
    """
    conditions, bound = words_and_years(search, terms, this_year)
    let_through, more = filters(search)
    bound |= more | _words(search.text, terms) | {"size": size, "skipped": (search.page - 1) * size}
    through = f"kind IN (SELECT kind FROM search_kinds{clause(let_through)})" if let_through else "true"
    # OFFSET 0 keeps the kinds that are let through from being looked up again wherever `through` stands.
    cards = f"(SELECT *, {through} AS through FROM search_cards{clause(conditions)} OFFSET 0) AS c"
    if search.order == "relevance":
        what, candidates = _named(terms), _near_enough(terms)
        bound["last"] = search.page * size - 1
    else:
        what, candidates = f"{SORTED[language]}, since", "candidates AS (SELECT * FROM found WHERE through)"
    places = "".join(f", {_place(n)} AS place{n}" for n in range(len(terms)))
    return (
        f"WITH found AS MATERIALIZED (SELECT id, kind, through, {what} FROM {cards}),"
        " counted AS MATERIALIZED (SELECT coalesce(array_agg(kind), '{}') AS kinds,"
        " coalesce(array_agg(n), '{}') AS numbers"
        " FROM (SELECT kind, count(*) AS n FROM found GROUP BY kind) AS each),"
        f" {candidates},"
        f" shown AS (SELECT id, row_number() OVER (ORDER BY {orders(language)[search.order]}) AS place FROM candidates"
        " ORDER BY place LIMIT :size OFFSET :skipped)"
        f" SELECT s.place, {_score(terms)} AS score, c.card::text AS card,"
        " CASE WHEN coalesce(s.place, 0) <= :skipped + 1 THEN counted.kinds END AS kinds,"
        f" CASE WHEN coalesce(s.place, 0) <= :skipped + 1 THEN counted.numbers END AS numbers{places}"
        " FROM counted LEFT JOIN shown s ON true LEFT JOIN search_cards c ON c.id = s.id ORDER BY s.place"
    ), bound


def _words(text: str, terms: Sequence[Term]) -> Bound:
    bound = Bound(asked=fold(" ".join(words(text))))
    for n, term in enumerate(terms):
        share = term.weight / sum(each.weight for each in terms)
        bound |= {f"own{n}": term.own, f"kin{n}": term.kin, f"both{n}": either((term.own, term.kin))}
        bound[f"share{n}"] = f"{share:.6f}"
    return bound


_EXACT = "CASE WHEN c.called = :asked THEN 1.0 ELSE 0.0 END"
_HAD = "CASE WHEN 'available' = ANY(c.status) THEN 1.0 ELSE 0.9 END"


def _score(terms: Sequence[Term]) -> str:
    """The score of a card: the mean of what each word gives, the rarer words counting more."""
    parts = []
    for n in range(len(terms)):
        cases = " ".join(
            f"WHEN {_holds(place, f'own{n}')} THEN {weight} WHEN {_holds(place, f'kin{n}')} THEN {weight * _KIN}"
            for place, weight in _WEIGHTS
        )
        parts.append(f"{_share(n)} * CASE {cases} ELSE 0 END")
    return f"({_EXACT} + ({' + '.join(parts)}) / (1 + {_LONGER} * c.length)) * {_HAD}"


def _share(n: int) -> str:
    return f"CAST(:share{n} AS numeric)"


def _named(terms: Sequence[Term]) -> str:
    """What a card's score is made of that its short columns tell: what it gives for each word in what it is called."""
    called = _WEIGHTS[0][1]
    names = (
        f"CASE WHEN NOT through OR NOT {_holds('name', f'both{n}')} THEN 0::float8"
        f" WHEN {_holds('name', f'own{n}')} THEN {called}::float8 ELSE {called * _KIN}::float8 END AS name{n}"
        for n in range(len(terms))
    )
    return f"CAST({_EXACT} AS float8) AS exact, CAST({_HAD} AS float8) AS had, length, {', '.join(names)}"


def _near_enough(terms: Sequence[Term]) -> str:
    """The cards that may be on the page, with their scores. What a card is called gives the most, so that its score is
    known within bounds before its long texts are looked at; what is below enough others' least need not be."""
    least, most = (
        " + ".join(f"CAST({_share(n)} AS float8) * {given.format(n)}" for n in range(len(terms)))
        for given in ("name{0}", f"CASE WHEN name{{0}} > 0 THEN name{{0}} ELSE {_WEIGHTS[1][1]}::float8 END")
    )
    long = f"(1 + {_LONGER}::float8 * length)"
    return (
        f"bounds AS MATERIALIZED (SELECT id, (exact + ({least}) / {long}) * had AS least,"
        f" (exact + ({most}) / {long}) * had AS most FROM found WHERE through),"
        " enough AS (SELECT least FROM bounds ORDER BY least DESC LIMIT 1 OFFSET :last),"
        f" candidates AS (SELECT c.id, c.name, {_score(terms)} AS score FROM bounds b JOIN search_cards c USING (id)"
        f" WHERE b.most >= coalesce((SELECT least FROM enough), 0) - {_ROUNDING})"
    )


def _holds(place: str, query: str) -> str:
    return f"c.in_{place} @@ CAST(:{query} AS tsquery)"


def _place(n: int) -> str:
    """Where a word stands in a card, the weightiest place first; with `~` where only a word of its kin does."""
    cases = " ".join(
        f"WHEN {_holds(place, f'own{n}')} THEN '{place}' WHEN {_holds(place, f'kin{n}')} THEN '{place}~'"
        for place, _ in _WEIGHTS
    )
    return f"CASE {cases} END"
