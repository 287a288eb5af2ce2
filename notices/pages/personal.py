"""What is kept about whoever is signed in: a copy of it, and its erasure."""

from datetime import UTC, datetime

import msgspec
from litestar import Response, get, post

from notices.changing import erasing, rights, unfinished, waiting
from notices.changing.rights import Known
from notices.facts.errors import Problem, SignInRequired
from notices.identity import Person
from notices.pages import again, brought, rendering
from notices.web import forms, languages
from notices.web.authentication import AnyRequest

PATH = "/mine/privacy"
SURE = "unsure"
"""The parameter of the page that follows where it was not confirmed."""


async def _natural(request: AnyRequest) -> Person:
    """Who is signed in; raises SignInRequired for staff too, whom an office vouches for.

    What is kept about a person is told to them alone, and not to whom an office calls by their
    number.
    """
    person = await request.user.signed_in()
    if person.is_staff:
        raise SignInRequired
    return person


@get("/mine/privacy", include_in_schema=False)
async def privacy(request: AnyRequest) -> Response[str]:
    """What is kept and how long, and the ways to have it and to have it erased."""
    person = await _natural(request)
    query = request.query_params
    problems = [Problem("sure", "not_confirmed")] if SURE in query else []
    return await rendering.page(
        request,
        "privacy.html",
        cache=rendering.NEVER_KEPT,
        left=await erasing.left(request.app.state.deployment, Known.of(person)),
        hidden=again.hidden(request, person, unfinished.new_id()),
        problems=problems,
        errors=rendering.by_field(problems),
    )


@get("/mine/data", include_in_schema=False)
async def data(request: AnyRequest) -> Response[bytes]:
    """All that is kept about a person, to be saved (PIPL Art. 45)."""
    person = await _natural(request)
    now = datetime.now(UTC)
    deployment = request.app.state.deployment
    copy = msgspec.structs.asdict(await rights.copy_of(deployment, Known.of(person), now))
    # What is typed is found by the account alone, which nobody but its owner can name.
    copy["drafts"] = await waiting.copies(deployment, person)
    return Response(
        msgspec.json.format(msgspec.json.encode(copy)),
        media_type="application/json",
        headers={
            "Cache-Control": rendering.NEVER_KEPT,
            "Content-Disposition": f'attachment; filename="personal-data-{now:%Y-%m-%d}.json"',
        },
    )


@post("/mine/erase", include_in_schema=False)
async def erase(request: AnyRequest) -> Response[str]:
    """Erase what can be; the page that follows says what stays for now."""
    given = await forms.fields(request)
    try:
        await _natural(request)
        person = await again.sender(request, given.get("of", ""))
    except SignInRequired:  # nobody erases what another window shows of somebody else
        return again.signing_in(request, PATH)
    if given.get("sure") != "yes":
        return rendering.see_other(f"{PATH}?{SURE}=#sure", languages.language_of(request))
    deployment = request.app.state.deployment
    erased = await erasing.erase(deployment, Known.of(person))
    for draft in await waiting.forget_account(deployment, person):
        await brought.forget_with(deployment, draft)
    word = "erased-but" if erased.living or erased.waiting else "erased"
    return rendering.see_done(request, PATH, word)


HANDLERS = [privacy, data, erase]
