"""Declaring a loss on the pages: what each step posts, and where that leads.

Every POST is answered by the address of a page (`pages/steps.py`), so that no browser has to keep a
page, or send a form again, to go back. No private value ever stands in an address.
"""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post

from notices.api.declaring import EXHIBIT
from notices.changing import exhibits, unfinished
from notices.changing.exhibits import Receiving
from notices.changing.unfinished import Draft, ShownProblem
from notices.deployment import Deployment
from notices.facts import relations
from notices.facts.catalogue import Certificate
from notices.facts.errors import Invalid, NotTheHolder, Problem, SignInRequired
from notices.facts.texts import CHINA
from notices.identity import Person
from notices.pages import again, brought, publishing, rendering, sign_in, steps
from notices.pages.drafts import STEPS, declarations_of, of_another, problems_in, step_of
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
    if named in catalogue.certificates:
        certificate = catalogue.certificates[named]
        if person is None:
            return _as_its_holder(request, certificate)
        if steps.may_declare(catalogue, person, named):
            # An address of its own, which nothing is kept under before something is typed.
            where = steps.address("matter", unfinished.new_id())
            where = address(where, params=[("certificate", named)])
            return rendering.see_other(where, languages.language_of(request))
        where = address("/declare", params=[("certificate", named)])
        return await _in_another_part(request, certificate.holder_kind, where)
    return await steps.certificates(request, person or steps.NOBODY, "", Draft(), [])


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

    def step(before: Draft | None) -> Draft:
        draft = posted.keep(deployment, before)
        first_problems: list[Problem] = []
        if before is None and posted.draft and posted.at not in STEPS[:2]:
            first_problems = [_FORGOTTEN]
        elif before is not None and of_another(before.fields, posted.given, posted.at):
            first_problems = [_CHANGED]
        return _looked_at(deployment, person, posted, draft, upload, first_problems)

    draft = await unfinished.change(deployment, person, session, id, step)
    if kind := _another_part(deployment, person, posted, draft):
        page = posted.at if posted.at != "certificate" else "matter"
        return await _in_another_part(request, kind, steps.address(page, id))
    if posted.to == "publish" and not draft.problems:
        if not draft.done:
            id, draft = await _publish(request, person, posted, id, draft, upload.receiving)
        if draft.done:
            done = publishing.address(draft.published)
            return rendering.see_other(done, languages.language_of(request))
    elif told := await brought.keep(request, upload):
        await brought.forget(deployment, draft.file)
        await unfinished.change(deployment, person, session, id, partial(_with_file, told))
    where = steps.address(posted.page if draft.done else draft.step, id)
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


def _looked_at(
    deployment: Deployment,
    person: Person,
    posted: Posted,
    draft: Draft,
    upload: Upload,
    first_problems: list[Problem],
) -> Draft:
    """`draft` with what is wrong on the way to where the form leads, and the step that mends it.

    What is `told` of the draft as a whole comes first.
    """
    to, at = posted.to, posted.at
    if first_problems == [_CHANGED]:
        draft = msgspec.structs.replace(draft, problems=(ShownProblem.of(_CHANGED),))
    if to not in ("check", "publish") and STEPS.index(to) <= STEPS.index(at):
        return draft
    certificate = deployment.catalogue.certificates.get(draft.fields.get("certificate", ""))
    declared = declarations_of(draft.fields, draft.agreed, person, certificate)
    exhibit = to != "publish" or upload.receiving is not None
    exhibit = exhibit or brought.kept(deployment, draft.file) is not None
    now = datetime.now(UTC)
    problems = problems_in(deployment, person, declared, certificate, now, exhibit=exhibit)
    earlier = [one for one in problems if STEPS.index(step_of(one.field)) < STEPS.index(to)]
    if to == "publish":
        earlier += upload.wrong
        if posted.draft:
            elsewhere = [one for one in problems if step_of(one.field) != "check"]
            if (
                certificate is None
                or elsewhere
                or posted.given.get("seen") != steps.seen(deployment, person, declared, certificate)
            ):
                # Whatever the reader agreed to, it was something else.
                draft = msgspec.structs.replace(draft, agreed=())
                return _stopped(draft, [*(first_problems or [_CHANGED]), *elsewhere])
    if earlier:
        return _stopped(draft, [*first_problems, *earlier])
    return msgspec.structs.replace(draft, review=draft.review or to in ("check", "publish"))


