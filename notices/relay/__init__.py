"""The relay: follows the log, and brings every notice it tells of into the search index."""

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog

from notices.database import AWAY, DB
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.relay import checking, publishing
from notices.relay.publishing import FOLLOWER, PublishingError
from notices.relay.rebuilding import (
    GATE,
    LOCKS,
    RELAY,
    RebuildError,
    move,
    reached_since,
    reindex,
)
from notices.session_locks import connect
from notices.statistics import measuring
from search.engine import SearchDown, WriteRefused

if TYPE_CHECKING:  # a web process only asks
    from search.admin import Admin

__all__ = ["FAILURES", "lag", "reindex", "run"]

POLL = 0.05
BATCH = 2_000
LOOK_AFTER = 2.0
"""Seconds between two looks at whether the index is still the one that was looked at."""

TRY_PARKED_AFTER = 60.0
"""Seconds between two tries of what is parked; one that frees a notice is followed at once."""

LONGEST_PAUSE = 2.0
LONGEST_BEFORE_REBUILD = 60.0

# A relay has nobody to answer: whatever PostgreSQL says, it tries again.
DATABASE_AWAY = (Unavailable, *AWAY, asyncpg.PostgresError)
SEARCH_AWAY = (SearchDown, WriteRefused, PublishingError)
FAILURES = (RebuildError, *SEARCH_AWAY)
"""How a rebuild ends that did not come to its end."""

LOG = structlog.get_logger()


async def lag(follower: str = FOLLOWER) -> tuple[int, float]:
    """How many events a follower has not taken (the index), and how many seconds it stands still.

    An old event that was just written, as the demo's are, has not waited since its own time.
    """
    row = await DB.row(
        "SELECT h.size - coalesce(f.position, 0) AS events,"
        " CASE WHEN e.at IS NULL THEN 0 ELSE greatest(0, extract(epoch FROM"
        "  clock_timestamp() - greatest(e.at, f.moved_at))) END AS seconds"
        " FROM log_head h LEFT JOIN follower f ON f.name = $1"
        " LEFT JOIN event e ON e.index = coalesce(f.position, 0) WHERE h.id = 1",
        follower,
    )
    return (row["events"], float(row["seconds"])) if row else (0, 0.0)


