"""The tables of the search."""

from alembic import op

from avrop.store.search_tables import METADATA

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make them; publishing fills them."""
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    """Drop them."""
    METADATA.drop_all(op.get_bind())
