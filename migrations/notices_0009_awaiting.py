"""Declarations for somebody else: without effect, and claiming nothing, until confirmed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0009_awaiting"
VERSION = "1.38.0"
DESCRIPTION = "notice.awaiting, claim.awaiting, exhibit, superseded"

ORDER = "living DESC, awaiting, replaced DESC, id DESC"
"""Of one number: what has effect first, so that no heap of unconfirmed ones can hide it."""

OUTCOMES = "('contested', 'dismissed', 'withdrawn', 'annulled', 'superseded', 'replaced')"
"""The kinds of event after which a notice has another status."""

# As of the notice period: whoever writes a notice cannot forget it. It stays when a redaction
# deletes the form, and a confirmation ends it.
FUNCTION = """
CREATE FUNCTION notice_awaiting_of_form() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.awaiting := true;
  RETURN NEW;
END $$
"""

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    "SET LOCAL maintenance_work_mem = '256MB'",
    "ALTER TABLE notice ADD COLUMN awaiting boolean NOT NULL DEFAULT false",
    FUNCTION,
    "CREATE TRIGGER notice_awaiting BEFORE INSERT ON notice FOR EACH ROW"
    " WHEN (NEW.form ? 'awaiting') EXECUTE FUNCTION notice_awaiting_of_form()",
    # In the order of the log: searches by status begin with the first that may be declared.
    "CREATE INDEX notice_awaiting ON notice (published_index) WHERE awaiting",
    "ALTER TABLE claim ADD COLUMN awaiting boolean NOT NULL DEFAULT false",
    "DROP INDEX claim_by_certificate",
    "DROP INDEX claim_by_number",
    "DROP INDEX claim_by_digits",
    "DROP INDEX claim_by_holder",
    f"CREATE INDEX claim_by_certificate ON claim (by_certificate, {ORDER})",
    f"CREATE INDEX claim_by_number ON claim (by_number, {ORDER}) WHERE shown",
    f"CREATE INDEX claim_by_digits ON claim (by_digits, {ORDER}) WHERE shown",
    f"CREATE INDEX claim_by_holder ON claim (by_holder, {ORDER}) WHERE by_holder IS NOT NULL",
    "ALTER TABLE notice_private DROP CONSTRAINT notice_private_relation_check,"
    " ADD CONSTRAINT notice_private_relation_check CHECK (relation IN"
    " ('self', 'parent', 'guardian', 'mandate', 'liquidator', 'heir'))",
    "ALTER TABLE event DROP CONSTRAINT event_kind_check,"
    " ADD CONSTRAINT event_kind_check CHECK (kind IN ('published', 'corrected', 'withdrawn',"
    " 'confirmed', 'contested', 'dismissed', 'annulled', 'superseded', 'replaced', 'redacted'))",
    "DROP INDEX event_outcome",
    "DROP INDEX event_outcome_kind",
    f"CREATE INDEX event_outcome ON event (notice, index) INCLUDE (kind) WHERE kind IN {OUTCOMES}",
    f"CREATE INDEX event_outcome_kind ON event (kind) WHERE kind IN {OUTCOMES}",
    "DROP INDEX rival_notice",
    "CREATE INDEX rival_of_notice ON rival (notice, id)",
    "CREATE TABLE exhibit ("
    " notice text PRIMARY KEY REFERENCES notice ON DELETE RESTRICT,"
    " file text NOT NULL,"
    " media_type text NOT NULL,"
    " size bigint NOT NULL CHECK (size > 0),"
    " sha256 bytea NOT NULL CHECK (length(sha256) = 32))",
    "CREATE INDEX exhibit_file ON exhibit (file)",
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
