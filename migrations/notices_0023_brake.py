"""Who has changed as many notices within an hour as one may, and waits for another's word."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0023_brake"
VERSION = "1.38.0"
DESCRIPTION = "a brake on changing many notices"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    """
    CREATE TABLE brake (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      actor bytea NOT NULL CHECK (length(actor) = 32),
      sealed bytea NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      released_at timestamptz,
      decision bytea,
      CONSTRAINT brake_released_check CHECK ((released_at IS NULL) = (decision IS NULL))
    )
    """,
    "CREATE UNIQUE INDEX brake_waiting ON brake (actor) WHERE released_at IS NULL",
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
