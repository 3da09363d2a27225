"""The stamp of what is public: another one whenever any of it changes, whoever changes it."""

from alembic import op

revision = "0010"
down_revision = "0009"

_CHANGING = (
    "commons_keys", "commons_catalogues", "commons_unit_types", "commons_datasets", "commons_variables",
    "search_cards", "search_kinds", "search_words", "search_labels",
)  # fmt: skip

# A statement that changes something leaves one row for its transaction, and the commit turns that row into a new stamp.
# Were the stamp changed at once, whoever writes long would keep everybody else who writes waiting for its row.
_STATEMENTS = (
    "CREATE TABLE public_stamp (one boolean PRIMARY KEY DEFAULT true CHECK (one), stamp uuid NOT NULL)",
    "INSERT INTO public_stamp (stamp) VALUES (gen_random_uuid())",
    "CREATE TABLE public_changes (transaction xid8 PRIMARY KEY)",
    "CREATE FUNCTION public_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " INSERT INTO public_changes VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING; RETURN NULL; END $$",
    "CREATE FUNCTION public_stamped() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " UPDATE public_stamp SET stamp = gen_random_uuid();"
    " DELETE FROM public_changes WHERE transaction = NEW.transaction; RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER public_stamped AFTER INSERT ON public_changes DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION public_stamped()",
    "CREATE TRIGGER public_changed AFTER INSERT OR UPDATE ON entries FOR EACH ROW WHEN (NEW.case_id = 'account')"
    " EXECUTE FUNCTION public_changed()",
    *(
        f"CREATE TRIGGER public_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION public_changed()"
        for table in _CHANGING
    ),
)


def upgrade() -> None:
    """Make the first stamp, and what changes it."""
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP FUNCTION public_changed() CASCADE")
    op.execute("DROP TABLE public_changes, public_stamp")
    op.execute("DROP FUNCTION public_stamped()")
