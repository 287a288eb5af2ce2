"""Whether an index holds what the log's position says that it took."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from notices.database import DB
from notices.relay import publishing
from notices.relay.publishing import FOLLOWER
from notices.tables import Follower
from notices.tables.expressions import CLOCK, is_true
from search import index as indexes

if TYPE_CHECKING:  # a web process only asks
    from search.admin import Admin

NEWEST = 20
"""Events that are looked for: more than come between an engine's start and the next look at it."""


async def holds(admin: "Admin", index: str, position: int) -> bool:
    """Whether `index` has this version's settings and took everything before `position`.

    What the engine keeps may be an older copy of its data, under the same name and made at the
    same time. Such a copy lacks what was taken last, which `holds_newest` sees, updates as well
    as new documents; and it lacks documents, which the count sees however many came after.
    An older document in the middle that others put there, or one deleted for one too many, is
    seen by neither: that needs `notices reindex`.
    """
    if not indexes.fits(await admin.settings(index)) or await is_stale():
        return False
    least = await expected(position, await publishing.parked())
    return await admin.count(index) >= least and await holds_newest(admin, index, position)


async def is_stale() -> bool:
    """Whether we were away for so long that changes without an event were not kept for us."""
    return await Follower.exists().where(Follower.name == FOLLOWER, is_true(Follower.stale))


async def note(whole: bool) -> None:
    """Note that the index was just found to be what the position says, or not to be.

    Nobody believes a document of an index that was not found whole of late.
    """
    await Follower.update(
        {Follower.checked_at: CLOCK if whole else None, Follower.alive_at: CLOCK}
    ).where(Follower.name == FOLLOWER)


async def expected(before: int, missing: Sequence[str]) -> int:
    """How many documents an index holds that took all events before `before` but for `missing`."""
    row = await DB.row(
        "SELECT count(*) AS notices FROM notice n"
        " WHERE published_index < $1 AND form IS NOT NULL AND id <> ALL($2::text[])",
        before,
        missing,
    )
    return row["notices"] if row else 0


async def holds_newest(admin: "Admin", index: str, position: int) -> bool:
    """Whether `index` took the newest events before `position`.

    A document tells the newest event that it knows of. It may know of later ones already, and a
    redacted notice may have one until its redaction was taken; one that is parked tells nothing.
    """
    rows = await DB.fetch(
        "SELECT newest.notice, newest.index, n.form IS NULL AS redacted,"
        " EXISTS (SELECT FROM event e WHERE e.notice = n.id AND e.index >= $1) AS more"
        " FROM (SELECT notice, max(index) AS index FROM"
        "  (SELECT notice, index FROM event WHERE index < $1 ORDER BY index DESC LIMIT $2) e"
        "  GROUP BY notice) newest"
        " JOIN notice n ON n.id = newest.notice"
        " WHERE NOT EXISTS"
        "  (SELECT FROM parked p WHERE p.follower = $3 AND p.notice = newest.notice)",
        position,
        NEWEST,
        FOLLOWER,
    )
    if not rows:
        return True
    found = await admin.documents(index, [row["notice"] for row in rows], ["id", "last_event"])
    known = {document["id"]: document.get("last_event", -1) for document in found}
    for row in rows:
        if not row["redacted"]:
            if known.get(row["notice"], -1) < row["index"]:
                return False
        elif row["notice"] in known and not row["more"]:
            return False
    return True
