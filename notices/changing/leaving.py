"""Signing in and out: whoever leaves takes along what they typed and have not published.

A session that runs out by itself takes nothing along: whoever signs in again goes on.
"""

from datetime import datetime

from notices import identity, journal
from notices.changing import unfinished
from notices.database import DB
from notices.deployment import Deployment
from notices.identity import Person
from notices.journal import Act


async def sign_in(
    deployment: Deployment,
    person: Person,
    before: str | None,
    sid: str | None = None,
    parts: tuple[Person, ...] = (),
    since: datetime | None = None,
) -> str:
    """Open a session for `person`, the cookie's value; what this browser had `before` ends.

    Nobody could sign out of that one any more, so it ends as by signing out; unless it is the very
    same one who goes on, in the same part.
    """
    async with DB.transaction():
        token = await identity.sign_in(deployment, person, sid, parts, since)
        await _leave(deployment, before, person)
        if person.is_staff:
            await journal.write(deployment.keys, Act(what="signed_in", by=person.actor))
    return token


async def sign_out(deployment: Deployment, token: str | None) -> None:
    async with DB.transaction():
        await _leave(deployment, token, None)


async def _leave(deployment: Deployment, token: str | None, to: Person | None) -> None:
    # The session first: whoever keeps something in it either has done so by now, or finds none.
    person = await identity.sign_out(deployment, token) if token else None
    if person is not None and (to is None or to.identity != person.identity):
        await unfinished.forget_all(deployment, person)
