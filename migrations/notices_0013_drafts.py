"""Declarations that are still being typed, sealed, each under its owner and an id of its own."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0013_drafts"
VERSION = "1.38.0"
DESCRIPTION = "draft"

STATEMENTS = (
    "CREATE TABLE draft (owner bytea NOT NULL, id text NOT NULL, account bytea NOT NULL,"
    " sealed bytea NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (owner, id))",
    # The oldest of an account goes when there are too many, and whatever is old.
    "CREATE INDEX draft_of_account ON draft (account, at)",
    "CREATE INDEX draft_at ON draft (at)",
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
