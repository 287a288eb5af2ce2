"""Declarations that were refused because another holder's notice stands in the way.

Each is kept sealed, and is a case for an officer: two people say that they hold one certificate,
or one of them mistyped its number, or somebody declared what is not theirs.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from notices import clock, tables
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.public.shown import Time
from notices.facts.requests import Declaration, Holder
from notices.facts.texts import rfc3339
from notices.identity import KnownPerson, Person, hashes_of, hashes_of_acting

MOST_RIVALS = 20
"""Declarations of others that are kept for one notice; an officer needs no more to look into it."""


class PrivateRival(msgspec.Struct, kw_only=True):
    """What was declared, and who did; those of before tell the declaration alone."""

    declaration: Declaration
    declarant: Person | None = None

    @property
    def is_erased(self) -> bool:
        """Whether what was declared is gone, and who did it alone is known."""
        return self.declaration == Declaration()

    def hashes(self, keys: Sequence[bytes]) -> tuple[list[bytes], list[bytes] | None]:
        """By each key, by which its holder and its declarant are found."""
        holder = hashes_of(keys, self.declaration.holder or Holder())
        if self.declarant is None:
            return holder, None
        return holder, hashes_of_acting(keys, self.declarant)


class Rival(msgspec.Struct, frozen=True, kw_only=True):
    """What was declared beside `notice`, as officers see it."""

    id: str
    notice: str
    at: Time
    declaration: Declaration
    declarant: KnownPerson | None


class Rivals(msgspec.Struct, frozen=True, kw_only=True):
    """What was declared beside others' notices, the oldest first."""

    rivals: list[Rival]


async def keep(
    deployment: Deployment, notice: str, person: Person, declaration: Declaration
) -> None:
    """Keep what `person` declared beside `notice` (bare), unless so many others wait already.

    Raises ClockOff, and keeps nothing, while the time of it could not be believed.
    """
    private = PrivateRival(declaration=declaration, declarant=person.recorded())
    holder, declarant = private.hashes(deployment.keys.matching.both)
    asked = clock.HERE.now()
    async with DB.transaction():
        row = await DB.row(
            "INSERT INTO rival (notice, at, sealed, holder_hash, declarant_hash)"
            " SELECT $1, clock_timestamp(), $2, $4, $5"
            " WHERE (SELECT count(*) FROM rival WHERE notice = $1 AND set_aside_at IS NULL) < $3"
            " RETURNING at",
            notice,
            sealed(deployment, private, notice),
            MOST_RIVALS,
            holder[0],
            declarant[0] if declarant else None,
        )
        if row is not None:
            clock.HERE.refuse_wrong(asked, row["at"])


async def waiting(deployment: Deployment, *, notice: str | None, limit: int) -> list[Rival]:
    """Rivals as an officer sees them, the oldest first; of one notice where that is given."""
    query = tables.Rival.select().where(tables.Rival.set_aside_at.is_null())
    if notice is not None:
        query = query.where(tables.Rival.notice == notice)
    rows = await query.order_by(tables.Rival.id).limit(limit)
    return [_shown(deployment, row) for row in rows]


def sealed(deployment: Deployment, private: PrivateRival, notice: str) -> bytes:
    return deployment.keys.sealer.seal(msgspec.json.encode(private), notice.encode())


def private_of(deployment: Deployment, row: Any) -> PrivateRival:
    """What is sealed of a rival, by its row."""
    opened = deployment.keys.sealer.open(row["sealed"], row["notice"].encode())
    try:
        return msgspec.json.decode(opened, type=PrivateRival)
    except msgspec.ValidationError:
        return PrivateRival(declaration=msgspec.json.decode(opened, type=Declaration))


def _shown(deployment: Deployment, row: Any) -> Rival:
    private = private_of(deployment, row)
    return Rival(
        id=str(row["id"]),
        notice=row["notice"],
        at=rfc3339(row["at"]),
        declaration=private.declaration,
        declarant=KnownPerson.of(private.declarant) if private.declarant else None,
    )
