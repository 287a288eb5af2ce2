"""Making the offline list of the log as it is now: from the whole register, or from the last one.

Everything of one list is read in one snapshot, the log's size and root too: a list says what all
notices are at exactly that size, and leaves out nothing that was committed before its time.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import structlog

from notices import database, log, matching_keys
from notices.database import BY_INDEX, DB
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.facts.readings import RULES
from notices.listing.entries import ALL, OF_NUMBERS, Reader
from notices.listing.folder import Folder, Kept
from notices.matching_keys import STATE
from notices.trust import merkle
from notices.trust.list_deltas import changed, entry_in
from notices.trust.lists import ENTRY, Head, Sorting
from notices.trust.watching import Seen

PIECE = 500
"""Rows that are read at once; others of the loop have their turn between two pieces."""
A_MINUTE = timedelta(minutes=1)
"""No transaction of ours lasts longer."""
MOST_CHANGED = 20_000
"""Notices; where more changed, reading all of them costs no more."""

_NOW = f"""
SELECT h.size, h.peaks, h.spent_key, h.spent_size, statement_timestamp() AS now, {STATE} AS state
FROM log_head h WHERE h.id = 1
"""  # noqa: S608  (nothing in it comes from outside)

# What changed without an event is an end of a notice period that other holidays moved.
_CHANGED = f"""
SELECT DISTINCT notice FROM (
  SELECT notice FROM event WHERE index >= $1 AND index < $2
  UNION ALL SELECT notice FROM touched WHERE NOT taken AND at >= $3
  UNION ALL SELECT notice FROM touched WHERE taken AND at >= $3) AS each
LIMIT {MOST_CHANGED + 1}
"""  # noqa: S608  (likewise)
_NUMBERS = "SELECT DISTINCT by_certificate FROM claim WHERE notice = ANY($1::text[]) AND shown"

LOG = structlog.get_logger()


class _All(Exception):
    """What changed is not to be told from the last list alone."""


@dataclass
class Made:
    """A list that was made, and from how much."""

    size: int
    entries: int
    whole: bool
    differs: bool = False
    last: Head | None = None
    """The list before it, if there is one."""


class _Now(NamedTuple):
    size: int
    root: bytes
    at: datetime


async def connect() -> Any:
    """A connection of its own: what is read as a whole must not be read by index."""
    return await database.connect(
        DB.config["dsn"],
        timeout=5,
        server_settings={"application_name": "notices lists", "timezone": "UTC", "jit": "off"},
    )


class Maker:
    """Makes list after list of one folder; the first of a process and of a day from everything.

    That one is held against what would have been made of the last list.
    """

    def __init__(self, deployment: Deployment, folder: Folder) -> None:
        self._deployment = deployment
        self._folder = folder
        self._reader = Reader(deployment)
        self._whole_due = True
        self._collided: set[bytes] = set()

    async def make(self, connection: Any) -> Made | None:
        """The list of the log as it is, or None where there is one, or none may be signed."""
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            now = await self._now(connection)
            if now is None:
                return None
            last = await asyncio.to_thread(self._folder.newest)
            if last is not None and not await self._goes_on(connection, last, now):
                LOG.warning("lists_of_another_log", size=last.head.size)
                await asyncio.to_thread(self._folder.clear)
                last = None
            if last is not None and last.head.size == now.size:
                return None
            made, body = await self._made(connection, last, now)
        head = Head(
            self._deployment.keys.log.name, now.size, now.root, now.at, RULES,
            len(body) // ENTRY, await asyncio.to_thread(lambda: hashlib.sha256(body).digest()),
        )  # fmt: skip
        await asyncio.to_thread(self._folder.put, head, body, last, self._deployment.keys.log)
        self._whole_due = False
        made.last = last.head if last is not None else None
        return made

    async def _now(self, connection: Any) -> _Now | None:
        row = await connection.fetchrow(_NOW)
        keys = self._deployment.keys
        if row["state"] is not None and not matching_keys.settle(keys, row["state"].split()):
            raise Unavailable
        if row["spent_key"] == keys.log.vkey and row["size"] > row["spent_size"]:
            return None  # this key has signed another root for that size
        root = merkle.root(log.split(row["peaks"]))
        return _Now(row["size"], root, row["now"].replace(microsecond=0))

    async def _goes_on(self, connection: Any, last: Kept, now: _Now) -> bool:
        """Whether the log is the one of the last list, and by the same rules for numbers."""
        head = last.head
        if head.log != self._deployment.keys.log.name or head.size > now.size:
            return False
        return await log.begins_with(Seen(head.size, head.root, None), connection.fetch)

    async def _made(self, connection: Any, last: Kept | None, now: _Now) -> tuple[Made, bytes]:
        body: bytes | None = None
        if last is not None and last.head.rules == RULES:
            try:
                body = await self._of_last(connection, last, now)
            except _All:
                body = None
            if body is not None and not self._whole_due and last.day == Kept.day_of(now.at):
                return Made(now.size, len(body) // ENTRY, whole=False), body
        sorting = await self._all(connection)
        whole = await asyncio.to_thread(sorting.body)
        self._collided = sorting.collided
        made = Made(now.size, len(whole) // ENTRY, whole=True)
        if body is not None and body != whole:
            made.differs = True
            LOG.error("list_differs", size=now.size)
        return made, whole

    async def _all(self, connection: Any) -> Sorting:
        sorting = Sorting()
        await _plan(connection, dict.fromkeys(BY_INDEX, None))
        cursor = await connection.cursor(ALL)
        rest: list[Any] = []
        while rows := await cursor.fetch(PIECE):
            *whole, rest = _groups([*rest, *rows])  # of the last number there may be more
            await self._add(connection, sorting, whole)
        await self._add(connection, sorting, [rest] if rest else [])
        return sorting

    async def _add(self, connection: Any, sorting: Sorting, groups: Sequence[list[Any]]) -> None:
        for _, entry, _ in await self._reader.entries(connection, groups):
            if entry is not None:
                sorting.add(entry)

    async def _of_last(self, connection: Any, last: Kept, now: _Now) -> bytes:
        """The body, of the last one and what changed since; raises _All where that is no way."""
        head = last.head
        await _plan(connection, BY_INDEX)
        rows = await connection.fetch(_CHANGED, head.size, now.size, head.at - A_MINUTE)
        if len(rows) > MOST_CHANGED:
            raise _All
        before = await asyncio.to_thread(self._folder.body, head.size)
        if before is None:
            raise _All
        ids, entries = [row["notice"] for row in rows], dict[bytes, bytes | None]()
        for start in range(0, len(ids), PIECE):
            numbers = await connection.fetch(_NUMBERS, ids[start : start + PIECE])
            found = await connection.fetch(OF_NUMBERS, [each["by_certificate"] for each in numbers])
            for key, entry, group in await self._reader.entries(connection, list(_groups(found))):
                is_new = all(row["published_index"] >= head.size for row in group)
                if key in self._collided or (is_new and entry_in(before, key) is not None):
                    raise _All  # another number has this key
                entries[key] = entry
        return await asyncio.to_thread(changed, before, entries)


async def _plan(connection: Any, settings: Mapping[str, str | None]) -> None:
    """Of what is looked up by index and of what is read as a whole, each by its own plans."""
    for name, value in settings.items():
        await connection.execute(f"SET LOCAL {name} = {value or 'DEFAULT'}")


def _groups(rows: Sequence[Any]) -> Iterator[list[Any]]:
    """The rows of each number."""
    for _, group in groupby(rows, key=lambda row: row["by_certificate"]):
        yield list(group)
