"""Sending what webhooks are to be told: each receiver for itself, again until three days are over.

What is sent is noted after it was answered, so whoever is killed in between sends it again, under
the same `webhook-id`. Events of one watch go out one after the other, in the order of the log.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import structlog

from notices.database import AWAY, DB
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.trust.sealing import SealError
from notices.watches import private_of
from notices.watches.following import rest
from notices.watches.telling import GONE, Due, Poster, Sent, message, signed

GIVEN_UP_AFTER = timedelta(days=3)
PAUSES = (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800)
"""Seconds between a try and the next one; the last of them goes on."""
JITTER = 0.1
LOOK_EVERY = 0.5
AT_ONCE, OF_ONE = 64, 4
"""Messages on their way, to all receivers and to one of them."""
OF_AGENCY = 16
"""To all receivers of one agency: one with a host of its own for each watch is in nobody's way."""
LONGEST_PAUSE = 300.0
"""Seconds until a receiver that was down is tried again, with one message."""
MOST_KNOWN = 10_000
GIVE_UP_EVERY = 600.0
"""Seconds between two looks for what waits for agencies that have no key any more."""

AWAY_FOR_NOW = (Unavailable, OSError, *AWAY, asyncpg.PostgresError)
LOG = structlog.get_logger()

WAITS = "(due_at IS NOT NULL)::int = 1"
"""Said so that the index of all that waits is no way to a single row."""

# From one receiver to the next, so that one for whom a million waits costs no more.
_WALK = """
  (SELECT receiver FROM delivery WHERE due_at IS NOT NULL ORDER BY receiver LIMIT 1)
  UNION ALL
  SELECT (SELECT d.receiver FROM delivery d WHERE d.due_at IS NOT NULL AND d.receiver > r.receiver
    ORDER BY d.receiver LIMIT 1) FROM r WHERE r.receiver IS NOT NULL
"""
_HAS_KEY = """
EXISTS (SELECT FROM agency_key k JOIN agency a ON a.id = k.agency
  WHERE k.agency = w.agency AND a.revoked_at IS NULL AND 'watch' = ANY(k.scopes)
  AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()))
"""
_DUE = f"""
WITH RECURSIVE r AS ({_WALK})
SELECT r.receiver, d.watch, d.event, d.status, d.attempts, e.kind, e.notice, w.id, w.agency,
  w.sealed, coalesce(e.logged_at, e.at) AS at
FROM r
CROSS JOIN LATERAL (SELECT * FROM delivery d WHERE d.receiver = r.receiver AND d.due_at <= now()
  AND (SELECT b.event FROM delivery b WHERE b.watch = d.watch AND b.event < d.event
    AND (b.due_at IS NOT NULL)::int = 1 LIMIT 1) IS NULL
  ORDER BY d.due_at LIMIT $1) d
CROSS JOIN LATERAL (SELECT * FROM watch WHERE id = d.watch OFFSET 0) w
CROSS JOIN LATERAL (SELECT * FROM event WHERE index = d.event OFFSET 0) e
WHERE r.receiver <> ALL($2::bytea[]) AND {_HAS_KEY}
"""  # noqa: S608  (nothing in it comes from outside)
_TAKEN = f"""
UPDATE delivery SET due_at = NULL, delivered_at = now(), attempts = attempts + 1, answered = $3,
  error = NULL
WHERE watch = $1 AND event = $2 AND {WAITS}
"""  # noqa: S608  (nothing in it comes from outside)
# What waits behind it is due no earlier, or each look would read it all in vain.
_LATER = f"""
WITH put_off AS (
  UPDATE delivery SET attempts = attempts + 1, answered = $3, error = $4,
    due_at = CASE WHEN now() + $5 < at + $6 THEN now() + $5 END,
    dead_at = CASE WHEN now() + $5 >= at + $6 THEN now() END
  WHERE watch = $1 AND event = $2 AND {WAITS} RETURNING due_at
)
UPDATE delivery SET due_at = put_off.due_at FROM put_off
WHERE watch = $1 AND event > $2 AND coalesce(delivery.due_at, 'infinity') < put_off.due_at
"""  # noqa: S608  (nothing in it comes from outside)
_GONE = f"""
UPDATE delivery SET due_at = NULL, dead_at = now(), attempts = attempts + (event = $2)::int,
  answered = $3, error = 'gone'
WHERE watch = $1 AND {WAITS}
"""  # noqa: S608  (nothing in it comes from outside)
_GIVE_UP = """
UPDATE delivery SET due_at = NULL, dead_at = now(), error = coalesce(error, 'receiver_down')
WHERE receiver = $1 AND due_at IS NOT NULL AND at <= now() - $2::interval
"""
# Whoever has no key is sent nothing, so nothing fails; a receiver is of one agency.
_GIVE_UP_WITHOUT_KEY = f"""
WITH RECURSIVE r AS ({_WALK})
UPDATE delivery SET due_at = NULL, dead_at = now(), error = coalesce(error, 'no_key')
WHERE due_at IS NOT NULL AND at <= now() - $1::interval AND receiver = ANY(ARRAY(
  SELECT r.receiver FROM r CROSS JOIN LATERAL (SELECT watch FROM delivery d
    WHERE d.receiver = r.receiver AND d.due_at IS NOT NULL LIMIT 1) d
  CROSS JOIN LATERAL (SELECT agency FROM watch WHERE id = d.watch OFFSET 0) w
  WHERE NOT {_HAS_KEY}))
"""  # noqa: S608  (nothing in it comes from outside)
_AT_ONCE = """
UPDATE delivery SET due_at = now() WHERE receiver = $1 AND due_at > now()
"""


