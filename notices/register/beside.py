"""Notices of the same paper as another one: those that await a confirmation, and who has it."""

from collections.abc import Sequence

from notices.database import DB
from notices.register.claims import OVERLAPPING, SAME_PAPER

# Of whom there is a row is asked by what no index of holders has: one that has all that is asked is
# read as a whole while there are few, and that plan is kept.
_OTHERS = """
SELECT DISTINCT c.notice FROM claim a JOIN claim c ON c.by_certificate = a.by_certificate
JOIN notice_private o ON o.notice = c.notice
WHERE a.notice = $1 AND c.notice <> a.notice AND ($2::bytea[] IS NULL OR o.holder_hash = ANY($2))
  AND o.alert_on_check IN (true, false)
"""
_UNCONFIRMED = f"{_OTHERS} AND c.awaiting AND {SAME_PAPER} ORDER BY c.notice"
_CONFIRMED = f"{_OTHERS} AND {OVERLAPPING} ORDER BY c.notice LIMIT 1"


async def unconfirmed_beside(id: str, holder: Sequence[bytes] | None = None) -> list[str]:
    """The notices that await a confirmation and may be about the paper of notice `id`.

    Of one holder alone, by their hashes, where these are given.
    """
    return [row["notice"] for row in await DB.fetch(_UNCONFIRMED, id, holder)]


async def confirmed_beside(id: str) -> str | None:
    """The notice that has what notice `id` only told, or None.

    That stays so for whoever holds the lock of its number.
    """
    row = await DB.row(_CONFIRMED, id, None)
    return None if row is None else row["notice"]
