"""Places of their own for what takes long, so that it never takes the place of a single check."""

import asyncio
from types import TracebackType

from notices.facts.errors import Unavailable

PATIENCE = 2.0
"""Seconds; whoever has waited so long is told to come back."""


class Place:
    """Room for so many at a time; others wait a little, and are then told to come back."""

    def __init__(self, size: int, patience: float = PATIENCE) -> None:
        self._slots = asyncio.Semaphore(size)
        self._patience = patience

    async def __aenter__(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._slots.acquire()
        except TimeoutError:
            raise Unavailable(retry_after=1) from None

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._slots.release()


class Places:
    """Those of one web process."""

    def __init__(self) -> None:
        self.batches = Place(1)
        self.events = Place(1)
