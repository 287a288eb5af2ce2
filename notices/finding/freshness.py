"""Which documents of the search index may be older than the register."""

import asyncio

from notices.database import DB
from notices.facts.errors import Unavailable
from notices.relay.publishing import FOLLOWER

EVERY = 0.2
"""Seconds for which an answer serves; a change of a notice shows no later than that."""

MOST_CHANGED = 1000
"""Events behind which it is cheaper to read everything from the register."""

# Of an index that nobody has found whole of late, no document is believed: it may be an older
# copy of itself, and whoever would notice may be away; by a clock that was ahead, for years.
LOOK = f"""
SELECT f.checked_at > clock_timestamp() - interval '10 seconds'
    AND f.checked_at < clock_timestamp() + interval '10 seconds' AS whole,
  (SELECT array_agg(e.notice) FROM
    (SELECT notice FROM event WHERE index >= f.position
     ORDER BY index LIMIT {MOST_CHANGED + 1}) e) AS ahead,
  (SELECT array_agg(p.notice) FROM parked p WHERE p.follower = f.name) AS parked,
  (SELECT array_agg(t.notice) FROM
    (SELECT notice FROM touched WHERE NOT taken AND f.name <> ALL(takers)
     ORDER BY at LIMIT {MOST_CHANGED + 1}) t) AS touched
FROM follower f WHERE f.name = $1
"""  # noqa: S608  (constants)


class Freshness:
    """Looks at the log and at how far the index is, for all searches of a short while."""

    def __init__(self) -> None:
        self._looking = asyncio.Lock()
        self._looked_at = self._failed_at = float("-inf")
        self._ids: frozenset[str] | None = None

    async def ids(self) -> frozenset[str] | None:
        """The notices whose documents may be old; None when any may be. Raises Unavailable.

        A search that begins after this finds every other notice as it was at most EVERY ago.
        """
        clock = asyncio.get_running_loop().time
        asked = clock()
        if asked >= self._looked_at + EVERY:
            async with self._looking:
                # Whoever waited here waited for the look before as well: each its own would make
                # the tenth wait ten times as long for a database that stands still.
                if self._failed_at >= asked:
                    raise Unavailable
                if self._looked_at < asked and clock() >= self._looked_at + EVERY:
                    before = clock()
                    try:
                        self._ids = await _look()
                    except Unavailable:
                        self._failed_at = clock()
                        raise
                    self._looked_at = before
        return self._ids


async def _look() -> frozenset[str] | None:
    row = await DB.row(LOOK, FOLLOWER)
    if row is None or not row["whole"]:
        return None
    ahead = [*(row["ahead"] or []), *(row["touched"] or [])]
    return None if len(ahead) > MOST_CHANGED else frozenset([*ahead, *(row["parked"] or [])])
