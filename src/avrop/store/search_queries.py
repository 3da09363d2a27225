"""Words as the database's own queries, and how it is to look them up."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from avrop.catalogue.search.words import fold, words

_PREFIX = 4
"""From so many letters on, a word finds those that begin with it."""


def queries(connection: Connection, texts: Sequence[tuple[str, bool]]) -> list[str]:
    """A query of the database's for each text: its stems in both languages, and words that begin so unless it is said
    to be whole.

    Until the transaction ends, statements are planned without a look at their words. With a look, the planner takes the
    many kin of a word to be in most cards, and reads every card whole; that is ten times slower than the index, and a
    connection is in use for long before it learns so by itself.
    """
    if not texts:
        return []
    simple = [_beginning(text, 0 if whole else _PREFIX) for text, whole in texts]
    rows = connection.execute(_QUERIES, {"texts": [text for text, _ in texts], "simple": simple})
    return [either([str(row.query)]) for row in rows]


def either(several: Iterable[str]) -> str:
    """A query for what any of them finds, without what another alternative finds as well: the stems of two languages
    are often the same, and every alternative is looked for in every card.

    >>> either(["'year' | 'year' | 'years':*", "", "'school' & 'year' | 'year' | 'yearsof'"])
    "'year' | 'years':* | 'school' & 'year'"
    """
    parts = dict.fromkeys(part for each in several if each for part in each.split(" | "))
    beginnings = [part.removesuffix(_ON) for part in parts if part.endswith(_ON) and " " not in part]
    return " | ".join(part for part in parts if not any(_begins(part, each) for each in beginnings))


def are_apart(one: str, other: str) -> bool:
    """Whether two queries have no alternative in common."""
    return not set(one.split(" | ")) & set(other.split(" | "))


def beginning(text: str) -> str:
    """A query for a text's words as they are written, or longer: no stems.

    >>> beginning("drop out")
    "'drop':* & 'out'"
    """
    return _beginning(text, _PREFIX)


_ON = "':*"


def _begins(part: str, beginning: str) -> bool:
    """Whether a part that is one word begins so, and is not that beginning itself."""
    return part.startswith(beginning) and part != beginning + _ON and " " not in part


def _beginning(text: str, letters: int) -> str:
    return " & ".join(f"'{word}'{':*' if 0 < letters <= len(word) else ''}" for word in map(fold, words(text)))


_QUERIES = sa.text(
    "SELECT (plainto_tsquery('norwegian', x.text) || plainto_tsquery('english', x.text)"
    " || to_tsquery('simple', x.simple))::text AS query,"
    " (SELECT set_config('plan_cache_mode', 'force_generic_plan', true)) AS planned"
    " FROM unnest(CAST(:texts AS text[]), CAST(:simple AS text[])) WITH ORDINALITY AS x(text, simple, n) ORDER BY x.n"
)
