"""Promises that no constraint of one row can keep, kept by triggers of the database.

They are laid down after every migration: SQLite drops the triggers of a table whenever
a migration makes the table anew.
"""

NAME = "funding_shares_are_at_most_all"
TABLE = "programs_fundingrule"

EVENTS = "INSERT", "UPDATE"

# Decimals are floats here: a share may be off by less than a hundredth of its cents.
SQLITE = """
    CREATE TRIGGER funding_shares_are_at_most_all_on_{event}
    BEFORE {event} ON programs_fundingrule
    WHEN NEW.percent <= 100 AND NEW.percent + (
        SELECT COALESCE(SUM(percent), 0) FROM programs_fundingrule
        WHERE program_id = NEW.program_id AND category_id = NEW.category_id
        AND id <> NEW.id
    ) > 100.0001
    BEGIN SELECT RAISE(ABORT, 'funding_shares_are_at_most_all'); END
"""

# Whoever comes second waits for the row of the program, and then sees the first share.
POSTGRESQL = [
    """
    CREATE OR REPLACE FUNCTION funding_shares_are_at_most_all() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM programs_program WHERE id = NEW.program_id FOR NO KEY UPDATE;
        IF NEW.percent <= 100 AND NEW.percent + (
            SELECT COALESCE(SUM(percent), 0) FROM programs_fundingrule
            WHERE program_id = NEW.program_id AND category_id = NEW.category_id
            AND id <> NEW.id
        ) > 100 THEN
            RAISE EXCEPTION 'funding_shares_are_at_most_all'
            USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER funding_shares_are_at_most_all
    BEFORE INSERT OR UPDATE ON programs_fundingrule
    FOR EACH ROW EXECUTE FUNCTION funding_shares_are_at_most_all()
    """,
]


def lay_down(*, connection):
    """Make the triggers of this database, in place of older ones."""
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, TABLE)
        if not {"program_id", "category_id"} <= {column.name for column in columns}:
            return
        for statement in removal(connection.vendor) + making(connection.vendor):
            cursor.execute(statement)


def removal(vendor):
    """Return the statements that take the triggers away, if there are any."""
    if vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {NAME} ON programs_fundingrule"]
    return [f"DROP TRIGGER IF EXISTS {NAME}_on_{event}" for event in EVENTS]


def making(vendor):
    """Return the statements that make the triggers of a kind of database."""
    if vendor == "postgresql":
        return POSTGRESQL
    return [SQLITE.format(event=event) for event in EVENTS]
