"""A large file is answered by two processes as by one, and not at all if either of them ends."""

import asyncio
import contextlib
import ctypes
import math
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from litestar import Litestar

from notices.batches import running
from tests.api import declaration
from tests.conftest import SignIn
from tests.engines.test_agency_keys import bearer
from tests.engines.test_batches import FOOD, keyed, rows_of, send, table
from tests.engines.test_batches_bad import told, workers
from tests.engines.test_batches_cut import (
    Sending,
    file_key,
    is_looking_up,
    nothing_is_left,
    nothing_looked_up,
    port,
    used,
)
from tests.engines.test_guessing import BIRTH, BORN, publish
from tests.limiting import From, limited, strangers
from tests.ports import Port
from tests.publishing import until

__all__ = ["limited", "port", "strangers"]

HEADER = ["客户", "证件号码", "证件种类"]
NUMBER = "JY13799990000011"
ROWS = 6000
"""With PADDING they are five of the pieces by which the middle of a file is found."""
PADDING = "某" * 60
ODD = [
    ["甲", NUMBER, FOOD],
    ["=1+1", NUMBER, ""],
    ["乙", "", FOOD],
    ["丙", "无", "食品经营许可证"],
    ["丁", BORN, BIRTH],
    ["戊"],
    ["己", NUMBER, FOOD, "", "多"],
]
"""Some that are met, some with a problem, some too short and too long."""


def register(odd: list[list[str]]) -> str:
    """`odd` stands near the beginning and near the end."""
    rows = [[f"{PADDING}{place}", f"JY2379998{place:07}", FOOD] for place in range(ROWS)]
    return table([HEADER, *rows[:10], *odd, *rows[10:-10], *odd, *rows[-10:]])


@pytest.fixture
def halved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "in_halves", lambda: 1)


@pytest.mark.parametrize(
    ("encoding", "accept"),
    [("utf-8-sig", "text/csv"), ("gb18030", "text/csv"), ("utf-8", "application/x-ndjson")],
)
async def test_halves_say_what_the_whole_does(
    restaurant: httpx.AsyncClient,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    encoding: str,
    accept: str,
) -> None:
    await restaurant.post("/api/v1/notices", json=declaration())
    await publish(sign_in, BIRTH, BORN)
    content = register(ODD).encode(encoding)
    key = await keyed("verify", "batch", "masked")
    found, summaries = [], []

    for least in (math.inf, 1):
        monkeypatch.setattr(running, "in_halves", lambda least=least: least)
        answer = await send(restaurant, content, key, accept=accept)
        assert answer.status_code == 200, answer.text
        lines = answer.content.splitlines()
        found.append(lines[:-1] if accept.endswith("ndjson") else lines)
        path = answer.headers["link"][1:].partition(">")[0].partition(".example")[2]
        told_of = (await restaurant.get(path, headers=key)).json()
        summaries.append({
            name: told_of[name]
            for name in ("rows", "answered", "hits", "problems", "by_status", "by_problem")
        })  # fmt: skip

    assert found[0] == found[1]
    assert summaries[0] == summaries[1]
    assert summaries[0]["rows"] == ROWS + 2 * len(ODD)
    assert summaries[0]["by_status"]["invalid"] == 6


async def test_guesses_of_both_halves_are_held_against_one_quota(
    strangers: From, halved: None
) -> None:
    key = await keyed("verify", "batch", "masked", masked_quota=1)
    content = register([["丁", BORN, BIRTH]])

    rows = rows_of(await send(strangers("192.0.2.1"), content, key))

    assert sorted(row[-1] for row in rows if row[1] == BORN) == ["", "too_many_requests"]


