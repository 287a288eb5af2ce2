"""Following the log for watches: of each event that somebody watches a row, before it is passed.

Rows and the place in the log are written in one transaction, so a kill in between loses nothing and
tells nothing twice.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import structlog

from notices import matching_keys, register, tables
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import lifecycle, periods
from notices.facts.event_kinds import UNCONFIRM
from notices.matching_keys import STATE, Stale
from notices.records import PrivateRecord
from notices.register import Notice
from notices.register.reclaiming import Shown, claim_of
from notices.trust.sealing import SealError
from notices.watches import FOLLOWER, begin_to_follow

BATCH = 500
"""Events in one transaction: what is declared meanwhile is not kept waiting."""

MOST_TOLD, PIECE = 20_000, 5_000
"""Rows in one transaction, beyond those of its first event, and in one statement: a hundred
thousand may watch one number, to which much happened while nobody followed."""

LOG = structlog.get_logger()

_AT = """
SELECT f.position, h.size,
  (SELECT id FROM watch WHERE id > '' ORDER BY id LIMIT 1) IS NOT NULL AS watched
FROM follower f, log_head h WHERE f.name = $1 AND h.id = 1 FOR UPDATE OF f
"""
_EVENTS = f"""
SELECT e.index, e.notice, {STATE} AS state,
  (SELECT array_agg(DISTINCT c.by_certificate) FROM claim c WHERE c.notice = e.notice) AS hashes
FROM event e WHERE e.index >= $1 ORDER BY e.index LIMIT $2
"""  # noqa: S608  (nothing in it comes from outside)
_OPENED = """
SELECT n.id, n.form, p.sealed,
  (SELECT e.entry FROM event e WHERE e.index = n.published_index) AS entry,
  (SELECT array_agg(c.copy) FROM claim c WHERE c.notice = n.id) AS copies
FROM notice n JOIN notice_private p ON p.notice = n.id WHERE n.id = ANY($1::text[])
"""
_WATCHES = """
SELECT id, by_certificate, since, receiver, gone_at IS NOT NULL AS gone FROM watch
WHERE by_certificate = ANY($1::bytea[])
"""
_TELL = """
INSERT INTO delivery AS d (watch, event, status, receiver, due_at, dead_at, error)
SELECT w.id, t.event, t.status, w.receiver,
  CASE WHEN w.receiver IS NOT NULL AND w.gone_at IS NULL THEN now() END,
  CASE WHEN w.gone_at IS NOT NULL THEN now() END,
  CASE WHEN w.gone_at IS NOT NULL THEN 'gone' END
FROM unnest($1::text[], $2::bigint[], $3::text[]) AS t (watch, event, status)
CROSS JOIN LATERAL (SELECT * FROM watch WHERE id = t.watch OFFSET 0) w
WHERE w.since <= t.event
ON CONFLICT (watch, event) DO UPDATE SET due_at = excluded.due_at, at = now(), attempts = 0,
  answered = NULL, error = NULL, delivered_at = NULL, dead_at = NULL, receiver = excluded.receiver
  WHERE $4::boolean
"""
# By its number's claims, and by what is there of it, should they be hashed by two keys.
_OF_WATCH = """
SELECT e.index, e.notice FROM (SELECT * FROM watch WHERE id = $1 OFFSET 0) w
CROSS JOIN LATERAL (SELECT notice FROM claim WHERE by_certificate = w.by_certificate OFFSET 0) c
CROSS JOIN LATERAL (SELECT index, notice FROM event
  WHERE notice = c.notice AND index + 0 >= greatest(w.since, $2) OFFSET 0) e
