"""Datasets of the commons are found by the words of their titles and descriptions."""

from alembic import op

from avrop.store.elsewhere import LEXEMES, SHORT

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the index."""
    op.execute(
        f"CREATE INDEX IF NOT EXISTS commons_datasets_lexemes ON commons_datasets USING gin (({LEXEMES})) WHERE {SHORT}"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP INDEX commons_datasets_lexemes")
