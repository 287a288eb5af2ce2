"""The register as it was before anybody declared anything."""

import asyncpg

from notices.database import DB

TABLES = (
    "alert", "delivery", "watch", "journal", "brake", "flag", "purpose", "touched", "check_count",
    "statistic", "duration",
    "agency_use", "agency_key", "agency", "event_private", "objection",
    "rate", "parked", "follower", "idempotency",
    "session", "sign_in", "draft", "log_node", "rival", "overlap", "exhibit", "claim",
    "notice_private", "event", "notice",
)  # fmt: skip
"""All that a service writes, what refers to others first; log_head keeps its one row."""

LARGE = 64 * 8192
"""From this size of a table on, in bytes, with what was deleted before, new files are cheaper."""

# TRUNCATE makes and deletes a file for every table and every index, 30 ms for all of them; of
# the few rows that a test leaves, nothing but the rows has to go: 3 ms.
FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION tests_empty() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$ BEGIN
  IF (SELECT max(pg_table_size(name)) FROM unnest('{{{", ".join(TABLES)}}}'::regclass[]) name)
     > {LARGE} THEN
    TRUNCATE {", ".join(TABLES)};
  ELSE
    {"".join(f"DELETE FROM {name}; " for name in TABLES)}
  END IF;
  UPDATE log_head SET size = 0, last_at = '-infinity', peaks = '';
END $$;
CREATE OR REPLACE FUNCTION tests_renew() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$ BEGIN
  TRUNCATE {", ".join(TABLES)};
  PERFORM tests_empty();
END $$
"""
"""Of the tables' owner: whoever serves may not delete what a register holds."""


async def prepare(owner_url: str) -> None:
    """Lets whoever serves from the database of tests empty it."""
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute(FUNCTIONS)
    finally:
        await connection.close()


async def empty() -> None:
    """Deletes all rows, small or many."""
    await DB.fetch("SELECT tests_empty()")


async def renew() -> None:
    """`empty`, and no table is larger than one that never held a row."""
    await DB.fetch("SELECT tests_renew()")
