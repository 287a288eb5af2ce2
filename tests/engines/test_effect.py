"""How many checks met a notice is counted, and nothing else of them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from notices import agencies
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.verification import effect
from tests import publishing
from tests.owning import owned

FOOD = "food-operation-license"
CHECK = "/api/v1/verifications"
DECLARED, OTHER = "JY13799990000011", "JY13799990000046"

pytestmark = pytest.mark.usefixtures("database")


@pytest_asyncio.fixture(autouse=True)
async def counted_anew() -> AsyncIterator[None]:
    effect.CHECKS._counted.clear()
    yield
    effect.CHECKS._counted.clear()


async def written() -> dict[str, tuple[int, int]]:
    await effect.CHECKS.write()
    rows = await DB.fetch("SELECT certificate, checks, met FROM check_count")
    return {row["certificate"]: (row["checks"], row["met"]) for row in rows}


def about(number: str, **more: Any) -> dict[str, Any]:
    return {"certificate": FOOD, "number": number, **more}


async def test_checks_are_counted_by_certificate_and_by_whether_they_met_a_notice(
    client: httpx.AsyncClient, deployment: Deployment
) -> None:
    withdrawn = await publishing.declared(deployment, "JY13799990000062")
    await publishing.withdrawn(deployment, withdrawn)
    await publishing.declared(deployment, DECLARED)
    items = [about(DECLARED), about(OTHER), about("JY13799990000062"), {"number": DECLARED}]
    await client.post(CHECK, json={"items": [*items, {"number": OTHER}]})
    await client.post("/verify", data=about(DECLARED), headers={"sec-fetch-site": "same-origin"})
    first = await written()
    await client.post(CHECK, json=about(OTHER))

    assert first == {FOOD: (5, 4), "": (1, 0)}
    assert await written() == {FOOD: (6, 4), "": (1, 0)}
    [month] = {row["month"] for row in await DB.fetch("SELECT month FROM check_count")}
    assert month == (datetime.now(UTC) + timedelta(hours=8)).date().replace(day=1)


async def test_what_is_asked_with_a_key_for_tests_is_no_check(client: httpx.AsyncClient) -> None:
    _, key = await owned(agencies.add("某某银行", [], scopes=["verify"], test=True))
    headers = {"authorization": f"Bearer {key}"}
    answer = await client.post(CHECK, json=about(DECLARED), headers=headers)

    assert answer.status_code == 200
    assert await written() == {}


async def test_what_is_wrong_is_no_check(client: httpx.AsyncClient) -> None:
    assert (await client.post(CHECK, json=about(""))).status_code == 422
    assert await written() == {}


async def test_what_cannot_be_written_now_is_written_later(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.post(CHECK, json=about(OTHER))

    async def away(*anything: object) -> None:
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(DB, "fetch", away)
        with pytest.raises(Unavailable):
            await effect.CHECKS.write()

    assert await written() == {FOOD: (1, 0)}
