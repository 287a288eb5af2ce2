"""What PostgreSQL is asked while the search engine is away: filters, chunks of the log, rows."""

from datetime import UTC, datetime
from typing import Any

import asyncpg

from notices.database import DB
from notices.facts.event_kinds import OUTCOMES, RESTORE, RESUME, leading_to, listed
from notices.facts.texts import CHINA
from notices.finding.terms import CHUNK, CHUNK_BITS
from search.lookup import Lookup

FEW = 5_000
"""So many notices are looked at one by one."""

# The kinds that the index `event_outcome` says, or it cannot be used.
_OUTCOME = f"e.kind IN {listed(OUTCOMES)}"
_LAST = (
    f"(SELECT e.kind FROM event e WHERE e.notice = n.id AND {_OUTCOME}"  # noqa: S608
    " ORDER BY e.index DESC LIMIT 1)"
)
_COLUMNS = (
    "n.id, n.certificate, n.region, n.published_index, n.published_at, n.effective_at, n.awaiting,"
    " n.holder_name, n.form ->> 'issuer' AS issuer, n.form -> 'document' ->> 'id' AS document,"
    " n.form ->> 'details' AS details, n.number_key, n.form ->> 'number' AS number,"
    " n.form -> 'holder' ->> 'identifier' AS identifier"
)
# Only these change a status; most notices have none, and the index alone says so.
_OUTCOMES = (
    "(SELECT array_agg(ROW(e.index, e.kind, e.at) ORDER BY e.index)"  # noqa: S608
    f" FROM event e WHERE e.notice = n.id AND {_OUTCOME}) AS outcomes"
)


class Condition:
    """A condition on notices `n` under construction: its parts and its parameters.

    Its parts are made of constant text; all that was typed is a parameter.
    """

    def __init__(self) -> None:
        self.parts = ["n.form IS NOT NULL"]
        self.values: list[Any] = []

    def value(self, value: Any) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    @property
    def text(self) -> str:
        return " AND ".join(self.parts)


def filters(lookup: Lookup, now: datetime) -> Condition:
    """What every hit fulfils besides the query's own words and numbers."""
    sql = Condition()
    if lookup.holder_kind is not None:
        sql.parts.append(f"n.holder_kind = {sql.value(lookup.holder_kind)}")
    if lookup.certificate is not None:
        sql.parts.append(f"n.certificate = {sql.value(lookup.certificate)}")
    if lookup.matter is not None:
        sql.parts.append(f"n.form ->> 'matter' = {sql.value(lookup.matter)}")
    if lookup.region is not None:
        sql.parts.append(f"starts_with(n.region, {sql.value(lookup.region)})")
    since, before = _span(lookup)
    if since is not None:
        sql.parts.append(f"n.published_at >= {sql.value(since)}")
    if before is not None:
        sql.parts.append(f"n.published_at < {sql.value(before)}")
    if lookup.status is not None:
        sql.parts.append(_status(sql, lookup.status, now))
    return sql


def _span(lookup: Lookup) -> tuple[datetime | None, datetime | None]:
    """When a hit was published at the earliest, and before what."""
    since, before = [], []
    if lookup.year is not None:
        since.append(datetime(lookup.year, 1, 1, tzinfo=CHINA))
        before.append(datetime(lookup.year + 1, 1, 1, tzinfo=CHINA))
    if lookup.published_from is not None:
        since.append(_time(lookup.published_from))
    if lookup.published_before is not None:
        before.append(_time(lookup.published_before))
    return max(since, default=None), min(before, default=None)


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _status(sql: Condition, status: str, now: datetime) -> str:
    """Holds for every notice of this status and for few others; `lifecycle` has the last word."""
    if kinds := leading_to(status):
        # Of what was taken back only all events together say to which status that led.
        return f"{_LAST} IN {listed((*kinds, *RESTORE))}"
    # No OR, which would lead to all that awaits; the terms are to be looked up.
    runs = f"CASE WHEN n.awaiting THEN true ELSE n.effective_at > {sql.value(now)} END"
    moment = runs if status == "declared" else f"NOT {runs}"
    return f"coalesce({_LAST} IN {listed((*RESUME, *RESTORE))}, true) AND {moment}"


async def rows(sql: Condition) -> list[asyncpg.Record]:
    """The notices of a condition that an index of ids or numbers answers."""
    return await DB.fetch(
        f"SELECT {_COLUMNS}, {_OUTCOMES} FROM notice n WHERE {sql.text}",  # noqa: S608
        *sql.values,
    )


