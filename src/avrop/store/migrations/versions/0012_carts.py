"""The carts that other catalogues hand over."""

from alembic import op

from avrop.store.cart_tables import METADATA

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables."""
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    """Drop them."""
    METADATA.drop_all(op.get_bind())
