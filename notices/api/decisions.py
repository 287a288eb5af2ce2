"""The JSON API of those who decide: officers, and the agencies that issue certificates."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from notices import register
from notices.agencies import Agency
from notices.api.documenting import READ_ONE, SESSION, agency_for, reads, writes
from notices.changing import confirming, deciding, issuing, rejecting, rivals
from notices.changing.rivals import Rivals
from notices.facts.public.notice import Followed, Rejected
from notices.facts.public.shown import Time
from notices.facts.requests import Confirmation, Decision, Redaction, Replacement
from notices.register import overlapping
from notices.web import purposes, queries, writing
from notices.web.authentication import AnyRequest, Asker
from notices.web.replies import NO_STORE, answered
from notices.web.requested import OverlapsQuery, RivalsQuery


@post("/api/v1/notices/{id:str}/decisions", **writes("decide", "decisions", Decision))
async def decide(request: AnyRequest, id: FromPath[str]) -> Response[Followed | Rejected]:
    """Admit, reject or dismiss an objection, or annul the notice; for officers.

    Of a rejection no event tells, and its reason is not published.
    """
    async with writing.of(request, Decision, Asker.signed_in) as write:
        deciding.check(write.body, write.wrong)
        once = write.admit()
        deciding.refuse_others(write.by)
        notice = await register.get(id)
        rejects = write.body.decision == deciding.REJECT
        act = rejecting.reject if rejects else deciding.decide
        done = await act(write.deployment, write.by, notice.id, write.body, once)
    kind: type[Followed | Rejected] = Rejected if rejects else Followed
    return writing.created(done, kind)


@post("/api/v1/notices/{id:str}/redaction", **writes("redact", "decisions", Redaction))
async def redact(request: AnyRequest, id: FromPath[str]) -> Response[Followed]:
    """Remove what a notice says for good; number, times and status stay. For officers."""
    async with writing.of(request, Redaction, Asker.signed_in) as write:
        reason = deciding.check_redaction(write.body, write.wrong)
        once = write.admit()
        deciding.refuse_others(write.by)
        notice = await register.get(id)
        done = await deciding.redact(write.deployment, write.by, notice.id, reason, once)
    return writing.created(done, Followed)


@post(
    "/api/v1/notices/{id:str}/confirmation",
    **writes(
        "confirm", "decisions", Confirmation, by=(agency_for("issue"), SESSION), may_be_empty=True
    ),
)
async def confirm(request: AnyRequest, id: FromPath[str]) -> Response[Followed]:
    """Confirm a declaration as the issuer, or as an officer one that was made for somebody else.

    The body is {} or empty.
    """
    by = Asker.agency_or_officer
    async with writing.of(request, Confirmation, by, may_be_empty=True) as write:
        once = write.admit()
        if isinstance(write.by, Agency):
            write.by.refuse_to_change()
        notice = await register.get(id)
        done = await confirming.confirm(write.deployment, write.by, notice.id, once)
    return writing.created(done, Followed)


@post(
    "/api/v1/notices/{id:str}/replacement",
    **writes("replace", "decisions", Replacement, by=(agency_for("issue"),)),
)
async def replace(request: AnyRequest, id: FromPath[str]) -> Response[Followed]:
    """Tell that a new certificate was issued; the old one is void for good."""
    async with writing.of(request, Replacement, Asker.agency) as write:
        issuing.check(write.deployment, write.body, write.now, write.wrong)
        once = write.admit()
        write.by.refuse_to_change()
        notice = await register.get(id)
        done = await issuing.replace(write.deployment, write.by, notice.id, write.body, once)
    return writing.created(done, Followed)


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
    limit = queries.waiting(request.query_params)
    await request.user.officer()
    found = [Overlap(**each) for each in await overlapping.listed(limit)]
    return answered(Overlaps(overlaps=found), headers=NO_STORE)


@get(
    "/api/v1/rivals",
    **reads("getRivals", "decisions", RivalsQuery, problems=READ_ONE, closed=True, looks=True),
)
async def rivals_waiting(request: AnyRequest) -> Response[Rivals]:
    """Declarations refused because another holder's notice stands in the way; for officers."""
    given = request.query_params
    limit = queries.waiting(given)
    officer = await request.user.officer()
    notice = (await register.get(given["notice"])).id if given.get("notice") else None
    found = await rivals.waiting(request.app.state.deployment, notice=notice, limit=limit)
    if notice is None:
        found = await purposes.of_others(request, officer, found)
    seen = [each.notice for each in found]
    await purposes.note(request, officer, "rivals", seen, [f"rival {each.id}" for each in found])
    return answered(Rivals(rivals=found), headers=NO_STORE)


HANDLERS = [overlaps, rivals_waiting, decide, redact, confirm, replace]
