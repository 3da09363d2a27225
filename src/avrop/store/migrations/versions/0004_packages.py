"""The tables of packages on their way."""

from alembic import op

from avrop.store.wire_tables import METADATA

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make them."""
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    """Take them away."""
    METADATA.drop_all(op.get_bind())
