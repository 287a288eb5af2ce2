"""The audit log: what staff did and looked at, in the transaction of it, chained, and sealed."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

from notices import journal
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.texts import Text
from notices.identity import Person
from notices.journal import Act, reading
from notices.trust.chain import Tail
from notices.trust.watching import Difference
from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.engines.test_desk import MANDATE, NUMBER, PNG, REASON, RIVAL, TEXT, decided, objected
from tests.engines.test_pages import fields
from tests.engines.test_rotating import rotate, soon
from tests.looking import opened
from tests.owning import owned, owning
from tests.samples import ANNA, OFFICER

pytestmark = pytest.mark.usefixtures("uploads")

REFERENCE = "鲁检2026第17号"


async def entries() -> list[dict[str, Any]]:
    """All but who has signed in."""
    rows = await DB.fetch("SELECT entry FROM journal ORDER BY number")
    found = [json.loads(row["entry"]) for row in rows]
    return [entry for entry in found if entry["what"] != "signed_in"]


async def texts(deployment: Deployment) -> list[Any]:
    """What is sealed of them."""
    found = []
    async with DB.transaction():
        connection = DB.current_transaction.get().connection
        from notices.trust.chain import Walk

        async for entry in reading.entries(connection, deployment.keys.sealer, Walk()):
            found.append(entry.sealed)
    return found


def told(entry: dict[str, Any]) -> tuple[Any, ...]:
    return entry["what"], entry["office"], entry["notices"], entry["purpose"]


async def test_a_case_is_shown_to_whoever_says_what_for_and_each_look_is_written_down(
    deployment: Deployment, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    objection = await objected(anna, id)

    paths = [f"/desk/{id}", f"/desk/{id}/decide", f"/desk/{id}/evidence/{objection}"]
    for path in paths:
        asks = await officer.get(path)
        assert asks.status_code == 303
        form = await officer.get(asks.headers["location"])
        assert fields(form)["next"] == path
        for private in (TEXT, "张三", ANNA["identifier"], NUMBER, "李四"):
            assert private not in asks.text + form.text
    assert await entries() == []
    wrong = await officer.post(
        f"/desk/{id}/purpose", data=fields(form) | {"purpose": "authority", "reference": " "}
    )
    asked = await officer.get(wrong.headers["location"])
    assert asked.status_code == 422
    assert 'href="#reference"' in asked.text
    assert fields(asked)["next"] == paths[-1]

    first = await opened(officer, paths[0], "authority", REFERENCE)
    assert TEXT in first.text
    for path in paths[1:]:
        assert (await officer.get(path)).status_code == 200
    found = await entries()

    assert [told(entry) for entry in found] == [
        ("case", "officer", [id], "authority"),
        ("case", "officer", [id], "authority"),
        ("evidence", "officer", [id], "authority"),
    ]
    assert found[0]["about"] == [objection]
    assert found[0]["request"] == first.headers["x-request-id"]
    assert [one.text for one in (await texts(deployment))[-3:]] == [REFERENCE] * 3
    assert (await texts(deployment))[-1].name == OFFICER["name"]


async def test_a_purpose_holds_for_its_case_its_session_and_half_an_hour(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient,
    sign_in: SignIn,
) -> None:  # fmt: skip
    one = (await api.declared(restaurant)).id
    other = (await api.declared(restaurant, number="JY13799990000020")).id
    await objected(anna, one)
    await objected(anna, other, "JY13799990000020")
    assert (await opened(officer, f"/desk/{one}")).status_code == 200

    assert (await officer.get(f"/desk/{one}")).status_code == 200
    assert (await officer.get(f"/desk/{other}")).status_code == 303
    assert (await (await sign_in(OFFICER)).get(f"/desk/{one}")).status_code == 303
    for shift in ("- interval '31 minutes'", "+ interval '2 hours'"):
        await DB.fetch(f"UPDATE purpose SET at = now() {shift}")
        assert (await officer.get(f"/desk/{one}")).status_code == 303
    assert await DB.fetch("SELECT 1 FROM purpose WHERE sealed::text LIKE '%objection%'") == []


async def test_nothing_is_asked_where_nothing_is_to_be_seen(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id

    assert (await officer.get(f"/desk/{id}")).status_code == 200
    await objected(anna, id)
    assert (await officer.get(f"/desk/{id}/redact")).status_code == 200
    assert (await officer.get("/desk")).status_code == 200
    assert await entries() == []


async def test_a_purpose_leads_to_its_own_case_and_nowhere_else(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    path = f"/desk/{id}/purpose"
    above = (f"/desk/{id}/../../mine", f"/desk/{id}/%2e%2e/..", f"/desk/{id}0")
    for next in ("https://evil.example/", "//evil.example", "/mine", "/desk/370700000", "", *above):
        form = await officer.get(path, params={"next": next})
        for sent in (fields(form), fields(form) | {"next": next}):
            answer = await officer.post(path, data=sent | {"purpose": "objection"})
            assert answer.headers["location"] == f"/desk/{id}", next


async def test_a_program_says_what_for_in_a_header_and_is_answered_without(
    deployment: Deployment, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient, sign_in: SignIn,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    objection = await objected(anna, id)
    mandated = (await api.declared(anna, MANDATE | {"copies": "duplicate"}, PNG)).id
    theirs = {"kind": "organisation", **RIVAL["organisation"]}
    refused = await api.offer(await sign_in(RIVAL), declaration(holder=theirs))
    assert refused.status_code == 409
    asked = {
        "/api/v1/objections": ("objections", [id]),
        f"/api/v1/objections?notice={id}": ("objections", [id]),
        f"/api/v1/objections/{objection}/evidence": ("evidence", [id]),
        f"/api/v1/notices/{mandated}/exhibit": ("exhibit", [mandated]),
        "/api/v1/rivals": ("rivals", [id]),
    }
    headers = {"Access-Purpose": "authority; %E9%B2%81%E6%A3%80 17"}
    for path in asked:
        assert (await officer.get(path)).status_code == 200, path
        assert (await officer.get(path, headers=headers)).status_code == 200, path
    for path in ("/api/v1/overlaps", f"/api/v1/rivals?notice={mandated}"):
        assert (await officer.get(path)).status_code == 200  # nothing private in it

    assert (await entries())[-1]["about"][0].startswith("rival ")  # as the desk calls it
    found = [told(entry) for entry in await entries()]
    assert found == [
        (what, "officer", notices, purpose)
        for what, notices in asked.values()
        for purpose in ("unsaid", "authority")
    ]
    assert (await texts(deployment))[-1].text == "鲁检 17"
    await opened(officer, f"/desk/{id}", "conflict")
    await officer.get("/api/v1/objections")
    assert (await entries())[-1]["purpose"] == "conflict"
    for wrong in ("prefetch", "", "authority", "other; ", "objection; " + "x" * 201):
        answer = await officer.get("/api/v1/objections", headers={"Access-Purpose": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Access-Purpose")


Acting = Callable[[httpx.AsyncClient, str, str], Awaitable[httpx.Response]]
ACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "admit": ("decisions", {"decision": "admit", "reason": REASON}),
    "reject": ("decisions", {"decision": "reject", "reason": REASON}),
    "annul": ("decisions", {"decision": "annul", "reason": REASON}),
    "redact": ("redaction", {"reason": REASON}),
}


@pytest.mark.parametrize("what", ACTS)
async def test_an_act_and_its_entry_are_there_together_or_neither(
    deployment: Deployment, client: httpx.AsyncClient, restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient, officer: httpx.AsyncClient, what: str,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    objection = await objected(anna, id)
    path, body = ACTS[what]
    key = {"Idempotency-Key": "once"}
    before = (await client.get(api.of(id))).json()

    await owned(DB.fetch("REVOKE INSERT ON journal FROM notices_service"))
    try:
        refused = await officer.post(api.of(id, path), json=body, headers=key)
        assert refused.status_code == 500
        assert (await client.get(api.of(id))).json() == before
        look = await officer.get("/api/v1/objections")
        assert look.status_code == 500
        assert TEXT not in look.text
    finally:
        await owned(DB.fetch("GRANT INSERT ON journal TO notices_service"))
    assert await entries() == []
    for _ in range(2):
        done = await officer.post(api.of(id, path), json=body, headers=key)
        assert done.status_code == 201, done.text
    again = await officer.post(api.of(id, path), json=body)
    assert again.status_code in (409, 422)

    [entry] = await entries()
    assert told(entry) == (what, "officer", [id], None)
    assert entry["about"] == ([objection] if what in ("admit", "reject") else [])
    last = (await texts(deployment))[-1]
    assert (last.name, last.text) == (OFFICER["name"], REASON)


async def test_the_other_acts_are_written_down_too(
    deployment: Deployment, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient, client: httpx.AsyncClient,
) -> None:  # fmt: skip
    from notices import agencies

    issuer = "潍坊市奎文区行政审批服务局"
    _, key = await owned(agencies.add(issuer, [issuer]))
    id = (await api.declared(restaurant)).id
    await objected(anna, id)
    for decision in ("admit", "dismiss"):
        await decided(officer, f"/desk/{id}/decide", decision=decision, reason=REASON)
    mandated = (await api.declared(anna, MANDATE | {"copies": "duplicate"}, PNG)).id
    assert (await officer.post(api.of(mandated, "confirmation"))).status_code == 201
    bearer = {"Authorization": f"Bearer {key}"}
    confirmed = await client.post(api.of(id, "confirmation"), headers=bearer)
    assert confirmed.status_code == 201, confirmed.text
    replaced = await client.post(
        api.of(id, "replacement"), headers=bearer, json={"issued_on": "2026-11-20"}
    )
    assert replaced.status_code == 201, replaced.text

    acts = [told(entry) for entry in await entries() if entry["purpose"] is None]
    assert acts == [
        ("admit", "officer", [id], None),
        ("dismiss", "officer", [id], None),
        ("confirm", "officer", [mandated], None),
        ("confirm", "agency", [id], None),
        ("replace", "agency", [id], None),
    ]
    assert (await texts(deployment))[-1].name == issuer


async def test_who_of_the_staff_signs_in_is_written_down_and_nobody_else(
    restaurant: httpx.AsyncClient, officer: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in(OFFICER)
    rows = await DB.fetch("SELECT entry FROM journal ORDER BY number")
    one, other = (json.loads(row["entry"]) for row in rows)

    assert one["what"] == other["what"] == "signed_in"
    assert one["who"] == other["who"] != None  # noqa: E711
    assert one["request"] != other["request"]


async def test_nothing_private_stands_in_it_unsealed(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    await objected(anna, id)
    await opened(officer, f"/desk/{id}", "other", f"{REFERENCE} 张三")
    await decided(officer, f"/desk/{id}/decide", decision="reject", reason="李四说的不对")

    rows = await DB.fetch("SELECT entry || encode(sealed, 'escape') AS all FROM journal")
    assert len(rows) >= 3
    for private in (
        "张三", "李四", OFFICER["name"], OFFICER["identifier"], REFERENCE, ANNA["identifier"],
        NUMBER, "说的不对",
    ):  # fmt: skip
        for row in rows:
            assert private not in row["all"]
            assert private.encode().hex() not in row["all"]


def act(number: int) -> Act:
    person = Person(kind="officer", name=f"工作人员{number}", identifier=str(number))
    return Act(what="case", by=person.actor, notices=("37070000000000",), purpose="objection")


async def test_many_at_once_are_one_chain_and_block_no_declaration(
    deployment: Deployment, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
) -> None:  # fmt: skip
    ids = []
    for number in range(6):
        one = await api.declared(
            restaurant, number=f"JY1379999{number:07}", confirm_unusual_number=True
        )
        ids.append(one.id)
    annul = {"decision": "annul", "reason": REASON}

    async def declare(number: int) -> int:
        body = declaration(number=f"JY1379998{number:07}", confirm_unusual_number=True)
        return (await restaurant.post("/api/v1/notices", json=body)).status_code

    async def decide(id: str) -> int:
        return (await officer.post(api.of(id, "decisions"), json=annul)).status_code

    async def look(number: int) -> int:
        await journal.note(deployment.keys, act(number))
        return 201

    done = await asyncio.gather(
        *map(declare, range(6)), *map(decide, ids), *map(look, range(20)),
    )  # fmt: skip
    assert set(done) == {201}
    assert len(await entries()) == 26
    await texts(deployment)  # which checks the chain


@pytest.fixture
async def chained(deployment: Deployment, database: None) -> Tail:
    """An audit log of ten entries."""
    for number in range(10):
        await journal.note(deployment.keys, act(number))
    return await checked(deployment)


async def checked(deployment: Deployment, *seen: Tail, key: bool = True) -> Tail:
    async with DB.transaction():
        connection = DB.current_transaction.get().connection
        return await reading.check(connection, deployment.keys.sealer if key else None, *seen)


CHANGES = {
    "UPDATE journal SET entry = replace(entry, 'objection', 'authority') WHERE number = 4":
        "hash of entry 4",
    "UPDATE journal SET entry = replace(entry, 'objection', 'authority'), hash = sha256(convert_to("
    "replace(entry, 'objection', 'authority'), 'UTF8')) WHERE number = 4": "broken at entry 5",
    "UPDATE journal SET entry = entry || ' ' WHERE number = 4": "Entry 4",
    "UPDATE journal SET entry = '{}' WHERE number = 4": "Entry 4",
    "UPDATE journal SET entry = replace(entry, '\"v\":1', '\"v\":2') WHERE number = 4": "Entry 4",
    "DELETE FROM journal WHERE number = 4": "entry 4 of the audit log is missing",
    "DELETE FROM journal WHERE number < 3": "entry 0 of the audit log is missing",
    "DELETE FROM journal WHERE number > 7": "shorter",
    "DELETE FROM journal": "shorter",
    "UPDATE journal SET number = CASE number WHEN 4 THEN 105 ELSE 104 END WHERE number IN (4, 5);"
    "UPDATE journal SET number = number - 100 WHERE number > 100": "entry 4 ",
    "UPDATE journal SET hash = sha256('x') WHERE number = 9": "hash of entry 9",
    "UPDATE journal SET sealed = (SELECT sealed FROM journal WHERE number = 5) WHERE number = 4":
        "sealed part of entry 4",
    "UPDATE journal SET sealed = '' WHERE number = 4": "sealed part of entry 4",
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
async def test_whatever_is_changed_removed_or_put_elsewhere_is_found(
    deployment: Deployment, chained: Tail, change: str
) -> None:
    assert chained.size == 10
    assert await checked(deployment, chained, Tail(0, bytes(32))) == chained

    async with owning():
        for statement in change.split(";"):
            await DB.fetch(statement)
    with pytest.raises(Difference) as found:
        await checked(deployment, chained)
    assert CHANGES[change].lower() in said(found.value.text)
    if "sealed" not in change:
        with pytest.raises(Difference):
            await checked(deployment, chained, key=False)


def said(text: Text) -> str:
    return text.en.lower()


async def test_a_chain_that_was_written_anew_is_found_by_what_was_seen_of_it(
    deployment: Deployment, chained: Tail
) -> None:
    await owned(DB.fetch("DELETE FROM journal WHERE number >= 8"))
    for number in range(4):
        await journal.note(deployment.keys, act(number))
    assert (await checked(deployment)).size == 12

    with pytest.raises(Difference) as found:
        await checked(deployment, chained)
    assert "not those" in said(found.value.text)


async def test_it_is_sealed_anew_under_another_key_without_breaking_the_chain(
    deployment: Deployment, chained: Tail, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon(monkeypatch)
    before = await DB.fetch("SELECT entry, sealed FROM journal ORDER BY number")

    await rotate(deployment)

    after = await DB.fetch("SELECT entry, sealed FROM journal ORDER BY number")
    assert [row["entry"] for row in after] == [row["entry"] for row in before]
    assert all(
        one["sealed"][:5] != other["sealed"][:5] for one, other in zip(before, after, strict=True)
    )
    async with DB.transaction():
        connection = DB.current_transaction.get().connection
        assert await reading.check(connection, deployment.keys.sealer, chained) == chained


async def test_an_entry_needs_the_transaction_of_its_act(deployment: Deployment) -> None:
    with pytest.raises(RuntimeError, match="written together"):
        await journal.write(deployment.keys, act(1))


async def test_whom_it_concerns_sees_when_and_what_for_and_never_who(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    assert "谁看过" not in (await restaurant.get("/mine")).text
    await objected(anna, id)
    for _ in range(3):
        await opened(officer, f"/desk/{id}", "authority", REFERENCE)

    page = (await restaurant.get("/mine")).text
    assert "谁看过不公开的内容" in page
    assert "配合法院、检察院、公安机关调查" in page
    assert "3 次" in page
    assert REFERENCE not in page
    assert OFFICER["name"] not in page
    assert "谁看过" not in (await anna.get("/mine")).text
    english = (await restaurant.get("/mine?lang=en")).text
    assert "3 times" in english


async def test_the_database_refuses_an_entry_that_is_no_entry(officer: httpx.AsyncClient) -> None:
    with pytest.raises(asyncpg.PostgresError):
        await DB.fetch("INSERT INTO journal (number, entry, sealed) VALUES (1, 'x', '')")
