"""Pages on which a declarant takes a notice back or corrects it."""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from notices import once, register
from notices.changing import amending, unfinished
from notices.facts import followups, lifecycle
from notices.facts.errors import Invalid, NotTheDeclarant, Problem, SignInRequired
from notices.facts.forms import Correction
from notices.facts.texts import CHINA
from notices.identity import Person
from notices.register import Notice
from notices.web import again, region_field, rendering, sign_in, typed
from notices.web.authentication import AnyRequest


def _clerical(found: Notice) -> tuple[str, ...]:
    """The fields that may be corrected; what an issuer confirmed stays."""
    return tuple(
        name for name in followups.CORRECTABLE if name not in amending.SWORN or not found.confirmed
    )


def _shown(found: Notice) -> dict[str, str | None]:
    """The same as the notice has them."""
    return {name: getattr(found.form, name, None) for name in _clerical(found)}


async def _own(request: AnyRequest, found: Notice, of: str = "") -> Person:
    """The notice's declarant, who is asking; raises SignInRequired or NotTheDeclarant."""
    person = await again.sender(request, of)
    if not await amending.is_declarant(request.app.state.deployment, person, found.id):
        raise NotTheDeclarant
    return person


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
    person = await _own(request, found)
    lifecycle.refuse_unless_may_follow("withdrawn", found.state)
    key, sent = await again.sent(request, person, f"/notices/{found.id}/withdraw")
    hidden = again.hidden(request, person, key)
    return await _form(request, "withdraw.html", found, sent.fields, hidden, sent.wrong)


@post("/notices/{id:str}/withdraw", include_in_schema=False)
async def withdraw(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """Take a notice back."""
    given, found = await typed.fields(request), await register.get(id)
    path = f"/notices/{found.id}/withdraw"
    try:
        return await _withdraw(request, found, path, given)
    except SignInRequired:
        return await sign_in.again_for(request, given, path)


async def _withdraw(
    request: AnyRequest, found: Notice, path: str, given: dict[str, str]
) -> Response[Any]:
    person = await _own(request, found, given.get("of", ""))
    reason = typed.filled(given, "reason")
    once_ = again.once_of(request, person, path, given, reason)
    key = again.key_in(given.get("key", ""))
    try:
        reason = amending.check_withdrawal(reason)
        await amending.withdraw(request.app.state.deployment, person, found.id, reason, once_)
    except Invalid as refusal:
        filled = {"reason": given.get("reason", "")}
        return await again.wrong(request, person, path, key, filled, refusal.problems)
    return await _back_to(request, person, found, key)


@get("/notices/{id:str}/correct", include_in_schema=False)
async def correct_form(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """The clerical fields of a notice, to be corrected."""
    found = await register.get(id)
    person = await _own(request, found)
    lifecycle.refuse_unless_may_follow("corrected", found.state)
    key, sent = await again.sent(request, person, f"/notices/{found.id}/correct")
    shown = _shown(found)
    values = {name: sent.fields.get(name, shown[name] or "") for name in shown}
    hidden = again.hidden(request, person, key)
    return await _form(request, "correct.html", found, values, hidden, sent.wrong)


@post("/notices/{id:str}/correct", include_in_schema=False)
async def correct(request: AnyRequest, id: FromPath[str]) -> Response[Any]:
    """Correct clerical fields of a notice."""
    given, found = typed.with_days(await typed.fields(request)), await register.get(id)
    path = f"/notices/{found.id}/correct"
    try:
        return await _correct(request, found, path, given)
    except SignInRequired:
        return await sign_in.again_for(request, given, path)


async def _correct(
    request: AnyRequest, found: Notice, path: str, given: dict[str, str]
) -> Response[Any]:
    person = await _own(request, found, given.get("of", ""))
    filled = {name: typed.filled(given, name) for name in _clerical(found)}
    key = again.key_in(given.get("key", ""))
    once_ = again.once_of(request, person, path, given, filled)
    if await once.known(once_):  # pressed twice, and what was corrected is shown by now
        return await _back_to(request, person, found, key)
    deployment, now = request.app.state.deployment, datetime.now(UTC)
    shown = _shown(found)
    # What was left as it stands is no correction: it was right by the rules of its day.
    changed = {name: text for name, text in filled.items() if text != shown[name]}
    try:
        changes = amending.check_correction(deployment, Correction(**changed), now)
        await amending.correct(deployment, person, found.id, changes, now=now, once_=once_)
    except Invalid as refusal:
        values = {name: given.get(name, "") for name in filled}
        return await again.wrong(request, person, path, key, values, refusal.problems)
    return await _back_to(request, person, found, key)


async def _back_to(request: AnyRequest, person: Person, found: Notice, key: str) -> Response[str]:
    """To the notice; a form of before, with something wrong, is forgotten."""
    await unfinished.forget(request.app.state.deployment, person, key)
    return rendering.see_other(f"/notices/{found.id}#history", rendering.language_of(request))


HANDLERS = [withdraw_form, withdraw, correct_form, correct]
