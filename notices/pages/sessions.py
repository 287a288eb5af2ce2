"""The page to sign in on, whatever the way in is, and the end of a session."""

from datetime import timedelta
from typing import Any

from litestar import Response, delete, get, post

from notices import identity
from notices.api.documenting import reads
from notices.changing import leaving, unfinished
from notices.facts.errors import SignInRequired
from notices.pages import again, rendering, sign_in
from notices.pages.sign_in import Onward, carrying
from notices.web import authentication, forms, languages, limiting, options, writing
from notices.web.authentication import AnyRequest, Asker
from notices.web.requested import Nothing

MOST_SHOWN = 20


@get("/sign-in", include_in_schema=False)
async def sign_in_page(request: AnyRequest) -> Response[Any]:
    """Asks who somebody is; `next` is the page that needs to know.

    `of` names what was typed before in a session that has ended. Whoever is signed in and is to go
    on as another takes along the draft to which `next` leads.
    """
    if rendering.kiosk_of(request) is not None:
        return rendering.to_sign_in(request)
    next = rendering.local_path(request.query_params.get("next"), "/mine")
    onward = None
    if name := request.query_params.get("of"):
        onward = await carrying.found(request, name)
    elif sign_in.wanted_kind(request):
        onward = await carrying.of_draft(request, await request.user.person(), next)
        if onward.typed:  # is kept at each look
            await limiting.limit(request, "submit", request.user.address)
    return await sign_in.of(request).page(request, onward or Onward(next))


@post("/sign-out", include_in_schema=False)
async def sign_out(request: AnyRequest) -> Response[Any]:
    """End the session, if there is one, and forget its forms; declarations that were begun wait."""
    deployment, person = request.app.state.deployment, await request.user.person()
    await leaving.sign_out(deployment, request.user.session)
    response = await sign_in.of(request).farewell(request, person)
    authentication.forget(response, deployment)
    return response


@get("/session", opt={options.UNATTENDED: True}, include_in_schema=False)
async def session_page(request: AnyRequest) -> Response[Any]:
    """Until when somebody is signed in, and the way to stay so for longer."""
    await request.user.signed_in()
    return await rendering.page(request, "session.html", cache=rendering.NEVER_KEPT)


@post("/session", include_in_schema=False)
async def extend(request: AnyRequest) -> Response[Any]:
    """Let the session last as long from now on as it may."""
    deployment, token = request.app.state.deployment, request.user.session
    await request.user.signed()  # whoever works here is seen to be there
    signed = await identity.extend(deployment, token) if token else None
    if signed is None or token is None:
        return rendering.to_sign_in(request)
    response = rendering.see_other("/session", languages.language_of(request))
    authentication.remember(response, deployment, token, timedelta(seconds=signed.left))
    return response


@get("/mine/sessions", include_in_schema=False)
async def sessions(request: AnyRequest) -> Response[Any]:
    """Everywhere one is signed in, and the way to end all of it."""
    person, token = await request.user.signed_in(), request.user.session or ""
    found = await leaving.sessions(request.app.state.deployment, person, token)
    return await rendering.page(
        request, "sessions.html", cache=rendering.NEVER_KEPT,
        sessions=found[:MOST_SHOWN], more=len(found[MOST_SHOWN:]),
        hidden=again.hidden(request, person, unfinished.new_id()),
    )  # fmt: skip


@post("/mine/sign-out", include_in_schema=False)
async def sign_out_everywhere(request: AnyRequest) -> Response[Any]:
    """End every session of the account, on whatever device, for whomever it acts."""
    deployment, given = request.app.state.deployment, await forms.fields(request)
    try:
        person = await again.sender(request, given.get("of", ""))
    except SignInRequired:  # of somebody else's sessions none is ended in place of one's own
        return again.signing_in(request, "/mine/sessions")
    await leaving.sign_out_everywhere(deployment, person, request.user.session or "")
    response = await sign_in.of(request).farewell(request, person)
    authentication.forget(response, deployment)
    return response


@delete(
    "/api/v1/session",
    status_code=204,
    **reads("signOut", "sessions", problems=(400, 429, 503), closed=True),
)
async def end(request: AnyRequest) -> Response[None]:
    """End the session."""
    async with writing.of(request, Nothing, Asker.signed_in) as write:
        write.admit()
        await leaving.sign_out(write.deployment, request.user.session)
    response = Response(None, status_code=204)
    authentication.forget(response, write.deployment)
    return response


HANDLERS = [
    sign_in_page, sign_out, session_page, extend, sessions, sign_out_everywhere, end,
]  # fmt: skip
