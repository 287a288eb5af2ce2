"""The page of the numbers that somebody watches, and what happened to notices of them."""

from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath

from notices import watches
from notices.api.watches import count, owner_of
from notices.changing import unfinished
from notices.deployment import Deployment
from notices.facts.event_kinds import KINDS
from notices.facts.public.watches import Told, Watch
from notices.facts.requests import Watch as Form
from notices.facts.texts import Text
from notices.identity import Person
from notices.pages import again, rendering
from notices.pages.submitting import Submission, carried_out
from notices.watches import MOST_OF_PERSONS, listing
from notices.web import forms, languages
from notices.web.authentication import AnyRequest

PATH = "/mine/watches"
FIELDS = ("certificate", "number", "label")


class News(NamedTuple):
    """An event of a watch, with its word."""

    watch: Watch
    told: Told
    word: Text


async def news(deployment: Deployment, person: Person) -> list[News]:
    """What happened to the numbers that somebody watches, the newest first; staff watches none."""
    if person.is_staff:
        return []
    found = await listing.listed(deployment, owner_of(person))
    every = [
        News(each, one, KINDS[one.kind].words) for each in found.watches for one in each.events
    ]
    return sorted(every, key=lambda each: -each.told.index)


@get("/mine/watches", include_in_schema=False)
async def page(request: AnyRequest) -> Response[str]:
    """The numbers that are watched, without themselves, and a form for one more."""
    person, deployment = await request.user.signed_in(), request.app.state.deployment
    key, sent = await again.sent(request, person, PATH)
    found = await listing.listed(deployment, owner_of(person))
    problems = sent.wrong
    return await rendering.page(
        request,
        "watches.html",
        status=422 if problems else 200,
        cache=rendering.NEVER_KEPT,
        watches=found.watches,
        news=await news(deployment, person),
        most=MOST_OF_PERSONS,
        values={name: sent.fields.get(name, "") for name in FIELDS},
        problems=problems,
        errors=rendering.by_field(problems),
        hidden=again.hidden(request, person, key),
    )


@post("/mine/watches", include_in_schema=False)
async def watch(request: AnyRequest) -> Response[Any]:
    """Watch one more number."""
    given, here = await forms.fields(request), request.app.state.deployment
    form = Form(**{name: forms.filled(given, name) for name in FIELDS})

    async def act(sent: Submission) -> Response[Any]:
        wanted = await watches.check(here, form, sent.person, [])
        owner = owner_of(sent.person)
        await count(request, sent.person, wanted)
        begun = await watches.watch(here, owner, wanted, sent.once)
        await unfinished.forget(here, sent.person, sent.key)
        unusual = begun.number_form == "unusual"
        return rendering.see_done(request, PATH, "watched-unusual" if unusual else "watched")

    return await carried_out(request, PATH, given, FIELDS, form, act)


@get("/mine/watches/{id:str}/end", include_in_schema=False)
async def back(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """To the page of the form below: whoever had to sign in first presses it again."""
    return rendering.see_other(PATH, languages.language_of(request))


@post("/mine/watches/{id:str}/end", include_in_schema=False)
async def end(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """Watch a number no more; pressed twice, it is ended all the same."""
    given, here = await forms.fields(request), request.app.state.deployment

    async def act(sent: Submission) -> Response[Any]:
        await watches.end(here, owner_of(sent.person), id)
        return rendering.see_done(request, PATH, "unwatched")

    return await carried_out(request, f"{PATH}/{id}/end", given, (), None, act)


HANDLERS = [page, watch, back, end]
