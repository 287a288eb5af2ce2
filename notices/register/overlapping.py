"""Living notices whose numbers newer rules found to be one, for an officer to look at."""

from typing import Any

from notices.database import DB
from notices.facts.texts import rfc3339

OVERLAPS = (
    "SELECT o.one AS notice, o.other, o.at FROM overlap o WHERE"
    " (SELECT bool_or(c.living) FROM claim c WHERE c.notice = o.one)"
    " AND (SELECT bool_or(c.living) FROM claim c WHERE c.notice = o.other) ORDER BY o.id"
)
"""Pairs of living notices whose numbers newer rules found to be one, the oldest first."""


async def listed(limit: int) -> list[dict[str, Any]]:
    """The first of those pairs."""
    rows = await DB.fetch(f"{OVERLAPS} LIMIT $1", limit)
    return [{"notices": [row["notice"], row["other"]], "at": rfc3339(row["at"])} for row in rows]
