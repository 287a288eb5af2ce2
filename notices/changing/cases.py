"""What waits for officers, the first first; and of one notice all that they decide it by."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from notices import records, register, tables
from notices.changing import deciding, flags, objecting, rivals
from notices.changing.exhibits import KeptFile
from notices.changing.flags import Flag, FlagKind
from notices.changing.looking import Looker
from notices.changing.objecting import FiledObjection
from notices.changing.rivals import MOST_RIVALS, Rival
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.event_kinds import END, RESTORE, listed
from notices.facts.public.form import Ground
from notices.facts.public.notice import ObjectionStatus
from notices.records import PrivateRecord
from notices.register import Notice, overlapping

MOST_COUNTED = 1000
"""Of one list; whoever has more to do needs no exact number."""
MOST_SHOWN = 20
"""Objections to one notice that are shown at once; the next ones follow as these are decided."""

# Behind a notice that has ended nothing is refused any more; or, once a new certificate was issued,
# it is for its issuer.
_LIVING = f"""
WHERE NOT EXISTS (SELECT FROM event e WHERE e.notice = {{id}} AND e.kind IN {listed(END)}
  AND NOT EXISTS (SELECT FROM event b WHERE b.notice = e.notice AND b.kind IN {listed(RESTORE)}
    AND b.index > e.index))
"""  # noqa: S608  (nothing in it comes from outside)
_AWAITING = f"""
SELECT n.id AS notice, n.published_at AS at FROM notice n {_LIVING.format(id="n.id")}
AND n.awaiting ORDER BY n.published_index
"""  # noqa: S608  (nothing in it comes from outside)
_OBJECTED = """
SELECT o.notice, o.at, o.ground FROM objection o WHERE o.status = '{status}' ORDER BY o.at, o.id
"""
_REFUSED = f"""
SELECT r.notice, r.at FROM rival r {_LIVING.format(id="r.notice")}
AND r.set_aside_at IS NULL ORDER BY r.id
"""  # noqa: S608  (likewise)
_FLAGGED = """
SELECT f.notice, f.at, f.kind AS flag FROM flag f WHERE f.set_aside_at IS NULL ORDER BY f.id
"""
WAITING = {
    "confirmations": _AWAITING,
    "objections": _OBJECTED.format(status="open"),
    "contests": _OBJECTED.format(status="admitted"),
    "rivals": _REFUSED,
    "overlaps": overlapping.OVERLAPS,
    "flags": _FLAGGED,
}
"""The lists, by name: what was declared for somebody else, objections that nobody has taken up
and those that somebody has, declarations that were refused, notices of one number, and flags."""


class Waiting(NamedTuple):
    """One thing that waits: about which notice, since when; and what is known of it without keys.

    `other` is the second of two notices that turned out to be of one number.
    """

    notice: str
    at: datetime
    ground: Ground | None = None
    other: str | None = None
    flag: FlagKind | None = None


async def waiting(name: str, limit: int, skip: int = 0) -> list[Waiting]:
    """Of the list `name`, the first first."""
    rows = await DB.fetch(f"{WAITING[name]} LIMIT $1 OFFSET $2", limit, skip)
    return [Waiting(**row) for row in rows]


async def count(name: str) -> int:
    """How many wait in the list `name`, as far as they are counted."""
    counted = f"SELECT count(*) AS n FROM ({WAITING[name]} LIMIT $1) w"  # noqa: S608  (likewise)
    row = await DB.row(counted, MOST_COUNTED)
    return row["n"] if row is not None else 0


class Settled(NamedTuple):
    """What became of an earlier objection."""

    at: datetime
    ground: Ground
    status: ObjectionStatus
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A notice, and what is to be known of it to decide.

    `private` is what its declarant said, and `relation` for whom: None where nobody has to know,
    since nothing waits or it is the text alone that is decided about. `overlaps` are the ids of
    the other notices of its number.
    """

    notice: Notice
    objections: list[FiledObjection]
    settled: list[Settled]
    rivals: list[Rival]
    flags: list[Flag]
    overlaps: list[str]
    exhibit: KeptFile | None
    private: PrivateRecord | None
    relation: str | None

    @property
    def of_status(self) -> set[ObjectionStatus]:
        """Those that objections have which wait."""
        return {one.status for one in self.objections}


async def of(deployment: Deployment, id: str, looker: Looker | None) -> Case:
    """The case of the notice whose id, printed or bare, is `id`; raises NoSuchNotice.

    What is sealed is shown to the `looker` alone, who has said what for, else PurposeRequired is
    raised; without one, as where the text alone is to be redacted, nothing of it is opened.
    """
    notice = await register.get(id)
    sealed = looker is not None and not notice.state.ended
    objections = await _objections(deployment, notice.id) if sealed else []
    refused: list[Rival] = []
    if sealed:
        refused = await rivals.waiting(deployment, notice=notice.id, limit=MOST_RIVALS)
    others = await _overlaps(notice.id) if sealed else []
    # What is flagged waits for an officer also behind a notice that has ended.
    flagged = await flags.waiting_of(notice.id) if looker is not None else []
    waits = sealed and bool(objections or refused or others or flagged or notice.state.awaiting)
    if waits and looker is not None:
        about = [*(each.id for each in objections), *(f"rival {each.id}" for each in refused)]
        about += [f"flag {each.id}" for each in flagged]
        await looker.looks(notice.id, about)
    return Case(
        notice=notice,
        objections=objections,
        settled=await _settled(notice.id),
        rivals=refused,
        flags=flagged,
        overlaps=others,
        exhibit=await deciding.exhibit_of(notice.id) if waits else None,
        private=await records.private_of(deployment, notice.id) if waits else None,
        relation=await _relation(notice.id) if waits else None,
    )


async def _objections(deployment: Deployment, id: str) -> list[FiledObjection]:
    """Those that wait, the one that was taken up before the others."""
    found = []
    for status in ("admitted", "open"):
        found += await objecting.waiting(deployment, notice=id, status=status, limit=MOST_SHOWN)
    return found


async def _settled(id: str) -> list[Settled]:
    table = tables.Objection
    query = table.select(table.at, table.ground, table.status, table.decided_at)
    query = query.where(table.notice == id, table.decided_at.is_not_null())
    rows = await query.order_by(table.at, table.id).limit(MOST_SHOWN)
    return [Settled(*row.values()) for row in rows]


async def _overlaps(id: str) -> list[str]:
    of = f"SELECT notice, other FROM ({overlapping.OVERLAPS}) w"  # noqa: S608  (likewise)
    rows = await DB.fetch(f"{of} WHERE notice = $1 OR other = $1 LIMIT $2", id, MOST_SHOWN)
    return [row["other"] if row["notice"] == id else row["notice"] for row in rows]


async def _relation(id: str) -> str:
    table = tables.NoticePrivate
    row = await table.select(table.relation).where(table.notice == id).first()
    if row is None:
        raise RuntimeError("A notice has no private side.")
    return str(row["relation"])
