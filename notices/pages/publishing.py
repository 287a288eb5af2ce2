"""Publishing what was declared on the pages, and what the declarant is shown then."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from notices import declarations, idempotency, register
from notices.changing import amending, unfinished
from notices.changing.draft import Draft, Paper, ShownProblem
from notices.changing.exhibits import KeptFile
from notices.facts import documents
from notices.facts.catalogue import Certificate
from notices.facts.errors import AlreadyDeclared, Invalid, Problem
from notices.facts.excess import TooManyRequests
from notices.facts.requests import Declaration, Holder
from notices.facts.texts import Message
from notices.idempotency import Once
from notices.identity import Person
from notices.pages import again, papers, rendering, several
from notices.pages.several import Lost
from notices.web import languages, limiting, wording, writing
from notices.web.authentication import AnyRequest, account_of

CONFLICT = "conflict"
"""The step that tells what was not published."""

MOST_AT_ONCE = 30
"""Notices that one page confirms; no certificate has as many papers."""


class Refused(NamedTuple):
    """A declaration that was not published: the notice in its way, or what else is."""

    declaration: Declaration
    paper: str
    existing: str = ""
    reason: Problem | None = None


class Passed(NamedTuple):
    """What came of all that one press of the button declares."""

    published: list[str]
    refused: list[Refused]


class Stopped(Exception):
    """Nothing was published, since something is wrong with this paper."""

    def __init__(self, paper: str, problems: list[Problem]) -> None:
        super().__init__()
        self.paper, self.problems = paper, problems


Key = Callable[[Certificate, Declaration], str]
"""One text is published once: what its declaration is known by when it is sent again."""


async def publish(
    request: AnyRequest,
    person: Person,
    losts: Sequence[Lost],
    key_of: Key,
    exhibit: KeptFile | None,
) -> Passed:
    """Publish checked declarations, paper by paper, each in its own transaction.

    Each has a key of its own: whoever presses the button again, or once more after a crash in
    between, is led to the same notices. What cannot be published now is told together with what
    was; where nothing could, and it is no notice that stands in the way, that is raised: Stopped,
    or TooManyRequests. The `exhibit` stays, whatever becomes of any of them.
    """
    passed = Passed([], [])
    over: Problem | None = None
    for each in losts:
        if over is not None:
            passed.refused.extend(Refused(one, each.paper.name, "", over) for one in each.declared)
            continue
        try:
            await _publish_paper(request, person, each, key_of, exhibit, passed)
        except TooManyRequests as refusal:
            if not passed.published:
                raise
            over = Problem("", "no_more_today", dict(refusal.extra))
            passed.refused.extend(Refused(one, each.paper.name, "", over) for one in each.declared)
    return passed


async def _publish_paper(
    request: AnyRequest,
    person: Person,
    lost: Lost,
    key_of: Key,
    exhibit: KeptFile | None,
    passed: Passed,
) -> None:
    """Publish what is declared of one paper, and note in `passed` what came of it."""
    deployment, certificate = request.app.state.deployment, lost.certificate
    assert certificate is not None  # noqa: S101  (it was checked)
    posts = [
        (each, _once_of(request, person, key_of(certificate, each), each)) for each in lost.declared
    ]
    await _count(request, person, [once_ for _, once_ in posts])
    for declaration, once_ in posts:
        try:
            done = await declarations.declare(
                deployment,
                person,
                declaration,
                certificate=certificate,
                once_=once_,
                kept=exhibit,
                crowded=await limiting.crowded(request),
            )
        except AlreadyDeclared as refusal:
            await limiting.give_back(request, "declare", account_of(person))
            passed.refused.append(Refused(declaration, lost.paper.name, refusal.existing.id))
        except Invalid as refusal:
            if not passed.published:
                raise Stopped(lost.paper.name, refusal.problems) from None
            await limiting.give_back(request, "declare", account_of(person))
            reason = refusal.problems[0]
            passed.refused.append(Refused(declaration, lost.paper.name, "", reason))
        else:
            if done.id not in passed.published:
                passed.published.append(done.id)


def address(published: Sequence[str]) -> str:
    """Where the notices of one pass are confirmed."""
    first, *others = published
    also = f"?{rendering.ALSO}={'.'.join(others)}" if others else ""
    return f"/declare/done/{first}{also}"


def _once_of(
    request: AnyRequest, person: Person, key: str, declaration: Declaration
) -> Once | None:
    return writing.once_of(request, person, key, msgspec.json.encode(declaration), "/declare")


async def _count(request: AnyRequest, person: Person, keys: list[Once | None]) -> None:
    """Count all that will be declared, or nothing: a limit never cuts a set in two."""
    counted = 0
    try:
        for once_ in keys:
            if not await idempotency.known(once_):
                counted += 1  # what is refused is counted too
                await limiting.limit(request, "declare", account_of(person))
    except TooManyRequests:
        for _ in range(counted):
            await limiting.give_back(request, "declare", account_of(person))
        raise


def left(draft: Draft, losts: Sequence[Lost], passed: Passed) -> Draft:
    """What of a draft is left to do: whoever goes back has to do with that alone."""
    published = (*draft.published, *passed.published)
    if not passed.refused:
        return Draft(published=published)
    papers_left = [
        Paper(each.paper.name, _fields_left(each, of_paper))
        for each in losts
        if (of_paper := [one for one in passed.refused if one.paper == each.paper.name])
    ]
    return msgspec.structs.replace(
        several.only(draft, papers_left),
        step=CONFLICT,
        problems=(),
        review=True,
        published=published,
        refused=tuple(one.existing for one in passed.refused),
        reasons=tuple(one.reason and ShownProblem.of(one.reason) for one in passed.refused),
    )


def _fields_left(lost: Lost, refused: Sequence[Refused]) -> dict[str, str]:
    """Of a paper; of several seals those that are not declared."""
    to_do = {one.declaration.document for one in refused}
    done = tuple(f".{each.document}" for each in lost.declared if each.document not in to_do)
    fields = lost.paper.fields
    return {name: value for name, value in fields.items() if not (done and name.endswith(done))}


async def is_hindered(draft: Draft) -> bool:
    """Whether what was not published cannot be now: a draft may have waited for days since."""
    return any(draft.reasons) or bool(await _in_the_way(draft))


async def _in_the_way(draft: Draft) -> dict[str, register.Notice]:
    """Of the notices that stood in the way those that still do: none that has ended."""
    found = await register.get_many([id for id in draft.refused if id])
    return {id: notice for id, notice in found.items() if notice.state.living}


_FREE = Message("原来的那份公告已经撤回或撤销，这一份现在可以发布。")


async def conflict(
    request: AnyRequest, person: Person, draft: Draft, hidden: dict[str, str]
) -> Response[Any]:
    """What was not published and why, what was all the same, and the way back to change it."""
    deployment = request.app.state.deployment
    declared = [
        (each.paper.name, certificate, declaration)
        for each in several.lost(draft, (), person, deployment.catalogue)
        if (certificate := each.certificate) is not None
        for declaration in each.declared
    ]
    reasons = draft.reasons or (None,) * len(draft.refused)
    standing = await _in_the_way(draft)
    not_published = list(zip(declared, draft.refused, reasons, strict=False))
    in_the_way = [
        {
            "paper": paper,
            "certificate": certificate,
            "document": documents.of_declaration(declaration, certificate),
            "copies": declaration.copies,
            "copy_number": documents.copy_number(declaration, certificate),
            "existing": standing[id].public(deployment) if id in standing else None,
            "reason": reason.problem.message if reason else _FREE,
            "field": reason and (wording.QUESTIONS | papers.labels(certificate)).get(reason.field),
            "own": id in standing and await amending.is_declarant(deployment, person, id),
            "number": declaration.number or (declaration.holder or Holder()).identifier or "",
            "hidden": again.hidden(request, person, unfinished.new_id()),
        }
        for (paper, certificate, declaration), id, reason in not_published
    ]
    notices = [await register.get(id) for id in draft.published]
    return await rendering.page(
        request,
        "declare_conflict.html",
        status=AlreadyDeclared.status,
        cache=rendering.NEVER_KEPT,
        refused=in_the_way,
        published=[notice.public(deployment) for notice in notices],
        hidden=hidden,
        certificates=deployment.catalogue.certificates,
    )


@get("/declare/done/{id:str}", include_in_schema=False)
async def done(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """What was published, its numbers, and what to do next; `also` names the rest of a pass."""
    deployment = request.app.state.deployment
    person = await request.user.signed_in()
    also = filter(None, request.query_params.get(rendering.ALSO, "").split("."))
    found = [await register.get(each) for each in [id, *also][:MOST_AT_ONCE]]
    # Whoever comes back after it was withdrawn, or contested, must not read that it is in effect.
    standing = [each for each in found if each.state.stands and each.form is not None]
    own = [each for each in standing if await amending.is_declarant(deployment, person, each.id)]
    if found[0] not in own:
        return rendering.see_other(f"/notices/{found[0].id}", languages.language_of(request))
    notices = [each.public(deployment) for each in own]
    return await rendering.page(
        request,
        "declare_done.html",
        cache=rendering.NEVER_KEPT,
        notices=notices,
        rests_on=own[0].rests_on,
        certificates=deployment.catalogue.certificates,
        matters=deployment.catalogue.matters,
    )


HANDLERS = [done]
