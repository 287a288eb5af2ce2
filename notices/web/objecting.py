"""The page on which somebody objects to a notice, with a file if he has one."""

import secrets
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from notices import register
from notices.changing import objecting
from notices.facts.errors import Invalid, MediaType, Problem, SignInRequired
from notices.facts.forms import Objection
from notices.identity import Person
from notices.once import Once
from notices.register import Notice
from notices.web import guards, multipart, objections, rendering
from notices.web.guards import AnyRequest
from notices.web.objections import Filed


async def _form(
    request: AnyRequest, found: Notice, form: Objection, problems: list[Problem]
) -> Response[str]:
    return await rendering.page(
        request,
        "object.html",
        status=422 if problems else 200,
        cache=rendering.NEVER_KEPT,
        notice=found.public(request.app.state.deployment),
        values={name: value or "" for name, value in msgspec.structs.asdict(form).items()},
        problems=problems,
        errors=rendering.by_field(problems),
        key=secrets.token_urlsafe(24),
        filed=None,
    )


@get("/notices/{id:str}/object", include_in_schema=False)
async def form(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """Why somebody objects."""
    found = await register.get(id)
    person = await guards.require_person(request)
    await objecting.refuse_own(request.app.state.deployment, person, found)
    objecting.refuse_unless_living(found)
    return await _form(request, found, Objection(), [])


def _once_of(request: AnyRequest, person: Person, id: str, filed: Filed) -> Once | None:
    """The form's hidden key, so that pressing a button twice files one objection."""
    if not 1 <= len(filed.key) <= 255:
        return None
    secret = request.app.state.deployment.keys.matching
    return Once.of(secret, person.identity, f"/notices/{id}/object", filed.key, filed.raw)


@post("/notices/{id:str}/object", include_in_schema=False)
async def object_to(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """File the objection; what was wrong is shown at its place, and the file is to be chosen
    again, as browsers want it."""
    guards.refuse_cross_site(request)
    if not multipart.is_form(request):
        raise MediaType(expected=multipart.FORM)
    found = await register.get(id)
    person = await guards.person_of(request)
    filed = await objections.received(request, person)
    if person is None:
        raise SignInRequired
    try:
        answer = await objections.file(
            request, person, found.id, filed, _once_of(request, person, found.id, filed)
        )
    except Invalid as refusal:
        return await _form(request, found, filed.form, refusal.problems)
    return await rendering.page(
        request,
        "object.html",
        status=201,
        cache=rendering.NEVER_KEPT,
        notice=found.public(request.app.state.deployment),
        values={},
        errors={},
        key="",
        filed=msgspec.json.decode(answer),
    )


HANDLERS = [form, object_to]
