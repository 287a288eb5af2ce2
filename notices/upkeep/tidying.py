"""Forgetting what is kept for a time only: sessions, idempotency keys, counted uses."""

import asyncio

import structlog

from notices import identity, limits, once
from notices.facts.errors import Unavailable

EVERY = 600.0
"""Seconds; every web process does it, and what another one forgot already costs nothing."""

LOG = structlog.get_logger()


async def tidy() -> None:
    """Delete what is past its time."""
    await once.forget_old()
    await limits.forget_old()
    await identity.forget_old()


async def keep_tidy() -> None:
    """`tidy` now and then, until cancelled."""
    while True:
        try:
            await tidy()
        except Unavailable:
            LOG.warning("tidying_put_off")
        await asyncio.sleep(EVERY)
