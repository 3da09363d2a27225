"""The table of consumers. It stands on a MetaData of its own: its migration makes it, not the first one."""

import sqlalchemy as sa

METADATA = sa.MetaData()

consumers = sa.Table(
    "consumers",
    METADATA,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("registered_by", sa.Text, nullable=False),
    sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
)
