"""The JSON API of notices: declare, read, search, withdraw, correct, receipts, events."""

import re
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast, get_args

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from notices import finding, register
from notices.changing import amending
from notices.facts.errors import BadQuery, BadRequest, Invalid, Problem
from notices.facts.forms import Correction, Withdrawal
from notices.facts.public.catalogue import PublicCatalogue
from notices.facts.public.notice import Followed, PublicNotice, Receipt, Status
from notices.facts.public.search import SearchPage, Suggestions
from notices.facts.text_check import unfolded_length
from notices.facts.texts import Text
from notices.finding import suggesting
from notices.once import Once
from notices.web import bodies, guards
from notices.web.authentication import AnyRequest
from notices.web.documenting import READ_ONE, reads, writes
from notices.web.requested import (
    DEEPEST,
    FIRST_YEAR,
    LAST_INDEX,
    LAST_YEAR,
    LONGEST_QUERY,
    ReceiptQuery,
    SearchQuery,
    Sort,
    SuggestQuery,
)

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
STATUSES: tuple[Status, ...] = get_args(Status)
NO_STORE = {"Cache-Control": "no-store"}
SORTS = get_args(Sort)
SEARCH_PARAMETERS = SearchQuery.__struct_fields__


Body = TypeVar("Body", bound=msgspec.Struct)


def answered(
    body: Body, status: int = 200, headers: dict[str, str] | None = None
) -> Response[Body]:
    return Response(body, status_code=status, media_type="application/json", headers=headers)


def passed_on(
    text: str | bytes, kind: type[Body], status: int = 200, headers: dict[str, str] | None = None
) -> Response[Body]:
    """`text`, which is the JSON of a `kind` already: kept for a twin, or as the index has it."""
    content: Any = text.encode() if isinstance(text, str) else text
    return Response(content, status_code=status, media_type="application/json", headers=headers)


def key_of(request: AnyRequest) -> str | None:
    """The Idempotency-Key, if there is one; raises BadRequest for one that cannot be kept."""
    key = request.headers.get("idempotency-key")
    if key is not None and not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise BadRequest(
            reason=Text("请求头不对。", "a header is wrong."),
            problems=[Problem("Idempotency-Key", "idempotency_key", {"limit": 255})],
        )
    return key


def once_of(request: AnyRequest, who: str, key: str | None, raw: bytes) -> Once | None:
    """What makes a request with an Idempotency-Key the same one; `who` asks, by identity."""
    if key is None:
        return None
    secret = request.app.state.deployment.keys.matching
    return Once.of(secret, who, request.url.path, key, raw)


@get("/api/v1/catalogue", **reads("getCatalogue", "catalogue"))
async def get_catalogue(request: AnyRequest) -> Response[PublicCatalogue]:
    """The certificates and the matters that need them."""
    public = request.app.state.catalogue_json
    return passed_on(public, PublicCatalogue, headers={"Cache-Control": "public, max-age=300"})


@get("/api/v1/notices/{id:str}", **reads("getNotice", "notices", problems=READ_ONE))
async def get_notice(request: AnyRequest, id: FromPath[str]) -> Response[PublicNotice]:
    """The public notice as it is now."""
    notice = await register.get(id)
    return answered(notice.public(request.app.state.deployment), headers=NO_STORE)


def whole_number(value: str, low: int, high: int) -> int | None:
    if value.isascii() and value.isdigit() and len(value) < 19 and low <= int(value) <= high:
        return int(value)
    return None


def a_date(value: str) -> date | None:
    """The day that `value` names as YYYY-MM-DD; ISO 8601 and Python know more forms than that."""
    try:
        day = date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def parameters(request: AnyRequest) -> dict[str, str]:
    """The values of the query string, by their names.

    A NUL is no text to PostgreSQL. What stands for it is found nowhere either, so that whoever
    sends nothing else finds nothing, and not everything.
    """
    return {name: value.replace("\0", "\ufffd") for name, value in request.query_params.items()}


