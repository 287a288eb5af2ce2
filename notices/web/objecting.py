"""The page on which somebody objects to a notice, with a file if he has one."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from notices import register
from notices.changing import objecting, unfinished
from notices.changing.unfinished import Draft
from notices.facts.errors import Invalid, MediaType, SignInRequired
from notices.identity import Person
from notices.once import Once
from notices.register import Notice
from notices.web import again, guards, multipart, objections, rendering
from notices.web.guards import AnyRequest
from notices.web.objections import Filed

FIELDS = ("number", "ground", "text")


def _path(id: str) -> str:
    return f"/notices/{id}/object"


async def _page(request: AnyRequest, found: Notice, draft: Draft, key: str) -> Response[str]:
    """The form, as it was filled in and with what was wrong; or that it was received."""
    problems = draft.wrong
    return await rendering.page(
        request,
        "object.html",
        status=422 if problems else 200,
        cache=rendering.NEVER_KEPT,
        notice=found.public(request.app.state.deployment),
        values={name: draft.fields.get(name, "") for name in FIELDS},
        problems=problems,
        errors=rendering.by_field(problems),
        key=key,
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
        objecting.refuse_unless_living(found)
    return await _page(request, found, draft, key)


def _once_of(request: AnyRequest, person: Person, id: str, filed: Filed) -> Once | None:
    """The form's hidden key, so that pressing a button twice files one objection."""
    if not 1 <= len(filed.key) <= 255:
        return None
    secret = request.app.state.deployment.keys.matching
    return Once.of(secret, person.identity, f"/notices/{id}/object", filed.key, filed.raw)


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
    person = await guards.person_of(request)
    filed = await objections.received(request, person)
    if person is None:
        raise SignInRequired
    key, path = again.key_in(filed.key), _path(found.id)
    try:
        answer = await objections.file(
            request, person, found.id, filed, _once_of(request, person, found.id, filed)
        )
    except Invalid as refusal:
        typed = {name: text for name, text in msgspec.structs.asdict(filed.form).items() if text}
        return await again.wrong(request, person, path, key, typed, refusal.problems)
    received = Draft(step=path, published=(msgspec.json.decode(answer)["id"],))
    session = guards.session_token(request)
    await unfinished.finish(request.app.state.deployment, person, session, key, received)
    return again.to(request, path, key)


HANDLERS = [form, object_to]
