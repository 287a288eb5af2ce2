"""The register as it was before anybody declared anything."""

from notices.database import DB

TABLES = (
    "touched", "agency", "event_private", "objection", "rate", "parked", "follower", "idempotency",
    "session", "log_node", "rival", "overlap", "exhibit", "claim", "notice_private", "event",
    "notice",
)  # fmt: skip
"""All that a service writes, what refers to others first; log_head keeps its one row."""

LARGE = 64 * 8192
"""From this size of a table on, in bytes, with what was deleted before, new files are cheaper."""

# TRUNCATE makes and deletes a file for every table and every index, 30 ms for all of them; of
# the few rows that a test leaves, nothing but the rows has to go: 3 ms.
EMPTY = f"""
DO $$ BEGIN
  IF (SELECT max(pg_table_size(name)) FROM unnest('{{{", ".join(TABLES)}}}'::regclass[]) name)
     > {LARGE} THEN
    TRUNCATE {", ".join(TABLES)};
  ELSE
    {"".join(f"DELETE FROM {name}; " for name in TABLES)}
  END IF;
  UPDATE log_head SET size = 0, last_at = '-infinity', peaks = '';
END $$
"""


async def empty() -> None:
    """Deletes all rows, small or many."""
    await DB.fetch(EMPTY)


async def renew() -> None:
    """`empty`, and no table is larger than one that never held a row."""
    await DB.fetch(f"TRUNCATE {', '.join(TABLES)}")
    await empty()
