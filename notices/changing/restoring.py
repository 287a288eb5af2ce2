"""Taking back what ended a notice: from then on it is again what it was, with what waited about it.

Only an operator does this, when an account was stolen or a program was wrong (`undoing`). What was
redacted or erased meanwhile stays gone, and whoever declared the same paper since keeps it.
"""

from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from notices import register
from notices.changing import following
from notices.changing.deciding import PrivateDecision
from notices.changing.following import Followup
from notices.deployment import Deployment
from notices.facts import event_forms, lifecycle
from notices.facts.errors import AlreadyDeclared, NotAllowedNow
from notices.facts.event_kinds import KINDS
from notices.facts.public.form import EventKind
from notices.facts.public.notice import ObjectionStatus
from notices.journal import Act
from notices.log import Turn
from notices.register import Notice, beside, claims
from notices.tables import EventPrivate, Objection

_ENDED_WITH_IT: tuple[ObjectionStatus, ...] = ("upheld", "closed")
"""What becomes of objections by nothing but the end of their notice."""


class PrivateRestoration(msgspec.Struct, kw_only=True):
    """Which operator took the end back, and why."""

    operator: str
    reason: str

    @classmethod
    def of(cls, act: Act, reason: str) -> "PrivateRestoration":
        return cls(operator=act.by.name if act.by is not None else "", reason=reason)


async def restore(
    deployment: Deployment, act: Act, id: str, ended_by: EventKind, reason: str
) -> None:
    """Take back the event `ended_by` that ended notice `id` (bare).

    Raises NotAllowedNow where something else did, and AlreadyDeclared where another living notice
    has what this one claimed.
    """

    async def check(before: Notice, turn: Turn) -> Followup:
        await refuse_unless_back(deployment, before, ended_by)
        followup = await _followup(deployment, act, before, ended_by, reason)
        return replace(followup, act=act)

    await following.follow(deployment, id, "restored", check, lock=partial(claims.lock_of, id))


async def restore_also(
    deployment: Deployment, act: Act, id: str, ended_by: EventKind, reason: str
) -> None:
    """The same within an act that takes back more, of which `act` tells, and under its locks.

    Raises nothing after `refuse_unless_back`.
    """

    async def check(before: Notice, turn: Turn) -> Followup:
        return await _followup(deployment, act, before, ended_by, reason)

    await following.follow_also(deployment, id, "restored", check)


async def refuse_unless_back(deployment: Deployment, before: Notice, ended_by: EventKind) -> None:
    """Raises what `restore` does, for whoever has the lock of its number."""
    lifecycle.refuse_unless_may_follow("restored", before.state)
    if before.state.ended_by != ended_by:
        raise NotAllowedNow
    taken = await beside.confirmed_beside(before.id)
    if taken is not None:
        raise AlreadyDeclared((await register.get(taken)).existing(deployment))


async def _followup(
    deployment: Deployment, act: Act, before: Notice, ended_by: EventKind, reason: str
) -> Followup:
    admitted = await _contested_by(deployment, before)
    end = next(each.index for each in reversed(before.events) if KINDS[each.kind].ends)
    form = event_forms.restoration(
        before.id, end, reason, void=before.state.living, superseded=ended_by == "superseded"
    )
    write = partial(_write, before.id, admitted)
    return Followup(form, PrivateRestoration.of(act, reason), write=write)


async def _contested_by(deployment: Deployment, before: Notice) -> str | None:
    """The objection by which the notice was contested when it ended; None where it was not."""
    contest = lifecycle.contest_of(before.events)
    if contest is None:
        return None
    rows = await EventPrivate.select(EventPrivate.sealed).where(EventPrivate.event == contest.index)
    place = following.place(contest.index)
    opened = deployment.keys.sealer.open(rows[0]["sealed"], place)
    return msgspec.json.decode(opened, type=PrivateDecision).objection


async def _write(id: str, admitted: str | None) -> None:
    await claims.take_again(id)
    to: dict[Any, Any] = {Objection.status: "open", Objection.decided_at: None}
    ended = Objection.status.is_in(list(_ENDED_WITH_IT))
    await Objection.update(to).where(Objection.notice == id, ended)
    if admitted is not None:
        again = Objection.update({Objection.status: "admitted"})
        await again.where(Objection.id == admitted, Objection.status == "open")
