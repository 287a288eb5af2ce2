"""The log's texts go with the entry that tells of it, so that whoever serves need not change it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0012_append_only"
VERSION = "1.38.0"
DESCRIPTION = "event: texts deleted by the owner for an entry redacted"

# As the owner of the tables, who alone may change an entry. Names are its own, whatever the search
# path of whoever adds the entry is.
FUNCTION = """
CREATE FUNCTION event_redacted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE event SET salt = NULL, form = NULL
  WHERE notice = NEW.notice AND index < NEW.index AND salt IS NOT NULL;
  RETURN NULL;
END $$
"""

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    FUNCTION,
    "REVOKE ALL ON FUNCTION event_redacted() FROM PUBLIC",
    "CREATE TRIGGER event_redacted AFTER INSERT ON event FOR EACH ROW"
    " WHEN (NEW.kind = 'redacted') EXECUTE FUNCTION event_redacted()",
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