_CHANGED = Problem("", "draft_changed")
_FORGOTTEN = Problem("", "draft_forgotten")


def _with_file(told: str, draft: Draft | None) -> Draft:
    return msgspec.structs.replace(draft or Draft(), file=told)


def _stopped(draft: Draft, problems: list[Problem]) -> Draft:
    """`draft` at the first step with a problem, with those of that step."""
    step = next((step_of(one.field) for one in problems if one.field), "check")
    own = [one for one in problems if not one.field or step_of(one.field) == step]
    return msgspec.structs.replace(
        draft, step=step, problems=tuple(ShownProblem.of(problem) for problem in own)
    )


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
    certificate = deployment.catalogue.certificates[draft.fields["certificate"]]
    declared = declarations_of(draft.fields, draft.agreed, person, certificate)
    # One text of one draft is published once, whichever window it is sent from, however often.
    key = posted.given.get("key", "")
    if posted.draft:
        key = f"{id}.{posted.given['seen']}"
    try:
        # Of a declaration that has changed since it may be somebody else's document.
        today = datetime.now(UTC).astimezone(CHINA).date()
        asked = any(relations.needs_exhibit(each, today) for each in declared)
        wanted = asked and receiving is None
        earlier = brought.kept(deployment, draft.file) if wanted else None
        published, refused = await publishing.publish(
            request, person, declared, certificate, key, receiving, earlier
        )
    except Invalid as refusal:  # what decoding found out about the exhibit
        left = _with_file("", _stopped(draft, refusal.problems))
    else:
        if published and draft.began:
            measuring.took("publish", datetime.now(UTC).timestamp() - draft.began)
        left = Draft(published=(*draft.published, *published))
        if refused:
            left = Draft(
                fields=publishing.left(draft.fields, declared, refused),
                step=steps.CONFLICT,
                review=True,
                file=draft.file,
                published=left.published,
                began=draft.began,
                refused=tuple(id for _, id in refused),
            )
    kept = await unfinished.finish(deployment, person, session, id, left, draft)
    if kept != left and not left.done:
        id = unfinished.new_id()
        await unfinished.finish(deployment, person, session, id, left)
    return id, left


async def _signed_out(request: AnyRequest, posted: Posted, upload: Upload) -> Response[Any]:
    """To sign in first: what was typed is kept in the draft that the form names, or on the page.

    Which certificate it is is nobody's secret: where there is nothing else an address holds it.
    """
    deployment = request.app.state.deployment
    owner = unfinished.owner_in(posted.given.get("of", ""))

    def adding(before: Draft | None) -> Draft:
        # Who is not signed in agrees to nothing.
        draft = posted.keep(deployment, before)
        return msgspec.structs.replace(draft, agreed=(), file=told or draft.file)

    issued = again.issued(deployment, posted.given, "draft")
    told = await brought.keep(request, upload) if issued else ""
    if posted.draft and owner and await unfinished.add(deployment, owner, posted.draft, adding):
        language = languages.language_of(request)
        next = address(steps.address(posted.page, posted.draft), language)
        return rendering.see_other(address("/sign-in", params=[("next", next)]), language)
    given = posted.keep(deployment, None).fields
    if given.keys() == {"certificate"}:
        where = address("/declare", params=[("certificate", given["certificate"][:100])])
        return rendering.see_other(where, languages.language_of(request))
    return await sign_in.again_for(request, posted.given)


HANDLERS = [start, proceed, *steps.HANDLERS, *publishing.HANDLERS]
