"""Refused declarations are found by the people whom they tell of, and can be erased."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0027_rivals"
VERSION = "1.38.0"
DESCRIPTION = "rival.holder_hash, rival.declarant_hash, rival_kept"

# As `sealed_is_kept` has it of notices and objections: whoever serves may forget what was declared
# in vain once nobody has to look at it any more, and cannot otherwise.
KEPT = """
CREATE FUNCTION rival_is_kept() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
    OR OLD.set_aside_at IS NOT NULL OR EXISTS (SELECT FROM event e WHERE e.notice = OLD.notice
      AND e.kind IN ('withdrawn', 'annulled', 'superseded', 'replaced'))
  THEN
    RETURN NEW;
  END IF;
  RAISE insufficient_privilege USING MESSAGE = 'what is sealed is kept';
END $$
"""

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    # Null in rows of before until `serve` has opened them (`persons.name_rivals`), and for good
    # where nobody knows any more who declared.
    "ALTER TABLE rival ADD COLUMN holder_hash bytea"
    " CONSTRAINT rival_holder_hash_check CHECK (length(holder_hash) = 32)",
    "ALTER TABLE rival ADD COLUMN declarant_hash bytea"
    " CONSTRAINT rival_declarant_hash_check CHECK (length(declarant_hash) = 32)",
    "CREATE INDEX rival_of_holder ON rival (holder_hash)",
    "CREATE INDEX rival_of_declarant ON rival (declarant_hash)",
    "CREATE INDEX rival_unnamed ON rival (id) WHERE holder_hash IS NULL",
    KEPT,
    "CREATE TRIGGER rival_kept BEFORE UPDATE OF sealed ON rival"
    " FOR EACH ROW EXECUTE FUNCTION rival_is_kept()",
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
