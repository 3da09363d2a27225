"""The first tables, the job queue's own schema, and the guard that keeps the log append-only."""

from alembic import op
from procrastinate.schema import SchemaManager

from avrop.store.tables import METADATA

revision = "0001"
down_revision = None

GUARD = """
CREATE FUNCTION entries_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.payload IS NULL AND NEW.salt IS NULL
       AND (NEW.index, NEW.case_id, NEW.sequence, NEW.commitment)
         = (OLD.index, OLD.case_id, OLD.sequence, OLD.commitment) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the log is append-only';
END $$;
CREATE TRIGGER entries_are_append_only BEFORE UPDATE OR DELETE ON entries
    FOR EACH ROW EXECUTE FUNCTION entries_are_append_only();
CREATE TRIGGER entries_are_not_truncated BEFORE TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION entries_are_append_only();
CREATE FUNCTION documents_are_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'documents are immutable';
END $$;
CREATE TRIGGER documents_are_immutable BEFORE UPDATE ON documents
    FOR EACH ROW EXECUTE FUNCTION documents_are_immutable();
"""


def upgrade() -> None:
    """Make everything."""
    connection = op.get_bind()
    METADATA.create_all(connection)
    connection.exec_driver_sql(GUARD)
    connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def downgrade() -> None:
    """There is nothing before the first."""
    raise RuntimeError("the first migration is not taken back")
