"""The pages of a declaration's steps, each asked by GET: Back, Forward and Reload send nothing.

What was typed is in the draft that the address names (`changing/unfinished.py`) and that only its
owner can read. So the pages need not be kept by any browser to be shown again.
"""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from notices import register
from notices.changing import unfinished
from notices.changing.draft import FIRST, Draft
from notices.deployment import Deployment
from notices.facts.catalogue import Certificate
from notices.facts.errors import NotFound, NotTheHolder, Problem
from notices.facts.texts import CHINA
from notices.identity import Person
from notices.pages import (
    brought,
    certificates,
    papers,
    publishing,
    region_field,
    rendering,
    several,
    stepping,
    summing_up,
)
from notices.pages.drafts import held_by_kind, relations_to, step_of, usual_relation
from notices.pages.publishing import CONFLICT
from notices.pages.stepping import ASKING, PAGES
from notices.web import wording
from notices.web.authentication import AnyRequest


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
        if step != "matter" or not certificates.may_declare(deployment.catalogue, person, named):
            return await _gone(request)
        kept = Draft(fields={"certificate": named})  # chosen by a link, and nothing typed yet
    if kept.done:
        return await _published(request, kept)
    if step == CONFLICT and kept.refused and await publishing.is_hindered(kept):
        return await publishing.conflict(
            request, person, kept, stepping.hidden(deployment, person, draft)
        )
    if step in ASKING:  # of each paper; what was asked first was asked without its name
        shown = several.turned(kept, request.query_params.get("paper") or FIRST) or kept
    else:
        kept = shown = several.settled(kept)
    problems = kept.wrong if step == kept.step and shown.paper == kept.paper else []
    if step in ("check", CONFLICT):
        step = "check"
        # What was typed on another page, or before a link was followed, may lack something.
        for each in several.lost(kept, kept.agreed, person, deployment.catalogue):
            missing = summing_up.before_the_check(deployment, person, each)
            if missing:
                step = step_of(missing[0].field)
                problems = [one for one in missing if step_of(one.field) == step]
                shown = several.turned(kept, each.paper.name) or kept
                break
    return await _show(request, person, draft, step, shown, problems)


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
        return await certificates.page(request, person, id, draft, problems)
    now = datetime.now(UTC)
    of_paper = {"paper": draft.paper} if step != "check" else {}
    context = {
        "draft": fields,
        "hidden": stepping.hidden(deployment, person, id)
        | {"certificate": certificate.id}
        | of_paper,
        "review": draft.review or step == "check",
        "asks_holder": several.is_first(draft),
        "place": len(draft.before) + 1,
        "several": several.are(draft),
        "certificate": certificate,
        "compared": papers.compared(problems),
        "field_labels": wording.QUESTIONS | papers.labels(certificate),
        "today": now.astimezone(CHINA).date().isoformat(),
        "file": brought.kept(deployment, draft.file),
        "file_gone": brought.is_gone(deployment, draft.file),
        **_of_step(step, deployment, certificate, person, draft, now),
    }
    if step == "number":
        held_by = held_by_kind(fields, person, certificate)
        review = draft.review and "number" in fields
        context |= papers.asked(certificate, fields, held_by, problems, review=review)
    return await stepping.page(request, person, step, problems, **context)


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
        usual = usual_relation(certificate)
        own_code = certificate.number_is == "holder_code" and "relation" not in fields
        own_code = own_code and certificate.holder_kind in ("either", person.acts_for[0])
        return {
            "relations": relations_to(certificate),
            "ward": person.wards[0] if usual is None and len(person.wards) == 1 else None,
            "usual_relation": usual,
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
        return summing_up.context(deployment, person, draft, now)
    return {}


_KIND = {"uscc": "organisation"}


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
