"""An officer may refuse to take an objection up, which no event of the log tells.

Who did it and why is sealed with the objection.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0016_rejected"
VERSION = "1.38.0"
DESCRIPTION = "objection.decision, status rejected"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    "ALTER TABLE objection ADD COLUMN decision bytea",
    "ALTER TABLE objection DROP CONSTRAINT objection_status_check",
    "ALTER TABLE objection ADD CONSTRAINT objection_status_check CHECK (status IN"
    " ('open', 'admitted', 'dismissed', 'upheld', 'closed', 'rejected'))",
    "ALTER TABLE objection ADD CONSTRAINT objection_rejected_check"
    " CHECK ((status = 'rejected') = (decision IS NOT NULL))",
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
