"""What one connection may cost: bytes of a head, seconds for head, body, silence, and its place.

uvicorn reads heads of any length and waits for their end for ever. It is told apart here what a
connection is doing; each of it has a deadline, and where all places are taken, whoever has kept one
longest without asking for anything gives it up.
"""

import asyncio
import functools
import resource
import weakref
from typing import Any, ClassVar

import msgspec
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from notices.facts.errors import BadRequest, Refusal
from notices.facts.outages import HeadTooLarge, TooManyConnections, TooSlow
from notices.facts.texts import Message, Text
from notices.web.middleware import turns

MOST_HEAD = 64 * 1024
MOST_FIELDS = 200
"""Each of a head is an object here: ten thousand of six bytes were 1.6 MB and 20 ms."""
HEAD_PIECE = 4 * 1024
"""Bytes of a head that are read before it is looked at again."""
FRAMING = 8
"""Bytes of chunk sizes, their extensions and trailers for a byte of body, beyond another head."""
HEAD_SECONDS = 10.0
"""From the connection, or the first byte of a further request, to the end of its head."""
BODY_SECONDS, BODY_SPEED = 20.0, 5_000
"""For a body, and one second more for so many bytes that have come."""
READ_SECONDS = 30.0
"""Until a peer that reads nothing of its answer is cut."""
MOST_DRAINED = 16 * 1024 * 1024
"""Bytes of a body that are still read when it was answered already: or whoever sends first would
never see the answer."""
DRAIN_SPEED = 50_000_000
"""Bytes a second that are so read, of all connections together."""
MOST_CONNECTIONS = 1000
"""Connections of one process."""
FILES_BESIDE = 256
"""Open files for everything else."""


