"""Why the register must not be served until somebody says so."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0005_held"
VERSION = "1.38.0"
DESCRIPTION = "hold"


class RawTable(Table):
    """Piccolo runs raw SQL through a table of the migration's own."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="notices", description=DESCRIPTION)

    async def run() -> None:
        await RawTable.raw(
            "CREATE TABLE hold (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            " reason text NOT NULL, at timestamptz NOT NULL DEFAULT now())"
        )

    manager.add_raw(run)
    return manager
