"""Taking back a confirmation: from then on the notice is as well founded as it was before.

What has no effect without it awaits one again, claims nothing meanwhile, and what had ended for its
sake is back. Only an operator does this (`undoing`), of the last confirmation that stands.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import msgspec

from notices import records, register, tables
from notices.changing import following, restoring
from notices.changing.following import Doer, Followup
from notices.changing.restoring import PrivateRestoration
from notices.deployment import Deployment
from notices.facts import event_forms, lifecycle, periods, relations
from notices.facts.errors import NotAllowedNow, Refusal
from notices.facts.lifecycle import Event
from notices.facts.public.notice import Evidence
from notices.facts.requests import Declaration
from notices.journal import Act
from notices.log import Turn
from notices.records import PrivateRecord
from notices.register import Notice, claims
from notices.tables import EventPrivate, NoticePrivate


class Stays(NamedTuple):
    """A notice that had ended for the sake of the one that was confirmed, and is not back: why."""

    notice: str
    refusal: Refusal


class _Before(NamedTuple):
    """What a notice is without its last confirmation: how well founded, and whether it waits."""

    evidence: Evidence
    awaits: bool


async def unconfirm(
    deployment: Deployment, act: Act, id: str, others: Sequence[str], reason: str
) -> list[Stays]:
    """Take back the last confirmation of notice `id` (bare), for whose sake `others` had ended.

    Raises NotAllowedNow where none stands, or its certificate was replaced since.
    """
    stay: list[Stays] = []

    async def check(before: Notice, turn: Turn) -> Followup:
        standing = lifecycle.confirmations(before.events)
        lifecycle.refuse_unless_may_follow("unconfirmed", before.state)
        if not standing:
            raise NotAllowedNow
        to = await _before(deployment, before, standing[:-1])
        form = event_forms.unconfirmation(
            id, standing[-1].index, reason, awaits=to.awaits, ended=before.state.ended
        )
        return Followup(
            form,
            PrivateRestoration.of(act, reason),
            act,
            write=partial(_write, before, to, standing[-1].at),
            then=partial(_bring_back, deployment, act, others, reason, stay) if to.awaits else None,
        )

    await following.follow(deployment, id, "unconfirmed", check, lock=partial(claims.lock_of, id))
    return stay


async def _before(deployment: Deployment, before: Notice, left: Sequence[Event]) -> _Before:
    """What is left of the evidence by the confirmations that are left, and who declared."""
    kept = await records.private_of(deployment, before.id)
    awaited = await _was_awaited(deployment, before, kept)
    awaits = awaited and not left
    if await _is_of_agency(deployment, left):
        return _Before("issuer_confirmed", awaits)
    known = kept.declarant.verified and not awaited
    return _Before("identity_verified" if known else "self_declared", awaits)


async def _was_awaited(deployment: Deployment, before: Notice, kept: PrivateRecord) -> bool:
    """Whether it had no effect before it was confirmed; of a redacted one its form does not tell.

    Then it follows from what is sealed, as it did when that was declared.
    """
    if before.form is not None:
        return bool(before.form.awaiting)
    relation = NoticePrivate.select(NoticePrivate.relation).where(NoticePrivate.notice == before.id)
    [row] = await relation
    declaration = Declaration(number=kept.number, holder=kept.holder, relation=row["relation"])
    certificate = deployment.catalogue.certificates.get(await register.certificate_of(before))
    vouched = bool(kept.declarant.wards)
    return relations.awaits_confirmation(declaration, certificate, vouched=vouched)


async def _is_of_agency(deployment: Deployment, events: Sequence[Event]) -> bool:
    """Whether an agency gave one of these confirmations."""
    private = EventPrivate.select(EventPrivate.event, EventPrivate.sealed)
    for row in await private.where(
        EventPrivate.event.is_in([each.index for each in events] or [-1])
    ):
        opened = deployment.keys.sealer.open(row["sealed"], following.place(row["event"]))
        if msgspec.json.decode(opened, type=Doer).agency is not None:
            return True
    return False


async def _write(before: Notice, to: _Before, confirmed_at: datetime) -> None:
    table = tables.Notice
    of_this = table.id == before.id
    await table.update({table.evidence: to.evidence}).where(of_this)
    if not to.awaits:
        return
    await claims.await_again(before.id)
    await table.update({table.awaiting: True}).where(of_this)
    if before.ends_at == confirmed_at:
        # It was in effect from the confirmation on; the period had ended before.
        end = periods.end_of_life(before.events, before.period)
        to_end = table.update({table.effective_at: end.at, table.provisional: end.provisional})
        # Of a few notices of long ago it is not known any more.
        await to_end.where(of_this, table.period_from.is_not_null())


async def _bring_back(
    deployment: Deployment, act: Act, others: Sequence[str], reason: str, stay: list[Stays]
) -> list[str]:
    back = []
    stay.clear()
    for other in others:
        try:
            await restoring.refuse_unless_back(deployment, await register.get(other), "superseded")
        except Refusal as refusal:
            if refusal.status != 409:
                raise
            stay.append(Stays(other, refusal))
            continue
        await restoring.restore_also(deployment, act, other, "superseded", reason)
        back.append(other)
    return back
