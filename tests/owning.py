"""Doing to the register what a service may not: as the role that owns its tables."""

import contextlib
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

from notices.database import DB
from tests import enginefarm

T = TypeVar("T")


@contextlib.asynccontextmanager
async def owning() -> AsyncIterator[None]:
    """Within it `DB` is the owner's."""
    service, served = DB.pool, DB.config
    DB.pool = None
    await DB.start(enginefarm.owned(served["dsn"]), 4, DB.patience)
    try:
        yield
    finally:
        await DB.stop()
        DB.pool, DB.config = service, served


async def owned(work: Awaitable[T]) -> T:
    """What `work`, not begun yet, comes to as the owner's."""
    async with owning():
        return await work
