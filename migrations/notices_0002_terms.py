"""What PostgreSQL itself finds notices by while the search engine is away.

An index over an expression holds the terms of a notice's public form: there is no column that
could keep them when the form is redacted, and none to fill for notices that exist already.
`notices/finding/terms.py` asks in the same terms; whoever changes one changes both, and makes the
index anew in a migration of its own.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0002_terms"
VERSION = "1.38.0"
DESCRIPTION = "notice_terms; index of what changes a notice's status"

# No braces: Piccolo takes them for parameters. plpgsql and not SQL: it costs a third.
FUNCTION = r"""
CREATE FUNCTION notice_terms(form jsonb, number_key text, published_index bigint)
RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  -- Every term begins with the chunk of the log its notice is in, so that a search can go from
  -- chunk to chunk and stop, and what is written together lies together in the index.
  chunk text := published_index >> 14;
  region text := form ->> 'region';
  name text := coalesce(form -> 'holder' ->> 'name', '');
  words text := name || '|' || coalesce(form ->> 'issuer', '') || '|';
  runs text := concat_ws(' ', number_key, form -> 'holder' ->> 'identifier');
BEGIN
  IF form IS NULL THEN
    RETURN NULL;
  END IF;
  IF number_key IS NOT NULL THEN
    words := words || coalesce(form ->> 'number', '') || '|';
  END IF;
  IF name ~ '[0-9]' THEN
    runs := runs || ' ' || upper(name);
  END IF;
  -- Letters alone, field after field; long numbers are found by their ends and not by pairs.
  words := regexp_replace(
    words, '[^[:alnum:]|]+|[0-9][0-9][0-9][0-9]+' COLLATE pg_c_utf8, '', 'g');
  runs := reverse(runs);
  -- Of each number its runs of letters and digits, its runs of digits, and all of its digits.
  IF runs ~ '[0-9][^0-9 ]+[0-9]' THEN
    runs := concat_ws(' ', regexp_replace(runs, '[^0-9A-Z]+', ' ', 'g'),
      regexp_replace(runs, '[^0-9]+', ' ', 'g'), regexp_replace(runs, '[^0-9 ]+', '', 'g'));
  ELSE
    runs := regexp_replace(runs, '[^0-9A-Z]+', ' ', 'g');
  END IF;
  RETURN (regexp_replace(words, '(..?)', ' ' || chunk || '.\1', 'g')
    || regexp_replace(substr(words, 2), '(..?)', ' ' || chunk || '.\1', 'g')
    || ' ' || chunk || '-' || replace(runs, ' ', ' ' || chunk || '-')
    || coalesce(' ' || chunk || '@' || (form ->> 'certificate'), '')
    || coalesce(' ' || chunk || '+' || (form ->> 'matter'), '')
    || coalesce(' ' || chunk || '#' || region, '')
    || coalesce(' ' || chunk || '#' || left(region, 4), '')
    || coalesce(' ' || chunk || '#' || left(region, 2), ''))::tsvector;
END $$
"""

# Not CONCURRENTLY: that waits for everybody who looks at the database, and whoever waits for his
# turn to migrate looks at it too. A million notices take a minute, in which nothing is declared
# and everything can be read; what keeps readers out for a moment comes last.
STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    "SET LOCAL maintenance_work_mem = '256MB'",
    FUNCTION,
    "CREATE INDEX notice_terms ON notice"
    " USING gin (notice_terms(form, number_key, published_index))",
    # How often a term occurs is never asked: the chunk decides, and not the planner.
    "ALTER INDEX notice_terms ALTER COLUMN 1 SET STATISTICS 0",
    "CREATE INDEX notice_effective ON notice (effective_at, published_index)",
    "CREATE INDEX event_outcome ON event (notice, index) INCLUDE (kind) WHERE kind IN"
    " ('contested', 'dismissed', 'withdrawn', 'annulled', 'replaced')",
    # The ends of numbers are terms now, and not only of their last run.
    "DROP INDEX notice_number_tail",
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
