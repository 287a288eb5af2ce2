"""The data keys of the database, unwrapped for whoever seals in this process."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import structlog

from notices import matching_keys
from notices.database import DB, Database
from notices.facts.errors import Unavailable
from notices.tables import DataKey
from notices.tables.expressions import CLOCK
from notices.tables.prepared import as_sql
from notices.trust.keyring import Purpose, Wrapped, wrap
from notices.trust.keys import Keys, KeysError, master_in
from notices.trust.sealing import Aes256Gcm, Key, KeyOfBytes, SealError

LOOK_EVERY = 1.5
"""Seconds between two looks whether there is a new one.

A look takes 0.5 ms of a processor, 0.04 % of it; no rotation is done sooner than all have looked.
"""

Fetch = Callable[..., Awaitable[Sequence[Any]]]
LOG = structlog.get_logger()

_ROWS = as_sql(
    DataKey.select(
        DataKey.purpose, DataKey.generation, DataKey.master, DataKey.algorithm, DataKey.id,
        DataKey.wrapped, DataKey.since, CLOCK,
    ).order_by(DataKey.purpose, DataKey.generation)
)  # fmt: skip


async def read(fetch: Fetch) -> list[Wrapped]:
    """All that there are, the oldest first."""
    found = []
    for row in await fetch(*_ROWS):
        *values, since, now = row.values()
        found.append(Wrapped._make([*values, since <= now]))
    return found


async def is_followed(keys: Keys, before: str, database: Database = DB) -> bool:
    """Whether the master key of `keys` is taking the place of the one with the id `before`."""
    return follows(await read(database.fetch), keys, before)


def follows(rows: Sequence[Wrapped], keys: Keys, before: str) -> bool:
    """`is_followed`, by what is in the database: whatever it is, both have wrapped it."""
    masters = {row.master.hex() for row in rows}
    return {keys.sealer.master.id.hex(), before} <= masters


async def begin(keys: Keys, database: Database = DB) -> None:
    """`load`, for whoever has found that `keys` are this database's; the first key is made here."""
    rows = await read(database.fetch)
    missing: list[Purpose] = [
        purpose
        for purpose in ("sealing", "passing")
        if purpose not in {row.purpose for row in rows}
    ]
    for purpose in missing:
        # Of two processes that make one at the same time both take the one that is there.
        key = another(rows, Aes256Gcm)
        await database.fetch(*added(wrap(keys.sealer.master, purpose, 1, key)))
    await load(keys, database)


async def load(keys: Keys, database: Database = DB) -> None:
    """Let `keys` seal and open what this database holds.

    Whether the master key is the one that wrapped it, `keys.sealer.ready` says afterwards.
    """
    rows = await read(database.fetch)
    if not keys.sealer.knows(rows) and keys.folder is not None:
        # Another master key has wrapped them: it has taken the place of ours meanwhile.
        keys.sealer.master = master_in(keys.folder)
    try:
        keys.sealer.learn(rows)
    except SealError:
        LOG.error("data_key_not_unwrapped", master=keys.sealer.master.id.hex())


def another(rows: Sequence[Wrapped], kind: type[KeyOfBytes], *masters: Key) -> KeyOfBytes:
    """A new key, whose header nothing else has."""
    taken = {row.algorithm + row.id for row in rows} | {each.header for each in masters}
    while (key := kind.generate()).header in taken:
        pass
    return key


def added(row: Wrapped, after: timedelta = timedelta()) -> tuple[Any, ...]:
    """The statement that keeps a wrapped key, unless there is one of its generation.

    It seals what is new `after` so long: until then every process has learned to open by it.
    """
    kept = DataKey(
        purpose=row.purpose, generation=row.generation, master=row.master,
        algorithm=row.algorithm, id=row.id, wrapped=row.wrapped, since=CLOCK + after,
    )  # fmt: skip
    return as_sql(DataKey.insert(kept).on_conflict(action="DO NOTHING"))


async def keep(keys: Keys) -> None:
    """`load` again and again, until cancelled."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            await load(keys)
            await matching_keys.load(keys)
        except (Unavailable, OSError, KeysError, asyncpg.PostgresError):
            LOG.debug("data_keys_not_looked_at")
