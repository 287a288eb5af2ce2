"""Reading a log over HTTP as anybody can (C2SP tlog-tiles): in order, several requests ahead."""

import collections
import http.client
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit

from notices.facts.texts import Message, TextError
from notices.trust import tiles, watching
from notices.trust.merkle import HASH_SIZE
from notices.trust.tiles import Tile

AT_ONCE = 4
AHEAD = 16
"""Bundles that are asked for before the first of them was looked at."""

TIMEOUT = 30.0
TRIES = 4
WAIT = 0.5
"""Seconds before the second try; each later one waits twice as long."""

LARGEST_NOTE = 100_000

Answer = TypeVar("Answer")
Wanted = TypeVar("Wanted")


class NotReached(TextError):
    """The log could not be asked; nothing is said about what it holds."""


class Absent(Exception):
    """The server says that it has no such thing."""


class Reader:
    """The log under one prefix; connections are kept, one for each thread that asks."""

    def __init__(self, url: str) -> None:
        """`url` is the service's; raises ValueError for what is none."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise ValueError(url)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._prefix = f"{parts.path.rstrip('/')}/log"
        self.name = f"{self._host}_{self._port}" if self._port else self._host
        """For the name of a file."""

        self._own = threading.local()
        self._connections: list[http.client.HTTPConnection] = []
        self._threads = ThreadPoolExecutor(AT_ONCE)
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed.set()
        self._threads.shutdown(cancel_futures=True)
        for connection in self._connections:
            connection.close()

    def note(self) -> str:
        """The checkpoint, as it is signed."""
        return self._text("checkpoint")

    def vkey(self) -> str:
        """The key that the log says is its own; who takes it on trust must say so."""
        return self._text("vkey").strip()

    def _text(self, name: str) -> str:
        try:
            return self._get(name, LARGEST_NOTE).decode()
        except (Absent, UnicodeDecodeError):
            raise NotReached(_NO_LOG.format(path=f"{self._prefix}/{name}")) from None

    def tile(self, tile: Tile) -> bytes:
        """What the log serves as `tile`; raises Difference when it does not."""
        largest = watching.LARGEST_ENTRY + 2 if tile.level is None else HASH_SIZE
        try:
            return self._get(f"tile/{tile.path}", tile.width * largest)
        except Absent:
            raise watching.Difference(_ABSENT.format(path=tile.path)) from None

    def leaves(self, first: int, size: int) -> Iterator[tuple[Tile, bytes, bytes]]:
        """Of each tile of level 0 from entry `first` on: itself, its hashes, and its entries."""
        full, rest = divmod(size, tiles.WIDTH)
        wanted = [Tile(0, full, rest)] if rest else []
        numbers = range(first // tiles.WIDTH, full)

        def both(tile: Tile) -> tuple[Tile, bytes, bytes]:
            return tile, self.tile(tile), self.tile(Tile(None, tile.number, tile.width))

        def all_tiles() -> Iterator[Tile]:
            yield from (Tile(0, number) for number in numbers)
            yield from wanted

        yield from self._ahead(both, all_tiles())

    def _ahead(self, ask: Callable[[Wanted], Answer], wanted: Iterable[Wanted]) -> Iterator[Answer]:
        """`ask(each)` in order, up to AHEAD of them at work at any time."""
        waiting: collections.deque[Future[Answer]] = collections.deque()
        for each in wanted:
            waiting.append(self._threads.submit(ask, each))
            if len(waiting) >= AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _get(self, name: str, most: int) -> bytes:
        """The body of what is under `name`, of at most `most` bytes."""
        path = f"{self._prefix}/{name}"
        wait = WAIT
        for trial in range(TRIES):
            if trial:
                self._closed.wait(wait)
                wait *= 2
            last = trial == TRIES - 1 or self._closed.is_set()
            try:
                status, body = self._ask(path, most)
            except (OSError, http.client.HTTPException) as problem:
                self._drop()
                if last:
                    why = str(problem) or type(problem).__name__
                    raise NotReached(_AWAY.format(path=path, why=why)) from problem
                continue
            if status == 200:
                if len(body) > most:
                    self._drop()
                    raise watching.Difference(_TOO_LONG.format(path=path, most=most))
                return body
            if not last and (status in (404, 429) or status >= 500):
                continue
            if status == 404:
                raise Absent
            raise NotReached(_AWAY.format(path=path, why=f"HTTP {status}"))
        raise AssertionError("the last try returns or raises")

    def _ask(self, path: str, most: int) -> tuple[int, bytes]:
        connection: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            connection = kind(self._host, self._port, timeout=TIMEOUT)
            self._own.connection = connection
            self._connections.append(connection)
        # As it is: unpacking would let a small answer become a large one.
        connection.request(
            "GET", path, headers={"Accept-Encoding": "identity", "User-Agent": "notices-audit"}
        )
        answer = connection.getresponse()
        deadline = time.monotonic() + 4 * TIMEOUT
        parts, length = [], 0
        # Piece by piece: a server that sends a byte at a time would otherwise hold us for ever.
        while length <= most and (part := answer.read1(min(65_536, most + 1 - length))):
            parts.append(part)
            length += len(part)
            if time.monotonic() > deadline:
                raise TimeoutError("timed out")
        if answer.length:
            if length <= most:
                raise http.client.IncompleteRead(b"".join(parts), answer.length)
            self._drop()
        elif not answer.isclosed() and length <= most:
            answer.read()
        return answer.status, b"".join(parts)

    def _drop(self) -> None:
        connection: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()
            self._own.connection = None
            self._connections.remove(connection)


_AWAY = Message("无法读取 {path}：{why}。")
_NO_LOG = Message("{path} 不存在：这个地址上没有登记簿。")
_ABSENT = Message("登记簿没有提供检查点已包含的瓦片 {path}。")
_TOO_LONG = Message("{path} 超过了它可能的大小（{most}字节）。")
