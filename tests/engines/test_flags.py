"""What looks like a false declaration is published, and waits for an officer."""

import asyncio
from typing import Any

import httpx
import pytest
from litestar import Litestar

from notices.database import DB
from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.engines.test_desk import COMPANY, REASON, RIVAL, decided, send, waits
from tests.limiting import limited as limited  # a fixture
from tests.looking import opened
from tests.owning import owned

pytestmark = pytest.mark.usefixtures("uploads")


async def flagged() -> dict[str, list[str]]:
    """The kinds of flags of each notice, in order."""
    rows = await DB.fetch("SELECT notice, kind FROM flag ORDER BY id")
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["notice"], []).append(row["kind"])
    return found


def numbered(serial: int, **more: Any) -> dict[str, Any]:
    return {"number": f"JY1379999{serial:07}", "confirm_unusual_number": True, **more}


async def test_the_third_of_one_kind_in_five_years_is_flagged_and_published(
    restaurant: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    ids = [(await api.declared(restaurant, **numbered(serial))).id for serial in range(2)]
    seal = {"certificate": "company-seal", "matter": None, "copies": None}
    await api.declared(restaurant, **seal, number="3799990000011", details={"kind": "公章"})
    assert await flagged() == {}
    third = await api.declared(restaurant, **numbered(2))

    assert third.status == "invalid"
    assert await flagged() == {third.id: ["repeated"]}
    assert waits(await officer.get("/desk"), "flags") == [third.id]
    case = (await opened(officer, f"/desk/{third.id}", "review")).text
    assert "五年内第三次" in case
    assert "李四" in case  # now somebody has to know
    await DB.fetch(
        "UPDATE flag SET set_aside_at = now(), decision = '' WHERE notice = $1", third.id
    )
    old = "UPDATE notice SET published_at = published_at - interval '6 years' WHERE id = ANY($1)"
    await owned(DB.fetch(old, ids))
    fourth = await api.declared(restaurant, **numbered(3))
    assert fourth.id not in await flagged()


async def test_of_many_at_once_none_is_missed(restaurant: httpx.AsyncClient) -> None:
    done = await asyncio.gather(
        *(restaurant.post("/api/v1/notices", json=declaration(**numbered(serial)))
          for serial in range(8))
    )  # fmt: skip
    assert {each.status_code for each in done} == {201}

    assert list((await flagged()).values()) == [["repeated"]] * 6


async def test_a_number_of_another_holder_is_flagged_and_ones_own_is_not(
    restaurant: httpx.AsyncClient, sign_in: SignIn, officer: httpx.AsyncClient
) -> None:
    first = (await api.declared(restaurant)).id
    withdrawn = await restaurant.post(api.of(first, "withdrawal"), json={"reason": "mistake"})
    assert withdrawn.status_code == 201
    again = (await api.declared(restaurant)).id
    assert await flagged() == {}
    await restaurant.post(api.of(again, "withdrawal"), json={"reason": "mistake"})
    theirs = {"kind": "organisation", **COMPANY}
    other = (await api.declared(await sign_in(RIVAL), holder=theirs)).id

    assert await flagged() == {other: ["two_holders"]}
    page = await officer.get("/desk/waiting/flags")
    assert "以前由另一个持证人声明过" in page.text


async def test_many_from_one_address_are_flagged_and_nothing_is_kept_of_it(
    restaurant: httpx.AsyncClient, limited: Litestar
) -> None:
    for serial in range(12):
        answer = await api.offer(restaurant, declaration(**numbered(serial)))
        assert answer.status_code == 201, answer.text

    found = [kinds for kinds in (await flagged()).values() if "one_address" in kinds]
    assert len(found) == 3
    kept = await DB.fetch("SELECT bucket, window_end - now() < interval '61 minutes' AS soon"
                          " FROM rate WHERE uses = 12")  # fmt: skip
    assert any(row["soon"] for row in kept)
    columns = await DB.fetch("SELECT * FROM flag LIMIT 1")
    assert set(columns[0].keys()) == {"id", "notice", "kind", "at", "set_aside_at", "decision"}


async def test_an_officer_sets_it_aside_with_a_reason_or_annuls_the_notice(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    ids = [(await api.declared(restaurant, **numbered(serial))).id for serial in range(4)]
    third, fourth = ids[2:]
    path = f"/desk/{third}/set-aside"
    await opened(officer, path, "review")
    empty = await send(officer, path, reason=" ")
    assert (await officer.get(empty.headers["location"])).status_code == 422
    done = await decided(officer, path, reason=REASON)

    assert waits(done, "flags") == [fourth]
    assert (await client.get(api.of(third))).json()["status"] == "invalid"
    await opened(officer, f"/desk/{fourth}", "review")
    done = await decided(officer, f"/desk/{fourth}/decide", decision="annul", reason=REASON)
    assert waits(done, "flags") == [fourth]  # it stays until somebody says so
    await decided(officer, f"/desk/{fourth}/set-aside", reason=REASON)
    assert waits(await officer.get("/desk"), "flags") == []
    acts = await DB.fetch(
        "SELECT entry::jsonb -> 'about' ->> 0 AS about FROM journal"
        " WHERE entry::jsonb ->> 'what' = 'set_aside'"
    )
    assert [row["about"].split()[0] for row in acts] == ["flag", "flag"]
