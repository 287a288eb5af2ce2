"""Idempotency keys: the same request, sent twice, is carried out once and answered alike.

IETF draft "The Idempotency-Key HTTP Header Field". The key's row is the first thing that a
transaction writes, so a twin in flight waits on it until the first one commits or fails.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from notices.facts.errors import IdempotencyKeyReused
from notices.facts.numbers import keyed_hash
from notices.tables import Idempotency
from notices.tables.expressions import ago, coalesce
from notices.tables.prepared import Prepared

KEPT = timedelta(hours=24)
_END_OLD = Prepared(
    lambda scope: Idempotency.delete().where(
        Idempotency.scope == scope, Idempotency.created_at < ago(KEPT)
    )
)
_TAKE = Prepared(
    lambda scope, body: (
        Idempotency.insert(Idempotency(scope=scope, body_hash=body))
        .on_conflict(action="DO NOTHING")
        .returning(Idempotency.scope)
    )
)
_FIND = Prepared(
    lambda scope: Idempotency.select(
        Idempotency.body_hash, Idempotency.notice, Idempotency.event, Idempotency.response
    ).where(Idempotency.scope == scope)
)
_KNOWN = Prepared(
    lambda scope, body: Idempotency.select(Idempotency.scope).where(
        Idempotency.scope == scope,
        Idempotency.body_hash == body,
        Idempotency.created_at >= ago(KEPT),
    )
)
_DONE = Prepared(
    lambda scope, notice, event: Idempotency.update(
        {Idempotency.notice: notice, Idempotency.event: event}
    ).where(Idempotency.scope == scope)
)
_ANSWER = Prepared(
    lambda scope, response: (
        Idempotency.update({Idempotency.response: coalesce(Idempotency.response, response)})
        .where(Idempotency.scope == scope)
        .returning(Idempotency.response)
    )
)


@dataclass(frozen=True, slots=True)
class Once:
    """A client's key within its scope (who, and which path), and what it was sent with."""

    scope: bytes
    body_hash: bytes

    @classmethod
    def of(cls, secret: bytes, who: str, path: str, key: str, body: bytes) -> "Once":
        """`secret` is the passing key: `who` and `body` hold identifiers that can be guessed."""
        scope = keyed_hash(secret, "once", "\n".join((who, path, key)))
        return cls(scope, hmac.digest(secret, b"once body\n" + body, "sha256"))


class Done(NamedTuple):
    """What was done, now or under the same key before: the id of what was made, and the answer.

    `response` is JSON text and not a value, since a repeated request is answered by the same bytes.
    """

    id: str
    response: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier request under the same key did, and its answer if it got that far.

    There is no `event` of what no event tells; whoever did that asks for none.
    """

    notice: str
    event: int
    response: str | None


async def begin(once: Once | None) -> Earlier | None:
    """Take the key within the open transaction, or say what was already done under it."""
    if once is None:
        return None
    await _END_OLD.fetch(once.scope)
    if await _TAKE.row(once.scope, once.body_hash) is not None:
        return None
    row = await _FIND.row(once.scope)
    if row is None or row["body_hash"] != once.body_hash:
        raise IdempotencyKeyReused
    return Earlier(row["notice"], row["event"], row["response"])


async def known(once: Once | None) -> bool:
    """Whether this very request was carried out before; then a limit has counted it already."""
    if once is None:
        return False
    return await _KNOWN.row(once.scope, once.body_hash) is not None


async def done(once: Once | None, notice: str, event: int | None) -> None:
    """Say, in the same transaction, what was done; None where no event tells of it."""
    if once is not None:
        await _DONE.fetch(once.scope, notice, event)


async def answer(once: Once | None, response: str) -> str:
    """Keep `response` unless one is kept already; the one that is kept is what to send.

    After a crash between commit and answer the next request under the key makes the answer.
    """
    if once is None:
        return response
    row = await _ANSWER.row(once.scope, response)
    return row["response"] if row is not None else response


async def forget_old(now: datetime) -> None:
    await Idempotency.delete().where(Idempotency.created_at < now - KEPT)
