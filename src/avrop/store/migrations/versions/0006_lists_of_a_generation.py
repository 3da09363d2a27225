"""With which lists of people to leave out a generation was built."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; a generation of before has none, and is closed for it."""
    op.execute("ALTER TABLE generations ADD COLUMN IF NOT EXISTS lists TEXT")


def downgrade() -> None:
    """Take it away."""
    op.execute("ALTER TABLE generations DROP COLUMN lists")
