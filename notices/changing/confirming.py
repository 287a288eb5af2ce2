"""Confirming a declaration: as the certificate's issuer, or as an officer for somebody else's.

What was declared for somebody else takes effect with it, and claims its number from then on.
"""

from datetime import datetime

from notices import register, tables
from notices.agencies import Agency
from notices.changing import conflicts, following, issuing
from notices.changing.following import Doer, Followup
from notices.deployment import Deployment
from notices.facts import event_forms, lifecycle
from notices.facts.errors import AlreadyDeclared
from notices.facts.refusals import AlreadyConfirmed, NothingAwaited
from notices.idempotency import Done, Once
from notices.identity import Person
from notices.journal import Act
from notices.log import Turn
from notices.register import Notice, beside, claims
from notices.tables.expressions import greatest


async def confirm(
    deployment: Deployment, by: Agency | Person, id: str, once_: Once | None = None
) -> Done:
    """Confirm notice `id` (bare).

    An agency confirms what its certificates are about, an officer only what awaits it. Raises
    AlreadyDeclared where somebody else has a notice of that paper in effect.
    """

    agency = by if isinstance(by, Agency) else None
    person = agency.staff if agency is not None else by
    if isinstance(person, Person):
        await conflicts.refuse_own(deployment, person, id)

    async def check(before: Notice, turn: Turn) -> Followup:
        if agency is not None:
            issuing.refuse_others(agency, before)
        else:
            refuse_unless_awaited(before)
        lifecycle.refuse_unless_may_follow("confirmed", before.state)
        if before.evidence == "issuer_confirmed":
            raise AlreadyConfirmed
        name = agency.name if agency is not None else None
        others: list[str] = []
        if before.state.awaiting:
            others = await _others(deployment, id)
            form = event_forms.confirmation_for_another(id, name)
        else:
            form = event_forms.confirmation(id, name or "")

        async def write() -> None:
            if before.state.awaiting:
                await _take_effect(id, turn.at)
            if agency is not None:
                table = tables.Notice
                await table.update({table.evidence: "issuer_confirmed"}).where(table.id == id)

        act = Act(what="confirm", by=by.actor, notices=(id, *others))
        return Followup(form, _doer(by), act, others, write)

    async def lock() -> None:
        await claims.lock_of(id)

    return await following.follow(deployment, id, "confirmed", check, once_, lock)


def refuse_unless_awaited(before: Notice) -> None:
    """Raises what says why there is nothing for an officer to confirm."""
    if before.state.awaiting:
        return
    lifecycle.refuse_unless_may_follow("confirmed", before.state)
    if before.confirmed:
        raise AlreadyConfirmed
    raise NothingAwaited


async def _others(deployment: Deployment, id: str) -> list[str]:
    """The notices that await a confirmation too, of the same paper, and end with this one's."""
    taken = await beside.confirmed_beside(id)
    if taken is not None:
        raise AlreadyDeclared((await register.get(taken)).existing(deployment))
    return await beside.unconfirmed_beside(id)


def _doer(by: Agency | Person) -> Doer:
    return Doer(agency=by.id) if isinstance(by, Agency) else Doer(officer=by)


async def _take_effect(id: str, at: datetime) -> None:
    """What was declared for somebody else claims its number, and is in effect not before `at`."""
    await claims.confirm(id)
    table = tables.Notice
    await table.update(
        {table.awaiting: False, table.effective_at: greatest(table.effective_at, at)}
    ).where(table.id == id)
