"""Filling a new search index from the log and putting it in place, while the old one serves.

What keeps every moment safe, a kill at any step included:
- One rebuild at a time (REBUILDING). What an interrupted one left is dropped by the next.
- The relay goes on publishing to the old index meanwhile. Only for the last steps the rebuild
  holds the GATE that every round of the relay passes through: with the relay standing still at
  position p, the new index takes all events there are, which is at least those before p, and
  then takes the old one's place. So p is right before the swap and after it, and nothing
  depends on the position being written.
- The engine works its queue in order. A swap that was queued by a killed rebuild therefore
  comes before whatever the relay sends once the gate is open again.
"""

import zlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from notices.deployment import Deployment
from notices.relay import checking, publishing
from notices.relay.publishing import FOLLOWER, Sent
from notices.session_locks import connect
from notices.tables import Follower, LogHead, Notice, Touched
from notices.tables.expressions import CLOCK, is_false, is_true, without
from search import index as indexes

if TYPE_CHECKING:  # a web process only asks
    from search.admin import Admin

PIECE = 10_000
IN_FLIGHT = 2
"""Pieces in the engine's queue: while it works on one, we build the other."""

FEW = 500
"""Events that are few enough to be taken while the relay waits."""

PATIENCE = 3600
"""Seconds to wait for another rebuild, or for the relay's round."""

LOCKS = 0x6E6F7469 ^ (0 if FOLLOWER == "search" else zlib.crc32(FOLLOWER.encode()) >> 1)
RELAY, GATE, REBUILDING = 1, 2, 3
"""Session locks of PostgreSQL (LOCKS, n), of each index its own: they end with who holds them."""

LOG = structlog.get_logger()


class RebuildError(Exception):
    """The new index does not hold what the register has; the old one stays in place."""


@asynccontextmanager
async def holding(connection: Any, lock: int) -> AsyncIterator[None]:
    """Wait for a session lock and hold it; a connection that dies frees it by itself."""
    await connection.execute("SELECT pg_advisory_lock($1, $2)", LOCKS, lock, timeout=PATIENCE)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1, $2)", LOCKS, lock)


async def reindex(
    deployment: Deployment, admin: "Admin", progress: Callable[[int, int], None]
) -> None:
    """Rebuild the search index from the log; raises SearchDown, PublishingError, RebuildError."""
    connection = await connect()
    try:
        async with holding(connection, REBUILDING):
            await _rebuild(deployment, admin, progress, connection)
    finally:
        await connection.close(timeout=5)


async def _rebuild(
    deployment: Deployment,
    admin: "Admin",
    progress: Callable[[int, int], None],
    connection: Any,
) -> None:
    index = deployment.settings.meili_index
    following = await indexes.start_next(admin, index)
    position, began = await _log_now()
    refused: dict[str, str] = {}
    await _fill(deployment, admin, following, progress, refused)
    while True:
        ids, reached = await publishing.noted_since(position, PIECE)
        if len(ids) < FEW:
            break
        await _publish(deployment, admin, following, ids, refused)
        position = reached
    async with holding(connection, GATE):
        while True:
            ids, reached = await publishing.noted_since(position, PIECE)
            if not ids:
                break
            await _publish(deployment, admin, following, ids, refused)
            position = reached
        least = await checking.expected(position, list(refused))
        count = await admin.count(following)
        if count < least:
            raise RebuildError(f"{count} of {least}")
        # Still ours? A database that was restarted has forgotten who held the gate.
        await connection.execute("SELECT 1")
        await indexes.put_in_place(admin, index)
        # Only now: the marks tell of the index that serves.
        freed = [id for id in await publishing.parked() if id not in refused]
        await publishing.settle(freed, refused)
        # What was noted before the rebuild began may have been committed after it was read; no
        # transaction of ours lasts a minute.
        ours = is_false(Touched.taken), Touched.takers.any(FOLLOWER)
        for of in (is_true(Touched.taken),), ours:
            await Touched.update(
                {Touched.taken: False, Touched.takers: without(Touched.takers, FOLLOWER)}
            ).where(*of, Touched.at >= began - timedelta(minutes=1))
        await Follower.update({Follower.stale: False}).where(Follower.name == FOLLOWER)
        await move(position)
    await admin.drop(following)
    LOG.info("index_rebuilt", documents=count, position=position)


async def _fill(
    deployment: Deployment,
    admin: "Admin",
    index: str,
    progress: Callable[[int, int], None],
    refused: dict[str, str],
) -> None:
    total, done, last = await Notice.count(), 0, -1
    on_their_way: deque[Sent] = deque()
    progress(0, total)
    while True:
        query = Notice.select(Notice.id, Notice.published_index)
        query = query.where(Notice.published_index > last).order_by(Notice.published_index)
        rows = await query.limit(PIECE)
        if rows:
            last = rows[-1]["published_index"]
            parcel = await publishing.parcel(deployment, [row["id"] for row in rows])
            on_their_way.append(await publishing.send(admin, index, parcel))
        while on_their_way and (len(on_their_way) >= IN_FLIGHT or not rows):
            sent = on_their_way.popleft()
            await _deliver(admin, index, sent, refused)
            done += len(sent.parcel.documents) + len(sent.parcel.gone) + len(sent.parcel.broken)
            progress(done, max(total, done))
        if not rows:
            return


async def _publish(
    deployment: Deployment, admin: "Admin", index: str, ids: list[str], refused: dict[str, str]
) -> None:
    parcel = await publishing.parcel(deployment, ids)
    await _deliver(admin, index, await publishing.send(admin, index, parcel), refused)


async def _deliver(admin: "Admin", index: str, sent: Sent, refused: dict[str, str]) -> None:
    """Wait for a parcel; `refused` is then what the index would not take until now, and why."""
    taken, anew = await publishing.deliver(admin, index, sent)
    for id in taken:
        refused.pop(id, None)
    refused.update(anew)


async def _log_now() -> tuple[int, Any]:
    """The log's size and the time, both the database's."""
    row = await LogHead.select(LogHead.size, CLOCK).where(LogHead.id == 1).first()
    if row is None:
        raise RuntimeError("The log has no head: the database was not migrated.")
    return row["size"], row["now"]


async def reached_since() -> tuple[int, datetime]:
    """How far the index is, and when it came so far."""
    query = Follower.select(Follower.position, Follower.moved_at)
    row = await query.where(Follower.name == FOLLOWER).first()
    return (row["position"], row["moved_at"]) if row else (0, datetime.now(UTC))


async def move(position: int) -> None:
    """Note that the index has taken every event before `position`; it never goes back."""
    await Follower.insert(Follower(name=FOLLOWER, position=position)).on_conflict(
        target=Follower.name,
        action="DO UPDATE",
        values=[Follower.position, (Follower.moved_at, CLOCK)],
        where=Follower.position < position,
    )
