"""The tables of a data commons: what publishers said, the keys that they say it with, and where else it is read."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

METADATA = sa.MetaData()
_FIRST_OWN_UNIT_TYPE = 1001
"""The numbers below are for unit types that every catalogue shares."""

keys = sa.Table(
    "commons_keys",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("secret_digest", sa.Text, nullable=False),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text, nullable=False),
    sa.Column("issued_by", sa.Text, nullable=False),
    sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
)
catalogues = sa.Table(
    "commons_catalogues",
    METADATA,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False, unique=True),
    sa.Column("entry", JSONB, nullable=False),
)
unit_types = sa.Table(
    "commons_unit_types",
    METADATA,
    sa.Column("id", sa.Integer, sa.Identity(start=_FIRST_OWN_UNIT_TYPE), primary_key=True),
    sa.Column("catalogue", sa.ForeignKey(catalogues.c.id), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("entry", JSONB, nullable=False),
    sa.UniqueConstraint("catalogue", "name", name="commons_unit_types_name"),
)
datasets = sa.Table(
    "commons_datasets",
    METADATA,
    sa.Column("position", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("catalogue", sa.ForeignKey(catalogues.c.id), nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False, unique=True),
    sa.Column("entry", JSONB, nullable=False),
)
variables = sa.Table(
    "commons_variables",
    METADATA,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("dataset", sa.ForeignKey(datasets.c.id), nullable=False),
    sa.Column("name", sa.Text, nullable=False, index=True),
    sa.Column("entry", JSONB, nullable=False),
    sa.Column("remark", sa.Text),
    sa.UniqueConstraint("dataset", "name", name="commons_variables_name"),
)
SOURCES = sa.MetaData()
"""A later migration's own."""
sources = sa.Table(
    "commons_sources",
    SOURCES,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text, nullable=False),
    sa.Column("every_minutes", sa.Integer, nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True)),
    sa.Column("tag", sa.Text),
    sa.Column("modified", sa.Text),
    sa.Column("read_at", sa.DateTime(timezone=True)),
    sa.Column("report", JSONB),
)