def most_connections() -> int:
    """As many as there are files for; the limit is raised where that is ours to do."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + FILES_BESIDE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return (
        MOST_CONNECTIONS
        if soft == resource.RLIM_INFINITY
        else min(MOST_CONNECTIONS, max(32, soft - FILES_BESIDE))
    )


def _line(text: Text) -> str:
    return text.both.replace("\n", " ")


def answer(refusal: Refusal) -> bytes:
    """The whole response, in both languages: what was asked for may not be known."""
    body = msgspec.json.encode(
        {
            "type": f"/problems/{refusal.code}",
            "title": _line(refusal.title if not refusal.extra else refusal.detail),
            "status": refusal.status,
            "code": refusal.code,
            "detail": _line(refusal.detail),
        }
    )
    headers = {
        **refusal.headers,
        "content-type": "application/problem+json",
        "content-length": str(len(body)),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return STATUS_LINE[refusal.status] + lines.encode() + b"\r\n" + body


def _has_gone(asked: "weakref.ref[RequestResponseCycle]") -> bool:
    cycle = asked()
    return cycle is None or cycle.disconnected


class BoundProtocol(HttpToolsProtocol):
    """One connection. `waiting` are those that have asked for nothing, the oldest first;
    `receiving` those whose body is not whole."""

    most: ClassVar[int] = MOST_CONNECTIONS
    waiting: ClassVar[dict["BoundProtocol", None]] = {}
    receiving: ClassVar[dict["BoundProtocol", None]] = {}
    drained_until: ClassVar[float] = 0.0
    """By the loop's clock, when there is time to read more of what was answered already."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._in_head = True
        self._head = 0
        self._fields = 0
        self._body = 0
        self._raw = 0
        self._since = 0.0
        self._due: asyncio.TimerHandle | None = None
        self._cut: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.waiting[self] = None
        self._by(HEAD_SECONDS)
        if len(self.connections) > self.most:
            self._make_place()

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        for timer in (self._due, self._cut):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        while data and not self.transport.is_closing():
            if self._in_head:
                room = min(MOST_HEAD - self._head, HEAD_PIECE)
                piece, data = data[:room], data[room:]
                if self._head == 0:
                    self._by(HEAD_SECONDS)
                self._head += len(piece)
            else:
                piece, data = data, b""
                self._raw += len(piece)
            in_body = not self._in_head
            super().data_received(piece)
            self._refuse_too_much()
            if in_body and self.cycle.response_complete:
                self._drain(len(piece))
        if not self.transport.is_closing():
            self._go_on()

    def on_message_begin(self) -> None:
        self._fields = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields += 1
        if self._fields <= MOST_FIELDS:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._fields > MOST_FIELDS:
            raise ValueError  # ends the parsing; `send_400_response` says why
        self._in_head = False
        self._body = self._raw = 0
        self._since = self.loop.time()
        self._leave()
        self.receiving[self] = None
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not None and self.cycle is not before:
            # Weak: the request's scope must not keep what keeps the scope.
            asked = weakref.ref(self.cycle)
            self.scope["state"][turns.HAS_GONE] = functools.partial(_has_gone, asked)

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_head, self._head = True, 0
        self.receiving.pop(self, None)
        super().on_message_complete()
        if not self.pipeline and not self.transport.is_closing():
            # Paused by the last of a large body, it would not see who sent it hang up.
            self.flow.resume_reading()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._cut_later()
        elif self._in_head and not self.pipeline:
            self.waiting[self] = None

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._cut_later()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._cut_later()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._cut is not None and not self.transport.is_closing():
            self._cut.cancel()
            self._cut = None

    def send_400_response(self, msg: str) -> None:
        if self._fields > MOST_FIELDS:
            self._refuse(HeadTooLarge(limit=MOST_HEAD, fields=MOST_FIELDS))
        else:
            self._refuse(BadRequest(reason=Message("不是正确的 HTTP。")))

    def _go_on(self) -> None:
        """The deadline of what is being waited for now, if anything of the peer is."""
        if not self._in_head:
            left = self._since + BODY_SECONDS + self._body / BODY_SPEED - self.loop.time()
            self._by(max(0.0, left))
        elif self._head == 0 and self._due is not None:
            self._due.cancel()
            self._due = None

    def _by(self, seconds: float) -> None:
        if self._due is not None:
            self._due.cancel()
        self._due = self.loop.call_later(seconds, self._late)

    def _late(self) -> None:
        if self._in_head and self._head == 0:
            self.transport.close()
            self._cut_later()
        else:
            self._refuse(TooSlow())

    def _refuse_too_much(self) -> None:
        if self.transport.is_closing():
            return
        if self._fields > MOST_FIELDS or (self._in_head and self._head >= MOST_HEAD):
            self._refuse(HeadTooLarge(limit=MOST_HEAD, fields=MOST_FIELDS))
        elif not self._in_head and self._raw - self._body > MOST_HEAD + FRAMING * self._body:
            self.send_400_response("")
        elif not self._in_head and self.cycle.response_complete and self._raw > MOST_DRAINED:
            self.transport.abort()

    def _drain(self, size: int) -> None:
        """Read no more before all that was read for nothing has taken its time."""
        now = self.loop.time()
        until = max(BoundProtocol.drained_until, now) + size / DRAIN_SPEED
        BoundProtocol.drained_until = until
        if not self.transport.is_closing():
            self.flow.pause_reading()
            self.loop.call_at(until, self._read_on)

    def _read_on(self) -> None:
        if not self.transport.is_closing():
            self.flow.resume_reading()

    def _refuse(self, refusal: Refusal) -> None:
        """Say why and hang up, unless an answer is on its way already."""
        answered = self.cycle is not None and not self.cycle.response_complete
        if not answered or not self.cycle.response_started:
            self.transport.write(answer(refusal))
            if answered:
                self.cycle.disconnected = True
                self.cycle.message_event.set()
        self.transport.close()
        self._cut_later()

    def _make_place(self) -> None:
        longest = next(iter(self.waiting))
        if longest is self:
            longest = next(iter(self.receiving), self)
        if longest is self:
            self._leave()
            self._refuse(TooManyConnections())
        else:
            longest._leave()
            longest.transport.abort()

    def _leave(self) -> None:
        self.waiting.pop(self, None)
        self.receiving.pop(self, None)

    def _cut_later(self) -> None:
        if self._cut is None:
            self._cut = self.loop.call_later(READ_SECONDS, self._abort)

    def _abort(self) -> None:
        self.transport.abort()
