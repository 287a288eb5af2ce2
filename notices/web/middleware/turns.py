"""Turns: of one client only so many requests are worked on at once, the others wait in its queue.

Everybody is answered by one loop, in the order in which the steps of requests become ready. So who
opens two hundred connections would get two hundred steps for each of somebody else's. Here they
get AT_ONCE, whatever they ask for, and everybody else as many.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from notices.facts import networks

AT_ONCE = 2
"""One loop does all the work: while one of them waits for the database, it works on the other."""

PATIENCE = 10.0
"""Seconds; whoever has waited so long is told to come back."""

TURN, NO_TURN, IN_VAIN = "turn", "no_turn", "in_vain"
"""In a request's state: its turn; that it got none in time and is to be refused; that it waited
for a database that stands still, and whoever is behind it would wait in vain as well."""


HAS_GONE = "has_gone"
"""In a request's state: what tells whether whoever sent it has hung up, where that is known."""

NOBODY = 499
"""What is recorded of a request that nobody waits for any more, as other servers call it."""


def nobody_waits(scope: Scope) -> bool:
    """Whether whoever sent the request has hung up: then it is not worth beginning."""
    has_gone = scope["state"].get(HAS_GONE)
    return has_gone is not None and bool(has_gone())


class Queue:
    """The requests of one client: how many there are, are worked on, and wait."""

    def __init__(self) -> None:
        self.present = 0
        self.working = 0
        self.waiting: deque[asyncio.Future[bool]] = deque()

    async def enter(self) -> bool:
        """Whether there was a turn within PATIENCE."""
        if self.working < AT_ONCE:
            self.working += 1
            return True
        called: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.waiting.append(called)
        try:
            async with asyncio.timeout(PATIENCE):
                return await called
        except BaseException as error:
            if called.done() and not called.cancelled() and called.result():
                self.leave()  # called and given up in the same moment: somebody else is called
            if isinstance(error, TimeoutError):
                return False
            raise

    def leave(self) -> None:
        """Hand the turn on to whoever waits longest."""
        while self.waiting:
            called = self.waiting.popleft()
            if not called.done():
                called.set_result(True)
                return
        self.working -= 1

    def send_away(self) -> None:
        """Tell all who wait that there is no turn for them."""
        while self.waiting:
            called = self.waiting.popleft()
            if not called.done():
                called.set_result(False)


class Turn:
    """A request's own turn; it is given up while the client is slow, and taken again."""

    def __init__(self, client: str, queue: Queue) -> None:
        self.client = client
        self._queue = queue
        self._held = False

    async def take(self) -> bool:
        if not self._held:
            self._held = await self._queue.enter()
        return self._held

    def give(self) -> None:
        if self._held:
            self._held = False
            # Not at once: what is answered without waiting for anything would be over before the
            # next of the same client begins, and all two hundred would fit into one step.
            asyncio.get_running_loop().call_soon(self._queue.leave)

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """Without it, while what is waited for is no work of this process."""
        held = self._held
        self.give()
        yield
        if held:
            await self.take()


def place_of(request: Request[Any, Any, Any]) -> Turn:
    """The request's turn, or one that nobody waits for."""
    turn = request.scope["state"].get(TURN)
    return turn if isinstance(turn, Turn) else Turn("", Queue())


def step_aside(request: Request[Any, Any, Any]) -> None:
    """Give the turn up for good: what follows has a place of its own, or waits for others."""
    turn = request.scope["state"].get(TURN)
    if isinstance(turn, Turn):
        turn.give()


class Turns:
    """ASGI: lets each client have AT_ONCE requests worked on.

    A turn is for work alone. While a body is on its way, and once the answer is, the request has
    none: a few clients with slow lines must not shut out all who share their address.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._queues: dict[str, Queue] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith("/health/"):
            await self.app(scope, receive, send)
            return
        client = scope.get("client")
        name = networks.own(client[0] if client else "")
        queue = self._queues.setdefault(name, Queue())
        queue.present += 1
        turn = Turn(name, queue)
        state = scope.setdefault("state", {})

        async def receive_aside() -> Any:
            turn.give()
            message = await receive()
            await turn.take()
            return message

        async def send_last(message: Message) -> None:
            if message["type"] == "http.response.start" and state.get(IN_VAIN):
                queue.send_away()
            if message["type"] == "http.response.body":
                turn.give()
            await send(message)

        try:
            if await turn.take():
                state[TURN] = turn
            else:
                state[NO_TURN] = True
            if nobody_waits(scope):
                await send({"type": "http.response.start", "status": NOBODY, "headers": []})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                await self.app(scope, receive_aside, send_last)
        finally:
            turn.give()
            asyncio.get_running_loop().call_soon(self._gone, name)

    def _gone(self, name: str) -> None:
        queue = self._queues[name]
        queue.present -= 1
        if not queue.present:
            del self._queues[name]
