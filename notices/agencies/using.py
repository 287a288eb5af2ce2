"""How much each key is used: counted here in the process, and written down every few seconds.

A count says how many checks a key made on a day, and nothing of what was checked. What a process
counted since it last wrote is lost when it is killed; quotas are counted elsewhere (`limits`).
"""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import structlog

from notices.database import DB
from notices.facts.errors import Unavailable
from notices.facts.texts import CHINA
from notices.tables import AgencyUse

EVERY = 5.0
"""Seconds between two writings, so that no check waits for one."""

KEPT = timedelta(days=400)
"""A year and a month: so that a month can be held against the same one of the year before."""

LOG = structlog.get_logger()
_COUNTED: Counter[str] = Counter()


def count(key: str | None, checks: int) -> None:
    """`checks` were answered to this key."""
    if key is not None:
        _COUNTED[key] += checks


async def write() -> None:
    """Add what was counted to the present day; raises Unavailable, after which it is still here."""
    counted = Counter(_COUNTED)
    _COUNTED.clear()
    if not counted:
        return
    try:
        await DB.fetch(
            "INSERT INTO agency_use AS u (day, key, checks)"
            " SELECT (now() AT TIME ZONE '+08:00'::interval)::date, k.id, q.checks"
            " FROM unnest($1::text[], $2::bigint[]) AS q (key, checks)"
            " JOIN agency_key k ON k.id = q.key"
            # In one order, so that two processes wait and do not block each other.
            " ORDER BY k.id"
            " ON CONFLICT (day, key) DO UPDATE SET checks = u.checks + excluded.checks",
            list(counted),
            list(counted.values()),
        )
    except BaseException:
        _COUNTED.update(counted)
        raise


async def keep() -> None:
    """`write` now and then, until cancelled."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            await write()
        except Unavailable:
            LOG.warning("uses_not_written", keys=len(_COUNTED))


async def forget_old(now: datetime) -> None:
    await AgencyUse.delete().where(AgencyUse.day < now.astimezone(CHINA).date() - KEPT)
