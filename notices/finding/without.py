"""Finding notices while the search engine is away: numbers, tails and parts of names."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg

from notices.database import DB
from notices.deployment import Deployment
from notices.facts import lifecycle, numbers
from notices.facts.lifecycle import Event
from notices.facts.texts import CHINA
from search.lookup import Lookup
from search.understanding import MOST_WORDS

MOST = 1000
"""So many hits can be paged through, and that is all the contract offers."""

SECONDS = 0.7
"""After this long nobody waits for the rest; together with a search's deadline it is enough."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A notice that fulfils a query, with what the facets count."""

    id: str
    certificate: str
    region: str
    year: int
    status: str


class _Sql:
    """A condition under construction: its parts and its parameters."""

    def __init__(self) -> None:
        self.parts = ["n.form IS NOT NULL"]
        self.values: list[Any] = []

    def value(self, value: Any) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


async def look_up(deployment: Deployment, lookup: Lookup, now: datetime) -> tuple[list[Hit], bool]:
    """Up to MOST hits in the order asked for, and whether these are all."""
    sql = _Sql()
    _filters(sql, lookup, now)
    order = "ASC" if lookup.sort == "oldest" else "DESC"
    try:
        async with asyncio.timeout(SECONDS):
            if lookup.q.whole:
                hits, complete = await _hits(sql, [_whole(lookup, sql)], order, lookup, now)
                if hits:
                    return hits, complete
                sql = _Sql()
                _filters(sql, lookup, now)
            return await _hits(sql, _parts(deployment, lookup, sql), order, lookup, now)
    except TimeoutError:
        return [], False


async def _hits(
    sql: _Sql, conditions: list[str], order: str, lookup: Lookup, now: datetime
) -> tuple[list[Hit], bool]:
    where = " AND ".join([*sql.parts, *conditions])
    rows = await DB.fetch(
        # Conditions are made of constant text here; all that was typed is a parameter.
        "SELECT n.id, n.certificate, n.region, n.published_at, n.effective_at,"  # noqa: S608
        " (SELECT array_agg(ROW(e.index, e.kind, e.at) ORDER BY e.index)"
        "  FROM event e WHERE e.notice = n.id) AS events FROM notice n"
        f" WHERE {where} ORDER BY n.published_index {order} LIMIT {MOST + 1}",
        *sql.values,
    )
    hits = [hit for row in rows[:MOST] if _wanted(hit := _hit(row, now), lookup)]
    return hits, len(rows) <= MOST


def _hit(row: asyncpg.Record, now: datetime) -> Hit:
    events = [Event(index, kind, at) for index, kind, at in row["events"]]
    return Hit(
        row["id"],
        row["certificate"],
        row["region"],
        row["published_at"].astimezone(CHINA).year,
        lifecycle.state(events, row["effective_at"], now).status,
    )


def _wanted(hit: Hit, lookup: Lookup) -> bool:
    return lookup.status in (None, hit.status)


def _filters(sql: _Sql, lookup: Lookup, now: datetime) -> None:
    if lookup.certificate is not None:
        sql.parts.append(f"n.certificate = {sql.value(lookup.certificate)}")
    if lookup.matter is not None:
        sql.parts.append(f"n.form ->> 'matter' = {sql.value(lookup.matter)}")
    if lookup.region is not None:
        sql.parts.append(f"starts_with(n.region, {sql.value(lookup.region)})")
    if lookup.year is not None:
        begin = datetime(lookup.year, 1, 1, tzinfo=CHINA)
        end = datetime(lookup.year + 1, 1, 1, tzinfo=CHINA)
        sql.parts.append(f"n.published_at >= {sql.value(begin)}")
        sql.parts.append(f"n.published_at < {sql.value(end)}")
    if lookup.published_from is not None:
        sql.parts.append(f"n.published_at >= {sql.value(_time(lookup.published_from))}")
    if lookup.published_before is not None:
        sql.parts.append(f"n.published_at < {sql.value(_time(lookup.published_before))}")
    if lookup.status is not None:
        sql.parts.append(_status(sql, lookup.status, now))


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _status(sql: _Sql, status: str, now: datetime) -> str:
    """Holds for every notice of this status and for few others; `lifecycle` has the last word."""
    last = (
        "(SELECT e.kind FROM event e WHERE e.notice = n.id AND e.kind IN"
        " ('contested', 'dismissed', 'withdrawn', 'annulled', 'replaced')"
        " ORDER BY e.index DESC LIMIT 1)"
    )
    match status:
        case "contested" | "replaced":
            return f"{last} = {sql.value(status)}"
        case "reinstated":
            return f"{last} IN ('withdrawn', 'annulled')"
        case "declared" | "invalid":
            sign = ">" if status == "declared" else "<="
            moment = sql.value(now)
            return f"CASE {last} WHEN 'dismissed' THEN true ELSE {last} IS NULL AND n.effective_at {sign} {moment} END"  # noqa: E501
        case _:
            return "false"


def _whole(lookup: Lookup, sql: _Sql) -> str:
    forms = sql.value(list(lookup.q.whole))
    return f"(n.number_key = ANY({forms}::text[]) OR n.id = ANY({forms}::text[]))"


def _parts(deployment: Deployment, lookup: Lookup, sql: _Sql) -> list[str]:
    """All number-like parts and all words count; what is glued to a number only repeats it."""
    conditions = [_tail(sql, run) for run in lookup.q.numbers[:MOST_WORDS]]
    for word in lookup.q.words[:MOST_WORDS]:
        conditions.append(_word(deployment, sql, word))
    return conditions


def _tail(sql: _Sql, run: str) -> str:
    """Numbers that end with `run`, as a range over the index of reversed numbers.

    A range and not LIKE: a plan that is kept for any parameter cannot use the index for LIKE.
    """
    backwards = run[::-1]
    begin = sql.value(backwards)
    end = sql.value(backwards[:-1] + chr(ord(backwards[-1]) + 1))
    return f"(reverse(n.number_key) ~>=~ {begin}::text AND reverse(n.number_key) ~<~ {end}::text)"


def _word(deployment: Deployment, sql: _Sql, word: str) -> str:
    """Notices whose holder, certificate, region or number has `word` in its name."""
    plain = numbers.identifier_form(word)
    certificates = [
        certificate.id
        for certificate in deployment.catalogue.certificates.values()
        if any(
            plain in numbers.identifier_form(name)
            for name in (certificate.name.zh, certificate.name.en, *certificate.aliases)
        )
    ]
    regions = [
        code
        for code in deployment.regions.names
        if plain in numbers.identifier_form(deployment.regions.name(code) or "")
    ]
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    part = sql.value(f"%{escaped}%")
    return (
        f"(n.holder_name ILIKE {part} OR n.number_key ILIKE {part}"
        f" OR n.certificate = ANY({sql.value(certificates)}::text[])"
        f" OR n.region = ANY({sql.value(regions)}::text[]))"
    )
