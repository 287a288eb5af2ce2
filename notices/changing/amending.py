"""Withdrawing and correcting a notice, which only its declarant may."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, get_args

import msgspec

from notices import matching_keys, records
from notices.changing import following
from notices.changing.following import Followup
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import declaration_check, disclosure, event_forms
from notices.facts.errors import Invalid, NotTheDeclarant, Problem, TooManyCorrections, refuse_wrong
from notices.facts.public.form import PublicForm, Reason
from notices.facts.refusals import ConfirmedAlready
from notices.facts.requests import Correction, Declaration, Withdrawal
from notices.facts.text_check import choice_problems, given
from notices.facts.texts import CHINA
from notices.idempotency import Done, Once
from notices.identity import Person, hashes_of_acting
from notices.log import Turn
from notices.register import Notice

MOST_CORRECTIONS = 20
"""Of one notice: each stays in its history and in every answer that shows it."""

SWORN = ("issuer", "issued_on")
"""What a confirmation was about: who issued the certificate, and when."""

REASONS = get_args(Reason)


_ACTS_FOR = (
    "SELECT 1 FROM notice_private WHERE notice = $1 AND (holder_hash = ANY($2::bytea[])"
    " OR relation <> 'self' AND declarant_hash = ANY($2::bytea[]))"
)


async def is_declarant(deployment: Deployment, person: Person, id: str) -> bool:
    """Whether `person` acts for the holder of notice `id`, or declared it for them."""
    row = await DB.row(_ACTS_FOR, id, await _acting(deployment, person))
    return row is not None and not person.is_staff


# Two looks and not an OR, and OFFSET 0 keeps the order out of both: or the planner might read all
# notices from the newest on until enough are theirs.
_OWN = """(
(SELECT notice FROM notice_private WHERE holder_hash = ANY($1::bytea[]) OFFSET 0)
UNION ALL (SELECT notice FROM notice_private WHERE declarant_hash = ANY($1::bytea[])
 AND holder_hash <> ALL($1::bytea[]) AND relation <> 'self' OFFSET 0)
) own"""
_NEWEST = f"SELECT notice FROM {_OWN} ORDER BY notice DESC LIMIT $2 OFFSET $3"  # noqa: S608  (our own text)
_ENDING = f"""
SELECT n.id FROM {_OWN} CROSS JOIN LATERAL (SELECT id, agreed_until FROM notice
  WHERE id = own.notice AND form IS NOT NULL AND agreed_until <= $2 OFFSET 0) n
