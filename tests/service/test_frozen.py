"""PostgreSQL stands still, which is worse than being gone: nobody waits long or is told 500."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests import api
from tests.api import declaration
from tests.processes import servers, standing_still
from tests.samples import RESTAURANT
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


async def timed(sent: Any) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    answer = await sent
    return answer, time.monotonic() - began


async def test_before_a_database_that_stands_still_everybody_is_told_soon(
    service: Service,
) -> None:
    async with api.loop_client(service.url, timeout=30) as client:
        assert (await client.post("/api/v1/demo/login", json=RESTAURANT)).status_code == 204
        id = (await client.post("/api/v1/notices", json=declaration())).json()["id"]
        new = declaration(number="JY13799990000020", confirm_unusual_number=True)
        question = {"certificate": FOOD, "number": NUMBER}
        key = {"Idempotency-Key": "frozen"}

        with standing_still(servers(service.data)):
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
