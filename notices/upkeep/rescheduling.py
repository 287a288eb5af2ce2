"""Making provisional ends of notice periods final when a newer holiday schedule is installed."""

from datetime import datetime

import structlog

from notices import register
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import periods
from notices.facts.periods import End
from notices.facts.texts import CHINA

PIECE = 500

LOG = structlog.get_logger()


async def settle_periods(deployment: Deployment) -> int:
    """Compute anew every provisional end by the schedule that is installed; how many moved.

    An end that is past stays: what was in effect has been in effect. Doing it twice changes
    nothing, and two processes that do it at once do the same.
    """
    moved, last = 0, ""
    # Later ends cannot be final yet: a start under the same schedule looks at none of them.
    known_to = datetime(periods.PUBLISHED_TO + 1, 1, 1, tzinfo=CHINA)
    while True:
        rows = await DB.fetch(
            "SELECT id FROM notice WHERE provisional AND effective_at <= $3 AND id > $1"
            " ORDER BY id LIMIT $2",
            last,
            PIECE,
            known_to,
        )
        if not rows:
            break
        last = rows[-1]["id"]
        for row in rows:
            moved += await _settle(deployment, row["id"])
    if moved:
        LOG.info("periods_settled", notices=moved)
    return moved


async def _end(deployment: Deployment, id: str) -> End:
    notice = await register.get(id)
    certificate = deployment.catalogue.certificates.get(await register.certificate_of(notice))
    return periods.end_of_life(notice.events, certificate.notice_period if certificate else None)


async def _settle(deployment: Deployment, id: str) -> int:
    async with DB.transaction():
        # Under the head's lock a dismissal, which moves the end as well, cannot come between.
        await DB.fetch("SELECT FROM log_head WHERE id = 1 FOR UPDATE")
        row = await DB.row(
            "SELECT effective_at, effective_at <= clock_timestamp() AS past FROM notice"
            " WHERE id = $1 AND provisional",
            id,
        )
        if row is None:
            return 0
        end = await _end(deployment, id)
        at: datetime = row["effective_at"] if row["past"] else end.at
        if (at, end.provisional) == (row["effective_at"], True):
            return 0
        await DB.fetch(
            "UPDATE notice SET effective_at = $2, provisional = $3 WHERE id = $1",
            id,
            at,
            end.provisional,
        )
        await register.touch(id)
    return 1
