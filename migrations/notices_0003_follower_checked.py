"""When a follower's copy was last found to be whole."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0003_follower_checked"
VERSION = "1.38.0"
DESCRIPTION = "follower.checked_at"


class RawTable(Table):
    """Piccolo runs raw SQL through a table of the migration's own."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="notices", description=DESCRIPTION)

    async def run() -> None:
        await RawTable.raw("ALTER TABLE follower ADD COLUMN checked_at timestamptz")

    manager.add_raw(run)
    return manager
