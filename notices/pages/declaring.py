"""Declaring a loss on the pages: what each step posts, and where that leads.

Every POST is answered by the address of a page (`pages/steps.py`), so that no browser has to keep a
page, or send a form again, to go back. No private value ever stands in an address.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post

from notices.api.declaring import EXHIBIT
from notices.changing import exhibits, unfinished
from notices.changing.draft import Draft
from notices.changing.exhibits import Receiving
from notices.deployment import Deployment
from notices.facts import relations
from notices.facts.catalogue import Certificate
from notices.facts.errors import NotTheHolder, Problem, SignInRequired
from notices.facts.excess import TooManyRequests
from notices.facts.requests import Declaration
from notices.facts.texts import CHINA
from notices.identity import Person
from notices.pages import (
    again,
    begun,
    brought,
    certificates,
    going_on,
    papers,
    publishing,
    rendering,
    several,
    sign_in,
    stepping,
    steps,
    summing_up,
)
from notices.pages.certificates import NOBODY
from notices.pages.drafts import STEPS
from notices.pages.posted import Posted
from notices.pages.templating import address
from notices.statistics import measuring
from notices.web import forms, languages, multipart, uploads
from notices.web.authentication import AnyRequest
from notices.web.uploads import Upload


@get("/declare", include_in_schema=False)
async def start(request: AnyRequest) -> Response[Any]:
    """The first step: which certificate. A link may name it, or words to find it by."""
    person = await request.user.person()
    if person is not None and person.is_staff:
        raise NotTheHolder
    if not sign_in.of(request).is_open:
        raise SignInRequired
    catalogue = request.app.state.deployment.catalogue
    named = request.query_params.get("certificate", "")
    if earlier := await _lost_before(request, person, request.query_params):
        return await certificates.page(request, person or NOBODY, "", earlier, [])
    if named in catalogue.certificates:
        certificate = catalogue.certificates[named]
        if person is None:
            return _as_its_holder(request, certificate)
        if certificates.may_declare(catalogue, person, named):
            # An address of its own, which nothing is kept under before something is typed.
            where = stepping.address("matter", unfinished.new_id())
            where = address(where, params=[("certificate", named)])
            return rendering.see_other(where, languages.language_of(request))
        where = address("/declare", params=[("certificate", named)])
        return await _in_another_part(request, certificate.holder_kind, where)
    return await certificates.page(request, person or NOBODY, "", Draft(), [])


async def _lost_before(
    request: AnyRequest, person: Person | None, given: Mapping[str, str]
) -> Draft | None:
    """What was said of what was lost with it and is declared already, where a link names that."""
    notice = given.get(certificates.WITH, "")
    if not notice or person is None or person.is_staff:
        return None
    return await several.after_notice(request.app.state.deployment, person, notice)


def _as_its_holder(request: AnyRequest, certificate: Certificate) -> Response[Any]:
    """To sign in, as whoever can hold such a certificate where that is one kind alone."""
    if certificate.holder_kind == "either":
        raise SignInRequired
    here = address("/declare", params=[("certificate", certificate.id)])
    params = [("as", certificate.holder_kind), ("next", here)]
    where = address("/sign-in", params=params)
    return rendering.see_other(where, languages.language_of(request))


@post("/declare", include_in_schema=False)
async def proceed(request: AnyRequest) -> Response[Any]:
    """From a step to another one, or to publishing; what was typed is kept on the way."""
    upload = await _received(request)
    try:
        return await _proceed(request, upload)
    finally:
        if upload.receiving is not None:
            upload.receiving.give_up()


async def _received(request: AnyRequest) -> Upload:
    """What was typed; the form has a file where a document is asked for."""
    if not multipart.is_form(request):
        return Upload(await forms.fields(request), None, [], b"")
    person, id = await request.user.person(), exhibits.new_id()
    here = request.app.state.deployment
    return await uploads.received(
        request, person, file=EXHIBIT, id=id, known=None,
        may_keep=lambda given: again.issued(here, given, "draft"),
    )  # fmt: skip


async def _proceed(request: AnyRequest, upload: Upload) -> Response[Any]:
    posted = Posted.of(upload.fields, request.app.state.deployment)
    try:
        return await _go_on(request, posted, upload)
    except SignInRequired:  # never signed in, or the session has ended since, or just now
        return await _signed_out(request, posted, upload)


async def _go_on(request: AnyRequest, posted: Posted, upload: Upload) -> Response[Any]:
    deployment = request.app.state.deployment
    person = await again.sender(request, posted.given.get("of", ""))
    session = request.user.session
    if person.is_staff:
        raise NotTheHolder
    id = posted.draft or unfinished.new_id()
    earlier = await _lost_before(request, person, posted.given)

    def step(before: Draft | None) -> Draft:
        draft = posted.keep(deployment, before or earlier)
        first_problems: list[Problem] = []
        if before is None and posted.draft and posted.at not in STEPS[:2]:
            first_problems = [going_on.FORGOTTEN]
        elif before is not None and posted.is_stale(before):
            first_problems = [going_on.CHANGED]
        return going_on.looked_at(deployment, person, posted, draft, upload, first_problems)

    draft = await unfinished.change(deployment, person, session, id, step)
    if kind := _another_part(deployment, person, posted, draft):
        page = posted.at if posted.at != "certificate" else "matter"
        return await _in_another_part(request, kind, stepping.address(page, id, draft))
    if posted.to == "publish" and not draft.problems:
        if not draft.done:
            id, draft = await _publish(request, person, posted, id, draft, upload.receiving)
        if draft.done:
            done = publishing.address(draft.published)
            return rendering.see_other(done, languages.language_of(request))
    elif told := await brought.keep(request, upload):
        await brought.forget(deployment, draft.file)
        await unfinished.change(deployment, person, session, id, partial(going_on.with_file, told))
    where = stepping.address(posted.page if draft.done else draft.step, id, draft)
    if posted.page == "certificate" and posted.given.get("find"):
        where = address(where, params=[("find", posted.given["find"].strip()[:100])])
    return rendering.see_other(where, languages.language_of(request))


def _another_part(
    deployment: Deployment, person: Person, posted: Posted, draft: Draft
) -> str | None:
    """As what whoever typed this has to be signed in to go on, if it is not as what they are.

    A person may declare for an organisation, as its agent; it for a person never.
    """
    if posted.given.get("to") in ("person", "organisation"):
        return posted.given["to"]
    named = draft.fields.get("certificate", "")
    certificate = deployment.catalogue.certificates.get(named)
    held_by = certificate.holder_kind if certificate is not None else "either"
    return "person" if (held_by, person.acts_for[0]) == ("person", "organisation") else None


async def _in_another_part(request: AnyRequest, kind: str, next: str) -> Response[Any]:
    """To go on as `kind` with the draft: at once where they may be that too, else by signing in."""
    signed, language = await request.user.signed(), languages.language_of(request)
    params = [("next", next)]
    if signed is not None and kind in {each.acts_for[0] for each in signed.parts}:
        return rendering.see_other(address("/sign-in/as", params=params), language)
    where = address("/sign-in", params=[("as", kind), *params])
    return rendering.see_other(where, language)


async def _publish(
    request: AnyRequest,
    person: Person,
    posted: Posted,
    id: str,
    draft: Draft,
    receiving: Receiving | None,
) -> tuple[str, Draft]:
    """What is left of `draft` after publishing it: its notices, or what stands in the way.

    Where another window has changed it meanwhile, that goes on there, and what became of this text
    is told in a draft of its own.
    """
    deployment, session = request.app.state.deployment, request.user.session
    losts = several.lost(draft, draft.agreed, person, deployment.catalogue)

    def key_of(certificate: Certificate, declaration: Declaration) -> str:
        # One text of one draft is published once, whichever window it is sent from, however often.
        if posted.draft:
            return f"{id}.{summing_up.seen(deployment, person, [(certificate, [declaration])])}"
        key = posted.given.get("key", "")
        of_set = key and papers.asked_together(certificate)
        return f"{key}.{declaration.document}" if of_set else key

    # Of a declaration that has changed since it may be somebody else's document.
    today = datetime.now(UTC).astimezone(CHINA).date()
    asked = any(relations.needs_exhibit(each, today) for lost in losts for each in lost.declared)
    new = await receiving.keep_for_now() if asked and receiving is not None else None
    exhibit = new or (brought.kept(deployment, draft.file) if asked else None)
    try:
        passed = await publishing.publish(request, person, losts, key_of, exhibit)
    except TooManyRequests:
        await brought.forget_all(deployment, {str(new or "")})
        raise
    except publishing.Stopped as stop:
        front = several.turned(draft, stop.paper) or draft
        left = going_on.stopped(front, stop.problems)
        if any(problem.field == EXHIBIT for problem in stop.problems):
            exhibit = None
            left = going_on.with_file("", left)
    else:
        left = publishing.left(draft, losts, passed)
    if exhibit is not None and not left.done:
        stays = exhibit is not new or await brought.may_stay(request)
        left = going_on.with_file(str(exhibit) if stays else "", left)
    kept, ours = await unfinished.finish(deployment, person, session, id, left, draft)
    # Once of each draft, and of none that came as a whole: nobody has typed that here.
    if ours and posted.draft and left.published and not draft.published:
        measuring.took("publish", datetime.now(UTC).timestamp() - draft.began)
    if kept != left and not left.done:
        id = unfinished.new_id()
        await unfinished.finish(deployment, person, session, id, left)
    came = {draft.file, str(new or "")}
    await brought.forget_all(deployment, came - {left.file, kept.file})
    return id, left


async def _signed_out(request: AnyRequest, posted: Posted, upload: Upload) -> Response[Any]:
    """To sign in first: what was typed is kept in the draft that the form names, or on the page.

    Which certificate it is is nobody's secret: where there is nothing else an address holds it.
    """
    deployment = request.app.state.deployment
    owner = unfinished.owner_in(posted.given.get("of", ""))

    left: Draft | None = None

    def adding(before: Draft | None) -> Draft:
        nonlocal left
        draft = posted.keep(deployment, before)
        # Who is not signed in agrees to nothing.
        left = msgspec.structs.replace(draft, agreed=(), file=told or draft.file)
        return left

    issued = again.issued(deployment, posted.given, "draft")
    told = await brought.keep(request, upload) if issued else ""
    # A draft waits for long; a page that was left open may add to it for as long as its own form.
    if (
        issued
        and posted.draft
        and owner
        and await unfinished.add(deployment, owner, posted.draft, adding)
    ):
        language = languages.language_of(request)
        next = address(stepping.address(posted.page, posted.draft, left), language)
        return rendering.see_other(address("/sign-in", params=[("next", next)]), language)
    given = posted.keep(deployment, None).fields
    if given.keys() == {"certificate"}:
        where = address("/declare", params=[("certificate", given["certificate"][:100])])
        return rendering.see_other(where, languages.language_of(request))
    return await sign_in.again_for(request, posted.given)


HANDLERS = [start, proceed, *steps.HANDLERS, *publishing.HANDLERS, *begun.HANDLERS]
