"""PostgreSQL stands still, which is worse than being gone: nobody waits long or is told 500."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.samples import RESTAURANT, declaration
from tests.service import Service, running

FOOD = "food-operation-license"
NUMBER = "JY13799990000011"
LONGEST = 6.0
"""Seconds; a statement has 3, and the machine of a test other things to do."""
READS = (
    "/", "/notices/{id}", "/notices/{id}.pdf", "/notices", "/mine", "/log",
    "/api/v1/notices/{id}", "/api/v1/notices/{id}/receipt", "/api/v1/notices?q=餐饮",
    *(f"/api/v1/notices?q=餐饮&page={page}" for page in range(2, 6)),
    "/api/v1/suggestions?q=餐饮", "/api/v1/events?since=0", "/api/v1/objections",
    "/log/checkpoint", "/log/tile/0/000.p/1", "/feed.atom", "/sitemap.xml", "/verify",
)  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("service") / "data") as service:
        yield service


def servers(data: Path) -> list[int]:
    """The processes of the PostgreSQL of `data`: the first, and those that it started."""
    pointer = data / "postgresql.home"
    home = Path(pointer.read_text().strip()) if pointer.exists() else data / "postgresql"
    first = next(home.rglob("postmaster.pid")).read_text().split("\n", 1)[0]
    found = [int(first)]
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, IndexError):
            if (folder / "stat").read_text().rpartition(")")[2].split()[1] == first:
                found.append(int(folder.name))
    return found


@contextlib.contextmanager
def standing_still(data: Path) -> Iterator[None]:
    stopped = servers(data)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


async def timed(sent: Any) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    answer = await sent
    return answer, time.monotonic() - began


async def test_before_a_database_that_stands_still_everybody_is_told_soon(
    service: Service,
) -> None:
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as client:
        assert (await client.post("/api/v1/demo/login", json=RESTAURANT)).status_code == 204
        id = (await client.post("/api/v1/notices", json=declaration())).json()["id"]
        new = declaration(number="JY13799990000020", confirm_unusual_number=True)
        question = {"certificate": FOOD, "number": NUMBER}
        key = {"Idempotency-Key": "frozen"}

        with standing_still(service.data):
            for _ in range(2):  # by connections of before, then by such as would have to be opened
                paths = [path.format(id=id) for path in READS]
                sent = [
                    *(timed(client.get(path)) for path in paths),
                    timed(client.post("/api/v1/verifications", json=question)),
                    timed(client.post("/api/v1/notices", json=new, headers=key)),
                ]
                readies = []
                everything = asyncio.gather(*sent)
                while not everything.done():
                    readies.append(await timed(client.get("/health/ready")))
                answers = await everything

                asked = [*paths, "verifications", "declare"]
                late = [(path, took) for path, (_, took) in zip(asked, answers, strict=True)
                        if took > LONGEST]  # fmt: skip
                wrong = [(path, answer.status_code)
                         for path, (answer, _) in zip(asked, answers, strict=True)
                         if answer.status_code not in (200, 401, 503)]  # fmt: skip
                assert (late, wrong) == ([], [])
                for answer, _ in answers[-2:]:
                    assert answer.status_code == 503
                    assert int(answer.headers["Retry-After"]) > 0
                assert {answer.json()["database"] for answer, _ in readies} == {"down"}
                assert {answer.status_code for answer, _ in readies} == {503}
                assert max(took for _, took in readies) < 3

        service.until(lambda client: client.get("/health/ready").status_code == 200)
        assert (await client.post("/api/v1/verifications", json=question)).status_code == 200
        made = await client.post("/api/v1/notices", json=new, headers=key)
        assert made.status_code == 201, made.text
        assert (await client.get("/health/ready")).json()["log_size"] == 2
