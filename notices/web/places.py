"""Places of their own for what takes long, so that it never takes the place of a single check."""

import asyncio
import contextlib
from collections import Counter
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
    async def taken(
        self, request: AnyRequest, patience: float | None = None
    ) -> AsyncIterator[None]:
        """Work in it, out of turn; raises Unavailable when it is full for too long.

        And when whoever asked has hung up meanwhile.
        """
        turns.step_aside(request)
        try:
            async with asyncio.timeout(PATIENCE if patience is None else patience):
                await self._slots.acquire()
        except TimeoutError:
            raise Unavailable(retry_after=self._retry_after) from None
        try:
            if turns.nobody_waits(request.scope):
                raise Unavailable
            yield
        finally:
            self._slots.release()


class Seats:
    """Room for what comes, waits and goes back slowly: nobody waits for one, all are told."""

    def __init__(self, size: int, of_one: int) -> None:
        self._size, self._of_one = size, of_one
        self._taken: Counter[str] = Counter()

    def take(self, who: str) -> "Seat":
        """Raises Unavailable where none is left, or `who` has taken enough."""
        if self._taken.total() >= self._size or self._taken[who] >= self._of_one:
            raise Unavailable(retry_after=30)
        self._taken[who] += 1
        return Seat(self._taken, who)


class Seat:
    """One of these, until it is left; at the latest when nobody has it any more."""

    def __init__(self, taken: Counter[str], who: str) -> None:
        self._taken, self._who = taken, who
        self._held = True

    def leave(self) -> None:
        if self._held:
            self._held = False
            self._taken[self._who] -= 1
            self._taken += Counter()  # forgets whoever has none

    def __del__(self) -> None:
        self.leave()


class Places:
    """Those of one web process."""

    def __init__(self, presses: Place) -> None:
        self.batches = Place(1)
        self.events = Place(1)
        """Pages of the log and feeds of it, which programs read again and again."""
        self.lists = Place(1)
        """Offline lists that are made again of others, and what changed between any two."""
        self.files = Place(1, 30)
        """Files of certificates that are answered, each by a process of its own."""
        self.seats = Seats(8, 2)
        """Such files from their first byte to the last of their reply; each is on the disk."""
        self.presses = presses
