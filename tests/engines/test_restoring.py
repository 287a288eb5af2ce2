"""What ended notices is taken back by events: they are what they were, in checks and proofs too."""

import json
from datetime import datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio

from notices import agencies, register, relay
from notices.changing import undoing
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import periods
from notices.facts.errors import AlreadyDeclared
from notices.facts.readings import RULES
from notices.finding import Finder, Query
from notices.print import marks
from notices.settings import Settings
from notices.upkeep import rehashing
from search.admin import Admin
from search.engine import Engine
from tests import api
from tests.conftest import SignIn
from tests.declared import BIRTH, CHILD
from tests.engines.test_desk import COLLEAGUE, REASON, numbered, objected, shown, waits
from tests.engines.test_life import ISSUER, NUMBER, SEAL, contested
from tests.engines.test_undoing import OPERATOR, PERIOD, WHY
from tests.owning import owned, owning
from tests.samples import ANNA

pytestmark = pytest.mark.usefixtures("uploads", "nothing_differs_at_the_end")

BACK = ["annulled", "restored"]
ISSUED = {"issued_on": "2026-11-20"}


@pytest_asyncio.fixture(loop_scope="session")
async def issuer(database: None) -> dict[str, str]:
    _, key = await owned(agencies.add("奎文审批局", [ISSUER]))
    return {"Authorization": f"Bearer {key}"}


async def annul(officer: httpx.AsyncClient, id: str, **more: str) -> None:
    body = {"decision": "annul", "reason": REASON, **more}
    answer = await officer.post(api.of(id, "decisions"), json=body)
    assert answer.status_code == 201, answer.text


async def replace(client: httpx.AsyncClient, issuer: dict[str, str], id: str, **more: str) -> None:
    path = api.of(id, "replacement")
    answer = await client.post(path, headers=issuer, json=ISSUED | more)
    assert answer.status_code == 201, answer.text


async def undone(deployment: Deployment, what: str = "annul") -> dict[str, str]:
    """What came of taking back each `what` of the first one who did that; by notice."""
    rows = await DB.fetch("SELECT entry FROM journal ORDER BY number")
    entries = [json.loads(row["entry"]) for row in rows]
    who = next(each["who"] for each in entries if each["what"] == what)
    came = {}
    async with owning():
        found = undoing.in_period(entries, who, *PERIOD)
        for done in (each for each in found if each.what == what):
            refusal, _ = await undoing.counter(deployment, OPERATOR, done, WHY)
            named = refusal.existing.id if isinstance(refusal, AlreadyDeclared) else ""
            came[done.notice] = f"{refusal.code} {named}".strip() if refusal else "undone"
    return came


async def asked(client: httpx.AsyncClient, number: str, **more: str) -> dict[str, Any]:
    question = {"certificate": "food-operation-license", "number": number} | more
    found: dict[str, Any] = (await client.post("/api/v1/verifications", json=question)).json()
    return found


async def hashed_anew(deployment: Deployment) -> int:
    """How many claims newer rules would make again; whether they live follows from the events."""
    async with owning():
        await DB.fetch("UPDATE claim SET rules = $1", RULES - 1)
        return await rehashing.rehash(deployment)


async def objections(officer: httpx.AsyncClient) -> dict[str, str]:
    listed = (await officer.get("/api/v1/objections")).json()["objections"]
    return {one["id"]: one["status"] for one in listed}


async def test_a_bulk_of_annulments_is_taken_back_but_for_what_was_declared_anew(
    deployment: Deployment, settings: Settings, admin: Admin, client: httpx.AsyncClient,
    restaurant: httpx.AsyncClient, officer: httpx.AsyncClient,
) -> None:  # fmt: skip
    ids = await numbered(restaurant, 31)
    numbers = list(ids)
    for id in ids.values():
        await annul(officer, id)
    [anew] = (await numbered(restaurant, 1)).values()

    came = await undone(deployment)

    assert came.pop(ids[numbers[0]]) == f"already_declared {anew}"
    assert came == dict.fromkeys(list(ids.values())[1:], "undone")
    assert await shown(client, ids[numbers[0]]) == ("reinstated", ["published", "annulled"])
    assert (await asked(client, numbers[0]))["notice"] == anew
    for number in numbers[1:]:
        answer = await asked(client, number)
        assert (answer["status"], answer["notice"]) == ("invalid", ids[number])
        events = (await client.get(api.of(ids[number]))).json()["events"]
        assert [event["kind"] for event in events] == ["published", *BACK]
        # Whoever was told `reinstated` a moment ago was told the truth.
        assert answer["effective_at"] == answer["since"] == events[-1]["at"]
    again = await api.offer(restaurant, api.unusual(numbers[1]))
    assert (again.status_code, again.json()["existing"]["id"]) == (409, ids[numbers[1]])
    # Once more there is nothing left; and nobody but an operator can do it.
    assert set((await undone(deployment)).values()) == {
        "not_allowed_now",
        f"already_declared {anew}",
    }
    await relay.reindex(deployment, admin, lambda done, total: None)
    for url in (settings.meili_url or "", "http://127.0.0.1:1"):
        finder = Finder(
            deployment, Engine(url, settings.meili_search_key or "", settings.meili_index)
        )
        try:
            for status, count in (("invalid", 31), ("reinstated", 1), ("contested", 0)):
                answer = await finder.find(Query(status=status))
                assert (answer.total, answer.degraded) == (count, url.endswith(":1")), status
        finally:
            await finder.breaker.close()
    page = (await client.get(f"/notices/{ids[numbers[1]]}")).text
    assert all(told in page for told in (WHY, "恢复"))
    feed = (await client.get("/feed.atom")).text
    assert feed.count("【声明已撤销】") == 1


