"""What an owner sees of their watches: each without its number, and what it told of."""

from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from notices.database import DB
from notices.deployment import Deployment
from notices.facts.public.form import Words
from notices.facts.public.watches import Told, Watch, Watches, Webhook
from notices.facts.texts import rfc3339
from notices.tables import Delivery
from notices.watches import Owner, PrivateWatch, opened, reaching

NEWEST = 20
"""Events that are shown of a watch."""
MOST = 100

KEPT = timedelta(days=90)
"""For so long it is shown what was told, and what was given up; a replay tells the rest again."""

State = Literal["waiting", "dead"]
_IN: dict[State, str] = {
    "waiting": " AND (SELECT d.event FROM delivery d WHERE d.watch = w.id"
    "   AND (d.due_at IS NOT NULL)::int = 1 LIMIT 1) IS NOT NULL",
    "dead": " AND (SELECT d.event FROM delivery d WHERE d.watch = w.id"
    "   AND d.dead_at IS NOT NULL LIMIT 1) IS NOT NULL",
}
_WATCHES = """
SELECT w.id, w.at, w.since, w.sealed, w.gone_at, w.receiver IS NOT NULL AS calls,
  d.waiting, d.waiting_since, d.dead
FROM watch w CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE due_at IS NOT NULL) AS waiting,
    min(at) FILTER (WHERE due_at IS NOT NULL) AS waiting_since,
    count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead
  FROM delivery WHERE watch = w.id
) d
WHERE {mine} AND w.id > $1{state} ORDER BY w.id LIMIT $2
"""
_TOLD = """
SELECT d.*, e.kind, e.notice, coalesce(e.logged_at, e.at) AS happened_at
FROM unnest($1::text[]) AS w (id)
CROSS JOIN LATERAL (SELECT * FROM delivery WHERE watch = w.id ORDER BY event DESC LIMIT $2) d
JOIN event e ON e.index = d.event ORDER BY d.event DESC
"""


class Page(NamedTuple):
    """Which of somebody's watches are wanted."""

    after: str = ""
    limit: int = MOST
    state: State | None = None


FIRST = Page()


async def listed(deployment: Deployment, owner: Owner, page: Page = FIRST) -> Watches:
    """Somebody's watches in the order of their ids."""
    mine, who = await owner.found_by(deployment)
    state = "" if page.state is None else _IN[page.state]
    sql = _WATCHES.format(mine=mine.format("$3"), state=state)
    rows = await DB.fetch(sql, page.after, page.limit, who)
    told: dict[str, list[Told]] = {row["id"]: [] for row in rows}
    for row in await DB.fetch(_TOLD, list(told), NEWEST):
        told[row["watch"]].append(_told(row))
    return Watches(
        watches=[_shown(deployment, row, told[row["id"]]) for row in rows],
        next=rows[-1]["id"] if len(rows) == page.limit else None,
    )


def _shown(deployment: Deployment, row: Any, told: list[Told]) -> Watch:
    found = opened(deployment, row)
    private = found or PrivateWatch(certificate="", number="")
    certificate = deployment.catalogue.certificates.get(private.certificate)
    return Watch(
        id=row["id"],
        at=rfc3339(row["at"]),
        since=row["since"],
        certificate=private.certificate,
        certificate_name=Words.of(certificate.name) if certificate else None,
        label=private.label,
        readable=found is not None,
        webhook=_webhook(row, private) if row["calls"] else None,
        events=told,
    )


def _webhook(row: Any, private: PrivateWatch) -> Webhook:
    url = reaching.parsed(private.url or "")
    waiting_since = row["waiting_since"]
    return Webhook(
        host=(url.host or "") if url is not None else "",
        waiting=row["waiting"],
        waiting_since=rfc3339(waiting_since) if waiting_since else None,
        dead=row["dead"],
        gone=row["gone_at"] is not None,
    )


def _told(row: Any) -> Told:
    due, dead = row["due_at"], row["dead_at"]
    delivered = row["delivered_at"] is not None
    return Told(
        index=row["event"],
        kind=row["kind"],
        at=rfc3339(row["happened_at"]),
        notice=row["notice"],
        status=row["status"],
        telling="delivered" if delivered else "waiting" if due else "dead" if dead else "shown",
        attempts=row["attempts"],
        answered=row["answered"],
        error=row["error"],
        next_at=rfc3339(due) if due else None,
    )


async def forget_old(now: datetime) -> None:
    await Delivery.delete().where(Delivery.due_at.is_null(), Delivery.at < now - KEPT)
