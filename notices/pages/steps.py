"""The pages of a declaration's steps, each asked by GET: Back, Forward and Reload send nothing.

What was typed is in the draft that the address names (`changing/unfinished.py`) and that only its
owner can read. So the pages need not be kept by any browser to be shown again.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from notices import records, register
from notices.changing import unfinished
from notices.changing.unfinished import Draft
from notices.deployment import Deployment
from notices.facts import consents, disclosure, periods, relations
from notices.facts.catalogue import Catalogue, Certificate
from notices.facts.errors import NotFound, NotTheHolder, Problem
from notices.facts.numbers import keyed_hash
from notices.facts.public.form import PublicForm
from notices.facts.requests import Declaration
from notices.facts.texts import CHINA
from notices.identity import Person
from notices.pages import again, brought, papers, publishing, region_field, rendering
from notices.pages.drafts import (
    STEPS,
    declarations_of,
    held_by_kind,
    problems_in,
    relations_to,
    step_of,
)
from notices.web import wording
from notices.web.authentication import AnyRequest

CONFLICT = "conflict"
PAGES = (*STEPS[:-1], CONFLICT)

NOBODY = Person(kind="", name="", identifier="")
"""Who has not signed in yet may look what there is to declare; to go on is to sign in."""


def address(step: str, id: str) -> str:
    return f"/declare/{step}/{id}"


@get("/declare/{step:str}/{draft:str}", include_in_schema=False)
async def page(request: AnyRequest, step: FromPath[str], draft: FromPath[str]) -> Response[Any]:
    """A step with what was typed, or what became of the draft since."""
    if step not in PAGES or not unfinished.is_id(draft):
        raise NotFound
    person = await request.user.signed_in()
    if person.is_staff:
        raise NotTheHolder
    deployment = request.app.state.deployment
    kept = await unfinished.find(deployment, person, draft)
    if kept is None:
        named = request.query_params.get("certificate", "")
        if step != "matter" or not may_declare(deployment.catalogue, person, named):
            return await _gone(request)
        kept = Draft(fields={"certificate": named})  # chosen by a link, and nothing typed yet
    if kept.done:
        return await _published(request, kept)
    certificate = deployment.catalogue.certificates.get(kept.fields.get("certificate", ""))
    if step == CONFLICT and certificate is not None and kept.refused:
        declared = declarations_of(kept.fields, (), person, certificate)
        refused = list(zip(declared, kept.refused, strict=False))
        return await publishing.conflict(
            request, person, kept.published, refused, certificate, hidden(deployment, person, draft)
        )
    problems = kept.wrong if step == kept.step else []
    if step in ("check", CONFLICT):
        step = "check"
        # What was typed on another page, or before a link was followed, may lack something.
        declared = declarations_of(kept.fields, kept.agreed, person, certificate)
        missing = before_the_check(deployment, person, declared, certificate)
        if missing:
            step = step_of(missing[0].field)
            problems = [one for one in missing if step_of(one.field) == step]
    return await _show(request, person, draft, step, kept, problems)


def may_declare(catalogue: Catalogue, person: Person, certificate: str) -> bool:
    """Whether one may: a person may for an organisation, as its agent; it for a person never."""
    found = catalogue.certificates.get(certificate)
    kind = person.acts_for[0]
    return found is not None and (kind == "person" or found.holder_kind in ("either", kind))


def before_the_check(
    deployment: Deployment,
    person: Person,
    declared: list[Declaration],
    certificate: Certificate | None,
) -> list[Problem]:
    """What has to be mended before anybody can check the whole."""
    found = problems_in(deployment, person, declared, certificate, datetime.now(UTC))
    return [one for one in found if step_of(one.field) != "check"]


def shown(
    deployment: Deployment, person: Person, declared: list[Declaration], certificate: Certificate
) -> list[PublicForm]:
    """The very forms that will be published: what is consented to is what is shown."""
    matter = deployment.catalogue.matters.get(declared[0].matter or "")
    today = datetime.now(UTC).astimezone(CHINA).date()
    return [
        disclosure.public_form(
            each, certificate, matter, vouched=records.ward_in(person, each, today) is not None
        )
        for each in declared
    ]


def seen(
    deployment: Deployment, person: Person, declared: list[Declaration], certificate: Certificate
) -> str:
    """What the check page shows, as its form carries it: what is published must be just that."""
    plain = [
        msgspec.structs.replace(each, publication_consent=None, truthful=None) for each in declared
    ]
    text = msgspec.json.encode([plain, shown(deployment, person, declared, certificate)]).decode()
    return keyed_hash(deployment.keys.sealer.passing, "draft seen", text).hex()


def hidden(deployment: Deployment, person: Person, draft: str) -> dict[str, str]:
    """What every form of a draft carries: whose it is and which, and nothing that was typed."""
    return {"draft": draft, **again.stamped(deployment, person, draft)}


async def _show(
    request: AnyRequest,
    person: Person,
    id: str,
    step: str,
    draft: Draft,
    problems: list[Problem],
) -> Response[str]:
    deployment, fields = request.app.state.deployment, draft.fields
    certificate = deployment.catalogue.certificates.get(fields.get("certificate", ""))
    if certificate is None or step == "certificate":
        return await certificates(request, person, id, draft, problems)
    now = datetime.now(UTC)
    context = {
        "draft": fields,
        "hidden": hidden(deployment, person, id) | {"certificate": certificate.id},
        "review": draft.review or step == "check",
        "certificate": certificate,
        "compared": papers.compared(problems),
        "field_labels": papers.labels(certificate),
        "today": now.astimezone(CHINA).date().isoformat(),
        "file": brought.kept(deployment, draft.file),
        **_of_step(step, deployment, certificate, person, draft, now),
    }
    if step == "number":
        held_by, review = held_by_kind(fields, person, certificate), draft.review
        context |= papers.asked(certificate, fields, held_by, problems, review=review)
    return await _step(request, person, step, problems, **context)


async def certificates(
    request: AnyRequest, person: Person, id: str, draft: Draft, problems: list[Problem]
) -> Response[str]:
    """The first step: which certificate, of those that this session can declare."""
    deployment = request.app.state.deployment
    words = request.query_params.get("find", "").strip()[:100]
    return await _step(
        request,
        person,
        "certificate",
        # The page has this one field.
        [
            one if not one.field else Problem("certificate", one.code, one.params)
            for one in problems
        ],
        draft=draft.fields,
        hidden=hidden(deployment, person, id) if id else {},
        here=address("certificate", id) if id else "/declare",
        review=False,
        certificate=deployment.catalogue.certificates.get(draft.fields.get("certificate", "")),
        field_labels={},
        **certificates_for(deployment.catalogue, person, words),
    )


async def _step(
    request: AnyRequest, person: Person, step: str, problems: list[Problem], **context: Any
) -> Response[str]:
    return await rendering.page(
        request,
        f"declare_{step}.html",
        status=422 if problems else 200,
        cache=rendering.NEVER_KEPT,
        step=step,
        number_of_step=STEPS.index(step) + 1,
        acts_for=person.acts_for,
        problems=problems,
        errors=rendering.by_field(problems),
        **({"exhibit_asked": False} | context),
    )


def _of_step(
    step: str,
    deployment: Deployment,
    certificate: Certificate,
    person: Person,
    draft: Draft,
    now: datetime,
) -> dict[str, Any]:
    """What only one step's page needs."""
    catalogue, fields = deployment.catalogue, draft.fields
    if step == "matter":
        return {"matters": catalogue.matters_of(certificate.id)}
    if step == "number":
        own_code = certificate.number_is == "holder_code" and "relation" not in fields
        own_code = own_code and certificate.holder_kind in ("either", person.acts_for[0])
        return {
            "relations": relations_to(certificate),
            "identifier_types": {
                name: words
                for name, words in wording.HOLDER_DOCUMENTS.items()
                if certificate.holder_kind in ("either", _KIND.get(name, "person"))
            },
            "typed_number": fields.get("number", person.acts_for[1] if own_code else ""),
            "issuers": region_field.issuers(deployment, certificate, fields.get("region", "")),
            **region_field.offered(
                deployment.regions, deployment.settings.region, fields.get("region", "")
            ),
        }
    if step == "loss":
        # Before this step was sent once: whoever has taken it away does not want it back.
        proposed = "" if "cause" in fields else person.phone or ""
        return {"phone": fields.get("contact.phone", proposed)}
    if step == "check":
        declared = declarations_of(fields, draft.agreed, person, certificate)
        forms = shown(deployment, person, declared, certificate)
        held_by = held_by_kind(fields, person, certificate)
        return {
            "declared": list(zip(declared, forms, strict=True)),
            "declaration": declared[0],
            "form": forms[0],
            "together": papers.asked_together(certificate),
            "paper_asked": len(papers.fitting(certificate, held_by)) > 1,
            "matter": catalogue.matters.get(fields.get("matter", "")),
            "effective_at": periods.effective_at(now, certificate.notice_period),
            "exhibit_asked": any(
                relations.needs_exhibit(each, now.astimezone(CHINA).date()) for each in declared
            ),
            "consent": consents.publication(held_by, certificate.public_term_years),
            "seen": seen(deployment, person, declared, certificate),
            "agreed": draft.agreed,
        }
    return {}


