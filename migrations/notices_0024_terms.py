"""Which words a declarant consented to; and persons' notices by their age, for the public term."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0024_terms"
VERSION = "1.38.0"
DESCRIPTION = "notice_private.consent_sha256, notice_persons"

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    "ALTER TABLE notice_private ADD COLUMN consent_sha256 bytea"
    " CONSTRAINT notice_private_consent_sha256_check CHECK (length(consent_sha256) = 32)",
    "CREATE INDEX notice_persons ON notice (certificate, published_index)"
    " WHERE holder_kind = 'person'",
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
