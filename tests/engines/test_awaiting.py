"""Declared for somebody else: public, and without effect or claim until it is confirmed."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from notices import agencies
from notices.audit import auditing
from notices.database import DB
from notices.facts import evidence
from notices.trust.watching import Difference
from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.declared import BIRTH, CHILD, PERSON
from tests.files import archive, kept, picture
from tests.owning import owned
from tests.samples import ANNA

pytestmark = pytest.mark.usefixtures("uploads")

PNG = picture("PNG", 20)
GROWN = {"kind": "person", "name": "陈一一", "identifier": "379999198805050021"}
CHEN = {"kind": "person", "name": "陈一一", "identifier": GROWN["identifier"]}
DRIVER = declaration(
    certificate="road-transport-practitioner-certificate",
    matter=None,
    number=GROWN["identifier"],
    copies=None,
    holder=GROWN,
    issuer="潍坊市交通运输局",
    details=None,
)
ISSUER = "潍坊市奎文区行政审批服务局"
AWAITING = {"status": "declared", "awaiting": "confirmation", "effective_at": None}


async def now(client: httpx.AsyncClient, id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(api.of(id))).json()
    return found


async def asked(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    question = {"certificate": body["certificate"], "number": body["number"]}
    found: dict[str, Any] = (await client.post("/api/v1/verifications", json=question)).json()
    return found


def told(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: shown[name] for name in AWAITING}


@pytest.fixture
async def chen(sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in(CHEN)


@pytest.fixture(autouse=True)
async def audited(client: httpx.AsyncClient, database_url: str) -> Any:
    """Whatever a test did, notices and events agree."""
    yield
    async with auditing.snapshot(database_url) as connection:
        await auditing.audit(connection, lambda done, total: None)


MANDATE = DRIVER | {"relation": "mandate"}
FOR_OTHERS = {
    "parent": (BIRTH | {"relation": "parent", "holder": CHILD}, None),
    "newborn": (
        BIRTH | {"relation": "parent", "holder": {"kind": "person", "name": "张小小"}}, None
    ),
    "guardian of a minor": (BIRTH | {"relation": "guardian", "holder": CHILD}, None),
    "guardian of somebody of age": (DRIVER | {"relation": "guardian"}, PNG),
    "mandate of a person": (MANDATE, PNG),
    "mandate of an organisation": (declaration(relation="mandate"), PNG),
    "liquidator": (declaration(relation="liquidator"), PNG),
    "heir": (DRIVER | {"relation": "heir"}, PNG),
}  # fmt: skip


@pytest.mark.parametrize(("body", "exhibit"), FOR_OTHERS.values(), ids=FOR_OTHERS)
async def test_what_is_declared_for_somebody_else_has_no_effect_before_it_is_confirmed(
    anna: httpx.AsyncClient, officer: httpx.AsyncClient, body: Any, exhibit: Any
) -> None:
    answer = await api.offer(anna, body, exhibit)

    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert told(shown) == AWAITING
    assert shown["evidence"] == "self_declared"
    assert "经确认后生效" in shown["statement"]
    found = await asked(anna, body)
    assert told(found) == AWAITING
    assert found["notice"] == shown["id"]
    assert found["rests_on"]["zh"] == evidence.AWAITING.zh

    confirmed = await officer.post(api.of(shown["id"], "confirmation"))

    assert confirmed.status_code == 201, confirmed.text
    event = confirmed.json()
    assert event["kind"] == "confirmed"
    after = event["notice"]
    assert after["awaiting"] is None
    assert after["evidence"] == "self_declared"  # an officer confirms no identity
    assert (await asked(anna, body))["rests_on"]["zh"] == evidence.OFFICER.zh
    page = (await anna.get(f"/notices/{shown['id']}")).text
    assert evidence.OFFICER.zh in page
    if after["notice_period"] is None:
        assert (after["status"], after["effective_at"]) == ("invalid", event["at"])
    else:
        assert after["status"] == "declared"
        assert after["effective_at"] > event["at"]
    assert (await asked(anna, body))["status"] == after["status"]
    again = await officer.post(api.of(shown["id"], "confirmation"))
    assert (again.status_code, again.json()["code"]) == (409, "already_confirmed")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (MANDATE, "exhibit", "exhibit_required"),
        (DRIVER | {"relation": "heir"}, "exhibit", "exhibit_required"),
        (DRIVER | {"relation": "guardian"}, "exhibit", "exhibit_required"),
        (declaration(relation="liquidator"), "exhibit", "exhibit_required"),
        (declaration(relation="mandate"), "exhibit", "exhibit_required"),
        (DRIVER | {"relation": "liquidator"}, "relation", "relation_of_companies"),
        (declaration(relation="heir"), "relation", "relation_of_persons"),
        (declaration(relation="parent"), "relation", "relation_of_persons"),
        (DRIVER | {"relation": "parent"}, "relation", "not_a_minor"),
        (DRIVER | {"relation": "friend"}, "relation", "not_a_choice"),
        (DRIVER | {"relation": "guardian", "holder": PERSON | {
            "name": ANNA["name"], "identifier": ANNA["identifier"]},
            "number": ANNA["identifier"]}, "relation", "relation_of_self"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
async def test_each_relation_has_its_conditions(
    anna: httpx.AsyncClient, body: Any, field: str, code: str
) -> None:
    answer = await api.offer(anna, body)

    assert answer.status_code == 422, answer.text
    assert (field, code) in [(one["field"], one["code"]) for one in answer.json()["errors"]]
    assert all(one["message"] for one in answer.json()["errors"])


async def test_an_organisation_declares_for_nobody_else(restaurant: httpx.AsyncClient) -> None:
    for body in (MANDATE, declaration(relation="mandate", holder=declaration()["holder"] | {
        "name": "潍坊市奎文区某某书店", "identifier": "91379999MA0000015K"})):  # fmt: skip
        answer = await api.offer(restaurant, body, PNG)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_the_holder")


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "evidence_empty"), (b"MZ" + bytes(100), "evidence_type"),
     (PNG + bytes(10 << 20), "evidence_too_large")],
    ids=["empty", "type", "large"],
)  # fmt: skip
async def test_a_wrong_exhibit_is_refused_and_gone(
    anna: httpx.AsyncClient, uploads: Path, content: bytes, code: str
) -> None:
    answer = await api.offer(anna, MANDATE, content)

    assert answer.status_code == 422, answer.text
    codes = {(one["field"], one["code"]) for one in answer.json()["errors"]}
    assert ("exhibit", code) in codes
    assert kept(uploads) == []


async def test_officers_alone_read_the_exhibit_until_the_notice_is_redacted(
    anna: httpx.AsyncClient, officer: httpx.AsyncClient, client: httpx.AsyncClient, uploads: Path
) -> None:
    id = (await api.declared(anna, MANDATE, PNG)).id
    [file] = kept(uploads)
    assert PNG not in await asyncio.to_thread(file.read_bytes)

    seen = await officer.get(api.of(id, "exhibit"))
    assert (seen.status_code, seen.content) == (200, PNG)
    assert seen.headers["content-type"] == "image/png"
    assert "attachment" in seen.headers["content-disposition"]
    assert (await client.get(api.of(id, "exhibit"))).status_code == 401
    assert (await anna.get(api.of(id, "exhibit"))).status_code == 403

    assert (await officer.post(api.of(id, "redaction"), json={"reason": "x"})).status_code == 201
    assert (await officer.get(api.of(id, "exhibit"))).status_code == 404
    assert kept(uploads) == []
    # What nobody can read any more still awaits its confirmation.
    assert (await now(client, id))["awaiting"] == "confirmation"
    assert (await officer.post(api.of(id, "confirmation"))).status_code == 201


async def test_the_same_form_under_one_key_is_one_notice_and_one_file(
    anna: httpx.AsyncClient, uploads: Path
) -> None:
    key = {"Idempotency-Key": "one"}
    first, second = [await api.offer(anna, MANDATE, PNG, headers=key) for _ in range(2)]
    other = await api.offer(anna, MANDATE, picture("PNG", 21), headers=key)

    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(kept(uploads)) == 1


async def test_a_form_without_a_declaration_or_with_more_is_unreadable(
    anna: httpx.AsyncClient,
) -> None:
    for form in ({"exhibit": ("a.png", PNG)}, {"declaration": (None, "{"), "exhibit": ("a", PNG)},
                 {"declaration": (None, "{}"), "more": (None, "x")}):  # fmt: skip
        answer = await anna.post("/api/v1/notices", files=form)
        assert answer.status_code == 400, answer.text


async def test_it_claims_nothing_and_confirming_one_ends_the_others(
    anna: httpx.AsyncClient, sign_in: SignIn, officer: httpx.AsyncClient
) -> None:
    newborn = BIRTH | {"relation": "parent", "holder": {"kind": "person", "name": "张小小"}}
    mother = await sign_in(CHEN)
    strangers = (await api.declared(anna, newborn)).id
    parents = (await api.declared(mother, newborn)).id
    assert {told(await now(anna, id))["awaiting"] for id in (strangers, parents)} == {
        "confirmation"
    }

    assert (await officer.post(api.of(parents, "confirmation"))).status_code == 201

    ended = await now(anna, strangers)
    assert (ended["status"], ended["awaiting"]) == ("reinstated", None)
    assert [event["kind"] for event in ended["events"]] == ["published", "superseded"]
    assert (await asked(anna, newborn))["notice"] == parents
    assert (await officer.post(api.of(strangers, "confirmation"))).json()["code"] == (
        "already_reinstated"
    )
    # Now it is claimed, so another one is refused.
    again = await api.offer(anna, newborn)
    assert (again.status_code, again.json()["code"]) == (409, "already_declared")
    assert again.json()["existing"]["id"] == parents


async def test_the_holders_own_declaration_ends_all_that_await(
    anna: httpx.AsyncClient, chen: httpx.AsyncClient, sign_in: SignIn
) -> None:
    other = await sign_in(ANNA | {"name": "李一", "identifier": "379999197803030014"})
    waiting = [(await api.declared(one, MANDATE, PNG)).id for one in (anna, other)]

    own = (await api.declared(chen, DRIVER)).id

    for id in waiting:
        ended = await now(anna, id)
        assert (ended["status"], ended["awaiting"]) == ("reinstated", None)
        assert ended["events"][-1]["kind"] == "superseded"
        receipt = (
            await anna.get(api.of(id, f"receipt?event={ended['events'][-1]['index']}"))
        ).json()
        assert receipt["opening"]["form"]["by"] == own
    assert (await asked(chen, DRIVER))["notice"] == own
    assert (await asked(chen, DRIVER))["status"] == "invalid"


async def test_a_strangers_heap_neither_hides_nor_delays_the_holders_own(
    anna: httpx.AsyncClient, chen: httpx.AsyncClient
) -> None:
    own = (await api.declared(chen, DRIVER)).id

    refused = await api.offer(anna, MANDATE, PNG)

    assert (refused.status_code, refused.json()["code"]) == (409, "already_declared")
    assert (await asked(anna, DRIVER))["notice"] == own


async def test_what_awaits_cannot_be_confirmed_beside_anothers_notice(
    anna: httpx.AsyncClient,
    restaurant: httpx.AsyncClient,
    officer: httpx.AsyncClient,
) -> None:
    another = declaration()["holder"] | {
        "name": "潍坊市奎文区某某书店", "identifier": "91379999MA0000015K"}  # fmt: skip
    waiting = (await api.declared(anna, declaration(relation="mandate", holder=another), PNG)).id
    own = (await api.declared(restaurant, declaration())).id
    assert (await now(anna, waiting))["awaiting"] == "confirmation"  # it names another holder

    refused = await officer.post(api.of(waiting, "confirmation"))

    assert (refused.status_code, refused.json()["code"]) == (409, "already_declared")
    assert refused.json()["existing"]["id"] == own
    answer = await asked(anna, declaration())
    assert (answer["notice"], answer["awaiting"]) == (own, None)
    assert [(each["notice"], each["awaiting"]) for each in answer["others"]] == [
        (waiting, "confirmation")
    ]


async def test_the_holder_and_the_declarant_withdraw_what_awaits(
    anna: httpx.AsyncClient, chen: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    for who in (anna, chen):
        id = (await api.declared(anna, MANDATE, PNG)).id
        answer = await who.post(api.of(id, "withdrawal"), json={"reason": "mistake"})
        assert answer.status_code == 201, answer.text
        shown = await now(anna, id)
        assert (shown["status"], shown["awaiting"]) == ("reinstated", None)
        answer = await asked(anna, MANDATE)
        assert (answer["notice"], answer["awaiting"]) == (id, None)
        assert answer["rests_on"]["zh"] == evidence.AWAITING.zh, "nobody has confirmed it"
        assert evidence.AWAITING.zh in (await anna.get(f"/notices/{id}")).text
        late = await officer.post(api.of(id, "confirmation"))
        assert (late.status_code, late.json()["code"]) == (409, "already_reinstated")


async def test_a_contest_leaves_it_awaiting_and_a_dismissal_lets_it_be_confirmed(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(anna, MANDATE, PNG)).id
    objection = {"number": MANDATE["number"], "ground": "false", "text": "没有委托。"}
    assert (await restaurant.post(api.of(id, "objections"), json=objection)).status_code == 201
    admit = {"decision": "admit", "reason": "材料需要核实"}
    assert (await officer.post(api.of(id, "decisions"), json=admit)).status_code == 201
    shown = await now(anna, id)
    assert (shown["status"], shown["awaiting"]) == ("contested", "confirmation")
    assert (await officer.post(api.of(id, "confirmation"))).json()["code"] == "under_contest"
    dismiss = {"decision": "dismiss", "reason": "材料已核实"}
    assert (await officer.post(api.of(id, "decisions"), json=dismiss)).status_code == 201
    assert told(await now(anna, id)) == AWAITING

    assert (await officer.post(api.of(id, "confirmation"))).status_code == 201

    assert (await now(anna, id))["status"] == "invalid"


async def test_the_issuers_agency_confirms_it_too_and_replaces_it_only_then(
    anna: httpx.AsyncClient, client: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    _, key = await owned(agencies.add("奎文审批局", [ISSUER]))
    bearer = {"Authorization": f"Bearer {key}"}
    id = (await api.declared(anna, declaration(relation="mandate"), PNG)).id
    early = await client.post(
        api.of(id, "replacement"), headers=bearer, json={"issued_on": "2026-11-20"}
    )
    assert (early.status_code, early.json()["code"]) == (409, "not_confirmed")

    answer = await client.post(api.of(id, "confirmation"), headers=bearer)

    assert answer.status_code == 201, answer.text
    assert answer.json()["notice"]["evidence"] == "issuer_confirmed"
    assert answer.json()["notice"]["status"] == "invalid"
    assert "依据是发证机关的确认" in (await client.get(f"/notices/{id}")).text
    late = await client.post(
        api.of(id, "replacement"), headers=bearer, json={"issued_on": "2026-11-20"}
    )
    assert late.status_code == 201, late.text


async def test_an_officer_confirms_nothing_else(
    restaurant: httpx.AsyncClient, officer: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant, declaration())).id

    refused = await officer.post(api.of(id, "confirmation"))

    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_awaited")
    assert (await restaurant.post(api.of(id, "confirmation"))).json()["code"] == "not_an_agency"
    assert (await client.post(api.of(id, "confirmation"))).status_code == 401


OLD = "37999919880505003X"
"""Another resident ID than Chen's, as it stood on a card of before it was corrected."""


