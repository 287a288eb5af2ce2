"""Reading the audit log: the whole of it, in order, held against its chain and its seals."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec

from notices import data_keys
from notices.facts.texts import Message
from notices.journal import SALT, Sealed
from notices.settings import Settings
from notices.tables import Journal
from notices.tables.prepared import as_sql
from notices.trust import chain, keys
from notices.trust.chain import Tail, Walk
from notices.trust.keyring import Sealer
from notices.trust.sealing import SealError
from notices.trust.watching import Difference

ROWS = 1000
_ENTRIES = as_sql(
    Journal.select(Journal.number, Journal.entry, Journal.hash, Journal.sealed).order_by(
        Journal.number
    )
)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry, as it stands in the log, and what is sealed of it, where the key is here."""

    entry: str
    sealed: Sealed | None


async def entries(connection: Any, sealer: Sealer | None, walk: Walk) -> AsyncIterator[Entry]:
    """All entries, each checked before it is told; raises Difference.

    `connection` is in a snapshot. With the `sealer` what is sealed is opened, and compared with
    what its entry says of it.
    """
    if sealer is not None:
        sealer.learn(await data_keys.read(connection.fetch))
    cursor = await connection.cursor(*_ENTRIES)
    while rows := await cursor.fetch(ROWS):
        for row in rows:
            said = walk.add(row["number"], row["entry"])
            if row["hash"] != walk.tail.hash:
                raise Difference(_OTHER_HASH.format(number=row["number"]))
            sealed = None if sealer is None else _opened(sealer, row, said)
            yield Entry(entry=row["entry"], sealed=sealed)
    walk.end()


def sealer_in(settings: Settings) -> Sealer | None:
    """What opens it, where the keys are here."""
    if not (settings.keys_folder / keys.FILES[-1]).exists():
        return None
    return keys.Keys.open(settings.keys_folder, settings.log_origin).sealer


async def check(connection: Any, sealer: Sealer | None, *seen: Tail) -> Tail:
    """What the audit log is, when all of it agrees; raises Difference."""
    walk = Walk(*seen)
    async for _ in entries(connection, sealer, walk):
        pass
    return walk.tail


def _opened(sealer: Sealer, row: asyncpg.Record, said: dict[str, Any]) -> Sealed:
    number = row["number"]
    try:
        plain = sealer.open(row["sealed"], chain.place(number))
        salt, text = plain[:SALT], plain[SALT:]
        if chain.commitment(salt, text) != said["sealed"]:
            raise SealError("this is not what was sealed")
        return msgspec.json.decode(text, type=Sealed)
    except (SealError, msgspec.MsgspecError):
        raise Difference(_OTHER_SEALED.format(number=number)) from None


async def tail(connection: Any) -> Tail:
    """How many entries there are, and the hash of the last, as the database says.

    One that has yet to be brought up to date has none, and may be backed up before.
    """
    if not await connection.fetchval("SELECT to_regclass('public.journal') IS NOT NULL"):
        return chain.EMPTY
    last = Journal.select(Journal.number, Journal.hash).order_by(Journal.number, ascending=False)
    row = await connection.fetchrow(*as_sql(last.limit(1)))
    return chain.EMPTY if row is None else Tail(row["number"] + 1, row["hash"])


_OTHER_HASH = Message("审计日志第 {number} 条的哈希与它的内容不符。")
_OTHER_SEALED = Message("审计日志第 {number} 条密封的部分打不开，或不是当时密封的内容。")
