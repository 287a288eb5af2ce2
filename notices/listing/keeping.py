"""Keeping the offline list: a new one within a minute of whatever changed, while we run."""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Iterator

import asyncpg
import structlog

from notices import data_keys, log
from notices.database import AWAY
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.listing.folder import Folder
from notices.listing.making import Made, Maker, connect
from notices.statistics import measuring

LOOK_EVERY = 1.0
"""Seconds between two looks whether the log has grown."""
AT_MOST_EVERY = 30.0
"""Seconds between two lists, in the mean: one is there a minute after a change, however long it
takes to make."""
AT_ONCE = 4
"""So many are made without waiting, where there were none for a while."""
AFTER_A_FAULT = 5.0

LOG = structlog.get_logger()


async def keep(deployment: Deployment, stop: asyncio.Event) -> None:
    """Make lists until `stop`; of several who keep one folder one does, and the others wait."""
    folder = Folder.under(deployment.settings.data)
    keeper = _Keeper(deployment, folder)
    loop = asyncio.get_running_loop()
    allowed, counted = float(AT_ONCE), loop.time()
    while not stop.is_set():
        pause = LOOK_EVERY
        try:
            with _alone(folder) as alone:
                while alone and not stop.is_set():
                    now = loop.time()
                    allowed = min(AT_ONCE, allowed + (now - counted) / AT_MOST_EVERY)
                    counted = now
                    if allowed >= 1 and await keeper.round() is not None:
                        allowed -= 1
                    await _rest(stop, LOOK_EVERY)
        except (Unavailable, OSError, *AWAY, asyncpg.PostgresError) as error:
            LOG.warning("list_put_off", error=type(error).__name__)
            pause = AFTER_A_FAULT
        except Exception as error:
            # Whatever it is, the index is still to follow the log: both live in one process.
            LOG.error("list_not_made", error=type(error).__name__)
            pause = AFTER_A_FAULT * 6
        await _rest(stop, pause)


class _Keeper:
    """Looks cheaply whether there is something to do, and does it."""

    def __init__(self, deployment: Deployment, folder: Folder) -> None:
        self._deployment = deployment
        self._folder = folder
        self._maker = Maker(deployment, folder)
        self._size: int | None = None
        """Of the log that the newest list was found to be of, or that no list may be made of."""

    async def round(self) -> Made | None:
        """Make the list of the log as it is now, where there is none."""
        size, _ = await log.head()
        if size == self._size:
            return None
        await data_keys.load(self._deployment.keys)
        connection = await connect()
        try:
            made = await self._maker.make(connection)
        finally:
            await connection.close(timeout=5)
        self._size = made.size if made else size
        if made is not None:
            LOG.info("list_made", size=made.size, entries=made.entries, whole=made.whole)
            if made.last is not None:
                await measuring.told("list", made.last.size, made.size, made.last.at)
        return made


@contextlib.contextmanager
def _alone(folder: Folder) -> Iterator[bool]:
    """Whether nobody else keeps this folder; whoever is killed does no more."""
    folder.path.mkdir(mode=0o755, parents=True, exist_ok=True)
    handle = os.open(folder.path / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
