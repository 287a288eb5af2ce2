"""A brake on changing many notices: beyond so many within an hour another officer has to say so.

Whoever took over an account, or runs a program that is wrong, changes some tens of notices and not
all. What is refused is not done in part, what was done stays, and the desk shows who waits. It is
counted in the transaction of the change, for an officer by person, whatever the account, and for an
agency as a whole, whether by its key or by its staff. What tells of no event is counted too: a case
that is closed, by rejecting an objection or setting aside what waits, is heard by nobody any more.
"""

import contextlib
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec

from notices import idempotency, journal
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import durations
from notices.facts.excess import TooManyChanges
from notices.facts.numbers import keyed_hash
from notices.facts.public.shown import Time
from notices.facts.refusals import NeedsAnother, NothingSetAside
from notices.facts.texts import rfc3339
from notices.idempotency import Done, Once
from notices.identity import Person
from notices.journal import Act, Actor
from notices.limits import hourly
from notices.tables import Brake
from notices.tables.expressions import NOW, ago

HOLDS = timedelta(hours=1)
"""Then the count has begun anew, and nobody has to be asked."""
MOST_SHOWN = 20
_ID = re.compile(r"[0-9]{1,17}", re.ASCII)


class PrivateRelease(msgspec.Struct, kw_only=True):
    """Who released it, and why in their own words."""

    officer: Person
    reason: str


class Held(NamedTuple):
    """Somebody who may change no more for now."""

    id: str
    at: Time
    who: Actor


async def count(deployment: Deployment, by: Actor, changes: int) -> None:
    """Count `changes` of notices in the open transaction; raises TooManyChanges.

    By one statement, so that nobody gets more by many requests at once. One act that changes
    more than that counts as all of them: else nobody could ever do it, and whoever declared so
    often beside a notice would keep it from being confirmed.
    """
    settings = deployment.settings
    if not settings.rate_limits or by.office == "operator":
        return
    most = settings.bulk_limit
    wait = await hourly.change(deployment.keys.sealer.passing, by.counted, min(changes, most), most)
    if wait is not None:
        refusal = TooManyChanges(
            headers={"Retry-After": str(wait)}, most=most, wait=durations.in_words(wait)
        )
        refusal.by = by
        raise refusal


@contextlib.asynccontextmanager
async def holding(deployment: Deployment) -> AsyncIterator[None]:
    """Around the transaction of an act that is counted: whoever may do no more is shown to wait."""
    try:
        yield
    except TooManyChanges as refusal:
        await hold(deployment, refusal.by)
        raise


async def hold(deployment: Deployment, by: Actor) -> None:
    """Show at the desk that `by` waits; what they were refused for is not done."""
    actor = _actor(deployment, by)
    sealed = deployment.keys.sealer.seal(msgspec.json.encode(by), place(actor))
    async with DB.transaction():
        row = await DB.row(
            "INSERT INTO brake (actor, sealed) VALUES ($1, $2)"
            " ON CONFLICT (actor) WHERE released_at IS NULL DO UPDATE"
            " SET at = CASE WHEN brake.at > now() - $3::interval THEN brake.at ELSE now() END,"
            " sealed = excluded.sealed RETURNING id, at = now() AS new",
            actor,
            sealed,
            HOLDS,
        )
        if row is not None and row["new"]:
            await journal.write(
                deployment.keys, Act(what="held", by=by, about=(f"brake {row['id']}",))
            )


def _actor(deployment: Deployment, by: Actor) -> bytes:
    return keyed_hash(deployment.keys.sealer.passing, "brake", by.counted)


def place(actor: bytes) -> bytes:
    """What the name of who waits is sealed under."""
    return b"brake\0" + actor


def decision_place(id: str) -> bytes:
    """What is said of who released it is sealed under."""
    return f"brake {id} decision".encode()


def _holding() -> Any:
    query = Brake.select(Brake.id, Brake.actor, Brake.sealed, Brake.at)
    return query.where(Brake.released_at.is_null(), Brake.at > ago(HOLDS))


async def held(deployment: Deployment) -> list[Held]:
    """Who waits now, the first first."""
    rows = await _holding().order_by(Brake.at).limit(MOST_SHOWN)
    return [_opened(deployment, row) for row in rows]


async def get(deployment: Deployment, id: str) -> Held:
    """Who waits under this id; raises NothingSetAside."""
    known = _ID.fullmatch(id) is not None
    rows = await _holding().where(Brake.id == int(id)) if known else []
    if not rows:
        raise NothingSetAside
    return _opened(deployment, rows[0])


def _opened(deployment: Deployment, row: Any) -> Held:
    opened = deployment.keys.sealer.open(row["sealed"], place(row["actor"]))
    return Held(str(row["id"]), rfc3339(row["at"]), msgspec.json.decode(opened, type=Actor))


async def release(
    deployment: Deployment, officer: Person, id: str, reason: str, once_: Once | None = None
) -> Done:
    """They may change as many again; raises NeedsAnother where it is the one who waits.

    That is the natural person, by whatever account: whoever has two is still nobody else.
    """
    async with DB.transaction():
        earlier = await idempotency.begin(once_)
        if earlier is not None:
            return Done(id, earlier.response or "")
        who = (await get(deployment, id)).who
        if officer.account in (who.subject, who.counted) or officer.natural == who.natural:
            raise NeedsAnother
        private = msgspec.json.encode(PrivateRelease(officer=officer, reason=reason))
        sealed = deployment.keys.sealer.seal(private, decision_place(id))
        change = Brake.update({Brake.released_at: NOW, Brake.decision: sealed})
        mine = change.where(Brake.id == int(id), Brake.released_at.is_null())
        if not await mine.returning(Brake.id):
            raise NothingSetAside
        await hourly.forget_changes(deployment.keys.sealer.passing, who.counted)
        done = Done(id, await idempotency.answer(once_, ""))
        act = Act(what="release", by=officer.actor, about=(f"brake {id}",), text=reason)
        await journal.write(deployment.keys, act)
    return done
