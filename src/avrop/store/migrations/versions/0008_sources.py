"""Where else a data commons reads."""

from alembic import op

from avrop.store.commons_tables import SOURCES

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    SOURCES.create_all(op.get_bind())


def downgrade() -> None:
    """Drop it."""
    SOURCES.drop_all(op.get_bind())
