"""Countering what one person did to many notices: by events of the other sense, never by deleting.

What the table of events lets be countered is taken back as it was: an admission, a dismissal, a
rejection, a closing, what ended a notice (`restoring`), and a confirmation (`unconfirming`). A text
that was removed is gone: of those it is said which they are, for people to be told.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Any, NamedTuple

from notices import journal, register, tables
from notices.changing import deciding, following, restoring, rivals, unconfirming
from notices.changing.deciding import PrivateDecision
from notices.changing.following import Followup
from notices.changing.unconfirming import Stays
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import event_forms, lifecycle
from notices.facts.errors import NotAllowedNow, Refusal
from notices.facts.public.form import EventKind
from notices.identity import Person
from notices.journal import Act, Actor
from notices.log import Turn
from notices.register import Notice

ENDED: dict[str, EventKind] = {"annul": deciding.KINDS["annul"], "replace": "replaced"}
"""What ended a notice, and by which event."""

COUNTERED = ("admit", "dismiss", "reject", "set_aside", "confirm", *ENDED)
FOR_GOOD = ("redact",)


class Undone(NamedTuple):
    """What came of taking something back: why it was not, or what had ended with it and stays."""

    refusal: Refusal | None = None
    stay: Sequence[Stays] = ()


class Done(NamedTuple):
    """Something that was done, as the audit log has it: which entry, what, of which notice."""

    number: int
    what: str
    notice: str
    about: str | None
    others: tuple[str, ...] = ()
    """The notices that ended with it."""

    overtaken: bool = False
    """Somebody else has decided about the same since, or it was taken back already."""

    taken_back: bool = False
    """An operator has done so already."""


def in_period(
    entries: Sequence[Mapping[str, Any]], who: str, since: datetime, until: datetime
) -> list[Done]:
    """What `who` (the audit log's hash) did to notices from `since` on and before `until`.

    The last first, as it is to be taken back.
    """
    found = [
        Done(
            each["number"],
            each["what"],
            each["notices"][0],
            next(iter(each["about"]), None),
            tuple(each["notices"][1:]),
        )
        for each in entries
        if each["who"] == who
        and each["what"] in (*COUNTERED, *FOR_GOOD)
        and since <= datetime.fromisoformat(each["at"]) < until
    ]
    last = _last(entries, {each.number for each in found})
    back = {_countered(each) for each in entries if each["what"] == "undo"}
    return [
        each._replace(
            overtaken=each.what in COUNTERED and each.number not in last,
            taken_back=each.number in back,
        )
        for each in reversed(found)
    ]


def _countered(entry: Mapping[str, Any]) -> int:
    """The number of the entry whose act this one took back."""
    _, _, number = entry["about"][1].partition(" ")
    return int(number)


def _last(entries: Sequence[Mapping[str, Any]], theirs: set[int]) -> set[int]:
    """Those of `theirs` after which nobody else decided about the same, nor took them back.

    An objection that has the status which they gave it may have it by another's decision.
    """
    done: dict[str, list[int]] = {}
    among: dict[int, list[int]] = {}
    for each in entries:
        if each["what"] in COUNTERED:
            numbers = among[each["number"]] = done.setdefault(_decided(each), [])
            numbers.append(each["number"])
        elif each["what"] == "undo":
            number = _countered(each)
            if number in (numbers := among.get(number, [])):
                numbers.remove(number)
    return {
        number
        for numbers in done.values()
        for number in takewhile(theirs.__contains__, reversed(numbers))
    }


def _decided(entry: Mapping[str, Any]) -> str:
    """About what it was decided: an objection, a rival or a flag; or of the notice, whether it
    ends, or is confirmed."""
    notice = entry["notices"][0]
    if entry["what"] == "confirm":
        return f"confirmation of {notice}"
    return notice if entry["what"] in ENDED else next(iter(entry["about"]), "")


async def counter(deployment: Deployment, operator: Actor, done: Done, reason: str) -> Undone:
    """Take it back; else why that was not done: it is not as it was left any more, or for good."""
    act = Act(
        what="undo", by=operator, notices=(done.notice,),
        about=(done.about or "", f"entry {done.number}"), text=reason,
    )  # fmt: skip
    if done.what not in COUNTERED or done.overtaken:
        return Undone(NotAllowedNow())
    try:
        if done.what == "confirm":
            stay = await unconfirming.unconfirm(deployment, act, done.notice, done.others, reason)
            return Undone(stay=tuple(stay))
        if done.about is None and done.what not in ENDED:
            return Undone(NotAllowedNow())
        await _WAYS[done.what](deployment, act, done.notice, done.about or "", reason)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return Undone(refusal)
    return Undone()


async def _without_admission(
    deployment: Deployment, act: Act, notice: str, objection: str, reason: str
) -> None:
    """The notice is again what it was, and the objection waits to be taken up again."""

    async def check(before: Notice, turn: Turn) -> Followup:
        await _refuse_unless(objection, "admitted")
        lifecycle.refuse_unless_may_follow("dismissed", before.state)
        running = deciding.was_in_period(before)

        async def write() -> None:
            await _set(objection, "open")
            if running:
                await deciding.go_on(before, turn.at)

        form = event_forms.dismissal(before.id, reason, running=running)
        return Followup(form, _private(act, objection, reason), act, write=write)

    await following.follow(deployment, notice, "dismissed", check)


async def _admitted_again(
    deployment: Deployment, act: Act, notice: str, objection: str, reason: str
) -> None:
    """The objection that was dismissed is as it was before that."""

    async def check(before: Notice, turn: Turn) -> Followup:
        ground = await _refuse_unless(objection, "dismissed")
        lifecycle.refuse_unless_may_follow("contested", before.state)
        running = deciding.in_period(before)
        form = event_forms.contest(before.id, ground, reason, running=running)
        write = partial(_set, objection, "admitted")
        return Followup(form, _private(act, objection, reason), act, write=write)

    await following.follow(deployment, notice, "contested", check)


async def _open_again(
    deployment: Deployment, act: Act, notice: str, objection: str, reason: str
) -> None:
    """The objection that was rejected waits again; of neither any event tells."""
    async with DB.transaction():
        await following.lock_out_objectors(notice)  # of whom one is back: it may end meanwhile
        await _refuse_unless(objection, "rejected")
        lifecycle.refuse_ended((await register.get(notice)).state)
        await _set(objection, "open")
        await journal.write(deployment.keys, act)


async def _waiting_again(
    deployment: Deployment, act: Act, notice: str, which: str, reason: str
) -> None:
    """A rival or a flag that was set aside waits again."""
    kind, _, id = which.partition(" ")
    table: Any = tables.Rival if kind == "rival" else tables.Flag
    async with DB.transaction():
        if kind == "rival":
            rows = await table.select().where(table.id == int(id)).lock_rows()
            if not rows or rivals.private_of(deployment, rows[0]).is_erased:
                raise NotAllowedNow  # there is nothing left to look at
        change = table.update({table.set_aside_at: None, table.decision: None})
        change = change.where(table.id == int(id), table.set_aside_at.is_not_null())
        if not await change.returning(table.id):
            raise NotAllowedNow
        await journal.write(deployment.keys, act)


async def _alive_again(
    ended_by: EventKind, deployment: Deployment, act: Act, notice: str, about: str, reason: str
) -> None:
    """The notice that was ended is what it was, and so is what it was ended about."""
    await restoring.restore(deployment, act, notice, ended_by, reason)


async def _refuse_unless(objection: str, status: str) -> Any:
    """The ground of an objection that has this status, whose row is locked; else NotAllowedNow."""
    table = tables.Objection
    query = table.select(table.ground).where(table.id == objection, table.status == status)
    rows = await query.lock_rows()
    if not rows:
        raise NotAllowedNow
    return rows[0]["ground"]


async def _set(objection: str, status: str) -> None:
    table = tables.Objection
    to: dict[Any, Any] = {table.status: status, table.decided_at: None, table.decision: None}
    await table.update(to).where(table.id == objection)


def _private(act: Act, objection: str, reason: str) -> PrivateDecision:
    name = act.by.name if act.by is not None else ""
    officer = Person(kind="officer", name=name, identifier=name)
    return PrivateDecision(officer=officer, reason=reason, objection=objection)


_WAYS: dict[str, Callable[[Deployment, Act, str, str, str], Awaitable[None]]] = {
    "admit": _without_admission,
    "dismiss": _admitted_again,
    "reject": _open_again,
    "set_aside": _waiting_again,
    **{what: partial(_alive_again, kind) for what, kind in ENDED.items()},
}
