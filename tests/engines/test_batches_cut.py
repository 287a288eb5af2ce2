"""A file that stops short: its disk is full, whoever sent it hangs up, its key is revoked.

Over real sockets: what was on the disk is gone, the process that answered has ended, nothing is
counted that was not answered, and the next file passes.
"""

import asyncio
import contextlib
import json
import os
import resource
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from notices import limits
from notices.agencies import Agency
from notices.batches import bounds
from notices.batches.scratch import folder_of
from notices.database import DB
from notices.deployment import Deployment
from notices.limits import Counted
from notices.web import authentication
from notices.web.middleware import connections
from tests import enginefarm
from tests.engines.test_agency_keys import added, bearer
from tests.engines.test_batches import FOOD, PATH, keyed, rows_of, send, table
from tests.engines.test_batches_bad import NUMBER, told, workers
from tests.ports import Port, serving
from tests.publishing import until

QUOTA = 100_000
FEW = table([["number"], [NUMBER]])
MANY = "number\r\n" + "1\r\n" * 40_000
"""Rows of three bytes; as objects their answers are some 6 MB, more than all buffers on the way."""

OBJECTS = "application/x-ndjson"


@pytest_asyncio.fixture(loop_scope="session")
async def port(app: Litestar, client: httpx.AsyncClient) -> AsyncIterator[Port]:
    async with serving(app) as port:
        yield port
        while SENDING:
            SENDING[-1].transport.abort()
            with contextlib.suppress(ConnectionError):
                await SENDING.pop().wait_closed()


SENDING: list[asyncio.StreamWriter] = []


def waiting_on_disk(deployment: Deployment) -> list[str]:
    """Files without a name that are open in the folder of files."""
    found = []
    for each in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.append(str(each.readlink()))
    return [each for each in found if each.startswith(str(folder_of(deployment)))]


async def nothing_is_left(app: Litestar) -> None:
    """No file, no process, no seat and no place is taken any more, within seconds."""
    left: list[object] = []
    places = app.state.places

    async def is_so() -> bool:
        left[:] = waiting_on_disk(app.state.deployment), workers(), dict(places.seats._taken)
        return not any(left) and not places.files._slots.locked()

    with contextlib.suppress(TimeoutError):
        await until(is_so)
    assert left == [[], [], {}]


async def used(app: Litestar, agency: Agency) -> int:
    """Checks that count against its quota."""
    key = app.state.deployment.keys.sealer.passing
    who = Counted("agency", agency.id, agency.told)
    return (await limits.used(key, "verify", who))[0]


async def file_key(name: str = "某某银行") -> tuple[Agency, str]:
    return await added(name, scopes=("verify", "batch"), quota=QUOTA)


