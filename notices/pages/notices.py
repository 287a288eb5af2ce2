"""The start page, a notice, and the notices of whoever is signed in."""

from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from notices import register
from notices.api import log
from notices.changing import amending, expiring, looking
from notices.deployment import Deployment
from notices.facts import public_terms, purposes
from notices.facts.agencies import KINDS
from notices.facts.lifecycle import may_follow
from notices.facts.texts import Message, Text
from notices.pages import begun, numbers, rendering, watching
from notices.print import picturing, printing
from notices.register import Notice, speaking
from notices.watches import alerts
from notices.web.authentication import AnyRequest

ON_THE_START_PAGE = 5
ON_MINE = 10
OFFICES: dict[str, Text] = {"officer": Message("工作人员"), "agency": Message("发证机关")}
"""Who looked at what is private, as whom it concerns is told."""
PROOF, PRINTED, PICTURED = ".tlog-proof", ".pdf", ".png"


@get("/", include_in_schema=False)
async def home(request: AnyRequest) -> Response[str]:
    """What this is, and the three things to do here."""
    deployment = request.app.state.deployment
    # Organisations only: the start page is what search engines read first.
    newest = await register.newest_of_organisations(ON_THE_START_PAGE)
    return await rendering.page(
        request,
        "home.html",
        newest=[notice.public(deployment) for notice in newest],
        numbers=await numbers.now(request),
    )


@get("/notices/{id:str}", include_in_schema=False)
async def notice(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """A notice: its statement, its status and what that means, its history; or a file of it."""
    if id.endswith(PROOF):
        return await log.tlog_proof(request, id.removesuffix(PROOF))
    if id.endswith(PRINTED):
        return await printing.pdf(request, id.removesuffix(PRINTED))
    if id.endswith(PICTURED):
        return await picturing.png(request, id.removesuffix(PICTURED))
    deployment = request.app.state.deployment
    found = await register.get(id)
    person = await request.user.person()
    mine = person is not None and await amending.is_declarant(deployment, person, found.id)
    return await rendering.page(
        request,
        "notice.html",
        notice=found.public(deployment),
        state=found.state,
        rests_on=found.rests_on,
        speaker=await speaking.relation_of(found),
        texts=await register.texts_of(found.id),
        mine=mine,
        may_object=not mine and not found.state.ended,
        may_withdraw=mine and may_follow("withdrawn", found.state),
        may_correct=mine and may_follow("corrected", found.state),
    )


def _ending(deployment: Deployment, notices: list[Notice]) -> list[tuple[Notice, datetime]]:
    """Those whose public term is over soon, with its end, the first to end first."""
    ends = [(notice, expiring.ends_at(deployment, notice)) for notice in notices]
    soon = [
        (notice, at)
        for notice, at in ends
        if at is not None and at <= notice.now + public_terms.ANNOUNCED
    ]
    return sorted(soon, key=lambda each: each[1])


@get("/mine", include_in_schema=False)
async def mine(request: AnyRequest) -> Response[str]:
    """The notices that whoever is signed in can withdraw or correct."""
    person = await request.user.signed_in()
    deployment = request.app.state.deployment
    ids = await amending.declared_by(deployment, person)
    found = await register.get_many(ids)
    return await rendering.page(
        request,
        "mine.html",
        cache=rendering.NEVER_KEPT,
        notices=[found[id].public(deployment) for id in ids if id in found],
        ending=_ending(deployment, [found[id] for id in ids if id in found]),
        looks=await looking.at(ids) if ids else [],
        news=(await watching.news(deployment, person))[:ON_MINE],
        checks=await alerts.of_holder(deployment, person),
        begun=await begun.of(deployment, person),
        kinds=KINDS,
        purposes=purposes.SHOWN,
        offices=OFFICES,
    )


HANDLERS = [home, notice, mine]
