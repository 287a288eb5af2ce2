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
  UPDATE notice SET form = NULL, number_key = NULL WHERE id = NEW.notice;
  RETURN NULL;
END $$
"""

# What is appended one by one is of now and stands at the end; the owner alone fills in what was.
AT_THE_END = """
CREATE FUNCTION event_at_the_end() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
    RETURN NEW;
  END IF;
  IF NEW.at NOT BETWEEN clock_timestamp() - interval '5 minutes'
      AND clock_timestamp() + interval '5 minutes'
    OR NEW.index <> (SELECT size - 1 FROM log_head WHERE id = 1) THEN
    -- A clock that jumped within a transaction is nobody's fault: the same may be tried again.
    RAISE transaction_rollback USING MESSAGE = 'an entry is of now, and at the end of the log';
  END IF;
  RETURN NEW;
END $$
"""

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    FUNCTION,
    "REVOKE ALL ON FUNCTION event_redacted() FROM PUBLIC",
    "CREATE TRIGGER event_redacted AFTER INSERT ON event FOR EACH ROW"
    " WHEN (NEW.kind = 'redacted') EXECUTE FUNCTION event_redacted()",
    AT_THE_END,
    "CREATE TRIGGER event_at_the_end BEFORE INSERT ON event FOR EACH ROW"
    " EXECUTE FUNCTION event_at_the_end()",
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
