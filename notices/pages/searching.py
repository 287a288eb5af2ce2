"""The search page: what was found and how many, what narrows it, or why there is nothing."""

import asyncio
import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from litestar import Response, get

from notices import register
from notices.facts import notice_ids
from notices.facts.errors import Unavailable
from notices.facts.notice_ids import NoticeIdError
from notices.facts.public.search import Counts, SearchPage
from notices.facts.readings import bare_form
from notices.facts.texts import Message, Text
from notices.finding import Finder, Query
from notices.pages import not_here, rendering
from notices.pages.templating import address, typeset
from notices.web import languages, limiting, queries, wording
from notices.web.authentication import AnyRequest
from notices.web.queries import SEARCH_PARAMETERS, SORTS, STATUSES, parameters, query_of
from notices.web.requested import DEEPEST

FILTERS = ("certificate", "region", "status", "year")

NARROWING: dict[str, Text] = {
    "certificate": Message("证件种类"),
    "matter": Message("办理事项"),
    "region": Message("地区"),
    "status": Message("状态"),
    "year": Message("发布年份"),
    "published_from": Message("发布日期从"),
    "published_to": Message("发布日期到"),
}
"""All that narrows a search, whether the form offers it or an address alone has it."""

Choice = tuple[str, str, int | None]
"""A value of a filter, what it is called, and how many notices it would leave."""


class Active(NamedTuple):
    """A filter that is on: what it is called, its value in words, and the page without it."""

    label: Text
    words: str
    without: str


