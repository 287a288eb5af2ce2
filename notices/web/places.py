"""Places of their own for what takes long, so that it never takes the place of a single check."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from notices.facts.errors import Unavailable
from notices.web.authentication import AnyRequest
from notices.web.middleware import turns

PATIENCE = 5.0
"""Seconds; whoever has waited so long is told to come back."""


class Place:
    """Room for so many at a time; others wait a little, and are then told to come back."""

    def __init__(self, size: int, retry_after: int = 1) -> None:
        self._slots = asyncio.Semaphore(size)
        self._retry_after = retry_after

    @contextlib.asynccontextmanager
    async def taken(self, request: AnyRequest) -> AsyncIterator[None]:
        """Work in it, out of turn; raises Unavailable when it is full for too long.

        And when whoever asked has hung up meanwhile.
        """
        turns.step_aside(request)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._slots.acquire()
        except TimeoutError:
            raise Unavailable(retry_after=self._retry_after) from None
        try:
            if turns.nobody_waits(request.scope):
                raise Unavailable
            yield
        finally:
            self._slots.release()


class Places:
    """Those of one web process."""

    def __init__(self, presses: Place) -> None:
        self.batches = Place(1)
        self.events = Place(1)
        """Pages of the log and feeds of it, which programs read again and again."""
        self.lists = Place(1)
        """Offline lists that are made again of others, and what changed between any two."""
        self.presses = presses
