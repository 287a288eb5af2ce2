"""Hashing persons anew by another key: of notices, objections and refused declarations.

One by one, in the walk of `rekeying`; those that are hashed by none yet are on the way.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from notices import records
from notices.changing import objecting, rivals
from notices.database import DB
from notices.deployment import Deployment
from notices.identity import hashes_of, hashes_of_acting
from notices.trust.sealing import SealError

PEOPLE = """
SELECT notice, sealed, holder_hash, declarant_hash FROM notice_private
WHERE notice > $1 ORDER BY notice LIMIT $2
"""
_MOVE_PEOPLE = """
UPDATE notice_private p SET holder_hash = new.holder, declarant_hash = new.declarant
FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS new (notice, holder, declarant)
WHERE p.notice = new.notice
"""
OBJECTORS = """
SELECT id, sealed, objector_hash FROM objection WHERE id > $1 ORDER BY id LIMIT $2
"""
_MOVE_OBJECTORS = """
UPDATE objection o SET objector_hash = new.hash
FROM unnest($1::text[], $2::bytea[]) AS new (id, hash) WHERE o.id = new.id
"""
RIVALS = """
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
AT_ONCE = 200


class Moved(NamedTuple):
    """How many hashes were moved, and of how many values nobody can tell what they were made of."""

    moved: int
    lost: int


async def move_people(deployment: Deployment, keys: Sequence[bytes], rows: Sequence[Any]) -> Moved:
    made, lost = [], 0
    for row in rows:
        try:
            private = records.opened(deployment, row)
        except (SealError, msgspec.MsgspecError):
            lost += 1
            continue
        holder = anew(row["holder_hash"], hashes_of(keys, private.holder))
        declarant = anew(row["declarant_hash"], hashes_of_acting(keys, private.declarant))
        if (holder, declarant) != (row["holder_hash"], row["declarant_hash"]):
            made.append((row["notice"], holder, declarant))
    await _write(_MOVE_PEOPLE, made)
    return Moved(len(made), lost)


async def move_objectors(
    deployment: Deployment, keys: Sequence[bytes], rows: Sequence[Any]
) -> Moved:
    made, lost = [], 0
    for row in rows:
        try:
            person = objecting.private_of(deployment, row["id"], row["sealed"]).objector
        except (SealError, msgspec.MsgspecError):
            lost += 1
            continue
        hashes = objecting.hashes_of(keys, person.natural)
        if (hash_ := anew(row["objector_hash"], hashes)) != row["objector_hash"]:
            made.append((row["id"], hash_))
    await _write(_MOVE_OBJECTORS, made)
    return Moved(len(made), lost)


async def move_rivals(deployment: Deployment, keys: Sequence[bytes], rows: Sequence[Any]) -> Moved:
    """Also of those that were kept before they were found by anybody."""
    made, lost = [], 0
    for row in rows:
        try:
            private = rivals.private_of(deployment, row)
        except (SealError, msgspec.MsgspecError):
            lost += 1
            continue
        holders, declarants = private.hashes(keys)
        declarant = anew(row["declarant_hash"], declarants) if declarants else None
        holder = anew(row["holder_hash"], holders)
        if private.is_erased:  # of whom nothing is said any more
            holder = declarant or row["holder_hash"]
        if (holder, declarant) != (row["holder_hash"], row["declarant_hash"]):
            made.append((row["id"], holder, declarant))
    await _write(_MOVE_RIVALS, made)
    return Moved(len(made), lost)


async def name_rivals(deployment: Deployment) -> None:
    """Let those of before be found by holder and declarant; one that does not open stays as it is.

    Before anybody serves, by whoever owns the tables; a kill in between leaves the rest to be done.
    """
    last = 0
    while rows := await DB.fetch(_UNNAMED, last, AT_ONCE):
        last = rows[-1]["id"]
        await move_rivals(deployment, deployment.keys.matching.both, rows)


def anew(there: bytes | None, hashes: Sequence[bytes]) -> bytes:
    """By the new key what is by the old one, or none.

    A newborn's, which nobody makes again, stays.
    """
    return hashes[0] if there is None or there in hashes[1:] else there


async def _write(sql: str, made: Sequence[tuple[Any, ...]]) -> None:
    if made:
        await DB.fetch(sql, *map(list, zip(*made, strict=True)))
