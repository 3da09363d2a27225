"""The table of consumers."""

from alembic import op

from avrop.store.consumer_tables import METADATA

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make it."""
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    """Take it away."""
    METADATA.drop_all(op.get_bind())
