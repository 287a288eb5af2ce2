"""Data keys, wrapped: what seals private values is itself sealed, by a key that is not in here."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0019_data_keys"
VERSION = "1.38.0"
DESCRIPTION = "data_key: envelope encryption"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    # While the master key is replaced there is each data key twice, wrapped by the old and the new.
    """
    CREATE TABLE data_key (
      purpose text NOT NULL CHECK (purpose IN ('sealing', 'passing')),
      generation integer NOT NULL,
      master bytea NOT NULL CHECK (length(master) = 4),
      algorithm bytea NOT NULL CHECK (length(algorithm) = 1),
      id bytea NOT NULL CHECK (length(id) = 4),
      wrapped bytea NOT NULL,
      since timestamptz NOT NULL DEFAULT clock_timestamp(),
      retired_at timestamptz,
      PRIMARY KEY (purpose, generation, master)
    )
    """,
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
