"""Failure × step: what whoever asked is told, what is there afterwards, and what asking again does.

The server is the real one, and fails at the step where a trigger makes it (`tests/faults.py`).
What operators run, audit and restore, is in `test_faults_commands.py`.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from notices.audit import auditing
from notices.changing import exhibits
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from search.admin import Admin
from tests import api, publishing
from tests.api import declaration
from tests.conftest import SignIn
from tests.engines.test_awaiting import MANDATE, PNG
from tests.engines.test_life import OBJECTION
from tests.faults import FAULTS, Step, commit_unanswered, failing
from tests.files import kept, pdf
from tests.publishing import caught_up, position, relaying, until
from tests.samples import ANNA, OFFICER

pytestmark = pytest.mark.usefixtures("uploads")

SHORT = 0.4
"""Seconds of a person's patience, for tests."""
PDF = pdf(size=100_000)
STRANGER = {"kind": "person", "name": "李四", "identifier": "379999190001020023"}
KEY = {"Idempotency-Key": "once"}
WRITING, COMMIT, ANSWER = "while writing", "at its commit", "after its commit"


class Act:
    """One write, sent under one key however often; `written` counts what it leaves."""

    table = "event"

    def __init__(self, client: httpx.AsyncClient, id: str = "") -> None:
        self.client = client
        self.id = id

    async def send(self) -> httpx.Response:
        raise NotImplementedError

    async def written(self) -> int:
        return len(await DB.fetch(f"SELECT 1 FROM {self.table}"))


class Declare(Act):
    async def send(self) -> httpx.Response:
        return await self.client.post("/api/v1/notices", json=declaration(), headers=KEY)


class Withdraw(Act):
    async def send(self) -> httpx.Response:
        path = api.of(self.id, "withdrawal")
        return await self.client.post(path, json={"reason": "found"}, headers=KEY)


class Confirm(Act):
    """An officer's, of what somebody declared for another: it takes effect and claims its number.

    What awaits the same paper's is ended by it, in the same transaction.
    """

    async def send(self) -> httpx.Response:
        return await self.client.post(api.of(self.id, "confirmation"), headers=KEY)

    async def written(self) -> int:
        """Its own event and the other's; notice and claim go with them, or nothing does."""
        kinds = await DB.fetch("SELECT kind FROM event ORDER BY index")
        row = await DB.row(
            "SELECT n.awaiting, c.awaiting AS unclaimed"
            " FROM notice n JOIN claim c ON c.notice = n.id WHERE n.id = $1",
            self.id,
        )
        assert row is not None
        done = sum(each["kind"] in ("confirmed", "superseded") for each in kinds)
        assert row["awaiting"] == row["unclaimed"] == (done == 0)
        assert done in (0, 2)
        return done // 2


class Object(Act):
    table = "objection"

    async def send(self) -> httpx.Response:
        files: dict[str, Any] = {name: (None, value) for name, value in OBJECTION.items()}
        files["evidence"] = ("a.pdf", PDF, "application/pdf")
        return await self.client.post(api.of(self.id, "objections"), files=files, headers=KEY)


@pytest.fixture
async def act_of(
    restaurant: httpx.AsyncClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Awaitable[Act]]:
    """Makes what an act needs: exhibits are looked into by a process each."""

    async def make(name: str) -> Act:
        act: Act = Declare(restaurant)
        if name != "declare":
            number = OBJECTION["number"]
            id = (await api.declared(restaurant, number=number, copies="duplicate")).id
            act = Withdraw(restaurant, id)
        if name == "object":
            act = Object(await sign_in(ANNA), id)
        if name == "confirm":
            awaiting = [
                (await api.declared(await sign_in(person), MANDATE, PNG)).id
                for person in (ANNA, STRANGER)
            ]
            act = Confirm(await sign_in(OFFICER), awaiting[0])
        monkeypatch.setattr(DB, "patience", SHORT)
        return act

    return make


def step_of(act: Act, when: str) -> Step:
    return {
        WRITING: Step(act.table, "INSERT"),
        COMMIT: Step(act.table, "INSERT", deferred=True),
        ANSWER: Step("idempotency", "UPDATE OF response"),
    }[when]


def told(fault: str, when: str) -> str:
    """The code that tells the truth: whether it is done is not known after a lost commit."""
    if when == ANSWER or (when == COMMIT and fault in ("connection lost", "too slow")):
        return "outcome_unknown"
    return "storage_full" if fault == "disk full" else "unavailable"


