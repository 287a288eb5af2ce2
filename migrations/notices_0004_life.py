"""The whole life of a notice: objections, who decided, agencies, periods that may still move."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0004_life"
VERSION = "1.38.0"
DESCRIPTION = "objection, event_private, agency, touched, notice.provisional"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    # A default that is a constant costs no rewriting of the table.
    "ALTER TABLE notice ADD COLUMN provisional boolean NOT NULL DEFAULT false",
    "CREATE INDEX notice_provisional ON notice (id) WHERE provisional",
    "CREATE TABLE objection ("
    " id text PRIMARY KEY,"
    " notice text NOT NULL REFERENCES notice ON DELETE RESTRICT,"
    " at timestamptz NOT NULL,"
    " ground text NOT NULL CHECK (ground IN ('holder', 'not_lost', 'false', 'other')),"
    " status text NOT NULL DEFAULT 'open'"
    "   CHECK (status IN ('open', 'admitted', 'dismissed', 'upheld', 'closed')),"
    " objector_hash bytea NOT NULL,"
    " sealed bytea NOT NULL,"
    " evidence_type text,"
    " evidence_size bigint,"
    " evidence_sha256 bytea CHECK (length(evidence_sha256) = 32),"
    " decided_at timestamptz,"
    " CHECK ((evidence_type IS NULL) = (evidence_size IS NULL)),"
    " CHECK ((evidence_type IS NULL) = (evidence_sha256 IS NULL)))",
    "CREATE UNIQUE INDEX objection_once ON objection (notice, objector_hash)",
    "CREATE INDEX objection_waiting ON objection (status, at, id)",
    "CREATE TABLE event_private ("
    " event bigint PRIMARY KEY REFERENCES event ON DELETE RESTRICT,"
    " sealed bytea NOT NULL)",
    "CREATE TABLE agency ("
    " id text PRIMARY KEY CHECK (id ~ '^[0-9a-z]+$'),"
    " name text NOT NULL UNIQUE,"
    " issuers text[] NOT NULL,"
    " key_hash bytea NOT NULL UNIQUE CHECK (length(key_hash) = 32),"
    " created_at timestamptz NOT NULL DEFAULT now(),"
    " revoked_at timestamptz)",
    "CREATE TABLE touched ("
    " notice text PRIMARY KEY REFERENCES notice ON DELETE RESTRICT,"
    " at timestamptz NOT NULL,"
    " taken boolean NOT NULL DEFAULT false)",
    "CREATE INDEX touched_waiting ON touched (at) WHERE NOT taken",
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
