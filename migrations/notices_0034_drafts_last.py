"""Which drafts are of declarations, and wait for whoever typed them longer than a form does."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0034_drafts_last"
VERSION = "1.38.0"
DESCRIPTION = "draft.lasting"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    # What there is of before was promised to be forgotten after two hours, and is.
    "ALTER TABLE draft ADD COLUMN lasting boolean NOT NULL DEFAULT false",
    "CREATE INDEX draft_of_a_form ON draft (at) WHERE NOT lasting",
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
