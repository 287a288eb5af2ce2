"""Pages for readers: the start page, the search, a notice."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from notices import amending, register
from notices.facts.lifecycle import may_follow
from notices.web import changing, guards, rendering, wording
from notices.web.guards import AnyRequest
from notices.web.notices import SEARCH_PARAMETERS, SORTS, STATUSES, query_of

ON_THE_START_PAGE = 5
FILTERS = ("certificate", "region", "status", "year")
DEEPEST = 1000


@get("/", include_in_schema=False)
async def home(request: AnyRequest) -> Response[str]:
    """What this is, and the three things to do here."""
    deployment = request.app.state.deployment
    # Organisations only: the start page is what search engines read first.
    newest = await register.newest_of_organisations(ON_THE_START_PAGE)
    return await rendering.page(
        request, "home.html", newest=[notice.public(deployment) for notice in newest]
    )


@get("/notices", include_in_schema=False)
async def search(request: AnyRequest) -> Response[str]:
    """Published notices by words, number and filters, with counts."""
    guards.refuse_unknown_parameters(request, frozenset({*SEARCH_PARAMETERS, "lang"}))
    query = query_of(request)
    await guards.limit(request, "search")
    found = await request.app.state.finder.find(query)
    given = {
        name: value
        for name, value in request.query_params.items()
        if value and name not in ("lang", "page")
    }
    last = max(1, -(-min(found["total"], DEEPEST) // query.per_page))
    return await rendering.page(
        request,
        "notices.html",
        found=found,
        given=given,
        choices=_choices(request, found["facets"], given),
        sorts=SORTS,
        page=query.page,
        last=last,
        deepest=DEEPEST,
        to_page=_to_page(given, rendering.language_of(request)),
        filtered=any(given.get(name) for name in FILTERS),
    )


def _choices(
    request: AnyRequest, facets: dict[str, dict[str, int]], given: dict[str, str]
) -> dict[str, list[tuple[str, str, int | None]]]:
    """For each filter its values (value, words, count), the most frequent first."""
    deployment = request.app.state.deployment
    english = rendering.language_of(request) == "en"

    def name_of(kind: str, value: str) -> str:
        if kind == "certificate":
            certificate = deployment.catalogue.certificates.get(value)
            return certificate.name.in_("en" if english else "zh") if certificate else value
        if kind == "region":
            return deployment.regions.name(value.ljust(6, "0")) or value
        if kind == "status":
            text = wording.STATUSES.get(value)
            return text.in_("en" if english else "zh") if text else value
        return value

    shown: dict[str, list[tuple[str, str, int | None]]] = {}
    for kind in FILTERS:
        counts: dict[str, int | None] = dict(facets.get(kind) or {})
        if kind == "status":
            counts = {status: counts[status] for status in STATUSES if status in counts}
        chosen = given.get(kind)
        if chosen:
            counts.setdefault(chosen, None)
        ordered = list(counts.items())
        if kind == "year":
            ordered.sort(key=lambda item: item[0], reverse=True)
        elif kind != "status":
            ordered.sort(key=lambda item: (-(item[1] or 0), item[0]))
        shown[kind] = [(value, name_of(kind, value), count) for value, count in ordered]
    return shown


def _to_page(given: dict[str, str], language: str) -> Any:
    def to(page: int) -> str:
        pairs = [*given.items(), ("page", str(page))]
        if language == "en":
            pairs.append(("lang", "en"))
        return "/notices?" + urlencode(pairs)

    return to


@get("/notices/{id:str}", include_in_schema=False)
async def notice(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """A notice: its statement, its status and what that means, its history."""
    deployment = request.app.state.deployment
    found = await register.get(id)
    person = await guards.person_of(request)
    mine = person is not None and await amending.is_declarant(deployment, person, found.id)
    return await rendering.page(
        request,
        "notice.html",
        notice=found.public(deployment),
        state=found.state,
        texts=await register.texts_of(found.id),
        mine=mine,
        may_withdraw=mine and may_follow("withdrawn", found.state.status),
        may_correct=mine and may_follow("corrected", found.state.status),
    )


static = create_static_files_router(
    path="/static",
    directories=[Path(__file__).parent / "static"],
    include_in_schema=False,
    # Every address of a static file names its digest, so what is cached never goes stale.
    cache_control=CacheControlHeader(max_age=31_536_000, public=True, immutable=True),
)

HANDLERS: list[ControllerRouterHandler] = [home, search, notice, static, *changing.HANDLERS]
