"""Words as the database's own queries, and how it is to look them up."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from avrop.catalogue.search.words import fold, words

_PREFIX = 4
"""From so many letters on, a word finds those that begin with it."""


def by_index(connection: Connection) -> None:
    """Until the transaction ends, let statements be planned without a look at their words.

    With a look, the planner takes the many kin of a word to be in most cards, and reads every card whole; that is ten
    times slower than the index, and a connection is in use for long before it learns so by itself.
    """
    connection.execute(sa.text("SET LOCAL plan_cache_mode = force_generic_plan"))


def queries(connection: Connection, texts: Sequence[str], *, whole: bool = False) -> list[str]:
    """A query of the database's for each text: its stems in both languages, and words that begin so unless `whole`."""
    if not texts:
        return []
    simple = [_beginning(text, 0 if whole else _PREFIX) for text in texts]
    rows = connection.execute(_QUERIES, {"texts": list(texts), "simple": simple})
    return [either([str(row.query)]) for row in rows]


def either(several: Iterable[str]) -> str:
    """A query for what any of them finds, each alternative once: the stems of two languages are often the same, and
    every alternative is looked for in every card.

    >>> either(["'year' | 'year' | 'year':*", "", "'school' & 'year' | 'year'"])
    "'year' | 'year':* | 'school' & 'year'"
    """
    return " | ".join(dict.fromkeys(part for each in several if each for part in each.split(" | ")))


def _beginning(text: str, letters: int) -> str:
    return " & ".join(f"'{word}'{':*' if 0 < letters <= len(word) else ''}" for word in map(fold, words(text)))


_QUERIES = sa.text(
    "SELECT (plainto_tsquery('norwegian', x.text) || plainto_tsquery('english', x.text)"
    " || to_tsquery('simple', x.simple))::text AS query"
    " FROM unnest(CAST(:texts AS text[]), CAST(:simple AS text[])) WITH ORDINALITY AS x(text, simple, n) ORDER BY x.n"
)
