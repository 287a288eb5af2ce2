"""How much each key is used: so many checks a day, and nothing of what was checked."""

from datetime import datetime, timedelta

from notices.facts.texts import CHINA
from notices.tables import AgencyUse
from notices.tallies import Tally

KEPT = timedelta(days=400)
"""A year and a month: so that a month can be held against the same one of the year before."""

USES = Tally(
    "INSERT INTO agency_use AS u (day, key, checks)"
    " SELECT (now() AT TIME ZONE '+08:00'::interval)::date, k.id, q.checks"
    " FROM unnest($1::text[], $2::bigint[]) AS q (key, checks)"
    " JOIN agency_key k ON k.id = q.key ORDER BY k.id"
    " ON CONFLICT (day, key) DO UPDATE SET checks = u.checks + excluded.checks"
)


def count(key: str | None, checks: int) -> None:
    """`checks` were answered to this key."""
    if key is not None:
        USES.count(key, times=checks)


async def forget_old(now: datetime) -> None:
    await AgencyUse.delete().where(AgencyUse.day < now.astimezone(CHINA).date() - KEPT)
