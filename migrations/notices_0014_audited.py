"""A notice holds nothing any more that neither the log, the form nor the sealed values tell."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0014_audited"
VERSION = "1.38.0"
DESCRIPTION = "notice without number_form"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    # What the catalogue of that day thought of the number: no page, answer or search showed it, and
    # an audit by the catalogue of another day could not tell a wrong one from an old one.
    "ALTER TABLE notice DROP COLUMN number_form",
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
