"""Finding notices: by the search engine, or without it by what PostgreSQL can look up."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from notices import register
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.facts.texts import CHINA
from notices.finding.without import Hit, look_up
from notices.register import Notice
from search import lookup as lookups
from search.engine import Engine, SearchBusy, SearchDown
from search.highlighting import marks
from search.lookup import Found, Lookup, Sort
from search.understanding import Understood, compact, understand

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
    """Answers queries; what it shows is read from the register, so it is never stale."""

    def __init__(self, deployment: Deployment, engine: Engine) -> None:
        self._deployment = deployment
        self.engine = engine
        self._circuit = Circuit()
        self._slots = asyncio.Semaphore(max(1, deployment.settings.pool_size // 3))
        self._names = _names(deployment)

    async def find(self, query: Query) -> dict[str, Any]:
        """The contract's answer; raises Unavailable when too many searches are in flight."""
        now = datetime.now(UTC)
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
        notices = await self._read(found.ids, lookup.status)
        gone = len(found.ids) - len(notices)
        if lookup.q.whole and lookup.sort == "relevance":
            notices.sort(key=lambda notice: not self._has_number(notice, lookup.q.whole))
        if found.meant.approximate:
            found = replace(found, facets=_counted(notices))
        return {
            "total": found.total - gone,
            "total_is_exact": exact,
            "page": query.page,
            "per_page": query.per_page,
            "notices": [self._shown(notice, found.meant) for notice in notices],
            "facets": found.facets,
            "degraded": degraded,
            "interpreted": {
                "numbers": list(found.meant.numbers or found.meant.whole[:1]),
                "words": [*found.meant.words, *found.meant.beside, *found.meant.sounds],
                "approximate": found.meant.approximate,
            },
        }

    def _has_number(self, notice: Notice, forms: Sequence[str]) -> bool:
        """Whether its own number is one of `forms`, and not its holder's code or a part of it."""
        form = notice.form or {}
        certificate = self._deployment.catalogue.certificates.get(form.get("certificate", ""))
        number = form.get("number") or ""
        return notice.id in forms or (
            certificate is not None and certificate.normal_number(number) in forms
        )

    def _shown(self, notice: Notice, meant: Understood) -> dict[str, Any]:
        """The public notice, and what of it answers the query."""
        public = notice.public(self._deployment)
        texts = {
            "holder": public["holder"]["name"],
            "certificate_name": public["certificate_name"]["zh"],
            "number": public["number"],
            "issuer": public["issuer"],
        }
        if meant.approximate:  # parts of a name look like parts of anything
            texts = {"holder": texts["holder"]}
        found = {name: marks(text, meant) for name, text in texts.items() if text}
        return public | {"highlights": {name: parts for name, parts in found.items() if parts}}

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

    async def _search(self, lookup: Lookup, now: datetime) -> Found:
        if not self._circuit.may_try():
            raise SearchDown("circuit")
        found = lookups.nothing(lookup.q)
        try:
            for attempt in lookups.attempts(
                self.engine.index, lookup, self._names, now.timestamp()
            ):
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

    async def _without(self, lookup: Lookup, now: datetime) -> tuple[Found, bool]:
        """What PostgreSQL finds, and whether that is all there is.

        Only so many at a time: each holds a connection that declaring and checking need more.
        """
        try:
            async with asyncio.timeout(SLOT_SECONDS):
                await self._slots.acquire()
        except TimeoutError:
            raise Unavailable(retry_after=1) from None
        try:
            hits, complete = await look_up(self._deployment, lookup, now)
        finally:
            self._slots.release()
        page = hits[lookup.offset : lookup.offset + lookup.limit]
        # Counts of a part would be taken for counts of the whole.
        facets = _facets(hits) if complete else lookups.nothing().facets
        return Found([hit.id for hit in page], len(hits), facets, lookup.q), complete

    async def _read(self, ids: Sequence[str], status: str | None) -> list[Notice]:
        """Notices in the order of `ids`, without those that changed since they were indexed."""
        if not ids:
            return []
        known = await register.get_many(ids)
        return [
            notice
            for notice in (known.get(id) for id in ids)
            if notice is not None
            and notice.form is not None
            and status in (None, notice.state.status)
        ]


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


def _counted(notices: Sequence[Notice]) -> dict[str, dict[str, int]]:
    """Facets of what is shown, where nothing more is known."""
    return _facets(
        [
            Hit(
                notice.id,
                str((notice.form or {}).get("certificate")),
                str((notice.form or {}).get("region")),
                notice.published_at.astimezone(CHINA).year,
                notice.state.status,
            )
            for notice in notices
        ]
    )


def _milliseconds(day: date | None) -> int | None:
    if day is None:
        return None
    return int(datetime.combine(day, time(), CHINA).timestamp() * 1000)
