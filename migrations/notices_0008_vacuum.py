"""Indexes for what had none, and tables of few, often changed rows that are cleaned at once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0008_vacuum"
VERSION = "1.38.0"
DESCRIPTION = "indexes so that no statement reads a table; autovacuum of log_head and others"

# Not CONCURRENTLY, for the reason given in notices_0002_terms.
INDEXES = (
    # In the order in which they are asked, so that nothing has to be sorted or thrown away.
    "CREATE INDEX notice_private_held ON notice_private (holder_hash, notice)",
    "CREATE INDEX notice_private_declared ON notice_private (declarant_hash, notice)",
    "DROP INDEX notice_private_holder",
    "DROP INDEX notice_private_declarant",
    # By an expression that nothing else is in the order of: that of all notices would do as well
    # where most are organisations', and whether they are is what nobody should have to know.
    "DROP INDEX notice_newest_organisations",
    "CREATE INDEX notice_newest_organisations ON notice ((-published_index))"
    " WHERE holder_kind = 'organisation'",
    "CREATE INDEX event_outcome_kind ON event (kind) WHERE kind IN"
    " ('contested', 'dismissed', 'withdrawn', 'annulled', 'replaced')",
    "CREATE INDEX objection_oldest ON objection (at, id)",
    "CREATE INDEX objection_of_notice ON objection (notice, at, id)",
    "CREATE INDEX idempotency_notice ON idempotency (notice)",
    "CREATE INDEX touched_taken ON touched (at) WHERE taken",
)

# One row that changes with every event, or a few with every round of the relay. Old versions are
# read by whoever looks for the present one, so they go as soon as there are some, and the cleaning
# does not pause. Truncating what is empty would lock out those who read.
HOT = (
    "autovacuum_vacuum_threshold = 50, autovacuum_vacuum_scale_factor = 0,"
    " autovacuum_analyze_threshold = 50, autovacuum_analyze_scale_factor = 0,"
    " autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false, fillfactor = 50"
)
# Rows that live for minutes or a day: a fifth of them, which is the default, is a day's work.
SHORT_LIVED = (
    "autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02,"
    " autovacuum_analyze_threshold = 500, autovacuum_analyze_scale_factor = 0.05,"
    " autovacuum_vacuum_cost_delay = 0"
)
STORAGE = {
    "log_head": HOT,
    "follower": HOT,
    "rate": f"{SHORT_LIVED}, fillfactor = 70",
    "idempotency": f"{SHORT_LIVED}, fillfactor = 70",
    "session": SHORT_LIVED,
    "touched": SHORT_LIVED,
    "parked": SHORT_LIVED,
}


class RawTable(Table):
    """Piccolo runs raw SQL through a table of the migration's own."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="notices", description=DESCRIPTION)

    async def run() -> None:
        await RawTable.raw("SET LOCAL lock_timeout = '10s'")
        for table, settings in STORAGE.items():
            await RawTable.raw(f"ALTER TABLE {table} SET ({settings})")
        for statement in INDEXES:
            await RawTable.raw(statement)

    manager.add_raw(run)
    return manager
