"""The tables of published keys."""

from alembic import op

from avrop.store.key_tables import METADATA

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make them."""
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    """What peers said of their keys must not be forgotten."""
    raise RuntimeError("this migration is not taken back")
