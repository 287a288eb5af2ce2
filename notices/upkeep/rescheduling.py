"""Making provisional ends of notice periods final when a newer holiday schedule is installed."""

from datetime import datetime

import asyncpg
import structlog

from notices import register
from notices.database import DB
from notices.facts import periods
from notices.facts.event_kinds import CONFIRM, INTERRUPT, RESUME, listed, stands
from notices.facts.lifecycle import Event
from notices.facts.texts import CHINA
from notices.tables import LogHead, Notice
from notices.tables.expressions import CLOCK, is_true

PIECE = 500

# The entry knows the certificate of a redacted notice too.
ENDS = f"""
SELECT n.id, n.published_index, n.published_at, n.effective_at, n.provisional,
  n.period_value, n.period_unit,
  coalesce(n.certificate, (SELECT e.entry::jsonb ->> 'certificate' FROM event e
    WHERE e.index = n.published_index)) AS certificate,
  (SELECT array_agg(ROW(e.index, e.kind, e.at) ORDER BY e.index) FROM event e
    WHERE e.notice = n.id AND e.kind IN {listed((*INTERRUPT, *RESUME))}) AS contests,
  (SELECT min(c.at) FROM event c JOIN event p ON p.index = n.published_index
    WHERE c.notice = n.id AND c.kind IN {listed(CONFIRM)} AND coalesce(p.form ? 'awaiting', true)
      AND {stands("c")}) AS confirmed_at
FROM notice n
"""  # noqa: S608  (nothing in it comes from outside)
"""When notices take effect, and what their ends follow from.

What was declared for somebody else takes effect when it is confirmed, unless its period runs
longer; of a redacted one nobody can tell any more, so there `confirmed_at` may have been that.
"""

LOG = structlog.get_logger()


async def settle_periods() -> int:
    """Compute anew every provisional end by the schedule that is installed; how many moved.

    The period is the notice's own, and one that is not known moves nothing. An end that is past
    stays: what was in effect has been in effect. Doing it twice changes nothing, and two
    processes that do it at once do the same.
    """
    moved, last = 0, ""
    # Later ends cannot be final yet: a start under the same schedule looks at none of them.
    known_to = datetime(periods.PUBLISHED_TO + 1, 1, 1, tzinfo=CHINA)
    while True:
        query = Notice.select(Notice.id).where(
            is_true(Notice.provisional),
            Notice.period_value.is_not_null(),
            Notice.effective_at <= known_to,
            Notice.id > last,
        )
        rows = await query.order_by(Notice.id).limit(PIECE)
        if not rows:
            break
        last = rows[-1]["id"]
        for row in rows:
            moved += await _settle(row["id"])
    if moved:
        LOG.info("periods_settled", notices=moved)
    return moved


def life(row: asyncpg.Record) -> list[Event]:
    """The events on which the end of a notice depends, of a row of `ENDS`."""
    contests = (Event(index, kind, at) for index, kind, at in row["contests"] or ())
    return [Event(row["published_index"], "published", row["published_at"]), *contests]


async def _settle(id: str) -> int:
    async with DB.transaction():
        # Under the head's lock a dismissal, which moves the end as well, cannot come between.
        await LogHead.select(LogHead.id).where(LogHead.id == 1).lock_rows()
        query = Notice.select(Notice.effective_at, CLOCK)
        row = await query.where(Notice.id == id, is_true(Notice.provisional)).first()
        if row is None:
            return 0
        notice = await register.get(id)
        end = periods.end_of_life(notice.events, notice.period)
        confirmed = await DB.row(ENDS + "WHERE n.id = $1", id)
        since = confirmed["confirmed_at"] if confirmed is not None else None
        # Nothing takes effect before it was confirmed.
        at: datetime = (
            row["effective_at"]
            if row["effective_at"] <= row["now"]
            else max(end.at, since or end.at)
        )
        if (at, end.provisional) == (row["effective_at"], True):
            return 0
        await Notice.update({Notice.effective_at: at, Notice.provisional: end.provisional}).where(
            Notice.id == id
        )
        await register.touch(id)
    return 1
