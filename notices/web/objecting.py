"""The page on which somebody objects to a notice, with a file if he has one."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from notices import register
from notices.changing import objecting, unfinished
from notices.changing.unfinished import Draft, Told
from notices.facts.errors import Invalid, MediaType, SignInRequired
from notices.identity import Person
from notices.once import Once
from notices.register import Notice
from notices.web import guards, multipart, objections, rendering
from notices.web.guards import AnyRequest
from notices.web.objections import Filed

FIELDS = ("number", "ground", "text")
AGAIN = "again"
"""The parameter that names a form that was sent; it is the form's own key, and tells nothing."""


def _path(id: str) -> str:
    return f"/notices/{id}/object"


async def _page(request: AnyRequest, found: Notice, draft: Draft, key: str) -> Response[str]:
    """The form, as it was filled in and with what was wrong; or that it was received."""
    problems = [told.problem for told in draft.problems]
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
    """Why somebody objects; `again` is the form that he has sent, wrong or right."""
    found = await register.get(id)
    person = await guards.require_person(request)
    deployment, again = request.app.state.deployment, request.query_params.get(AGAIN, "")
    sent = await unfinished.find(deployment, person, again) if unfinished.is_id(again) else None
    if sent is not None and sent.step == _path(found.id):
        return await _page(request, found, sent, again)
    await objecting.refuse_own(deployment, person, found)
    objecting.refuse_unless_living(found)
    return await _page(request, found, Draft(), unfinished.new_id())


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
    key = filed.key if unfinished.is_id(filed.key) else unfinished.new_id()
    typed = {name: value for name, value in msgspec.structs.asdict(filed.form).items() if value}
    deployment, path = request.app.state.deployment, _path(found.id)
    try:
        answer = await objections.file(
            request, person, found.id, filed, _once_of(request, person, found.id, filed)
        )
    except Invalid as refusal:
        problems = tuple(Told.of(problem) for problem in refusal.problems)
        wrong = Draft(fields=typed, step=path, problems=problems)
        await unfinished.change(deployment, person, key, lambda _: wrong)
    else:
        filed_as = msgspec.json.decode(answer)["id"]
        await unfinished.finish(deployment, person, key, Draft(step=path, published=(filed_as,)))
    return rendering.see_other(f"{path}?{AGAIN}={key}", rendering.language_of(request))


HANDLERS = [form, object_to]
