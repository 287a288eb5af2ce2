"""Withdrawing and correcting through the API."""

import asyncio
import contextvars
from typing import Any

import httpx
import pytest

from notices import idempotency, log
from notices.changing import amending
from notices.database import DB
from notices.idempotency import Once
from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.samples import ANNA, RESTAURANT

FOREIGNER = {
    "kind": "person",
    "name": "欧阳小宝",
    "identifier_type": "passport",
    "identifier": "E12345678",
}


async def test_a_withdrawn_notice_is_reinstated_and_the_certificate_can_be_declared_again(
    restaurant: httpx.AsyncClient,
) -> None:
    id = (await api.declared(restaurant)).id

    answer = await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"})

    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["index"], body["kind"]) == (1, "withdrawn")
    assert body["notice"]["status"] == "reinstated"
    assert body["notice"]["effective_at"] is None
    again = await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"})
    assert again.status_code == 409
    assert again.json()["code"] == "already_reinstated"
    assert (await api.offer(restaurant, declaration())).status_code == 201


async def test_a_correction_changes_clerical_fields_and_the_old_text_stays(
    restaurant: httpx.AsyncClient,
) -> None:
    notice = (await api.offer(restaurant, declaration())).json()
    path = f"/api/v1/notices/{notice['id']}/correction"

    answer = await restaurant.post(path, json={"issuer": "潍坊市行政审批服务局", "lost_on": None})

    assert answer.status_code == 201, answer.text
    after = answer.json()["notice"]
    assert after["issuer"] == "潍坊市行政审批服务局"
    assert after["lost_on"] is None
    assert after["issued_on"] == "2020-05-01"
    assert after["statement"] == notice["statement"]
    old = (await restaurant.get(f"/api/v1/notices/{notice['id']}/receipt")).json()
    assert old["opening"]["form"]["issuer"] == "潍坊市奎文区行政审批服务局"
    for body, status in (({"number": "1"}, 400), ({}, 422), ({"issued_on": "2099-01-01"}, 422)):
        assert (await restaurant.post(path, json=body)).status_code == status


async def test_a_correction_tells_nothing_that_the_notice_masks(sign_in: SignIn) -> None:
    client = await sign_in(FOREIGNER)
    created = await api.offer(
        client,
        declaration(
            certificate="birth-medical-certificate", matter=None, number="X990000001",
            holder=FOREIGNER,
        ),
    )  # fmt: skip
    assert created.status_code == 201, created.text
    path = f"/api/v1/notices/{created.json()['id']}/correction"

    for issuer in ("E12345678", "e 1234-5678 医院", "X990000001", "医院 990000001", "欧阳小宝"):
        answer = await client.post(path, json={"issuer": issuer})

        assert answer.status_code == 422, issuer
        assert answer.json()["errors"][0]["code"] in (
            "personal_number", "personal_name", "issuer_unusual",
        )  # fmt: skip
    assert (await client.post(path, json={"issuer": "医院"})).status_code == 201


async def test_a_correction_sent_twice_under_one_key_is_made_once(
    restaurant: httpx.AsyncClient,
) -> None:
    id = (await api.declared(restaurant)).id
    headers = {"Idempotency-Key": "a1"}

    def send(path: str, body: dict[str, str]) -> Any:
        return restaurant.post(f"/api/v1/notices/{id}/{path}", json=body, headers=headers)

    for path, body in (("correction", {"issuer": "乙局"}), ("withdrawal", {"reason": "found"})):
        first = await send(path, body)
        twins = await asyncio.gather(*(send(path, body) for _ in range(4)))

        assert first.status_code == 201, first.text
        assert {(one.status_code, one.content) for one in twins} == {(201, first.content)}
    notice = (await restaurant.get(f"/api/v1/notices/{id}")).json()
    assert [event["kind"] for event in notice["events"]] == ["published", "corrected", "withdrawn"]


