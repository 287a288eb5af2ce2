"""A log that may have lost its last entries: what it must not do a second time.

Ids of the lost notices are on paper, and the log's key has signed roots of the lost sizes. So ids
go on behind all that may have been given, and what was signed beyond is left to a new key.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from notices import log
from notices.database import DB, Database
from notices.deployment import Deployment, Held
from notices.facts.notice_ids import LARGEST_SERIAL
from notices.facts.texts import Message
from notices.tables import LogHead
from notices.tables.prepared import as_sql
from notices.trust.signed import signed_in
from notices.trust.watching import Seen

MINUTE, DAY = 60.0, 86_400.0
BURST, BUSY, ALWAYS = 2_000.0, 20.0, 1.0
"""Ids a second that may have been given within a minute, within a day, and longer: more than the
database can, than a campaign brings, and than a province needs."""


def may_have_been_given(seconds: float) -> int:
    """How many ids at most, in the last so many seconds; of a time to come nothing is known."""
    if seconds < 0:
        seconds = DAY
    return int(
        BURST * min(seconds, MINUTE)
        + BUSY * min(max(seconds - MINUTE, 0), DAY)
        + ALWAYS * max(seconds - MINUTE - DAY, 0)
    )


def serial_of(id: str) -> int:
    """The serial in a notice's id."""
    return int(id[4:12])


async def step_over(
    connection: Any, since: datetime, entries: int = 0, highest: int = 0, *, again: bool = False
) -> int:
    """Move the serial of ids past all that may have been given `since`; the last one left out.

    `entries` are known to be missing, `highest` is the highest serial in them that is known. With
    `again` it is counted from the notices there are, since it may have been moved before.
    """
    row = await connection.fetchrow(
        "SELECT coalesce(max(substr(id, 5, 8)::bigint), 0) AS given,"
        " (SELECT last_value FROM notice_serial) AS last FROM notice"
    )
    given, last = int(row["given"]), int(row["last"])
    first = max(given if again else last, highest)
    more = entries + may_have_been_given((datetime.now(UTC) - since).total_seconds())
    # There is an end of serials; half of what is left is for those to come.
    target = max(last, min(first + more, first + (LARGEST_SERIAL - first) // 2))
    await connection.execute("SELECT setval('notice_serial', $1)", target)
    return target


# From now on the log does not grow, and nothing larger is signed, until there is another key.
_SPEND = """
UPDATE log_head SET spent_size = $1, spent_key = spent.key
FROM (SELECT coalesce($2,
  (SELECT check_value FROM key_check WHERE purpose = 'log key')) AS key) spent
WHERE id = 1 AND spent.key IS NOT NULL
"""


async def spend(connection: Any, size: int, vkey: str | None) -> None:
    """The key, the one in use unless told, has signed a longer log than this one of `size`."""
    await connection.execute(_SPEND, size, vkey)


async def beyond(folder: Path, vkeys: Sequence[str], fetch: log.Fetch) -> Seen | None:
    """The log that one of the keys in `folder` signed and that the database does not begin with."""
    found = signed_in(folder)
    if found is None or found[0] not in vkeys or await log.begins_with(found[1], fetch):
        return None
    return found[1]


async def refuse_a_fork(deployment: Deployment, database: Database = DB) -> None:
    """Raise Held when our key has signed more than this database has, and nobody accepted that."""
    vkey = deployment.keys.log.vkey
    signed = await beyond(deployment.settings.keys_folder, [vkey], database.fetch)
    head = LogHead.select(LogHead.size, LogHead.spent_key).where(LogHead.id == 1)
    row = await database.row(*as_sql(head))
    if signed is not None and row is not None and row["spent_key"] != vkey:
        raise Held(_OLDER_COPY.format(signed=signed.size, here=row["size"]))


_OLDER_COPY = Message(
    "登记簿密钥已经签过有{signed}条记录的登记簿，而这个数据库（{here}条）不是它："
    "是较旧的副本。请先找更新的备份或数据库副本；确实没有时，运行 notices log accept，"
    "再运行 notices keys rotate log。"
)