class Sending:
    """A form on its way over a socket of its own."""

    def __init__(self, key: str, content: str) -> None:
        part = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        self.body = f"{part}{content}\r\n--b--\r\n".encode()
        self.head = (
            f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAccept: {OBJECTS}\r\n"
            f"Authorization: Bearer {key}\r\nContent-Length: {len(self.body)}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        ).encode()
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def begin(self, port: Port) -> "Sending":
        """Send the first half, by a socket that takes little at once."""
        little = socket.socket()
        little.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        little.setblocking(False)
        await asyncio.get_running_loop().sock_connect(little, ("127.0.0.1", port.number))
        self.reader, self.writer = await asyncio.open_connection(sock=little, limit=4096)
        SENDING.append(self.writer)
        self.writer.write(self.head + self.body[: len(self.body) // 2])
        await self.writer.drain()
        return self

    async def end(self) -> None:
        """Send the rest of it."""
        self.writer.write(self.body[len(self.body) // 2 :])
        await self.writer.drain()

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The status, the headers, and the body as far as it comes."""
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 20)).decode()
        first, *lines = head.strip().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        body = bytearray()
        with contextlib.suppress(ConnectionError):
            while len(body) < int(headers["content-length"]):
                if not (piece := await asyncio.wait_for(self.reader.read(1 << 20), 20)):
                    break
                body += piece
        return int(first.split()[1]), headers, bytes(body)

    def hang_up(self) -> None:
        self.writer.transport.abort()


@contextlib.asynccontextmanager
async def nothing_looked_up(database_url: str) -> AsyncIterator[None]:
    """Whoever looks a row up waits, until the end of the block."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE claim IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


async def is_looking_up(database_url: str) -> None:
    """Once a file's process is at the register, where its rows were counted."""
    connection = await asyncpg.connect(database_url)
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'claim'::regclass"

    async def is_so() -> bool:
        return bool(await connection.fetchval(waits))

    try:
        await until(is_so)
    finally:
        await connection.close()


@contextlib.contextmanager
def no_file_grows_beyond(size: int) -> Iterator[None]:
    """The system refuses to write more, here and in processes that begin meanwhile.

    As on a disk that is full: after a part of what was to be written, and after all was looked at.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("of", ["what comes", "the reply"])
async def test_a_disk_that_takes_no_more_is_told_and_the_next_file_passes(
    app: Litestar, client: httpx.AsyncClient, of: str
) -> None:
    """It was not full when it was asked, but is when it is written to."""
    agency, key = await file_key()
    content = {"what comes": "number\r\n" + "1,,\r\n" * 200_000, "the reply": MANY}[of]
    question = {"certificate": FOOD, "number": NUMBER}

    with no_file_grows_beyond(300_000):
        refused, checked = await asyncio.gather(
            send(client, content, bearer(key), accept=OBJECTS),
            client.post("/api/v1/verifications", json=question),
        )
        again = await send(client, content, bearer(key), accept=OBJECTS)

    assert told(refused) == told(again) == (507, "storage_full")
    assert int(refused.headers["retry-after"]) > 0
    assert checked.status_code == 200
    await nothing_is_left(app)
    assert await used(app, agency) == 0
    assert len(rows_of(await send(client, FEW, bearer(key)))) == 2


async def test_who_hangs_up_while_sending_leaves_nothing(app: Litestar, port: Port) -> None:
    _, key = await file_key()
    sending = await Sending(key, "number\r\n" + "1\r\n" * 400_000).begin(port)
    await until(lambda: _waits(app))

    sending.hang_up()

    await nothing_is_left(app)


async def _waits(app: Litestar) -> bool:
    return bool(waiting_on_disk(app.state.deployment))


@pytest.mark.parametrize("rows", [1, 90_000])
async def test_who_hangs_up_before_the_answer_ends_the_process_and_counts_nothing(
    app: Litestar, port: Port, database_url: str, client: httpx.AsyncClient, rows: int
) -> None:
    """Also where more came at once than is read before somebody takes it."""
    agency, key = await file_key()
    content = table([["number"], *[[NUMBER]] * rows])
    async with nothing_looked_up(database_url):
        sending = await Sending(key, content).begin(port)
        await sending.end()
        await is_looking_up(database_url)
        assert await used(app, agency) == rows

        sending.hang_up()

        await nothing_is_left(app)
    assert await used(app, agency) == 0
    assert len(rows_of(await send(client, FEW, bearer(key)))) == 2


async def test_who_hangs_up_in_the_answer_leaves_nothing_and_was_answered(
    app: Litestar, port: Port
) -> None:
    """All rows count: nobody can tell how many of them were read."""
    agency, key = await file_key()
    sending = await Sending(key, MANY).begin(port)
    await sending.end()
    head = await asyncio.wait_for(sending.reader.readuntil(b"\r\n\r\n"), 20)
    assert head.startswith(b"HTTP/1.1 200 ")
    assert waiting_on_disk(app.state.deployment)

    sending.hang_up()

    await nothing_is_left(app)
    assert await used(app, agency) == 40_000


async def test_who_reads_nothing_of_the_answer_keeps_it_on_the_disk_for_a_while_only(
    app: Litestar, port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "READ_SECONDS", 0.5)
    _, key = await file_key()
    sending = await Sending(key, MANY).begin(port)
    await sending.end()
    await asyncio.wait_for(sending.reader.readuntil(b"\r\n\r\n"), 20)

    await nothing_is_left(app)

    sending.hang_up()


async def test_a_key_that_is_revoked_while_its_file_comes_is_refused(
    app: Litestar, port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "LOOK_AGAIN", 0.0)
    agency, key = await file_key()
    sending = await Sending(key, MANY).begin(port)
    await until(lambda: _waits(app))

    await revoked(agency)
    await sending.end()
    status, headers, body = await sending.answer()

    assert (status, json.loads(body)["code"]) == (401, "unknown_key")
    assert headers["www-authenticate"].startswith("bearer")
    assert workers() == []
    await nothing_is_left(app)


async def test_a_key_that_is_revoked_while_its_file_is_answered_is_refused_and_nothing_counts(
    app: Litestar, port: Port, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "LOOK_AGAIN", 0.0)
    agency, key = await file_key()
    async with nothing_looked_up(database_url):
        sending = await Sending(key, FEW).begin(port)
        await sending.end()
        await is_looking_up(database_url)

        await revoked(agency)
        status, _, body = await sending.answer()

        assert (status, json.loads(body)["code"]) == (401, "unknown_key")
        await nothing_is_left(app)
    assert await used(app, agency) == 0


async def test_a_key_that_is_revoked_while_the_answer_goes_back_gets_no_more_of_it(
    app: Litestar, port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is shorter than it said, which whoever reads it can tell."""
    monkeypatch.setattr(authentication, "LOOK_AGAIN", 0.0)
    monkeypatch.setattr("notices.api.batches.LOOK", 0.0)
    agency, key = await file_key()
    sending = await Sending(key, MANY).begin(port)
    await sending.end()
    await until(lambda: _has_begun(sending))

    await revoked(agency)
    status, headers, body = await sending.answer()

    assert status == 200
    assert len(body) < int(headers["content-length"])
    assert b'"summary"' not in body
    await nothing_is_left(app)


async def _has_begun(sending: Sending) -> bool:
    return len(sending.reader._buffer) > 0  # type: ignore[attr-defined]


async def revoked(agency: Agency) -> None:
    """By a connection of its own: the service's goes on to be asked meanwhile."""
    connection = await asyncpg.connect(enginefarm.owned(DB.config["dsn"]))
    for of, column in (("agency_key", "agency"), ("agency", "id")):
        revoke = f"UPDATE {of} SET revoked_at = now() WHERE {column} = $1"
        await connection.execute(revoke, agency.id)
    await connection.close()


def standing(pid: str) -> tuple[int, dict[str, str]]:
    """The niceness of a process, and what bounds it."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]
    return int(words[16]), {line[:25].strip(): line[25:].split()[0] for line in lines}


async def test_a_file_in_the_works_has_one_process_that_lets_others_go_first(
    app: Litestar, port: Port, client: httpx.AsyncClient, database_url: str
) -> None:
    """Whatever it stands at, others are checked; the next file waits for it, and is answered."""
    (_, one), (_, other) = await file_key(), await file_key("乙银行")
    async with nothing_looked_up(database_url):
        first = await Sending(one, FEW).begin(port)
        await first.end()
        await is_looking_up(database_url)
        [pid] = workers()
        os.kill(int(pid), signal.SIGSTOP)
    second = await Sending(other, FEW).begin(port)
    await second.end()
    await until(lambda: _are_on_disk(app, 5))
    question = {"certificate": FOOD, "number": NUMBER}
    checked = [await client.post("/api/v1/verifications", json=question) for _ in range(20)]

    nice, limits = standing(pid)
    assert [each.status_code for each in checked] == [200] * 20
    assert workers() == [pid]
    assert nice == os.nice(0) + bounds.NICE
    assert limits["Max cpu time"] == str(bounds.CPU_SECONDS)
    assert limits["Max data size"] == str(bounds.MEMORY)
    assert limits["Max core file size"] == "0"
    os.kill(int(pid), signal.SIGCONT)
    assert [(await each.answer())[0] for each in (first, second)] == [200, 200]


async def _are_on_disk(app: Litestar, count: int) -> bool:
    return len(waiting_on_disk(app.state.deployment)) == count


async def test_who_sends_slowly_keeps_no_place_that_others_need(
    app: Litestar, port: Port, client: httpx.AsyncClient
) -> None:
    """Two files of one agency are on their way: of its own a third is too many, and no other's."""
    _, slow = await file_key()
    sendings = [await Sending(slow, MANY).begin(port) for _ in range(2)]
    await until(lambda: _are_on_disk(app, 2))

    third = await send(client, FEW, bearer(slow))
    others = await send(client, FEW, await keyed(name="乙银行"))
    question = {"certificate": FOOD, "number": NUMBER}
    own = await client.post("/api/v1/verifications", json=question, headers=bearer(slow))

    assert (third.status_code, third.headers["retry-after"]) == (503, "30")
    assert len(rows_of(others)) == 2
    assert own.status_code == 200
    for each in sendings:
        each.hang_up()
    await nothing_is_left(app)
