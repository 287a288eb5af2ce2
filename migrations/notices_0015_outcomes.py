"""Which notices came to an outcome is read in the index alone, whatever the planner knows of it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0015_outcomes"
VERSION = "1.38.0"
DESCRIPTION = "index of outcomes by kind holds the notice"

OUTCOMES = "('contested', 'dismissed', 'withdrawn', 'annulled', 'superseded', 'replaced')"
STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    # Without the notice in it, the other index of outcomes could be read from end to end in its
    # place: that one is by notice, but has the kind in it.
    "DROP INDEX event_outcome_kind",
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
