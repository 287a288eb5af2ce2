"""What somebody has to say before a log goes on that is not as it should be."""

from datetime import datetime

import asyncpg

from notices.database import answering, connect
from notices.facts.troubles import ClockOff
from notices.upkeep import clock


async def held(url: str) -> list[str]:
    """Why this database is not to be served, if it is not."""
    connection = await connect(url, timeout=10)
    try:
        with answering():
            if not await connection.fetchval("SELECT to_regclass('public.hold') IS NOT NULL"):
                return []
            rows: list[asyncpg.Record] = await connection.fetch(
                "SELECT reason FROM hold ORDER BY at"
            )
            return [row["reason"] for row in rows]
    finally:
        await connection.close()


async def accept(url: str) -> None:
    """Whoever may says that the register is served as it is."""
    connection = await connect(url, timeout=10)
    try:
        with answering():
            await connection.execute("DELETE FROM hold")
    finally:
        await connection.close()


async def accept_later(url: str) -> tuple[datetime, datetime] | None:
    """Let the log go on behind a last entry of a later time; that time and now, None for no such.

    Raises ClockOff where the clock itself is what is wrong.
    """
    connection = await connect(url, timeout=10)
    try:
        with answering():
            asked = clock.HERE.now()
            row = await connection.fetchrow(
                "SELECT greatest(last_at, to_timestamp(0)) AS last_at, clock_timestamp() AS now"
                " FROM log_head WHERE id = 1"
            )
            if (why := clock.HERE.why_wrong(asked, row["now"])) is not None:
                raise ClockOff(why)
            last_at, now = row["last_at"], row["now"]
            if not clock.is_later(last_at, now):
                return None
            # Up to that time and no further: another jump is for somebody to see again.
            await connection.execute("UPDATE log_head SET later = $1 WHERE id = 1", last_at)
            return last_at, now
    finally:
        await connection.close()
