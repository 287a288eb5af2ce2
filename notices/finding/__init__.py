"""Finding notices: by the search engine, or without it by what PostgreSQL can look up."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.facts.public.search import Facets, Interpreted, RawSearchPage, SearchPage
from notices.facts.readings import bare_form
from notices.facts.texts import CHINA
from notices.finding import showing, terms
from notices.finding.breaker import Breaker
from notices.finding.fallback import look_up
from notices.finding.freshness import Freshness
from notices.finding.showing import Card
from notices.finding.vocabulary import vocabulary_of
from search import lookup as lookups
from search import results
from search.engine import Engine, SearchDown
from search.highlighting import Marker
from search.lookup import Found, Lookup, Sort
from search.understanding import Understood, understand
from search.ways import settled

SEARCH_SECONDS = 1.0
"""For all questions of a search together, each of which has the engine's own deadline."""

PATIENCE = 1.2
"""A search that PostgreSQL has not been free for by then is told to come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What somebody looks for; `published_to` is the last day that counts."""

    q: str = ""
    holder_kind: str | None = None
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


class Finder:
    """Answers queries; a notice is shown as it was a fifth of a second ago, or later."""

    def __init__(self, deployment: Deployment, engine: Engine) -> None:
        self._deployment = deployment
        self.breaker = Breaker(engine)
        self._slots = asyncio.Semaphore(max(1, deployment.settings.pool_size // 3))
        self.vocabulary = vocabulary_of(deployment)
        self._freshness = Freshness()
        terms.written()
        terms.places(deployment.regions)

    async def find(self, query: Query) -> SearchPage:
        """`found`, with its notices as values."""
        return (await self.found(query)).read()

    async def found(self, query: Query) -> RawSearchPage:
        """The contract's answer; raises Unavailable when too many searches are in flight.

        Its notices are passed on as the index has them.
        """
        behind = await self._freshness.ids()
        now = round(datetime.now(UTC).timestamp(), 3)
        lookup = self._lookup(query)
        degraded, exact = False, True
        patient = asyncio.get_running_loop().time() + PATIENCE
        try:
            async with asyncio.timeout(SEARCH_SECONDS):
                found, facets = await self._search(lookup, now)
        except (SearchDown, TimeoutError):
            degraded = True
            found, facets, exact = await self._without(lookup, now, patient)
        deployment, meant = self._deployment, found.meant
        cards = await showing.cards(deployment, found.hits, behind, now, lookup.status)
        total = found.total - (len(found.hits) - len(cards))
        if meant.approximate:  # all of them are here
            exact, facets = False, showing.counted(cards)
            cards = cards[lookup.offset : lookup.offset + lookup.limit]
        elif forms := meant.forms:
            meant = self._settled(meant, cards)
            if lookup.sort == "relevance":
                cards.sort(key=lambda card: self._strangeness(card, forms))
        elif lookup.sort == "relevance" and meant.numbers:
            cards.sort(key=lambda card: self._strangeness(card, meant.numbers))
        marker = Marker(meant)
        return RawSearchPage(
            total=total,
            total_is_exact=exact,
            page=query.page,
            per_page=query.per_page,
            notices=[showing.shown(deployment, card, meant, marker) for card in cards],
            facets=facets,
            degraded=degraded,
            interpreted=Interpreted(
                numbers=list(meant.numbers or meant.whole[: None if meant.within else 1]),
                words=[*meant.words, *meant.named, *meant.beside, *meant.sounds],
                certificate=meant.certificate,
                ignored=list(meant.ignored),
                approximate=meant.approximate,
            ),
        )

    def _settled(self, meant: Understood, cards: Sequence[Card]) -> Understood:
        """Which of the numbers that a query can be about it was about, and what it says besides."""
        numbers = {form for card in cards for form in self._numbers_of(card)}
        found = settled(meant, numbers, self.vocabulary)
        return replace(found, whole=()) if found.within and found is meant else found

    def _numbers_of(self, card: Card) -> list[str]:
        """The forms of a notice's numbers: as printed, as it is compared, its own, its holder's."""
        notice = showing.summary_of(card)
        number = notice.number or ""
        certificate = self._deployment.catalogue.certificates.get(notice.certificate)
        normal = certificate.normal_number(number) if certificate else number
        return [bare_form(number), bare_form(normal), card.id, notice.holder.identifier or ""]

    def _strangeness(self, card: Card, forms: Sequence[str]) -> tuple[int, int]:
        """0 for the number that was typed, 1 for one that is the same, 2 for any other.

        Of several numbers in a sentence the longest form is the surest.
        """
        printed, normal, id, _ = self._numbers_of(card)
        if forms[0] in (printed, id) or id in forms:
            return 0, 0
        places = [forms.index(each) for each in (printed, normal) if each in forms]
        return (1, min(places)) if places else (2, 0)

    def _lookup(self, query: Query) -> Lookup:
        end = query.published_to and query.published_to + timedelta(days=1)
        return Lookup(
            q=understand(query.q, self.vocabulary),
            holder_kind=query.holder_kind,
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

    async def _search(self, lookup: Lookup, now: float) -> tuple[Found, Facets]:
        """What the engine finds by the first way to take the query that finds something."""
        found = lookups.nothing(lookup.q)
        ask, index = self.breaker.ask, self.breaker.engine.index
        for attempt in lookups.attempts(index, lookup, self.vocabulary, now):
            found = attempt.read(await ask(attempt.questions))
            if found.total:
                break
        if found.meant.approximate:
            [near] = await ask([lookups.by_ids(index, [hit.id for hit in found.hits])])
            known = {hit.id: hit for hit in near.hits}
            found = replace(found, hits=[known.get(hit.id, hit) for hit in found.hits])
        running = None
        if found.running is not None:
            [void] = await ask([found.running])
            running = void.facet_distribution.get("state", {}).get("void", 0)
        return found, Facets(**lookups.facets(found, now, running))

    async def _without(
        self, lookup: Lookup, now: float, patient: float
    ) -> tuple[Found, Facets, bool]:
        """What PostgreSQL finds, how it spreads, and whether that is all there is.

        Only so many at a time: each holds a connection that declaring and checking need more.
        `patient` is the loop's time until which it may wait for the others.
        """
        try:
            async with asyncio.timeout_at(patient):
                await self._slots.acquire()
        except TimeoutError:
            raise Unavailable(retry_after=1) from None
        try:
            moment = datetime.fromtimestamp(now, UTC)
            hits, complete, meant = await look_up(self._deployment, self.vocabulary, lookup, moment)
        finally:
            self._slots.release()
        page = hits[lookup.offset : lookup.offset + lookup.limit]
        # Counts of a part would be taken for counts of the whole.
        facets = showing.spread(
            (hit.certificate, hit.region, hit.status, str(hit.year))
            for hit in (hits if complete else [])
        )
        found = Found([results.Hit(hit.id) for hit in page], len(hits), {}, meant)
        return found, facets, complete


def _milliseconds(day: date | None) -> int | None:
    if day is None:
        return None
    return int(datetime.combine(day, time(), CHINA).timestamp() * 1000)
