"""Hashing every number and every person anew by another key, while the register is asked by them.

No answer is ever wrong meanwhile. The register says by which keys it is hashed, and each statement
that asks by a hash holds that against what it was hashed by (`matching_keys.STATE`). From the
moment the new key is said everything new is hashed by it, everything is looked for by both, and
what is there moves over:

- All claims of one number at once, and apart from that all of one holder's code, since statements
  join them by these hashes. Whoever declares meanwhile joins the others of the number
  (`register/claims.py`). For that they stand still a moment, by the lock of bulk fills.
- Private sides, objections, refused declarations and watches one by one; what is told of a watch is
  looked for by both keys meanwhile (`watches/following.py`).

One walk in the order of ids moves all of them: what is still hashed by the old key after it was
there before. So the old key is forgotten after a walk that found nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
import structlog

from notices import files, matching_keys
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.texts import Message, TextError
from notices.matching_keys import BEFORE, PRESENT
from notices.records import PrivateRecord
from notices.register.claims import IN_BULK
from notices.register.reclaiming import Shown, claim_of
from notices.tables import KeyCheck
from notices.trust.keys import next_matching
from notices.trust.matching import Matching, check_of, id_of
from notices.trust.sealing import SealError
from notices.upkeep import persons, rewatching
from notices.upkeep.persons import Moved

PIECE = 200
SETTLED = 4.0
"""Seconds after which no statement is under way that was hashed before the key was said."""

Step = Callable[[int], Awaitable[None]]
LOG = structlog.get_logger()

_CLAIMS = """
SELECT c.id, c.notice, c.by_certificate, c.by_holder, p.sealed, n.form,
  (SELECT e.entry FROM event e WHERE e.index = n.published_index) AS entry,
  (SELECT array_agg(o.copy) FROM claim o WHERE o.notice = c.notice) AS copies
FROM claim c JOIN notice n ON n.id = c.notice LEFT JOIN notice_private p ON p.notice = c.notice
WHERE c.id > $1 ORDER BY c.id LIMIT $2
"""
_MOVE_NUMBERS = """
UPDATE claim SET by_certificate = new.certificate, by_number = new.number, by_digits = new.digits
FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[])
  AS new (before, certificate, number, digits)
WHERE claim.by_certificate = new.before
"""
_MOVE_HOLDERS = """
UPDATE claim SET by_holder = new.holder
FROM unnest($1::bytea[], $2::bytea[]) AS new (before, holder) WHERE claim.by_holder = new.before
"""


class Stuck(TextError):
    """Something of the old key cannot be hashed anew, and is found by that key alone."""


async def waits(deployment: Deployment) -> bool:
    """Whether one key is about to take another's place."""
    folder = deployment.settings.keys_folder
    return (folder / "matching.next").exists() or len(await matching_keys.named(DB.fetch)) > 1


def begin(deployment: Deployment) -> None:
    """Make the key that is to follow."""
    next_matching(deployment.settings.keys_folder)


async def go_on(deployment: Deployment, step: Step) -> None:
    """Bring it to its end; raises Stuck where that cannot be, and both keys go on to count."""
    if not await waits(deployment):
        return
    folder = deployment.settings.keys_folder
    await matching_keys.sure(deployment.keys)
    matching = deployment.keys.matching
    if matching.before is None and (folder / "matching.next").exists():
        new = next_matching(folder)
        if check_of(new) != check_of(matching.present):
            await _say(new, matching.present)
            await matching_keys.sure(deployment.keys)
    if matching.before is not None:
        await asyncio.sleep(SETTLED)
        while (walk := await _walk(deployment, matching, step)).moved:
            LOG.info("hashed_anew", values=walk.moved)
        if walk.lost:
            raise Stuck(_STUCK.format(count=walk.lost))
        async with DB.transaction():
            await _alone()
            await KeyCheck.delete().where(KeyCheck.purpose == BEFORE)
        await matching_keys.sure(deployment.keys)
    # It was said by which key all is hashed: whichever file that is in, it is found there.
    if (folder / "matching.next").exists():
        files.settle(folder / "matching.next", folder / "matching.key")


