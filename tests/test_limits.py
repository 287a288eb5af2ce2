"""How often one person or address may do something."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from notices import limits
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import TooManyRequests
from tests.conftest import SignIn
from tests.samples import RESTAURANT, declaration


@pytest_asyncio.fixture(loop_scope="session")
async def limited(restaurant: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """The restaurant's client on the application with its limits switched on."""
    app = restaurant._transport.app  # type: ignore[attr-defined]
    before: Deployment = app.state.deployment
    settings = _limited(before)
    app.state.deployment = settings
    yield restaurant
    app.state.deployment = before


def _limited(deployment: Deployment) -> Deployment:
    import dataclasses

    settings = dataclasses.replace(deployment.settings, rate_limits=True)
    return dataclasses.replace(deployment, settings=settings)


async def test_the_thirty_first_question_of_a_minute_is_too_many(
    limited: httpx.AsyncClient,
) -> None:
    question = {"certificate": "food-operation-license", "number": "1"}
    answers = [await limited.post("/api/v1/verifications", json=question) for _ in range(31)]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[-1].json()["code"] == "too_many_requests"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 61


async def test_a_window_that_has_passed_counts_no_more(limited: httpx.AsyncClient) -> None:
    for _ in range(121):
        last = await limited.get("/api/v1/notices")
    assert last.status_code == 429
    await DB.fetch("UPDATE rate SET window_end = now()")

    assert (await limited.get("/api/v1/notices")).status_code == 200


async def test_the_twenty_first_declaration_of_a_day_is_too_many_but_a_repeat_is_not(
    limited: httpx.AsyncClient,
) -> None:
    for serial in range(20):
        body = declaration(number=f"JY1379999{serial:07}", confirm_unusual_number=True)
        headers = {"Idempotency-Key": f"k{serial}"}
        answer = await limited.post("/api/v1/notices", json=body, headers=headers)
        assert answer.status_code == 201, answer.text

    again = await limited.post("/api/v1/notices", json=body, headers=headers)
    assert again.content == answer.content
    more = await limited.post("/api/v1/notices", json=declaration())
    assert more.status_code == 429


async def test_a_person_is_counted_once_however_his_identifier_is_written(
    limited: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """And for whomever he acts."""
    spelt = " 379999-19000102 0023"
    for serial in range(20):
        body = declaration(number=f"JY1379999{serial:07}", confirm_unusual_number=True)
        assert (await limited.post("/api/v1/notices", json=body)).status_code == 201
    birth = {
        "certificate": "birth-medical-certificate", "matter": None, "number": "X990000001",
        "holder": {"kind": "person", "name": "李四", "identifier": spelt},
    }  # fmt: skip

    again = await sign_in({**RESTAURANT, "identifier": spelt})
    assert (await again.post("/api/v1/notices", json=declaration())).status_code == 429
    alone = await sign_in({"kind": "person", "name": "李四", "identifier": spelt})
    assert (await alone.post("/api/v1/notices", json=declaration(**birth))).status_code == 429


async def test_policies_and_people_are_counted_apart(database: None) -> None:
    key = bytes(32)
    for _ in range(5):
        await limits.use(key, "object", "a")

    await limits.use(key, "object", "b")
    await limits.use(key, "declare", "a")
    with pytest.raises(TooManyRequests):
        await limits.use(key, "object", "a")
    await limits.forget_old()
    assert len(await DB.fetch("SELECT 1 FROM rate")) == 3


async def test_a_declaration_that_was_refused_is_not_counted(limited: httpx.AsyncClient) -> None:
    assert (await limited.post("/api/v1/notices", json=declaration())).status_code == 201
    for _ in range(25):
        assert (await limited.post("/api/v1/notices", json=declaration())).status_code == 409

    again = await limited.post("/api/v1/notices", json=declaration(copies="duplicate"))
    assert again.status_code == 201


async def test_who_did_too_much_is_told_how_much_and_how_long(database: None) -> None:
    with pytest.raises(TooManyRequests) as refusal:
        for _ in range(21):
            await limits.use(bytes(32), "declare", "a")

    assert "20" in refusal.value.detail.zh
    # A day, not 25 hours: what people call it.
    assert "请在 1 天 后再试" in refusal.value.detail.zh
    assert "Try again in 1 day." in refusal.value.detail.en
