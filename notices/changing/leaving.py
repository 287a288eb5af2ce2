"""Signing in and out: whoever leaves takes along the forms that they filled in and did not send.

A session that runs out by itself takes nothing along: whoever signs in again goes on. So it is of
a declaration either way, which nobody reads but who typed it.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog

from notices import identity, journal, tables
from notices.changing import unfinished
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import SignInRequired
from notices.identity import Person
from notices.journal import Act
from notices.tables.expressions import NOW, ago
from notices.tables.prepared import Prepared

LOG = structlog.get_logger("notices.sign_in")

_TABLE = tables.Session
_LIVING = Prepared(
    lambda account: _TABLE.select(
        _TABLE.token_hash, _TABLE.sealed, _TABLE.expires_at, _TABLE.seen_at
    ).where(
        _TABLE.subject == account,
        _TABLE.expires_at > NOW,
        _TABLE.expires_at < NOW + identity.NO_LONGER,
        _TABLE.seen_at.is_null() | (_TABLE.seen_at > ago(identity.IDLE)),
    )
)
NOTED = timedelta(minutes=1)
"""So often at most it is written down that somebody is still there."""
_SEEN = Prepared(
    lambda key: (
        _TABLE.update({_TABLE.seen_at: NOW})
        .where(_TABLE.token_hash == key, _TABLE.seen_at.is_null() | (_TABLE.seen_at < ago(NOTED)))
        .returning(_TABLE.token_hash)
    )
)
_END_ALL = Prepared(
    lambda account: (
        _TABLE.delete().where(_TABLE.subject == account).returning(_TABLE.token_hash, _TABLE.sealed)
    )
)


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
    same one who goes on, in the same part. Raises SignInRequired, and opens none, where it was to
    go on from one that began at `since`, and somebody has signed out of that meanwhile.
    """
    async with DB.transaction():
        token = await identity.sign_in(deployment, person, sid, parts, since)
        if person.is_staff:
            await seen(token)
        if await _leave(deployment, before, person) is None and since is not None:
            raise SignInRequired
        if person.is_staff:
            await journal.write(deployment.keys, Act(what="signed_in", by=person.actor))
    LOG.info("signed_in", session=_called(token), kind=person.kind, verified=person.verified)
    return token


async def seen(token: str) -> None:
    """Whoever works here is still there: their session goes on for `identity.IDLE`."""
    await _SEEN.fetch(identity.token_hash(token))


def _called(token: str) -> str:
    """What a session is called in the log: enough to follow it, and nothing that opens it."""
    return identity.token_hash(token)[:6].hex()


async def sign_out(deployment: Deployment, token: str | None) -> None:
    async with DB.transaction():
        await _leave(deployment, token, None)


class Session(NamedTuple):
    """A living session of an account: as whom, until when, and whether it is this browser's."""

    person: Person
    until: datetime
    here: bool


async def sessions(deployment: Deployment, person: Person, token: str) -> list[Session]:
    """All where the account of `person` is signed in, the one of `token` among them, first."""
    rows = await _LIVING.fetch(identity.account_hash(deployment, person))
    own = identity.token_hash(token)
    found = [
        Session(identity.whose(deployment, row), _until(row), row["token_hash"] == own)
        for row in rows
    ]
    return sorted(found, key=lambda each: (each.here, each.until), reverse=True)


def _until(row: Any) -> datetime:
    ends: datetime = row["expires_at"]
    return ends if row["seen_at"] is None else min(ends, row["seen_at"] + identity.IDLE)


async def sign_out_everywhere(deployment: Deployment, person: Person, token: str) -> int:
    """End all sessions of the account of `person`, and the one of `token`; how many it had.

    The forms that were filled in in any of them and not sent go as well.
    """
    async with DB.transaction():
        # All at once: of two who do it at the same time one waits, and none for the other.
        rows = await _END_ALL.fetch(identity.account_hash(deployment, person))
        parts = {each.identity: each for each in (identity.whose(deployment, r) for r in rows)}
        for each in parts.values():
            await unfinished.forget_forms(deployment, each)
        await _leave(deployment, token, None)  # one of before accounts were told apart
    LOG.info("signed_out_everywhere", session=_called(token), sessions=len(rows))
    return len(rows)


async def ended_there(deployment: Deployment, issuer: str, sub: str | None, sid: str | None) -> int:
    """End the sessions that the provider `issuer` knows as `sid`, else all of `sub`; how many."""
    if sid is not None:
        of = _TABLE.sid == identity.by_provider(deployment, "sid", issuer, sid)
    else:
        of = _TABLE.subject == identity.by_provider(deployment, "subject", issuer, sub or "")
    return len(await _TABLE.delete().where(of).returning(_TABLE.token_hash))


async def end_all(*, staff: bool) -> int:
    """End everybody's sessions, or those of `staff` alone, as if they had run out; how many."""
    those = _TABLE.seen_at.is_not_null() if staff else _TABLE.token_hash.is_not_null()
    return len(await _TABLE.delete().where(those).returning(_TABLE.token_hash))


async def _leave(deployment: Deployment, token: str | None, to: Person | None) -> Person | None:
    # The session first: whoever keeps something in it either has done so by now, or finds none.
    person = await identity.sign_out(deployment, token) if token else None
    if person is not None and token:
        LOG.info("signed_out", session=_called(token))
    if person is not None and (to is None or to.identity != person.identity):
        await unfinished.forget_forms(deployment, person)
    return person
