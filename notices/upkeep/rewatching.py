"""Hashing watches anew: by newer rules for numbers before anybody serves, by another key meanwhile.

As claims are (`rehashing`, `rekeying`), piece by piece; what is done is told by each row itself.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import structlog

from notices import watches
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.readings import RULES
from notices.identity import holder_hashes
from notices.trust.sealing import SealError
from notices.upkeep.persons import Moved, anew
from notices.watches import PrivateWatch

PIECE = 500

LOG = structlog.get_logger()

WATCHES = """
SELECT id, owner, by_certificate, sealed FROM watch WHERE id > $1 ORDER BY id LIMIT $2
"""
_OLDER = """
SELECT id, sealed FROM watch WHERE id > $1 AND rules < $2 ORDER BY id LIMIT $3
"""
_MOVE = """
UPDATE watch w SET by_certificate = new.number, owner = new.owner
FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS new (id, number, owner) WHERE w.id = new.id
"""
_WRITE = """
UPDATE watch w SET by_certificate = new.number, rules = $3
FROM unnest($1::text[], $2::bytea[]) AS new (id, number) WHERE w.id = new.id
"""


async def rehash(deployment: Deployment) -> int:
    """Make the hashes of all watches anew that were made by older rules; how many there were.

    One of a certificate that there is no more, or that does not open, finds nothing and stays.
    """
    done, last = 0, ""
    while rows := await DB.fetch(_OLDER, last, RULES, PIECE):
        last = rows[-1]["id"]
        made = []
        for row in rows:
            try:
                private = watches.private_of(deployment, row)
                number = _numbers(deployment, private, [deployment.keys.matching.present])[0]
            except (SealError, KeyError, msgspec.MsgspecError):
                LOG.error("watch_not_hashed_anew", watch=row["id"])
                continue
            made.append((row["id"], number))
        if made:
            await DB.fetch(_WRITE, *map(list, zip(*made, strict=True)), RULES)
        done += len(made)
    return done


async def move(deployment: Deployment, keys: Sequence[bytes], rows: Sequence[Any]) -> Moved:
    """Hash by the first key what the second one hashed: the number, and whose watch it is."""
    made, lost = [], 0
    for row in rows:
        try:
            private = watches.private_of(deployment, row)
            numbers = _numbers(deployment, private, keys)
        except (SealError, KeyError, msgspec.MsgspecError):
            lost += 1
            continue
        number, owner = anew(row["by_certificate"], numbers), row["owner"]
        if owner is not None:
            whose = private.document or "", private.identifier or ""
            owner = anew(owner, holder_hashes(keys, *whose))
        if (number, owner) != (row["by_certificate"], row["owner"]):
            made.append((row["id"], number, owner))
    if made:
        await DB.fetch(_MOVE, *map(list, zip(*made, strict=True)))
    return Moved(len(made), lost)


def _numbers(deployment: Deployment, private: PrivateWatch, keys: Sequence[bytes]) -> list[bytes]:
    certificate = deployment.catalogue.certificates[private.certificate]
    return [watches.hashed(key, certificate, private.number) for key in keys]
