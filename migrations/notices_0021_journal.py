"""The audit log of staff and operators, which grows and nothing else; and why somebody looks."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0021_journal"
VERSION = "1.38.0"
DESCRIPTION = "the audit log of staff and operators"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    """
    CREATE TABLE journal (
      number bigint PRIMARY KEY CHECK (number >= 0),
      entry text NOT NULL,
      hash bytea NOT NULL DEFAULT '' CHECK (length(hash) = 32),
      sealed bytea NOT NULL
    )
    """,
    # Whom it concerns asks by their notices.
    "CREATE INDEX journal_notices ON journal USING gin (((entry::jsonb) -> 'notices'))",
    # A lock of the transaction, taken last of all: whoever has it waits for nobody any more.
    """
    CREATE FUNCTION journal_turn(
      OUT number bigint, OUT previous bytea, OUT at timestamptz
    ) LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(1785689458);
      SELECT j.number + 1, j.hash INTO number, previous
      FROM journal j ORDER BY j.number DESC LIMIT 1;
      number := coalesce(number, 0);
      previous := coalesce(previous, decode(repeat('00', 32), 'hex'));
      at := date_trunc('milliseconds', clock_timestamp());
    END $$
    """,
    # Whoever wrote it: what comes after the last one, says so, and is of now.
    """
    CREATE FUNCTION journal_chained() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE turn record; said jsonb := NEW.entry::jsonb;
    BEGIN
      SELECT t.number, t.previous INTO turn FROM journal_turn() t;
      IF NEW.number <> turn.number OR (said ->> 'number')::bigint <> turn.number
        OR said ->> 'previous' <> encode(turn.previous, 'base64')
        OR (said ->> 'at')::timestamptz NOT BETWEEN clock_timestamp() - interval '5 minutes'
          AND clock_timestamp() + interval '5 minutes' THEN
        RAISE transaction_rollback USING MESSAGE = 'an entry follows the last one, and is of now';
      END IF;
      NEW.hash := sha256(convert_to(NEW.entry, 'UTF8'));
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER journal_chained BEFORE INSERT ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_chained()
    """,
    # As whoever looked through a session said, for a short time (a keyed hash of the session).
    """
    CREATE TABLE purpose (
      session bytea NOT NULL CHECK (length(session) = 32),
      notice text NOT NULL REFERENCES notice ON DELETE RESTRICT,
      sealed bytea NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (session, notice)
    )
    """,
    "CREATE INDEX purpose_at ON purpose (at)",
    # A declaration that was refused, and that an officer has dealt with: sealed who, and why.
    "ALTER TABLE rival ADD COLUMN set_aside_at timestamptz",
    "ALTER TABLE rival ADD COLUMN decision bytea",
    """
    ALTER TABLE rival ADD CONSTRAINT rival_set_aside_check
    CHECK ((set_aside_at IS NULL) = (decision IS NULL))
    """,
    "CREATE INDEX rival_waiting ON rival (id) WHERE set_aside_at IS NULL",
    "DROP INDEX rival_of_notice",
    "CREATE INDEX rival_of_notice ON rival (notice, id) WHERE set_aside_at IS NULL",
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
