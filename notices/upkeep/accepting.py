"""What somebody has to say before a log goes on that is not as it should be."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from notices import clock
from notices.database import answering, connect
from notices.facts.troubles import ClockOff
from notices.tables import Hold, LogHead
from notices.tables.prepared import as_sql
from notices.upkeep import forking


async def accept(url: str, folder: Path, vkeys: Sequence[str]) -> tuple[list[str], int] | None:
    """Whoever may says that the register is served as it is: why it was not, None if it was.

    With the last serial that is left out, for no id that may have been given is given again; and
    the log grows under a new key only. `vkeys` are those of the log in `folder`, the present first.
    """
    connection = await connect(url, timeout=10)
    try:
        with answering():
            async with connection.transaction():
                row = await connection.fetchrow(
                    "SELECT size, greatest(last_at, to_timestamp(0)) AS last_at, spent_key"
                    " FROM log_head WHERE id = 1 FOR UPDATE"
                )
                ended = Hold.delete(force=True).returning(Hold.reason)
                rows = await connection.fetch(*as_sql(ended))
                reasons = [held["reason"] for held in rows]
                spent, size = row["spent_key"], row["size"]
                signed = await forking.beyond(folder, vkeys[:1], connection.fetch)
                if signed is not None and signed.size <= size:
                    # It has grown over what was signed, so nothing is known to be the same.
                    size = 0
                if not reasons and (signed is None or spent is not None):
                    return None
                if spent is None:
                    await forking.spend(connection, size, next(iter(vkeys), None))
                serial = await forking.step_over(connection, row["last_at"], again=True)
                return reasons, serial
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
            accepted = LogHead.update({LogHead.later: last_at}).where(LogHead.id == 1)
            await connection.execute(*as_sql(accepted))
            return last_at, now
    finally:
        await connection.close()
