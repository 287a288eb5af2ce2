"""A client that costs little beside the server it measures: keep-alive HTTP/1.1."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlencode, urlsplit

import uvloop

CONNECTIONS = 8


@dataclass
class Load:
    """What a load found: answers by status, and how long each took."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def only(self, status: int) -> "Load":
        """Itself, if every answer had this status: a fast refusal is no result."""
        if set(self.statuses) != {status}:
            raise RuntimeError(f"expected {status} only, got {self.statuses}")
        return self


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


class _Connection(asyncio.Protocol):
    """One connection that sends the next request as soon as the last one is answered."""

    def __init__(self, requests: Iterator[bytes], load: Load, until: float) -> None:
        self.requests, self.load, self.until = requests, load, until
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._send()

    def _send(self) -> None:
        request = next(self.requests)
        self.sent = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, blank, body = self.received.partition(b"\r\n\r\n")
        if not blank:
            return
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        if len(body) < int(length):
            return
        now = time.perf_counter()
        status = int(self.received[9:12])
        self.load.statuses[status] = self.load.statuses.get(status, 0) + 1
        self.load.latencies.append(now - self.sent)
        self.received = b""
        if now < self.until:
            self._send()
        else:
            self.transport.close()
            self.done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(f"the server hung up: {error}"))


def post(
    url: str,
    bodies: Iterator[bytes],
    seconds: float,
    *,
    cookie: str = "",
    bearer: str = "",
    clients: int = CONNECTIONS,
) -> Load:
    """POST `bodies`, one after the other on each of `clients` connections, for some seconds."""
    parts = urlsplit(url)
    lines = [
        f"POST {parts.path or '/'} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Content-Type: application/json",
        "Accept-Encoding: identity",
        *([f"Cookie: {cookie}"] if cookie else []),
        *([f"Authorization: Bearer {bearer}"] if bearer else []),
        "Content-Length: ",
    ]
    head = "\r\n".join(lines).encode()
    requests = (head + b"%d\r\n\r\n" % len(body) + body for body in bodies)
    return _load(url, requests, seconds, clients)


def get(url: str, queries: Iterator[dict[str, str]], seconds: float) -> Load:
    """GET `url` with each of `queries`, likewise."""
    path = urlsplit(url).path
    return get_each(url, (f"{path}?{urlencode(query)}" for query in queries), seconds)


def get_each(url: str, paths: Iterator[str], seconds: float) -> Load:
    """GET each of `paths` of the site of `url`, likewise."""
    tail = f" HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n\r\n"
    return _load(url, (f"GET {path}{tail}".encode() for path in paths), seconds)


def _load(url: str, requests: Iterator[bytes], seconds: float, clients: int = CONNECTIONS) -> Load:
    parts = urlsplit(url)
    load = Load()

    async def run() -> None:
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        connections = [
            await loop.create_connection(
                lambda: _Connection(requests, load, began + seconds),
                parts.hostname or "127.0.0.1",
                parts.port or 80,
            )
            for _ in range(clients)
        ]
        async with asyncio.timeout(seconds + 30):
            await asyncio.gather(*(connection.done for _, connection in connections))
        load.seconds = time.perf_counter() - began

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())
    return load