EVERYWHERE = ("disk full", "connection lost", "too slow")
CASES = [
    *(("declare", fault, when) for fault in FAULTS for when in (WRITING, COMMIT, ANSWER)),
    *(("withdraw", fault, when) for fault in EVERYWHERE for when in (WRITING, COMMIT, ANSWER)),
    *(("confirm", fault, when) for fault in FAULTS for when in (WRITING, COMMIT, ANSWER)),
    # What an objection answers is known before its commit, and kept with it.
    *(("object", fault, when) for fault in EVERYWHERE for when in (WRITING, COMMIT)),
]


async def sound(act: Act, before: int) -> None:
    """Sent again it is answered, is done once, and the whole register agrees with its log."""
    again = await act.send()
    assert again.status_code == 201, again.text
    assert await act.written() == before + 1
    once_more = await act.send()
    assert (once_more.status_code, once_more.text) == (201, again.text)
    assert await act.written() == before + 1
    async with auditing.snapshot(DB.config["dsn"]) as snapshot:
        seen = await auditing.audit(snapshot, lambda done, total: None)
    assert seen.size == len(await DB.fetch("SELECT 1 FROM event"))


@pytest.mark.parametrize(("name", "fault", "when"), CASES)
async def test_a_fault_is_told_as_it_is_and_the_same_sent_again_is_done_once(
    act_of: Callable[[str], Awaitable[Act]], name: str, fault: str, when: str
) -> None:
    act = await act_of(name)
    before = await act.written()

    async with failing(fault, step_of(act, when)):
        answer = await act.send()

    assert (answer.status_code, answer.json()["code"]) == (503, told(fault, when)), answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert await act.written() == before + (when == ANSWER)
    await sound(act, before)


@pytest.mark.parametrize("name", ["declare", "withdraw", "confirm", "object"])
async def test_a_commit_that_nobody_answered_is_said_to_be_unknown_and_is_found_by_its_key(
    act_of: Callable[[str], Awaitable[Act]], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = await act_of(name)
    before = await act.written()

    with commit_unanswered(monkeypatch):
        answer = await act.send()

    assert (answer.status_code, answer.json()["code"]) == (503, "outcome_unknown")
    assert await act.written() == before + 1
    await sound(act, before)


async def test_a_disk_without_room_for_uploads_answers_507_and_keeps_nothing(
    act_of: Callable[[str], Awaitable[Act]], uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, before = await act_of("object"), set(kept(uploads))
    real = os.open

    def full(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        if str(path).endswith(".part"):
            real(path, flags, mode)
            return real("/dev/full", os.O_WRONLY)
        return real(path, flags, mode, **more)

    with monkeypatch.context() as patched:
        patched.setattr(exhibits.os, "open", full)
        answer = await act.send()

    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full"), answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert await act.written() == 0
    assert set(kept(uploads)) == before
    await sound(act, 0)


@pytest.mark.parametrize("fault", ["disk full", "connection lost", "read only"])
async def test_the_relay_takes_again_what_it_could_not_note_and_nobody_is_missed(
    database: None, deployment: Deployment, admin: Admin, fault: str
) -> None:
    await admin.drop(deployment.settings.meili_index)
    async with relaying(deployment, admin):
        first = await publishing.declared(deployment, "JY1")
        await until(caught_up)
        before = await position()
        async with failing(fault, Step("follower", "UPDATE")):
            second = await publishing.declared(deployment, "JY2")
            await asyncio.sleep(0.7)
            stood = await position()
        await until(caught_up)

        found = await admin.documents(deployment.settings.meili_index, [first, second], ["id"])

    assert (before, stood) == (1, 1)
    assert {one["id"] for one in found} == {first, second}


async def test_an_audit_whose_database_fails_finds_neither_a_difference_nor_that_all_is_well(
    restaurant: httpx.AsyncClient,
) -> None:
    await api.declared(restaurant)
    with pytest.raises((Unavailable, asyncpg.InterfaceError)):
        async with auditing.snapshot(DB.config["dsn"]) as snapshot:
            pid = await snapshot.fetchval("SELECT pg_backend_pid()")
            await DB.fetch("SELECT pg_terminate_backend($1)", pid)
            await auditing.audit(snapshot, lambda done, total: None)
