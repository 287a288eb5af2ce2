"""Going on with a rotation that somebody began and did not finish, beside whoever serves."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

import asyncpg
import structlog

from notices import deployment
from notices.database import DB
from notices.facts.errors import Unavailable
from notices.facts.texts import TextError
from notices.settings import Settings
from notices.upkeep import rotating

LOOK_EVERY = 2.0
"""Seconds between two looks whether there is one."""
AFTER_A_FAULT = 30.0

LOG = structlog.get_logger()


@contextlib.contextmanager
def kept(owner_url: str, settings: Settings) -> Iterator[None]:
    """Meanwhile somebody looks and goes on, in a thread; nothing else here may ask DB.

    As the tables' owner: a web process may add private values, and change none.
    """
    ended = threading.Event()
    keeper = threading.Thread(target=lambda: asyncio.run(_keep(owner_url, settings, ended)))
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


async def _keep(owner_url: str, settings: Settings, ended: threading.Event) -> None:
    work = asyncio.create_task(_work(owner_url, settings))
    while not ended.is_set():
        await asyncio.wait([work], timeout=0.2)
        if work.done():
            LOG.error("keys_not_kept", error=type(work.exception()).__name__)
            break
    work.cancel()
    await asyncio.wait([work])


async def _work(owner_url: str, settings: Settings) -> None:
    await DB.start(owner_url, 2)
    try:
        here = deployment.load(settings)
        while True:
            pause = LOOK_EVERY
            try:
                if await rotating.waits(here):
                    await rotating.go_on(here, _silently)
            except (Unavailable, OSError, TextError, asyncpg.PostgresError) as error:
                LOG.warning("rotation_put_off", error=type(error).__name__)
                pause = LOOK_EVERY if isinstance(error, Unavailable) else AFTER_A_FAULT
            await asyncio.sleep(pause)
    finally:
        await DB.stop()


def _silently(done: int, total: int) -> None:
    """Nobody watches."""
