"""The page of one's own notices: how each stands, what ends when, and what can be done with it."""

from datetime import datetime
from typing import Any, NamedTuple

from litestar import Response, get, post

from notices import register
from notices.changing import amending, expiring, looking, rights, unfinished
from notices.changing.rights import Known
from notices.deployment import Deployment
from notices.facts import public_terms, purposes
from notices.facts.agencies import KINDS
from notices.facts.lifecycle import may_follow
from notices.facts.public.notice import PublicNotice
from notices.facts.texts import Message, Text
from notices.identity import Person
from notices.pages import again, begun, done, rendering, watching
from notices.pages.submitting import Submission, carried_out
from notices.register import Notice
from notices.watches import alerts
from notices.web import forms, languages
from notices.web.authentication import AnyRequest

PATH, ALERTS = "/mine", "/mine/alerts"
MOST_NEWS = 10
OFFICES: dict[str, Text] = {"officer": Message("工作人员"), "agency": Message("发证机关")}
"""Who looked at what is private, as whom it concerns is told."""


class Own(NamedTuple):
    """A notice of one's own, and what can be done with it.

    `ends_at` is when its text leaves the public; `told` whether its holder is told of checks, None
    where that is not theirs to choose, or no check meets it any more.
    """

    notice: PublicNotice
    ends_at: datetime | None
    may_withdraw: bool
    may_correct: bool
    told: bool | None


def _own(deployment: Deployment, found: Notice, told: dict[str, bool]) -> Own:
    return Own(
        found.public(deployment),
        expiring.ends_at(deployment, found),
        may_follow("withdrawn", found.state),
        may_follow("corrected", found.state) and found.form is not None,
        told.get(found.id) if found.form is not None and found.state.stands else None,
    )


def _ending(found: list[Notice], own: list[Own]) -> list[Own]:
    """Those whose public term is over soon, the first to end first."""
    soon = [
        (each.ends_at, each)
        for notice, each in zip(found, own, strict=True)
        if each.ends_at is not None and each.ends_at <= notice.now + public_terms.ANNOUNCED
    ]
    return [each for _, each in sorted(soon, key=lambda pair: pair[0])]


async def _objections(deployment: Deployment, person: Person) -> list[Any]:
    """Those that `person` filed, the newest first; staff decides, and files none."""
    if person.is_staff:
        return []
    return list(reversed(await rights.objections_of(deployment, Known.of(person))))


@get("/mine", include_in_schema=False)
async def mine(request: AnyRequest) -> Response[str]:
    """The notices and objections of whoever is signed in."""
    person = await request.user.signed_in()
    deployment = request.app.state.deployment
    ids = await amending.declared_by(deployment, person)
    known = await register.get_many(ids)
    found = [known[id] for id in ids if id in known]
    told = await alerts.chosen(deployment, person, ids)
    own = [_own(deployment, notice, told) for notice in found]
    return await rendering.page(
        request,
        "mine.html",
        cache=rendering.NEVER_KEPT,
        own=own,
        begun=await begun.of(deployment, person),
        ending=_ending(found, own),
        objections=await _objections(deployment, person),
        looks=await looking.at(ids) if ids else [],
        news=(await watching.news(deployment, person))[:MOST_NEWS],
        checks=await alerts.of_holder(deployment, person),
        kinds=KINDS,
        purposes=purposes.SHOWN,
        offices=OFFICES,
        hidden=again.hidden(request, person, unfinished.new_id()),
    )


@get("/mine/alerts", include_in_schema=False)
async def back(request: AnyRequest) -> Response[Any]:
    """To the page of the form below: whoever had to sign in first chooses again."""
    return rendering.see_other(PATH, languages.language_of(request))


@post("/mine/alerts", include_in_schema=False)
async def tell(request: AnyRequest) -> Response[Any]:
    """Whether the holder is told when an agency's check meets their notice."""
    given, here = await forms.fields(request), request.app.state.deployment
    wanted = given.get("told") == "yes"

    async def act(sent: Submission) -> Response[Any]:
        found = await register.get(given.get("notice", ""))
        await alerts.choose(here, sent.person, found.id, wanted=wanted)
        there = rendering.see_other(done.place(PATH), languages.language_of(request))
        return done.on(request, "told" if wanted else "untold", PATH, there)

    return await carried_out(request, ALERTS, given, (), None, act)


HANDLERS = [mine, back, tell]
