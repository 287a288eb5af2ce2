"""What ended a notice can be taken back by an event, after which it has its status of before."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0026_restored"
VERSION = "1.38.0"
DESCRIPTION = "event kind restored"

OUTCOMES = (
    "('contested', 'dismissed', 'withdrawn', 'annulled', 'superseded', 'replaced', 'restored')"
)
"""The kinds of event after which a notice has another status."""

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    "SET LOCAL maintenance_work_mem = '256MB'",
    "ALTER TABLE event DROP CONSTRAINT event_kind_check,"
    " ADD CONSTRAINT event_kind_check CHECK (kind IN ('published', 'corrected', 'withdrawn',"
    " 'confirmed', 'contested', 'dismissed', 'annulled', 'superseded', 'replaced', 'restored',"
    " 'redacted'))",
    # What a version of before asks for is in these too.
    "DROP INDEX event_outcome",
    "DROP INDEX event_outcome_kind",
    f"CREATE INDEX event_outcome ON event (notice, index) INCLUDE (kind) WHERE kind IN {OUTCOMES}",
    f"CREATE INDEX event_outcome_kind ON event (kind) INCLUDE (notice) WHERE kind IN {OUTCOMES}",
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
