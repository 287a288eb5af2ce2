"""An agency has several keys, each with scopes of its own, and counts of how much it is used."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0028_agency_keys"
VERSION = "1.38.0"
DESCRIPTION = "agency_key, agency_use; agencies' kinds and quotas"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    """
    CREATE TABLE agency_key (
      id text PRIMARY KEY CHECK (id ~ '^[0-9a-z]+[.][0-9]+$'),
      agency text NOT NULL REFERENCES agency (id),
      key_hash bytea NOT NULL UNIQUE CHECK (length(key_hash) = 32),
      scopes text[] NOT NULL
        CHECK (scopes <@ ARRAY['verify', 'batch', 'watch', 'issue', 'masked']),
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz,
      revoked_at timestamptz
    )
    """,
    "CREATE INDEX agency_key_agency ON agency_key (agency)",
    # What they could do they can: masked numbers too, a thousand a day.
    "INSERT INTO agency_key (id, agency, key_hash, scopes, created_at, expires_at, revoked_at)"
    " SELECT id || '.1', id, key_hash, ARRAY['verify', 'issue', 'masked'], created_at, expires_at,"
    " revoked_at FROM agency",
    """
    CREATE TABLE agency_use (
      day date,
      key text REFERENCES agency_key (id),
      checks bigint NOT NULL CHECK (checks >= 0),
      PRIMARY KEY (day, key)
    )
    """,
    "ALTER TABLE agency DROP COLUMN key_hash, DROP COLUMN expires_at,"
    " ADD COLUMN kind text NOT NULL DEFAULT 'other' CHECK (kind IN"
    " ('government', 'court', 'notary', 'bank', 'insurer', 'platform', 'other')),"
    " ADD COLUMN test boolean NOT NULL DEFAULT false,"
    # Null: as many as everybody's. A day.
    " ADD COLUMN quota integer CHECK (quota > 0),"
    " ADD COLUMN masked_quota integer CHECK (masked_quota > 0)",
    # Whoever tries it out may be there under its own name too.
    "DROP INDEX agency_name",
    "CREATE UNIQUE INDEX agency_name ON agency (name, test) WHERE revoked_at IS NULL",
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
