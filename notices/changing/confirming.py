"""Confirming a declaration: as the certificate's issuer, or as an officer for somebody else's.

What was declared for somebody else takes effect with it, and claims its number from then on.
"""

import msgspec

from notices import register, tables
from notices.agencies import Agency
from notices.changing import following, issuing
from notices.changing.following import Followup
from notices.deployment import Deployment
from notices.facts import followups, lifecycle
from notices.facts.errors import AlreadyDeclared
from notices.facts.public.form import ConfirmedForm
from notices.facts.refusals import AlreadyConfirmed, NothingAwaited
from notices.identity import Person
from notices.log import Turn
from notices.once import Once
from notices.register import Notice, claims
from notices.tables.expressions import greatest


class Private(msgspec.Struct, kw_only=True):
    """Whose key it was, or which officer."""

    agency: str | None = None
    officer: Person | None = None


async def confirm(
    deployment: Deployment, by: Agency | Person, id: str, once_: Once | None = None
) -> str:
    """Confirm notice `id` (bare); the 201's body as JSON.

    An agency confirms what its certificates are about, an officer only what awaits it. Raises
    AlreadyDeclared where somebody else has a notice of that paper in effect.
    """

    async def change(before: Notice, turn: Turn) -> Followup:
        if isinstance(by, Agency):
            issuing.refuse_others(by, before)
        else:
            _refuse_unless_awaited(before)
        lifecycle.refuse_unless_may_follow("confirmed", before.state)
        if before.evidence == "issuer_confirmed":
            raise AlreadyConfirmed
        form, others = await _take_effect(deployment, by, before, turn)
        if isinstance(by, Agency):
            table = tables.Notice
            await table.update({table.evidence: "issuer_confirmed"}).where(table.id == id)
            return Followup(form, Private(agency=by.id), supersedes=others)
        return Followup(form, Private(officer=by), supersedes=others)

    async def lock() -> None:
        await claims.lock_of(id)

    return await following.follow(deployment, id, "confirmed", change, once_, lock)


def _refuse_unless_awaited(before: Notice) -> None:
    if before.state.awaiting:
        return
    lifecycle.refuse_unless_may_follow("confirmed", before.state)
    if before.confirmed:
        raise AlreadyConfirmed
    raise NothingAwaited


async def _take_effect(
    deployment: Deployment, by: Agency | Person, before: Notice, turn: Turn
) -> tuple[ConfirmedForm, list[str]]:
    """What the event shows, and which notices it ends: those that awaited the same paper's."""
    agency = by.name if isinstance(by, Agency) else None
    if not before.state.awaiting:
        return followups.confirmation(before.id, agency or ""), []
    taken = await claims.confirm(before.id)
    if taken is not None:
        raise AlreadyDeclared((await register.get(taken)).existing(deployment))
    table = tables.Notice
    await table.update(
        {table.awaiting: False, table.effective_at: greatest(table.effective_at, turn.at)}
    ).where(table.id == before.id)
    others = await claims.unconfirmed_beside(before.id)
    return followups.confirmation_for_another(before.id, agency), others
