"""Sign-in by a provider: what is kept while somebody is there, and whose a session is by them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0017_sign_in"
VERSION = "1.38.0"
DESCRIPTION = "sign-in by a provider of identities"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    """
    CREATE TABLE sign_in (
      key bytea PRIMARY KEY CHECK (length(key) = 32),
      sealed bytea NOT NULL,
      expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX sign_in_expires_at ON sign_in (expires_at)",
    # Found again when the provider says that somebody has signed out there (keyed hashes).
    "ALTER TABLE session ADD COLUMN subject bytea",
    "ALTER TABLE session ADD COLUMN sid bytea",
    "CREATE INDEX session_subject ON session (subject) WHERE subject IS NOT NULL",
    "CREATE INDEX session_sid ON session (sid) WHERE sid IS NOT NULL",
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