async def chunked(
    sql: Condition, terms: str | None, first: int, last: int, most: int, newest: bool
) -> list[asyncpg.Record]:
    """Up to `most` notices that have `terms`, of the chunks from `first` to `last`, in order."""
    order = "DESC" if newest else "ASC"
    low, high = sql.value(first), sql.value(last)
    if terms is None:
        source = (
            f"SELECT n.published_index FROM notice n WHERE {sql.text}"  # noqa: S608
            f" AND n.published_index >= {low}::bigint << {CHUNK_BITS}"
            f" AND n.published_index < ({high}::bigint + 1) << {CHUNK_BITS}"
            f" ORDER BY n.published_index {order}"
        )
    else:
        span = f"{high}::bigint, {low}::bigint, -1" if newest else f"{low}::bigint, {high}::bigint"
        # OFFSET 0 keeps the order out of the choice of an index: only the terms can be looked up.
        # A chunk is not asked before the one in front of it has been used up.
        source = (
            f"SELECT h.published_index FROM generate_series({span}) AS c CROSS JOIN LATERAL"  # noqa: S608
            f" (SELECT * FROM (SELECT n.published_index FROM notice n WHERE {sql.text}"
            "   AND notice_terms(n.form, n.number_key, n.published_index)"
            f"   @@ replace({sql.value(terms)}::text, '{CHUNK}', c::text)::tsquery OFFSET 0) one"
            f"  ORDER BY published_index {order}) h"
        )
    # A chunk may have thousands; only of those wanted is anything more than the place read.
    return await DB.fetch(
        f"SELECT n.* FROM ({source} LIMIT {most}) h CROSS JOIN LATERAL"  # noqa: S608
        f" (SELECT {_COLUMNS}, {_OUTCOMES} FROM notice n"
        "   WHERE n.published_index = h.published_index OFFSET 0) n"
        f" ORDER BY n.published_index {order}",
        *sql.values,
    )


async def by_event(lookup: Lookup) -> list[str] | None:
    """The few notices whose events can have led to the status; None when they are many."""
    kinds = leading_to(lookup.status or "")
    if not kinds:
        return None
    found = await DB.fetch(
        f"SELECT e.notice FROM event e WHERE {_OUTCOME} AND e.kind = ANY($1::text[])"  # noqa: S608
        f" LIMIT {FEW + 1}",
        kinds,
    )
    return None if len(found) > FEW else list({row["notice"] for row in found})


async def chunks(lookup: Lookup, now: datetime) -> tuple[int, int] | None:
    """The first and the last chunk in which there can be hits, by their times."""
    row = await DB.row(
        f"SELECT min(published_index) >> {CHUNK_BITS} AS first,"  # noqa: S608
        f" max(published_index) >> {CHUNK_BITS} AS last FROM notice"
    )
    since, before = _span(lookup)
    if row is not None and row["last"] is not None and (since or before):
        row = await DB.row(
            "SELECT min(c) AS first, max(c) AS last FROM (SELECT c, n.published_at AS began,"  # noqa: S608
            " lead(n.published_at) OVER (ORDER BY c) AS ended"
            " FROM generate_series($1::bigint, $2::bigint) AS c CROSS JOIN LATERAL"
            " (SELECT published_at FROM notice"
            f"  WHERE published_index >= c << {CHUNK_BITS} ORDER BY published_index LIMIT 1) n)"
            " WHERE ($3::timestamptz IS NULL OR ended IS NULL OR ended >= $3)"
            " AND ($4::timestamptz IS NULL OR began < $4)",
            row["first"],
            row["last"],
            since,
            before,
        )
    if row is None or row["last"] is None:
        return None
    first = row["first"]
    if lookup.status == "declared":
        first = max(first, await _first_running(now))
    return first, row["last"]


async def _first_running(now: datetime) -> int:
    """The first chunk with a notice whose period may still run, or which awaits confirmation."""
    row = await DB.row(
        # The sum keeps it from reading the log from its begin for the smallest index.
        "SELECT least((SELECT min(n.published_index + 0) FROM notice n WHERE n.effective_at > $1),"
        " (SELECT min(n.published_index) FROM notice n WHERE n.awaiting)) AS first",
        now,
    )
    if row is None or row["first"] is None:
        return 1 << 62
    return int(row["first"]) >> CHUNK_BITS
