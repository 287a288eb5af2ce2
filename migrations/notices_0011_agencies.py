"""Agencies' keys end: a day after which one is no longer taken."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0011_agencies"
VERSION = "1.38.0"
DESCRIPTION = "agency.expires_at"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    "ALTER TABLE agency ADD COLUMN expires_at timestamptz",
    # A revoked agency may be added again under its name, with a new id and key.
    "ALTER TABLE agency DROP CONSTRAINT agency_name_key",
    "CREATE UNIQUE INDEX agency_name ON agency (name) WHERE revoked_at IS NULL",
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