ORDER BY n.agreed_until, n.id LIMIT $3
"""  # noqa: S608  (likewise)


async def declared_by(
    deployment: Deployment, person: Person, limit: int, skip: int = 0
) -> list[str]:
    """The ids of the notices whose declarant `person` is, the newest first, after `skip`.

    Staff is nobody's: what they declared for themselves is theirs when they sign in as themselves.
    """
    if person.is_staff:
        return []
    hashes = await _acting(deployment, person)
    return [row["notice"] for row in await DB.fetch(_NEWEST, hashes, limit, skip)]


async def ending_of(
    deployment: Deployment, person: Person, before: datetime, limit: int
) -> list[str]:
    """Those of them whose public term, as it was agreed to, ends `before`, the first to end first.

    They are the oldest: whoever has many would look for them on the last pages.
    """
    if person.is_staff:
        return []
    hashes = await _acting(deployment, person)
    return [row["id"] for row in await DB.fetch(_ENDING, hashes, before, limit)]


async def _acting(deployment: Deployment, person: Person) -> list[bytes]:
    """By what whoever `person` acts for is found."""
    await matching_keys.sure(deployment.keys)
    return hashes_of_acting(deployment.keys.matching.both, person)


def check_withdrawal(withdrawal: Withdrawal, wrong: Sequence[Problem] = ()) -> str:
    """The reason, one of REASONS; raises Invalid with all problems, `wrong` among them."""
    problems = choice_problems("reason", withdrawal.reason, REASONS, required=True)
    refuse_wrong(list(wrong), list(problems))
    return withdrawal.reason or ""


async def withdraw(
    deployment: Deployment, person: Person, id: str, reason: str, once_: Once | None = None
) -> Done:
    """Take notice `id` (bare) back.

    `reason` is what `check_withdrawal` returned.
    """
    await _refuse_strangers(deployment, person, id)

    async def check(before: Notice, turn: Turn) -> Followup:
        return Followup(event_forms.withdrawal(before.id, reason))

    return await following.follow(deployment, id, "withdrawn", check, once_)


async def _refuse_strangers(deployment: Deployment, person: Person, id: str) -> None:
    if not await is_declarant(deployment, person, id):
        raise NotTheDeclarant


Changes = dict[str, Any]
"""New values of clerical fields, None for one that is emptied."""


def check_correction(
    deployment: Deployment,
    correction: Correction,
    now: datetime,
    wrong: Sequence[Problem] = (),
) -> Changes:
    """What is to change; raises Invalid for what is wrong in itself, whatever the notice says.

    `wrong` is told with it.
    """
    changes: Changes = {
        name: given(value) if isinstance(value, str) else value
        for name, value in msgspec.structs.asdict(correction).items()
        if value is not msgspec.UNSET
    }
    if not changes and not wrong:
        raise Invalid(problems=[Problem("", "nothing_changed")])
    _refuse_wrong(deployment, Declaration(**changes), changes, now, wrong)
    return changes


def _refuse_wrong(
    deployment: Deployment,
    corrected: Declaration,
    changes: Changes,
    now: datetime,
    wrong: Sequence[Problem] = (),
) -> None:
    today = now.astimezone(CHINA).date()
    checked = declaration_check.check(corrected, deployment.catalogue, deployment.regions, today)
    # Two dates out of order are told at the second of them, whichever was changed.
    touched = {*changes, "lost_on"} if "issued_on" in changes else changes.keys()
    refuse_wrong(list(wrong), [problem for problem in checked if problem.field in touched])


async def correct(
    deployment: Deployment,
    person: Person,
    id: str,
    changes: Changes,
    *,
    now: datetime,
    once_: Once | None = None,
) -> Done:
    """Correct clerical fields of notice `id` (bare).

    `changes` are what `check_correction` returned. Raises Invalid for what does not fit the
    notice as it is when its turn comes.
    """
    await _refuse_strangers(deployment, person, id)

    async def check(before: Notice, turn: Turn) -> Followup:
        if sum(event.kind == "corrected" for event in before.events) >= MOST_CORRECTIONS:
            raise TooManyCorrections(most=MOST_CORRECTIONS)
        old = before.form
        assert old is not None  # noqa: S101  (what lacks its text was refused)
        if before.confirmed and any(
            getattr(old, name) != changes.get(name, getattr(old, name)) for name in SWORN
        ):
            raise ConfirmedAlready
        kept = await records.private_of(deployment, before.id)
        clerical = {name: getattr(old, name) for name in event_forms.CORRECTABLE} | changes
        corrected = Declaration(
            certificate=old.certificate, number=kept.number, holder=kept.holder, **clerical
        )
        _refuse_wrong(deployment, corrected, changes, now)
        certificate = deployment.catalogue.certificates.get(corrected.certificate or "")
        new = disclosure.corrected(old, changes, corrected, certificate)
        if new == old:
            raise Invalid(problems=[Problem("", "nothing_changed")])
        write = partial(_write_corrected, before.id, new)
        return Followup(event_forms.correction(before.id, old, new), write=write)

    return await following.follow(deployment, id, "corrected", check, once_)


async def _write_corrected(id: str, new: PublicForm) -> None:
    fields = {name: getattr(new, name) for name in event_forms.CORRECTABLE}
    await DB.fetch(
        # What else the form has stays as it is, known to this version or not.
        "UPDATE notice SET form = form || $2::jsonb WHERE id = $1",
        id,
        msgspec.json.encode(fields).decode(),
    )
