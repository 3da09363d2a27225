"""The tables of the search: a card for each variable, and the words that things are called by."""

from typing import get_args

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from avrop.catalogue.search.questions import FACETS
from avrop.catalogue.unittypes import Language

METADATA = sa.MetaData()

cards = sa.Table(
    "search_cards",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("origin", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("called", sa.Text, nullable=False),
    *(sa.Column(f"sorted_{language}", sa.Text(collation="C"), nullable=False) for language in get_args(Language)),
    sa.Column("kind", sa.BigInteger, nullable=False),
    sa.Column("length", sa.Integer, nullable=False),
    sa.Column("card", JSONB, nullable=False),
    sa.Column("lexemes", TSVECTOR, nullable=False),
    sa.Column("in_name", TSVECTOR, nullable=False),
    sa.Column("in_topic", TSVECTOR, nullable=False),
    sa.Column("in_description", TSVECTOR, nullable=False),
    sa.Column("in_codes", TSVECTOR, nullable=False),
    sa.Column("topic", ARRAY(sa.Text), nullable=False),
    sa.Column("unit", ARRAY(sa.Text), nullable=False),
    sa.Column("values", ARRAY(sa.Text), nullable=False),
    sa.Column("sensitivity", ARRAY(sa.Text), nullable=False),
    sa.Column("status", ARRAY(sa.Text), nullable=False),
    sa.Column("publisher", ARRAY(sa.Text), nullable=False),
    sa.Column("county", ARRAY(sa.Text), nullable=False),
    sa.Column("joins", ARRAY(sa.Text), nullable=False),
    sa.Column("since", sa.Integer),
    sa.Column("until", sa.Integer),
    sa.Index("search_cards_lexemes", "lexemes", postgresql_using="gin"),
    sa.Index("search_cards_by_name", "name", "id"),
    *(sa.Index(f"search_cards_by_label_{each}", f"sorted_{each}", "id") for each in get_args(Language)),
    *(
        sa.Index(f"search_cards_by_year_{each}", sa.text("since DESC NULLS LAST"), f"sorted_{each}", "id")
        for each in get_args(Language)
    ),
    sa.Index("search_cards_kind", "kind", postgresql_include=["since", "until"]),
)
"""`called`: the folded label, of `length` words; `sorted_…`: the label that a reader of the language is shown, as the
language sorts it (`catalogue.spoken`), whatever the database's own order is. `kind`: which of `search_kinds` has its
facets' values. `lexemes`: Norwegian and English stems and folded words of everything; the same by where they stand. A
facet's column has the values of `questions.FACETS`."""

kinds = sa.Table(
    "search_kinds",
    METADATA,
    sa.Column("kind", sa.BigInteger, primary_key=True),
    *(sa.Column(name, ARRAY(sa.Text), nullable=False) for name in FACETS),
)
"""Every set of facets' values that some card has or had. There are far fewer of them than cards, so that what is
counted by facet is counted by kind first."""

words = sa.Table(
    "search_words",
    METADATA,
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("word", sa.Text, primary_key=True),
    sa.Column("triples", ARRAY(sa.Text), nullable=False),
    sa.Index("search_words_triples", "triples", postgresql_using="gin"),
)
labels = sa.Table(
    "search_labels",
    METADATA,
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("facet", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("label", JSONB, nullable=False),
    sa.Index("search_labels_first", "facet", "value", "origin"),
)
"""What the values of a facet are called, as their origins call them."""
