"""The pages on which a loss is declared, one step after the other.

Nothing is kept on the server between steps: each page carries what was typed so far in hidden
fields, always by POST, so that no private value ever stands in an address.
"""

import secrets
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from notices import declarations, once, register
from notices.changing import amending
from notices.deployment import Deployment
from notices.facts import disclosure, periods
from notices.facts.catalogue import Catalogue, Certificate
from notices.facts.errors import AlreadyDeclared, NotTheHolder, Problem, SignInRequired
from notices.facts.forms import Declaration
from notices.facts.texts import CHINA
from notices.identity import Person
from notices.web import changing, guards, region_field, rendering, signing, typed
from notices.web.drafts import (
    AGREED,
    SHOWN,
    STEPS,
    declaration_of,
    draft_of,
    problems_in,
    step_of,
)
from notices.web.guards import AnyRequest

NOBODY = Person(kind="", name="", identifier="")
"""Who has not signed in yet may look what there is to declare; to go on is to sign in."""


@get("/declare", include_in_schema=False)
async def start(request: AnyRequest) -> Response[Any]:
    """The first step: which certificate. A link may name it, or words to find it by."""
    person = await guards.person_of(request) or NOBODY
    if person.kind == "officer":
        raise NotTheHolder
    deployment = request.app.state.deployment
    named = request.query_params.get("certificate", "")
    certificate = deployment.catalogue.certificates.get(named)
    if certificate is not None and person is NOBODY:
        raise SignInRequired
    if certificate is not None and certificate.holder_kind in ("either", person.acts_for[0]):
        return await show(request, person, "matter", {"certificate": certificate.id}, {}, [])
    return await show(request, person, "certificate", {}, {}, [])


@post("/declare", status_code=200, include_in_schema=False)
async def proceed(request: AnyRequest) -> Response[Any]:
    """From a step to another one, or to publishing; what was typed goes along."""
    deployment = request.app.state.deployment
    given = region_field.chosen(typed.with_days(await typed.fields(request)), deployment.regions)
    person = await guards.person_of(request)
    if person is None:
        return await signing.sign_in_again(request, given)
    if person.kind == "officer":
        raise NotTheHolder
    draft = draft_of(given, deployment.catalogue)
    at, to = _step(given, "at"), _step(given, "to")
    declaration = declaration_of(draft, given, person)
    if STEPS.index(to) > STEPS.index(at):
        problems = problems_in(deployment, person, declaration, datetime.now(UTC))
        missing = [one for one in problems if STEPS.index(step_of(one.field)) < STEPS.index(to)]
        if missing:
            step = step_of(missing[0].field)
            own = [one for one in missing if step_of(one.field) == step]
            return await show(request, person, step, draft, given, own)
        if to == "publish":
            return await publish(request, person, declaration, draft, given)
    return await show(request, person, "check" if to == "publish" else to, draft, given, [])


def _step(given: dict[str, str], name: str) -> str:
    step = given.get(name, "")
    return step if step in STEPS else STEPS[0]


async def publish(
    request: AnyRequest,
    person: Person,
    declaration: Declaration,
    draft: dict[str, str],
    given: dict[str, str],
) -> Response[Any]:
    """Publish, and lead to the confirmation; a number that is declared already leads there."""
    deployment = request.app.state.deployment
    certificate = declarations.check(deployment, person, declaration, datetime.now(UTC))
    once_ = changing.once_of(request, person, "/declare", given, declaration)
    if not await once.known(once_):
        await guards.limit(request, "declare", person.natural)
    try:
        body = await declarations.declare(
            deployment,
            person,
            declaration,
            certificate=certificate,
            once_=once_,
        )
    except AlreadyDeclared as refusal:
        await guards.give_back(request, "declare", person.natural)
        return await rendering.page(
            request,
            "declare_conflict.html",
            status=refusal.status,
            cache=rendering.NEVER_KEPT,
            existing=refusal.extra.get("existing"),
            draft=draft,
            certificate=certificate,
        )
    id = msgspec.json.decode(body)["id"]
    return rendering.see_other(f"/declare/done/{id}", rendering.language_of(request))


