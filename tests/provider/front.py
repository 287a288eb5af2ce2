"""Stands at the issuer's address before the provider, passes on, and goes wrong where it is told.

It lives on a thread and a loop of its own: a test may block, and may ask from any loop.
"""

import asyncio
import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web

ENDPOINTS = {
    "/.well-known/openid-configuration": "discovery",
    "/jwks": "jwks",
    "/auth": "authorization",
    "/token": "token",
    "/me": "userinfo",
    "/session/end": "end_session",
}
EVERYWHERE = "everywhere"
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "upgrade"}
PIECE = 65536
Told = tuple[int, list[tuple[str, str]], bytes]
"""An answer: its status, headers and body."""
PAGE = "<!doctype html><title>Gateway</title><h1>Bad gateway</h1>"


@dataclass
class Fault:
    """What is wrong with an endpoint; the first that is given decides, `delay` comes before all."""

    delay: float = 0
    """Seconds of silence."""
    down: bool = False
    """The connection is closed without an answer."""
    redirect: str | None = None
    html: bool = False
    """A page, and yet 200."""
    body: bytes | None = None
    """These bytes as JSON, whatever they are."""
    huge: int = 0
    """So many bytes of JSON, whose length is not told before."""
    packed: int = 0
    """So many bytes of JSON, a thousand times smaller on the way (gzip)."""
    status: int | None = None
    """This status with an error of OAuth; beside `html` and `body`, their status."""
    alter: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """What the provider answered, changed."""
    drip: float = 0
    """Seconds between one byte of the provider's answer and the next."""
    times: int | None = None
    """Only the next so many requests; then all is well again."""


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    endpoint: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Front:
    """`url` is the issuer; `to` is the provider itself, once it is known."""

    url: str = ""
    to: str = ""
    asked: list[Asked] = field(default_factory=list)
    """All that came since the test began, in order."""
    endpoints: dict[str, str] = field(default_factory=lambda: dict(ENDPOINTS))
    _faults: dict[str, Fault] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    @contextmanager
    def fault(self, endpoint: str, **what: Any) -> Iterator[Fault]:
        """Within it `endpoint` is as `Fault` says; `EVERYWHERE` is every one."""
        assert endpoint in {*self.endpoints.values(), EVERYWHERE}, endpoint
        before, fault = self._faults.get(endpoint), Fault(**what)
        self._faults[endpoint] = fault
        try:
            yield fault
        finally:
            del self._faults[endpoint]
            if before is not None:
                self._faults[endpoint] = before

    def count(self, endpoint: str) -> int:
        return sum(one.endpoint == endpoint for one in self.asked)

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="front")
        self._thread.start()
        ready.wait()
        assert self.url, "the front did not start; its thread says why"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._loop.close()

    def _run(self, ready: threading.Event) -> None:
        try:
            self._loop.run_until_complete(self._serve(ready))
        finally:
            ready.set()  # whoever waits for what failed goes on

    async def _serve(self, ready: threading.Event) -> None:
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(auto_decompress=False, cookie_jar=jar) as self._client:
            # A handler that waits or drips ends when its client leaves.
            server = web.Server(self._answer, handler_cancellation=True, access_log=None)
            runner = web.ServerRunner(server, shutdown_timeout=0)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            assert runner.addresses
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            ready.set()
            await self._over.wait()
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        endpoint, body = self.endpoints.get(request.path, ""), await request.read()
        self.asked.append(
            Asked(endpoint, request.method, request.path_qs, dict(request.headers), body)
        )
        fault = self._fault(endpoint)
        await asyncio.sleep(fault.delay)
        if fault.down:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        instead = await self._instead(request, fault)
        return instead or await self._pass_on(request, body, fault)

    def _fault(self, endpoint: str) -> Fault:
        fault = self._faults.get(endpoint) or self._faults.get(EVERYWHERE) or Fault()
        if fault.times is not None:
            if fault.times == 0:
                return Fault()
            fault.times -= 1
        return fault

    async def _instead(self, request: web.BaseRequest, fault: Fault) -> web.StreamResponse | None:
        status = fault.status or 200
        if fault.redirect:
            return web.Response(status=302, headers={"location": fault.redirect})
        if fault.html:
            return web.Response(status=status, text=PAGE, content_type="text/html")
        if fault.body is not None:
            return web.Response(status=status, body=fault.body, content_type="application/json")
        if fault.huge:
            return await _stream(request, _padding(fault.huge))
        if fault.packed:
            packed = gzip.compress(b"".join(_padding(fault.packed)), 9)
            headers = {"content-encoding": "gzip"}
            return web.Response(body=packed, content_type="application/json", headers=headers)
        if fault.status:
            said = json.dumps({"error": "server_error", "error_description": "told to fail"})
            return web.Response(status=status, text=said, content_type="application/json")
        return None

    async def _pass_on(
        self, request: web.BaseRequest, body: bytes, fault: Fault
    ) -> web.StreamResponse:
        status, headers, said = await self._told(request, body)
        if fault.alter is not None and status == 200:
            said = json.dumps(fault.alter(json.loads(said))).encode()
        if fault.drip:
            pieces = iter([bytes([byte]) for byte in said])
            return await _stream(request, pieces, fault.drip)
        answer = web.Response(status=status, body=said)
        answer.headers.clear()
        for name, it in headers:
            answer.headers.add(name, it)
        return answer

    async def _told(self, request: web.BaseRequest, body: bytes) -> Told:
        """What the provider itself answers."""
        # Host goes through: the provider makes its addresses from it.
        headers = [(name, it) for name, it in request.headers.items() if _goes_through(name)]
        async with self._client.request(
            request.method, self.to + request.path_qs, data=body, headers=headers,
            allow_redirects=False, skip_auto_headers=("User-Agent", "Accept", "Content-Type"),
        ) as told:  # fmt: skip
            kept = [(name, it) for name, it in told.headers.items() if _goes_through(name)]
            return told.status, kept, await told.read()


def _goes_through(name: str) -> bool:
    return name.lower() not in HOP_BY_HOP


def _padding(size: int) -> Iterator[bytes]:
    yield b'{"padding": "'
    for _ in range(size // PIECE + 1):
        yield b" " * PIECE
    yield b'"}'


async def _stream(
    request: web.BaseRequest, pieces: Iterator[bytes], pause: float = 0
) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"content-type": "application/json"})
    await answer.prepare(request)
    for piece in pieces:
        await answer.write(piece)
        await asyncio.sleep(pause)
    await answer.write_eof()
    return answer