async def give_up_without_key() -> None:
    """What has waited for three days for an agency that has no key with which it may be told."""
    await DB.fetch(_GIVE_UP_WITHOUT_KEY, GIVEN_UP_AFTER)


@dataclass(slots=True)
class _Receiver:
    """Who has been down, how often in a row, and until when nothing is sent there."""

    failed: int = 0
    until: float = 0.0
    task: "asyncio.Task[None] | None" = None


class Sender:
    """Sends what is due; `told` wakes it when there may be something new."""

    def __init__(self, deployment: Deployment, poster: Poster, told: asyncio.Event) -> None:
        self._deployment = deployment
        self._poster = poster
        self._told = told
        self._receivers: dict[bytes, _Receiver] = {}
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._of_agencies: dict[str, asyncio.Semaphore] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; what is on its way then is given up, and sent again later."""
        clock, looked = asyncio.get_running_loop().time, -GIVE_UP_EVERY
        try:
            while not stop.is_set():
                self._told.clear()
                try:
                    if clock() - looked >= GIVE_UP_EVERY:
                        await give_up_without_key()
                        looked = clock()
                    await self.round()
                except AWAY_FOR_NOW as error:
                    LOG.warning("webhooks_put_off", error=type(error).__name__)
                    await rest(stop, 2.0)
                await self._wait(stop)
        finally:
            await self.ended()

    async def ended(self) -> None:
        """Give up what is on its way."""
        for task in self._tasks:
            task.cancel()
        await self.served()

    async def served(self) -> None:
        """Wait for what is on its way."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def _tasks(self) -> "list[asyncio.Task[None]]":
        return [each.task for each in self._receivers.values() if each.task is not None]

    async def _wait(self, stop: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(each.wait()) for each in (stop, self._told)]
        await asyncio.wait(waits, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()

    async def round(self) -> int:
        """Begin to send what is due to whoever is neither being sent to nor down; how much."""
        now = asyncio.get_running_loop().time()
        busy = [key for key, each in self._receivers.items() if each.task or each.until > now]
        due: dict[bytes, list[Any]] = {}
        for row in await DB.fetch(_DUE, OF_ONE, busy):
            due.setdefault(bytes(row["receiver"]), []).append(row)
        for key, rows in due.items():
            receiver = self._receivers.setdefault(key, _Receiver())
            # One that was down is tried with one message.
            few = rows[:1] if receiver.failed else rows
            receiver.task = asyncio.create_task(self._serve(key, receiver, few))
        if len(self._receivers) > MOST_KNOWN:
            self._receivers = {
                key: each for key, each in self._receivers.items() if each.task or each.failed
            }
        return sum(map(len, due.values()))

    async def _serve(self, key: bytes, receiver: _Receiver, rows: Sequence[Any]) -> None:
        try:
            # All of them have ended before anything is sent there again.
            ended = await asyncio.gather(*map(self._send, rows), return_exceptions=True)
            for each in ended:
                if isinstance(each, BaseException):
                    raise each
            if any(ended):
                receiver.failed += 1
                pause = min(2.0**receiver.failed, LONGEST_PAUSE)
                receiver.until = asyncio.get_running_loop().time() + pause
                await DB.fetch(_GIVE_UP, key, GIVEN_UP_AFTER)
            elif receiver.failed:
                receiver.failed = 0
                await DB.fetch(_AT_ONCE, key)
        except AWAY_FOR_NOW as error:
            # Noted or not: what is still due is sent again, which its receiver can tell.
            LOG.warning("webhook_not_noted", error=type(error).__name__)
            receiver.until = asyncio.get_running_loop().time() + 2.0
        finally:
            receiver.task = None
            self._told.set()

    async def _send(self, row: Any) -> bool:
        """Send one, and note what came of it; whether its receiver is down."""
        try:
            private = private_of(self._deployment, row)
        except SealError:
            await self._note(row, Sent(None, "sealed"))
            return False
        due = Due(row["watch"], row["event"], row["kind"], row["at"], row["notice"], row["status"])
        body = message(due, private)
        of_agency = self._of_agencies.setdefault(row["agency"], asyncio.Semaphore(OF_AGENCY))
        async with of_agency, self._at_once:
            headers = signed(due, body, private.secret or "", datetime.now(UTC))
            sent = await self._poster.post(private.url or "", headers, body)
        await self._note(row, sent)
        return sent.is_down

    async def _note(self, row: Any, sent: Sent) -> None:
        where = row["watch"], row["event"]
        if sent.taken:
            await DB.fetch(_TAKEN, *where, sent.answered)
        elif sent.answered == GONE:
            async with DB.transaction():
                await DB.fetch("UPDATE watch SET gone_at = now() WHERE id = $1", row["watch"])
                await DB.fetch(_GONE, *where, sent.answered)
        else:
            seconds = PAUSES[min(row["attempts"], len(PAUSES) - 1)]
            pause = seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  (no secret)
            later = timedelta(seconds=pause)
            await DB.fetch(_LATER, *where, sent.answered, sent.error, later, GIVEN_UP_AFTER)
