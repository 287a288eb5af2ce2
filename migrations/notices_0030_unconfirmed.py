"""A confirmation can be taken back by an event, after which the notice is without it again."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0030_unconfirmed"
VERSION = "1.38.0"
DESCRIPTION = "event kind unconfirmed"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    "ALTER TABLE event DROP CONSTRAINT event_kind_check,"
    " ADD CONSTRAINT event_kind_check CHECK (kind IN ('published', 'corrected', 'withdrawn',"
    " 'confirmed', 'contested', 'dismissed', 'annulled', 'superseded', 'replaced', 'restored',"
    " 'unconfirmed', 'redacted'))",
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
