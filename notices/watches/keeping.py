"""Watches kept in the relay's process: one follows the log and sends, whoever else would waits."""

import asyncio
from typing import Any

import structlog

from notices import data_keys
from notices.deployment import Deployment
from notices.session_locks import connect
from notices.watches import following
from notices.watches.following import rest
from notices.watches.sending import AWAY_FOR_NOW, Sender
from notices.watches.telling import Poster

LOCK = 0x7761746368
"""Of the session ("watch") that follows: it ends with the connection that has it."""
LOOK_EVERY = 1.0
AFTER_A_FAULT = 2.0

LOG = structlog.get_logger()


async def keep(deployment: Deployment, stop: asyncio.Event, poster: Poster | None = None) -> None:
    """Follow and send until `stop`; whatever is away, go on when it is back.

    It shares a process with the index and is in nobody's way there: what fails here ends here.
    """
    poster = poster or Poster(deployment.settings.webhook_networks)
    try:
        while not stop.is_set():
            try:
                await _kept(deployment, stop, poster)
            except AWAY_FOR_NOW as error:
                LOG.warning("watches_put_off", error=type(error).__name__)
            except Exception as error:
                LOG.error("watches_not_kept", error=type(error).__name__)
            await rest(stop, AFTER_A_FAULT)
    finally:
        await poster.close()


async def _kept(deployment: Deployment, stop: asyncio.Event, poster: Poster) -> None:
    connection = await connect()
    try:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            await rest(stop, LOOK_EVERY)
            if stop.is_set():
                return
        await data_keys.load(deployment.keys)
        told = asyncio.Event()
        tasks = [
            asyncio.create_task(each)
            for each in (
                following.follow(deployment, stop, told),
                Sender(deployment, poster, told).run(stop),
                data_keys.keep(deployment.keys),
                _held(connection, stop),
            )
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        await connection.close(timeout=5)


async def _held(connection: Any, stop: asyncio.Event) -> None:
    """As long as the lock is ours: the server forgets it with the connection."""
    while not stop.is_set():
        await connection.execute("SELECT 1")
        await rest(stop, LOOK_EVERY)