async def run(deployment: Deployment, admin: "Admin", stop: asyncio.Event) -> None:
    """Follow the log until `stop`; whatever is away, go on when it is back."""
    relay = _Relay(deployment, admin, stop)
    pause = POLL
    try:
        while not stop.is_set():
            try:
                await relay.follow()
                pause = POLL
            except DATABASE_AWAY as error:
                LOG.warning("relay_database_away", error=type(error).__name__)
                await relay.rest(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
    finally:
        await relay.end()


class _Relay:
    """One relay's view of the index: which one it knows, and whether a rebuild is under way."""

    def __init__(self, deployment: Deployment, admin: "Admin", stop: asyncio.Event) -> None:
        self._deployment = deployment
        self._admin = admin
        self._stop = stop
        self._index = deployment.settings.meili_index
        self._known: str | None = None
        self._fits = False
        self._looked_at = float("-inf")
        self._checked_at = float("-inf")
        self._tried_parked_at = float("-inf")
        self._rebuild: asyncio.Task[None] | None = None
        self._rebuild_after = float("-inf")
        self._rebuilds_failed = 0

    async def rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            pass

    async def end(self) -> None:
        if self._rebuild is not None:
            self._rebuild.cancel()
            await asyncio.wait([self._rebuild])

    async def follow(self) -> None:
        """Publish for as long as the database keeps the one relay's lock for us."""
        connection = await connect()
        try:
            while not await connection.fetchval(
                "SELECT pg_try_advisory_lock($1, $2)", LOCKS, RELAY
            ):
                await self.rest(0.5)
                if self._stop.is_set():
                    return
            # One that is new may be the one from before indexes had names, or look like it: what
            # its index holds is looked at before anything is believed.
            await DB.fetch(
                "INSERT INTO follower (name, position, stale) SELECT $1::text, coalesce("
                " (SELECT position FROM follower WHERE name = 'search'), 0),"
                " EXISTS (SELECT FROM follower WHERE starts_with(name, 'search '))"
                " ON CONFLICT DO NOTHING",
                FOLLOWER,
            )
            await self._publish(connection)
        finally:
            await connection.close(timeout=5)

    async def _publish(self, connection: Any) -> None:
        pause = POLL
        while not self._stop.is_set():
            try:
                # A task of its own: whatever a failing round leaves in its context ends with it.
                published = await asyncio.create_task(self._round(connection))
                pause = POLL
            except SEARCH_AWAY as error:
                LOG.warning("relay_search_away", error=str(error))
                published = False
                # What comes back may be an older copy of it, which only a close look can tell.
                self._known = None
                self._looked_at = float("-inf")
                await checking.note(False)
                if isinstance(error, WriteRefused) and error.code == "invalid_api_key":
                    await self._renew_keys()
                await self.rest(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            if not published:
                await self.rest(POLL)

    async def _round(self, connection: Any) -> bool:
        """Take the next events and try what is parked, if it is time; whether there may be more."""
        row = await connection.fetchrow(
            "SELECT f.position, h.size > f.position OR EXISTS"
            " (SELECT FROM touched WHERE NOT taken AND f.name <> ALL(takers)) AS behind"
            " FROM follower f, log_head h WHERE f.name = $1 AND h.id = 1",
            FOLLOWER,
        )
        position, behind = (row["position"], row["behind"]) if row else (0, False)
        now = asyncio.get_running_loop().time()
        due = now >= self._tried_parked_at + TRY_PARKED_AFTER
        if not await self._index_is_there(position, look=behind):
            return False
        if not (behind or due) or not await connection.fetchval(
            "SELECT pg_try_advisory_lock_shared($1, $2)", LOCKS, GATE
        ):
            return False
        try:
            if due:
                await self._try_parked()
            if behind:
                await self._take_next()
        finally:
            if not connection.is_closed():
                await connection.execute("SELECT pg_advisory_unlock_shared($1, $2)", LOCKS, GATE)
        return True

    async def _take_next(self) -> None:
        # The position once more, now that no rebuild can put another index in place.
        position, moved_at = await reached_since()
        ids, reached = await publishing.noted_since(position, BATCH)
        touched = await publishing.touched(BATCH)
        parcel = await publishing.parcel(self._deployment, list(dict.fromkeys([*ids, *touched])))
        sent = await publishing.send(self._admin, self._index, parcel)
        taken, refused = await publishing.deliver(self._admin, self._index, sent)
        if await self._is_still_known():
            await publishing.settle(taken, refused)
            await publishing.untouch(touched)
            async with DB.transaction():
                # Nobody who is killed in between counts twice how long it took.
                await measuring.told("search", position, reached, moved_at, list(refused))
                await move(reached)

    async def _try_parked(self) -> None:
        # Before trying: one that fails in a new way must not come before the log every time.
        self._tried_parked_at = asyncio.get_running_loop().time()
        taken, refused = await publishing.try_parked(self._deployment, self._admin, self._index)
        if (taken or refused) and await self._is_still_known():
            await publishing.settle(taken, refused)
            if taken:
                self._tried_parked_at = float("-inf")

    async def _is_still_known(self) -> bool:
        """Whether no other index than the one we knew can have taken what was delivered."""
        if await self._admin.created_at(self._index) == self._known:
            return True
        self._looked_at = float("-inf")
        return False

    async def _index_is_there(self, position: int, *, look: bool) -> bool:
        """Whether there is an index to publish to; one that is missing or unfit is rebuilt."""
        if self._rebuild is not None and self._rebuild.done():
            self._end_of_rebuild(self._rebuild)
        now = asyncio.get_running_loop().time()
        if not look and now < self._looked_at + LOOK_AFTER:
            return self._known is not None
        self._looked_at = now
        created_at = await self._admin.created_at(self._index)
        if created_at is None or created_at != self._known or await self._is_older(position, now):
            # Known only when it was looked at to the end, whatever fails on the way.
            self._known = None
            await checking.note(False)
            self._fits = created_at is not None and await checking.holds(
                self._admin, self._index, position
            )
            self._known, self._checked_at = created_at, now
            if self._fits:
                await checking.note(True)
        # One that does not fit still serves, and is kept up to date until it is replaced.
        if not self._fits and self._rebuild is None and now >= self._rebuild_after:
            LOG.warning("index_rebuild_begins", missing=created_at is None)
            self._rebuild = asyncio.create_task(reindex(self._deployment, self._admin, _silently))
        return created_at is not None

    async def _is_older(self, position: int, now: float) -> bool:
        """Whether the index we know is an older copy of itself, even if nobody saw it away."""
        if not self._fits or now < self._checked_at + LOOK_AFTER:
            return False
        self._checked_at = now
        older = await checking.is_stale() or not await checking.holds_newest(
            self._admin, self._index, position
        )
        if not older:
            await checking.note(True)
        return older

    def _end_of_rebuild(self, rebuild: "asyncio.Task[None]") -> None:
        self._rebuild = self._known = None
        self._looked_at = float("-inf")
        error = rebuild.exception()
        if error is None:
            self._rebuilds_failed = 0
            return
        self._rebuilds_failed += 1
        pause = min(0.5 * 2**self._rebuilds_failed, LONGEST_BEFORE_REBUILD)
        self._rebuild_after = asyncio.get_running_loop().time() + pause
        if not isinstance(error, (*FAILURES, *DATABASE_AWAY)):
            raise error
        LOG.warning("index_rebuild_failed", error=type(error).__name__)
        if isinstance(error, DATABASE_AWAY):
            raise error
        raise SearchDown("rebuild")

    async def _renew_keys(self) -> None:
        """Make our keys again where we may: an engine that lost its data lost them as well."""
        settings = self._deployment.settings
        if settings.meili_master_key:
            from search.admin import make_keys

            try:
                await asyncio.to_thread(
                    make_keys, self._admin.url, settings.meili_master_key, self._index
                )
            except (SearchDown, WriteRefused) as error:
                LOG.warning("relay_keys_not_made", error=str(error))


def _silently(done: int, total: int) -> None:
    """The relay's own rebuild has nobody who watches it."""
