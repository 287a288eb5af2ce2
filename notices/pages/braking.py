"""The page on which an officer lets another go on, who has changed many notices."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from notices.changing import braking, deciding, unfinished
from notices.changing.draft import Draft
from notices.facts.errors import refuse_wrong
from notices.facts.text_check import reason_problems
from notices.pages import again, desk, desk_words, rendering
from notices.pages.desk import CLOSED
from notices.pages.submitting import Submission, carried_out
from notices.web import forms
from notices.web.authentication import AnyRequest

FIELDS = ("reason",)


def _path(id: str) -> str:
    return f"{desk.DESK}/brakes/{id}"


@get("/desk/brakes/{id:str}", include_in_schema=False, opt=CLOSED)
async def release_form(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """Who waits, and why they may go on."""
    officer, here = await request.user.officer(), request.app.state.deployment
    held = await braking.get(here, id)
    key, sent = await again.sent(request, officer, _path(id))
    return await rendering.page(
        request,
        "desk_brake.html",
        status=422 if sent.wrong else 200,
        cache=rendering.NEVER_KEPT,
        words=desk_words,
        held=held,
        most=here.settings.bulk_limit,
        values={name: sent.fields.get(name, "") for name in FIELDS},
        problems=sent.wrong,
        errors=rendering.by_field(sent.wrong),
        hidden=again.hidden(request, officer, key),
    )


@post("/desk/brakes/{id:str}", include_in_schema=False)
async def release(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """Let them change as many again."""
    given, here = await forms.fields(request), request.app.state.deployment
    reason = forms.filled(given, "reason")

    async def act(sent: Submission) -> Response[Any]:
        deciding.refuse_others(sent.person)
        refuse_wrong([], list(reason_problems("reason", reason)))
        await braking.release(here, sent.person, id, (reason or "").strip(), sent.once)
        done = Draft(step=desk.DESK, published=("release", id))
        await unfinished.finish(here, sent.person, request.user.session, sent.key, done)
        return again.to(request, desk.DESK, sent.key)

    return await carried_out(request, _path(id), given, FIELDS, {"reason": reason}, act)


HANDLERS = [release_form, release]
