"""Long work in slices: one web process answers everybody, and nobody may wait for all of it."""

import asyncio
import time

SECONDS = 0.001
"""A request takes some turns of the loop, and may find one slice of such work in each."""


class Slices:
    """What works long says after each part of it `await slices.end()`."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    async def end(self) -> None:
        """Let others have their turn, if a slice has lasted long enough."""
        if time.perf_counter() - self._began >= SECONDS:
            await asyncio.sleep(0)
            self._began = time.perf_counter()
