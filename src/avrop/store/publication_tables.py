"""The table of what was last sent to an external commons."""

import sqlalchemy as sa

METADATA = sa.MetaData()

publications = sa.Table(
    "publications",
    METADATA,
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
)
"""`place` is the back-end's address; `digest` that of the body that was taken there."""
