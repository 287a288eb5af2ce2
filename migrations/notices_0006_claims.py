"""What a claim is found by, so that documents, copies' numbers and other certificates tell apart.

The hashes of claims that exist already are made by `notices/upkeep/rehashing.py`, which has the
keys: until it is through, no process of this version serves the database. The column that an
older version asked by is called otherwise now, so a process of such a version that still runs
fails, and never answers `no_notice` for a number that it would hash in the old way.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "notices_0006_claims"
VERSION = "1.38.0"
DESCRIPTION = "claim by certificate, number, digits and holder; overlap"

ORDER = "living DESC, replaced DESC, id DESC"
"""The living first: who declares and withdraws all day makes no answer slower or wrong."""

STATEMENTS = (
    "SET LOCAL lock_timeout = '10s'",
    "ALTER TABLE claim RENAME COLUMN number_hash TO by_certificate",
    "ALTER TABLE claim"
    " ADD COLUMN by_number bytea CHECK (length(by_number) = 32),"
    " ADD COLUMN by_digits bytea CHECK (length(by_digits) = 32),"
    " ADD COLUMN by_holder bytea CHECK (length(by_holder) = 32),"
    " ADD COLUMN document text NOT NULL DEFAULT '',"
    " ADD COLUMN copy_number integer CHECK (copy_number BETWEEN 0 AND 999),"
    " ADD COLUMN lettered boolean NOT NULL DEFAULT true,"
    " ADD COLUMN shown boolean NOT NULL DEFAULT false,"
    " ADD COLUMN replaced boolean NOT NULL DEFAULT false,"
    " ADD COLUMN rules smallint NOT NULL DEFAULT 1,"
    " ADD CHECK (copy_number IS NULL OR copy = 'duplicate')",
    # Whoever writes a claim says by which rules.
    "ALTER TABLE claim ALTER COLUMN rules DROP DEFAULT",
    "UPDATE claim SET replaced = true WHERE notice IN"
    " (SELECT notice FROM event WHERE kind = 'replaced')",
    # Which claims overlap is decided under a lock: two numbered duplicates do not.
    "DROP INDEX claim_one_living",
    "DROP INDEX claim_number",
    f"CREATE INDEX claim_by_certificate ON claim (by_certificate, {ORDER})",
    f"CREATE INDEX claim_by_number ON claim (by_number, {ORDER}) WHERE shown",
    f"CREATE INDEX claim_by_digits ON claim (by_digits, {ORDER}) WHERE shown",
    f"CREATE INDEX claim_by_holder ON claim (by_holder, {ORDER}) WHERE by_holder IS NOT NULL",
    "CREATE INDEX claim_old_rules ON claim (id) WHERE rules < 2",
    "CREATE TABLE overlap ("
    " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " one text NOT NULL REFERENCES notice ON DELETE RESTRICT,"
    " other text NOT NULL REFERENCES notice ON DELETE RESTRICT,"
    " at timestamptz NOT NULL DEFAULT now(),"
    " UNIQUE (one, other))",
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
