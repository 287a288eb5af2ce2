"""A refusal or a failure as a page: what happened, what to do, and still who is signed in."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from litestar import MediaType, Request, Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from notices.facts import errors
from notices.facts.errors import Refusal
from notices.facts.refusals import PurposeRequired
from notices.identity import Signed
from notices.pages import rendering
from notices.pages.rendering import MOST_ECHOED, NEVER_KEPT, SHOWN_AGAIN
from notices.web.authentication import AnyRequest, Asker
from notices.web.options import UNSENT

PATIENCE = 0.5
"""Seconds that a page of a failure waits for who is signed in; without an answer it says so."""


class Failure(Response[str]):
    """A page that is drawn when it is sent: an exception's handler itself can ask nobody."""

    def __init__(
        self, refusal: Refusal, status: int, draw: Callable[[Signed | None, bool], Response[str]]
    ) -> None:
        super().__init__("", status_code=status, media_type=MediaType.HTML)
        self.refusal = refusal
        self.draw = draw

    def to_asgi_response(
        self, app: Any, request: Request[Any, Any, Any], **more: Any
    ) -> ASGIResponse:
        return _Drawn(self, request)


class _Drawn(ASGIResponse):
    def __init__(self, failure: Failure, request: Request[Any, Any, Any]) -> None:
        super().__init__(status_code=failure.status_code, media_type=MediaType.HTML)
        self.failure = failure
        self.request = request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        signed, unknown = await _who(self.request, self.failure.refusal)
        page = self.failure.draw(signed, unknown)
        page.headers.update(self.failure.headers)
        await page.to_asgi_response(None, self.request)(scope, receive, send)


async def _who(request: AnyRequest, refusal: Refusal) -> tuple[Signed | None, bool]:
    """Who is signed in, and whether somebody may be of whom nobody can be asked now.

    Where it is the database that failed, or there is no turn, it is not asked once more.
    """
    asker = request.scope.get("user") or Asker(request.app.state.deployment, request)
    if asker.session is None:
        return None, False
    down = type(refusal) is errors.Unavailable
    if asker.has_looked or not down:
        # Whatever fails here, the page that tells of the failure comes.
        with contextlib.suppress(Exception):
            async with asyncio.timeout(PATIENCE):
                return await asker.signed(), False
    return None, True


def error_page(request: AnyRequest, refusal: Refusal, status: int) -> Response[Any]:
    """A refusal as a page, with what was typed if it was a search."""
    if isinstance(refusal, errors.SignInRequired) and request.method == "GET":
        return rendering.to_sign_in(request)
    if isinstance(refusal, PurposeRequired) and request.method == "GET":
        return rendering.to_purpose(request, refusal.notice)
    typed = request.query_params.get("q", "")
    if isinstance(refusal, errors.BadEncoding):
        # A link of an old page: what it looked for is found by one press, not typed again.
        query = parse_qs(request.scope["query_string"].decode("latin-1"), encoding="gb18030")
        typed = query.get("q", [""])[0]
    # At an address of ours; any other may be one of a notice that there is.
    routed = request.scope.get("route_handler") is not None
    of_notice = status == 404 and routed and request.url.path.startswith("/notices/")
    # What could not be carried out, and may be when it is sent once more.
    unsent = request.scope.get("state", {}).get(UNSENT) if status >= 500 or status == 429 else None
    # Where nothing of it is private, Back from the page after it needs no form sent again.
    private = bool(unsent or typed or request.method == "GET")

    def draw(signed: Signed | None, unknown: bool) -> Response[str]:
        return rendering.response(
            request,
            "error.html",
            signed if private else None,
            {
                "refusal": refusal,
                "failed": True,
                "of_notice": of_notice,
                "names_nobody": unknown or (signed is not None and not private),
                "may_ask_again": request.method == "GET",
                "typed": typed[:MOST_ECHOED],
                "first_page": rendering.without(request, ("page", "per_page")),
                "unsent": unsent[0] if unsent else {},
                "unsent_file": unsent[1] if unsent else None,
            },
            status=status,
            cache=NEVER_KEPT if private else SHOWN_AGAIN,
        )

    return Failure(refusal, status, draw)
