"""Claims whose numbers are masked are found by their digits too, by whoever asks for a million."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0033_hidden_digits"
VERSION = "1.38.0"
DESCRIPTION = "index claim_hidden_digits"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    "CREATE INDEX claim_hidden_digits ON claim (by_digits) WHERE NOT shown",
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