async def test_another_resident_id_passes_when_confirmed_and_awaits(
    chen: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    body = DRIVER | {"number": OLD}
    first = await api.offer(chen, body)
    assert first.status_code == 422, first.text
    codes = {(one["field"], one["code"]) for one in first.json()["errors"]}
    assert codes == {("number", "number_not_holders"), ("number", "number_unusual")}

    answer = await api.offer(chen, body | {"confirm_unusual_number": True})

    assert answer.status_code == 201, answer.text
    assert told(answer.json()) == AWAITING
    found = await asked(chen, body)
    assert found["awaiting"] == "confirmation"
    assert "代" not in found["rests_on"]["zh"], "it is declared for nobody else"
    page = (await chen.get(f"/notices/{answer.json()['id']}")).text
    status = page.partition('class="status-line"')[2].partition("</p>")[0]
    assert ("待确认" in status, "代" in status, "持证人自己" in page) == (True, False, True)
    # Whose number it is declares it meanwhile, and is in nobody's shadow.
    assert (await officer.post(api.of(answer.json()["id"], "confirmation"))).status_code == 201
    found = await asked(chen, body)
    assert found["status"] == "invalid"
    assert "代" not in found["rests_on"]["zh"]


async def test_the_one_whose_number_it_is_declares_it_beside_what_awaits(
    chen: httpx.AsyncClient, sign_in: SignIn, officer: httpx.AsyncClient
) -> None:
    waiting = (
        await api.declared(chen, DRIVER | {"number": OLD, "confirm_unusual_number": True})
    ).id
    other = GROWN | {"name": "李二", "identifier": OLD}
    owner = await sign_in(other)
    own = (await api.declared(owner, DRIVER | {"number": OLD, "holder": other})).id

    assert (await asked(chen, DRIVER | {"number": OLD}))["notice"] == own
    refused = await officer.post(api.of(waiting, "confirmation"))
    assert (refused.status_code, refused.json()["code"]) == (409, "already_declared")


async def test_of_confirmations_and_own_declarations_at_once_one_paper_has_one_notice(
    anna: httpx.AsyncClient, chen: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    """Whoever comes first, no two notices of one paper have effect, and nothing waits for ever."""
    for turn in range(6):
        waiting = [(await api.declared(anna, MANDATE, PNG)).id for _ in range(2)]
        acts = [officer.post(api.of(id, "confirmation")) for id in waiting]
        acts.append(api.offer(chen, DRIVER))
        answers = await asyncio.gather(*(acts if turn % 2 else reversed(acts)))
        assert sorted(answer.status_code for answer in answers).count(201) >= 1
        assert all(answer.status_code in (201, 409) for answer in answers)
        row = await DB.row(
            "SELECT count(DISTINCT notice) AS living FROM claim WHERE living AND NOT awaiting"
        )
        assert row is not None
        assert row["living"] == 1
        row = await DB.row("SELECT notice FROM claim WHERE living AND NOT awaiting LIMIT 1")
        assert row is not None
        left = await chen.post(api.of(row["notice"], "withdrawal"), json={"reason": "found"})
        assert left.status_code == 201, left.text
        rest = await DB.fetch("SELECT DISTINCT notice FROM claim WHERE living")
        for one in rest:
            assert (await chen.post(api.of(one["notice"], "withdrawal"), json={"reason": "found"})
                    ).status_code == 201  # fmt: skip


async def test_a_confirmed_notice_keeps_its_issuer_and_day_of_issue(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    _, key = await owned(agencies.add("奎文审批局", [ISSUER]))
    id = (await api.declared(restaurant, declaration())).id
    bearer = {"Authorization": f"Bearer {key}"}
    assert (await client.post(api.of(id, "confirmation"), headers=bearer)).status_code == 201

    changes: list[dict[str, Any]] = [
        {"issuer": "潍坊市寒亭区行政审批服务局"},
        {"issuer": None},
        {"issued_on": "2020-05-02"},
        {"issued_on": None, "lost_on": "2026-10-01"},
    ]
    for change in changes:
        answer = await restaurant.post(api.of(id, "correction"), json=change)
        assert (answer.status_code, answer.json()["code"]) == (409, "confirmed_already")
    same = {"issuer": ISSUER, "lost_on": "2026-10-01"}
    assert (await restaurant.post(api.of(id, "correction"), json=same)).status_code == 201
    assert (await now(client, id))["evidence"] == "issuer_confirmed"


async def test_times_follow_from_the_later_of_confirmation_and_period(
    anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    seal = declaration(
        certificate="company-seal", document="official-seal", matter=None,
        number="3799990000011", copies=None, relation="liquidator",
    )  # fmt: skip
    id = (await api.declared(anna, seal, PNG)).id
    shown = await now(anna, id)
    assert told(shown) == AWAITING
    row = await DB.row("SELECT effective_at FROM notice WHERE id = $1", id)
    assert row is not None

    after = (await officer.post(api.of(id, "confirmation"))).json()["notice"]

    assert datetime.fromisoformat(after["effective_at"]) == row["effective_at"]
    assert after["status"] == ("declared" if after["notice_period"] else "invalid")


@pytest.mark.parametrize(
    ("confirmed", "change", "said"),
    [
        (False, "UPDATE notice SET awaiting = false", "Whether notice {id} awaits"),
        (False, "UPDATE claim SET awaiting = false", "The claim of notice {id}"),
        (True, "UPDATE notice SET awaiting = true", "Whether notice {id} awaits"),
        (True, "UPDATE notice SET effective_at = effective_at + interval '1 s'", "{id} has no"),
    ],
)
async def test_the_audit_finds_an_effect_that_no_event_gave(
    anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
    database_url: str,
    confirmed: bool,
    change: str,
    said: str,
) -> None:
    id = (await api.declared(anna, MANDATE, PNG)).id
    if confirmed:
        assert (await officer.post(api.of(id, "confirmation"))).status_code == 201
    connection = await asyncpg.connect(database_url)
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    try:
        await connection.execute(change)
        with pytest.raises(Difference) as found:
            await auditing.audit(connection, lambda done, total: None)
    finally:
        await transaction.rollback()
        await connection.close()
    assert said.format(id=id) in str(found.value)


async def test_an_exhibit_is_decoded_before_it_is_taken(anna: httpx.AsyncClient) -> None:
    answer = await api.offer(anna, MANDATE, PNG + archive())

    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
        ("exhibit", "evidence_hidden")
    ]
