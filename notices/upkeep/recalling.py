"""Finding out, once, which notice period the notices had whose form does not say it.

Forms tell it since notices_0007_period. Of what was published before, the register itself shows
which notices had none; of the others the catalogue is asked, and believed where its period,
counted over the notice's events, gives the very end that the notice has.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg
import structlog

from notices.database import DB
from notices.deployment import Deployment
from notices.facts import periods
from notices.facts.catalogue import Period
from notices.tables import LogHead
from notices.upkeep.rescheduling import ENDS, life

PIECE = 500

SORTED_AT_ONCE = 4_096
"""Kilobytes of terms that wait for the index: a changed row has all of its terms written anew."""

LOG = structlog.get_logger()

_UNKNOWN = ENDS + "WHERE n.period_from IS NULL AND n.id > $1 ORDER BY n.id LIMIT $2"


async def recall_periods(deployment: Deployment) -> int:
    """Write down every period that is found out; how many were.

    What is written stays, whatever a later catalogue says. A notice whose end the catalogue does
    not explain keeps its end and is left alone. Whoever kills this loses nothing: what is left
    over is found out at the next start.
    """
    known, last = 0, ""
    while True:
        async with DB.transaction():
            # Under the head's lock no dismissal, which moves an end, can come between.
            await LogHead.select(LogHead.id).where(LogHead.id == 1).lock_rows()
            await DB.fetch(f"SET LOCAL gin_pending_list_limit = {SORTED_AT_ONCE}")
            rows = await DB.fetch(_UNKNOWN, last, PIECE)
            if not rows:
                break
            last = rows[-1]["id"]
            known += await _write(
                [(row["id"], period) for row in rows for period in _of(deployment, row)]
            )
    if known:
        # Whoever searches should not have to.
        await DB.fetch("SELECT gin_clean_pending_list('notice_terms')")
        LOG.info("periods_recalled", notices=known)
    return known


def _of(deployment: Deployment, row: asyncpg.Record) -> Sequence[Period | None]:
    """The one period that explains the notice's end, or nothing."""
    if row["effective_at"] == row["published_at"]:
        return [None]
    certificate = deployment.catalogue.certificates.get(row["certificate"])
    period = certificate.notice_period if certificate else None
    ends = periods.ends_of_life(life(row), period)
    return [period] if row["effective_at"] in {end.at for end in ends} else []


async def _write(found: Sequence[tuple[str, Period | None]]) -> int:
    columns: list[list[Any]] = [
        [id for id, _ in found],
        [period.value if period else None for _, period in found],
        [period.unit if period else None for _, period in found],
    ]
    # What follows the log shows the period too, and no event tells of it.
    await DB.fetch(
        "WITH found AS (SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[])"
        "   AS f (id, value, unit)), written AS ("
        " UPDATE notice SET period_value = f.value, period_unit = f.unit, period_from = 'upgrade'"
        "   FROM found f WHERE notice.id = f.id AND period_from IS NULL)"
        " INSERT INTO touched (notice, at)"
        " SELECT id, clock_timestamp() FROM found WHERE value IS NOT NULL"
        " ON CONFLICT (notice) DO UPDATE SET at = excluded.at, taken = false, takers = '{}'",
        *columns,
    )
    return len(found)
