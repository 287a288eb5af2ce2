"""Erasing what is kept about somebody, as far as nothing else rests on it (PIPL Art. 47).

What a living notice says is what others act on, so it stays until the notice ends, and so do
objections that wait. Who declared or objected stays under seal: whoever publishes without a review
answers for it, and has to be known. Status, times and proofs say nothing of a person.
"""

from typing import Any

import msgspec

from notices import records, register
from notices.changing import deciding, exhibits, objecting, rights, rivals
from notices.changing.following import Doer, Followup
from notices.changing.rights import Known
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import event_forms
from notices.facts.errors import Refusal
from notices.facts.public.notice import UNDECIDED
from notices.facts.requests import Declaration
from notices.log import Turn
from notices.tables import NoticePrivate, Objection, Rival, Watch
from notices.watches import alerts


class Erasable(msgspec.Struct, frozen=True, kw_only=True):
    """The ids of what can be erased, and of what stays for now since it lives or waits.

    `refused` is what was declared in vain, as `rival 7`.
    """

    notices: list[str]
    objections: list[str]
    refused: list[str]
    watches: list[str]
    living: list[str]
    waiting: list[str]


class _Lives(Exception):
    """Others act on what it says."""


async def left(deployment: Deployment, person: Known) -> Erasable:
    """What there is to be erased now, and what is not."""
    rows = await rights.rows_of(deployment, person)
    found = await register.get_many([row["notice"] for row in rows])
    objections = await _objections(deployment, person)
    rivals_ = await rights.rivals_of(deployment, person)
    ended = await _ended([row["notice"] for row, _ in rivals_])
    return Erasable(
        notices=[id for id, each in found.items() if each.state.ended and not each.state.redacted],
        living=[id for id, each in found.items() if not each.state.ended],
        objections=[each["id"] for each in objections if _has_text(deployment, each)],
        refused=[
            _called(row)
            for row, private in rivals_
            if not private.is_erased and _is_done_with(row, ended)
        ],
        watches=[each["id"] for each in await rights.watches_of(deployment, person)],
        waiting=[
            *(each["id"] for each in objections if each["status"] in UNDECIDED),
            *(_called(row) for row, _ in rivals_ if not _is_done_with(row, ended)),
        ],
    )


async def erase(deployment: Deployment, person: Known) -> Erasable:
    """Erase what can be; doing it twice, or after a kill in between, does what is left."""
    erased = Erasable(notices=[], objections=[], refused=[], watches=[], living=[], waiting=[])
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
    for rival, _ in await rights.rivals_of(deployment, person):
        done = await _forget_declared(deployment, rival["id"])
        (erased.refused if done else erased.waiting).append(_called(rival))
    await alerts.forget(rights.held_in(await rights.rows_of(deployment, person)))
    watched = [each["id"] for each in await rights.watches_of(deployment, person)]
    if watched:
        await Watch.delete().where(Watch.id.is_in(watched))
    erased.watches.extend(watched)
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


def _called(rival: Any) -> str:
    return f"rival {rival['id']}"


async def _ended(notices: list[str]) -> set[str]:
    """Those of them of which nothing is refused any more, and nobody looks at what was."""
    found = await register.get_many(sorted(set(notices)))
    return {id for id, each in found.items() if each.state.ended}


def _is_done_with(rival: Any, ended: set[str]) -> bool:
    return rival["set_aside_at"] is not None or rival["notice"] in ended


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


async def _forget_declared(deployment: Deployment, id: int) -> bool:
    """What was declared in vain; False while an officer has yet to look at it."""
    async with DB.transaction():
        [row] = await Rival.select().where(Rival.id == id).lock_rows()
        if not _is_done_with(row, await _ended([row["notice"]])):
            return False
        private = rivals.private_of(deployment, row)
        if not private.is_erased:
            left = msgspec.structs.replace(private, declaration=Declaration())
            sealed = rivals.sealed(deployment, left, row["notice"])
            await Rival.update({Rival.sealed: sealed}).where(Rival.id == id)
    return True
