"""Asking the search engine, and sparing people the wait for one that just failed."""

import asyncio
import contextlib
from typing import Any

from notices.facts.errors import Unavailable
from search.engine import Engine, SearchBusy, SearchDown
from search.results import Result


class Breaker:
    """An engine that is asked until it fails, and then again when it is well.

    Whether it is well is found out in the background: nobody's search has to wait for that.
    """

    LOOK_EVERY = 1.0

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._away: asyncio.Task[None] | None = None

    async def ask(self, questions: list[dict[str, Any]]) -> list[Result]:
        """The engine's replies; raises SearchDown, and Unavailable when too many are in flight."""
        if self._away is not None and not self._away.done():
            raise SearchDown("away")
        try:
            return await self.engine.search(questions)
        except SearchBusy:
            raise Unavailable(retry_after=1) from None
        except SearchDown:
            # Of many that failed together, the first looks after it.
            if self._away is None or self._away.done():
                self._away = asyncio.create_task(self._until_well())
            raise

    async def _until_well(self) -> None:
        while True:
            await asyncio.sleep(self.LOOK_EVERY)
            if await self.engine.healthy():
                return

    async def close(self) -> None:
        if self._away is not None:
            self._away.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._away
        await self.engine.close()
