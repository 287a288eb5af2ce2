"""The page on which somebody objects to a notice, with a file if they have one."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from notices import register
from notices.api.objections import EVIDENCE
from notices.changing import exhibits, objecting, unfinished
from notices.changing.draft import Draft
from notices.changing.exhibits import KeptFile
from notices.facts import lifecycle
from notices.facts.errors import MediaType, Problem
from notices.facts.requests import Objection
from notices.identity import Person
from notices.pages import again, brought, rendering
from notices.pages.brought import FILE
from notices.pages.submitting import Submission, carried_out
from notices.register import Notice
from notices.web import forms, limiting, multipart, uploads
from notices.web.authentication import AnyRequest
from notices.web.uploads import Upload

FIELDS = Objection.__struct_fields__
WITHOUT = "without"
"""The field that says that it is not to be used after all."""


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
        file=brought.kept(request.app.state.deployment, draft.fields.get(FILE, "")),
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
    """File the objection; what was wrong is shown at its place.

    What was typed is kept like a declaration's, and so is a file that nothing is wrong with, so
    that nobody looks for it twice and no browser has to keep the page.
    """
    if not multipart.is_form(request):
        raise MediaType(expected=multipart.FORM)
    found, here = await register.get(id), request.app.state.deployment
    person = await request.user.person()
    upload = await uploads.received(
        request, person, file=EVIDENCE, id=exhibits.new_id(), known=None,
        may_keep=lambda fields: again.issued(here, fields),
    )  # fmt: skip
    given, path = upload.fields, _path(found.id)
    objection = Objection(**{name: forms.filled(given, name) for name in FIELDS})
    earlier = await _earlier(request, person, path, upload)

    async def act(sent: Submission) -> Response[Any]:
        objecting.check(objection, upload.wrong)
        await objecting.refuse_own(here, sent.person, found)
        async with limiting.counting(request, "object", sent.person, sent.once):
            filed = await objecting.object_to(
                here, sent.person, found, objection, id=earlier.id if earlier else upload.id,
                receiving=upload.receiving, kept=earlier, once_=sent.once,
            )  # fmt: skip
        received = Draft(step=path, published=(filed.id,))
        await unfinished.finish(here, sent.person, request.user.session, sent.key, received)
        return again.to(request, path, sent.key)

    async def file(problems: Sequence[Problem]) -> dict[str, str]:
        if EVIDENCE in {one.field for one in problems}:
            return {}
        if upload.receiving is None and upload.fields.get(WITHOUT) == "yes":
            return {FILE: ""}
        told = str(earlier) if earlier is not None else await brought.keep(request, upload)
        return {FILE: told} if told else {}

    try:
        return await carried_out(request, path, given, FIELDS, upload.raw, act, file)
    finally:
        if upload.receiving is not None:
            upload.receiving.give_up()


async def _earlier(
    request: AnyRequest, person: Person | None, path: str, upload: Upload
) -> KeptFile | None:
    """The file that came when the form was sent before, unless another one takes its place."""
    key = upload.fields.get("key", "")
    if person is None or not unfinished.is_id(key):
        return None
    deployment = request.app.state.deployment
    draft = await unfinished.find(deployment, person, key)
    told = draft.fields.get(FILE, "") if draft is not None and draft.step == path else ""
    if upload.receiving is not None or upload.fields.get(WITHOUT) == "yes":
        await brought.forget(deployment, told)
        return None
    return brought.kept(deployment, told)


HANDLERS = [form, object_to]
