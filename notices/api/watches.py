"""The JSON API of watches: who watches a number is told what happens to notices of it."""

from typing import get_args

from litestar import Response, delete, get, post
from litestar.params import FromPath

from notices import watches
from notices.agencies import Agency
from notices.api.documenting import SESSION, agency_for, reads, writes
from notices.facts import masking
from notices.facts.errors import BadQuery, NotTheHolder, Problem, refuse_wrong
from notices.facts.public.watches import Replayed, Watched, Watches
from notices.facts.refusals import KeyIsForTests
from notices.facts.requests import Replay, Watch
from notices.identity import Person
from notices.limits import Counted
from notices.watches import Owner, Wanted, following, listing
from notices.watches.listing import MOST, Page, State
from notices.web import limiting, queries, writing
from notices.web.authentication import AnyRequest, Asker, account_of
from notices.web.replies import NO_STORE, answered
from notices.web.requested import LAST_INDEX, Nothing, WatchesQuery

SCOPE = "watch"
KEY = agency_for(SCOPE)
BY = (KEY, SESSION)
BOTH = {"security": list(BY)}
STATES: tuple[State, ...] = get_args(State)


def owner_of(by: Agency | Person) -> Owner:
    """Whose watches somebody may have; raises InsufficientScope, KeyIsForTests or NotTheHolder."""
    if isinstance(by, Agency):
        by.require(SCOPE)
        if by.test:
            raise KeyIsForTests
    elif by.is_staff:
        raise NotTheHolder
    return Owner(by)


async def count(request: AnyRequest, by: Agency | Person, wanted: Wanted) -> None:
    """A number that a notice would mask may be a guess at one, and counts as a check does.

    Raises InsufficientScope or TooManyRequests.
    """
    normal = wanted.certificate.normal_number(wanted.number)
    mask = masking.mask_of(normal, wanted.certificate)
    if mask is None:
        return
    if isinstance(by, Agency):
        by.require("masked")
        who = Counted("agency", by.id, by.told)
    else:
        who = account_of(by)
    await limiting.limit_guesses(request, who, {f"{wanted.certificate.id} {mask}": 1})


@post("/api/v1/watches", **writes("watch", "watches", Watch, by=BY))
async def watch(request: AnyRequest) -> Response[Watched]:
    """Watch a number: an agency is told by its webhook, whoever is signed in on "my notices".

    The secret that signs to the webhook is in this answer and in no other.
    """
    async with writing.of(request, Watch, Asker.agency_or_person) as write:
        wanted = await watches.check(write.deployment, write.body, write.by, write.wrong)
        once = write.admit()
        owner = owner_of(write.by)
        await count(request, write.by, wanted)
        begun = await watches.watch(write.deployment, owner, wanted, once)
    return answered(begun, 201, NO_STORE)


@get(
    "/api/v1/watches",
    **reads("getWatches", "watches", WatchesQuery, closed=True) | BOTH,
)
async def own(request: AnyRequest) -> Response[Watches]:
    """One's own watches, without their numbers, and how telling of each goes."""
    given, problems = request.query_params, []
    limit = queries.whole_number(given.get("limit") or str(MOST), 1, MOST)
    if limit is None:
        problems.append(Problem("limit", "bad_value", {"expected": f"1-{MOST}"}))
    state = next((each for each in STATES if each == given.get("state")), None)
    if state is None and given.get("state"):
        problems.append(Problem("state", "bad_value", {"expected": ", ".join(STATES)}))
    if limit is None or problems:
        raise BadQuery(problems=problems)
    owner = owner_of(await request.user.agency_or_person())
    page = Page(given.get("after", ""), limit, state)
    found = await listing.listed(request.app.state.deployment, owner, page)
    return answered(found, headers=NO_STORE)


@delete(
    "/api/v1/watches/{id:str}",
    status_code=204,
    **reads("endWatch", "watches", problems=(400, 404, 429, 503), closed=True) | BOTH,
)
async def end(request: AnyRequest, id: FromPath[str]) -> None:
    """End a watch: nothing more is told, and what was told is forgotten."""
    async with writing.of(request, Nothing, Asker.agency_or_person) as write:
        write.admit()
        await watches.end(write.deployment, owner_of(write.by), id)


@post(
    "/api/v1/watches/{id:str}/replay",
    **writes("replayWatch", "watches", Replay, by=(KEY,), once=False),
    status_code=202,
)
async def replay(request: AnyRequest, id: FromPath[str]) -> Response[Replayed]:
    """Send once more what a watch told of from the place `since` of the log on, dead letters too.

    Messages have the `webhook-id` that they had.
    """
    async with writing.of(request, Replay, Asker.agency) as write:
        problems = []
        if write.body.since is None:
            problems.append(Problem("since", "required"))
        elif not 0 <= write.body.since <= LAST_INDEX:
            problems.append(Problem("since", "bad_value", {"expected": f"0-{LAST_INDEX}"}))
        refuse_wrong(write.wrong, problems)
        write.admit()
        owner = owner_of(write.by)
        await watches.refuse_without_webhook(write.deployment, owner, id)
        events = await following.replay(write.deployment, id, write.body.since or 0)
    return answered(Replayed(events=events), 202, NO_STORE)


HANDLERS = [watch, own, end, replay]
