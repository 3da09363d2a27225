"""The tables of packages on their way: what the provider pushes, and what arrives at a receiver."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA

METADATA = sa.MetaData()

pushes = sa.Table(
    "pushes",
    METADATA,
    sa.Column("package", sa.Text, primary_key=True),
    sa.Column("delivery", sa.Text, nullable=False, index=True),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("sealing_key", sa.Text, nullable=False),
    sa.Column("preamble", BYTEA, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("last_attempt", sa.DateTime(timezone=True)),
    sa.Column("why", sa.Text),
)
"""`state`: sending, receipted, or given up; `why` is the code of what stopped the last attempt. The content key lies in
the key store while it is sending."""

arrivals = sa.Table(
    "arrivals",
    METADATA,
    sa.Column("package", sa.Text, primary_key=True),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("received", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("receipt", sa.Text),
    sa.Column("why", sa.Text),
)
"""`received`: bytes that are on disk; `state`: arriving, receipted, or refused; `why` is the code of the refusal."""
