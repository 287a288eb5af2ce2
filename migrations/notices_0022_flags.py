"""Declarations that an officer is to look at: they are published all the same."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0022_flags"
VERSION = "1.38.0"
DESCRIPTION = "declarations that an officer is to look at"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    # Written before the notice is, and so before the turn in the log is waited for.
    """
    CREATE TABLE flag (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      notice text NOT NULL REFERENCES notice ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
      kind text NOT NULL CHECK (kind IN ('repeated', 'two_holders', 'one_address')),
      at timestamptz NOT NULL DEFAULT now(),
      set_aside_at timestamptz,
      decision bytea,
      CONSTRAINT flag_set_aside_check CHECK ((set_aside_at IS NULL) = (decision IS NULL))
    )
    """,
    "CREATE INDEX flag_waiting ON flag (id) WHERE set_aside_at IS NULL",
    "CREATE INDEX flag_of_notice ON flag (notice, id) WHERE set_aside_at IS NULL",
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
