"""The page of one's own notices: how each stands, what ends when, and what can be done with it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from litestar import Response, get, post

from notices import register
from notices.changing import amending, expiring, looking, objecting, rights, unfinished
from notices.changing.rights import Known
from notices.deployment import Deployment
from notices.facts import public_terms, purposes
from notices.facts.agencies import KINDS
from notices.facts.errors import Invalid, Problem
from notices.facts.lifecycle import may_follow
from notices.facts.public.notice import PublicNotice
from notices.facts.texts import Message, Text
from notices.identity import Person
from notices.pages import again, begun, rendering, watching
from notices.pages.submitting import Submission, carried_out
from notices.register import Notice
from notices.watches import alerts
from notices.web import forms, languages, queries
from notices.web.authentication import AnyRequest

PATH, ALERTS = "/mine", "/mine/alerts"
MOST_NEWS = 10
A_PAGE, PAGES = 50, 1000
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


def _ending(own: Iterable[Own], soon: datetime) -> list[Own]:
    """Those whose public term is over `soon`, the first to end first."""
    ending = [(each.ends_at, each) for each in own if each.ends_at and each.ends_at <= soon]
    return [each for _, each in sorted(ending, key=lambda pair: pair[0])]


async def _objections(deployment: Deployment, person: Person) -> list[Any]:
    """Those that `person` filed in this part, the newest first; staff decides, and files none."""
    if person.is_staff:
        return []
    filed = await rights.objections_of(deployment, Known.of(person))
    return [each for each in reversed(filed) if _acting(deployment, each) == person.acts_for[:2]]


def _acting(deployment: Deployment, objection: Any) -> tuple[str, str]:
    """For whom an objection was filed: in a company's part nobody shows what is a clerk's own."""
    private = objecting.private_of(deployment, objection["id"], objection["sealed"])
    return private.objector.acts_for[:2]


@get("/mine", include_in_schema=False)
async def mine(request: AnyRequest) -> Response[str]:
    """The notices and objections of whoever is signed in."""
    person = await request.user.signed_in()
    deployment = request.app.state.deployment
    page = queries.whole_number(request.query_params.get("page", ""), 1, PAGES) or 1
    ids = await amending.declared_by(deployment, person, A_PAGE + 1, (page - 1) * A_PAGE)
    more, ids = len(ids) > A_PAGE, ids[:A_PAGE]
    soon = datetime.now(UTC) + public_terms.ANNOUNCED
    ends = await amending.ending_of(deployment, person, soon, A_PAGE)
    told = await alerts.chosen(deployment, person, ids)
    found = await register.get_many([*ids, *ends])
    own = {id: _own(deployment, each, told) for id, each in found.items()}
    return await rendering.page(
        request,
        "mine.html",
        cache=rendering.NEVER_KEPT,
        own=[own[id] for id in ids if id in own],
        begun=await begun.of(deployment, person),
        page=page,
        more=more,
        ending=_ending(own.values(), soon),
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
    if given.get("told") not in ("yes", "no"):  # a warning is not switched off by half a form
        raise Invalid(problems=[Problem("told", "bad_value", {"expected": "yes, no"})])
    wanted = given["told"] == "yes"

    async def act(sent: Submission) -> Response[Any]:
        found = await register.get(given.get("notice", ""))
        await alerts.choose(here, sent.person, found.id, wanted=wanted)
        return rendering.see_done(request, PATH, "told" if wanted else "untold")

    return await carried_out(request, ALERTS, given, (), None, act)


HANDLERS = [mine, back, tell]
