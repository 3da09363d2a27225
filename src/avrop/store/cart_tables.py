"""The tables of carts that other catalogues handed over: what waits for its reader, and how many came in a minute."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATA = sa.MetaData()

carts = sa.Table(
    "handed_carts",
    METADATA,
    sa.Column("token", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("orgnr", sa.Text, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("chosen", ARRAY(sa.Text), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("asked", sa.Integer, nullable=False),
    sa.Column("answer", JSONB(none_as_null=True)),
)
"""`token` is the digest of the token in the address; `reference` what the resolver is asked with, as it came; `asked`
how often it was asked, and `answer` what it said."""

slots = sa.Table(
    "handed_cart_slots",
    METADATA,
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("minute", sa.BigInteger, nullable=False),
    sa.Column("taken", sa.Integer, nullable=False),
)
"""How many carts came in a minute, by slot: there is a fixed number of them, and no address stands here."""
