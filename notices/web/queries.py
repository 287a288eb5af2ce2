"""What a query string asks for: its parameters, one by one, and the search that they make."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, cast, get_args
from urllib.parse import unquote_to_bytes

from notices import finding
from notices.facts.errors import BadEncoding, BadQuery, Problem, UnknownParameter
from notices.facts.public.notice import Status
from notices.facts.text_check import unfolded_length
from notices.web.authentication import AnyRequest
from notices.web.requested import (
    DEEPEST,
    FIRST_YEAR,
    LAST_INDEX,
    LAST_YEAR,
    LONGEST_QUERY,
    MOST_WAITING,
    SearchQuery,
    Sort,
)

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
STATUSES: tuple[Status, ...] = get_args(Status)
SORTS = get_args(Sort)
SEARCH_PARAMETERS = SearchQuery.__struct_fields__


def refuse_bad_encoding(request: AnyRequest) -> None:
    """Raise BadEncoding for a query string that is not UTF-8, as old pages in GBK send.

    Read leniently it would be another query, and its empty answer a wrong one.
    """
    try:
        unquote_to_bytes(request.scope["query_string"]).decode()
    except UnicodeDecodeError:
        raise BadEncoding from None


def refuse_unknown_parameters(request: AnyRequest, known: Collection[str]) -> None:
    """Raise UnknownParameter naming those that are not in `known`, or BadQuery: those twice.

    For programs: pages, PDFs and feeds ignore what messengers and mail add to a link.
    """
    if not request.scope["query_string"]:
        return
    unknown = sorted({name for name, _ in request.query_params.multi_items()}.difference(known))
    if unknown:
        raise UnknownParameter(
            problems=[Problem(name, "unknown_parameter", {"name": name}) for name in unknown]
        )
    refuse_given_twice(request, known)


def refuse_given_twice(request: AnyRequest, known: Collection[str]) -> None:
    """Raise BadQuery naming those of `known` that do not say which of their values is meant."""
    names = Counter(name for name, _ in request.query_params.multi_items())
    twice = [name for name in known if names[name] > 1]
    if twice:
        raise BadQuery(problems=[Problem(name, "given_twice") for name in twice])


def whole_number(value: str, low: int, high: int) -> int | None:
    if value.isascii() and value.isdigit() and len(value) < 19 and low <= int(value) <= high:
        return int(value)
    return None


def waiting(given: Mapping[str, str], others: Sequence[Problem] = ()) -> int:
    """How many of what waits for officers are asked for.

    Raises BadQuery where that is wrong, or with what is wrong with the `others`.
    """
    limit, problems = whole_number(given.get("limit") or "20", 1, MOST_WAITING), list(others)
    if limit is None:
        problems.append(Problem("limit", "bad_value", {"expected": f"1-{MOST_WAITING}"}))
    if limit is None or problems:
        raise BadQuery(problems=problems)
    return limit


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
