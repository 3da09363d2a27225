"""The tables of the one database, as SQLAlchemy Core sees them. Migrations make them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB

METADATA = sa.MetaData()

entries = sa.Table(
    "entries",
    METADATA,
    sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("commitment", sa.Text, nullable=False),
    sa.Column("payload", BYTEA),
    sa.Column("salt", BYTEA),
    sa.UniqueConstraint("case_id", "sequence", name="entries_case_sequence"),
    sa.CheckConstraint("(payload IS NULL) = (salt IS NULL)", name="entries_erased_together"),
)
documents = sa.Table(
    "documents",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("body", BYTEA, nullable=False),
)
cases = sa.Table(
    "cases",
    METADATA,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("summary", JSONB, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
)
people = sa.Table(
    "people",
    METADATA,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("roles", ARRAY(sa.Text), nullable=False),
)
snapshots = sa.Table(
    "snapshots",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("catalogue", sa.Text, nullable=False),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
)
person_lists = sa.Table(
    "person_lists",
    METADATA,
    sa.Column("list", sa.Text, primary_key=True),
    sa.Column("as_of", sa.DateTime(timezone=True), primary_key=True),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)
extracts = sa.Table(
    "extracts",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("slice_plan", sa.Text, nullable=False),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("files", JSONB, nullable=False),
)
generations = sa.Table(
    "generations",
    METADATA,
    sa.Column("delivery", sa.Text, primary_key=True),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("manifest", sa.Text),
    sa.Column("lists", sa.Text),
)
packages = sa.Table(
    "packages",
    METADATA,
    sa.Column("manifest", sa.Text, primary_key=True),
    sa.Column("delivery", sa.Text, nullable=False),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("keep_until", sa.Date, nullable=False),
    sa.Column("receipt", sa.Text),
    sa.Column("confirmation", sa.Text),
)
checkpoints = sa.Table(
    "checkpoints",
    METADATA,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("note", sa.Text, nullable=False),
)
