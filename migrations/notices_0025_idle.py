"""When staff was last seen in a session, which ends where nobody is at the desk any more."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0025_idle"
VERSION = "1.38.0"
DESCRIPTION = "session.seen_at"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    # Null: a session that no idle time ends, as all of before.
    "ALTER TABLE session ADD COLUMN seen_at timestamptz",
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
