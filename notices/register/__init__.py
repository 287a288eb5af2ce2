"""Reading the register: notices as they are now, their events, and the events of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec

from notices import log, tables
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import evidence, lifecycle, relations
from notices.facts.catalogue import Period
from notices.facts.errors import NoSuchNotice
from notices.facts.lifecycle import Event, State
from notices.facts.notice_ids import NoticeIdError, parse
from notices.facts.public import form as forms
from notices.facts.public.form import NoticePeriod, PublicForm
from notices.facts.public.notice import (
    Events,
    Evidence,
    Existing,
    Links,
    LogEvent,
    NoticeEvent,
    PublicNotice,
    Receipt,
)
from notices.facts.texts import Text, rfc3339
from notices.tables import Touched
from notices.tables.expressions import CLOCK
from notices.tables.prepared import Prepared

# One statement sees one state of the register: notice and events can never disagree.
SELECT = """
SELECT n.id, n.form, n.evidence, n.published_index, n.published_at, n.effective_at,
  n.provisional, n.awaiting, n.period_value, n.period_unit, n.objections,
  n.agreed_until, statement_timestamp() AS now,
  (SELECT array_agg(ROW(e.index, e.kind, e.at, e.logged_at) ORDER BY e.index)
     FROM event e WHERE e.notice = n.id) AS events
FROM notice n
"""

SPAN_OF_ORGANISATIONS = """
SELECT n.id FROM notice n WHERE n.holder_kind = 'organisation'
  AND -n.published_index <= -($1::bigint) AND -n.published_index > -($2::bigint)
ORDER BY -n.published_index
"""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice, its events and its state at `now`, all read in one statement.

    `objections` counts those that were ever filed; `provisional` says that `state.effective_at`
    may still move with the holidays of a year that are not published. `period` is the one under
    which it was published, whatever the catalogue says now, and `ends_at` is when it is over,
    also while a contest or a missing confirmation leaves open when the notice takes effect.
    `unconfirmed`: it was to be confirmed, and never was, though by now it may await nothing more.
    """

    id: str
    form: PublicForm | None
    evidence: Evidence
    published_at: datetime
    published_index: int
    objections: int
    ends_at: datetime
    provisional: bool
    period: Period | None
    events: list[Event]
    state: State
    now: datetime
    unconfirmed: bool
    agreed_until: datetime | None
    """When its text goes at the latest, as its declarant agreed; None: as the catalogue says."""

    def public(self, deployment: Deployment) -> PublicNotice:
        """The public notice as the contract shows it; a redacted one keeps its bare facts."""
        form, period = self.form, self.period
        return PublicNotice(
            id=self.id,
            certificate=form.certificate if form else None,
            certificate_name=form.certificate_name if form else None,
            matter=form.matter if form else None,
            holder=form.holder if form else None,
            number=form.number if form else None,
            copies=form.copies if form else None,
            copy_number=form.copy_numbered if form else None,
            cause=form.cause if form else None,
            issuer=form.issuer if form else None,
            issued_on=form.issued_on if form else None,
            lost_on=form.lost_on if form else None,
            region=form.region if form else None,
            details=form.details if form else None,
            statement=form.statement if form else None,
            document=form.paper if form else None,
            published_at=rfc3339(self.published_at),
            effective_at=_time(self.state.effective_at),
            provisional=self.provisional,
            status=self.state.status,
            evidence=self.evidence,
            awaiting=relations.AWAITING if self.state.awaiting else None,
            objections=self.objections,
            elsewhere=form.also_published if form else None,
            notice_period=NoticePeriod(value=period.value, unit=period.unit) if period else None,
            events=[noted(event) for event in self.events],
            links=links(deployment, self.id),
        )

    @property
    def confirmed(self) -> bool:
        """Whether a confirmation stands, of whichever kind of notice."""
        return bool(lifecycle.confirmations(self.events))

    @property
    def rests_on(self) -> Text:
        """On what its evidence rests.

        A confirmation changes no status, so where only what does was read, its event is not there;
        but that it was awaited is. What ended before anybody confirmed it was confirmed by nobody.
        """
        awaited = self.form is not None and bool(self.form.awaiting)
        confirmed = self.confirmed or (awaited and not self.unconfirmed)
        return evidence.rests_on(self.evidence, awaiting=self.unconfirmed, confirmed=confirmed)

    def existing(self, deployment: Deployment) -> Existing:
        """What a refusal tells of the notice that is in the way."""
        return Existing(
            id=self.id,
            status=self.state.status,
            published_at=rfc3339(self.published_at),
            links=links(deployment, self.id),
        )


def links(deployment: Deployment, id: str) -> Links:
    return Links(
        html=deployment.link(f"/notices/{id}"),
        pdf=deployment.link(f"/notices/{id}.pdf"),
        receipt=deployment.link(f"/api/v1/notices/{id}/receipt"),
    )


def noted(event: Event) -> NoticeEvent:
    """`at` as the log's entry has it, and when it really was where that is another time."""
    if event.logged_at is None:
        return NoticeEvent(index=event.index, kind=event.kind, at=rfc3339(event.at))
    return NoticeEvent(
        index=event.index,
        kind=event.kind,
        at=rfc3339(event.logged_at),
        happened_at=rfc3339(event.at),
    )


