"""The index of the search: what origins say is replaced whole."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

import sqlalchemy as sa
from sqlalchemy import Connection

from avrop.canonical import plain
from avrop.catalogue.commons import first
from avrop.catalogue.search.cards import Card, Indexed, vocabulary
from avrop.catalogue.search.questions import FACETS, Facet
from avrop.catalogue.search.words import fold, triples, words
from avrop.catalogue.spoken import nearest, order
from avrop.catalogue.unittypes import Language
from avrop.store import search_tables as t

COLUMNS: Mapping[Facet, str] = {facet: f'"{facet}"' for facet in FACETS}
"""The column of each facet, as SQL has it."""
SORTED: Mapping[Language, str] = {language: f"sorted_{language}" for language in get_args(Language)}
"""The column that readers of a language have cards sorted by."""


def replace(connection: Connection, said: Mapping[str, Sequence[Indexed]]) -> None:
    """Let each origin say this and nothing else."""
    if not said:
        return
    origins = list(said)
    for table in (t.cards, t.words, t.labels):
        connection.execute(sa.delete(table).where(table.c.origin.in_(origins)))
    rows = [_row(origin, each) for origin, found in said.items() for each in found]
    if not rows:
        return
    connection.execute(_INSERT, rows)
    connection.execute(_KINDS, {"origins": origins})
    known = [
        {"origin": origin, "word": word, "triples": list(triples(word))}
        for origin, found in said.items() for word in vocabulary(found)
    ]  # fmt: skip
    if known:
        connection.execute(sa.insert(t.words), known)
    called = {
        (origin, facet, named.key): label
        for origin, found in said.items() for facet, named, label in _labels(found)
    }  # fmt: skip
    if called:
        connection.execute(
            sa.insert(t.labels),
            [{"origin": o, "facet": f, "value": v, "label": label} for (o, f, v), label in called.items()],
        )


def _labels(found: Iterable[Indexed]) -> Iterable[tuple[str, Any, Any]]:
    for each in found:
        for facet, several in (("topic", each.card.topics), ("unit", each.card.units)):
            for named in several:
                yield facet, named, [plain(word) for word in named.label]


_PARTS = {"in_name": "called", "in_topic": "near", "in_description": "says", "in_codes": "codes"}
_STEMS = {
    column: f"strip(to_tsvector('norwegian', :{part}) || to_tsvector('english', :{part})"
    f" || to_tsvector('simple', :{part}_folded))"
    for column, part in _PARTS.items()
}
_KIND = "hashtextextended(concat_ws('|', {}), 0)"
_INSERT = sa.text(
    f"INSERT INTO search_cards (id, origin, name, called, length, card, since, until,"
    f" {', '.join(SORTED.values())}, kind, {', '.join(_STEMS)}, lexemes,"
    f" {', '.join(COLUMNS.values())}) SELECT :id, :origin, :name, :called_as, CAST(:length AS integer),"
    " CAST(:card AS jsonb), CAST(:since AS integer), CAST(:until AS integer),"
    f" {', '.join(f':{column}' for column in SORTED.values())},"
    f" {_KIND.format(', '.join(f'CAST(:{facet} AS text[])::text' for facet in FACETS))},"
    f" {', '.join(f's.{name}' for name in _STEMS)},"
    f" {' || '.join(f's.{name}' for name in _STEMS)}, {', '.join(f'CAST(:{facet} AS text[])' for facet in FACETS)}"
    f" FROM (SELECT {', '.join(f'{stems} AS {name}' for name, stems in _STEMS.items())}) AS s"
).bindparams(sa.bindparam("card", type_=sa.JSON))


_KINDS = sa.text(
    f"INSERT INTO search_kinds (kind, {', '.join(COLUMNS.values())})"
    f" SELECT DISTINCT kind, {', '.join(COLUMNS.values())} FROM search_cards WHERE origin = ANY(:origins)"
    " ON CONFLICT (kind) DO NOTHING"
)


def _row(origin: str, each: Indexed) -> dict[str, object]:
    card = each.card
    parts = {"called": each.called, "near": each.near, "says": each.says, "codes": each.codes}
    folded = {f"{name}_folded": " ".join(fold(word) for word in words(text)) for name, text in parts.items()}
    facets: dict[str, list[str]] = {
        "topic": [named.key for named in card.topics], "unit": [named.key for named in card.units],
        "values": [card.value_type], "sensitivity": [card.sensitivity], "status": [card.status],
        "publisher": [card.publisher], "county": list(card.counties), "joins": list(card.joins),
    }  # fmt: skip
    return {
        "id": card.id, "origin": origin, "name": card.name, "called_as": fold(" ".join(words(first(card.label)))),
        "length": min((len(words(each.value)) for each in card.label), default=1), "card": plain(card),
        "since": card.since, "until": card.until, **sorted_by(card), **parts, **folded, **facets,
    }  # fmt: skip


def sorted_by(card: Card) -> dict[str, str]:
    """What a card is sorted by, by column: what readers of each language are shown as its label."""
    return {
        column: order((nearest(card.label, language) or ("", card.name))[1], language)
        for language, column in SORTED.items()
    }
