"""Cards are sorted by what readers of each language are shown, not by the first label alone."""

from typing import cast

import sqlalchemy as sa
from alembic import op

from avrop.canonical import build
from avrop.catalogue.search.cards import Card
from avrop.store.search_index import SORTED, sorted_by
from avrop.store.search_tables import METADATA, cards

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the columns to a table that stands without them, fill them, and take the one away that was for all."""
    bind = op.get_bind()
    for column in SORTED.values():
        op.execute(f'ALTER TABLE search_cards ADD COLUMN IF NOT EXISTS {column} text COLLATE "C"')
    known = [
        {"known_as": row.id, **sorted_by(cast("Card", build(Card, row.card, what="A card of the search")))}
        for row in bind.execute(sa.select(cards.c.id, cards.c.card))
    ]
    if known:
        said = ", ".join(f"{column} = :{column}" for column in SORTED.values())
        bind.execute(sa.text(f"UPDATE search_cards SET {said} WHERE id = :known_as"), known)
    for column in SORTED.values():
        op.execute(f"ALTER TABLE search_cards ALTER COLUMN {column} SET NOT NULL")
    op.execute("ALTER TABLE search_cards DROP COLUMN IF EXISTS sorted")  # and the indexes that have it
    for index in (each for table in METADATA.sorted_tables for each in table.indexes):
        index.create(bind, checkfirst=True)


def downgrade() -> None:
    """Nothing: the tables' own migration makes the columns."""