@get("/notices", include_in_schema=False)
async def search(request: AnyRequest) -> Response[str]:
    """Published notices by words, number and filters, with counts; or one by its own number."""
    await limiting.limit(request, "search")
    queries.refuse_given_twice(request, SEARCH_PARAMETERS)
    query = query_of(request)
    finder: Finder = request.app.state.finder
    found = await finder.find(query)
    given = {
        name: value
        for name, value in parameters(request).items()
        if value and name in SEARCH_PARAMETERS and name != "page"
    }
    if (named := await _named(query, found, given)) is not None:
        return rendering.see_other(f"/notices/{named}", languages.language_of(request))
    last = max(1, -(-min(found.total, DEEPEST) // query.per_page))
    numbers, words = looked_for(query.q, found.interpreted.numbers)
    sorts, sort = _sorts(query)
    choices = _choices(request, await _facets(finder, query, found), found, given)
    return await rendering.page(
        request,
        "notices.html",
        found=found,
        given=given,
        numbers=numbers,
        words=words,
        ignored=found.interpreted.ignored,
        not_here=not_here.named(query.q, request.app.state.deployment.catalogue),
        choices=choices,
        active=_active(request, choices, given),
        sorts=sorts,
        sort=sort,
        page=query.page,
        last=last,
        # Without the engine counting ends where looking does.
        too_many=found.total > DEEPEST or (found.total == DEEPEST and not found.total_is_exact),
        deepest=DEEPEST,
        # Whoever follows a search is told what is new, in whatever order they look at it now.
        feed=address("/feed.atom", params=[(k, v) for k, v in given.items() if k != "sort"]),
        without_filters=address(
            "/notices",
            languages.language_of(request),
            [(k, v) for k, v in given.items() if k not in NARROWING],
        ),
        other_end=address(
            "/notices",
            languages.language_of(request),
            [
                *((k, v) for k, v in given.items() if k != "sort"),
                ("sort", "oldest" if sort == "newest" else "newest"),
            ],
        ),
        to_page=_to_page(given, languages.language_of(request)),
        filtered=any(name in given for name in NARROWING),
    )


async def _named(query: Query, found: SearchPage, given: dict[str, str]) -> str | None:
    """The id of the notice whose number was typed, by itself, and that nothing else goes by.

    Its text may be gone, so that no search finds it; and a certificate may bear the same digits.
    """
    if any(name in given for name in NARROWING):
        return None
    meant = found.interpreted  # 公告编号：3707-… and the address of its page are read by the finder
    typed = query.q if meant.words or len(meant.numbers) != 1 else meant.numbers[0]
    try:
        id = notice_ids.parse(typed)
    except NoticeIdError:
        return None
    if any(notice.id != id for notice in found.notices):
        return None
    return id if await register.get_many([id]) else None


def _active(
    request: AnyRequest, choices: dict[str, list[Choice]], given: dict[str, str]
) -> list[Active]:
    """The filters that are on, each with the address of the same search without it."""
    language, catalogue = languages.language_of(request), request.app.state.deployment.catalogue

    def words_of(name: str, value: str) -> str:
        if name.startswith("published_"):
            return languages.shown_time(value, language, with_clock=False)
        if name == "matter":
            return typeset(catalogue.matters[value].name.in_(language))
        return next((words for key, words, _ in choices[name] if key == value), value)

    def without(name: str) -> str:
        others = [(key, value) for key, value in given.items() if key != name]
        return address("/notices", language, others)

    return [
        Active(label, words_of(name, given[name]), without(name))
        for name, label in NARROWING.items()
        if name in given
    ]


def looked_for(q: str, numbers: list[str]) -> tuple[list[str], list[str]]:
    """The numbers and the words that were looked for, as they were typed.

    `numbers` is what the finder took for numbers, which may be parts of what was typed.
    """
    typed = [part for part in not_here.BETWEEN_WORDS.split(q) if any(map(str.isalnum, part))]
    with_number = [part for part in typed if any(run in bare_form(part) for run in numbers)]
    if numbers and typed and not with_number:
        return [q.strip()], []  # one number, typed with spaces
    return with_number, [part for part in typed if part not in with_number]


def _sorts(query: Query) -> tuple[tuple[str, ...], str]:
    """The orders that can be asked for, first what holds when none is, and which holds now."""
    # With nothing to look for nothing is more relevant than the rest: the newest come first.
    sorts = tuple(sort for sort in SORTS if query.q.strip() or sort != "relevance")
    return sorts, query.sort if query.sort is not None and query.sort in sorts else sorts[0]


async def _facets(finder: Finder, query: Query, found: SearchPage) -> dict[str, Counts]:
    """How what was found spreads; for a filter that is chosen, as it would without it."""
    facets: dict[str, Counts] = msgspec.structs.asdict(found.facets)
    if found.degraded:
        return facets  # PostgreSQL has enough to do
    chosen = [name for name in FILTERS if getattr(query, name) is not None]
    asked = await asyncio.gather(*(_facet_without(finder, query, name) for name in chosen))
    facets |= {name: facet for name, facet in zip(chosen, asked, strict=True) if facet is not None}
    return facets


async def _facet_without(finder: Finder, query: Query, name: str) -> Counts | None:
    """How many notices each value of a filter would leave, or None where that is not known."""
    changes: dict[str, Any] = {name: None, "page": 1, "per_page": 1}
    try:
        found = await finder.found(dataclasses.replace(query, **changes))
    except Unavailable:
        return None
    if found.degraded or found.interpreted.approximate:
        return None  # only what is shown was counted, which is one notice
    facet: Counts = getattr(found.facets, name)
    return facet


def _choices(
    request: AnyRequest,
    facets: dict[str, Counts],
    found: SearchPage,
    given: dict[str, str],
) -> dict[str, list[Choice]]:
    """For each filter its values, the most frequent first."""
    deployment = request.app.state.deployment
    language = languages.language_of(request)

    def name_of(kind: str, value: str) -> str:
        if kind == "certificate":
            certificate = deployment.catalogue.certificates.get(value)
            return typeset(certificate.name.in_(language)) if certificate else value
        if kind == "region":
            return deployment.regions.name(value.ljust(6, "0")) or value
        if kind == "status":
            text = wording.STATUSES.get(value)
            return text.in_(language) if text else value
        return value

    shown: dict[str, list[Choice]] = {}
    for kind in FILTERS:
        counts: dict[str, int | None] = dict(facets.get(kind) or {})
        if chosen := given.get(kind):
            # A whole city or province is no value of its facet.
            known = found.total_is_exact and (found.total or not found.degraded)
            counts.setdefault(chosen, found.total if known else None)
        if kind == "status":
            counts = {status: counts[status] for status in STATUSES if status in counts}
        ordered = list(counts.items())
        if kind == "year":
            ordered.sort(key=lambda item: item[0], reverse=True)
        elif kind != "status":
            ordered.sort(key=lambda item: (-(item[1] or 0), item[0]))
        shown[kind] = [(value, name_of(kind, value), count) for value, count in ordered]
    return shown


def _to_page(given: dict[str, str], language: str) -> Callable[[int], str]:
    def to(page: int) -> str:
        return address("/notices", language, [*given.items(), ("page", str(page))])

    return to


HANDLERS = [search]
