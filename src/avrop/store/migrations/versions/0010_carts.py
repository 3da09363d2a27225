"""The carts that other catalogues hand over."""

from alembic import op

from avrop.store.cart_tables import METADATA

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    """Drop them."""
    METADATA.drop_all(op.get_bind())
