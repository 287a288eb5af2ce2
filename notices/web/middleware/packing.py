"""Compression of what is text, for whoever takes it (RFC 9110, 8.4): gzip, which all of them do.

Two kinds of answer stay as they are, since their length would tell what is in them to somebody
who watches the line and can choose a part of the same answer (BREACH): a page made for somebody
who is signed in, whose name stands on it beside what the address asks for, and whatever needs an
identity to be read. What anybody may read holds no secret, so its length tells none.
"""

import asyncio
import gzip
from collections.abc import Iterable

from litestar.enums import ScopeType
from litestar.types import (
    ASGIApp,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    HTTPScope,
    Message,
    Receive,
    Scope,
    Send,
)

from notices.web import options

LEVEL = 6
FEWEST_BYTES = 500
"""Less fits into one packet either way."""

MANY_BYTES = 32 * 1024
"""So many take more than a millisecond, in which others are to be answered."""

TYPES = (
    "text/", "application/json", "application/javascript", "application/xml",
    "application/octet-stream",
)  # fmt: skip
"""A bundle of entries is text in no type of its own; a tile of hashes gets no smaller and stays."""

SUFFIXES = ("+json", "+xml")
_HEADERS = (b"content-length", b"vary")


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding allows gzip (RFC 9110, 12.5.3)."""
    weights = {}
    for part in accepted.lower().split(","):
        coding, _, parameter = part.partition(";")
        name, _, value = parameter.partition("=")
        try:
            weights[coding.strip()] = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            weights[coding.strip()] = 0.0
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


class Packer:
    """ASGI: packs each answer that is whole, of a type that gets smaller, and nobody's secret."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        asked = scope
        start: HTTPResponseStartEvent | None = None

        async def send_packed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _may_be_packed(message):
                start = message
            elif message["type"] == "http.response.body" and start is not None:
                first, start = start, None
                await _pack(asked, first, message)
                await send(first)
                await send(message)
            else:
                await send(message)

        await self.app(scope, receive, send_packed)


def _value(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str:
    return b",".join(value for each, value in headers if each.lower() == name).decode("latin-1")


def _may_be_packed(start: HTTPResponseStartEvent) -> bool:
    type = _value(start["headers"], b"content-type").partition(";")[0].strip().lower()
    return (
        start["status"] not in (204, 206, 304)
        and (type.startswith(TYPES) or type.endswith(SUFFIXES))
        and not _value(start["headers"], b"content-encoding")
        and "no-transform" not in _value(start["headers"], b"cache-control")
    )


def _is_somebodys(scope: HTTPScope, start: HTTPResponseStartEvent) -> bool:
    handler = scope.get("route_handler")
    if handler is not None and handler.opt.get(options.CLOSED):
        return True
    type = _value(start["headers"], b"content-type")
    # Both names that the cookie can have end alike.
    return type.startswith("text/html") and "session=" in _value(scope["headers"], b"cookie")


async def _pack(
    scope: HTTPScope, start: HTTPResponseStartEvent, message: HTTPResponseBodyEvent
) -> None:
    """Pack both in place where that is allowed and makes the body smaller."""
    headers = [(name, value) for name, value in start["headers"] if name.lower() not in _HEADERS]
    varies = [each for each in _value(start["headers"], b"vary").split(",") if each.strip()]
    # Of a page that a cache keeps, also when this answer is not packed.
    varies = [*(each.strip() for each in varies), "Accept-Encoding"]
    headers.append((b"vary", ", ".join(varies).encode()))
    length = _value(start["headers"], b"content-length")
    body = message["body"]
    if (
        not message.get("more_body")
        and len(body) >= FEWEST_BYTES
        and takes_gzip(_value(scope["headers"], b"accept-encoding"))
        and not _is_somebodys(scope, start)
    ):
        if len(body) < MANY_BYTES:
            packed = gzip.compress(body, LEVEL, mtime=0)
        else:
            packed = await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
        if len(packed) < len(body):
            message["body"], length = packed, str(len(packed))
            headers.append((b"content-encoding", b"gzip"))
            headers = [_weak(name, value) for name, value in headers]
    if length:
        headers.append((b"content-length", length.encode()))
    start["headers"] = headers


def _weak(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """The header; a strong ETag would say that the bytes are those of the plain form."""
    if name.lower() == b"etag" and not value.startswith(b"W/"):
        return name, b"W/" + value
    return name, value