def query_of(request: AnyRequest, usual_page: int = 20) -> finding.Query:
    """The search that the query string asks for; raises BadQuery with every bad value.

    A page has `usual_page` notices where nothing else is asked for.
    """
    given = parameters(request)
    deployment = request.app.state.deployment
    problems: list[Problem] = []

    def bad(name: str, expected: str) -> None:
        problems.append(Problem(name, "bad_value", {"expected": expected}))

    def choice(name: str, values: Any) -> str | None:
        value = given.get(name) or None
        if value is not None and value not in values:
            bad(name, ", ".join(values) if len(values) < 10 else "GET /api/v1/catalogue")
        return value

    def number(name: str, default: int | None, low: int, high: int) -> int | None:
        if not given.get(name):
            if name in given and default is not None:
                bad(name, f"{low}-{high}")
            return default
        value = whole_number(given[name], low, high)
        if value is None:
            bad(name, f"{low}-{high}")
        return value

    def day(name: str) -> date | None:
        if not given.get(name):
            return None
        value = a_date(given[name])
        if value is None:
            bad(name, "YYYY-MM-DD")
        return value

    if unfolded_length(given.get("q", "")) > LONGEST_QUERY:
        problems.append(Problem("q", "too_long", {"limit": LONGEST_QUERY}))
    region = given.get("region") or None
    if region is not None and not deployment.regions.covers(region):
        bad("region", "37, 3707, 370705")
    page, per_page = number("page", 1, 1, DEEPEST), number("per_page", usual_page, 1, 100)
    if page and per_page and page * per_page > DEEPEST:
        bad("page", f"page × per_page ≤ {DEEPEST}")
    published_from, published_to = day("published_from"), day("published_to")
    if published_from and published_to and published_from > published_to:
        bad("published_to", f"≥ {published_from}")
    query = finding.Query(
        q=given.get("q", ""),
        certificate=choice("certificate", deployment.catalogue.certificates),
        matter=choice("matter", deployment.catalogue.matters),
        region=region,
        status=choice("status", STATUSES),
        year=number("year", None, FIRST_YEAR, LAST_YEAR),
        published_from=published_from,
        published_to=published_to,
        sort=cast("Sort | None", choice("sort", SORTS)),
        page=page or 1,
        per_page=per_page or usual_page,
    )
    if problems:
        raise BadQuery(problems=problems)
    return query


@get("/api/v1/notices", **reads("searchNotices", "notices", SearchQuery))
async def search_notices(request: AnyRequest) -> Response[SearchPage]:
    """Published notices by words, number and filters, with counts."""
    await guards.limit(request, "search")
    query = query_of(request)
    return passed_on(await request.app.state.finder.answer(query), SearchPage)


@get("/api/v1/suggestions", **reads("suggest", "notices", SuggestQuery))
async def suggestions(request: AnyRequest) -> Response[Suggestions]:
    """What a search that is being typed may become."""
    await guards.limit(request, "suggest")
    q = request.query_params.get("q", "")
    if unfolded_length(q) > LONGEST_QUERY:
        raise BadQuery(problems=[Problem("q", "too_long", {"limit": LONGEST_QUERY})])
    state = request.app.state
    finder = state.finder
    found = await suggesting.suggest(state.deployment, finder.asking, finder.vocabulary, q)
    return answered(Suggestions(suggestions=found))


@post("/api/v1/notices/{id:str}/withdrawal", **writes("withdraw", "notices", Withdrawal))
async def withdraw(request: AnyRequest, id: FromPath[str]) -> Response[Followed]:
    """Take a notice back: the certificate was found, or the declaration was a mistake."""
    key = key_of(request)
    raw = await bodies.raw_json(request)
    body, wrong = bodies.decode(raw, Withdrawal)
    person = await request.user.signed_in()
    if wrong:
        raise Invalid(problems=wrong)
    reason = amending.check_withdrawal(body.reason)
    guards.refuse_cross_site(request)
    answer = await amending.withdraw(
        request.app.state.deployment,
        person,
        id,
        reason,
        once_of(request, person.identity, key, raw),
    )
    return passed_on(answer, Followed, 201)


@post("/api/v1/notices/{id:str}/correction", **writes("correct", "notices", Correction))
async def correct(request: AnyRequest, id: FromPath[str]) -> Response[Followed]:
    """Correct issuer or dates of a notice; number, certificate and holder never change."""
    key = key_of(request)
    raw = await bodies.raw_json(request)
    body, wrong = bodies.decode(raw, Correction)
    person = await request.user.signed_in()
    if wrong:
        raise Invalid(problems=wrong)
    deployment, now = request.app.state.deployment, datetime.now(UTC)
    changes = amending.check_correction(deployment, body, now)
    guards.refuse_cross_site(request)
    answer = await amending.correct(
        deployment, person, id, changes, now=now, once_=once_of(request, person.identity, key, raw)
    )
    return passed_on(answer, Followed, 201)


@get(
    "/api/v1/notices/{id:str}/receipt",
    **reads("getReceipt", "notices", ReceiptQuery, problems=READ_ONE),
)
async def get_receipt(request: AnyRequest, id: FromPath[str]) -> Response[Receipt]:
    """The receipt of an event of a notice: proof that it stands in the log."""
    index = log_index(request, "event", None)
    receipt = await register.receipt(request.app.state.deployment, id, index)
    return answered(receipt, headers=NO_STORE)


def log_index(
    request: AnyRequest, name: str, default: int | None, low: int = 0, high: int = LAST_INDEX
) -> int | None:
    value = request.query_params.get(name)
    if value is None:
        return default
    number = whole_number(value, low, high)
    if number is None:
        expected = f"{low}-{high}"
        raise BadQuery(problems=[Problem(name, "bad_value", {"expected": expected})])
    return number


HANDLERS = [
    get_catalogue, get_notice, search_notices, suggestions, withdraw, correct,
    get_receipt,
]  # fmt: skip
