"""Asking whether a certificate is declared lost."""

from typing import Any

import httpx
import pytest

from notices.database import DB
from notices.deployment import Deployment
from notices.trust import answers
from tests.api import declaration

FOOD = "food-operation-license"


async def ask(client: httpx.AsyncClient, **question: Any) -> httpx.Response:
    return await client.post("/api/v1/verifications", json=question)


async def test_nothing_declared_is_said_to_be_nothing_declared(client: httpx.AsyncClient) -> None:
    answer = (await ask(client, certificate=FOOD, number="JY13799990000011")).json()

    assert answer["status"] == "no_notice"
    for name in ("since", "effective_at", "evidence", "before", "notice", "holder", "copies"):
        assert answer[name] is None
    assert answer["log_size"] == 0


@pytest.mark.parametrize(
    "typed",
    ["JY13799990000011", "ｊｙ1 3799-9900 00011", "（JY）13799990000011号", "第JY13799990000011號"],
)
async def test_a_number_is_found_however_it_is_typed(
    restaurant: httpx.AsyncClient, typed: str
) -> None:
    notice = (await restaurant.post("/api/v1/notices", json=declaration())).json()

    answer = (await ask(restaurant, certificate=FOOD, number=typed)).json()

    assert answer["status"] == "invalid"
    assert answer["notice"] == notice["id"]
    assert answer["number"] == typed
    assert answer["since"] == notice["published_at"]
    assert answer["log_size"] == 1


async def test_an_answer_is_signed_and_any_change_breaks_it(
    client: httpx.AsyncClient, deployment: Deployment
) -> None:
    answer = (await ask(client, certificate=FOOD, number="1")).json()
    public = answers.keys_in((await client.get("/.well-known/notice-keys.json")).content)

    answers.verify(answer, public)
    with pytest.raises(answers.AnswerError):
        answers.verify({**answer, "status": "invalid"}, public)
    assert public == deployment.keys.answer_keys


async def test_only_the_copy_that_was_declared_is_invalid(restaurant: httpx.AsyncClient) -> None:
    await restaurant.post("/api/v1/notices", json=declaration(copies="duplicate"))

    found = {
        copy: (await ask(restaurant, certificate=FOOD, number="JY13799990000011", copy=copy)).json()
        for copy in ("original", "duplicate")
    }

    assert found["original"]["status"] == "no_notice"
    assert found["duplicate"]["status"] == "invalid"


async def test_a_withdrawn_notice_verifies_as_reinstated(restaurant: httpx.AsyncClient) -> None:
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    done = await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"})

    answer = (await ask(restaurant, certificate=FOOD, number="JY13799990000011")).json()

    assert answer["status"] == "reinstated"
    assert answer["since"] == done.json()["at"]
    assert answer["log_size"] == 2


async def test_a_living_notice_counts_before_a_withdrawn_newer_one(
    restaurant: httpx.AsyncClient,
) -> None:
    first = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    second = await restaurant.post("/api/v1/notices", json=declaration(copies="duplicate"))
    id = second.json()["id"]
    await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "mistake"})

    answer = (await ask(restaurant, certificate=FOOD, number="JY13799990000011")).json()

    assert answer["notice"] == first


async def test_many_questions_are_answered_in_their_order(restaurant: httpx.AsyncClient) -> None:
    await restaurant.post("/api/v1/notices", json=declaration())
    numbers = [f"JY1379999000{n:04}" for n in range(50, 89)] + ["JY13799990000011"]

    reply = await ask(
        restaurant, items=[{"certificate": FOOD, "number": number} for number in numbers]
    )

    found = reply.json()["answers"]
    assert [one["number"] for one in found] == numbers
    assert [one["status"] for one in found] == ["no_notice"] * 39 + ["invalid"]


async def test_elsewhere_says_where_the_law_also_looks(client: httpx.AsyncClient) -> None:
    question = {"certificate": "business-license", "number": "91379999MA0000015K"}

    answer = (await ask(client, **question)).json()

    assert answer["elsewhere"]["required"] is True
    assert answer["elsewhere"]["channel"]["zh"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"certificate": FOOD}, 422),
        ({"certificate": FOOD, "number": "---"}, 422),
        ({"certificate": "x", "number": "1"}, 422),
        ({"certificate": FOOD, "number": "1", "copy": "both"}, 422),
        ({"certificate": FOOD, "number": 1}, 422),
        ({"certificate": FOOD, "number": "1", "why": 1}, 400),
        ({"number": "---"}, 422),
        ({"items": [{"number": "1"}], "document": "official-seal"}, 400),
        ({"items": [{"number": "1", "items": []}]}, 400),
        ({"items": []}, 422),
        ({"items": [{}] * 1001}, 422),
        ({"items": [1]}, 422),
        ({"items": [{"certificate": FOOD, "number": "1"}], "number": "1"}, 400),
        ([], 400),
    ],
)
async def test_a_bad_question_is_told_what_is_wrong(
    client: httpx.AsyncClient, body: Any, status: int
) -> None:
    answer = await client.post("/api/v1/verifications", json=body)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_asking_needs_no_identity_and_is_no_write(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/api/v1/verifications",
        json={"certificate": FOOD, "number": "1"},
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"},
    )

    assert answer.status_code == 200


async def test_of_two_living_notices_the_gravest_is_told(restaurant: httpx.AsyncClient) -> None:
    """Asked about no copy, a reader must know of the one that is in effect, not of the newest."""
    mine = {"certificate": "mineral-right-license", "matter": None, "confirm_unusual_number": True}
    number = "C3799992020011110000001"
    first = await restaurant.post(
        "/api/v1/notices", json=declaration(**mine, number=number, copies="original")
    )
    second = await restaurant.post(
        "/api/v1/notices", json=declaration(**mine, number=number, copies="duplicate")
    )
    assert [first.json()["status"], second.json()["status"]] == ["declared", "declared"]
    await DB.fetch(
        "UPDATE notice SET effective_at = published_at WHERE id = $1", first.json()["id"]
    )

    answer = (await ask(restaurant, certificate="mineral-right-license", number=number)).json()

    assert (answer["notice"], answer["status"]) == (first.json()["id"], "invalid")


async def test_a_number_asked_many_times_is_answered_each_time(
    restaurant: httpx.AsyncClient,
) -> None:
    await restaurant.post("/api/v1/notices", json=declaration())
    items = [
        {"certificate": FOOD, "number": number, "copy": copy}
        for number in ("JY13799990000011", "1")
        for copy in ("original", "duplicate", "original")
    ]

    answered = (await ask(restaurant, items=items)).json()["answers"]

    found = ["invalid", "no_notice", "invalid"]
    assert [each["status"] for each in answered] == found + ["no_notice"] * 3


async def test_who_declares_and_withdraws_all_day_is_answered_by_the_last(
    restaurant: httpx.AsyncClient,
) -> None:
    for _ in range(3):
        notice = (await restaurant.post("/api/v1/notices", json=declaration())).json()
        path = f"/api/v1/notices/{notice['id']}/withdrawal"
        await restaurant.post(path, json={"reason": "other"})

    answer = (await ask(restaurant, certificate=FOOD, number="JY13799990000011")).json()

    assert (answer["notice"], answer["status"]) == (notice["id"], "reinstated")


async def test_the_longest_questions_fit(client: httpx.AsyncClient) -> None:
    items = [{"certificate": FOOD, "number": "鲁" * 200}] * 1000

    assert (await ask(client, items=items)).status_code == 200
    assert (await ask(client, certificate=FOOD, number="\ufdfa" * 100_000)).status_code == 422
