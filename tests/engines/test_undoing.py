"""What one person did to many notices is countered by events, as far as their table lets it be."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from notices import register
from notices.changing import undoing
from notices.changing.undoing import Done, Undone
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.texts import CHINA
from notices.journal import Actor
from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.engines.test_desk import (
    COLLEAGUE,
    COMPANY,
    REASON,
    RIVAL,
    objected,
    send,
    shown,
    waits,
)  # fmt: skip
from tests.looking import opened
from tests.owning import owning

pytestmark = pytest.mark.usefixtures("uploads", "nothing_differs_at_the_end")

OPERATOR = Actor("operator", "root@host", "root@host")
WHY = "账号被盗用期间的决定"
NOW = datetime.now(CHINA)
PERIOD = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


async def done_by(name: str, deployment: Deployment) -> list[Done]:
    """What the one who rejected, admitted … first did within the period."""
    rows = await DB.fetch("SELECT entry FROM journal ORDER BY number")
    entries = [json.loads(row["entry"]) for row in rows]
    who = next(each["who"] for each in entries if each["what"] == name)
    return undoing.in_period(entries, who, *PERIOD)


async def countered(deployment: Deployment, found: list[Done]) -> list[tuple[str, bool]]:
    async with owning():
        return [
            (each.what, await undoing.counter(deployment, OPERATOR, each, WHY) == Undone())
            for each in found
        ]


async def statuses(officer: httpx.AsyncClient) -> dict[str, str]:
    listed = (await officer.get("/api/v1/objections")).json()["objections"]
    return {one["notice"]: one["status"] for one in listed}


async def test_what_can_be_countered_is_as_it_was_and_the_rest_is_named(
    deployment: Deployment, client: httpx.AsyncClient, restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient, officer: httpx.AsyncClient, sign_in: SignIn,
) -> None:  # fmt: skip
    ids, other = [], await sign_in(COLLEAGUE)
    for serial in range(5):
        number = f"JY1379999{serial:07}"
        one = await api.declared(restaurant, number=number, confirm_unusual_number=True)
        await objected(anna, one.id, number)
        ids.append(one.id)
    admitted, dismissed, rejected, annulled, others = ids

    async def decide(who: httpx.AsyncClient, id: str, decision: str) -> None:
        body = {"decision": decision, "reason": REASON}
        assert (await who.post(api.of(id, "decisions"), json=body)).status_code == 201

    await decide(officer, admitted, "admit")
    await decide(other, others, "admit")
    await decide(officer, dismissed, "admit")
    await decide(officer, dismissed, "dismiss")
    await decide(officer, rejected, "reject")
    await decide(officer, annulled, "annul")
    found = await done_by("admit", deployment)

    assert await countered(deployment, found) == [
        ("annul", True), ("reject", True), ("dismiss", True), ("admit", True), ("admit", True),
    ]  # fmt: skip
    assert await statuses(officer) == {
        admitted: "open", dismissed: "open", rejected: "open", annulled: "open",
        others: "admitted",
    }  # fmt: skip
    assert await shown(client, admitted) == ("invalid", ["published", "contested", "dismissed"])
    assert await shown(client, dismissed) == (
        "invalid", ["published", *["contested", "dismissed"] * 2],
    )  # fmt: skip
    assert await shown(client, annulled) == ("invalid", ["published", "annulled", "restored"])
    assert (await shown(client, others))[0] == "contested"
    assert WHY in (await client.get(f"/notices/{admitted}")).text
    # Once more there is nothing left to be done.
    assert not any(so for _, so in await countered(deployment, found))
    rows = await DB.fetch("SELECT entry FROM journal ORDER BY number")
    told = [json.loads(row["entry"]) for row in rows]
    assert [each["office"] for each in told if each["what"] == "undo"] == ["operator"] * 5
    await decide(officer, admitted, "admit")  # it is decided anew


async def test_what_was_changed_since_stays(
    deployment: Deployment, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient, sign_in: SignIn, client: httpx.AsyncClient,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    await objected(anna, id)
    for who, decision in ((officer, "admit"), (await sign_in(COLLEAGUE), "annul")):
        body = {"decision": decision, "reason": REASON}
        assert (await who.post(api.of(id, "decisions"), json=body)).status_code == 201

    assert await countered(deployment, await done_by("admit", deployment)) == [("admit", False)]
    assert await shown(client, id) == ("reinstated", ["published", "contested", "annulled"])


async def test_what_another_decided_alike_after_it_was_taken_back_stays(
    deployment: Deployment, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient, sign_in: SignIn, client: httpx.AsyncClient,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    await objected(anna, id)
    admit = {"decision": "admit", "reason": REASON}
    assert (await officer.post(api.of(id, "decisions"), json=admit)).status_code == 201
    assert await countered(deployment, await done_by("admit", deployment)) == [("admit", True)]
    other = await sign_in(COLLEAGUE)
    assert (await other.post(api.of(id, "decisions"), json=admit)).status_code == 201

    # The command is run once more, of the same one and the same period.
    [again] = await done_by("admit", deployment)
    assert (again.overtaken, again.taken_back) == (True, True)
    assert await countered(deployment, [again]) == [("admit", False)]
    assert (await shown(client, id))[0] == "contested"


async def test_what_was_set_aside_waits_again(
    deployment: Deployment, restaurant: httpx.AsyncClient, officer: httpx.AsyncClient,
    sign_in: SignIn,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    theirs: dict[str, Any] = {"kind": "organisation", **COMPANY}
    refused = await api.offer(await sign_in(RIVAL), declaration(holder=theirs))
    assert refused.status_code == 409
    path = f"/desk/{id}/set-aside"
    await opened(officer, path)
    assert (await send(officer, path, reason=REASON)).status_code == 303
    assert waits(await officer.get("/desk"), "rivals") == []

    found = await done_by("set_aside", deployment)
    assert await countered(deployment, found) == [("set_aside", True)]
    assert waits(await officer.get("/desk"), "rivals") == [id]
    assert await countered(deployment, found) == [("set_aside", False)]


def test_only_theirs_and_only_of_that_time_is_found() -> None:
    entry = {
        "number": 1, "who": "a", "what": "admit", "notices": ["1"], "about": ["o"],
        "at": NOW.isoformat(),
    }  # fmt: skip
    others: list[dict[str, Any]] = [
        {"who": "b"}, {"what": "case"}, {"at": (NOW - timedelta(hours=2)).isoformat()},
        {"at": PERIOD[1].isoformat()}, {"what": "signed_in", "notices": []},
    ]  # fmt: skip
    entries = [entry, *({**entry, **more} for more in others)]

    assert undoing.in_period(entries, "a", *PERIOD) == [Done(1, "admit", "1", "o")]


@pytest.mark.parametrize("comes", ["filed", "back"])
async def test_no_objection_is_left_to_a_notice_that_ends_at_the_same_moment(
    deployment: Deployment, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, comes: str,
) -> None:  # fmt: skip
    """It takes no turn, and the end saw it neither as it came nor once it was there."""
    id = (await api.declared(restaurant)).id
    written, go_on = asyncio.Event(), asyncio.Event()

    async def about_to_be_there(*args: Any) -> None:
        await then(*args)
        written.set()
        await go_on.wait()

    if comes == "filed":
        then: Any = register.touch
        monkeypatch.setattr(register, "touch", about_to_be_there)
        coming: Any = asyncio.ensure_future(objected(anna, id))
    else:
        await objected(anna, id)
        body = {"decision": "reject", "reason": REASON}
        assert (await officer.post(api.of(id, "decisions"), json=body)).status_code == 201
        then = undoing._set
        monkeypatch.setattr(undoing, "_set", about_to_be_there)
        [done] = await done_by("reject", deployment)
        coming = asyncio.ensure_future(undoing.counter(deployment, OPERATOR, done, WHY))
    await written.wait()
    body = {"decision": "annul", "reason": REASON}
    ending = asyncio.ensure_future(officer.post(api.of(id, "decisions"), json=body))
    await asyncio.wait([ending], timeout=0.3)
    go_on.set()
    await coming

    assert (await ending).status_code == 201
    assert await statuses(officer) == {id: "closed"}