async def _alone() -> None:
    """Nobody claims a number, or objects, until the open transaction ends."""
    await DB.fetch("SELECT pg_advisory_xact_lock($1)", IN_BULK)


async def _say(new: bytes, old: bytes) -> None:
    async with DB.transaction():
        await _alone()
        before = KeyCheck(purpose=BEFORE, key_id=id_of(old), check_value=check_of(old))
        await KeyCheck.insert(before)
        now: dict[Any, str] = {KeyCheck.key_id: id_of(new), KeyCheck.check_value: check_of(new)}
        await KeyCheck.update(now).where(KeyCheck.purpose == PRESENT)


async def _walk(deployment: Deployment, matching: Matching, step: Step) -> Moved:
    moved = lost = 0
    for sql, first, move in (
        (_CLAIMS, 0, _move_claims),
        (persons.PEOPLE, "", persons.move_people),
        (persons.OBJECTORS, "", persons.move_objectors),
        (persons.RIVALS, 0, persons.move_rivals),
        (rewatching.WATCHES, "", rewatching.move),
    ):
        last: Any = first
        while rows := await DB.fetch(sql, last, PIECE):
            last = rows[-1][0]
            walk = await move(deployment, matching.both, rows)
            moved, lost = moved + walk.moved, lost + walk.lost
            await step(walk.moved)
    return Moved(moved, lost)


async def _move_claims(deployment: Deployment, keys: Sequence[bytes], rows: Sequence[Any]) -> Moved:
    numbers: dict[bytes, tuple[bytes, bytes, bytes | None]] = {}
    holders: dict[bytes, bytes | None] = {}
    lost = 0
    for row in rows:
        try:
            new = _claim(deployment, keys[0], row)
        except (SealError, KeyError, msgspec.MsgspecError):
            lost += 1
            continue
        if (row["by_certificate"], row["by_holder"]) == (new.by_certificate, new.by_holder):
            continue
        old = _claim(deployment, keys[1], row)
        if row["by_certificate"] == old.by_certificate:
            numbers[old.by_certificate] = new.by_certificate, new.by_number, new.by_digits
        if old.by_holder is not None and row["by_holder"] == old.by_holder:
            holders[old.by_holder] = new.by_holder
    if numbers or holders:
        async with DB.transaction():
            await _alone()
            # An event ends claims without that lock; it is not waited for long, nor in a circle.
            await DB.fetch("SELECT set_config('lock_timeout', '500ms', true)")
            each = list(numbers.values())
            columns = ([one[at] for one in each] for at in range(3))
            await DB.fetch(_MOVE_NUMBERS, list(numbers), *columns)
            await DB.fetch(_MOVE_HOLDERS, list(holders), list(holders.values()))
    return Moved(len(numbers) + len(holders), lost)


def _claim(deployment: Deployment, key: bytes, row: Any) -> Any:
    id = msgspec.json.decode(row["entry"])["certificate"]
    certificate = deployment.catalogue.certificates[id]
    private = _opened(deployment, row["sealed"], row["notice"].encode(), PrivateRecord)
    form = msgspec.json.decode(row["form"], type=Shown) if row["form"] is not None else None
    number = private.number, certificate.normal_number(private.number or "")
    return claim_of(key, certificate, number, private.holder, form, row["copies"])


def _opened(deployment: Deployment, sealed: bytes | None, place: bytes, kind: Any) -> Any:
    return msgspec.json.decode(deployment.keys.sealer.open(sealed or b"", place), type=kind)


_STUCK = Message(
    "有{count}项密封的内容打不开，无法按新的 matching 密钥重新计算散列；它们只能用旧密钥查到，"
    "所以两个密钥都继续使用，查询结果不受影响。"
    "请运行 notices log audit 找出是哪些，从备份恢复后再运行本命令。"
)
