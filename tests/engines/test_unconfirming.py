"""A confirmation that was wrong is taken back by an event: what it made is as it was before."""

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from notices import agencies, records, register
from notices.changing import undoing
from notices.changing.undoing import Undone
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import evidence
from notices.facts.errors import AlreadyDeclared, Unavailable
from notices.listing.entries import ALL, Reader
from notices.print import marks
from notices.watches import following
from tests import api, emptying
from tests.api import declaration
from tests.conftest import SignIn
from tests.declared import BIRTH
from tests.engines.test_awaiting import (
    AWAITING,
    CHEN,
    DRIVER,
    ISSUER,
    MANDATE,
    PNG,
    asked,
    now,
    told,
)
from tests.engines.test_desk import REASON, shown, waits
from tests.engines.test_restoring import ISSUED, annul
from tests.engines.test_undoing import OPERATOR, PERIOD, WHY
from tests.faults import Step, failing
from tests.owning import owned, owning
from tests.samples import ANNA

pytestmark = pytest.mark.usefixtures("uploads", "nothing_differs_at_the_end")

NEWBORN = BIRTH | {"relation": "parent", "holder": {"kind": "person", "name": "张小小"}}
UNCONFIRMED = ["published", "confirmed", "unconfirmed"]


@pytest_asyncio.fixture(loop_scope="session")
async def issuer(database: None) -> dict[str, str]:
    _, key = await owned(agencies.add("奎文审批局", [ISSUER]))
    return {"Authorization": f"Bearer {key}"}


