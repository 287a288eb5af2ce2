"""What waits of somebody who left off: their declarations, and how these go with their files."""

from datetime import datetime
from typing import NamedTuple

import msgspec
import structlog

from notices import tables
from notices.changing import unfinished
from notices.changing.draft import Draft
from notices.changing.exhibits import KeptFile
from notices.changing.unfinished import KEPT, LASTS, LIVING
from notices.deployment import Deployment
from notices.facts.public.shown import Time
from notices.facts.texts import rfc3339
from notices.identity import Person
from notices.tables.expressions import is_true
from notices.tables.prepared import Prepared
from notices.trust.sealing import SealError

LOG = structlog.get_logger()

_TABLE = tables.Draft
_FIND_ALL = Prepared(
    lambda owner: _TABLE.select(_TABLE.id, _TABLE.sealed, _TABLE.at).where(
        _TABLE.owner == owner, is_true(_TABLE.lasting), LIVING
    )
)
_TAKE = Prepared(
    lambda owner, id: (
        _TABLE.delete().where(_TABLE.owner == owner, _TABLE.id == id).returning(_TABLE.sealed)
    )
)
_TAKE_ALL = Prepared(
    lambda account: (
        _TABLE.delete()
        .where(_TABLE.account == account)
        .returning(_TABLE.owner, _TABLE.id, _TABLE.sealed)
    )
)


_ALL = Prepared(
    lambda account: _TABLE.select(
        _TABLE.owner, _TABLE.id, _TABLE.sealed, _TABLE.at, _TABLE.lasting
    ).where(_TABLE.account == account, LIVING)
)


class KeptDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has typed and not sent, as their copy has it: the fields of each paper.

    `form` is the address of a form that is to be sent again, null of a declaration; `published`
    what of a declaration is public by now.
    """

    until: Time
    form: str | None
    papers: list[dict[str, str]]
    published: list[str]
    file_sha256: str | None


class Waiting(NamedTuple):
    """A draft that waits for whoever typed it, and until when."""

    id: str
    draft: Draft
    until: datetime


async def of(deployment: Deployment, person: Person) -> list[Waiting]:
    """The declarations that `person` has begun in this part, the newest first."""
    owner = unfinished.owner_of(deployment, person)
    rows = await _FIND_ALL.fetch(owner)
    found = [
        Waiting(row["id"], draft, row["at"] + LASTS)
        for row in rows
        if (draft := _opened(deployment, row["sealed"], owner, row["id"])) is not None
    ]
    return sorted(found, key=lambda each: each.until, reverse=True)


async def copies(deployment: Deployment, person: Person) -> list[KeptDraft]:
    """All that the account of `person` has typed, in whatever part, the oldest first.

    But for the forms of the desk: what an officer writes there is about others.
    """
    rows = await _ALL.fetch(unfinished.account_of(deployment, person))
    found = [
        _copied(draft, row["at"] + (LASTS if row["lasting"] else KEPT))
        for row in sorted(rows, key=lambda row: (row["at"], row["id"]))
        if (draft := _opened(deployment, row["sealed"], row["owner"], row["id"])) is not None
    ]
    return [each for each in found if each.papers and not (each.form or "").startswith("/desk/")]


def _copied(draft: Draft, until: datetime) -> KeptDraft:
    file = draft.file or draft.fields.get("file", "")
    papers = [
        {name: value for name, value in paper.fields.items() if name != "file"}
        for paper in draft.papers
    ]
    return KeptDraft(
        until=rfc3339(until),
        form=draft.step if draft.step.startswith("/") else None,
        papers=[fields for fields in papers if fields],
        published=list(draft.published),
        file_sha256=KeptFile.of(file).sha256.hex() if file else None,
    )


def _opened(deployment: Deployment, sealed: bytes, owner: bytes, id: str) -> Draft | None:
    """None where it does not open: nobody misses the others, or a page, for it."""
    try:
        return unfinished.opened(deployment, sealed, owner, id)
    except (SealError, msgspec.MsgspecError):
        LOG.error("draft_not_opened")
        return None


async def forget_account(deployment: Deployment, person: Person) -> list[Draft]:
    """Of whatever they typed nothing is left, in whatever part: they may have typed it as anybody.

    What was typed before a sign-in is nobody's: it lies with the sign-in, and goes with it. What
    was forgotten is returned: a file may have come with it.
    """
    rows = await _TAKE_ALL.fetch(unfinished.account_of(deployment, person))
    found = [_opened(deployment, row["sealed"], row["owner"], row["id"]) for row in rows]
    return [draft for draft in found if draft is not None]


async def discard(deployment: Deployment, person: Person, id: str) -> Draft | None:
    """Forget the draft `id`, and what it was; None where there is none, or it does not open."""
    owner = unfinished.owner_of(deployment, person)
    row = await _TAKE.row(owner, id)
    return None if row is None else _opened(deployment, row["sealed"], owner, id)
