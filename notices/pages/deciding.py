"""The forms of the desk: an officer decides, confirms, or removes what a notice says."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from notices import register
from notices.changing import cases, confirming, deciding, rejecting, setting_aside, unfinished
from notices.changing.cases import Case
from notices.changing.draft import Draft
from notices.facts import lifecycle
from notices.facts.errors import AlreadyDeclared, Invalid, Problem, Refusal, refuse_wrong
from notices.facts.excess import TooManyChanges
from notices.facts.notice_ids import printed
from notices.facts.public.form import EventKind
from notices.facts.refusals import NothingSetAside
from notices.facts.requests import Decision, Redaction
from notices.facts.text_check import reason_problems, text_problems
from notices.facts.texts import Message, Text
from notices.idempotency import Done
from notices.identity import Person
from notices.pages import again, desk, rendering
from notices.pages.desk import CLOSED
from notices.pages.submitting import Submission, carried_out
from notices.web import forms
from notices.web.authentication import AnyRequest

FIELDS = Decision.__struct_fields__
SET_ASIDE = ("which", "reason")
OF_NONE = "none"
"""What the form says where a decision is about no objection; nothing is chosen in advance."""
TOO_LATE = "too_late"
STANDS = Message("{why}（编号 {number}）")

Act = Callable[[Submission], Awaitable[Done]]


async def _form(
    request: AnyRequest,
    id: str,
    act: str,
    refuse: Callable[[Case], None],
    fields: tuple[str, ...] = (),
) -> Response[str]:
    """The form for an `act` about notice `id`, unless `refuse` says why there is none.

    Where something was wrong with it or it came too late, it is shown as it was sent.
    """
    looker = await desk.looker(request)
    officer = looker.officer
    found = await cases.of(looker.deployment, id, None if act == "redact" else looker)
    key, sent = await again.sent(request, officer, _path(found.notice.id, act))
    if not sent.step:
        refuse(found)
    problems = sent.wrong
    late = any(one.code == TOO_LATE for one in problems)
    return await desk.page(
        request,
        f"desk_{act.replace('-', '_')}.html",
        found,
        status=409 if late else 422 if problems else 200,
        values={name: sent.fields.get(name, "") for name in fields},
        problems=problems,
        late=late,
        errors=rendering.by_field(problems),
        hidden=again.hidden(request, officer, key),
    )


def _refuse_unless(kind: EventKind) -> Callable[[Case], None]:
    return lambda found: lifecycle.refuse_unless_may_follow(kind, found.notice.state)


def _refuse_with_nothing(found: Case) -> None:
    if not (found.rivals or found.flags):
        raise NothingSetAside


def _path(id: str, act: str) -> str:
    return f"{desk.DESK}/{id}/{act}"


async def _sent(
    request: AnyRequest,
    id: str,
    name: str,
    given: dict[str, str],
    fields: tuple[str, ...],
    act: Callable[[Person, Submission], Awaitable[tuple[str, Done]]],
) -> Response[Any]:
    """Carries out what `act` does about notice `id`: once, and by an officer.

    Then it leads back to the list. What came too late comes again with what was typed, beside
    what the notice is by now.
    """

    async def decided(sent: Submission) -> Response[Any]:
        deciding.refuse_others(sent.person)
        try:
            word, done = await act(sent.person, sent)
        except Refusal as refusal:
            if isinstance(refusal, TooManyChanges):
                raise Invalid(problems=[Problem("", "held", {"why": refusal.detail})]) from refusal
            why = _too_late(refusal)
            if why is None:
                raise
            raise Invalid(problems=[Problem("", TOO_LATE, {"why": why})]) from refusal
        return await _back(request, sent, word, done.id)

    filled = {field: given.get(field, "") for field in fields}
    return await carried_out(request, _path(id, name), given, fields, filled, decided)


def _too_late(refusal: Refusal) -> Text | None:
    """Why it came too late, and which notice is in the way; None where something else is wrong."""
    if isinstance(refusal, AlreadyDeclared):
        return STANDS.format(why=refusal.detail, number=printed(refusal.existing.id))
    gone = [one for one in refusal.problems if one.code == "no_such_objection"]
    if gone:
        return gone[0].message
    return refusal.detail if refusal.status == 409 else None


async def _back(request: AnyRequest, sent: Submission, word: str, id: str) -> Response[Any]:
    """To the lists, which say what was done: to the officer who did it, and in no address."""
    here, session = request.app.state.deployment, request.user.session
    done = Draft(step=desk.DESK, published=(word, id))
    await unfinished.finish(here, sent.person, session, sent.key, done)
    return again.to(request, desk.DESK, sent.key)


@get("/desk/{id:str}/decide", include_in_schema=False, opt=CLOSED)
async def decide_form(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """What an officer may decide about a notice, and why."""
    return await _form(request, id, "decide", _refuse_unless("annulled"), FIELDS)


@post("/desk/{id:str}/decide", include_in_schema=False)
async def decide(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """Admit, reject or dismiss an objection, or annul the notice."""
    given, found = await forms.fields(request), await register.get(id)
    filled = {name: forms.filled(given, name) for name in FIELDS}
    if filled["objection"] == OF_NONE:
        filled["objection"] = None
    decision = Decision(**filled)

    async def act(officer: Person, sent: Submission) -> tuple[str, Done]:
        deciding.check(decision, [])
        here = request.app.state.deployment
        does = rejecting.reject if decision.decision == deciding.REJECT else deciding.decide
        done = await does(here, officer, found.id, decision, sent.once)
        return decision.decision or "", done

    return await _sent(request, found.id, "decide", given, FIELDS, act)


@get("/desk/{id:str}/confirm", include_in_schema=False, opt=CLOSED)
async def confirm_form(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """What somebody declared for somebody else, to be confirmed."""
    return await _form(
        request, id, "confirm", lambda found: confirming.refuse_unless_awaited(found.notice)
    )


@post("/desk/{id:str}/confirm", include_in_schema=False)
async def confirm(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """Let it take effect."""
    given, found = await forms.fields(request), await register.get(id)

    async def act(officer: Person, sent: Submission) -> tuple[str, Done]:
        here = request.app.state.deployment
        return "confirm", await confirming.confirm(here, officer, found.id, sent.once)

    return await _sent(request, found.id, "confirm", given, (), act)


@get("/desk/{id:str}/set-aside", include_in_schema=False, opt=CLOSED)
async def set_aside_form(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """Which refused declaration, or which flag, needs nothing more to be done, and why."""
    return await _form(request, id, "set-aside", _refuse_with_nothing, SET_ASIDE)


@post("/desk/{id:str}/set-aside", include_in_schema=False)
async def set_aside(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """Set it aside: no notice changes, and nothing is published."""
    given, found = await forms.fields(request), await register.get(id)
    which, reason = (forms.filled(given, name) for name in SET_ASIDE)

    async def act(officer: Person, sent: Submission) -> tuple[str, Done]:
        refuse_wrong(
            [], [*text_problems("which", which, required=True), *reason_problems("reason", reason)]
        )
        here = request.app.state.deployment
        done = await setting_aside.set_aside(
            here, officer, found.id, which or "", (reason or "").strip(), sent.once
        )
        return "set_aside", done

    return await _sent(request, found.id, "set-aside", given, SET_ASIDE, act)


@get("/desk/{id:str}/redact", include_in_schema=False, opt=CLOSED)
async def redact_form(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """What is to be removed, and why."""
    return await _form(request, id, "redact", _refuse_unless("redacted"), ("reason",))


@post("/desk/{id:str}/redact", include_in_schema=False)
async def redact(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """Remove what a notice says for good."""
    given, found = await forms.fields(request), await register.get(id)
    redaction = Redaction(reason=forms.filled(given, "reason"))

    async def act(officer: Person, sent: Submission) -> tuple[str, Done]:
        reason = deciding.check_redaction(redaction, [])
        here = request.app.state.deployment
        return "redact", await deciding.redact(here, officer, found.id, reason, sent.once)

    return await _sent(request, found.id, "redact", given, ("reason",), act)


HANDLERS = [
    decide_form, decide, confirm_form, confirm, set_aside_form, set_aside, redact_form, redact,
]  # fmt: skip
