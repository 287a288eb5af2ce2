"""The one way in which an event follows the publishing of a notice, whoever causes it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from notices import idempotency, journal, log, register, tables
from notices.changing import braking
from notices.database import DB, committed
from notices.deployment import Deployment
from notices.facts import event_forms, lifecycle
from notices.facts.event_kinds import KINDS, STAFF
from notices.facts.public.form import EventForm, EventKind
from notices.facts.public.notice import UNDECIDED, Followed
from notices.idempotency import Done, Once
from notices.identity import Person
from notices.journal import Act
from notices.log import Turn
from notices.register import Notice, claims
from notices.tables import EventPrivate, Objection
from notices.tables.expressions import NOW
from notices.tables.prepared import Prepared


class Doer(msgspec.Struct, kw_only=True):
    """Who caused an event: an agency, by its key, an officer, an operator, a term, a request.

    The last two are of a removal: after so many years, or once it has ended (`erasing`).
    """

    agency: str | None = None
    officer: Person | None = None
    operator: str | None = None
    term: int | None = None
    request: Literal["erasure"] | None = None


@dataclass(frozen=True, slots=True)
class Followup:
    """What an event shows (`form`), and what is kept with it under seal: who, and why.

    `supersedes` are notices, by their ids, that awaited a confirmation and end with it; `write`
    changes what else there is of the notice. `then` brings other notices' events that come with it,
    and answers with their ids. `act` is what the audit log says of it, of all that is not the
    declarant's own.
    """

    form: EventForm
    private: msgspec.Struct | None = None
    act: Act | None = None
    supersedes: Sequence[str] = ()
    write: Callable[[], Awaitable[None]] | None = None
    then: Callable[[], Awaitable[Sequence[str]]] | None = None


Check = Callable[[Notice, Turn], Awaitable[Followup]]
"""Says what the new event of a notice is, as that is now, or refuses it; it changes nothing."""


async def follow(
    deployment: Deployment,
    id: str,
    kind: EventKind,
    check: Check,
    once_: Once | None = None,
    lock: Callable[[], Awaitable[None]] | None = None,
) -> Done:
    """Append an event of `kind` to notice `id`; its answer is `{index, kind, at, notice}`.

    `id` is bare. `check` runs under the head's lock, so no other event can come between what it
    sees and ours. `lock` takes what has to be locked before the head. Raises the refusal that says
    why the notice's life does not allow the event, after those of `check`, which may ask for it
    before others of its own. Nothing of the notice is written until all of them were passed.
    """
    async with braking.holding(deployment):
        return await _follow(deployment, id, kind, check, once_, lock)


async def _follow(
    deployment: Deployment,
    id: str,
    kind: EventKind,
    check: Check,
    once_: Once | None,
    lock: Callable[[], Awaitable[None]] | None,
) -> Done:
    async with DB.transaction():
        earlier = await idempotency.begin(once_)
        if earlier is None:
            if lock is not None:
                await lock()
            turn = await log.take_turn()
            before = await register.get(id)
            lifecycle.refuse_without_text(kind, before.state)
            followup = await check(before, turn)
            await _carry_out(deployment, turn, kind, before, followup)
            await supersede(followup.supersedes, id)
            others = await followup.then() if followup.then is not None else ()
            await idempotency.done(once_, id, turn.index)
            if followup.act is not None:
                act = followup.act
                act = msgspec.structs.replace(act, notices=(*act.notices, *others))
                await journal.write(deployment.keys, act)
            elif _is_of_staff(followup.private):
                raise RuntimeError("An act of the staff is in the audit log.")
            index = turn.index
        else:
            index = earlier.event
    if earlier is not None and earlier.response is not None:
        return Done(id, earlier.response)
    with committed():
        notice = await register.get(id)
        event = register.noted(next(event for event in notice.events if event.index == index))
        body = Followed(
            index=index,
            kind=event.kind,
            at=event.at,
            happened_at=event.happened_at,
            notice=notice.public(deployment),
        )
        return Done(id, await idempotency.answer(once_, msgspec.json.encode(body).decode()))


async def follow_also(deployment: Deployment, id: str, kind: EventKind, check: Check) -> None:
    """Append an event of `kind` to another notice `id`, behind the one that brings it about.

    In the transaction of that, whose locks it has, and whose entry of the audit log tells of it.
    """
    turn = await log.take_turn()
    before = await register.get(id)
    await _carry_out(deployment, turn, kind, before, await check(before, turn))


async def _carry_out(
    deployment: Deployment, turn: Turn, kind: EventKind, before: Notice, followup: Followup
) -> None:
    lifecycle.refuse_unless_may_follow(kind, before.state)
    if followup.act is not None and followup.act.by is not None:
        changes = 1 + len(followup.supersedes)
        await braking.count(deployment, followup.act.by, changes)
    if followup.write is not None:
        await followup.write()
    await _append(turn, kind, before, followup.form)
    if followup.private is not None:
        await _keep(deployment, turn.index, followup.private)


def _is_of_staff(private: msgspec.Struct | None) -> bool:
    """Whether it names one of the staff: a redaction may be the clock's, or a request's."""
    return any(getattr(private, name, None) is not None for name in STAFF)


async def supersede(ids: Sequence[str], by: str) -> None:
    """End notices that await a confirmation, since notice `by` took their place.

    In the transaction of what does, under the head's lock, which each event takes again.
    """
    for id in ids:
        turn = await log.take_turn()
        before = await register.get(id)
        lifecycle.refuse_unless_may_follow("superseded", before.state)
        await _append(turn, "superseded", before, event_forms.supersession(id, by))


async def _append(turn: Turn, kind: EventKind, before: Notice, form: EventForm) -> None:
    """Write an event that may follow, and what every event of its kind ends."""
    if KINDS[kind].ends_claims:
        await claims.end(before.id)
    if KINDS[kind].ends:
        await _close_objections(before.id)
    certificate = await register.certificate_of(before)
    await log.append(turn, kind, before.id, certificate, log.commit(form))


_CLOSE = Prepared(
    lambda notice: Objection.update({Objection.status: "closed", Objection.decided_at: NOW}).where(
        Objection.notice == notice, Objection.status.is_in(list(UNDECIDED))
    )
)


_LOCK = Prepared(
    lambda notice: (
        tables.Notice.select(tables.Notice.id)
        .where(tables.Notice.id == notice)
        .lock_rows("NO KEY UPDATE")
    )
)


async def lock_out_objectors(id: str) -> None:
    """Until the open transaction ends nobody objects to notice `id`, which takes no turn."""
    await _LOCK.fetch(id)


async def _close_objections(id: str) -> None:
    """What waits about notice `id` has nothing left to be about.

    One that is filed at this moment is waited for: it was let in since the notice lived.
    """
    await lock_out_objectors(id)
    await _CLOSE.fetch(id)


def place(index: int) -> bytes:
    """What the private side of event `index` is sealed under."""
    return f"event {index}".encode()


_SEAL = Prepared(
    lambda event, sealed: EventPrivate.insert(EventPrivate(event=event, sealed=sealed))
)


async def _keep(deployment: Deployment, index: int, private: msgspec.Struct) -> None:
    sealed = deployment.keys.sealer.seal(msgspec.json.encode(private), place(index))
    await _SEAL.fetch(index, sealed)
