"""Publishing what was declared on the pages, and what the declarant is shown then."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from notices import declarations, idempotency, register
from notices.changing import amending, unfinished
from notices.changing.exhibits import KeptFile, Receiving
from notices.facts import documents
from notices.facts.catalogue import Certificate
from notices.facts.errors import AlreadyDeclared
from notices.facts.excess import TooManyRequests
from notices.facts.requests import Declaration, Holder
from notices.idempotency import Once
from notices.identity import Person
from notices.pages import again, papers, rendering
from notices.web import languages, limiting, writing
from notices.web.authentication import AnyRequest, account_of

MOST_AT_ONCE = 30
"""Notices that one page confirms; no certificate has as many papers."""


Refused = list[tuple[Declaration, str]]
"""Declarations that were not published, each with the notice that stands in its way."""


async def publish(
    request: AnyRequest,
    person: Person,
    declared: list[Declaration],
    certificate: Certificate,
    key: str,
    receiving: Receiving | None,
    kept: KeptFile | None,
) -> tuple[list[str], Refused]:
    """Publish checked declarations, each in its own transaction; the ids of their notices.

    Each has a key of its own, made from the form's: whoever presses the button again, or once
    more after a crash in between, is led to the same notices. What is declared already is told
    together with what was published beside it.
    """
    deployment = request.app.state.deployment
    posts = [(each, _once_of(request, person, key, each, certificate)) for each in declared]
    await _count(request, person, [once_ for _, once_ in posts])
    published: list[str] = []
    refused: Refused = []
    for declaration, once_ in posts:
        try:
            done = await declarations.declare(
                deployment,
                person,
                declaration,
                certificate=certificate,
                once_=once_,
                receiving=receiving,
                kept=kept,
                crowded=await limiting.crowded(request),
            )
        except AlreadyDeclared as refusal:
            await limiting.give_back(request, "declare", account_of(person))
            refused.append((declaration, refusal.existing.id))
        else:
            published.append(done.id)
    return published, refused


def address(published: Sequence[str]) -> str:
    """Where the notices of one pass are confirmed."""
    first, *others = published
    also = f"?also={'.'.join(others)}" if others else ""
    return f"/declare/done/{first}{also}"


def _once_of(
    request: AnyRequest,
    person: Person,
    key: str,
    declaration: Declaration,
    certificate: Certificate,
) -> Once | None:
    if key and papers.asked_together(certificate):
        key = f"{key}.{declaration.document}"
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


def left(
    fields: Mapping[str, str], declared: Sequence[Declaration], refused: Refused
) -> dict[str, str]:
    """What of a draft's fields is left: whoever goes back has to do with those alone."""
    papers_left = {declaration.document for declaration, _ in refused}
    done = tuple(f".{each.document}" for each in declared if each.document not in papers_left)
    return {name: value for name, value in fields.items() if not (done and name.endswith(done))}


async def conflict(
    request: AnyRequest,
    person: Person,
    published: Sequence[str],
    refused: Refused,
    certificate: Certificate,
    hidden: dict[str, str],
) -> Response[Any]:
    """What is declared already, what was published all the same, and the way back to change it."""
    deployment = request.app.state.deployment
    in_the_way = [
        {
            "document": documents.of_declaration(declaration, certificate),
            "copies": declaration.copies,
            "copy_number": documents.copy_number(declaration, certificate),
            "existing": (await register.get(id)).public(deployment),
            "own": await amending.is_declarant(deployment, person, id),
            "number": declaration.number or (declaration.holder or Holder()).identifier or "",
            "hidden": again.hidden(request, person, unfinished.new_id()),
        }
        for declaration, id in refused
    ]
    return await rendering.page(
        request,
        "declare_conflict.html",
        status=AlreadyDeclared.status,
        cache=rendering.NEVER_KEPT,
        refused=in_the_way,
        published=[(await register.get(id)).public(deployment) for id in published],
        hidden=hidden,
        certificate=certificate,
    )


@get("/declare/done/{id:str}", include_in_schema=False)
async def done(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """What was published, its numbers, and what to do next; `also` names the rest of a pass."""
    deployment = request.app.state.deployment
    person = await request.user.signed_in()
    also = filter(None, request.query_params.get("also", "").split("."))
    found = [await register.get(each) for each in [id, *also][:MOST_AT_ONCE]]
    own = [each for each in found if await amending.is_declarant(deployment, person, each.id)]
    if found[0] not in own:
        return rendering.see_other(f"/notices/{found[0].id}", languages.language_of(request))
    notices = [each.public(deployment) for each in own]
    return await rendering.page(
        request,
        "declare_done.html",
        cache=rendering.NEVER_KEPT,
        notices=notices,
        notice=notices[0],
        rests_on=own[0].rests_on,
        certificate=deployment.catalogue.certificates.get(notices[0].certificate or ""),
        matter=deployment.catalogue.matters.get(notices[0].matter or ""),
    )


HANDLERS = [done]
