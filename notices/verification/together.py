"""Checks that wait while a statement runs share the next one: the more ask, the less each costs.

Nothing is remembered: a statement begins after all the questions that it is to answer were asked,
so what each hears is as fresh as from one of its own. Nobody waits longer than a statement may.
"""

import asyncio
import contextvars
from collections import deque
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from typing import NamedTuple, Protocol

from notices.database import DB, answering
from notices.facts.errors import Unavailable
from notices.matching_keys import Stale
from notices.verification import matching
from notices.verification.matching import Asked, Match

MOST = 32
"""Questions in one statement, each of which looks into some ten indexes."""

LONG = 0.05
"""Seconds after which nobody waits for a statement: it may wait for its own time to be over."""

SHARE = 3
"""One in so many connections at most is asked at once: others ask other things."""

Met = tuple[datetime, int, list[list[Match]]]


class Place(Protocol):
    """Where a question stands among the requests of all clients."""

    client: str

    def aside(self) -> AbstractAsyncContextManager[None]:
        """Let others of the same client go on meanwhile."""


class _Nowhere:
    """Of whoever asks from within the service."""

    client = ""

    def aside(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()


NOWHERE: Place = _Nowhere()


class _Waiting(NamedTuple):
    asked: Asked
    state: str
    met: asyncio.Future[Met]


_waiting: dict[str, deque[_Waiting]] = {}
"""By client; of each, one is taken before any other's second."""

_running: dict[object, float] = {}
"""When each of those who are at work asked last, by the loop."""

_tasks: set[asyncio.Task[None]] = set()


async def look_up(asked: Asked, state: str, place: Place = NOWHERE) -> Met:
    """What `matching.look_up` says of one question; raises what that raises."""
    if DB.current_transaction.get() is not None:
        return await matching.look_up([asked], state)
    loop = asyncio.get_running_loop()
    one = _Waiting(asked, state, loop.create_future())
    _waiting.setdefault(place.client, deque()).append(one)
    now = loop.time()
    if len(_running) < _most_lanes() and all(now - began > LONG for began in _running.values()):
        _begin(loop)
    # Behind many whose statements all fail, each after its whole time, the last would wait for
    # minutes; and for ever, should those who ask for all be gone.
    async with place.aside():
        with answering():
            async with asyncio.timeout(DB.left(now)):
                return await one.met


def _most_lanes() -> int:
    return max(1, DB.pool.get_max_size() // SHARE) if DB.pool is not None else 1


def _begin(loop: asyncio.AbstractEventLoop) -> None:
    # In a context of its own: who asked first may leave, and the others still are answered.
    context, lane = contextvars.Context(), object()
    _running[lane] = loop.time()
    _tasks.add(task := loop.create_task(_work(lane), context=context))

    def done(task: asyncio.Task[None]) -> None:
        _tasks.discard(task)
        _running.pop(lane, None)  # one that ended before it began

    task.add_done_callback(done)


async def _work(lane: object) -> None:
    """Answer all who wait, and those who come meanwhile."""
    loop = asyncio.get_running_loop()
    try:
        while taken := _take():
            _running[lane] = loop.time()
            await _answer(taken)
    finally:
        # At once, and not when the loop comes to it: whoever asks then would wait for nobody.
        del _running[lane]


def _take() -> list[_Waiting]:
    """The next who still wait, all of whose hashes are by the same keys."""
    taken: list[_Waiting] = []
    while _waiting and len(taken) < MOST:
        client = next(iter(_waiting))
        queue = _waiting.pop(client)
        if taken and queue[0].state != taken[0].state:
            _waiting[client] = queue
            break  # a key takes another's place: once in years
        one = queue.popleft()
        if queue:
            _waiting[client] = queue  # behind all others
        if not one.met.done():
            taken.append(one)
    return taken


async def _answer(taken: list[_Waiting]) -> None:
    try:
        now, size, found = await matching.look_up([one.asked for one in taken], taken[0].state)
        for one, matches in zip(taken, found, strict=True):
            if not one.met.done():  # who has left waits for nothing
                one.met.set_result((now, size, [matches]))
    except Exception as error:
        if len(taken) > 1 and not isinstance(error, (Unavailable, Stale)):
            # It is of what one of them met, a row that cannot be read: none of the others' fault.
            for one in taken:
                if not one.met.done():
                    await _answer([one])
        _fail(taken, error)
    finally:
        _fail(taken, Unavailable())  # nobody, but where this was ended itself


def _fail(taken: list[_Waiting], error: Exception) -> None:
    for one in taken:
        if not one.met.done():
            one.met.set_exception(error)
