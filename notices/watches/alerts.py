"""Telling a holder when an agency's check met their notice: day, hour, kind of agency, no more.

So nothing is shown before its hour is over: whoever looked at the page each minute would see the
minute of the check.

Which notice was met is counted in memory and written some seconds later, so no answer waits for it;
what a process has not written is lost when it is killed. Whose holder wants to hear of it, and may,
is looked at by the statement that writes: of others nothing is ever stored.
"""

import contextlib
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import asyncpg

from notices import matching_keys
from notices.agencies import Agency
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import NotTheHolder, Unavailable
from notices.facts.public.agencies import AgencyKind
from notices.facts.public.answer import Answer
from notices.identity import Person, hashes_of_acting
from notices.tables import Alert, NoticePrivate
from notices.tallies import Tally

KEPT = timedelta(days=90)
MOST_SHOWN = 50
HOUR = 3600
MOST_WAITING = 100_000
"""Notices that are counted and not written yet, some 20 MB: whoever answers more at once, a
file of a million rows, writes in between (`ALERTS.write`). What is beyond is told to nobody."""

# Only of their own notice, or one that was confirmed: whoever declares for somebody else learns
# nothing about a paper that may not be theirs.
ALERTS = Tally(
    "INSERT INTO alert (notice, hour, kind)"
    " SELECT DISTINCT q.notice, to_timestamp(q.hour::bigint * 3600), q.kind"
    " FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])"
    "   AS q (notice, hour, kind, checks)"
    " CROSS JOIN LATERAL (SELECT FROM notice_private p WHERE p.notice = q.notice"
    "   AND p.alert_on_check OFFSET 0) p"
    " CROSS JOIN LATERAL (SELECT FROM notice n WHERE n.id = q.notice"
    "   AND NOT n.awaiting AND n.form IS NOT NULL OFFSET 0) n"
    " ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING"
)
_OF_HOLDER = """
SELECT a.notice, a.hour, a.kind FROM (
  SELECT notice || '' AS notice FROM notice_private
  WHERE holder_hash = ANY($1::bytea[]) AND alert_on_check) p
CROSS JOIN LATERAL (SELECT * FROM alert WHERE notice = p.notice AND hour <= $3
  ORDER BY hour + interval '0' DESC LIMIT $2) a
ORDER BY a.hour DESC, a.notice, a.kind LIMIT $2
"""


class Met(NamedTuple):
    """In the hour that begins at `hour` an agency of this kind met the notice."""

    notice: str
    hour: datetime
    kind: AgencyKind


def count(agency: Agency | None, answers: Iterable[Answer]) -> None:
    """The notices that an agency's `answers` met: whoever asks by a session, or nobody, tells none.

    Nor does a key for tests, or one that is silent. Whoever answers an agency calls this once.
    """
    if agency is None or agency.test or agency.silent:
        return
    hour = _hour()
    for each in answers:
        if each.notice is not None and len(ALERTS) < MOST_WAITING:
            ALERTS.count(each.notice, hour, agency.kind)


async def tell(agency: Agency, met: Iterable[int]) -> None:
    """The same of notices by their ids as numbers, however many they are."""
    if agency.test or agency.silent:
        return
    hour = _hour()
    for each in met:
        if len(ALERTS) >= MOST_WAITING:
            # The database is away, or has no room: the answer does not wait for it.
            with contextlib.suppress(Unavailable, asyncpg.PostgresError):
                await ALERTS.write()
            if len(ALERTS) >= MOST_WAITING:
                return  # nor does it try again for each of a million
        ALERTS.count(f"{each:014}", hour, agency.kind)


def _hour() -> str:
    return str(int(time.time()) // HOUR)


def shown_to(now: datetime) -> datetime:
    """The last hour, by its beginning, that is over `now`."""
    return now - timedelta(seconds=HOUR)


async def of_holder(deployment: Deployment, person: Person) -> list[Met]:
    """What whoever `person` acts for is told, the newest first; staff is told nothing."""
    if person.is_staff:
        return []
    await matching_keys.sure(deployment.keys)
    hashes = hashes_of_acting(deployment.keys.matching.both, person)
    shown = shown_to(datetime.now(UTC))
    return [Met(**row) for row in await DB.fetch(_OF_HOLDER, hashes, MOST_SHOWN, shown)]


async def chosen(deployment: Deployment, person: Person, ids: Sequence[str]) -> dict[str, bool]:
    """Of those of `ids` whose holder `person` acts for: whether they are told of checks."""
    if person.is_staff or not ids:
        return {}
    rows = await NoticePrivate.select(NoticePrivate.notice, NoticePrivate.alert_on_check).where(
        NoticePrivate.notice.is_in(list(ids)), await _held(deployment, person)
    )
    return {row["notice"]: row["alert_on_check"] for row in rows}


async def choose(deployment: Deployment, person: Person, id: str, *, wanted: bool) -> None:
    """Tell the holder of notice `id` of checks from now on, or no more; raises NotTheHolder.

    No event says so, since it is nobody else's business. What nobody will be shown is not kept.
    """
    if person.is_staff:
        raise NotTheHolder
    held = await _held(deployment, person)
    async with DB.transaction():
        changed = (
            await NoticePrivate.update({NoticePrivate.alert_on_check: wanted})
            .where(NoticePrivate.notice == id, held)
            .returning(NoticePrivate.notice)
        )
        if not changed:
            raise NotTheHolder
        if not wanted:
            await forget([id])


async def _held(deployment: Deployment, person: Person) -> Any:
    """The notices whose holder `person` acts for: whoever declared for them is told nothing."""
    await matching_keys.sure(deployment.keys)
    hashes = hashes_of_acting(deployment.keys.matching.both, person)
    return NoticePrivate.holder_hash.is_in(hashes)


async def forget(notices: Any) -> None:
    """Of these notices, by id."""
    if notices:
        await Alert.delete().where(Alert.notice.is_in(list(notices)))


async def forget_old(now: datetime) -> None:
    await Alert.delete().where(Alert.hour < now - KEPT)
