"""The page on which an officer says what for they look at what is not public of a case."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from notices import register
from notices.changing import deciding
from notices.changing.looking import HOLDS, Given, Looker
from notices.facts import purposes
from notices.facts.errors import refuse_wrong
from notices.pages import again, desk, desk_words, rendering
from notices.pages.desk import CLOSED
from notices.pages.submitting import Submission, carried_out
from notices.web import forms, languages
from notices.web.authentication import AnyRequest

FIELDS = ("purpose", "reference", "next")
_BELOW = re.compile(r"(/[a-z0-9-]+)*", re.ASCII)


def _path(id: str) -> str:
    return f"{desk.DESK}/{id}/purpose"


def _next(text: str | None, id: str) -> str:
    """Where it leads on: to something of this case, and nowhere else."""
    case = f"{desk.DESK}/{id}"
    path = rendering.local_path(text, case)
    # Browsers would resolve /desk/…/../../x, and %2e%2e alike.
    below = path.partition("?")[0].removeprefix(case)
    return path if path.startswith(case) and _BELOW.fullmatch(below) else case


@get("/desk/{id:str}/purpose", include_in_schema=False, opt=CLOSED)
async def purpose_form(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """Asks what for."""
    officer = await request.user.officer()
    notice = await register.get(id)
    key, sent = await again.sent(request, officer, _path(notice.id))
    problems = sent.wrong
    values = {name: sent.fields.get(name, "") for name in FIELDS}
    values["next"] = _next(values["next"] or request.query_params.get("next"), notice.id)
    return await rendering.page(
        request,
        "desk_purpose.html",
        status=422 if problems else 200,
        cache=rendering.NEVER_KEPT,
        words=desk_words,
        purposes=purposes,
        notice=notice.public(request.app.state.deployment),
        minutes=int(HOLDS.total_seconds()) // 60,
        values=values,
        problems=problems,
        errors=rendering.by_field(problems),
        hidden=again.hidden(request, officer, key),
    )


@post("/desk/{id:str}/purpose", include_in_schema=False)
async def say_purpose(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """From now on this case is shown in this session, and each look is in the audit log."""
    given, notice = await forms.fields(request), await register.get(id)
    purpose, reference = forms.filled(given, "purpose"), forms.filled(given, "reference")

    async def say(sent: Submission) -> Response[Any]:
        deciding.refuse_others(sent.person)
        refuse_wrong([], list(purposes.problems(purpose, reference)))
        looker = Looker(request.app.state.deployment, sent.person, request.user.session or "")
        await looker.say(notice.id, Given(purpose or "", purposes.referred(reference)))
        where = _next(given.get("next"), notice.id)
        return rendering.see_other(where, languages.language_of(request))

    body = {name: given.get(name, "") for name in FIELDS}
    return await carried_out(request, _path(notice.id), given, FIELDS, body, say)


HANDLERS = [purpose_form, say_purpose]
