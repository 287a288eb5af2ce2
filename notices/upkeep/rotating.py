"""Taking another key for private values, while the register is served from many processes.

A rotation is a state of the register, and whoever finds it goes on with it: the command that began
it, or `serve`. So it does not matter who is killed, or when. Nothing but `retired_at` ever says
that a key is done with, and one that is retired still opens what it sealed.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog

from notices import data_keys
from notices.database import DB
from notices.deployment import Deployment
from notices.session_locks import taken
from notices.tables import DataKey, KeyCheck
from notices.tables.expressions import CLOCK
from notices.trust import succession
from notices.trust.keyring import wrap
from notices.trust.keys import master_in, master_to_come
from notices.trust.sealing import BY_ALGORITHM, KeyOfBytes
from notices.upkeep import refiling, rekeying, resealing

LOCK = 0x6B657973
"""Who goes on with a rotation holds this session lock ("keys")."""
LEARNED_WITHIN = timedelta(seconds=4)
"""After which every process knows a new key, and may seal by it (`data_keys.LOOK_EVERY`)."""
STORED_WITHIN = timedelta(seconds=6)
"""After which none is left that seals by the old one, and what it sealed by it is stored."""
REST = 0.5
"""Of the time that a piece took, until the next one: whoever is served comes first."""
BETWEEN = 0.5
"""Seconds at least between two walks through everything."""
PATIENCE = 600.0

Progress = Callable[[int, int], None]
LOG = structlog.get_logger()


class Generation(NamedTuple):
    """A data key, and how many values it seals now: rows, and files that have a piece by it."""

    number: int
    algorithm: str
    header: bytes
    since: datetime
    retired_at: datetime | None
    rows: int = 0
    files: int = 0


async def begin_sealing(deployment: Deployment, kind: type[KeyOfBytes]) -> bool:
    """Make a new data key; False where an earlier rotation is not done yet, and none is made."""
    if await waits(deployment):
        return False
    master = deployment.keys.sealer.master
    rows = await data_keys.read(DB.fetch)
    newest = max(row.generation for row in rows if row.purpose == "sealing")
    key = data_keys.another(rows, kind, master)
    row = wrap(master, "sealing", newest + 1, key)
    await DB.fetch(*data_keys.added(row, LEARNED_WITHIN))
    return True


async def begin_master(deployment: Deployment, kind: type[KeyOfBytes]) -> bool:
    """Make a new master key, and with it a data key; False as `begin_sealing`."""
    folder = deployment.settings.keys_folder
    if master_to_come(folder) is None and await waits(deployment):
        return False
    succession.begin(folder, kind)
    return True


async def begin_matching(deployment: Deployment) -> bool:
    """Make a new key for hashes; False as `begin_sealing`."""
    if await waits(deployment):
        return False
    rekeying.begin(deployment)
    return True


async def waits(deployment: Deployment) -> bool:
    """Whether a rotation is not done."""
    if await rekeying.waits(deployment):
        return True
    if master_to_come(deployment.settings.keys_folder) is not None:
        return True
    await data_keys.load(deployment.keys)
    sealer = deployment.keys.sealer
    if succession.left_behind(sealer.wrapped, sealer.master):
        return True
    return len([each for each in await _generations() if each.retired_at is None]) > 1


async def go_on(deployment: Deployment, progress: Progress) -> bool:
    """Bring a rotation to its end; False where another process is at it."""
    async with taken(LOCK) as ours:
        if ours:
            with DB.patient(PATIENCE):
                await _succeed(deployment)
                await _reseal(deployment, progress)
                await _rekey(deployment, progress)
    return ours


async def _succeed(deployment: Deployment) -> None:
    """Let the master key that is to follow do so."""
    sealer, folder = deployment.keys.sealer, deployment.settings.keys_folder
    await data_keys.load(deployment.keys)
    new = master_to_come(folder)
    if new is not None:
        rows, old = await data_keys.read(DB.fetch), master_in(folder)
        newest = max(row.generation for row in rows if row.purpose == "sealing")
        another = wrap(new, "sealing", newest + 1, data_keys.another(rows, type(new), old, new))
        async with DB.transaction():
            for row in succession.wrapped_anew(rows, old, new):
                await DB.fetch(*data_keys.added(row))
            if not any(row.master == new.id for row in rows):
                # Nobody seals by it before the key that opens it is in its place.
                await DB.fetch(*data_keys.added(another, timedelta(days=1)))
        succession.settle(folder)
        await data_keys.load(deployment.keys)
        LOG.info("master_key_replaced", master=new.id.hex())
    if succession.left_behind(sealer.wrapped, sealer.master):
        id, check = deployment.keys.check_values["sealing"]
        now: dict[Any, str] = {KeyCheck.key_id: id, KeyCheck.check_value: check}
        ours = DataKey.master == sealer.master.id
        async with DB.transaction():
            await KeyCheck.update(now).where(KeyCheck.purpose == "sealing key")
            await DataKey.delete().where(DataKey.master != sealer.master.id)
            soon = CLOCK + LEARNED_WITHIN
            await DataKey.update({DataKey.since: soon}).where(ours, DataKey.since > soon)


async def _generations() -> list[Generation]:
    """All keys that seal values, the newest first."""
    query = DataKey.select(
        DataKey.generation, DataKey.algorithm, DataKey.id, DataKey.since, DataKey.retired_at
    ).where(DataKey.purpose == "sealing")
    found = {}
    for row in await query.order_by(DataKey.generation, ascending=False):
        kind = BY_ALGORITHM.get(row["algorithm"])
        header = row["algorithm"] + row["id"]
        name = kind.name if kind is not None else row["algorithm"].hex()
        found[row["generation"]] = Generation(
            row["generation"], name, header, row["since"], row["retired_at"]
        )
    return list(found.values())


async def listed(deployment: Deployment) -> list[Generation]:
    """All keys that seal values, the newest first, with how much each seals now.

    Numbers up to 0 are master keys, one of which once sealed values itself.
    """
    with DB.patient(PATIENCE):
        rows = await resealing.counts()
    files = await asyncio.to_thread(refiling.counts, deployment)
    found = [
        each._replace(rows=rows.pop(each.header, 0), files=files.pop(each.header, 0))
        for each in await _generations()
    ]
    for header in rows.keys() | files.keys():
        kind = BY_ALGORITHM.get(header[:1])
        name = kind.name if kind is not None else header[:1].hex()
        since = found[-1].since
        found.append(Generation(0, name, header, since, since, rows[header], files[header]))
    return found


async def _reseal(deployment: Deployment, progress: Progress) -> None:
    """Seal everything anew by the newest key, and retire the others when nothing else is left."""
    newest, *older = await _generations()
    if not any(each.retired_at is None for each in older):
        return
    sealer, loop = deployment.keys.sealer, asyncio.get_running_loop()
    while sealer.present.header != newest.header:
        await asyncio.sleep(0.1)
        await data_keys.load(deployment.keys)
    left: Counter[bytes] = await resealing.counts()
    files = await asyncio.to_thread(refiling.counts, deployment)
    total = sum((left + files).values()) - left[newest.header] - files[newest.header]
    done, began = 0, loop.time()

    async def step(more: int) -> None:
        nonlocal done, began
        done += more
        progress(min(done, total), total)
        await asyncio.sleep(REST * (loop.time() - began))
        began = loop.time()

    while True:
        walk = loop.time()
        # What is found from now on was there before nobody sealed by an old key any more, or not.
        row = await DB.row(
            "SELECT clock_timestamp() > $1::timestamptz + $2::interval AS settled",
            newest.since, STORED_WITHIN,
        )  # fmt: skip
        rows = await resealing.reseal(sealer, step)
        moved = await refiling.reseal(deployment, step)
        lost = rows.lost + moved.lost
        if rows.done + moved.done == 0 and row is not None and row["settled"]:
            break
        await asyncio.sleep(max(BETWEEN, loop.time() - walk))
    await DataKey.update({DataKey.retired_at: CLOCK}).where(
        DataKey.purpose == "sealing",
        DataKey.generation < newest.number,
        DataKey.retired_at.is_null(),
    )
    progress(total, total)
    LOG.info("sealing_key_retired", values=done, not_opened=lost)


async def _rekey(deployment: Deployment, progress: Progress) -> None:
    if not await rekeying.waits(deployment):
        return
    row = await DB.row(
        "SELECT (SELECT count(*) FROM claim) + (SELECT count(*) FROM notice_private)"
        " + (SELECT count(*) FROM objection) + (SELECT count(*) FROM rival) AS hashed"
    )
    total, done, loop = (row["hashed"] if row is not None else 0), 0, asyncio.get_running_loop()
    began = loop.time()

    async def step(more: int) -> None:
        nonlocal done, began
        done += more
        progress(min(done, total), total)
        await asyncio.sleep(REST * (loop.time() - began))
        began = loop.time()

    await rekeying.go_on(deployment, step)
    progress(total, total)
