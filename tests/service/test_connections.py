"""A connection costs so much and no more: heads, bodies, silence, places; on real sockets."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from notices.web.middleware import connections, turns
from notices.web.middleware.connections import MOST_HEAD, BoundProtocol
from tests.ports import Port, serving

Scope, Receive, Send = dict[str, Any], Any, Any
HELLO = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /echo HTTP/1.1\r\nHost: x\r\n"


GONE = asyncio.Event()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the length of the body; early, large and for ever where it is told to."""
    assert scope["type"] == "http"
    if scope["path"] == "/gone":
        assert not scope["state"][turns.HAS_GONE]()
        while (await receive())["type"] != "http.disconnect":
            pass
        if scope["state"][turns.HAS_GONE]():
            GONE.set()
        return
    length, more = 0, scope["path"] != "/early"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message["body"])
        more = message["more_body"]
    body = b"x" * 50_000_000 if scope["path"] == "/large" else str(length).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for start in range(0, len(body), 65536):
        piece = body[start : start + 65536]
        more = start + 65536 < len(body)
        await send({"type": "http.response.body", "body": piece, "more_body": more})


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Port]:
    for name, seconds in (("HEAD_SECONDS", 0.4), ("BODY_SECONDS", 0.4), ("READ_SECONDS", 0.4)):
        monkeypatch.setattr(connections, name, seconds)
    async with serving(app) as port:
        yield port


def head_of(size: int) -> bytes:
    begin = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    return begin + b"X: " + b"a" * (size - len(begin) - 7) + b"\r\n\r\n"


def code_of(reply: bytes) -> str:
    head, _, body = reply.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head, reply[:300]
    problem = json.loads(body)
    for words in (problem["title"], problem["detail"]):
        assert re.fullmatch(r"[\u4e00-\u9fff].*[。！？] [A-Z].*\.", words), "in both languages"
    assert head.startswith(f"HTTP/1.1 {problem['status']} ".encode())
    return str(problem["code"])


def fields(count: int) -> bytes:
    first = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    return first + b"A: b\r\n" * (count - 2) + b"\r\n"


