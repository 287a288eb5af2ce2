"""The JSON API of those who decide: officers, and the agencies that issue certificates."""

from datetime import UTC, datetime

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from notices import register
from notices.changing import confirming, deciding, issuing, rivals
from notices.changing.rivals import Rivals
from notices.facts.errors import BadQuery, Invalid, Problem
from notices.facts.forms import Confirmation, Decision, Redaction, Replacement
from notices.facts.public.notice import Followed
from notices.facts.public.shown import Time
from notices.register import claims
from notices.web import bodies, guards
from notices.web.authentication import AnyRequest
from notices.web.documenting import AGENCY, READ_ONE, SESSION, reads, writes
from notices.web.notices import NO_STORE, answered, key_of, once_of, passed_on, whole_number
from notices.web.requested import MOST_WAITING, OverlapsQuery, RivalsQuery


@post("/api/v1/notices/{id:str}/decisions", **writes("decide", "decisions", Decision))
async def decide(request: AnyRequest, id: FromPath[str]) -> Response[Followed]:
    """Admit or dismiss an objection, or annul the notice; for officers."""
    key = key_of(request)
    raw = await bodies.raw_json(request)
    body, wrong = bodies.decode(raw, Decision)
    person = await request.user.signed_in()
    deciding.check(body, wrong)
    guards.refuse_cross_site(request)
    deciding.refuse_others(person)
    notice = await register.get(id)
    once_ = once_of(request, person.identity, key, raw)
    answer = await deciding.decide(request.app.state.deployment, person, notice.id, body, once_)
    return passed_on(answer, Followed, 201)


@post("/api/v1/notices/{id:str}/redaction", **writes("redact", "decisions", Redaction))
async def redact(request: AnyRequest, id: FromPath[str]) -> Response[Followed]:
    """Remove what a notice says for good; number, times and status stay. For officers."""
    key = key_of(request)
    raw = await bodies.raw_json(request)
    body, wrong = bodies.decode(raw, Redaction)
    person = await request.user.signed_in()
    if wrong:
        raise Invalid(problems=wrong)
    reason = deciding.check_reason(body.reason)
    guards.refuse_cross_site(request)
    deciding.refuse_others(person)
    notice = await register.get(id)
    once_ = once_of(request, person.identity, key, raw)
    answer = await deciding.redact(request.app.state.deployment, person, notice.id, reason, once_)
    return passed_on(answer, Followed, 201)


@post(
    "/api/v1/notices/{id:str}/confirmation",
    **writes("confirm", "decisions", Confirmation, by=(AGENCY, SESSION), may_be_empty=True),
)
async def confirm(request: AnyRequest, id: FromPath[str]) -> Response[Followed]:
    """Confirm a declaration as the issuer, or as an officer one that was made for somebody else.

    The body is {} or empty.
    """
    key = key_of(request)
    raw = await bodies.raw_json(request, may_be_empty=True)
    bodies.decode(raw or b"{}", Confirmation)
    by = await request.user.agency_or_officer()
    guards.refuse_cross_site(request)
    notice = await register.get(id)
    once_ = once_of(request, by.identity, key, raw)
    answer = await confirming.confirm(request.app.state.deployment, by, notice.id, once_)
    return passed_on(answer, Followed, 201)


@post(
    "/api/v1/notices/{id:str}/replacement",
    **writes("replace", "decisions", Replacement, by=(AGENCY,)),
)
async def replace(request: AnyRequest, id: FromPath[str]) -> Response[Followed]:
    """Tell that a new certificate was issued; the old one is void for good."""
    key = key_of(request)
    raw = await bodies.raw_json(request)
    body, wrong = bodies.decode(raw, Replacement)
    agency = await request.user.agency()
    deployment = request.app.state.deployment
    issuing.check(deployment, body, datetime.now(UTC), wrong)
    guards.refuse_cross_site(request)
    notice = await register.get(id)
    once_ = once_of(request, agency.identity, key, raw)
    answer = await issuing.replace(deployment, agency, notice.id, body, once_)
    return passed_on(answer, Followed, 201)


class Overlap(msgspec.Struct, frozen=True, kw_only=True):
    """Two notices whose numbers newer rules found to be one, and when they did."""

    notices: list[str]
    at: Time


class Overlaps(msgspec.Struct, frozen=True, kw_only=True):
    """Pairs of notices, the oldest first."""

    overlaps: list[Overlap]


@get("/api/v1/overlaps", **reads("getOverlaps", "decisions", OverlapsQuery, closed=True))
async def overlaps(request: AnyRequest) -> Response[Overlaps]:
    """Pairs of living notices whose numbers turned out to be one; for officers."""
    limit = whole_number(request.query_params.get("limit") or "20", 1, MOST_WAITING)
    if limit is None:
        raise BadQuery(problems=[Problem("limit", "bad_value", {"expected": f"1-{MOST_WAITING}"})])
    await request.user.officer()
    found = [Overlap(**each) for each in await claims.overlaps(limit)]
    return answered(Overlaps(overlaps=found), headers=NO_STORE)


@get(
    "/api/v1/rivals", **reads("getRivals", "decisions", RivalsQuery, problems=READ_ONE, closed=True)
)
async def rivals_waiting(request: AnyRequest) -> Response[Rivals]:
    """Declarations refused because another holder's notice stands in the way; for officers."""
    given = request.query_params
    limit = whole_number(given.get("limit") or "20", 1, MOST_WAITING)
    if limit is None:
        raise BadQuery(problems=[Problem("limit", "bad_value", {"expected": f"1-{MOST_WAITING}"})])
    await request.user.officer()
    notice = (await register.get(given["notice"])).id if given.get("notice") else None
    found = await rivals.waiting(request.app.state.deployment, notice=notice, limit=limit)
    return answered(Rivals(rivals=found), headers=NO_STORE)


HANDLERS = [overlaps, rivals_waiting, decide, redact, confirm, replace]
