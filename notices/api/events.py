"""The JSON API of events: everything that ever happened to notices, in the order of the log."""

import msgspec
from litestar import Response, get

from notices import register
from notices.api.documenting import reads
from notices.deployment import Deployment
from notices.facts.public.notice import Events
from notices.limits.slices import Slices
from notices.web import limiting
from notices.web.authentication import AnyRequest
from notices.web.queries import log_index
from notices.web.replies import NO_STORE, answered, passed_on
from notices.web.requested import MOST_EVENTS, EventsQuery

PIECE = 20
"""Events that are read and written in one slice: a millisecond or two."""


@get("/api/v1/events", **reads("getEvents", "events", EventsQuery, counted=True))
async def get_events(request: AnyRequest) -> Response[Events]:
    """Events of all notices in the order of the log, from `since` (inclusive) on."""
    await limiting.limit(request, "events")
    since = log_index(request, "since", 0) or 0
    limit = log_index(request, "limit", 100, low=1, high=MOST_EVENTS) or 100
    deployment = request.app.state.deployment
    if limit <= PIECE:
        answer = await register.events(deployment, since, limit)
        return answered(answer, headers=NO_STORE)
    async with request.app.state.places.events.taken(request):
        return passed_on(await _page(deployment, since, limit), Events, headers=NO_STORE)


async def _page(deployment: Deployment, since: int, limit: int) -> bytes:
    """One page as JSON text, made piece by piece."""
    events: list[bytes] = []
    place, slices = since, Slices()
    while len(events) < limit:
        piece = await register.events(deployment, place, min(PIECE, limit - len(events)))
        place = piece.next
        for event in piece.events:
            events.append(msgspec.json.encode(event))
            await slices.end()
        if len(piece.events) < PIECE:
            break
    return b'{"events":[' + b",".join(events) + b'],"next":%d}' % place


HANDLERS = [get_events]
