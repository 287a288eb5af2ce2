"""Forgetting what is kept for a time only: sessions, drafts, keys, counts, files of nobody."""

import asyncio
from datetime import timedelta

import structlog

from notices import idempotency, identity, limits
from notices.agencies import using
from notices.batches import summaries
from notices.changing import exhibits, expiring, looking, signing_in, unfinished
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.facts.troubles import ClockOff
from notices.tables import Touched
from notices.tables.expressions import is_true
from notices.upkeep import vitals
from notices.watches import alerts, listing

EVERY = 600.0
"""Seconds; every web process does it, and what another one forgot already costs nothing."""
A_DAY = 144
"""Rounds."""
PATIENCE = 60.0
"""Seconds; nobody waits for it, and what is to be forgotten may be much."""

LOG = structlog.get_logger()


async def tidy(deployment: Deployment, *, every_file: bool = False) -> None:
    """Delete what is past its time; by a clock that jumped, that would be everything.

    So it is the time that was found to be right, and not what the clock may show a moment later.
    """
    vital = await vitals.measure()
    if vital.clock is not None:
        raise ClockOff(vital.clock)
    await idempotency.forget_old(vital.now)
    await limits.forget_old(vital.now)
    await identity.forget_old(vital.now)
    await signing_in.forget_old(vital.now)
    await unfinished.forget_old(vital.now)
    await looking.forget_old(vital.now)
    await using.forget_old(vital.now)
    await listing.forget_old(vital.now)
    await alerts.forget_old(vital.now)
    await Touched.delete().where(is_true(Touched.taken), Touched.at < vital.now - timedelta(days=1))
    await asyncio.to_thread(summaries.forget_old, deployment, vital.now)
    await exhibits.forget_orphans(deployment, vital.now, of_any_age=every_file)
    if removed := await expiring.expire_due(deployment, vital.now):
        LOG.info("public_terms_over", notices=removed)


async def keep_tidy(deployment: Deployment) -> None:
    """`tidy` now and then, until cancelled; every file when it begins, and once a day.

    Whoever left a file behind was killed, and began anew.
    """
    rounds = 0
    while True:
        try:
            with DB.patient(PATIENCE):
                await tidy(deployment, every_file=rounds % A_DAY == 0)
            rounds += 1
        except (Unavailable, OSError):
            LOG.warning("tidying_put_off")
        await asyncio.sleep(EVERY)
