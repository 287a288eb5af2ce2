"""What operators watch: what can be written, how long the log is, who is how far behind it."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from notices import clock, relay, watches
from notices.changing.storing import LEAST_FREE
from notices.database import DB
from notices.facts.errors import Unavailable
from notices.facts.outages import StorageFull
from notices.facts.texts import Text
from notices.statistics import following as statistics

T = TypeVar("T")

AT_MOST = 1.2
"""Seconds that whoever asks for it is kept waiting."""
WRITTEN_WITHIN = 1.0
"""Seconds for which what was found out by writing is believed, however often somebody asks."""

MOST_COUNTED = 10_000

# Half a megabyte beside the tables, as a sort spills it, and a commit that has to be in the WAL:
# neither leaves anything behind that somebody would have to tidy up.
SPILL = (
    "SELECT sum(length(v)) FROM (SELECT g, repeat('x', 8000) AS v FROM generate_series(1, 64) g"
    " ORDER BY -g OFFSET 0) spilt"
)
WRITE = "SELECT pg_logical_emit_message(true, 'notices', '')"


class Backlog(NamedTuple):
    """What watches have yet to take, and the messages that wait, since when, or were given up.

    No more than MOST_COUNTED of these are counted.
    """

    events: int
    waiting: int
    seconds: float
    dead: int


class Uncounted(NamedTuple):
    """What the statistics have yet to count, and for how many seconds they have stood still."""

    events: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Vitals:
    """`writes` says whether the database takes writes: `yes`, `full` or `read_only`.

    `now` is what the database's clock showed.

    `clock` says why nothing can be written for the time being, None where it can; nor can it
    when `key_due`, until the log has a new key.

    Then the entries in the log; of the search index what it lacks, since when, and what it refused;
    what the statistics lack; and how telling by webhooks goes.
    """

    writes: str
    log_size: int
    lag_events: int
    lag_seconds: float
    parked: int
    uncounted: Uncounted
    now: datetime
    clock: Text | None
    key_due: bool
    webhooks: Backlog


async def measure() -> Vitals:
    """Raises what the database raises when it is away."""
    events, seconds = await relay.lag()
    uncounted = Uncounted(*await relay.lag(statistics.FOLLOWER))
    asked = clock.HERE.now()
    row = await DB.row(
        "SELECT size, (SELECT count(*) FROM parked) AS parked, later, spent_key,"
        " clock_timestamp() AS now,"
        " greatest(last_at, to_timestamp(0)) AS last_at,"
        " current_setting('transaction_read_only') = 'on' AS read_only FROM log_head WHERE id = 1"
    )
    if row is None:
        raise RuntimeError("The log has no head: the database was not migrated.")
    wrong = clock.HERE.why_no_turn(asked, row["now"], row["last_at"], row["later"])
    due = row["spent_key"] is not None
    writes = "read_only" if row["read_only"] else await _WRITES()
    return Vitals(
        writes, row["size"], events, seconds, row["parked"], uncounted, row["now"], wrong, due,
        await backlog(row["size"]),
    )  # fmt: skip


async def backlog(size: int) -> Backlog:
    """How telling goes, with a log of `size` entries."""
    row = await DB.row(
        "SELECT (SELECT position FROM follower WHERE name = $1) AS position,"
        " (SELECT count(*) FROM (SELECT FROM delivery"
        "   WHERE coalesce(due_at, 'infinity') < 'infinity' ORDER BY at LIMIT $2) d) AS waiting,"
        " (SELECT count(*) FROM (SELECT FROM delivery WHERE dead_at IS NOT NULL"
        "   ORDER BY watch LIMIT $2) d) AS dead,"
        " (SELECT extract(epoch FROM now() - at) FROM delivery"
        "   WHERE coalesce(due_at, 'infinity') < 'infinity' ORDER BY at LIMIT 1) AS seconds",
        watches.FOLLOWER,
        MOST_COUNTED,
    )
    assert row is not None  # noqa: S101
    position = size if row["position"] is None else row["position"]
    seconds = max(0.0, float(row["seconds"] or 0))
    return Backlog(max(0, size - position), row["waiting"], seconds, row["dead"])


class _Writes:
    """Whether the database has room to write, found out by writing, once in a second at most."""

    def __init__(self) -> None:
        self._said = ""
        self._until = 0.0

    async def __call__(self) -> str:
        if time.monotonic() >= self._until:
            self._said = await self._try()
            self._until = time.monotonic() + WRITTEN_WITHIN
        return self._said

    async def _try(self) -> str:
        try:
            async with DB.transaction():
                await DB.fetch("SELECT set_config('work_mem', '64kB', true)")
                await DB.fetch(SPILL)
                await DB.fetch(WRITE)
        except StorageFull:
            return "full"
        return "yes"


_WRITES = _Writes()


class Look(Generic[T]):
    """One look at a time, shared by all who ask meanwhile, and None for whom it takes too long."""

    def __init__(self, look: Callable[[], Awaitable[T]]) -> None:
        self._look = look
        self._task: asyncio.Task[T | None] | None = None

    async def __call__(self) -> T | None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._looked())
        task = self._task
        # Not cancelled when it takes long: what it waits for would have to be waited for then.
        await asyncio.wait([task], timeout=AT_MOST)
        return task.result() if task.done() else None

    async def _looked(self) -> T | None:
        try:
            return await self._look()
        except (Unavailable, OSError):
            return None


async def room_for_uploads(folder: Path) -> bool:
    """Whether the disk that `folder` is, or will be, on has room for files."""
    return await asyncio.to_thread(_has_room, folder)


def _has_room(folder: Path) -> bool:
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(there).free >= LEAST_FREE
