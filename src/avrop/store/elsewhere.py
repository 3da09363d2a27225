"""Datasets of the commons of which there are no variables: found by the words of their titles and descriptions."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

_TEXTS = (
    "(jsonb_path_query_array(entry, '$.title[*].value') || jsonb_path_query_array(entry, '$.description[*].value')"
    " || jsonb_path_query_array(entry, '$.publisher.name'))"
)
LEXEMES = " || ".join(
    f"jsonb_to_tsvector('{language}', {_TEXTS}, '[\"string\"]')" for language in ("norwegian", "english", "simple")
)
"""The stems and words of a dataset, as an index has them."""
SHORT = "octet_length(entry::text) < 300000"
"""Those that an index can hold. What is told now is shorter."""

_BARE = "NOT EXISTS (SELECT FROM commons_variables AS v WHERE v.dataset = d.id)"
_HAS = f"({LEXEMES}) @@ CAST(:{{}} AS tsquery)"


def any_bare(connection: Connection) -> bool:
    """Whether there is any dataset without variables."""
    return bool(
        connection.execute(sa.text(f"SELECT EXISTS (SELECT FROM commons_datasets AS d WHERE {_BARE})")).scalar()
    )


def had(connection: Connection, asked: Sequence[str]) -> list[bool]:
    """Of each query whether any dataset has it."""
    if not asked:
        return []
    columns = ", ".join(
        f"EXISTS (SELECT FROM commons_datasets AS d WHERE {_HAS.format(f'q{n}')} AND {SHORT})"
        for n in range(len(asked))
    )
    row = connection.execute(sa.text(f"SELECT {columns}"), {f"q{n}": each for n, each in enumerate(asked)}).one()
    return list(row)


def count(connection: Connection, asked: Sequence[str]) -> int:
    """How many datasets without variables have all of that."""
    where, bound = _where(asked)
    return int(connection.execute(sa.text(f"SELECT count(*) FROM commons_datasets AS d{where}"), bound).scalar_one())


def page(connection: Connection, asked: Sequence[str], *, size: int, skipped: int) -> tuple[Any, ...]:
    """So many of their rows, by title."""
    where, bound = _where(asked)
    statement = sa.text(
        f"SELECT d.id, d.catalogue, d.entry FROM commons_datasets AS d{where} ORDER BY lower(d.title), d.id"
        " LIMIT :size OFFSET :skipped"
    )
    return tuple(connection.execute(statement, {**bound, "size": size, "skipped": skipped}))


def _where(asked: Sequence[str]) -> tuple[str, dict[str, str]]:
    found = {f"q{n}": each for n, each in enumerate(asked)}
    conditions = [_HAS.format(name) for name in found] + ([SHORT] if found else []) + [_BARE]
    return f" WHERE {' AND '.join(conditions)}", found
