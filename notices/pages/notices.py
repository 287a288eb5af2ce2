"""The start page, and a notice."""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from notices import register
from notices.api import log
from notices.changing import amending
from notices.facts.lifecycle import may_follow
from notices.pages import numbers, rendering
from notices.print import picturing, printing
from notices.print.bilingual import AS_OF
from notices.register import speaking
from notices.web.authentication import AnyRequest
from notices.web.languages import TimeText

ON_THE_START_PAGE = 5
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
        # Going back must not show how it stood before.
        cache=rendering.NEVER_KEPT,
        notice=found.public(deployment),
        as_of=AS_OF.format(at=TimeText(found.now)),
        state=found.state,
        rests_on=found.rests_on,
        speaker=await speaking.relation_of(found),
        texts=await register.texts_of(found.id),
        mine=mine,
        may_object=not mine and not found.state.ended,
        may_withdraw=mine and may_follow("withdrawn", found.state),
        may_correct=mine and may_follow("corrected", found.state),
    )


HANDLERS = [home, notice]