_KIND = {"uscc": "organisation"}


def certificates_for(catalogue: Catalogue, person: Person, words: str) -> dict[str, Any]:
    """The certificates that this session can declare, and those that it cannot."""
    wanted = words.casefold().split()

    def fits(certificate: Certificate) -> bool:
        text = " ".join(certificate.typed_as).casefold()
        return all(word in text for word in wanted)

    kinds = ("person", "organisation") if person is NOBODY else (person.acts_for[0],)
    found = [each for each in catalogue.certificates.values() if fits(each)]
    return {
        "find": words,
        "for_me": [each for each in found if each.holder_kind in (*kinds, "either")],
        "for_others": [each for each in found if each.holder_kind not in (*kinds, "either")],
    }


async def _published(request: AnyRequest, draft: Draft) -> Response[Any]:
    """What Back leads to after publishing: that it is done, and no form to do it again."""
    deployment = request.app.state.deployment
    found = await register.get_many(list(draft.published))
    return await rendering.page(
        request,
        "declare_published.html",
        cache=rendering.NEVER_KEPT,
        notices=[found[id].public(deployment) for id in draft.published if id in found],
    )


async def _gone(request: AnyRequest) -> Response[Any]:
    return await rendering.page(
        request, "declare_gone.html", status=404, cache=rendering.NEVER_KEPT
    )


HANDLERS = [page]
