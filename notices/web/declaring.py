"""The pages on which a loss is declared, one step after the other.

Nothing is kept on the server between steps: each page carries what was typed so far in hidden
fields, always by POST, so that no private value ever stands in an address.
"""

import secrets
from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post

from notices.deployment import Deployment
from notices.facts import disclosure, periods, relations
from notices.facts.catalogue import Catalogue, Certificate
from notices.facts.errors import Invalid, NotTheHolder, Problem, SignInRequired
from notices.facts.texts import CHINA
from notices.identity import Person
from notices.web import (
    filing,
    guards,
    papers,
    publishing,
    region_field,
    rendering,
    signing,
    typed,
    wording,
)
from notices.web.drafts import (
    AGREED,
    STEPS,
    declarations_of,
    draft_of,
    held_by_kind,
    problems_in,
    relations_to,
    step_of,
)
from notices.web.guards import AnyRequest
from notices.web.uploads import Upload

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
    upload = await filing.typed_in(request)
    try:
        return await _proceed(request, upload)
    finally:
        if upload.receiving is not None:
            upload.receiving.give_up()


async def _proceed(request: AnyRequest, upload: Upload) -> Response[Any]:
    deployment = request.app.state.deployment
    given = region_field.chosen(typed.with_days(upload.fields), deployment.regions)
    person = await guards.person_of(request)
    if person is None:
        return await signing.sign_in_again(request, given)
    if person.kind == "officer":
        raise NotTheHolder
    draft = draft_of(given, deployment.catalogue)
    at, to = _step(given, "at"), _step(given, "to")
    certificate = deployment.catalogue.certificates.get(draft.get("certificate", ""))
    declared = declarations_of(draft, given, person, certificate)
    if to in ("check", "publish") or STEPS.index(to) > STEPS.index(at):
        now, exhibit = datetime.now(UTC), to != "publish" or upload.receiving is not None
        problems = problems_in(deployment, person, declared, certificate, now, exhibit=exhibit)
        if to == "publish":
            problems += upload.wrong
        missing = [one for one in problems if STEPS.index(step_of(one.field)) < STEPS.index(to)]
        if missing:
            step = step_of(missing[0].field)
            own = [one for one in missing if step_of(one.field) == step]
            return await show(request, person, step, draft, given, own)
        if to == "publish" and certificate is not None:
            try:
                return await publishing.publish(
                    request, person, declared, certificate, draft, given, upload.receiving
                )
            except Invalid as refusal:  # what decoding found out about the exhibit
                return await show(request, person, "check", draft, given, refusal.problems)
    return await show(request, person, "check" if to == "publish" else to, draft, given, [])


def _step(given: dict[str, str], name: str) -> str:
    step = given.get(name, "")
    return step if step in STEPS else STEPS[0]


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
    mine = [name for name in draft if step_of(name) == step]
    context = {
        "step": step,
        "number_of_step": STEPS.index(step) + 1,
        "draft": draft,
        "hidden": {name: value for name, value in draft.items() if name not in mine},
        "review": bool(given.get("review")) or step == "check",
        "certificate": certificate,
        "acts_for": person.acts_for,
        "exhibit_asked": False,
        "problems": problems,
        "errors": rendering.by_field(problems),
        "compared": papers.compared(problems),
        "field_labels": papers.labels(certificate) if certificate else {},
        "today": now.astimezone(CHINA).date().isoformat(),
    }
    if step == "certificate":
        context |= certificates_for(deployment.catalogue, person, _words(request, given))
    elif certificate is not None:
        context |= _of_step(step, deployment, certificate, person, draft, given, now)
    if step == "number" and certificate is not None:
        held_by, review = held_by_kind(draft, person, certificate), bool(context["review"])
        context |= papers.asked(certificate, draft, held_by, problems, review=review)
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
        own_code = own_code and certificate.holder_kind in ("either", person.acts_for[0])
        return {
            "relations": relations_to(certificate),
            "identifier_types": {
                name: words
                for name, words in wording.HOLDER_DOCUMENTS.items()
                if certificate.holder_kind in ("either", _KIND.get(name, "person"))
            },
            "typed_number": draft.get("number", person.acts_for[1] if own_code else ""),
            "issuers": region_field.issuers(deployment, certificate, draft.get("region", "")),
            **region_field.offered(
                deployment.regions, deployment.settings.region, draft.get("region", "")
            ),
        }
    if step == "check":
        declared = declarations_of(draft, given, person, certificate)
        matter = catalogue.matters.get(draft.get("matter", ""))
        # The very forms that will be published: what is consented to is what is shown.
        forms = [disclosure.public_form(each, certificate, matter) for each in declared]
        return {
            "declared": list(zip(declared, forms, strict=True)),
            "declaration": declared[0],
            "form": forms[0],
            "together": papers.asked_together(certificate),
            "paper_asked": len(
                papers.fitting(certificate, held_by_kind(draft, person, certificate))
            )
            > 1,
            "matter": matter,
            "effective_at": periods.effective_at(now, certificate.notice_period),
            "exhibit_asked": any(
                relations.needs_exhibit(each, now.astimezone(CHINA).date()) for each in declared
            ),
            "key": secrets.token_urlsafe(24),
            "agreed": {name for name in AGREED if given.get(name) == "yes"},
        }
    return {}


_KIND = {"uscc": "organisation"}


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


HANDLERS = [start, proceed, *publishing.HANDLERS]
