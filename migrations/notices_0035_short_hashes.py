"""Claims are found by the first eight bytes of a hash too, by whoever asks for a million."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0035_short_hashes"
VERSION = "1.38.0"
DESCRIPTION = "indexes claim_short_…"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    # Of all claims, whatever column is empty: a partial index may be read as a whole by whatever
    # statement implies its condition, where it is believed to be small.
    *(
        f"CREATE INDEX claim_short_{name} ON claim"
        f" ((('x' || encode(substr({hashed}, 1, 8), 'hex'))::bit(64)::bigint))"
        for name, hashed in {
            "certificate": "by_certificate",
            "number": "by_number",
            "digits": "by_digits",
            "holder": "coalesce(by_holder, '')",
        }.items()
    ),
    "DROP INDEX claim_hidden_digits",
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