@pytest_asyncio.fixture(loop_scope="session")
async def chen(sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in(CHEN)


async def confirm(who: httpx.AsyncClient, id: str, **headers: str) -> dict[str, Any]:
    answer = await who.post(api.of(id, "confirmation"), headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def undone(deployment: Deployment, office: str = "officer") -> list[Undone]:
    """What came of taking back each confirmation by the office, the last first."""
    rows = await DB.fetch("SELECT entry FROM journal ORDER BY number")
    entries = [json.loads(row["entry"]) for row in rows]
    who = next(
        each["who"] for each in entries if (each["what"], each["office"]) == ("confirm", office)
    )
    async with owning():
        return [
            await undoing.counter(deployment, OPERATOR, done, WHY)
            for done in undoing.in_period(entries, who, *PERIOD)
            if done.what == "confirm"
        ]


def refusals(came: list[Undone]) -> list[str]:
    return [one.refusal.code if one.refusal is not None else "" for one in came]


async def listed(deployment: Deployment) -> list[int]:
    """When each entry of the offline list takes effect, in Unix seconds; 0: not yet."""
    rows = await DB.fetch(ALL)
    found = await Reader(deployment).entries(DB, [[row] for row in rows])
    return [int.from_bytes(entry[9:]) for _, entry, _ in found if entry is not None]


async def test_what_was_confirmed_awaits_it_again_and_is_confirmed_anew(
    deployment: Deployment, anna: httpx.AsyncClient, officer: httpx.AsyncClient,
    client: httpx.AsyncClient,
) -> None:  # fmt: skip
    body = declaration(relation="mandate")
    id = (await api.declared(anna, body, PNG)).id
    first = (await confirm(officer, id))["at"]
    before = await asked(client, body)
    assert (before["status"], before["effective_at"]) == ("invalid", first)
    assert await listed(deployment) == [int(datetime.fromisoformat(first).timestamp())]

    assert await undone(deployment) == [Undone()]

    shown_ = await now(client, id)
    kinds = [event["kind"] for event in shown_["events"]]
    assert (kinds, told(shown_), shown_["evidence"]) == (UNCONFIRMED, AWAITING, "self_declared")
    answer = await asked(client, body)
    assert told(answer) == AWAITING
    # Whoever was told `invalid` sees since when that is so no more, and why.
    assert answer["since"] == shown_["events"][-1]["at"]
    assert answer["rests_on"]["zh"] == evidence.AWAITING.zh
    assert await listed(deployment) == [0]
    assert waits(await officer.get("/desk"), "confirmations") == [id]
    assert [mark.word.zh for mark in marks.of(await register.get(id))] == ["待确认"]
    page = (await client.get(f"/notices/{id}")).text
    assert all(words in page for words in (WHY, "取消确认", evidence.AWAITING.zh))
    row = await DB.row("SELECT effective_at, published_at FROM notice")
    assert row is not None
    assert row["effective_at"] == row["published_at"]

    again = (await confirm(officer, id))["at"]

    answer = await asked(client, body)
    assert (answer["status"], answer["effective_at"]) == ("invalid", again)
    after = [following.status_after(await register.get(id), index) for index in range(4)]
    assert after == ["declared", "invalid", "declared", "invalid"]
    # Once more nothing is left: what was decided since is another confirmation.
    assert refusals(await undone(deployment)) == ["", "not_allowed_now"]
    assert told(await now(client, id)) == AWAITING
    assert refusals(await undone(deployment)) == ["not_allowed_now"] * 2


async def test_what_its_declarant_answers_for_is_founded_as_it_was(
    deployment: Deployment, restaurant: httpx.AsyncClient, client: httpx.AsyncClient,
    issuer: dict[str, str],
) -> None:  # fmt: skip
    """An agency's confirmation gave it no effect, and its end takes none away."""
    ids = [(await api.declared(restaurant, **more)).id for more in (
        {}, {"number": "JY13799990000020"})]  # fmt: skip
    before = [await asked(client, declaration(number=number)) for number in (
        "JY13799990000011", "JY13799990000020")]  # fmt: skip
    kept = await records.private_of(deployment, ids[1])
    known = msgspec.structs.replace(
        kept, declarant=msgspec.structs.replace(kept.declarant, verified=True)
    )
    async with owning():  # as a provider would have vouched for it
        await DB.fetch(
            "UPDATE notice_private SET sealed = $1 WHERE notice = $2",
            records.sealed(deployment, known, ids[1]), ids[1],
        )  # fmt: skip
        await DB.fetch("UPDATE notice SET evidence = 'identity_verified' WHERE id = $1", ids[1])
    for id in ids:
        assert (await confirm(client, id, **issuer))["notice"]["evidence"] == "issuer_confirmed"
        refused = await restaurant.post(api.of(id, "correction"), json={"issuer": "另一局"})
        assert refused.json()["code"] == "confirmed_already"

    assert await undone(deployment, "agency") == [Undone(), Undone()]

    for id, was, level in zip(ids, before, ("self_declared", "identity_verified"), strict=True):
        answer = await asked(client, declaration(number=was["number"]))
        same = ("status", "since", "effective_at", "awaiting", "before", "notice")
        assert {name: answer[name] for name in same} == {name: was[name] for name in same}
        assert (await now(client, id))["evidence"] == answer["evidence"] == level
        corrected = await restaurant.post(api.of(id, "correction"), json={"lost_on": "2026-10-30"})
        assert corrected.status_code == 201, corrected.text
        assert (await confirm(client, id, **issuer))["notice"]["evidence"] == "issuer_confirmed"


async def test_of_two_confirmations_only_the_last_is_taken_back_first(
    deployment: Deployment, anna: httpx.AsyncClient, officer: httpx.AsyncClient,
    client: httpx.AsyncClient, issuer: dict[str, str],
) -> None:  # fmt: skip
    body = declaration(relation="mandate")
    id = (await api.declared(anna, body, PNG)).id
    first = (await confirm(officer, id))["at"]
    await confirm(client, id, **issuer)

    # The agency's stands on its own, whatever became of the officer's.
    assert refusals(await undone(deployment)) == ["not_allowed_now"]
    assert await undone(deployment, "agency") == [Undone()]
    answer = await asked(client, body)
    assert (answer["status"], answer["effective_at"]) == ("invalid", first)
    assert answer["rests_on"]["zh"] == evidence.OFFICER.zh

    assert await undone(deployment) == [Undone()]
    assert told(await now(client, id)) == AWAITING


async def test_what_was_contested_since_stays_so_and_awaits_a_confirmation_after_that(
    deployment: Deployment, anna: httpx.AsyncClient, officer: httpx.AsyncClient,
    restaurant: httpx.AsyncClient,
) -> None:  # fmt: skip
    id = (await api.declared(anna, MANDATE, PNG)).id
    await confirm(officer, id)
    objection = {"number": MANDATE["number"], "ground": "false", "text": "没有委托。"}
    assert (await restaurant.post(api.of(id, "objections"), json=objection)).status_code == 201
    for decision in ("admit", "dismiss"):
        body = {"decision": decision, "reason": REASON}
        if decision == "dismiss":
            assert (await asked(anna, MANDATE))["before"] == "invalid"
            assert await undone(deployment) == [Undone()]
            answer = await asked(anna, MANDATE)
            assert (answer["status"], answer["before"]) == ("contested", "declared")
            assert answer["awaiting"] == "confirmation"
            refused = await officer.post(api.of(id, "confirmation"))
            assert refused.json()["code"] == "under_contest"
        made = await officer.post(api.of(id, "decisions"), json=body)
        assert made.status_code == 201, made.text

    assert told(await now(anna, id)) == AWAITING
    again = await confirm(officer, id)
    assert (await asked(anna, MANDATE))["effective_at"] == again["at"]


async def test_a_period_ends_as_if_it_had_never_been_confirmed(
    deployment: Deployment, anna: httpx.AsyncClient, officer: httpx.AsyncClient,
    client: httpx.AsyncClient,
) -> None:  # fmt: skip
    """Confirmed while it ran, and after that."""
    body = declaration(
        certificate="company-seal", matter=None, number="3799990000011", copies=None,
        details={"kind": "公章"}, relation="mandate",
    )  # fmt: skip
    id = (await api.declared(anna, body, PNG)).id
    row = await DB.row("SELECT effective_at AS ends FROM notice")
    assert row is not None
    assert (await confirm(officer, id))["notice"]["status"] == "declared"
    assert await undone(deployment) == [Undone()]
    assert told(await now(client, id)) == AWAITING
    assert (await register.get(id)).ends_at == row["ends"]
    made = await confirm(officer, id)
    assert datetime.fromisoformat(made["notice"]["effective_at"]) == row["ends"]

    assert refusals(await undone(deployment)) == ["", "not_allowed_now"]
    async with owning():  # as if it had been published two months ago
        for change in (
            "UPDATE event SET at = at - interval '60 days'",
            "UPDATE notice SET published_at = published_at - interval '60 days',"
            " effective_at = effective_at - interval '60 days'",
        ):
            await DB.fetch(change)
    made = await confirm(officer, id)
    assert (made["notice"]["status"], made["notice"]["effective_at"]) == ("invalid", made["at"])
    assert refusals(await undone(deployment)) == ["", *["not_allowed_now"] * 2]
    assert told(await now(client, id)) == AWAITING
    # Counted anew: a holiday may lie otherwise in that part of the year.
    assert abs((await register.get(id)).ends_at + timedelta(days=60) - row["ends"]) < timedelta(12)
    await emptying.empty()  # no log has these times


async def test_what_had_ended_for_its_sake_is_back_with_all_that_waited_about_it(
    deployment: Deployment, anna: httpx.AsyncClient, chen: httpx.AsyncClient,
    officer: httpx.AsyncClient, restaurant: httpx.AsyncClient,
) -> None:  # fmt: skip
    """Then the right one is confirmed, for whose sake the other ends in turn."""
    strangers = (await api.declared(anna, NEWBORN)).id
    parents = (await api.declared(chen, NEWBORN)).id
    objection = {"number": NEWBORN["number"], "ground": "false", "text": "不是父母。"}
    filed = await restaurant.post(api.of(parents, "objections"), json=objection)
    admit = {"decision": "admit", "reason": REASON}
    assert (await officer.post(api.of(parents, "decisions"), json=admit)).status_code == 201
    before = await asked(anna, NEWBORN)
    await confirm(officer, strangers)
    assert await shown(anna, parents) == ("reinstated", ["published", "contested", "superseded"])

    assert await undone(deployment) == [Undone()]

    kinds = ["published", "contested", "superseded", "restored"]
    assert await shown(anna, parents) == ("contested", kinds)
    listed_ = (await officer.get("/api/v1/objections")).json()["objections"]
    assert [(one["id"], one["status"]) for one in listed_] == [(filed.json()["id"], "admitted")]
    assert told(await now(anna, strangers)) == AWAITING
    same = ("status", "awaiting", "notice", "effective_at")
    after = await asked(anna, NEWBORN)
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    row = await DB.row("SELECT entry FROM journal WHERE entry LIKE '%\"undo\"%'")
    assert row is not None
    assert json.loads(row["entry"])["notices"] == [strangers, parents]
    page = (await anna.get(f"/notices/{parents}")).text
    assert "本声明自此时起恢复为终止前的状态" in page

    dismiss = {"decision": "dismiss", "reason": REASON}
    assert (await officer.post(api.of(parents, "decisions"), json=dismiss)).status_code == 201
    made = await confirm(officer, parents)
    assert await shown(anna, strangers) == ("reinstated", [*UNCONFIRMED, "superseded"])
    answer = await asked(anna, NEWBORN)
    assert (answer["notice"], answer["effective_at"]) == (parents, made["at"])
    # Run once more, the command takes the second one back; the first is done with.
    assert refusals(await undone(deployment)) == ["", "not_allowed_now"]
    assert (await shown(anna, strangers))[0] == "declared"


async def test_whoever_declared_meanwhile_keeps_the_paper_and_it_is_said_who_stays_away(
    deployment: Deployment, anna: httpx.AsyncClient, chen: httpx.AsyncClient,
    officer: httpx.AsyncClient, sign_in: SignIn,
) -> None:  # fmt: skip
    """Also of one that itself has ended since: what it ended had nothing else against it."""
    other = await sign_in(ANNA | {"name": "李一", "identifier": "379999197803030014"})
    wrong = (await api.declared(anna, MANDATE, PNG)).id
    waiting = (await api.declared(other, MANDATE, PNG)).id
    await confirm(officer, wrong)
    withdrawn = await anna.post(api.of(wrong, "withdrawal"), json={"reason": "mistake"})
    assert withdrawn.status_code == 201
    own = (await api.declared(chen, DRIVER)).id

    [came] = await undone(deployment)

    assert came.refusal is None
    [(stays, refusal)] = came.stay
    assert stays == waiting
    assert isinstance(refusal, AlreadyDeclared)
    assert refusal.existing.id == own
    assert await shown(anna, waiting) == ("reinstated", ["published", "superseded"])
    kinds = ["published", "confirmed", "withdrawn", "unconfirmed"]
    assert await shown(anna, wrong) == ("reinstated", kinds)
    assert (await asked(chen, DRIVER))["notice"] == own
    page = (await anna.get(f"/notices/{wrong}")).text
    assert "该声明仍不再有效" in page
    assert evidence.AWAITING.zh in page


async def test_what_ended_with_it_is_back_though_it_has_been_annulled_itself(
    deployment: Deployment, anna: httpx.AsyncClient, chen: httpx.AsyncClient,
    officer: httpx.AsyncClient,
) -> None:  # fmt: skip
    wrong = (await api.declared(anna, NEWBORN)).id
    waiting = (await api.declared(chen, NEWBORN)).id
    await confirm(officer, wrong)
    await annul(officer, wrong)

    assert await undone(deployment) == [Undone()]

    assert told(await now(anna, waiting)) == AWAITING
    kinds = ["published", "confirmed", "annulled", "unconfirmed"]
    assert await shown(anna, wrong) == ("reinstated", kinds)


async def test_a_certificate_that_was_replaced_since_keeps_its_confirmation(
    deployment: Deployment, anna: httpx.AsyncClient, officer: httpx.AsyncClient,
    client: httpx.AsyncClient, issuer: dict[str, str],
) -> None:  # fmt: skip
    """Its issuer has told of a new one, so that the old one is void whoever declared it."""
    id = (await api.declared(anna, declaration(relation="mandate"), PNG)).id
    await confirm(officer, id)
    made = await client.post(api.of(id, "replacement"), headers=issuer, json=ISSUED)
    assert made.status_code == 201, made.text

    assert refusals(await undone(deployment)) == ["already_replaced"]
    assert await shown(client, id) == ("replaced", ["published", "confirmed", "replaced"])


@pytest.mark.parametrize("when", ["before", "after"])
async def test_what_nobody_can_read_any_more_loses_its_confirmation_all_the_same(
    deployment: Deployment, anna: httpx.AsyncClient, officer: httpx.AsyncClient, when: str,
) -> None:  # fmt: skip
    """Whether it was awaited is sealed; the audit knows it without the text, too."""
    id = (await api.declared(anna, NEWBORN)).id
    made = await confirm(officer, id)
    if when == "after":
        assert await undone(deployment) == [Undone()]
    redacted = await officer.post(api.of(id, "redaction"), json={"reason": "x"})
    assert redacted.status_code == 201
    if when == "before":
        assert (await asked(anna, NEWBORN))["effective_at"] == made["at"]
        assert await undone(deployment) == [Undone()]

    shown_ = await now(anna, id)
    assert (told(shown_), shown_["statement"]) == (AWAITING, None)
    again = await confirm(officer, id)
    assert (await asked(anna, NEWBORN))["effective_at"] == again["at"]


async def test_when_it_fails_in_between_nothing_is_taken_back_and_it_is_done_later(
    deployment: Deployment, anna: httpx.AsyncClient, chen: httpx.AsyncClient,
    officer: httpx.AsyncClient,
) -> None:  # fmt: skip
    """The other notice's event comes behind its own, and the audit log's entry last of all."""
    wrong, waiting = [(await api.declared(who, NEWBORN)).id for who in (anna, chen)]
    await confirm(officer, wrong)
    before = await asked(anna, NEWBORN)
    for table, when in (("claim", "UPDATE"), ("journal", "INSERT")):
        async with failing("connection lost", Step(table, when)):
            with pytest.raises(Unavailable):
                await undone(deployment)
        assert await shown(anna, wrong) == ("invalid", ["published", "confirmed"])
        assert (await shown(anna, waiting))[0] == "reinstated"
        after = await asked(anna, NEWBORN)
        assert after["effective_at"] == before["effective_at"]

    assert await undone(deployment) == [Undone()]
    assert (await shown(anna, waiting))[0] == (await shown(anna, wrong))[0] == "declared"
