"""What was last sent to an external commons."""

from alembic import op

from avrop.store.publication_tables import METADATA

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table."""
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    """Drop it."""
    METADATA.drop_all(op.get_bind())