CHUNKED = POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
ENDLESS = [b"a" * 65536] * 40
CASES: dict[str, tuple[list[bytes], float, str]] = {
    "a head of 64 kB less one": ([head_of(MOST_HEAD - 1)], 0, "200"),
    "a head over 64 kB": ([head_of(MOST_HEAD + 1)], 0, "head_too_large"),
    "a header of 2.5 MB": ([b"GET / HTTP/1.1\r\nX: ", *ENDLESS], 0, "head_too_large"),
    "an address of 2.5 MB": ([b"GET /", *ENDLESS], 0, "head_too_large"),
    "headers without end": ([b"GET / HTTP/1.1\r\n", *[b"A: b\r\n" * 2000] * 40], 0,
                            "head_too_large"),
    "a head of 200 fields": ([fields(200)], 0, "200"),
    "a head of 201 fields": ([fields(201)], 0, "head_too_large"),
    "a head of 201 fields in drops": ([fields(201)[:600], fields(201)[600:]], 0.05,
                                      "head_too_large"),
    "a head in drops": ([b"GET / HTTP/1.1\r\n", *[b"A: b\r\n"] * 20], 0.05, "too_slow"),
    "half a head": ([b"GET / HTT"], 0, "too_slow"),
    "no head": ([], 0, "nothing"),
    "a body in drops": ([POST + b"Content-Length: 100\r\n\r\n", *[b"a"] * 20], 0.05, "too_slow"),
    "half a body": ([POST + b"Content-Length: 100\r\n\r\n", b"a"], 0, "too_slow"),
    "a body that flows": ([POST + b"Connection: close\r\nContent-Length: 20000\r\n\r\n",
                           *[b"a" * 1000] * 20], 0.05, "200"),
    "chunks": ([CHUNKED, *[b"3e8\r\n" + b"a" * 1000 + b"\r\n"] * 20, b"0\r\n\r\n"], 0.0, "200"),
    "chunk extensions without end": ([CHUNKED, b"1;", *ENDLESS], 0, "bad_request"),
    "trailers without end": ([CHUNKED, b"1\r\na\r\n0\r\n", *[b"A: b\r\n" * 2000] * 40], 0,
                             "bad_request"),
    "not HTTP": ([b"\x16\x03\x01\x02\x00\x01\x00" * 10], 0, "bad_request"),
    "two in one": ([HELLO + HELLO.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")], 0,
                   "200"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_a_request_costs_so_much_and_no_more(port: Port, case: str) -> None:
    parts, pause, expected = CASES[case]
    sent = port.ask(*parts, pause=pause)
    try:
        reply = await sent
    except ConnectionError:  # it was answered and hung up while more was sent
        reply = b"hung up"

    if expected == "200":
        assert reply.startswith(b"HTTP/1.1 200")
    elif expected == "nothing":
        assert reply == b""
    elif reply != b"hung up":
        assert code_of(reply) == expected
    else:
        assert len(parts) > 5


async def test_half_sent_requests_are_all_gone_after_the_deadline(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 2.5)
    held = [await port.open() for _ in range(100)]
    try:
        for _, writer in held:
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")

        async def until(many: int) -> None:
            while port.open_ones != many:  # noqa: ASYNC110  (there is nothing that could wake us)
                await asyncio.sleep(0.01)

        # On a busy machine they are not all there at once, nor all gone.
        await asyncio.wait_for(until(100), 2.4)
        await asyncio.wait_for(until(0), 10)
    finally:
        for _, writer in held:
            writer.close()


async def test_where_all_places_are_taken_the_longest_silent_one_gives_its_own(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 5.0)
    monkeypatch.setattr(BoundProtocol, "most", 20)
    held = []
    for _ in range(60):
        held.append(await port.open())
        held[-1][1].write(b"GET / HTTP/1.1\r\nX: ")
        await asyncio.sleep(0.002)

        assert port.open_ones <= 21
    reader, writer = await port.open()
    writer.write(HELLO)

    assert (await asyncio.wait_for(reader.readline(), 2)).startswith(b"HTTP/1.1 200")
    with contextlib.suppress(ConnectionError):
        assert await held[0][0].read() == b""
    for _, one in [*held, (reader, writer)]:
        one.close()


async def test_slow_bodies_give_up_their_places_too(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BODY_SECONDS", 5.0)
    monkeypatch.setattr(BoundProtocol, "most", 5)
    held = []
    for _ in range(8):
        held.append(await port.open())
        held[-1][1].write(POST + b"Content-Length: 100\r\n\r\na")
        await asyncio.sleep(0.02)
    reader, writer = await port.open()
    writer.write(HELLO)

    assert (await asyncio.wait_for(reader.readline(), 2)).startswith(b"HTTP/1.1 200")
    for _, one in [*held, (reader, writer)]:
        one.close()


async def test_a_peer_that_does_not_read_its_answer_is_cut(port: Port) -> None:
    reader, writer = await port.open()
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    writer.write(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    await asyncio.sleep(0.2)
    assert port.open_ones == 1

    await asyncio.sleep(0.8)

    assert port.open_ones == 0
    writer.close()


async def test_a_body_that_was_answered_already_is_not_read_for_ever(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_DRAINED", 1_000_000)
    reader, writer = await port.open()
    writer.write(b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")

    with pytest.raises(ConnectionError):
        for _ in range(1000):
            writer.write(b"a" * 65536)
            await asyncio.wait_for(writer.drain(), 2)


async def test_a_connection_that_is_kept_is_asked_again(port: Port) -> None:
    reader, writer = await port.open()
    for _ in range(3):
        writer.write(HELLO)
        assert (await reader.readuntil(b"\r\n\r\n0")).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(0.5)  # longer than a head may take
    writer.close()


async def test_a_request_knows_when_whoever_sent_it_has_hung_up(port: Port) -> None:
    GONE.clear()
    _, writer = await port.open()
    writer.write(b"GET /gone HTTP/1.1\r\nHost: x\r\n\r\n")
    await writer.drain()
    await asyncio.sleep(0.05)
    assert not GONE.is_set()
    writer.close()

    await asyncio.wait_for(GONE.wait(), 5)


async def test_what_is_read_for_nothing_is_read_slowly_by_all_together(port: Port) -> None:
    """Two hundred who send 9 MB to be refused kept others waiting for half a second."""
    size = 2_000_000
    began = asyncio.get_running_loop().time()

    async def send_first() -> None:
        reader, writer = await port.open()
        head = POST.replace(b"/echo", b"/early") + b"Content-Length: %d\r\n\r\n" % size
        writer.write(head + b"a" * size + HELLO)
        for _ in range(2):  # the second is read when the first one's body was
            assert (await reader.readuntil(b"\r\n\r\n0")).startswith(b"HTTP/1.1 200")
        writer.close()

    await asyncio.gather(*(send_first() for _ in range(5)))

    read = (BoundProtocol.drained_until - began) * connections.DRAIN_SPEED
    assert read > 4 * size  # what came before the answer was not read for nothing


@pytest.mark.parametrize(
    "both",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Transfer-Encoding: chunked, x",
        b"Transfer-Encoding : chunked",
    ],
)
async def test_a_body_that_ends_in_two_places_is_refused_and_nothing_behind_it_is_read(
    port: Port, both: bytes
) -> None:
    smuggled = b"0\r\n\r\n" + POST + b"Content-Length: 3\r\n\r\nabc"

    answered = await port.ask(POST + both + b"\r\n\r\n" + smuggled)

    assert answered.startswith(b"HTTP/1.1 400 "), answered
    assert answered.count(b"HTTP/1.1 ") == 1
