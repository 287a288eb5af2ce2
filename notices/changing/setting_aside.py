"""An officer has looked at it, and nothing is to be done: a rival, or a flag, waits no more.

No notice changes and nothing is published; who, and why, is sealed with it and in the audit log.
"""

import re
from typing import Any

import msgspec

from notices import idempotency, journal, tables
from notices.changing import braking, conflicts, rivals
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.refusals import NothingSetAside, OwnCase
from notices.idempotency import Done, Once
from notices.identity import Person
from notices.journal import Act
from notices.tables.expressions import NOW

_WHICH = re.compile(r"(rival|flag) ([0-9]{1,17})", re.ASCII)


class PrivateSettlement(msgspec.Struct, kw_only=True):
    """Who set something aside, and why in their own words."""

    officer: Person
    reason: str


def place(which: str) -> bytes:
    """What the decision about it is sealed under."""
    return f"{which} decision".encode()


async def set_aside(
    deployment: Deployment,
    officer: Person,
    notice: str,
    which: str,
    reason: str,
    once_: Once | None = None,
) -> Done:
    """`which` of notice `notice` (bare), such as `rival 7`, waits no more.

    Raises NothingSetAside where it does not wait, and OwnCase where either side is the officer's.
    """
    await conflicts.refuse_own(deployment, officer, notice)
    kind, number = _named(which)
    table: Any = tables.Rival if kind == "rival" else tables.Flag
    private = msgspec.json.encode(PrivateSettlement(officer=officer, reason=reason))
    async with braking.holding(deployment), DB.transaction():
        earlier = await idempotency.begin(once_)
        if earlier is not None:
            return Done(notice, earlier.response or "")
        waits = (table.id == number, table.notice == notice, table.set_aside_at.is_null())
        rows = await table.select().where(*waits).lock_rows()
        if not rows:
            raise NothingSetAside
        if kind == "rival":
            declarant = rivals.private_of(deployment, rows[0]).declarant
            if declarant is not None and conflicts.are_one(deployment, officer, declarant):
                raise OwnCase
        await braking.count(deployment, officer.actor, 1)
        sealed = deployment.keys.sealer.seal(private, place(which))
        change = table.update({table.set_aside_at: NOW, table.decision: sealed})
        await change.where(table.id == number)
        await idempotency.done(once_, notice, None)
        done = Done(notice, await idempotency.answer(once_, ""))
        act = Act(
            what="set_aside", by=officer.actor, notices=(notice,), about=(which,), text=reason
        )
        await journal.write(deployment.keys, act)
    return done


def _named(which: str) -> tuple[str, int]:
    found = _WHICH.fullmatch(which)
    if found is None:
        raise NothingSetAside
    return found[1], int(found[2])
