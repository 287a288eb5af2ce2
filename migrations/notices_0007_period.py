"""The notice period that a notice was published under, whatever the catalogue says later."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0007_period"
VERSION = "1.38.0"
DESCRIPTION = "notice.period_value, period_unit, period_from"

# A column that the database fills by the form itself cannot be forgotten by whoever writes a
# notice. It is no generated one: a redaction deletes the form, and the period has to stay.
FUNCTION = """
CREATE FUNCTION notice_period_of_form() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.period_value := NEW.form -> 'notice_period' ->> 'value';
  NEW.period_unit := NEW.form -> 'notice_period' ->> 'unit';
  NEW.period_from := 'form';
  RETURN NEW;
END $$
"""

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    # A default that is a constant costs no rewriting of the table: it stands for the notices of
    # before, nearly all of which took effect when they were published, and so had no period.
    "ALTER TABLE notice"
    " ADD COLUMN period_value smallint CHECK (period_value > 0),"
    " ADD COLUMN period_unit text CHECK (period_unit IN ('calendar_day', 'working_day')),"
    " ADD COLUMN period_from text DEFAULT 'upgrade' CHECK (period_from IN ('form', 'upgrade')),"
    " ADD CHECK ((period_value IS NULL) = (period_unit IS NULL)),"
    " ADD CHECK (period_value IS NULL OR period_from IS NOT NULL)",
    "ALTER TABLE notice ALTER COLUMN period_from DROP DEFAULT",
    FUNCTION,
    "CREATE TRIGGER notice_period BEFORE INSERT ON notice FOR EACH ROW"
    " WHEN (NEW.form ? 'notice_period') EXECUTE FUNCTION notice_period_of_form()",
    "CREATE INDEX notice_period_unknown ON notice (id) WHERE period_from IS NULL",
    # The others had one. Which, `notices/upkeep/recalling.py` finds out.
    "SET LOCAL gin_pending_list_limit = '64MB'",
    "UPDATE notice SET period_from = NULL WHERE effective_at > published_at",
    "SELECT gin_clean_pending_list('notice_terms')",
)


class RawTable(Table):
    """Piccolo runs raw SQL through a table of the migration's own."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="notices", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await RawTable.raw(statement)

    manager.add_raw(run)
    return manager
