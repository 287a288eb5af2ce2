"""Finding notices while the search engine is away: numbers, tails and parts of names.

The log is asked chunk by chunk from the end that is wanted first, each by the index of terms,
until there are as many hits as can be paged through. So what is in every notice costs one chunk,
what is in few costs a look into the index for each chunk, and no plan depends on how often
anything occurs.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import NamedTuple

import asyncpg

from notices.deployment import Deployment
from notices.facts import lifecycle
from notices.facts.lifecycle import Event
from notices.facts.texts import CHINA
from notices.finding import statements
from notices.finding.terms import CHUNK_BITS, Asked
from search.lookup import Lookup
from search.understanding import Understood
from search.vocabulary import Vocabulary
from search.ways import steps

MOST_FOUND = 1000
"""So many hits can be paged through, and that is all the contract offers."""

SECONDS = 0.25
"""After this long what was found so far is the answer, which is then shown within 0.3 s."""

FIRST_CHUNKS = 2
"""Chunks that are asked at once; then twice as many, and so on, so that a part is known early."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A notice that fulfils a query, with what the facets count."""

    id: str
    certificate: str
    region: str
    year: int
    status: str


class Found(NamedTuple):
    """Up to MOST hits in the order asked for, whether these are all, and what the query was."""

    hits: list[Hit]
    complete: bool
    meant: Understood


async def look_up(
    deployment: Deployment, vocabulary: Vocabulary, lookup: Lookup, now: datetime
) -> Found:
    """What the first way to take the query finds that finds something, but for how it sounds."""
    search = _Search(deployment, lookup, now)
    complete = True
    try:
        async with asyncio.timeout(SECONDS):
            for way in chain.from_iterable(steps(lookup.q, vocabulary)):
                if not way.sounds:
                    complete = await search.run(way)
                    if search.hits:
                        break
    except TimeoutError:
        complete = False
    hits = list(search.hits.values())[:MOST_FOUND]
    return Found(hits, complete, search.lookup.q if hits else lookup.q)


class _Search:
    """One lookup under way, and what it has found so far."""

    def __init__(self, deployment: Deployment, lookup: Lookup, now: datetime) -> None:
        self._deployment = deployment
        self._asked_for = self.lookup = lookup
        self._now = now
        self._newest = lookup.sort != "oldest"
        self.hits: dict[str, Hit] = {}

    async def run(self, way: Understood) -> bool:
        """Look until there are more than MOST hits; whether there are no others."""
        certificate = self._asked_for.certificate
        if way.certificate is not None:
            if certificate not in (None, way.certificate):
                return True
            certificate = way.certificate
        self.lookup = replace(self._asked_for, q=way, certificate=certificate)
        asked = Asked(self._deployment, self.lookup)
        if asked.exact:
            sql = statements.filters(self.lookup, self._now)
            exact = f"ANY({sql.value(asked.exact)}::text[])"
            sql.parts.append(f"(n.id = {exact} OR n.number_key = {exact})")
            self._take(asked, await statements.rows(sql))
        if way.whole and not asked.codes:
            return True
        ids = await statements.by_event(self.lookup)
        if ids is not None:
            sql = statements.filters(self.lookup, self._now)
            sql.parts.append(f"n.id = ANY({sql.value(ids)}::text[])")
            self._take(asked, await statements.rows(sql))
        else:
            async for rows in self._walk(asked):
                self._take(asked, rows)
                if len(self.hits) > MOST_FOUND:
                    break
        return len(self.hits) <= MOST_FOUND

    async def _walk(self, asked: Asked) -> AsyncIterator[list[asyncpg.Record]]:
        """Notices that have the terms, in the order asked for, a part of the log at a time."""
        span = await statements.chunks(self.lookup, self._now)
        if span is None:
            return
        first, last = span
        terms, size, most = asked.terms(), FIRST_CHUNKS, MOST_FOUND + 1
        reached: int | None = None
        while first <= last:
            low, high = (
                (max(first, last - size + 1), last)
                if self._newest
                else (first, min(last, first + size - 1))
            )
            sql = statements.filters(self.lookup, self._now)
            if reached is not None:
                sign = "<" if self._newest else ">"
                sql.parts.append(f"n.published_index {sign} {sql.value(reached)}")
            rows = await statements.chunked(sql, terms, low, high, most, self._newest)
            yield rows
            if len(rows) == most:
                # Some of these did not really answer, or nobody would ask for more.
                reached = rows[-1]["published_index"]
                low = high = reached >> CHUNK_BITS
                first, last = (first, high) if self._newest else (low, last)
            else:
                size *= 2
                first, last = (first, low - 1) if self._newest else (high + 1, last)

    def _take(self, asked: Asked, rows: list[asyncpg.Record]) -> None:
        for row in sorted(rows, key=lambda row: row["published_index"], reverse=self._newest):
            if row["id"] not in self.hits and asked.fits(row):
                hit = _hit(row, self._now)
                if self.lookup.status in (None, hit.status):
                    self.hits[hit.id] = hit


def _hit(row: asyncpg.Record, now: datetime) -> Hit:
    published = Event(row["published_index"], "published", row["published_at"])
    outcomes = [Event(index, kind, at) for index, kind, at in row["outcomes"] or ()]
    return Hit(
        row["id"],
        row["certificate"],
        row["region"],
        row["published_at"].astimezone(CHINA).year,
        lifecycle.state(
            [published, *outcomes], row["effective_at"], now, awaiting=row["awaiting"]
        ).status,
    )
