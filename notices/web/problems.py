"""Every refusal and failure as `application/problem+json` (RFC 9457), or as a page."""

from typing import Any

import msgspec
import structlog
from litestar import Response
from litestar.exceptions import HTTPException
from msgspec import UNSET

from notices.facts import errors
from notices.facts.errors import Refusal
from notices.facts.public.problem import ProblemDetails, WrongValue
from notices.facts.refusals import CHALLENGE
from notices.facts.texts import Message
from notices.trust.sealing import UnknownKey
from notices.web.authentication import AnyRequest
from notices.web.languages import for_machines, language_of
from notices.web.middleware import turns

log = structlog.get_logger("notices.web")

MOST_ERRORS = 20
MOST_BYTES = 16_000
"""Of one problem: whoever sends nonsense makes us send little."""

BY_STATUS: dict[int, type[Refusal]] = {
    401: errors.SignInRequired,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    413: errors.BodyTooLarge,
    415: errors.MediaType,
}


def as_refusal(exception: Exception) -> Refusal:
    """The refusal that tells `exception` to a stranger."""
    if isinstance(exception, Refusal):
        return exception
    if isinstance(exception, HTTPException):
        kind = BY_STATUS.get(exception.status_code)
        if kind is errors.BodyTooLarge:
            return errors.BodyTooLarge(limit=64 * 1024)
        if kind is errors.MediaType:
            return errors.MediaType(expected="application/json")
        if kind is not None:
            return kind(headers=dict(exception.headers or {}))
        if 400 <= exception.status_code < 500:
            return errors.BadRequest(reason=Message("格式不对。"))
    if isinstance(exception, UnknownKey):
        # A newer key is known here within two seconds.
        return errors.Unavailable(retry_after=2)
    return errors.InternalError(request="-")


def problem(refusal: Refusal, language: str) -> ProblemDetails:
    """The body of RFC 9457, with `errors` where single values are wrong."""
    wrong = [
        WrongValue(field=one.field, code=one.code, message=one.message.in_(language))
        for one in refusal.problems[:MOST_ERRORS]
    ]
    more = len(refusal.problems) + refusal.more - len(wrong) if wrong else 0
    existing = refusal.existing if isinstance(refusal, errors.AlreadyDeclared) else None
    return ProblemDetails(
        type=f"/problems/{refusal.code}",
        title=refusal.detail.in_(language) if refusal.extra else refusal.title.in_(language),
        status=refusal.status,
        code=refusal.code,
        detail=refusal.detail.in_(language),
        errors=wrong or UNSET,
        more_errors=more or UNSET,
        sign_in="/sign-in" if refusal.offers_sign_in else UNSET,
        existing=existing or UNSET,
    )


def encoded(body: ProblemDetails) -> bytes:
    """A problem as JSON text of MOST_BYTES at most; what has no room is counted like the rest."""
    text = msgspec.json.encode(body)
    while len(text) > MOST_BYTES and body.errors:
        body = msgspec.structs.replace(
            body, errors=body.errors[:-1], more_errors=(body.more_errors or 0) + 1
        )
        text = msgspec.json.encode(body)
    return text


def respond(request: AnyRequest, exception: Exception) -> Response[Any]:
    """Litestar's handler for every exception."""
    refusal = as_refusal(exception)
    if isinstance(refusal, errors.InternalError):
        request_id = request.scope.get("state", {}).get("request_id", "-")
        refusal = errors.InternalError(request=request_id)
        # The class and the place, never the text: a database quotes the values it refused.
        log.error("unhandled", error=type(exception).__name__, where=_where(exception))
    elif isinstance(refusal, errors.Unavailable):
        log.warning("unavailable", error=type(exception.__cause__ or exception).__name__)
        if isinstance(exception.__cause__, TimeoutError):
            request.scope["state"][turns.IN_VAIN] = True
    told = {"WWW-Authenticate": CHALLENGE} if refusal.status == 401 else {}
    told |= refusal.headers
    if not for_machines(request.url.path):
        page: Response[Any] = request.app.state.error_page(request, refusal, refusal.status)
        if page.status_code == refusal.status:
            page.headers.update(told)
        return page
    headers = {**told, "Cache-Control": "no-store"}
    return Response(
        encoded(problem(refusal, language_of(request))),
        status_code=refusal.status,
        media_type="application/problem+json",
        headers=headers,
    )


def _where(exception: Exception) -> str:
    trace = exception.__traceback__
    place = "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        if "/notices/" in code.co_filename or "/search/" in code.co_filename:
            place = f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
    return place
