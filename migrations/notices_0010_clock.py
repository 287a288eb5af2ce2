"""When an event really was, in a log with an entry of a later time; a log key that is spent; which
of several indexes took what changed without an event."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0010_clock"
VERSION = "1.38.0"
DESCRIPTION = "event.logged_at, log_head.later, spent_key, touched.takers, follower.stale"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    # All null in a log whose clock was right and that lost nothing, so nothing is rewritten.
    "ALTER TABLE event ADD COLUMN logged_at timestamptz",
    "ALTER TABLE log_head ADD COLUMN later timestamptz,"
    " ADD COLUMN spent_key text, ADD COLUMN spent_size bigint,"
    " ADD CHECK ((spent_key IS NULL) = (spent_size IS NULL))",
    # Not '{}', which Piccolo would take for a parameter.
    "ALTER TABLE touched ADD COLUMN takers text[] NOT NULL DEFAULT ARRAY[]::text[]",
    "ALTER TABLE follower ADD COLUMN alive_at timestamptz NOT NULL DEFAULT now(),"
    " ADD COLUMN stale boolean NOT NULL DEFAULT false",
    "CREATE INDEX follower_alive ON follower (alive_at)",
    # True of all rows there are: what has no value passes, so no row need be looked at.
    "ALTER TABLE event ADD CONSTRAINT event_logged_later CHECK (logged_at > at) NOT VALID",
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
