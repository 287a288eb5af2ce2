"""Erasing what is kept about somebody, as far as nothing else rests on it (PIPL Art. 47).

What a living notice says is what others act on, so it stays until the notice ends, and so do
objections that wait. Who declared or objected stays under seal: whoever publishes without a review
answers for it, and has to be known. Status, times and proofs say nothing of a person.
"""

from typing import Any

import msgspec

from notices import records, register
from notices.changing import deciding, exhibits, objecting, rights
from notices.changing.following import Doer, Followup
from notices.changing.rights import Known
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import event_forms
from notices.facts.errors import Refusal
from notices.facts.public.notice import UNDECIDED
from notices.log import Turn
from notices.tables import NoticePrivate, Objection


class Erasable(msgspec.Struct, frozen=True, kw_only=True):
    """The ids of what can be erased, and of what stays for now since it lives or waits."""

    notices: list[str]
    objections: list[str]
    living: list[str]
    waiting: list[str]


class _Lives(Exception):
    """Others act on what it says."""


async def left(deployment: Deployment, person: Known) -> Erasable:
    """What there is to be erased now, and what is not."""
    rows = await rights.rows_of(deployment, person)
    found = await register.get_many([row["notice"] for row in rows])
    objections = await _objections(deployment, person)
    return Erasable(
        notices=[id for id, each in found.items() if each.state.ended and not each.state.redacted],
        living=[id for id, each in found.items() if not each.state.ended],
        objections=[each["id"] for each in objections if _has_text(deployment, each)],
        waiting=[each["id"] for each in objections if each["status"] in UNDECIDED],
    )


async def erase(deployment: Deployment, person: Known) -> Erasable:
    """Erase what can be; doing it twice, or after a kill in between, does what is left."""
    erased = Erasable(notices=[], objections=[], living=[], waiting=[])
    for row in await rights.rows_of(deployment, person):
        id = row["notice"]
        removed = await _remove(deployment, id)
        # Where the text of a living one is gone, its term over or redacted, nothing rests on that.
        if row["declared"] and (removed or (await register.get(id)).state.redacted):
            await _forget_contact(deployment, id)
        (erased.notices if removed else erased.living).append(id)
    for objection in await _objections(deployment, person):
        decided = await _forget_text(deployment, objection["id"])
        (erased.objections if decided else erased.waiting).append(objection["id"])
    return erased


async def _objections(deployment: Deployment, person: Known) -> list[Any]:
    """Those that `person` filed for themselves: what an organisation wrote is not its clerk's."""
    found = await rights.objections_of(deployment, person)
    return [each for each in found if not _of_organisation(deployment, each)]


def _of_organisation(deployment: Deployment, objection: Any) -> bool:
    private = objecting.private_of(deployment, objection["id"], objection["sealed"])
    return private.objector.kind == "organisation"


def _has_text(deployment: Deployment, objection: Any) -> bool:
    private = objecting.private_of(deployment, objection["id"], objection["sealed"])
    has = bool(private.text) or objection["evidence_type"] is not None
    return has and objection["status"] not in UNDECIDED


async def _remove(deployment: Deployment, id: str) -> bool:
    """Whether nothing is left of what a notice says; False for one that lives."""

    async def check(before: register.Notice, turn: Turn) -> Followup:
        if not before.state.ended:
            raise _Lives
        return Followup(event_forms.redaction(before.id), Doer(request="erasure"))

    try:
        await deciding.remove(deployment, id, check)
    except _Lives:
        return False
    except Refusal:
        return (await register.get(id)).state.ended  # removed already
    return True


async def _forget_contact(deployment: Deployment, id: str) -> None:
    """The row is locked meanwhile: it may be sealed anew at any time, under another key."""
    async with DB.transaction():
        table = NoticePrivate
        await table.select(table.notice).where(table.notice == id).lock_rows()
        private = await records.private_of(deployment, id)
        if private.contact is not None:
            left = msgspec.structs.replace(private, contact=None)
            sealed = records.sealed(deployment, left, id)
            await table.update({table.sealed: sealed}).where(table.notice == id)


async def _forget_text(deployment: Deployment, id: str) -> bool:
    """What was written, and the file that came along; False where it waits (again)."""
    table = Objection
    async with DB.transaction():
        [row] = await table.select().where(table.id == id).lock_rows()
        if row["status"] in UNDECIDED:
            return False
        private = objecting.private_of(deployment, id, row["sealed"])
        if private.text or row["evidence_type"] is not None:
            left = msgspec.structs.replace(private, text="")
            await table.update(
                {
                    table.sealed: objecting.sealed(deployment, left, id),
                    table.evidence_type: None,
                    table.evidence_size: None,
                    table.evidence_sha256: None,
                }
            ).where(table.id == id)
    if row["evidence_type"] is not None:
        exhibits.forget(deployment, id)
    return True
