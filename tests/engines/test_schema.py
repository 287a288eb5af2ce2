"""The database that the migrations make is docs/schema.sql, and the one that Piccolo knows.

`GOLDEN=write` writes the file anew; the difference is what a migration changes.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from piccolo.columns import Column
from piccolo.table import Table

from notices import tables
from notices.database import DB
from notices.tables.expressions import DEFAULT
from tests import schema
from tests.owning import owned

FILE = Path(__file__).parents[2] / "docs" / "schema.sql"
HEAD = (
    "-- Made by tests/test_schema.py (GOLDEN=write) out of a database that was just migrated.\n\n"
)
KINDS = [
    kind
    for kind in vars(tables).values()
    if isinstance(kind, type) and issubclass(kind, Table) and kind is not Table
]


async def test_the_migrated_database_is_the_one_that_is_written_down(database: None) -> None:
    made = HEAD + await schema.written(DB.fetch)
    if os.environ.get("GOLDEN") == "write":
        FILE.write_text(made, "utf-8")

    assert made == FILE.read_text("utf-8")


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE hold ADD COLUMN more text",
        "ALTER TABLE hold ALTER COLUMN reason DROP NOT NULL",
        "ALTER TABLE hold ALTER COLUMN at DROP DEFAULT",
        "ALTER TABLE rate ALTER COLUMN uses TYPE bigint",
        "ALTER TABLE claim DROP CONSTRAINT claim_copy_check",
        "ALTER TABLE event_private DROP CONSTRAINT event_private_event_fkey",
        "DROP INDEX session_expiry",
        "CREATE INDEX one_more ON rate (uses)",
        "ALTER INDEX notice_terms ALTER COLUMN 1 SET STATISTICS 10",
        "ALTER TABLE rate SET (fillfactor = 71)",
        "DROP TRIGGER notice_period ON notice",
        "CREATE OR REPLACE FUNCTION notice_period_of_form() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NEW; END $$",
        "ALTER SEQUENCE notice_serial INCREMENT 2",
        "CREATE VIEW seen AS SELECT 1 AS one",
        "CREATE TYPE colour AS ENUM ('red')",
    ],
)
async def test_what_a_migration_may_change_changes_what_is_written(
    database: None, change: str
) -> None:
    async def changed() -> str:
        with pytest.raises(ZeroDivisionError):
            async with DB.transaction():
                await DB.fetch(change)
                after.append(await schema.written(DB.fetch))
                raise ZeroDivisionError
        return after[0]

    after: list[str] = []
    before = await schema.written(DB.fetch)

    assert await owned(changed()) != before


def _of_piccolo(column: Column) -> tuple[str, bool, bool]:
    """Type, whether it may be null, and whether the database fills it."""
    by_itself = getattr(column, "default", None) is DEFAULT
    return column.column_type.lower(), column._meta.null, by_itself


async def test_piccolo_knows_every_column_with_its_type_and_whether_it_may_be_null(
    database: None,
) -> None:
    rows = await DB.fetch(
        "SELECT c.relname AS table, a.attname AS column, NOT a.attnotnull AS null,"
        " format_type(a.atttypid, a.atttypmod) AS type,"
        " a.atthasdef OR a.attidentity <> '' AS filled"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'migration'"
    )
    made: dict[str, dict[str, Any]] = {}
    for row in rows:
        type = row["type"].replace("timestamp with time zone", "timestamptz")
        made.setdefault(row["table"], {})[row["column"]] = (type, row["null"], row["filled"])

    known = {
        kind._meta.tablename: {
            column._meta.db_column_name: _of_piccolo(column) for column in kind._meta.columns
        }
        for kind in KINDS
    }
    assert known == made


async def test_piccolo_knows_by_what_a_row_is_told_from_all_others(database: None) -> None:
    rows = await DB.fetch(
        "SELECT conrelid::regclass::text AS table, "
        " array_agg(a.attname::text ORDER BY array_position(conkey, attnum)) AS columns"
        " FROM pg_constraint JOIN pg_attribute a ON attrelid = conrelid AND attnum = ANY(conkey)"
        " WHERE contype = 'p' AND connamespace = 'public'::regnamespace"
        " AND conrelid <> 'migration'::regclass GROUP BY conrelid"
    )
    of = {row["table"]: row["columns"] for row in rows}
    known = {kind._meta.tablename: kind._meta.primary_key._meta.db_column_name for kind in KINDS}

    several = {table: columns for table, columns in of.items() if len(columns) > 1}
    # Piccolo names one column; nothing of these is asked, changed or ended by it alone.
    assert several == {
        "log_node": ["level", "position"],
        "agency_use": ["day", "key"],
        "check_count": ["month", "certificate"],
        "statistic": ["follower", "measure", "key"],
        "duration": ["day", "measure", "bucket"],
        "draft": ["owner", "id"],
        "purpose": ["session", "notice"],
        "data_key": ["purpose", "generation", "master"],
        "delivery": ["watch", "event"],
        "alert": ["notice", "hour", "kind"],
    }
    assert known == {table: columns[0] for table, columns in of.items()} | {
        "log_node": "position", "draft": "owner", "purpose": "session"
    }  # fmt: skip
