"""Flags: a declaration is like false ones that were seen before, and an officer is to look at it.

It is published and takes effect as any other, and nobody is refused for it. A flag waits until an
officer sets it aside with a reason.
"""

from collections.abc import Sequence
from typing import Literal, get_args

import msgspec

from notices import tables
from notices.database import DB
from notices.facts.public.shown import Time
from notices.facts.texts import rfc3339

FlagKind = Literal["repeated", "two_holders", "one_address"]
KINDS: tuple[FlagKind, ...] = get_args(FlagKind)
REPEATED, YEARS = 3, 5
"""So many declarations of one paper by one holder within so many years: the last is flagged."""
MOST_SHOWN = 20


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """Why a notice is to be looked at, and since when."""

    id: str
    kind: FlagKind
    at: Time


async def look(
    notice: str,
    *,
    holder: Sequence[bytes],
    declarant: Sequence[bytes],
    number: Sequence[bytes],
    certificate: str,
    document: str | None,
    crowded: bool,
) -> None:
    """Flag the notice that is about to be published, in its transaction, where something is odd.

    All by each key that counts. `number` is its claim's hash, whose lock is held, as the holder's
    is: two that come at once are counted. `crowded`: many come from one address, of which nothing
    is kept here.
    """
    await DB.fetch(
        "INSERT INTO flag (notice, kind) SELECT $1, kind FROM (VALUES"
        " ('repeated', (SELECT count(*) FROM (SELECT FROM"
        "   (SELECT notice FROM notice_private WHERE holder_hash = ANY($2::bytea[]) OFFSET 0) p"
        "   CROSS JOIN LATERAL (SELECT FROM notice n WHERE n.id = p.notice AND n.certificate = $5"
        "     AND n.form -> 'document' ->> 'id' IS NOT DISTINCT FROM $6::text"
        "     AND n.published_at > now() - $7 * interval '1 year' OFFSET 0) n LIMIT $8) s) = $8),"
        " ('two_holders', EXISTS (SELECT FROM"
        "   (SELECT notice FROM claim WHERE by_certificate = ANY($4::bytea[]) AND notice <> $1"
        "     OFFSET 0) c"
        "   CROSS JOIN LATERAL (SELECT FROM notice_private p WHERE p.notice = c.notice"
        "     AND p.holder_hash <> ALL($2::bytea[]) AND p.declarant_hash <> ALL($3::bytea[])"
        "     OFFSET 0) p)),"
        " ('one_address', $9::boolean)) AS found (kind, so) WHERE so",
        notice, holder, declarant, number, certificate, document, YEARS, REPEATED - 1, crowded,
    )  # fmt: skip


async def waiting_of(notice: str) -> list[Flag]:
    """Those of `notice` (bare) that wait, the oldest first."""
    table = tables.Flag
    query = table.select(table.id, table.kind, table.at)
    query = query.where(table.set_aside_at.is_null(), table.notice == notice)
    rows = await query.order_by(table.id).limit(MOST_SHOWN)
    return [Flag(id=str(row["id"]), kind=row["kind"], at=rfc3339(row["at"])) for row in rows]
