"""Counts that a process keeps and adds to a table every few seconds, so that no answer waits.

What a process counted since it last wrote is lost when it is killed: nothing may hang on it that
has to be exact (quotas are counted by `limits`).
"""

import asyncio
from collections import Counter
from collections.abc import Sequence

import asyncpg
import structlog

from notices.database import DB
from notices.facts.errors import Unavailable

EVERY = 5.0
"""Seconds between two writings."""

LOG = structlog.get_logger()


class Tally:
    """Counts by keys of some columns; `add` is the statement that takes a list for each of them.

    Its last list is how often each key was counted. It goes through them in one order, so that two
    processes that write at once wait and do not block each other.
    """

    def __init__(self, add: str) -> None:
        self.add = add
        self._counted: Counter[tuple[str | int, ...]] = Counter()

    def count(self, *key: str | int, times: int = 1) -> None:
        self._counted[key] += times

    async def write(self) -> None:
        """Add what was counted; raises what DB raises, after which it is still here."""
        counted, self._counted = self._counted, Counter()
        if not counted:
            return
        try:
            await DB.fetch(self.add, *map(list, zip(*counted, strict=True)), [*counted.values()])
        except BaseException:
            self._counted.update(counted)
            raise

    def __len__(self) -> int:
        return len(self._counted)


async def keep(tallies: Sequence[Tally]) -> None:
    """Write all of them now and then, and once more when this is cancelled."""
    try:
        while True:
            await asyncio.sleep(EVERY)
            await _write(tallies)
    finally:
        await _write(tallies)


async def _write(tallies: Sequence[Tally]) -> None:
    for each in tallies:
        try:
            await each.write()
        except (Unavailable, asyncpg.PostgresError) as error:
            # Whatever it is, a right that is not granted yet say: were this the end of it, nothing
            # would be counted until the process is started anew.
            LOG.warning("counts_not_written", kinds=len(each), error=type(error).__name__)
