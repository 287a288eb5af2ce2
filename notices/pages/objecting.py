"""The page on which somebody objects to a notice, with a file if they have one."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from notices import register
from notices.api.objections import EVIDENCE
from notices.changing import exhibits, objecting, unfinished
from notices.changing.unfinished import Draft
from notices.facts import lifecycle
from notices.facts.errors import MediaType
from notices.facts.requests import Objection
from notices.identity import Person
from notices.pages import again, rendering
from notices.pages.submitting import Submission, carried_out
from notices.register import Notice
from notices.web import forms, limiting, multipart, uploads
from notices.web.authentication import AnyRequest

FIELDS = Objection.__struct_fields__


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
        values={name: draft.fields.get(name, "") for name in FIELDS},
        problems=problems,
        errors=rendering.by_field(problems),
        hidden=again.hidden(request, person, key),
        again=bool(draft.step),
        filed=draft.published[0] if draft.done else None,
    )


@get("/notices/{id:str}/object", include_in_schema=False)
async def form(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """Why somebody objects; or what became of the form that they have sent."""
    found = await register.get(id)
    person = await request.user.signed_in()
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
    if not multipart.is_form(request):
        raise MediaType(expected=multipart.FORM)
    found = await register.get(id)
    person, file = await request.user.person(), exhibits.new_id()
    upload = await uploads.received(request, person, file=EVIDENCE, id=file, known=None)
    given, path = upload.fields, _path(found.id)
    objection = Objection(**{name: forms.filled(given, name) for name in FIELDS})

    async def act(sent: Submission) -> Response[Any]:
        here = request.app.state.deployment
        objecting.check(objection, upload.wrong)
        await objecting.refuse_own(here, sent.person, found)
        async with limiting.counting(request, "object", sent.person, sent.once):
            filed = await objecting.object_to(
                here, sent.person, found, objection,
                id=file, receiving=upload.receiving, once_=sent.once,
            )  # fmt: skip
        received = Draft(step=path, published=(filed.id,))
        await unfinished.finish(here, sent.person, request.user.session, sent.key, received)
        return again.to(request, path, sent.key)

    try:
        return await carried_out(request, path, given, FIELDS, upload.raw, act)
    finally:
        if upload.receiving is not None:
            upload.receiving.give_up()


HANDLERS = [form, object_to]
