"""A number for every request, and one log line and two metrics when it is answered."""

import secrets
import time
from typing import Any

import structlog
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from notices.web.middleware import quotas
from notices.web.middleware.sharing import RESOURCE_POLICY

REQUESTS = Counter(
    "notices_http_requests_total", "Requests answered.", ["method", "route", "status"]
)
SECONDS = Histogram(
    "notices_http_request_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

log = structlog.get_logger("notices.web")

PERMISSIONS = b"permissions-policy"
PERMISSIONS_POLICY = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), display-capture=(),"
    " browsing-topics=()"
)
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),  # for browsers that do not know frame-ancestors
    (PERMISSIONS, PERMISSIONS_POLICY.encode()),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
        b" connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
]


class Recorder:
    """ASGI: names each request, and records how it went under its route's pattern.

    The path itself and the query are never recorded: a query can hold a name or a number.
    HEAD is answered as GET is, without the content (RFC 9110, 9.3.2).
    """

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self.app = app
        self.headers = [*HEADERS]
        if https:
            self.headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        method = scope["method"] if len(scope["method"]) < 8 else "other"
        without_content = method == "HEAD"
        if without_content:
            # A copy: the server goes on by its own, which says that no content may follow.
            scope = {**scope, "method": HttpMethod.GET}
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500
        start = time.perf_counter()

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name for name, _ in message["headers"]}
                # The one page that reads codes by camera has a policy of its own.
                own: Any = [
                    each for each in self.headers if each[0] != PERMISSIONS or each[0] not in given
                ]
                own.append((b"x-request-id", request_id.encode()))
                if RESOURCE_POLICY not in given:
                    own.append((RESOURCE_POLICY, b"same-origin"))
                own += quotas.headers(scope, message["headers"])
                message["headers"] = [*message["headers"], *own]
            elif message["type"] == "http.response.body" and without_content:
                message["body"] = b""
            await send(message)

        with structlog.contextvars.bound_contextvars(request=request_id):
            try:
                await self.app(scope, receive, send_named)
            finally:
                seconds = time.perf_counter() - start
                route = str(scope.get("path_template") or "unknown")
                REQUESTS.labels(method, route, str(status)).inc()
                SECONDS.labels(route).observe(seconds)
                if not route.startswith(("/health", "/metrics")):
                    log.info(
                        "request",
                        method=method,
                        route=route,
                        status=status,
                        ms=round(seconds * 1000, 1),
                    )