async def test_corrections_at_once_never_leave_dates_out_of_order(
    restaurant: httpx.AsyncClient,
) -> None:
    """Each fits the dates as they were; after the first of them the second fits no more."""
    id = (await api.declared(restaurant, issued_on="2020-05-01", lost_on="2022-01-01")).id
    path = f"/api/v1/notices/{id}/correction"
    answers = await asyncio.gather(
        restaurant.post(path, json={"issued_on": "2021-12-01"}),
        restaurant.post(path, json={"lost_on": "2021-01-01"}),
    )

    assert sorted(answer.status_code for answer in answers) == [201, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert refused.json()["errors"][0]["code"] == "lost_before_issued"


async def test_what_changes_nothing_is_refused(restaurant: httpx.AsyncClient) -> None:
    notice = (await api.offer(restaurant, declaration())).json()
    path = f"/api/v1/notices/{notice['id']}/correction"

    for body in ({}, {"issuer": notice["issuer"]}, {"lost_on": "2026-11-01"}):
        answer = await restaurant.post(path, json=body)

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "nothing_changed"


async def test_a_wrong_value_is_told_before_who_may_correct(
    restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    path = f"/api/v1/notices/{(await api.declared(restaurant)).id}/correction"
    anna = await sign_in(ANNA)
    other = await sign_in(
        {**RESTAURANT, "organisation": {"name": "甲公司", "identifier": "91379999MA0000015K"}}
    )

    for stranger in (anna, other):
        assert (await stranger.post(path, json={"lost_on": "2099-01-01"})).status_code == 422
        assert (await stranger.post(path, json={"lost_on": "2026-10-01"})).status_code == 403


async def test_two_employees_do_not_share_their_keys(
    restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    other = await sign_in({**RESTAURANT, "name": "张三", "identifier": "37999919000101001X"})
    headers = {"Idempotency-Key": "k"}
    first = await restaurant.post("/api/v1/notices", json=declaration(), headers=headers)
    body = declaration(copies="duplicate")

    assert first.status_code == 201
    assert (await other.post("/api/v1/notices", json=body, headers=headers)).status_code == 201


async def test_of_withdrawals_at_once_one_is_made(restaurant: httpx.AsyncClient) -> None:
    """Each is judged by the state that the one before it left."""
    id = (await api.declared(restaurant)).id
    path = f"/api/v1/notices/{id}/withdrawal"

    answers = await asyncio.gather(
        *(restaurant.post(path, json={"reason": "found"}) for _ in range(8))
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    events = (await restaurant.get("/api/v1/events")).json()["events"]
    assert [event["kind"] for event in events] == ["published", "withdrawn"]


async def test_a_notice_is_judged_under_the_heads_lock(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happened to it before the turn was taken counts."""
    id = (await api.declared(restaurant)).id
    path = f"/api/v1/notices/{id}/withdrawal"
    take_turn, first = log.take_turn, True

    async def late() -> log.Turn:
        nonlocal first
        if first:
            first = False
            other = asyncio.create_task(
                restaurant.post(path, json={"reason": "mistake"}), context=contextvars.Context()
            )
            assert (await other).status_code == 201
        return await take_turn()

    monkeypatch.setattr(log, "take_turn", late)

    assert (await restaurant.post(path, json={"reason": "found"})).status_code == 409


async def test_a_notice_is_not_corrected_without_end(restaurant: httpx.AsyncClient) -> None:
    id = (await api.declared(restaurant)).id
    path = f"/api/v1/notices/{id}/correction"
    for number in range(amending.MOST_CORRECTIONS):
        assert (await restaurant.post(path, json={"issuer": f"第{number}局"})).status_code == 201

    answer = await restaurant.post(path, json={"issuer": "又一局"})

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_corrections")
    withdrawn = await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"})
    assert withdrawn.status_code == 201


async def test_the_answer_that_was_kept_first_is_the_answer(database: None) -> None:
    """Two requests under a key that lost its answer in a crash both make one."""
    key = Once.of(bytes(32), "somebody", "/", "k", b"{}")
    async with DB.transaction():
        assert await idempotency.begin(key) is None
        await idempotency.done(key, "37070000000136", 0)

    answers = [await idempotency.answer(key, text) for text in ("first", "second")]

    assert answers == ["first", "first"]