def state_of(pid: str) -> tuple[str, str]:
    """As the system says it, and who has started it; X: it has gone, in the midst of looking."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "X", ""
    return words[0], words[1]


def children_of(pid: str) -> list[str]:
    every = [each.name for each in Path("/proc").glob("[0-9]*")]
    return [each for each in every if state_of(each)[1] == pid]


def second_half_of(worker: str) -> str:
    """The process that it has forked."""
    [found] = children_of(worker)
    return found


async def has_ended(pid: str) -> bool:
    return state_of(pid)[0] in "XZ"


@pytest.mark.parametrize(
    ("ending", "answer"),
    [
        (signal.SIGKILL, (503, "unavailable")),
        (signal.SIGXCPU, (422, "file_too_large_inside")),
    ],
)
async def test_a_half_that_ends_ends_the_other_and_nothing_counts(
    app: Litestar,
    port: Port,
    database_url: str,
    halved: None,
    ending: signal.Signals,
    answer: tuple[int, str],
) -> None:
    agency, key = await file_key()
    async with nothing_looked_up(database_url):
        sending = await Sending(key, register([])).begin(port)
        await sending.end()
        await is_looking_up(database_url)
        [worker] = workers()
        os.kill(int(second_half_of(worker)), ending)

    status, _, content = await sending.answer()

    assert told(httpx.Response(status, content=content)) == answer
    assert await used(app, agency) == 0
    await nothing_is_left(app)


@contextlib.asynccontextmanager
async def both_at_the_register(database_url: str) -> AsyncIterator[None]:
    """Within it both halves have found that a row meets a notice, and wait for that."""
    connection = await asyncpg.connect(database_url)
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'notice'::regclass"

    async def are() -> bool:
        return bool(await connection.fetchval(waiting) >= 2)

    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE notice IN ACCESS EXCLUSIVE MODE")
            await until(are)
            yield
    finally:
        await connection.close()


@pytest.mark.parametrize("which", ["first", "second"])
async def test_a_half_that_ends_while_it_looks_up_ends_the_other(
    app: Litestar, port: Port, database_url: str, restaurant: httpx.AsyncClient, halved: None,
    which: str,
) -> None:  # fmt: skip
    await restaurant.post("/api/v1/notices", json=declaration())
    agency, key = await file_key()
    sending = await Sending(key, register([["甲", NUMBER, FOOD]])).begin(port)
    sent = asyncio.create_task(sending.end())
    async with both_at_the_register(database_url):
        [worker] = workers()
        second = second_half_of(worker)
        os.kill(int(worker if which == "first" else second), signal.SIGKILL)
        await sent

    assert (await sending.answer())[0] == 503
    assert await used(app, agency) == 0
    await until(lambda: has_ended(second))
    await nothing_is_left(app)


async def test_nobody_has_to_wait_for_a_process_of_a_file_that_was_answered(
    client: httpx.AsyncClient, halved: None
) -> None:
    """In a container that would be our own first process, for every large file."""
    key, adopt = await keyed(), ctypes.CDLL(None).prctl
    orphans = 36  # PR_SET_CHILD_SUBREAPER
    adopt(orphans, 1, 0, 0, 0)
    try:
        answers = [await send(client, register([]), key) for _ in range(2)]
        states = [state_of(each)[0] for each in children_of(str(os.getpid()))]
    finally:
        adopt(orphans, 0, 0, 0, 0)

    assert [each.status_code for each in answers] == [200, 200]
    assert "Z" not in states  # ended, and nobody has waited for it


async def test_who_hangs_up_ends_both_halves(
    app: Litestar, port: Port, database_url: str, halved: None
) -> None:
    _, key = await file_key()
    async with nothing_looked_up(database_url):
        sending = await Sending(key, register([])).begin(port)
        await sending.end()
        await is_looking_up(database_url)
        [worker] = workers()
        second = second_half_of(worker)
        sending.hang_up()

        await until(lambda: has_ended(worker))
        await until(lambda: has_ended(second))

    await nothing_is_left(app)


async def test_a_half_whose_process_is_gone_does_not_go_on_alone(
    app: Litestar, port: Port, client: httpx.AsyncClient, database_url: str, halved: None
) -> None:
    """The first one was killed: the second has nobody to tell what it found."""
    _, key = await file_key()
    async with nothing_looked_up(database_url):
        sending = await Sending(key, register([])).begin(port)
        await sending.end()
        await is_looking_up(database_url)
        [worker] = workers()
        second = second_half_of(worker)
        os.kill(int(worker), signal.SIGKILL)
        await until(lambda: has_ended(second))

    assert (await sending.answer())[0] == 503
    assert (await client.get("/api/v1/usage", headers=bearer(key))).json()["used"] == 0
    await nothing_is_left(app)
