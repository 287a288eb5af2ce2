"""Declarations that somebody has begun and not published: listed, gone on with, discarded."""

from datetime import datetime
from typing import Any, NamedTuple

from litestar import Response, post

from notices.changing import unfinished, waiting
from notices.deployment import Deployment
from notices.facts.errors import SignInRequired
from notices.facts.texts import Message, Text
from notices.identity import Person
from notices.pages import again, brought, rendering, stepping
from notices.pages.drafts import STEPS
from notices.pages.publishing import CONFLICT
from notices.web import forms, languages
from notices.web.authentication import AnyRequest

_OF_NONE = Message("证件还没有选定，或已不在目录里")
"""Of what a city's catalogue has no more something is kept all the same, and can be discarded."""


class Begun(NamedTuple):
    """A draft as it is listed: of which papers, how far it has come, and until when it is kept."""

    id: str
    names: list[Text]
    step: int
    """From 1 to 5; 0 where something was not published."""
    until: datetime
    where: str
    form: dict[str, str]
    """What the form that discards it carries."""


async def of(deployment: Deployment, person: Person) -> list[Begun]:
    """Those of `person` in the part in which they are signed in, the newest first."""
    found = []
    for each in await waiting.of(deployment, person):
        step, draft = each.draft.step, each.draft
        known = [
            deployment.catalogue.certificates.get(paper.fields.get("certificate", ""))
            for paper in draft.papers
        ]
        names = [certificate.name for certificate in known if certificate is not None]
        if not any(paper.fields for paper in draft.papers):
            continue
        number = 0 if step == CONFLICT else STEPS.index(step) + 1 if step in STEPS else 1
        where = stepping.address(step or STEPS[0], each.id, draft)
        form = again.stamped(deployment, person, each.id) | {"draft": each.id}
        found.append(Begun(each.id, names or [_OF_NONE], number, each.until, where, form))
    return found


@post("/declare/discard", include_in_schema=False)
async def discard(request: AnyRequest) -> Response[Any]:
    """Forget a draft at once, and its file; of one that is gone already nothing is left to do."""
    deployment = request.app.state.deployment
    given = await forms.fields(request)
    try:
        person = await again.sender(request, given.get("of", ""))
    except SignInRequired:
        return again.signing_in(request, "/mine")
    id = given.get("draft", "")
    if unfinished.is_id(id) and (draft := await waiting.discard(deployment, person, id)):
        await brought.forget_with(deployment, draft)
    return rendering.see_other("/mine#begun", languages.language_of(request))


HANDLERS = [discard]
