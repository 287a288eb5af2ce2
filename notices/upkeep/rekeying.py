"""Hashing every number and every person anew by another key, while the register is asked by them.

No answer is ever wrong meanwhile. The register says by which keys it is hashed, and each statement
that asks by a hash holds that against what it was hashed by (`matching_keys.STATE`). From the
moment the new key is said everything new is hashed by it, everything is looked for by both, and
what is there moves over:

- All claims of one number at once, and apart from that all of one holder's code, since statements
  join them by these hashes. Whoever declares meanwhile joins the others of the number
  (`register/claims.py`). For that they stand still a moment, by the lock of bulk fills.
- Private sides, objections and refused declarations one by one.

One walk in the order of ids moves all of them: what is still hashed by the old key after it was
there before. So the old key is forgotten after a walk that found nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import msgspec
import structlog

from notices import files, matching_keys
from notices.changing import objecting, rivals
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.texts import Message, TextError
from notices.identity import hashes_of, hashes_of_acting
from notices.matching_keys import BEFORE, PRESENT
from notices.records import PrivateRecord
from notices.register.claims import IN_BULK
from notices.register.reclaiming import Shown, claim_of
from notices.tables import KeyCheck
from notices.trust.keys import next_matching
from notices.trust.matching import Matching, check_of, id_of
from notices.trust.sealing import SealError

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
_PEOPLE = """
SELECT notice, sealed, holder_hash, declarant_hash FROM notice_private
WHERE notice > $1 ORDER BY notice LIMIT $2
"""
_MOVE_PEOPLE = """
UPDATE notice_private p SET holder_hash = new.holder, declarant_hash = new.declarant
FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS new (notice, holder, declarant)
WHERE p.notice = new.notice
"""
_OBJECTORS = """
SELECT id, sealed, objector_hash FROM objection WHERE id > $1 ORDER BY id LIMIT $2
"""
_MOVE_OBJECTORS = """
UPDATE objection o SET objector_hash = new.hash
FROM unnest($1::text[], $2::bytea[]) AS new (id, hash) WHERE o.id = new.id
"""
_RIVALS = """
SELECT id, notice, sealed, holder_hash, declarant_hash FROM rival WHERE id > $1 ORDER BY id LIMIT $2
"""
_UNNAMED = """
SELECT id, notice, sealed, holder_hash, declarant_hash FROM rival
WHERE id > $1 AND holder_hash IS NULL ORDER BY id LIMIT $2
"""
_MOVE_RIVALS = """
UPDATE rival r SET holder_hash = new.holder, declarant_hash = new.declarant
FROM unnest($1::bigint[], $2::bytea[], $3::bytea[]) AS new (id, holder, declarant)
WHERE r.id = new.id
"""


class Stuck(TextError):
    """Something of the old key cannot be hashed anew, and is found by that key alone."""


class Walk(NamedTuple):
    """How many hashes were moved, and of how many values nobody can tell what they were made of."""

    moved: int
    lost: int


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


async def _walk(deployment: Deployment, matching: Matching, step: Step) -> Walk:
    moved = lost = 0
    for sql, first, move in (
        (_CLAIMS, 0, _move_claims), (_PEOPLE, "", _move_people), (_OBJECTORS, "", _move_objectors),
        (_RIVALS, 0, _move_rivals),
    ):  # fmt: skip
        last: Any = first
        while rows := await DB.fetch(sql, last, PIECE):
            last = rows[-1][0]
            walk = await move(deployment, matching.both, rows)
            moved, lost = moved + walk.moved, lost + walk.lost
            await step(walk.moved)
    return Walk(moved, lost)


async def _move_claims(deployment: Deployment, keys: Sequence[bytes], rows: Sequence[Any]) -> Walk:
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
    return Walk(len(numbers) + len(holders), lost)


def _claim(deployment: Deployment, key: bytes, row: Any) -> Any:
    id = msgspec.json.decode(row["entry"])["certificate"]
    certificate = deployment.catalogue.certificates[id]
    private = _opened(deployment, row["sealed"], row["notice"].encode(), PrivateRecord)
    form = msgspec.json.decode(row["form"], type=Shown) if row["form"] is not None else None
    number = private.number, certificate.normal_number(private.number or "")
    return claim_of(key, certificate, number, private.holder, form, row["copies"])


async def _move_people(deployment: Deployment, keys: Sequence[bytes], rows: Sequence[Any]) -> Walk:
    made, lost = [], 0
    for row in rows:
        try:
            private = _opened(deployment, row["sealed"], row["notice"].encode(), PrivateRecord)
        except (SealError, msgspec.MsgspecError):
            lost += 1
            continue
        holder = _moved(row["holder_hash"], hashes_of(keys, private.holder))
        declarant = _moved(row["declarant_hash"], hashes_of_acting(keys, private.declarant))
        if (holder, declarant) != (row["holder_hash"], row["declarant_hash"]):
            made.append((row["notice"], holder, declarant))
    await _write(_MOVE_PEOPLE, made)
    return Walk(len(made), lost)


async def _move_objectors(
    deployment: Deployment, keys: Sequence[bytes], rows: Sequence[Any]
) -> Walk:
    made, lost = [], 0
    for row in rows:
        try:
            person = objecting.private_of(deployment, row["id"], row["sealed"]).objector
        except (SealError, msgspec.MsgspecError):
            lost += 1
            continue
        hashes = objecting.hashes_of(keys, person.natural)
        if (hash_ := _moved(row["objector_hash"], hashes)) != row["objector_hash"]:
            made.append((row["id"], hash_))
    await _write(_MOVE_OBJECTORS, made)
    return Walk(len(made), lost)


async def _move_rivals(deployment: Deployment, keys: Sequence[bytes], rows: Sequence[Any]) -> Walk:
    """Also of those that were kept before they were found by anybody."""
    made, lost = [], 0
    for row in rows:
        try:
            private = rivals.private_of(deployment, row)
        except (SealError, msgspec.MsgspecError):
            lost += 1
            continue
        holders, declarants = private.hashes(keys)
        declarant = _moved(row["declarant_hash"], declarants) if declarants else None
        holder = _moved(row["holder_hash"], holders)
        if private.is_erased:  # of whom nothing is said any more
            holder = declarant or row["holder_hash"]
        if (holder, declarant) != (row["holder_hash"], row["declarant_hash"]):
            made.append((row["id"], holder, declarant))
    await _write(_MOVE_RIVALS, made)
    return Walk(len(made), lost)


async def name_rivals(deployment: Deployment) -> None:
    """Let those of before be found by holder and declarant; one that does not open stays as it is.

    Before anybody serves, by whoever owns the tables; a kill in between leaves the rest to be done.
    """
    last = 0
    while rows := await DB.fetch(_UNNAMED, last, PIECE):
        last = rows[-1]["id"]
        await _move_rivals(deployment, deployment.keys.matching.both, rows)


def _moved(there: bytes | None, hashes: Sequence[bytes]) -> bytes:
    """By the new key what is by the old one, or none; a newborn's, which nobody makes again, stays."""
    return hashes[0] if there is None or there in hashes[1:] else there


async def _write(sql: str, made: Sequence[tuple[Any, ...]]) -> None:
    if made:
        await DB.fetch(sql, *map(list, zip(*made, strict=True)))


def _opened(deployment: Deployment, sealed: bytes | None, place: bytes, kind: Any) -> Any:
    return msgspec.json.decode(deployment.keys.sealer.open(sealed or b"", place), type=kind)


_STUCK = Message(
    "有{count}项密封的内容打不开，无法按新的 matching 密钥重新计算散列；它们只能用旧密钥查到，"
    "所以两个密钥都继续使用，查询结果不受影响。"
    "请运行 notices log audit 找出是哪些，从备份恢复后再运行本命令。"
)
