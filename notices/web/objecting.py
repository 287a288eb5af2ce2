"""The page on which somebody objects to a notice, with a file if he has one."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from notices import register
from notices.changing import objecting, unfinished
from notices.changing.unfinished import Draft
from notices.facts import lifecycle
from notices.facts.errors import Invalid, MediaType, SignInRequired
from notices.identity import Person
from notices.register import Notice
from notices.web import again, guards, multipart, objections, rendering, signing
from notices.web.guards import AnyRequest
from notices.web.objections import Filed


def _path(id: str) -> str:
    return f"/notices/{id}/object"


async def _page(
    request: AnyRequest, person: Person, found: Notice, draft: Draft, key: str
) -> Response[str]:
    """The form, as it was filled in and with what was wrong; or that it was received."""
    problems = draft.wrong
    return await rendering.page(
        request,
        "object.html",
        status=422 if problems else 200,
        cache=rendering.NEVER_KEPT,
        notice=found.public(request.app.state.deployment),
        values={name: draft.fields.get(name, "") for name in objections.FIELDS},
        problems=problems,
        errors=rendering.by_field(problems),
        hidden=again.hidden(request, person, key),
        again=bool(draft.step),
        filed=draft.published[0] if draft.done else None,
    )


@get("/notices/{id:str}/object", include_in_schema=False)
async def form(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """Why somebody objects; or what became of the form that he has sent."""
    found = await register.get(id)
    person = await guards.require_person(request)
    key, draft = await again.sent(request, person, _path(found.id))
    if not draft.step:
        await objecting.refuse_own(request.app.state.deployment, person, found)
        lifecycle.refuse_ended(found.state)
    return await _page(request, person, found, draft, key)


@post("/notices/{id:str}/object", include_in_schema=False)
async def object_to(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """File the objection; what was wrong is shown at its place, and the file is to be chosen
    again, as browsers want it.

    What was typed is kept like a declaration's, so that no browser has to keep the page.
    """
    guards.refuse_cross_site(request)
    if not multipart.is_form(request):
        raise MediaType(expected=multipart.FORM)
    found = await register.get(id)
    filed = await objections.received(request, await guards.person_of(request), of_page=True)
    try:
        return await _object(request, found, filed)
    except SignInRequired:
        filed.discard()
        given = {name: filed.typed.get(name, "") for name in (*objections.FIELDS, *again.HIDDEN)}
        return await signing.sign_in_again(request, given, _path(found.id))


async def _object(request: AnyRequest, found: Notice, filed: Filed) -> Response[Any]:
    person = await again.sender(request, filed.typed.get("of", ""))
    key, path = again.key_in(filed.typed.get("key", "")), _path(found.id)
    once_ = again.once_of(request, person, path, filed.typed, filed.raw)
    try:
        answer = await objections.file(request, person, found.id, filed, once_)
    except Invalid as refusal:
        typed = {name: text for name, text in msgspec.structs.asdict(filed.form).items() if text}
        return await again.wrong(request, person, path, key, typed, refusal.problems)
    received = Draft(step=path, published=(msgspec.json.decode(answer)["id"],))
    session = guards.session_token(request)
    await unfinished.finish(request.app.state.deployment, person, session, key, received)
    return again.to(request, path, key)


HANDLERS = [form, object_to]
