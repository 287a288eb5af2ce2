"""Counting notices: a follower of the log that adds what each of its next events publishes.

Counts and the place in the log are written in one transaction, so a kill in between neither loses
nor doubles anything. What they are is what a count of the whole register would be: a notice counts
when it is published and for ever, in its county as long as its text is there (the migration's
trigger takes it out again with the text, and waits here for the follower's row).
"""

import asyncio
from collections.abc import Callable

import asyncpg
import structlog

from notices.database import AWAY, DB
from notices.facts.errors import Unavailable
from notices.facts.texts import Message, TextError
from notices.session_locks import taken
from notices.tables import LogHead

FOLLOWER = "statistics"
"""The name under which what is shown follows the log."""
ANEW = "statistics anew"
"""The same for what is counted anew, from the log's first event on, and takes its place then."""
BATCH = 2_000
"""Events in one transaction; a redaction waits for it while it keeps the log's head."""
LOOK_EVERY = 1.0
"""Seconds between two looks whether the log has grown."""
AFTER_A_FAULT = 5.0
LOCK = 0x7265636E
"""The session lock of who counts anew."""

MEASURES = ("by_month", "by_certificate", "by_region")
"""By what notices are counted."""

LOG = structlog.get_logger()

# Who removes a text looks for those who count, and finds none of whom nothing is committed yet: so
# whoever has looked is waited for, and whoever looks from now on waits.
_ALONE = "LOCK TABLE follower IN EXCLUSIVE MODE"
_BEGIN = "INSERT INTO follower (name, position) VALUES ($1, 0) ON CONFLICT DO NOTHING"
_AT = """
SELECT f.position, h.size FROM follower f, log_head h WHERE f.name = $1 AND h.id = 1 FOR UPDATE OF f
"""
# The certificate is in the entry too, which a redaction leaves. In the order of keys: whoever
# counts under another name, or takes a county away, never waits for us while we wait for them.
_COUNT = """
INSERT INTO statistic AS s (follower, measure, key, value)
SELECT $1, k.measure, k.key, count(*)
FROM (SELECT notice, at, entry FROM event
  WHERE index >= $2 AND index < $3 AND kind = 'published' OFFSET 0) e
CROSS JOIN LATERAL (SELECT certificate, region FROM notice WHERE id = e.notice OFFSET 0) n
CROSS JOIN LATERAL (VALUES
  ('by_month', to_char(e.at AT TIME ZONE '+08:00'::interval, 'YYYY-MM')),
  ('by_certificate', coalesce(n.certificate, e.entry::jsonb ->> 'certificate')),
  ('by_region', n.region)) AS k (measure, key)
WHERE k.key IS NOT NULL
GROUP BY k.measure, k.key ORDER BY k.measure, k.key
ON CONFLICT (follower, measure, key) DO UPDATE SET value = s.value + excluded.value
"""
_MOVE = "UPDATE follower SET position = $2, moved_at = clock_timestamp() WHERE name = $1"
_BOTH = "SELECT name FROM follower WHERE name = ANY($1::text[]) ORDER BY name FOR UPDATE"
_FORGET = "DELETE FROM statistic WHERE follower = $1"
_PUT = "UPDATE statistic SET follower = $1 WHERE follower = $2"
_PLACE = """
UPDATE follower SET position = (SELECT position FROM follower WHERE name = $2), moved_at = now()
WHERE name = $1
"""
_END = "DELETE FROM follower WHERE name = $1"


class RecountRuns(TextError):
    """What it counts is counted from the log's first event on too: there is nothing left to do."""

    text = Message("另一个 notices recount 正在统计，它完成后数字就是新的；这一次没有改动。")


async def step(follower: str = FOLLOWER, batch: int = BATCH) -> int:
    """Count the next events; how many that were."""
    taken = await _count(follower, batch)
    if taken is None:
        await _begin(follower)
        taken = await _count(follower, batch)
    return taken or 0


async def _begin(follower: str) -> None:
    """From the log's first event on, unless `follower` has begun before."""
    async with DB.transaction():
        await DB.fetch(_ALONE)
        await DB.fetch(_BEGIN, follower)


async def _count(follower: str, batch: int) -> int | None:
    """Count the next events; None of a follower who has not begun."""
    async with DB.transaction():
        row = await DB.row(_AT, follower)
        if row is None:
            return None
        first, end = row["position"], min(row["size"], row["position"] + batch)
        if first >= end:
            return 0
        await DB.fetch(_COUNT, follower, first, end)
        await DB.fetch(_MOVE, follower, end)
    return int(end - first)


async def recount(progress: Callable[[int, int], None]) -> None:
    """Count everything anew and put that in place of what is shown meanwhile.

    The same steps as ever, under another name. Of one that was killed nothing is left by the next.
    Raises RecountRuns where another process is at it: it would take away what that one has counted.
    """
    async with taken(LOCK) as ours:
        if not ours:
            raise RecountRuns
        await recount_alone(progress)


async def recount_alone(progress: Callable[[int, int], None]) -> None:
    async with DB.transaction():
        await DB.fetch(_END, ANEW)
        await DB.fetch(_FORGET, ANEW)
    await _begin(FOLLOWER)
    (total,) = await LogHead.select(LogHead.size).where(LogHead.id == 1).output(as_list=True)
    done = 0
    while taken := await step(ANEW):
        done += taken
        progress(done, max(total, done))
    async with DB.transaction():
        await DB.fetch(_BOTH, [FOLLOWER, ANEW])
        await DB.fetch(_FORGET, FOLLOWER)
        await DB.fetch(_PUT, FOLLOWER, ANEW)
        await DB.fetch(_PLACE, FOLLOWER, ANEW)
        await DB.fetch(_END, ANEW)


async def keep(stop: asyncio.Event) -> None:
    """Count until `stop`; whatever is away, go on when it is back.

    Several may do this at once: they take turns by the follower's row.
    """
    while not stop.is_set():
        pause = LOOK_EVERY
        try:
            # A task of its own: whatever a failing step leaves in its context ends with it.
            if await asyncio.create_task(step()) == BATCH:
                continue
        except (Unavailable, *AWAY, asyncpg.PostgresError) as error:
            LOG.warning("statistics_put_off", error=type(error).__name__)
            pause = AFTER_A_FAULT
        try:
            async with asyncio.timeout(pause):
                await stop.wait()
        except TimeoutError:
            pass
