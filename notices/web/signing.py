"""Pages to sign in to the demo and out, and the notices of whoever is signed in."""

import base64
from typing import Any

import msgspec
from litestar import Response, get, post

from notices import identity, register
from notices.changing import amending, leaving, unfinished
from notices.deployment import Deployment
from notices.facts.errors import BadRequest, Invalid, NotFound, Problem
from notices.facts.texts import Text
from notices.identity import Login, LoginOrganisation, Person
from notices.trust.sealing import SealError
from notices.web import again, authentication, guards, rendering, steps, typed
from notices.web.authentication import AnyRequest
from notices.web.posted import Posted

# Area code 379999 belongs to no place, so none of these numbers can be anybody's.
SAMPLES: dict[str, Login] = {
    "li": Login(
        kind="organisation",
        name="李晓梅",
        identifier="379999198803122255",
        organisation=LoginOrganisation("潍坊市奎文区某某餐饮店", "92379999MA0000023B"),
    ),
    "wang": Login(
        kind="organisation",
        name="王建国",
        identifier="379999197211084422",
        organisation=LoginOrganisation("潍坊某某商贸有限公司", "91379999MA0000015K"),
    ),
    "zhang": Login(kind="person", name="张伟", identifier="379999198803120137"),
    "ouyang": Login(kind="person", name="欧阳雪", identifier="379999199507203119"),
}
"""Made-up people and organisations that one click signs in."""

TYPED = ("kind", "name", "identifier", "identifier_type")


def demo_only(request: AnyRequest) -> None:
    """Raises NotFound where nobody can sign in so."""
    if not request.app.state.deployment.settings.demo:
        raise NotFound


async def _form(
    request: AnyRequest,
    next: str,
    draft: str,
    values: dict[str, str],
    problems: list[Problem],
    status: int,
) -> Response[str]:
    return await rendering.page(
        request,
        "sign_in.html",
        status=status,
        cache=rendering.NEVER_KEPT,
        samples=SAMPLES,
        next=next,
        draft=draft,
        values=values,
        problems=problems,
        errors=rendering.by_field(problems),
    )


@get("/sign-in", include_in_schema=False)
async def sign_in_form(request: AnyRequest) -> Response[str]:
    """Made-up people to choose from, and a form to type another."""
    demo_only(request)
    next = rendering.local_path(request.query_params.get("next"), "/mine")
    return await _form(request, next, "", {}, [], 200)


async def sign_in_again(
    request: AnyRequest, given: dict[str, str], next: str = "/declare"
) -> Response[str]:
    """The sign-in page for somebody whose session ended; it keeps what was typed for `next`.

    Sealed, since whoever comes to this browser next may look at all that the page holds.
    """
    demo_only(request)
    sealer = request.app.state.deployment.keys.sealer
    sealed = sealer.seal(msgspec.json.encode(given), _place(next))
    return await _form(request, next, base64.urlsafe_b64encode(sealed).decode(), {}, [], 401)


def _place(next: str) -> bytes:
    return b"signing in\0" + next.encode()


def _login(given: dict[str, str]) -> Login:
    if given.get("sample") in SAMPLES:
        return SAMPLES[given["sample"]]
    organisation = None
    if given.get("kind") == "organisation":
        organisation = LoginOrganisation(
            typed.filled(given, "organisation.name"), typed.filled(given, "organisation.identifier")
        )
    return Login(**{name: typed.filled(given, name) for name in TYPED}, organisation=organisation)


@post("/sign-in", status_code=200, include_in_schema=False)
async def sign_in(request: AnyRequest) -> Response[Any]:
    """Open a session, and go back to where it was needed."""
    demo_only(request)
    deployment = request.app.state.deployment
    given = await typed.fields(request)
    next = rendering.local_path(given.get("next"), "/mine")
    draft = given.get("draft", "")
    fields = _fields_of(deployment, draft, next) if draft else {}
    try:
        person: Person = identity.person_from(_login(given))
    except Invalid as refusal:
        return await _form(request, next, draft, given, refusal.problems, 422)
    token = await leaving.sign_in(deployment, person, request.user.session)
    if draft:
        next = await _resumed(deployment, person, token, next, fields)
    response = rendering.see_other(next, rendering.language_of(request))
    authentication.remember(response, deployment, token)
    return response


async def _resumed(
    deployment: Deployment, person: Person, token: str, next: str, fields: dict[str, str]
) -> str:
    """Where somebody goes on who has signed in halfway; from here on a draft keeps his fields.

    What somebody else had typed before his session ended is not for whoever signs in after him.
    """
    if again.is_form(next):
        return await again.resumed(deployment, person, token, next, fields)
    owner = unfinished.owner_in(fields.get("of", ""))
    if person.kind == "officer" or owner not in (None, unfinished.owner_of(deployment, person)):
        return next
    id, form = unfinished.new_id(), Posted.of(fields, deployment)
    await unfinished.change(deployment, person, token, id, lambda _: form.keep(deployment, None))
    return steps.address(form.page, id)


def _fields_of(deployment: Deployment, draft: str, next: str) -> dict[str, str]:
    try:
        sealed = base64.urlsafe_b64decode(draft.encode("ascii"))
        plain = deployment.keys.sealer.open(sealed, _place(next))
    except (ValueError, SealError):
        raise BadRequest(
            reason=Text("表单内容已损坏，请重新填写。", "the form is damaged; begin again.")
        ) from None
    return msgspec.json.decode(plain, type=dict[str, str])


@post("/sign-out", include_in_schema=False)
async def sign_out(request: AnyRequest) -> Response[str]:
    """End the session, if there is one, and forget what was typed in it."""
    guards.refuse_cross_site(request)
    await leaving.sign_out(request.app.state.deployment, request.user.session)
    response = rendering.see_other("/", rendering.language_of(request))
    authentication.forget(response, request.app.state.deployment)
    return response


@get("/mine", include_in_schema=False)
async def mine(request: AnyRequest) -> Response[str]:
    """The notices that whoever is signed in can withdraw or correct."""
    person = await request.user.signed_in()
    deployment = request.app.state.deployment
    ids = await amending.declared_by(deployment, person)
    found = await register.get_many(ids)
    return await rendering.page(
        request,
        "mine.html",
        cache=rendering.NEVER_KEPT,
        notices=[found[id].public(deployment) for id in ids if id in found],
    )


HANDLERS = [sign_in_form, sign_in, sign_out, mine]
