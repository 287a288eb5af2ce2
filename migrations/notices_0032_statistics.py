"""How many notices there are, by month, certificate and county, and how long things took."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0032_statistics"
VERSION = "1.38.0"
DESCRIPTION = "statistic, duration; a redacted notice counts in no county"

# With the text goes the county, so the counts are what a count of the register would be. Whoever
# counts holds the follower's row until what it read is counted, and this waits for it: a notice
# is counted with its county before, or without one after. The names are those of
# notices/statistics/following.py.
FUNCTION = """
CREATE FUNCTION statistic_redacted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE each record;
BEGIN
  FOR each IN SELECT name, position FROM follower
    WHERE name IN ('statistics', 'statistics anew') ORDER BY name FOR SHARE
  LOOP
    IF OLD.published_index < each.position THEN
      UPDATE statistic SET value = value - 1
      WHERE follower = each.name AND measure = 'by_region' AND key = OLD.region;
    END IF;
  END LOOP;
  RETURN NULL;
END $$
"""

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    """
    CREATE TABLE statistic (
      follower text,
      measure text CHECK (measure IN ('by_month', 'by_certificate', 'by_region')),
      key text,
      value bigint NOT NULL CHECK (value >= 0),
      PRIMARY KEY (follower, measure, key)
    )
    """,
    """
    CREATE TABLE duration (
      day date,
      measure text CHECK (measure IN ('publish', 'check', 'search', 'list')),
      bucket smallint CHECK (bucket >= 0),
      times bigint NOT NULL CHECK (times >= 0),
      PRIMARY KEY (day, measure, bucket)
    )
    """,
    FUNCTION,
    "REVOKE ALL ON FUNCTION statistic_redacted() FROM PUBLIC",
    "CREATE TRIGGER statistic_redacted AFTER UPDATE OF form ON notice FOR EACH ROW"
    " WHEN (OLD.region IS NOT NULL AND NEW.region IS NULL)"
    " EXECUTE FUNCTION statistic_redacted()",
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
