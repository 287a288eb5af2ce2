"""Pages on which a declarant takes a notice back or corrects it."""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from notices import idempotency, register
from notices.changing import amending, unfinished
from notices.facts import event_forms, lifecycle
from notices.facts.errors import NotTheDeclarant, Problem, Refusal
from notices.facts.public.form import EventKind
from notices.facts.requests import Correction, Withdrawal
from notices.facts.texts import CHINA
from notices.identity import Person
from notices.pages import again, done, region_field, rendering
from notices.pages.submitting import Submission, carried_out
from notices.register import Notice
from notices.web import forms
from notices.web.authentication import AnyRequest


def _clerical(found: Notice) -> tuple[str, ...]:
    """The fields that may be corrected; what an issuer confirmed stays."""
    return tuple(
        name
        for name in event_forms.CORRECTABLE
        if name not in amending.SWORN or not found.confirmed
    )


def _shown(found: Notice) -> dict[str, str | None]:
    """The same as the notice has them."""
    return {name: getattr(found.form, name, None) for name in _clerical(found)}


async def _refuse_others(request: AnyRequest, person: Person, found: Notice) -> None:
    """Raises NotTheDeclarant."""
    if not await amending.is_declarant(request.app.state.deployment, person, found.id):
        raise NotTheDeclarant


async def _form(
    request: AnyRequest,
    template: str,
    found: Notice,
    values: dict[str, Any],
    hidden: dict[str, str],
    problems: list[Problem],
) -> Response[str]:
    deployment, form = request.app.state.deployment, found.form
    certificate = deployment.catalogue.certificates.get(form.certificate if form else "")
    return await rendering.page(
        request,
        template,
        status=422 if problems else 200,
        cache=rendering.NEVER_KEPT,
        notice=found.public(deployment),
        issuers=region_field.issuers(deployment, certificate, form.region if form else ""),
        values=values,
        problems=problems,
        errors=rendering.by_field(problems),
        hidden=hidden,
        today=datetime.now(UTC).astimezone(CHINA).date().isoformat(),
    )


@get("/notices/{id:str}/withdraw", include_in_schema=False)
async def withdraw_form(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """Why a notice is taken back."""
    found = await register.get(id)
    person = await request.user.signed_in()
    await _refuse_others(request, person, found)
    if told := _too_late(request, "withdrawn", found):
        return told
    key, sent = await again.sent(request, person, f"/notices/{found.id}/withdraw")
    hidden = again.hidden(request, person, key)
    return await _form(request, "withdraw.html", found, sent.fields, hidden, sent.wrong)


@post("/notices/{id:str}/withdraw", include_in_schema=False)
async def withdraw(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """Take a notice back."""
    given, found = await forms.fields(request), await register.get(id)
    form = Withdrawal(reason=forms.filled(given, "reason"))

    async def act(sent: Submission) -> Response[Any]:
        await _refuse_others(request, sent.person, found)
        reason = amending.check_withdrawal(form)
        here = request.app.state.deployment
        await amending.withdraw(here, sent.person, found.id, reason, sent.once)
        return await _back_to(request, sent, found, "withdrawn")

    path = f"/notices/{found.id}/withdraw"
    return await carried_out(request, path, given, ("reason",), form.reason, act)


@get("/notices/{id:str}/correct", include_in_schema=False)
async def correct_form(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """The clerical fields of a notice, to be corrected."""
    found = await register.get(id)
    person = await request.user.signed_in()
    await _refuse_others(request, person, found)
    if told := _too_late(request, "corrected", found):
        return told
    key, sent = await again.sent(request, person, f"/notices/{found.id}/correct")
    shown = _shown(found)
    values = {name: sent.fields.get(name, shown[name] or "") for name in shown}
    hidden = again.hidden(request, person, key)
    return await _form(request, "correct.html", found, values, hidden, sent.wrong)


@post("/notices/{id:str}/correct", include_in_schema=False)
async def correct(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """Correct clerical fields of a notice."""
    given, found = forms.with_days(await forms.fields(request)), await register.get(id)
    filled = {name: forms.filled(given, name) for name in _clerical(found)}

    async def act(sent: Submission) -> Response[Any]:
        await _refuse_others(request, sent.person, found)
        if await idempotency.known(
            sent.once
        ):  # pressed twice, and what was corrected is shown by now
            return await _back_to(request, sent, found, "corrected")
        here, now = request.app.state.deployment, datetime.now(UTC)
        shown = _shown(found)
        # What was left as it stands is no correction: it was right by the rules of its day.
        changed = {name: text for name, text in filled.items() if text != shown[name]}
        changes = amending.check_correction(here, Correction(**changed), now)
        await amending.correct(here, sent.person, found.id, changes, now=now, once_=sent.once)
        return await _back_to(request, sent, found, "corrected")

    path = f"/notices/{found.id}/correct"
    return await carried_out(request, path, given, tuple(filled), filled, act)


def _too_late(request: AnyRequest, kind: EventKind, found: Notice) -> Response[str] | None:
    """To the notice, which says why `kind` cannot happen to it any more; None while it may.

    Whoever goes back to the form after it was sent comes here: nothing is asked once more.
    """
    try:
        lifecycle.refuse_unless_may_follow(kind, found.state)
    except Refusal as refusal:
        again = kind == found.state.ended_by
        word, path = "withdrawn-before" if again else refusal.code, f"/notices/{found.id}"
        if word not in done.WORDS:
            raise
        return rendering.see_done(request, path, word)
    return None


async def _back_to(
    request: AnyRequest, sent: Submission, found: Notice, word: str
) -> Response[Any]:
    """To the notice, which says `word`; a form of before, with something wrong, is forgotten."""
    await unfinished.forget(request.app.state.deployment, sent.person, sent.key)
    return rendering.see_done(request, f"/notices/{found.id}", word)


HANDLERS = [withdraw_form, withdraw, correct_form, correct]