UNION SELECT e.index, e.notice
FROM (SELECT event FROM delivery WHERE watch = $1 AND event >= $2 OFFSET 0) d
CROSS JOIN LATERAL (SELECT index, notice FROM event WHERE index = d.event OFFSET 0) e
ORDER BY 1 LIMIT $3
"""
_MOVE = "UPDATE follower SET position = $2, moved_at = clock_timestamp() WHERE name = $1"


async def step(deployment: Deployment) -> int:
    """Take the next events; how many that were.

    Raises Stale where the register is hashed by other keys than we know: once more, then.
    """
    await matching_keys.sure(deployment.keys)
    async with DB.transaction():
        row = await DB.row(_AT, FOLLOWER)
        if row is None:
            await begin_to_follow()
            return 0
        position, size = row["position"], row["size"]
        if position >= size:
            return 0
        if not row["watched"]:
            await DB.fetch(_MOVE, FOLLOWER, size)
            return int(size - position)
        rows = await DB.fetch(_EVENTS, position, BATCH)
        if rows and rows[0]["state"] not in (deployment.keys.matching.state, None):
            raise Stale
        watched = await _watched(await _hashes(deployment, rows))
        rows = _few(rows, watched)
        await tell(rows, watched)
        await DB.fetch(_MOVE, FOLLOWER, rows[-1]["index"] + 1)
    return len(rows)


async def _hashes(deployment: Deployment, rows: Sequence[Any]) -> dict[str, set[bytes]]:
    """By which hashes each notice's number may be watched.

    Those of its claims; while two keys count also those by either, since claims and watches do not
    move over at the same moment.
    """
    found = {row["notice"]: set(row["hashes"] or ()) for row in rows}
    keys = deployment.keys.matching.both
    if len(keys) > 1:
        for row in await DB.fetch(_OPENED, list(found)):
            found[row["id"]] |= _computed(deployment, keys, row)
    return found


def _computed(deployment: Deployment, keys: Sequence[bytes], row: Any) -> set[bytes]:
    try:
        plain = deployment.keys.sealer.open(row["sealed"], row["id"].encode())
        private = msgspec.json.decode(plain, type=PrivateRecord)
        id = msgspec.json.decode(row["entry"])["certificate"]
        certificate = deployment.catalogue.certificates[id]
    except (SealError, KeyError, msgspec.MsgspecError):
        return set()  # it is found by the key of before, which goes on to count
    form = msgspec.json.decode(row["form"], type=Shown) if row["form"] is not None else None
    number = private.number, certificate.normal_number(private.number or "")
    copies = row["copies"] or ()
    return {
        claim_of(key, certificate, number, private.holder, form, copies).by_certificate
        for key in keys
    }


def _few(rows: list[Any], watches: Mapping[str, Sequence[str]]) -> list[Any]:
    """The first of `rows` that are told of together, one at least."""
    told = 0
    for place, row in enumerate(rows):
        told += len(watches[row["notice"]])
        if told > MOST_TOLD and place:
            return rows[:place]
    return rows


async def _watched(hashes: Mapping[str, set[bytes]]) -> dict[str, list[str]]:
    """Of each notice the watches that tell of it."""
    every = list({each for several in hashes.values() for each in several})
    by: dict[bytes, list[str]] = {}
    for row in await DB.fetch(_WATCHES, every):
        by.setdefault(bytes(row["by_certificate"]), []).append(row["id"])
    return {
        notice: [id for each in several for id in by.get(bytes(each), ())]
        for notice, several in hashes.items()
    }


async def tell(
    rows: Sequence[Any], watches: Mapping[str, Sequence[str]], *, again: bool = False
) -> int:
    """Write down of each event by which watches it is to be told; `again`: even if it was."""
    wanted = [(id, row["index"], row["notice"]) for row in rows for id in watches[row["notice"]]]
    if not wanted:
        return 0
    notices = await register.get_many(sorted({notice for _, _, notice in wanted}))
    statuses = {
        row["index"]: status_after(notices[row["notice"]], row["index"])
        for row in rows
        if row["notice"] in notices
    }
    told = 0
    for first in range(0, len(wanted), PIECE):
        some = wanted[first : first + PIECE]
        ids, events = [id for id, _, _ in some], [index for _, index, _ in some]
        after = [statuses[index] for index in events]
        told += len(await DB.fetch(_TELL + " RETURNING watch", ids, events, after, again))
    return told


def status_after(notice: Notice, index: int) -> str:
    """What the notice was just after that event, whatever happened to it since."""
    events = [each for each in notice.events if each.index <= index]
    awaiting, ends_at = notice.unconfirmed, notice.ends_at
    awaited = awaiting or (notice.form is not None and bool(notice.form.awaiting))
    if awaited and any(each.kind in UNCONFIRM for each in notice.events):
        # It took effect by a confirmation that has been taken back since.
        standing = lifecycle.confirmations(events)
        awaiting, ends_at = not standing, periods.end_of_life(events, notice.period).at
        if standing:
            ends_at = max(ends_at, standing[0].at)
    return lifecycle.state(events, ends_at, events[-1].at, awaiting=awaiting).status


async def replay(deployment: Deployment, id: str, since: int) -> int:
    """Tell once more of all events of watch `id` from the place `since` of the log on.

    Out of the log, so that what was told and forgotten is told again too; never what was before
    the watch. How many events that are.
    """
    async with DB.transaction():
        await tables.Watch.update({tables.Watch.gone_at: None}).where(tables.Watch.id == id)
        rows = await DB.fetch(_OF_WATCH, id, since, MOST_REPLAYED)
        told = await tell(rows, {row["notice"]: [id] for row in rows}, again=True)
    LOG.info("watch_replayed", watch=id, events=told)
    return told


MOST_REPLAYED = 10_000
"""Events of one number: none has as many."""


async def follow(deployment: Deployment, stop: asyncio.Event, told: asyncio.Event) -> None:
    """Take event after event until `stop`; `told` is set when there may be something to send."""
    while not stop.is_set():
        try:
            taken = await step(deployment)
        except Stale:
            continue
        if taken:
            told.set()
        if taken < BATCH:
            await rest(stop, LOOK_EVERY)


LOOK_EVERY = 0.25
"""Seconds between two looks whether the log has grown."""


async def rest(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass
