"""The tables of a data commons."""

from alembic import op

from avrop.store.commons_tables import METADATA

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make them."""
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    """Drop them, with what publishers said."""
    METADATA.drop_all(op.get_bind())
