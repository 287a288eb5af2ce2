"""Nobody changes many notices without the word of somebody else; what was done stays."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar

from notices import agencies
from notices.changing import braking, rivals, setting_aside
from notices.database import DB
from notices.facts.refusals import NeedsAnother
from notices.facts.requests import Declaration
from notices.identity import Person
from tests import api
from tests.conftest import SignIn
from tests.engines.test_desk import COLLEAGUE, ISSUER, MANDATE, PNG, REASON, send, shown
from tests.owning import owned
from tests.samples import OFFICER

ANNUL = {"decision": "annul", "reason": REASON}
MOST = 3


@pytest.fixture
def braked(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> Litestar:
    """The application with its limits on, and a brake after few changes."""
    here = app.state.deployment
    settings = dataclasses.replace(here.settings, rate_limits=True, bulk_limit=MOST)
    monkeypatch.setattr(app.state, "deployment", dataclasses.replace(here, settings=settings))
    return app


@pytest_asyncio.fixture(loop_scope="session")
async def ids(restaurant: httpx.AsyncClient, braked: Litestar) -> AsyncIterator[list[str]]:
    """Some notices, more than may be changed at once."""
    yield [
        (await api.declared(
            restaurant, number=f"JY1379999{serial:07}", confirm_unusual_number=True
        )).id
        for serial in range(8)
    ]  # fmt: skip


async def annulled(client: httpx.AsyncClient, id: str, **more: Any) -> httpx.Response:
    return await client.post(api.of(id, "decisions"), json=ANNUL, **more)


async def whats() -> list[str]:
    rows = await DB.fetch("SELECT entry::jsonb ->> 'what' AS what FROM journal ORDER BY number")
    return [row["what"] for row in rows if row["what"] != "signed_in"]


async def test_beyond_the_limit_another_officer_has_to_say_so(
    client: httpx.AsyncClient, officer: httpx.AsyncClient, sign_in: SignIn, ids: list[str]
) -> None:
    for id in ids[:MOST]:
        assert (await annulled(officer, id)).status_code == 201
    for id in ids[MOST : MOST + 2]:
        refused = await annulled(officer, id, headers={"Idempotency-Key": id})
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_changes")
        assert 3500 < int(refused.headers["retry-after"]) <= 3600
        assert "放行" in refused.json()["detail"]
        assert (await shown(client, id))[1] == ["published"]
    assert await whats() == ["annul"] * MOST + ["held"]

    other = await sign_in(COLLEAGUE)
    desk = await other.get("/desk")
    [brake] = [row["id"] for row in await DB.fetch("SELECT id FROM brake")]
    path = f"/desk/brakes/{brake}"
    assert f'href="{path}"' in desk.text
    assert "王五" in desk.text
    own = await send(officer, path, reason=REASON)
    assert own.status_code == 403
    empty = await send(other, path, reason=" ")
    assert (await other.get(empty.headers["location"])).status_code == 422
    released = await send(other, path, reason=REASON)
    assert released.status_code == 303
    page = await other.get(released.headers["location"])
    assert "已放行" in page.text
    assert f'href="{path}"' not in page.text
    assert (await other.get(path)).status_code == 409

    for id in ids[MOST : 2 * MOST]:
        assert (await annulled(officer, id, headers={"Idempotency-Key": id})).status_code == 201
    assert (await annulled(officer, ids[-1])).status_code == 429
    assert (await whats())[MOST:] == ["held", "release", *["annul"] * MOST, "held"]
    assert (await annulled(other, ids[-1])).status_code == 201
    sealed = await DB.fetch("SELECT encode(sealed || coalesce(decision, ''), 'escape') AS s"
                            " FROM brake")  # fmt: skip
    assert all("王五" not in row["s"] and REASON not in row["s"] for row in sealed)


async def test_many_at_once_are_counted_one_by_one(
    officer: httpx.AsyncClient, ids: list[str]
) -> None:
    done = await asyncio.gather(*(annulled(officer, id) for id in ids))

    assert sorted(each.status_code for each in done) == [201] * MOST + [429] * (len(ids) - MOST)
    assert len(await DB.fetch("SELECT 1 FROM brake")) == 1


async def test_what_is_refused_for_another_reason_does_not_count(
    officer: httpx.AsyncClient, ids: list[str]
) -> None:
    for _ in range(MOST + 1):
        dismiss = {"decision": "dismiss", "reason": REASON}
        assert (await officer.post(api.of(ids[0], "decisions"), json=dismiss)).status_code == 409
    for id in ids[:MOST]:
        once = {"Idempotency-Key": id}
        for _ in range(2):
            assert (await annulled(officer, id, headers=once)).status_code == 201
    assert (await annulled(officer, ids[-1])).status_code == 429


async def test_closing_a_case_is_counted_as_changing_a_notice_is(
    anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
    ids: list[str],
    braked: Litestar,
) -> None:
    """An objection that is rejected, and what is set aside, is heard by nobody any more."""
    here, person = (
        braked.state.deployment,
        Person("officer", OFFICER["name"], OFFICER["identifier"]),
    )
    await DB.fetch("UPDATE flag SET set_aside_at = now(), decision = ''")
    flags = await DB.fetch(
        "INSERT INTO flag (notice, kind) SELECT unnest($1::text[]), 'repeated' RETURNING id",
        ids[:2],
    )
    await rivals.keep(here, ids[2], Person("person", "赵六", "379999195505050034"), Declaration())
    [rival] = await DB.fetch("SELECT id, notice FROM rival")
    for serial, id in enumerate(ids[3:5], 3):
        filed = {"number": f"JY1379999{serial:07}", "ground": "other", "text": "证件在我手里。"}
        assert (await anna.post(api.of(id, "objections"), json=filed)).status_code == 201
    reject = {"decision": "reject", "reason": REASON}

    await setting_aside.set_aside(here, person, ids[0], f"flag {flags[0]['id']}", REASON)
    await setting_aside.set_aside(here, person, ids[2], f"rival {rival['id']}", REASON)
    first = await officer.post(api.of(ids[3], "decisions"), json=reject)
    second = await officer.post(api.of(ids[4], "decisions"), json=reject)
    sent = await send(
        officer, f"/desk/{ids[1]}/set-aside", which=f"flag {flags[1]['id']}", reason=REASON
    )

    assert (first.status_code, second.status_code) == (201, 429)
    page = await officer.get(sent.headers["location"])
    assert (page.status_code, "另一位工作人员" in page.text) == (422, True)
    waiting = "SELECT (SELECT count(*) FROM flag WHERE set_aside_at IS NULL) AS flags, ("
    [left] = await DB.fetch(
        f"{waiting}SELECT count(*) FROM objection WHERE status = 'open') AS objections"
    )
    assert (left["flags"], left["objections"]) == (1, 1), "what was refused is not done"
    assert len(await DB.fetch("SELECT 1 FROM brake")) == 1


async def test_at_the_desk_the_reason_is_kept(officer: httpx.AsyncClient, ids: list[str]) -> None:
    for id in ids[:MOST]:
        await annulled(officer, id)
    sent = await send(officer, f"/desk/{ids[-1]}/decide", **ANNUL)

    page = await officer.get(sent.headers["location"])
    assert page.status_code == 422
    assert REASON in page.text
    assert "另一位工作人员" in page.text


async def test_an_agency_is_counted_as_one_and_waits_for_an_officer(
    client: httpx.AsyncClient, officer: httpx.AsyncClient, ids: list[str]
) -> None:
    _, key = await owned(agencies.add(ISSUER, [ISSUER]))
    bearer = {"Authorization": f"Bearer {key}"}
    done = [await client.post(api.of(id, "confirmation"), headers=bearer) for id in ids[: MOST + 1]]
    assert [each.status_code for each in done] == [201] * MOST + [429]
    [brake] = [row["id"] for row in await DB.fetch("SELECT id FROM brake")]
    assert ISSUER in (await officer.get("/desk")).text

    released = await send(officer, f"/desk/brakes/{brake}", reason=REASON)
    assert released.status_code == 303
    again = await client.post(api.of(ids[MOST], "confirmation"), headers=bearer)
    assert again.status_code == 201


async def test_after_an_hour_it_is_over_by_itself(
    officer: httpx.AsyncClient, sign_in: SignIn, ids: list[str]
) -> None:
    for id in ids[: MOST + 1]:
        await annulled(officer, id)
    await DB.fetch("UPDATE rate SET window_end = window_end - interval '1 hour'")
    await DB.fetch("UPDATE brake SET at = at - interval '1 hour'")

    assert "等待放行" not in (await officer.get("/desk")).text
    for id in ids[MOST : 2 * MOST]:
        assert (await annulled(officer, id)).status_code == 201
    assert (await annulled(officer, ids[-1])).status_code == 429
    assert "等待放行" in (await (await sign_in(COLLEAGUE)).get("/desk")).text
    assert (await whats()).count("held") == 2


async def test_a_second_account_of_the_same_person_is_nobody_else(braked: Litestar) -> None:
    here = braked.state.deployment
    one = Person("officer", "王五", "379999190001020023", subject=("https://a.example", "1"))
    second = msgspec.structs.replace(one, subject=("https://b.example", "2"))
    other = msgspec.structs.replace(second, identifier=COLLEAGUE["identifier"])
    assert one.actor.counted == second.actor.counted
    await braking.hold(here, one.actor)
    [waits] = await braking.held(here)

    with pytest.raises(NeedsAnother):
        await braking.release(here, second, waits.id, REASON)
    await braking.release(here, other, waits.id, REASON)


@pytest.mark.usefixtures("uploads", "braked")
async def test_what_ends_more_than_the_limit_can_be_confirmed_all_the_same(
    client: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient, sign_in: SignIn
) -> None:
    beside = [(await api.declared(anna, MANDATE, PNG)).id for _ in range(MOST + 2)]
    other = await sign_in(COLLEAGUE)

    assert (await other.post(api.of(beside[0], "confirmation"))).status_code == 201

    assert (await shown(client, beside[-1]))[1] == ["published", "superseded"]
    # And it was all that they may do within the hour.
    refused = await other.post(api.of(beside[0], "redaction"), json={"reason": REASON})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_changes")
