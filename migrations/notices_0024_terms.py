"""Which words a declarant consented to; persons' notices by age, and objections by who filed them.

For the public term of notices, and for what somebody may have of what is kept about them.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0024_terms"
VERSION = "1.38.0"
DESCRIPTION = "notice_private.consent_sha256, notice_persons, objection_of_person"

# What is sealed is evidence of who did what: whoever serves may forget parts of it where the log
# says that the text is gone, or an officer has decided, and cannot otherwise.
KEPT = """
CREATE FUNCTION sealed_is_kept() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  free boolean;
BEGIN
  IF pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
    RETURN NEW;
  END IF;
  IF TG_TABLE_NAME = 'objection' THEN
    free := OLD.decided_at IS NOT NULL;
  ELSE
    free := EXISTS (SELECT FROM event e WHERE e.notice = OLD.notice AND e.kind = 'redacted');
  END IF;
  IF NOT free THEN
    RAISE insufficient_privilege USING MESSAGE = 'what is sealed is kept';
  END IF;
  RETURN NEW;
END $$
"""

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    KEPT,
    "CREATE TRIGGER notice_private_kept BEFORE UPDATE OF sealed ON notice_private"
    " FOR EACH ROW EXECUTE FUNCTION sealed_is_kept()",
    "CREATE TRIGGER objection_kept BEFORE UPDATE OF sealed, evidence_type, evidence_size,"
    " evidence_sha256 ON objection FOR EACH ROW EXECUTE FUNCTION sealed_is_kept()",
    "ALTER TABLE notice_private ADD COLUMN consent_sha256 bytea"
    " CONSTRAINT notice_private_consent_sha256_check CHECK (length(consent_sha256) = 32)",
    "CREATE INDEX objection_of_person ON objection (objector_hash)",
    "CREATE INDEX notice_persons ON notice (certificate, published_index)"
    " WHERE holder_kind = 'person'",
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
