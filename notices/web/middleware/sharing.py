"""What pages of other sites may read: whatever anybody may read without a session (CORS, Fetch).

Verifiers run on pages we have never heard of. A handler says nothing for this: every read is
open unless it says `closed`, no write is, and what only `asks` is where `share_answers` finds that
it may be.
Credentials are never allowed, so that a browser sends none: what such a page reads is what
anybody reads. HTML is left out, which names whoever is signed in and may lie in a browser's cache.
"""

import re
from collections.abc import Sequence
from typing import Any

from litestar import Litestar, Request
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import (
    ASGIApp,
    HTTPResponseStartEvent,
    HTTPScope,
    Message,
    Receive,
    Scope,
    Send,
)

from notices.facts.public.answer import Answer
from notices.web.options import ASKS, CLOSED

Headers = list[tuple[bytes, bytes]]
RESOURCE_POLICY = b"cross-origin-resource-policy"
READ: Headers = [
    (b"access-control-allow-origin", b"*"),
    (RESOURCE_POLICY, b"cross-origin"),
    (
        b"access-control-expose-headers",
        b"Content-Disposition, Link, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id",
    ),
]
A_DAY = b"86400"
_OPEN = "open_to_all"


def share_answers(request: Request[Any, Any, Any], answers: Sequence[Answer]) -> None:
    """Let other sites' pages read these, unless one is about a certificate with masked numbers.

    Of those a page that many people open could try out number after number, each from the
    address of another visitor.
    """
    certificates = request.app.state.deployment.catalogue.certificates
    named = {each.certificate for each in answers}
    named |= {each.asked.certificate for each in answers}
    found = (certificates.get(id or "") for id in named)
    if not any(one is not None and one.public_number == "masked" for one in found):
        request.scope["state"][_OPEN] = True


def open_methods(app: Litestar) -> dict[str, frozenset[str]]:
    """For the template of each path the methods whose answers are for anybody."""
    found = {}
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            methods = {
                str(method)
                for handler in route.route_handlers
                for method in handler.http_methods
                if _is_open(str(method), handler.opt)
            }
            found[re.sub(r":\w+", "", route.path)] = frozenset(methods)
    return found


def _is_open(method: str, options: dict[str, Any]) -> bool:
    if method in ("GET", "HEAD"):
        return not options.get(CLOSED)
    return method == "POST" and bool(options.get(ASKS))


class Sharer:
    """ASGI: adds what a browser needs to hand an answer to another site's page."""

    def __init__(self, app: ASGIApp, open_methods: dict[str, frozenset[str]]) -> None:
        self.app = app
        self.open_methods = open_methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        asked = scope

        async def send_shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers(asked, message)]
            await send(message)

        await self.app(scope, receive, send_shared)

    def _headers(self, scope: HTTPScope, start: HTTPResponseStartEvent) -> Headers:
        if scope["method"] == "OPTIONS":
            return self._preflight(scope)
        handler = scope.get("route_handler")
        options = handler.opt if handler is not None else {}
        if not _is_open(scope["method"], options):
            return []
        if any(name == b"content-type" and b"text/html" in type for name, type in start["headers"]):
            return []
        # A refusal tells nothing of any certificate; the page has to learn why there is no answer.
        answered = start["status"] < 400
        if options.get(ASKS) and answered and not scope["state"].get(_OPEN):
            return []
        return READ

    def _preflight(self, scope: HTTPScope) -> Headers:
        headers = dict(scope["headers"])
        wanted = headers.get(b"access-control-request-method", b"").decode("latin-1")
        methods = self.open_methods.get(str(scope.get("path_template")), frozenset())
        if wanted not in methods:
            return []
        return [
            (b"access-control-allow-origin", b"*"),
            (b"access-control-allow-methods", ", ".join(sorted(methods)).encode()),
            (b"access-control-allow-headers", b"Content-Type"),
            (b"access-control-max-age", A_DAY),
        ]
