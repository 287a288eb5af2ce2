"""Four web processes share what they count: whoever asks all of them gets no more."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Awaitable, Iterator
from typing import Any

import httpx
import pytest

from tests import api
from tests.api import declaration
from tests.samples import ANNA, OFFICER, RESTAURANT
from tests.service import Service, running

MOST_CHANGES = 6
_ADDRESSES = itertools.count(1)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """With its limits on, behind a proxy that tells each client's address."""
    more = {
        "WORKERS": "4", "RATE_LIMITS": "1", "BULK_LIMIT": str(MOST_CHANGES),
        "FORWARDED_ALLOW_IPS": "127.0.0.1",
    }  # fmt: skip
    with running(tmp_path_factory.mktemp("shared") / "data", **more) as service:
        service.until(lambda client: len(service.children("notices web")) == 4)
        yield service


async def sent(
    service: Service, path: str, body: Any, cookies: Any = None, address: str = ""
) -> httpx.Response:
    """By a connection of its own, which goes to whichever process takes it."""
    number = next(_ADDRESSES)
    at = address or f"198.51.{number // 250}.{number % 250 + 1}"
    async with httpx.AsyncClient(
        base_url=service.url, cookies=cookies, headers={"X-Forwarded-For": at}, timeout=60
    ) as client:
        return await client.post(path, json=body)


async def together(requests: list[Awaitable[httpx.Response]]) -> tuple[Counter[int], list[Any]]:
    """How often which status came, and what was answered to what was done."""
    answers = await asyncio.gather(*requests)
    done = [answer.json() for answer in answers if answer.status_code < 300]
    return Counter(answer.status_code for answer in answers), done


async def test_no_more_is_done_than_one_process_would_let(service: Service) -> None:
    restaurant, anna, officer = [
        (await sent(service, "/api/v1/demo/login", person)).cookies
        for person in (RESTAURANT, ANNA, OFFICER)
    ]
    numbers = [f"JY1379999{serial:07}" for serial in range(30)]
    statuses, notices = await together([
        sent(service, "/api/v1/notices",
             declaration(number=number, confirm_unusual_number=True), restaurant)
        for number in numbers
    ])  # fmt: skip
    assert statuses == {201: 20, 429: 10}

    objection = {"ground": "false", "text": "不是遗失。"}
    statuses, _ = await together([
        sent(service, api.of(notice["id"], "objections"),
             objection | {"number": notice["number"]}, anna)
        for notice in notices[:12]
    ])  # fmt: skip
    assert statuses == {201: 5, 429: 7}

    question = {"certificate": "food-operation-license", "number": numbers[0]}
    statuses, _ = await together([
        sent(service, "/api/v1/verifications", question, address="203.0.113.9") for _ in range(50)
    ])  # fmt: skip
    assert statuses == {200: 30, 429: 20}

    annul = {"decision": "annul", "reason": "经核实号码有误"}
    statuses, changed = await together([
        sent(service, api.of(notice["id"], "decisions"), annul, officer) for notice in notices
    ])  # fmt: skip
    assert statuses == {201: MOST_CHANGES, 429: 20 - MOST_CHANGES}
    assert {each["kind"] for each in changed} == {"annulled"}
