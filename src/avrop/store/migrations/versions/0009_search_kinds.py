"""What is counted by facet is counted by kind; what is sorted stands in a column."""

from alembic import op

from avrop.catalogue.search.questions import FACETS
from avrop.store.search_tables import METADATA, kinds

revision = "0009"
down_revision = "0008"

_FACETS = ", ".join(f'"{name}"' for name in FACETS)
_INDEXES = ("search_cards_by_name", "search_cards_kind", "search_labels_first")
_TEXTS = ", ".join(f'"{name}"::text' for name in FACETS)


def upgrade() -> None:
    """Add the columns to a table that stands without them, fill them, and make the table of kinds."""
    op.execute('ALTER TABLE search_cards ADD COLUMN IF NOT EXISTS sorted text COLLATE "C"')
    op.execute("ALTER TABLE search_cards ADD COLUMN IF NOT EXISTS kind bigint")
    op.execute(
        "UPDATE search_cards SET sorted = translate(lower(card #>> '{label,0,value}'), 'æøå', '{|}'),"
        f" kind = hashtextextended(concat_ws('|', {_TEXTS}), 0)"
    )
    op.execute("ALTER TABLE search_cards ALTER COLUMN sorted SET NOT NULL, ALTER COLUMN kind SET NOT NULL")
    op.execute("DROP INDEX IF EXISTS search_cards_name, search_labels_value")
    METADATA.create_all(op.get_bind())
    for index in (each for table in METADATA.sorted_tables for each in table.indexes if each.name in _INDEXES):
        index.create(op.get_bind(), checkfirst=True)
    op.execute(
        f"INSERT INTO search_kinds (kind, {_FACETS}) SELECT DISTINCT kind, {_FACETS} FROM search_cards"
        " ON CONFLICT (kind) DO NOTHING"
    )


def downgrade() -> None:
    """Drop the table; the columns stay, since the tables' own migration makes them."""
    kinds.drop(op.get_bind())
