"""Rejecting an objection: it is closed without having been taken up, and no event tells of it.

It is between the objector and the officer. The notice stays as it is, and whoever reads it learns
nothing of why; what was decided, by whom and why, is sealed with the objection.
"""

import msgspec

from notices import clock, idempotency, journal, register, tables
from notices.changing import braking, conflicts, deciding, objecting
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import lifecycle
from notices.facts.public.notice import ObjectionRejected, Rejected
from notices.facts.refusals import NoOpenObjection
from notices.facts.requests import Decision
from notices.idempotency import Done, Once
from notices.identity import Person
from notices.journal import Act
from notices.register import Notice
from notices.tables.expressions import NOW


class PrivateRejection(msgspec.Struct, kw_only=True):
    """Who rejected an objection, and why in their own words."""

    officer: Person
    reason: str


def place(objection: str) -> bytes:
    """What the decision about an objection is sealed under."""
    return objecting.place(objection) + b" decision"


async def reject(
    deployment: Deployment,
    officer: Person,
    id: str,
    decision: Decision,
    once_: Once | None = None,
) -> Done:
    """Close an objection to notice `id` (bare); its answer is `{objection, notice}`.

    Raises what says that there is none to close. It takes no turn in the log: of an admission
    that comes at the same time the row of the objection decides which was first.
    """
    await conflicts.refuse_own(deployment, officer, id)
    async with braking.holding(deployment), DB.transaction():
        earlier = await idempotency.begin(once_)
        if earlier is None:
            done = await _reject(deployment, officer, id, decision, once_)
        elif earlier.response is None:
            # It was forgotten when the notice was redacted, and is made anew.
            objection = decision.objection or await _last_rejected(id)
            done = await _answered(deployment, await register.get(id), objection, once_)
        else:
            done = Done(id, earlier.response)
    return done


async def _reject(
    deployment: Deployment, officer: Person, id: str, decision: Decision, once_: Once | None
) -> Done:
    notice = await register.get(id)
    lifecycle.refuse_ended(notice.state)
    wanted = deciding.named(await deciding.waiting_about(id), decision.objection)
    objection, reason = str(deciding.open_one(wanted)["id"]), (decision.reason or "").strip()
    await braking.count(deployment, officer.actor, 1)
    await _close(deployment, officer, objection, reason)
    await idempotency.done(once_, id, None)
    done = await _answered(deployment, notice, objection, once_)
    act = Act(what="reject", by=officer.actor, notices=(id,), about=(objection,), text=reason)
    await journal.write(deployment.keys, act)
    return done


async def _answered(
    deployment: Deployment, notice: Notice, objection: str, once_: Once | None
) -> Done:
    body = Rejected(
        objection=ObjectionRejected(id=objection, status="rejected"),
        notice=notice.public(deployment),
    )
    answer = await idempotency.answer(once_, msgspec.json.encode(body).decode())
    return Done(notice.id, answer)


async def _close(deployment: Deployment, officer: Person, objection: str, reason: str) -> None:
    private = PrivateRejection(officer=officer, reason=reason)
    sealed = deployment.keys.sealer.seal(msgspec.json.encode(private), place(objection))
    asked, table = clock.HERE.now(), tables.Objection
    change = table.update(
        {table.status: "rejected", table.decided_at: NOW, table.decision: sealed}
    ).where(table.id == objection, table.status == "open")
    rows = await change.returning(table.decided_at)
    if not rows:
        raise NoOpenObjection
    clock.HERE.refuse_wrong(asked, rows[0]["decided_at"])


async def _last_rejected(notice: str) -> str:
    table = tables.Objection
    query = table.select(table.id).where(table.notice == notice, table.status == "rejected")
    rows = await query.order_by(table.decided_at, ascending=False).limit(1)
    return str(rows[0]["id"])
