"""The tables of published keys: our own documents by serial, and the newest that was read of each peer."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA

METADATA = sa.MetaData()

published_keys = sa.Table(
    "published_keys",
    METADATA,
    sa.Column("serial", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("document", BYTEA, nullable=False),
)
peer_keys = sa.Table(
    "peer_keys",
    METADATA,
    sa.Column("organisation", sa.Text, primary_key=True),
    sa.Column("serial", sa.BigInteger),
    sa.Column("document", BYTEA),
    sa.Column("read_at", sa.DateTime(timezone=True)),
    sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("failure", sa.Text),
    sa.CheckConstraint("(serial IS NULL) = (document IS NULL)", name="peer_keys_read_whole"),
)