async def test_what_was_contested_is_so_again_with_all_that_was_objected(
    deployment: Deployment, client: httpx.AsyncClient, restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient, officer: httpx.AsyncClient, sign_in: SignIn,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant, **SEAL)).id
    first = (await client.get(api.of(id))).json()
    admitted = await contested(anna, officer, id, number=SEAL["number"])
    other = await objected(
        await sign_in(ANNA | {"name": "赵六", "identifier": "379999198803120137"}),
        id,
        SEAL["number"],
    )
    before = await asked(client, SEAL["number"], certificate="company-seal")
    await annul(officer, id, objection=other)
    assert await objections(officer) == {admitted: "closed", other: "upheld"}

    assert await undone(deployment) == {id: "undone"}

    assert await objections(officer) == {admitted: "admitted", other: "open"}
    after = await asked(client, SEAL["number"], certificate="company-seal")
    told = ("status", "before", "effective_at", "awaiting", "notice")
    assert {name: after[name] for name in told} == {name: before[name] for name in told}
    assert after["since"] > before["since"]
    assert [mark.word.zh for mark in marks.of(await register.get(id))] == ["有异议"]
    # Its period stood still all the time, and goes on from there.
    body = {"decision": "dismiss", "reason": REASON}
    done = (await officer.post(api.of(id, "decisions"), json=body)).json()["notice"]
    published, contest, *_, dismissal = (
        datetime.fromisoformat(event["at"]) for event in done["events"]
    )
    end = periods.resumed(
        published, datetime.fromisoformat(first["effective_at"]), contest, dismissal,
        "calendar_day",
    )  # fmt: skip
    assert datetime.fromisoformat(done["effective_at"]) == end.at
    assert done["status"] == "declared"


@pytest.mark.parametrize("same", [False, True])
async def test_a_replacement_that_never_was_leaves_the_certificate_void(
    deployment: Deployment, client: httpx.AsyncClient, restaurant: httpx.AsyncClient,
    issuer: dict[str, str], same: bool,
) -> None:  # fmt: skip
    """Also where the new one was said to bear the old number, which could be declared again."""
    id = (await api.declared(restaurant)).id
    before = await asked(client, NUMBER)
    number = NUMBER if same else "JY13799990000020"
    await replace(client, issuer, id, number=number)

    assert await undone(deployment, "replace") == {id: "undone"}

    after = await asked(client, NUMBER)
    assert (after["status"], after["replaced_on"]) == ("invalid", None)
    assert after["effective_at"] == before["effective_at"]
    assert await hashed_anew(deployment) == 1
    again = await api.offer(restaurant, api.declaration())
    assert (again.status_code, again.json()["existing"]["id"]) == (409, id)
    await replace(client, issuer, id, number=number, issued_on="2026-11-21")
    assert await hashed_anew(deployment) == 1
    answer = await asked(client, NUMBER)
    assert (answer["status"], answer["replaced_on"]) == ("replaced", "2026-11-21")


async def test_what_was_redacted_meanwhile_stays_so(
    deployment: Deployment, client: httpx.AsyncClient, restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient, officer: httpx.AsyncClient,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    objection = await contested(anna, officer, id)
    await annul(officer, id)
    body = {"reason": "x"}
    assert (await officer.post(api.of(id, "redaction"), json=body)).status_code == 201

    assert await undone(deployment) == {id: "undone"}

    notice = (await client.get(api.of(id))).json()
    assert (notice["status"], notice["statement"]) == ("contested", None)
    assert await objections(officer) == {objection: "admitted"}
    answer = await asked(client, NUMBER)
    assert (answer["status"], answer["notice"]) == ("contested", id)


async def test_what_awaited_a_confirmation_awaits_it_again(
    deployment: Deployment, client: httpx.AsyncClient, sign_in: SignIn, officer: httpx.AsyncClient,
) -> None:  # fmt: skip
    mother = await sign_in(ANNA)
    born = BIRTH | {"relation": "parent", "holder": CHILD}
    id = (await api.declared(mother, born)).id
    await annul(officer, id)
    assert waits(await officer.get("/desk"), "confirmations") == []

    assert await undone(deployment) == {id: "undone"}
    assert waits(await officer.get("/desk"), "confirmations") == [id]

    notice = (await client.get(api.of(id))).json()
    assert (notice["status"], notice["awaiting"]) == ("declared", "confirmation")
    assert (await officer.post(api.of(id, "confirmation"))).status_code == 201
    answer = await asked(client, BIRTH["number"], certificate=BIRTH["certificate"])
    assert (answer["status"], answer["awaiting"]) == ("invalid", None)


async def test_an_annulment_by_another_after_it_was_taken_back_stays(
    deployment: Deployment, client: httpx.AsyncClient, restaurant: httpx.AsyncClient,
    officer: httpx.AsyncClient, sign_in: SignIn,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    await annul(officer, id)
    assert await undone(deployment) == {id: "undone"}
    await annul(await sign_in(COLLEAGUE), id)

    assert await undone(deployment) == {id: "not_allowed_now"}
    assert await shown(client, id) == ("reinstated", ["published", *BACK, "annulled"])


async def test_nobody_takes_back_what_the_declarant_withdrew(
    deployment: Deployment, client: httpx.AsyncClient, restaurant: httpx.AsyncClient,
    officer: httpx.AsyncClient,
) -> None:  # fmt: skip
    """Not even after an annulment of before was taken back."""
    id = (await api.declared(restaurant)).id
    await annul(officer, id)
    assert await undone(deployment) == {id: "undone"}
    body = {"reason": "found"}
    assert (await restaurant.post(api.of(id, "withdrawal"), json=body)).status_code == 201

    assert await undone(deployment) == {id: "not_allowed_now"}
    assert (await asked(client, NUMBER))["status"] == "reinstated"
    await api.declared(restaurant)