def _time(at: datetime | None) -> str | None:
    return rfc3339(at) if at is not None else None


def from_row(row: asyncpg.Record) -> Notice:
    events = [Event(*each) for each in row["events"] or ()]
    state = lifecycle.state(events, row["effective_at"], row["now"], awaiting=row["awaiting"])
    value, unit = row["period_value"], row["period_unit"]
    return Notice(
        id=row["id"],
        form=forms.read(row["form"]) if row["form"] is not None else None,
        evidence=row["evidence"],
        published_at=row["published_at"],
        published_index=row["published_index"],
        objections=row["objections"],
        ends_at=row["effective_at"],
        provisional=row["provisional"] and state.effective_at is not None,
        period=Period(value, unit) if value is not None else None,
        events=events,
        state=state,
        now=row["now"],
        unconfirmed=row["awaiting"],
        agreed_until=row["agreed_until"],
    )


async def get(id: str) -> Notice:
    """The notice whose id, printed or bare, is `id`; raises NoSuchNotice."""
    try:
        canonical = parse(id)
    except NoticeIdError:
        raise NoSuchNotice from None
    row = await DB.row(SELECT + "WHERE n.id = $1", canonical)
    if row is None:
        raise NoSuchNotice
    return from_row(row)


_ENTRY = Prepared(
    lambda index: tables.Event.select(tables.Event.entry).where(tables.Event.index == index)
)
_OPENING = Prepared(
    lambda index, notice: tables.Event.select(
        tables.Event.entry, tables.Event.salt, tables.Event.form
    ).where(tables.Event.index == index, tables.Event.notice == notice)
)
_TOUCH = Prepared(
    lambda notice: Touched.insert(Touched(notice=notice, at=CLOCK)).on_conflict(
        target=Touched.notice,
        action="DO UPDATE",
        values=[Touched.at, (Touched.taken, False), (Touched.takers, [])],
    )
)


async def certificate_of(notice: Notice) -> str:
    """The id of its certificate, which the log knows of a redacted notice too."""
    if notice.form is not None:
        return notice.form.certificate
    row = await _ENTRY.row(notice.published_index)
    if row is None:
        raise RuntimeError("A notice has no event that published it.")
    return str(msgspec.json.decode(row["entry"])["certificate"])


async def touch(id: str) -> None:
    """Say that notice `id` changed without an event, so that what follows the log takes it too."""
    await _TOUCH.fetch(id)


async def get_many(ids: Sequence[str]) -> dict[str, Notice]:
    """Those of `ids` (bare) that exist."""
    rows = await DB.fetch(SELECT + "WHERE n.id = ANY($1::text[])", list(ids))
    return {row["id"]: from_row(row) for row in rows}


async def newest_of_organisations(limit: int, skip: int = 0, before: int = 2**62) -> list[Notice]:
    """Those published before place `before` of the log, the newest first, without `skip`."""
    rows = await DB.fetch(
        # Exactly as the index of organisations has it, which nothing else can put in order.
        SELECT + "WHERE n.holder_kind = 'organisation' AND -n.published_index > -($3::bigint)"
        " ORDER BY -n.published_index LIMIT $1 OFFSET $2",
        limit,
        skip,
        before,
    )
    return [from_row(row) for row in rows]


async def ids_of_organisations(first: int, end: int) -> list[str]:
    """Of the notices published from place `first` of the log up to `end`, the newest first."""
    return [row["id"] for row in await DB.fetch(SPAN_OF_ORGANISATIONS, first, end)]


async def events(deployment: Deployment, since: int, limit: int) -> Events:
    """Up to `limit` events from index `since` on, each with its notice as it is now."""
    rows = await DB.fetch(
        "SELECT index, notice, kind, coalesce(logged_at, at) AS at, entry, salt, form FROM event"
        " WHERE index >= $1 ORDER BY index LIMIT $2",
        since,
        limit,
    )
    notices = await get_many(sorted({row["notice"] for row in rows}))
    shown = {id: notice.public(deployment) for id, notice in notices.items()}
    return Events(
        events=[
            LogEvent(
                index=row["index"],
                kind=row["kind"],
                at=rfc3339(row["at"]),
                entry=row["entry"],
                opening=log.opening(row["salt"], row["form"]),
                notice=shown[row["notice"]],
            )
            for row in rows
        ],
        next=rows[-1]["index"] + 1 if rows else since,
    )


async def receipt(deployment: Deployment, notice: Notice, index: int | None) -> Receipt:
    """The receipt of event `index` of `notice` (default: its publishing); raises NoSuchNotice."""
    wanted = notice.published_index if index is None else index
    row = await _OPENING.row(wanted, notice.id)
    if row is None:
        raise NoSuchNotice
    opening = log.opening(row["salt"], row["form"])
    return await log.receipt(deployment.keys.log, wanted, row["entry"], opening)


async def texts_of(id: str) -> dict[int, str]:
    """The statement that each event of a notice published, by index; redacted ones are absent."""
    rows = await DB.fetch(
        "SELECT index, form ->> 'statement' AS statement FROM event"
        " WHERE notice = $1 AND form ? 'statement'",
        id,
    )
    return {row["index"]: row["statement"] for row in rows}
