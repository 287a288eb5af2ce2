"""What officers do: admit or dismiss an objection, annul a notice, remove what it says."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, cast

import msgspec

from notices import records, register, tables
from notices.changing import conflicts, exhibits, following, objecting
from notices.changing.exhibits import KeptFile
from notices.changing.following import Followup
from notices.deployment import Deployment
from notices.facts import event_forms, lifecycle, masking, periods
from notices.facts.errors import Invalid, Problem, refuse_wrong
from notices.facts.names import letters_of
from notices.facts.public.form import ContestedForm, DecidedForm, EventKind
from notices.facts.public.notice import UNDECIDED, ObjectionStatus
from notices.facts.refusals import NoOpenObjection, NotAnOfficer
from notices.facts.requests import Decision, Declaration, Redaction
from notices.facts.text_check import choice_problems, reason_problems, text_problems
from notices.idempotency import Done, Once
from notices.identity import Person
from notices.journal import Act, Did
from notices.log import Turn
from notices.register import Notice
from notices.tables.expressions import NOW

KINDS: dict[str, EventKind] = {"admit": "contested", "dismiss": "dismissed", "annul": "annulled"}
"""The event of each decision."""

REJECT = "reject"
"""The decision of which no event tells (`rejecting`), and whose reason is not published."""
DECISIONS = (*KINDS, REJECT)


class PrivateDecision(msgspec.Struct, kw_only=True):
    """Who decided, on which objection, and why in their own words."""

    officer: Person
    reason: str
    objection: str | None = None


def refuse_others(person: Person) -> None:
    if person.kind != "officer":
        raise NotAnOfficer


def check(decision: Decision, wrong: list[Problem]) -> None:
    """Raises Invalid with all problems, `wrong` among them."""
    problems = [
        *text_problems("objection", decision.objection),
        *choice_problems("decision", decision.decision, DECISIONS, required=True),
        *reason_problems("reason", decision.reason, published=decision.decision != REJECT),
    ]
    refuse_wrong(wrong, problems)


def check_redaction(redaction: Redaction, wrong: list[Problem]) -> str:
    """Its reason, which is not published; raises Invalid with all problems, `wrong` among them."""
    refuse_wrong(wrong, list(reason_problems("reason", redaction.reason)))
    return (redaction.reason or "").strip()


async def decide(
    deployment: Deployment,
    officer: Person,
    id: str,
    decision: Decision,
    once_: Once | None = None,
) -> Done:
    """Carry out a checked `decision` about notice `id` (bare)."""
    await conflicts.refuse_own(deployment, officer, id)
    kind = KINDS[decision.decision or ""]
    reason = (decision.reason or "").strip()

    async def check(before: Notice, turn: Turn) -> Followup:
        waiting = await waiting_about(before.id)
        wanted = named(waiting, decision.objection)
        lifecycle.refuse_unless_may_follow(kind, before.state)
        shown_reason = masking.one_line(reason)
        await _refuse_telling(deployment, before, shown_reason, waiting)
        match kind:
            case "contested":
                decided = _admit(before, wanted, shown_reason)
            case "dismissed":
                decided = _dismiss(before, turn.at, wanted, shown_reason)
            case _:
                decided = _annul(before, wanted, decision.objection, shown_reason)
        private = PrivateDecision(officer=officer, reason=reason, objection=decided.objection)
        about = () if decided.objection is None else (decided.objection,)
        act = Act(
            what=cast("Did", decision.decision), by=officer.actor, notices=(before.id,),
            about=about, text=reason,
        )  # fmt: skip
        return Followup(decided.form, private, act, write=decided.write)

    return await following.follow(deployment, id, kind, check, once_)


async def exhibit_of(notice: str) -> KeptFile | None:
    """The document that came with the declaration of `notice`, by its id."""
    table = tables.Exhibit
    query = table.select(table.file, table.media_type, table.size, table.sha256)
    row = await query.where(table.notice == notice).first()
    return None if row is None else KeptFile(*row.values())


async def redact(
    deployment: Deployment, officer: Person, id: str, reason: str, once_: Once | None = None
) -> Done:
    """`remove` what notice `id` (bare) says, as `officer` decided."""

    async def check(before: Notice, turn: Turn) -> Followup:
        private = PrivateDecision(officer=officer, reason=reason)
        act = Act(what="redact", by=officer.actor, notices=(id,), text=reason)
        return Followup(event_forms.redaction(id), private, act)

    await conflicts.refuse_own(deployment, officer, id)
    return await remove(deployment, id, check, once_)


async def remove(
    deployment: Deployment, id: str, check: following.Check, once_: Once | None = None
) -> Done:
    """Delete what opens the entries of notice `id` (bare), and every copy of it that is kept.

    Entries and proofs stay: whoever has a receipt of before can still prove what it said. The
    texts of earlier entries, and the notice's, go by a trigger of the entry that tells of it, the
    one way there is. `check` says by whom, or refuses.
    """

    async def checked(before: Notice, turn: Turn) -> Followup:
        followup = await check(before, turn)
        return replace(followup, write=partial(_forget_copies, id))

    exhibit = await exhibit_of(id)
    answer = await following.follow(deployment, id, "redacted", checked, once_)
    if exhibit is not None:  # of several notices of one pass it is the same
        await exhibits.take_away(deployment, exhibit.id)
    return answer


async def _forget_copies(id: str) -> None:
    # Answers that are kept for a repeated request hold the public form; it is made anew.
    kept = tables.Idempotency
    await kept.update({kept.response: None}).where(kept.notice == id)
    await tables.Exhibit.delete().where(tables.Exhibit.notice == id)


async def waiting_about(notice: str) -> list[Any]:
    """The objections to a notice that nobody has decided, the oldest first."""
    table = tables.Objection
    query = table.select(table.id, table.ground, table.status, table.sealed)
    query = query.where(table.notice == notice, table.status.is_in(list(UNDECIDED)))
    return await query.order_by(table.at, table.id)


def named(waiting: list[Any], objection: str | None) -> list[Any]:
    """Those of the `waiting` ones that a decision may be about; raises Invalid where none is."""
    wanted = [one for one in waiting if objection in (None, one["id"])]
    if objection is not None and not wanted:
        raise Invalid(problems=[Problem("objection", "no_such_objection")])
    return wanted


def open_one(wanted: list[Any]) -> Any:
    """The one that nobody has taken up; raises NoOpenObjection, or Invalid where several are."""
    candidates = [one for one in wanted if one["status"] == "open"]
    if not candidates:
        raise NoOpenObjection
    if len(candidates) > 1:
        raise Invalid(problems=[Problem("objection", "objection_of_several")])
    return candidates[0]


class _Decided(NamedTuple):
    """What the event of a decision shows, which objection it is about, and what that changes."""

    form: ContestedForm | DecidedForm
    objection: str | None
    write: Callable[[], Awaitable[None]] | None = None


async def _settle(objection: str, status: ObjectionStatus) -> None:
    table = tables.Objection
    await _change(objection, {table.status: status, table.decided_at: NOW})


async def _take_up(objection: str) -> None:
    await _change(objection, {tables.Objection.status: "admitted"})


async def _change(objection: str, to: dict[Any, Any]) -> None:
    """Raises NoOpenObjection where it was rejected since it was read, which needs no turn."""
    table = tables.Objection
    change = table.update(to).where(table.id == objection, table.status.is_in(list(UNDECIDED)))
    if not await change.returning(table.id):
        raise NoOpenObjection


def in_period(notice: Notice) -> bool:
    """Whether its notice period runs, and stands still once it is contested."""
    return notice.state.status == "declared" and notice.now < notice.ends_at


def was_in_period(notice: Notice) -> bool:
    """Whether a contest stopped its period; what awaits a confirmation may have none left."""
    contest = lifecycle.contest_of(notice.events)
    return notice.state.before == "declared" and contest is not None and contest.at < notice.ends_at


def _admit(before: Notice, wanted: list[Any], shown_reason: str) -> _Decided:
    one = open_one(wanted)
    form = event_forms.contest(before.id, one["ground"], shown_reason, running=in_period(before))
    return _Decided(form, one["id"], partial(_take_up, one["id"]))


def _dismiss(before: Notice, at: datetime, wanted: list[Any], shown_reason: str) -> _Decided:
    admitted = [one for one in wanted if one["status"] == "admitted"]
    if not admitted:
        raise Invalid(problems=[Problem("objection", "no_such_objection")])
    objection: str = admitted[0]["id"]
    running = was_in_period(before)

    async def write() -> None:
        await _settle(objection, "dismissed")
        if running:
            await go_on(before, at)

    form = event_forms.dismissal(before.id, shown_reason, running=running)
    return _Decided(form, objection, write)


async def go_on(before: Notice, at: datetime) -> None:
    """Let the notice period that stood still take up again."""
    contest = lifecycle.contest_of(before.events)
    if contest is None:
        raise RuntimeError("A period stands still since an objection was admitted.")
    end = periods.resumed(
        before.published_at,
        before.ends_at,
        contest.at,
        at,
        # Of a few notices of long ago it is not known any more.
        before.period.unit if before.period else "calendar_day",
    )
    table = tables.Notice
    await table.update({table.effective_at: end.at, table.provisional: end.provisional}).where(
        table.id == before.id
    )


def _annul(before: Notice, wanted: list[Any], named: str | None, shown_reason: str) -> _Decided:
    """The objection that was named or admitted was right; the others have nothing to be about."""
    upheld = next(
        (one["id"] for one in wanted if named is not None or one["status"] == "admitted"), None
    )
    write = None if upheld is None else partial(_settle, upheld, "upheld")
    return _Decided(event_forms.annulment(before.id, shown_reason), upheld, write)


async def _refuse_telling(
    deployment: Deployment, before: Notice, reason: str, waiting: list[Any]
) -> None:
    """Raises Invalid for a reason that names whom or what the notice does not show."""
    kept = await records.private_of(deployment, before.id)
    certificate = deployment.catalogue.certificates.get(await register.certificate_of(before))
    declaration = Declaration(number=kept.number, holder=kept.holder)
    objectors = [
        objecting.private_of(deployment, one["id"], one["sealed"]).objector.name for one in waiting
    ]
    names = [*objectors, kept.declarant.name]
    shown = certificate is not None and certificate.public_holder_name == "full"
    if kept.holder.kind == "person" and not shown:
        names.append(kept.holder.name or "")
    problems = []
    if masking.tells(reason, masking.secrets_of(declaration, certificate)):
        problems.append(Problem("reason", "personal_number"))
    letters = letters_of(reason)
    if any(len(name) > 1 and name in letters for name in map(letters_of, names)):
        problems.append(Problem("reason", "private_name"))
    if problems:
        raise Invalid(problems=problems)
