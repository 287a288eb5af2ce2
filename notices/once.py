"""Idempotency keys: the same request, sent twice, is carried out once and answered alike.

IETF draft "The Idempotency-Key HTTP Header Field". The key's row is the first thing that a
transaction writes, so a twin in flight waits on it until the first one commits or fails.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from notices.database import DB
from notices.facts.errors import IdempotencyKeyReused
from notices.facts.numbers import keyed_hash

KEPT = "24 hours"


@dataclass(frozen=True, slots=True)
class Once:
    """A client's key within its scope (who, and which path), and what it was sent with."""

    scope: bytes
    body_hash: bytes

    @classmethod
    def of(cls, secret: bytes, who: str, path: str, key: str, body: bytes) -> "Once":
        """`secret` is the matching key: `who` and `body` hold identifiers that can be guessed."""
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
    """What an earlier request under the same key did, and its answer if it got that far."""

    notice: str
    event: int
    response: str | None


async def begin(once: Once | None) -> Earlier | None:
    """Take the key within the open transaction, or say what was already done under it."""
    if once is None:
        return None
    await DB.fetch(
        "DELETE FROM idempotency WHERE scope = $1 AND created_at < now() - $2::text::interval",
        once.scope,
        KEPT,
    )
    mine = await DB.row(
        "INSERT INTO idempotency (scope, body_hash) VALUES ($1, $2)"
        " ON CONFLICT DO NOTHING RETURNING scope",
        once.scope,
        once.body_hash,
    )
    if mine is not None:
        return None
    row = await DB.row(
        "SELECT body_hash, notice, event, response FROM idempotency WHERE scope = $1", once.scope
    )
    if row is None or row["body_hash"] != once.body_hash:
        raise IdempotencyKeyReused
    return Earlier(row["notice"], row["event"], row["response"])


async def known(once: Once | None) -> bool:
    """Whether this very request was carried out before; then a limit has counted it already."""
    if once is None:
        return False
    row = await DB.row(
        "SELECT 1 FROM idempotency WHERE scope = $1 AND body_hash = $3"
        " AND created_at >= now() - $2::text::interval",
        once.scope,
        KEPT,
        once.body_hash,
    )
    return row is not None


async def done(once: Once | None, notice: str, event: int) -> None:
    """Say, in the same transaction, what was done."""
    if once is not None:
        await DB.fetch(
            "UPDATE idempotency SET notice = $2, event = $3 WHERE scope = $1",
            once.scope,
            notice,
            event,
        )


async def answer(once: Once | None, response: str) -> str:
    """Keep `response` unless one is kept already; the one that is kept is what to send.

    After a crash between commit and answer the next request under the key makes the answer.
    """
    if once is None:
        return response
    row = await DB.row(
        "UPDATE idempotency SET response = coalesce(response, $2) WHERE scope = $1"
        " RETURNING response",
        once.scope,
        response,
    )
    return row["response"] if row is not None else response


async def forget_old(now: datetime) -> None:
    await DB.fetch(
        "DELETE FROM idempotency WHERE created_at < $1::timestamptz - $2::text::interval", now, KEPT
    )
