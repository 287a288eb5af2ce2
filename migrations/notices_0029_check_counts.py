"""How many checks there were, and how many met a notice: by month and certificate, nothing else."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0029_check_counts"
VERSION = "1.38.0"
DESCRIPTION = "check_count"

STATEMENTS = (
    """
    CREATE TABLE check_count (
      month date,
      certificate text,
      checks bigint NOT NULL,
      met bigint NOT NULL CHECK (met >= 0 AND met <= checks),
      PRIMARY KEY (month, certificate)
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
