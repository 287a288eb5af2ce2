"""Finding notices: by the search engine, or without it by what PostgreSQL can look up."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec

from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.facts.texts import CHINA
from notices.finding import showing
from notices.finding.behind import Behind
from notices.finding.showing import Card
from notices.finding.without import Hit, look_up
from search import lookup as lookups
from search import results
from search.engine import Engine, SearchBusy, SearchDown
from search.highlighting import Marker
from search.lookup import Found, Lookup, Sort
from search.understanding import compact, understand

SLOT_SECONDS = 0.2
"""How long a search waits for PostgreSQL while others have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What somebody looks for; `published_to` is the last day that counts."""

    q: str = ""
    certificate: str | None = None
    matter: str | None = None
    region: str | None = None
    status: str | None = None
    year: int | None = None
    published_from: date | None = None
    published_to: date | None = None
    sort: Sort | None = None
    page: int = 1
    per_page: int = 20


class Circuit:
    """Spares people the wait for an engine that just failed; every two seconds one tries."""

    SECONDS = 2.0

    def __init__(self) -> None:
        self._failed = False
        self._next_try = 0.0

    def may_try(self) -> bool:
        if not self._failed:
            return True
        now = asyncio.get_running_loop().time()
        if now < self._next_try:
            return False
        self._next_try = now + self.SECONDS
        return True

    def failed(self) -> None:
        self._failed = True
        self._next_try = asyncio.get_running_loop().time() + self.SECONDS

    def answered(self) -> None:
        self._failed = False


class Finder:
    """Answers queries; a notice is shown as it was a fifth of a second ago, or later."""

    def __init__(self, deployment: Deployment, engine: Engine) -> None:
        self._deployment = deployment
        self.engine = engine
        self._circuit = Circuit()
        self._slots = asyncio.Semaphore(max(1, deployment.settings.pool_size // 3))
        self._names = _names(deployment)
        self._behind = Behind()

    async def find(self, query: Query) -> dict[str, Any]:
        """The contract's answer; raises Unavailable when too many searches are in flight."""
        answer: dict[str, Any] = msgspec.json.decode(await self.answer(query))
        return answer

    async def answer(self, query: Query) -> bytes:
        """The same as JSON text, in which notices are passed on as the index has them."""
        behind = await self._behind.ids()
        now = round(datetime.now(UTC).timestamp(), 3)
        lookup = self._lookup(query)
        degraded = False
        if lookup.q.nothing:
            found, exact = lookups.nothing(lookup.q), True
        else:
            try:
                found = await self._search(lookup, now)
                exact = not found.meant.approximate
            except SearchDown:
                degraded = True
                found, exact = await self._without(lookup, now)
        deployment, meant = self._deployment, found.meant
        cards = await showing.cards(deployment, found.hits, behind, now, lookup.status)
        if lookup.q.whole and lookup.sort == "relevance":
            cards.sort(key=lambda card: not self._has_number(card, lookup.q.whole))
        marker = Marker(meant)
        return msgspec.json.encode(
            {
                "total": found.total - (len(found.hits) - len(cards)),
                "total_is_exact": exact,
                "page": query.page,
                "per_page": query.per_page,
                "notices": [showing.shown(deployment, card, meant, marker) for card in cards],
                "facets": showing.counted(cards) if meant.approximate else found.facets,
                "degraded": degraded,
                "interpreted": {
                    "numbers": meant.numbers or meant.whole[:1],
                    "words": [*meant.words, *meant.beside, *meant.sounds],
                    "approximate": meant.approximate,
                },
            }
        )

    def _has_number(self, card: Card, forms: Sequence[str]) -> bool:
        """Whether its own number is one of `forms`, and not its holder's code or a part of it."""
        if card.id in forms:
            return True
        notice = showing.told(card)
        certificate = self._deployment.catalogue.certificates.get(notice.certificate)
        return certificate is not None and certificate.normal_number(notice.number or "") in forms

    def _lookup(self, query: Query) -> Lookup:
        certificates = self._deployment.catalogue.certificates.values()
        forms = {each.normal_number(query.q) for each in certificates if each.optional_prefix}
        end = query.published_to and query.published_to + timedelta(days=1)
        return Lookup(
            q=understand(query.q, sorted(forms)),
            certificate=query.certificate,
            matter=query.matter,
            region=query.region,
            status=query.status,
            year=query.year,
            published_from=_milliseconds(query.published_from),
            published_before=_milliseconds(end),
            sort=query.sort or ("relevance" if query.q.strip() else "newest"),
            offset=(query.page - 1) * query.per_page,
            limit=query.per_page,
        )

    async def _search(self, lookup: Lookup, now: float) -> Found:
        if not self._circuit.may_try():
            raise SearchDown("circuit")
        found = lookups.nothing(lookup.q)
        try:
            for attempt in lookups.attempts(self.engine.index, lookup, self._names, now):
                found = attempt.read(await self.engine.search(attempt.questions))
                if found.total:
                    break
        except SearchBusy:
            raise Unavailable(retry_after=1) from None
        except SearchDown:
            self._circuit.failed()
            raise
        self._circuit.answered()
        return found

    async def _without(self, lookup: Lookup, now: float) -> tuple[Found, bool]:
        """What PostgreSQL finds, and whether that is all there is.

        Only so many at a time: each holds a connection that declaring and checking need more.
        """
        try:
            async with asyncio.timeout(SLOT_SECONDS):
                await self._slots.acquire()
        except TimeoutError:
            raise Unavailable(retry_after=1) from None
        try:
            hits, complete = await look_up(
                self._deployment, lookup, datetime.fromtimestamp(now, UTC)
            )
        finally:
            self._slots.release()
        page = hits[lookup.offset : lookup.offset + lookup.limit]
        # Counts of a part would be taken for counts of the whole.
        facets = _facets(hits) if complete else lookups.nothing().facets
        return Found([results.Hit(hit.id) for hit in page], len(hits), facets, lookup.q), complete


def _names(deployment: Deployment) -> frozenset[str]:
    """What people run together with other words: certificates and regions, by every name."""
    certificates = deployment.catalogue.certificates.values()
    names = [name for certificate in certificates for name in (*certificate.names, certificate.id)]
    for code in deployment.regions.names:
        short = deployment.regions.short(code) or ""
        # 奎文 for 奎文区; of a name of two characters too little would be left.
        names += [deployment.regions.name(code) or "", short, short[:-1] if len(short) > 2 else ""]
    return frozenset(filter(None, map(compact, names)))


def _facets(hits: Sequence[Hit]) -> dict[str, dict[str, int]]:
    return {
        "certificate": dict(Counter(hit.certificate for hit in hits)),
        "region": dict(Counter(hit.region for hit in hits)),
        "status": dict(Counter(hit.status for hit in hits)),
        "year": dict(Counter(str(hit.year) for hit in hits)),
    }


def _milliseconds(day: date | None) -> int | None:
    if day is None:
        return None
    return int(datetime.combine(day, time(), CHINA).timestamp() * 1000)