async def show(
    request: AnyRequest,
    person: Person,
    step: str,
    draft: dict[str, str],
    given: dict[str, str],
    problems: list[Problem],
) -> Response[str]:
    """The page of one step."""
    deployment = request.app.state.deployment
    certificate = deployment.catalogue.certificates.get(draft.get("certificate", ""))
    if certificate is None and step != "certificate":
        step = "certificate"
    if step == "certificate":  # the page has this one field
        problems = [Problem("certificate", one.code, one.params) for one in problems]
    now = datetime.now(UTC)
    shown = [*SHOWN[step], *(name for name in draft if name.startswith("details."))]
    mine = shown if step == "number" else SHOWN[step]
    context = {
        "step": step,
        "number_of_step": STEPS.index(step) + 1,
        "draft": draft,
        "hidden": {name: value for name, value in draft.items() if name not in mine},
        "review": bool(given.get("review")) or step == "check",
        "certificate": certificate,
        "acts_for": person.acts_for,
        "problems": problems,
        "errors": rendering.by_field(problems),
        "codes": {problem.code for problem in problems},
        "today": now.astimezone(CHINA).date().isoformat(),
    }
    if step == "certificate":
        context |= certificates_for(deployment.catalogue, person, _words(request, given))
    elif certificate is not None:
        context |= _of_step(step, deployment, certificate, person, draft, given, now)
    return await rendering.page(
        request, f"declare_{step}.html", status=422 if problems else 200, **context
    )


def _words(request: AnyRequest, given: dict[str, str]) -> str:
    return (given.get("find") or request.query_params.get("find") or "").strip()[:100]


def _of_step(
    step: str,
    deployment: Deployment,
    certificate: Certificate,
    person: Person,
    draft: dict[str, str],
    given: dict[str, str],
    now: datetime,
) -> dict[str, Any]:
    """What only one step's page needs."""
    catalogue = deployment.catalogue
    if step == "matter":
        return {"matters": catalogue.matters_of(certificate.id)}
    if step == "number":
        own_code = certificate.number_is == "holder_code" and "relation" not in draft
        return {
            "typed_number": draft.get("number", person.acts_for[1] if own_code else ""),
            **region_field.offered(
                deployment.regions, deployment.settings.region, draft.get("region", "")
            ),
        }
    if step == "check":
        declaration = declaration_of(draft, given, person)
        matter = catalogue.matters.get(draft.get("matter", ""))
        return {
            # The very form that will be published: what is consented to is what is shown.
            "form": disclosure.public_form(declaration, certificate, matter),
            "declaration": declaration,
            "matter": matter,
            "effective_at": periods.effective_at(now, certificate.notice_period),
            "key": secrets.token_urlsafe(24),
            "agreed": {name for name in AGREED if given.get(name) == "yes"},
        }
    return {}


def certificates_for(catalogue: Catalogue, person: Person, words: str) -> dict[str, Any]:
    """The certificates that this session can declare, and those that it cannot."""
    wanted = words.casefold().split()

    def fits(certificate: Certificate) -> bool:
        names = (certificate.name.zh, certificate.name.en, *certificate.aliases)
        text = " ".join(names).casefold()
        return all(word in text for word in wanted)

    kinds = ("person", "organisation") if person is NOBODY else (person.acts_for[0],)
    found = [each for each in catalogue.certificates.values() if fits(each)]
    return {
        "find": words,
        "for_me": [each for each in found if each.holder_kind in (*kinds, "either")],
        "for_others": [each for each in found if each.holder_kind not in (*kinds, "either")],
    }


@get("/declare/done/{id:str}", include_in_schema=False)
async def done(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """What was published, its number, and what to do next."""
    deployment = request.app.state.deployment
    person = await guards.require_person(request)
    found = await register.get(id)
    if not await amending.is_declarant(deployment, person, found.id):
        return rendering.see_other(f"/notices/{found.id}", rendering.language_of(request))
    notice = found.public(deployment)
    return await rendering.page(
        request,
        "declare_done.html",
        cache=rendering.NEVER_KEPT,
        notice=notice,
        certificate=deployment.catalogue.certificates.get(notice["certificate"] or ""),
        matter=deployment.catalogue.matters.get(notice["matter"] or ""),
    )


HANDLERS = [start, proceed, done]
