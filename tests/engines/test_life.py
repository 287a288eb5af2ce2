"""The whole life of a notice through the API: objections, decisions, issuers, removal."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from notices import agencies
from notices.agencies import listing
from notices.audit import auditing
from notices.changing import restoring, unconfirming
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import periods
from notices.facts.errors import Refusal
from notices.facts.event_kinds import AGAIN, BEFORE, KINDS
from notices.facts.public.form import EventKind
from notices.journal import Act, Actor
from notices.trust import receipts
from tests import api, emptying
from tests.api import declaration
from tests.conftest import SignIn
from tests.owning import owned
from tests.samples import ANNA, OFFICER, RESTAURANT

ISSUER = "潍坊市奎文区行政审批服务局"
NUMBER = "JY13799990000011"
SEAL: dict[str, Any] = {
    "certificate": "company-seal", "matter": None, "number": "3799990000011", "copies": None,
    "details": {"kind": "公章"},
}  # fmt: skip
OBJECTION = {"number": NUMBER, "ground": "not_lost", "text": "证件在我手里。"}
REASON = "异议人提交了证件原件的照片"


async def notice(client: httpx.AsyncClient, id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(api.of(id))).json()
    return found


@pytest.fixture
async def issuer(client: httpx.AsyncClient) -> dict[str, str]:
    """Headers of the agency that issues the sample's certificate."""
    _, key = await owned(agencies.add("奎文审批局", [ISSUER]))
    return {"Authorization": f"Bearer {key}"}


async def decided(
    officer: httpx.AsyncClient, id: str, decision: str, **more: Any
) -> httpx.Response:
    body = {"decision": decision, "reason": REASON, **more}
    return await officer.post(api.of(id, "decisions"), json=body)


async def contested(
    anna: httpx.AsyncClient, officer: httpx.AsyncClient, id: str, **more: Any
) -> str:
    filed = await anna.post(api.of(id, "objections"), json=OBJECTION | more)
    assert filed.status_code == 201, filed.text
    admitted = await decided(officer, id, "admit")
    assert admitted.status_code == 201, admitted.text
    return str(filed.json()["id"])


async def test_an_objection_is_counted_and_changes_no_status(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    before = await notice(anna, id)

    answer = await anna.post(api.of(id, "objections"), json=OBJECTION)

    assert answer.status_code == 201, answer.text
    filed = answer.json()
    assert filed["status"] == "open"
    assert filed.keys() == {"id", "status", "at"}
    assert await notice(anna, id) == before | {"objections": 1}
    events = (await anna.get("/api/v1/events")).json()["events"]
    assert [event["kind"] for event in events] == ["published"]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"number": None}, "number", "required"),
        ({"number": "JY13799990000012"}, "number", "number_differs"),
        ({"number": "JY137999900000"}, "number", "number_differs"),
        ({"ground": "because"}, "ground", "not_a_choice"),
        ({"ground": None}, "ground", "required"),
        ({"text": " "}, "text", "required"),
        ({"text": "长" * 1001}, "text", "too_long"),
        ({"text": "x\u202ey"}, "text", "control_character"),
        ({"text": 7}, "text", "wrong_type"),
    ],
    ids=str,
)
async def test_a_wrong_objection_is_told_where_it_is_wrong(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, changes: Any, field: str, code: str
) -> None:
    id = (await api.declared(restaurant)).id

    answer = await anna.post(api.of(id, "objections"), json=OBJECTION | changes)

    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]
    assert (await notice(anna, id))["objections"] == 0


async def test_an_objector_knows_the_number_in_any_of_its_forms(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id

    answer = await anna.post(
        api.of(id, "objections"), json=OBJECTION | {"number": "ｊｙ1379 9990-000011"}
    )

    assert answer.status_code == 201, answer.text


async def test_who_may_object(
    restaurant: httpx.AsyncClient,
    client: httpx.AsyncClient,
    anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
) -> None:
    id = (await api.declared(restaurant)).id
    path = api.of(id, "objections")

    refusals = [(await one.post(path, json=OBJECTION)) for one in (client, restaurant, officer)]

    assert [(one.status_code, one.json()["code"]) for one in refusals] == [
        (401, "sign_in_required"), (403, "own_notice"), (403, "not_the_holder"),
    ]  # fmt: skip
    assert (await anna.post(path, json=OBJECTION)).status_code == 201
    again = await anna.post(path, json=OBJECTION)
    assert (again.status_code, again.json()["code"]) == (409, "already_objected")
    assert (await notice(anna, id))["objections"] == 1
    assert (
        await anna.post(api.of("37070000000000", "objections"), json=OBJECTION)
    ).status_code == 404


async def test_an_objection_sent_twice_under_one_key_is_filed_once(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    headers = {"Idempotency-Key": "k1"}

    answers = await asyncio.gather(
        *(anna.post(api.of(id, "objections"), json=OBJECTION, headers=headers) for _ in range(4))
    )

    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert (await notice(anna, id))["objections"] == 1
    other = await anna.post(
        api.of(id, "objections"), json=OBJECTION | {"ground": "false"}, headers=headers
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_an_officer_admits_an_objection_and_the_notice_is_contested(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    await anna.post(api.of(id, "objections"), json=OBJECTION)

    answer = await decided(officer, id, "admit")

    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["index"], body["kind"]) == (1, "contested")
    after = body["notice"]
    assert (after["status"], after["effective_at"]) == ("contested", None)
    receipt = (await anna.get(api.of(id, "receipt"), params={"event": 1})).json()
    assert "证件没有遗失" in receipt["opening"]["form"]["statement"]
    assert REASON in receipt["opening"]["form"]["statement"]
    verdict = await anna.post(
        "/api/v1/verifications", json={"certificate": "food-operation-license", "number": NUMBER}
    )
    assert (verdict.json()["status"], verdict.json()["before"]) == ("contested", "invalid")


async def test_a_dismissed_objection_leaves_the_notice_as_it_was(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    before = await notice(anna, id)
    objection = await contested(anna, officer, id)

    answer = await decided(officer, id, "dismiss", objection=objection)

    assert answer.status_code == 201, answer.text
    after = answer.json()["notice"]
    assert after["status"] == before["status"] == "invalid"
    assert after["effective_at"] == before["effective_at"]
    listed = (await officer.get("/api/v1/objections", params={"notice": id})).json()["objections"]
    assert [one["status"] for one in listed] == ["dismissed"]


async def test_an_annulled_notice_is_reinstated_and_can_be_declared_again(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    await contested(anna, officer, id)

    answer = await decided(officer, id, "annul")

    assert answer.status_code == 201, answer.text
    assert answer.json()["notice"]["status"] == "reinstated"
    listed = (await officer.get("/api/v1/objections", params={"notice": id})).json()["objections"]
    assert [one["status"] for one in listed] == ["upheld"]
    refused = await decided(officer, id, "dismiss")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_reinstated")
    assert (await api.declared(restaurant)).id != id


async def test_a_rejected_objection_is_closed_and_nothing_of_it_is_told(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    await anna.post(api.of(id, "objections"), json=OBJECTION)
    before = await notice(anna, id)
    reason = {"decision": "reject", "reason": "李四 13800000001 的材料与本公告无关"}
    key = {"Idempotency-Key": '"reject 1"'}

    answers = [
        await officer.post(api.of(id, "decisions"), json=reason, headers=key) for _ in range(2)
    ]

    [objection] = (await officer.get("/api/v1/objections")).json()["objections"]
    rejected = {"objection": {"id": objection["id"], "status": "rejected"}, "notice": before}
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json() == rejected
    assert objection["status"] == "rejected"
    assert objection["decided_at"] is not None
    assert await notice(anna, id) == before
    late = await decided(officer, id, "reject")
    assert (late.status_code, late.json()["code"]) == (409, "no_open_objection")
    await officer.post(api.of(id, "redaction"), json={"reason": "x"})
    again = await officer.post(api.of(id, "decisions"), json=reason, headers=key)
    assert again.json()["objection"] == rejected["objection"]
    assert again.json()["notice"]["statement"] is None


async def test_of_an_admission_and_a_rejection_at_once_one_is_done(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    for serial in range(4):
        number = f"JY1379999000{serial:04}"
        id = (await api.declared(restaurant, number=number, confirm_unusual_number=True)).id
        await anna.post(api.of(id, "objections"), json=OBJECTION | {"number": number})

        sent = [decided(officer, id, one) for one in ("admit", "reject")]
        answers = await asyncio.gather(*sent)

        listed = await officer.get("/api/v1/objections", params={"notice": id})
        won = "admitted" if answers[0].status_code == 201 else "rejected"
        assert sorted(answer.status_code for answer in answers) in ([201, 409], [201, 422])
        assert [one["status"] for one in listed.json()["objections"]] == [won]
        shown = (await notice(anna, id))["status"]
        assert shown == ("contested" if won == "admitted" else "invalid")


async def test_what_an_officer_cannot_decide_has_a_code_of_its_own(
    restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
    sign_in: SignIn,
) -> None:
    id = (await api.declared(restaurant)).id
    found = [await decided(officer, id, "admit"), await decided(officer, id, "dismiss")]
    await anna.post(api.of(id, "objections"), json=OBJECTION)
    other = await sign_in(ANNA | {"name": "赵六", "identifier": _identifier(0)})
    second = (await other.post(api.of(id, "objections"), json=OBJECTION)).json()["id"]
    found += [
        await decided(officer, id, "admit"),
        await decided(officer, id, "admit", objection="nothing"),
        await decided(anna, id, "admit"),
        await decided(officer, id, "shrug"),
        await officer.post(api.of(id, "decisions"), json={"decision": "annul"}),
    ]
    assert (await decided(officer, id, "admit", objection=second)).status_code == 201
    found += [await decided(officer, id, "admit")]

    def told(one: httpx.Response) -> tuple[int, str]:
        body = one.json()
        return one.status_code, body["errors"][0]["code"] if "errors" in body else body["code"]

    assert [told(one) for one in found] == [
        (409, "no_open_objection"),
        (409, "not_contested"),
        (422, "objection_of_several"),
        (422, "no_such_objection"),
        (403, "not_an_officer"),
        (422, "not_a_choice"),
        (422, "required"),
        (409, "under_contest"),
    ]


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("李四称证件在他手中", "private_name"),
        ("出生证上的人是欧阳小宝", "private_name"),
        ("出生证上的人是歐陽 小\u200b寶", "private_name"),
        ("出生证 x 990000001 没有丢", "personal_number"),
        ("他的电话是13800000000", "personal_number"),
        ("", "required"),
        ("长" * 1001, "too_long"),
    ],
)
async def test_a_published_reason_tells_nothing_that_the_notice_hides(
    sign_in: SignIn, officer: httpx.AsyncClient, restaurant: httpx.AsyncClient, reason: str,
    code: str,
) -> None:  # fmt: skip
    holder = {"kind": "person", "name": "欧阳小宝", "identifier": _identifier(0)}
    declarant = await sign_in(holder)
    id = (await api.declared(
        declarant, certificate="birth-medical-certificate", matter=None, number="X990000001",
        holder=holder,
    )).id  # fmt: skip
    await restaurant.post(api.of(id, "objections"), json=OBJECTION | {"number": "X990000001"})

    answer = await decided(officer, id, "admit", reason=reason)

    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("reason", code)]
    assert (await notice(officer, id))["status"] == "invalid"


async def test_a_notice_period_stands_still_during_a_contest(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant, **SEAL)).id
    first = await notice(anna, id)
    assert first["status"] == "declared"
    await contested(anna, officer, id, number=SEAL["number"])

    after = (await decided(officer, id, "dismiss")).json()["notice"]

    assert after["status"] == "declared"
    published, contest, dismissal = (
        datetime.fromisoformat(event["at"]) for event in after["events"]
    )
    end = periods.resumed(
        published, datetime.fromisoformat(first["effective_at"]), contest, dismissal,
        "calendar_day",
    )  # fmt: skip
    assert datetime.fromisoformat(after["effective_at"]) == end.at


async def test_the_issuer_confirms_a_notice_once(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, issuer: dict[str, str]
) -> None:
    id = (await api.declared(restaurant)).id

    answer = await client.post(api.of(id, "confirmation"), headers=issuer)

    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["kind"], body["notice"]["evidence"]) == ("confirmed", "issuer_confirmed")
    assert body["notice"]["status"] == "invalid"
    again = await client.post(api.of(id, "confirmation"), headers=issuer, json={})
    assert (again.status_code, again.json()["code"]) == (409, "already_confirmed")
    wrong = await client.post(api.of(id, "confirmation"), headers=issuer, json={"x": 1})
    assert wrong.status_code == 400


async def test_the_issuer_tells_of_a_new_certificate_and_the_old_one_is_void_for_good(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, issuer: dict[str, str]
) -> None:
    id = (await api.declared(restaurant)).id
    body = {"number": "JY13799990000020", "issued_on": "2026-11-20"}

    answer = await client.post(api.of(id, "replacement"), headers=issuer, json=body)

    assert answer.status_code == 201, answer.text
    assert answer.json()["notice"]["status"] == "replaced"
    receipt = (await client.get(api.of(id, "receipt"), params={"event": 1})).json()
    assert receipt["opening"]["form"]["number"] == "JY13799990000020"
    verdict = await client.post(
        "/api/v1/verifications", json={"certificate": "food-operation-license", "number": NUMBER}
    )
    assert verdict.json()["status"] == "replaced"
    again = await restaurant.post("/api/v1/notices", json=declaration())
    assert (again.status_code, again.json()["code"]) == (409, "already_declared")
    withdrawn = await restaurant.post(api.of(id, "withdrawal"), json={"reason": "found"})
    assert (withdrawn.status_code, withdrawn.json()["code"]) == (409, "already_replaced")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "issued_on", "required"),
        ({"issued_on": "2099-01-01"}, "issued_on", "date_in_future"),
        ({"issued_on": "yesterday"}, "issued_on", "date_format"),
        ({"issued_on": "2026-11-20", "number": "（）"}, "number", "number_empty"),
        ({"issued_on": "2026-11-20", "number": "1" * 201}, "number", "too_long"),
        ({"issued_on": 20261120}, "issued_on", "wrong_type"),
    ],
    ids=str,
)
async def test_a_wrong_replacement_is_told_where_it_is_wrong(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, issuer: dict[str, str],
    body: Any, field: str, code: str,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id

    answer = await client.post(api.of(id, "replacement"), headers=issuer, json=body)

    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


async def test_only_the_agency_of_the_issuer_confirms_and_replaces(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    nameless = (await api.declared(restaurant, issuer=None, copies="duplicate")).id
    _, key = await owned(agencies.add("别的局", ["潍坊市行政审批服务局"]))
    other = {"Authorization": f"Bearer {key}"}
    made_up = {"Authorization": "Bearer nk_" + "A" * 43}
    body = {"issued_on": "2026-11-20"}

    found = [
        await client.post(api.of(id, "replacement"), json=body),
        await client.post(api.of(id, "replacement"), json=body, headers=made_up),
        await client.post(api.of(id, "replacement"), json=body, headers=other),
        await client.post(api.of(nameless, "replacement"), json=body, headers=other),
        await officer.post(api.of(id, "replacement"), json=body),
        await client.post(api.of(id, "confirmation"), headers={"Authorization": "Bearer x y"}),
    ]

    assert [(one.status_code, one.json()["code"]) for one in found] == [
        (401, "sign_in_required"), (401, "unknown_key"), (403, "not_the_issuer"),
        (403, "not_the_issuer"), (403, "not_an_agency"), (401, "unknown_key"),
    ]  # fmt: skip


async def test_a_revoked_key_opens_nothing(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, issuer: dict[str, str]
) -> None:
    id = (await api.declared(restaurant)).id
    await owned(DB.fetch("UPDATE agency SET revoked_at = now()"))

    answer = await client.post(api.of(id, "confirmation"), headers=issuer)

    assert (answer.status_code, answer.json()["code"]) == (401, "unknown_key")


async def test_agencies_are_told_apart_by_issuer_however_it_is_spaced(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, issuer: dict[str, str]
) -> None:
    id = (await api.declared(restaurant, issuer="潍坊市 奎文区　行政审批服务局")).id

    assert (await client.post(api.of(id, "confirmation"), headers=issuer)).status_code == 201


async def test_a_redacted_notice_keeps_its_bare_facts_and_every_proof(
    restaurant: httpx.AsyncClient,
    client: httpx.AsyncClient,
    officer: httpx.AsyncClient,
    deployment: Deployment,
) -> None:
    created = await restaurant.post(
        "/api/v1/notices", json=declaration(), headers={"Idempotency-Key": "r"}
    )
    id, saved = created.json()["id"], created.json()["receipt"]

    answer = await officer.post(api.of(id, "redaction"), json={"reason": "张三申请删除"})

    assert answer.status_code == 201, answer.text
    after = answer.json()["notice"]
    assert (after["id"], after["status"]) == (id, "invalid")
    assert (after["holder"], after["number"], after["statement"]) == (None, None, None)
    vkey = deployment.keys.log.vkey
    anew = (await client.get(api.of(id, "receipt"))).json()
    assert anew["opening"] is None
    assert receipts.verify(json.dumps(anew).encode(), vkey).form is None
    assert receipts.verify(json.dumps(saved).encode(), vkey).form is not None
    verdict = await client.post(
        "/api/v1/verifications", json={"certificate": "food-operation-license", "number": NUMBER}
    )
    assert (verdict.json()["status"], verdict.json()["holder"]) == ("invalid", None)
    events = (await client.get("/api/v1/events")).text
    page = (await client.get(f"/notices/{id}")).text
    again = await restaurant.post(
        "/api/v1/notices", json=declaration(), headers={"Idempotency-Key": "r"}
    )
    for text in (events, page, again.text):
        assert "某某餐饮店" not in text.replace("潍坊市奎文区某某餐饮店</a>", "")
        assert NUMBER not in text
        assert "张三申请删除" not in text
    kept = await DB.row(
        "SELECT (SELECT count(*) FROM event WHERE salt IS NOT NULL AND kind <> 'redacted') AS open,"
        " (SELECT string_agg(coalesce(response, ''), '') FROM idempotency) AS answers"
    )
    assert kept is not None
    assert kept["open"] == 0
    assert NUMBER not in (kept["answers"] or "")


async def test_what_can_be_done_to_a_redacted_notice(
    restaurant: httpx.AsyncClient, officer: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    stranger = await anna.post(api.of(id, "redaction"), json={"reason": "x"})
    empty = await officer.post(api.of(id, "redaction"), json={})
    await officer.post(api.of(id, "redaction"), json={"reason": "x"})

    again = await officer.post(api.of(id, "redaction"), json={"reason": "x"})
    correction = await restaurant.post(api.of(id, "correction"), json={"issuer": "乙局"})

    assert (stranger.status_code, stranger.json()["code"]) == (403, "not_an_officer")
    assert empty.status_code == 422
    for refused in (again, correction):
        assert (refused.status_code, refused.json()["code"]) == (409, "already_redacted")
    page = (await restaurant.get(f"/notices/{id}")).text
    assert f"/notices/{id}/withdraw" in page
    assert f"/notices/{id}/correct" not in page
    answer = await restaurant.get(f"/notices/{id}/correct")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/notices/{id}#done")
    await contested(anna, officer, id)
    withdrawn = await restaurant.post(api.of(id, "withdrawal"), json={"reason": "found"})
    assert withdrawn.json()["notice"]["status"] == "reinstated"


async def test_officers_read_objections_and_nobody_else_does(
    restaurant: httpx.AsyncClient,
    client: httpx.AsyncClient,
    anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
) -> None:
    id = (await api.declared(restaurant)).id
    filed = (await anna.post(api.of(id, "objections"), json=OBJECTION)).json()

    answer = await officer.get("/api/v1/objections", params={"status": "open"})

    [one] = answer.json()["objections"]
    assert (one["id"], one["notice"], one["text"]) == (filed["id"], id, OBJECTION["text"])
    assert one["objector"]["name"] == "张三"
    assert one["evidence"] is None
    assert answer.headers["cache-control"] == "no-store"
    assert (await client.get("/api/v1/objections")).status_code == 401
    assert (await anna.get("/api/v1/objections")).status_code == 403
    for wrong in ({"status": "x"}, {"limit": "0"}, {"limit": "101"}, {"page": "1"}):
        assert (await officer.get("/api/v1/objections", params=wrong)).status_code == 400
    for text in ((await client.get(api.of(id))).text, (await client.get(f"/notices/{id}")).text):
        assert OBJECTION["text"] not in text


async def test_when_a_notice_ends_its_open_objections_are_closed(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    await anna.post(api.of(id, "objections"), json=OBJECTION)

    await restaurant.post(api.of(id, "withdrawal"), json={"reason": "found"})

    listed = (await officer.get("/api/v1/objections")).json()["objections"]
    assert [one["status"] for one in listed] == ["closed"]
    late = await anna.post(api.of(id, "objections"), json=OBJECTION)
    assert (late.status_code, late.json()["code"]) == (409, "already_reinstated")


ACTS = ("corrected", "withdrawn", "confirmed", "contested", "dismissed", "annulled", "replaced",
        "restored", "unconfirmed", "redacted")  # fmt: skip


@settings(max_examples=20, suppress_health_check=list(HealthCheck), deadline=None)
@given(acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=7), running=st.booleans())
@example(["contested", "annulled", "redacted", "restored", "dismissed", "annulled"], True)
@example(["confirmed", "replaced", "restored", "replaced", "restored", "withdrawn"], False)
@example(["confirmed", "unconfirmed", "confirmed", "redacted", "unconfirmed", "annulled"], False)
@example(["confirmed", "contested", "unconfirmed", "dismissed", "confirmed", "replaced"], True)
async def test_in_every_order_of_events_only_what_the_table_allows_happens(
    client: httpx.AsyncClient,
    sign_in: SignIn,
    deployment: Deployment,
    database_url: str,
    acts: list[EventKind],
    running: bool,
) -> None:
    await emptying.empty()
    restaurant, officer = await sign_in(RESTAURANT), await sign_in(OFFICER)
    _, key = await owned(agencies.add("奎文审批局", [ISSUER]))
    bearer = {"Authorization": f"Bearer {key}"}
    changes = SEAL if running else {}
    id = (await api.declared(restaurant, **changes)).id
    status = before = lived = "declared" if running else "invalid"
    done: set[str] = set()
    stands = False
    ended_by: EventKind | None = None
    happened = ["published"]
    for number, act in enumerate(acts):
        if act == "contested":
            person = ANNA | {"identifier": _identifier(number), "name": "张三"}
            objector = await sign_in(person)
            body = OBJECTION | {"number": changes.get("number", NUMBER)}
            await objector.post(api.of(id, "objections"), json=body)
            listed = (await officer.get("/api/v1/objections", params={"status": "open"})).json()
            named = [one["id"] for one in listed["objections"]]
            answer = await decided(officer, id, "admit", objection=named[-1] if named else None)
        elif act in ("dismissed", "annulled"):
            answer = await decided(officer, id, {"dismissed": "dismiss", "annulled": "annul"}[act])
        elif act == "corrected":
            day = f"2026-10-{number + 1:02}"
            answer = await restaurant.post(api.of(id, "correction"), json={"lost_on": day})
        elif act == "withdrawn":
            answer = await restaurant.post(api.of(id, "withdrawal"), json={"reason": "found"})
        elif act == "confirmed":
            answer = await client.post(api.of(id, "confirmation"), headers=bearer)
        elif act == "replaced":
            answer = await client.post(
                api.of(id, "replacement"), headers=bearer, json={"issued_on": "2026-11-20"}
            )
        elif act == "restored":
            answer = await restored(deployment, id, ended_by)
        elif act == "unconfirmed":
            answer = await unconfirmed(deployment, id)
        else:
            answer = await officer.post(api.of(id, "redaction"), json={"reason": "x"})
        allowed = status in KINDS[act].follows
        if "redacted" in done and act in ("corrected", "confirmed", "replaced", "redacted"):
            allowed = False  # nothing is left to correct, and no issuer to speak for
        if act in ("confirmed", "unconfirmed") and stands != (act == "unconfirmed"):
            allowed = False
        if act == "restored" and ended_by == "withdrawn":
            allowed = False
        assert (answer.status_code == 201) == allowed, (act, status, answer.text)
        if allowed:
            done.add(act)
            happened.append(act)
            stands = {"confirmed": True, "unconfirmed": False}.get(act, stands)
            if act == "contested":
                before = status
            after = KINDS[act].after or status
            if KINDS[act].ends:
                lived, ended_by = status, act
            elif after == AGAIN:
                ended_by = None
            status = {BEFORE: before, AGAIN: lived}.get(after, after)
        else:
            assert answer.status_code in (403, 409), answer.text
        shown = await notice(client, id)
        assert shown["status"] == status
        assert (shown["evidence"] == "issuer_confirmed") == stands
        assert [event["kind"] for event in shown["events"]] == happened
    async with auditing.snapshot(database_url) as connection:
        seen = await auditing.audit(connection, lambda done, total: None)
    assert seen.size == len(happened)


async def restored(deployment: Deployment, id: str, ended_by: EventKind | None) -> httpx.Response:
    """What came of taking back what ended it, as if it had been asked for over HTTP."""
    operator = Actor("operator", "root@host", "root@host")
    act = Act(what="undo", by=operator, notices=(id,), about=("", "entry 0"))
    try:
        await restoring.restore(deployment, act, id, ended_by or "annulled", "误操作")
    except Refusal as refusal:
        return httpx.Response(refusal.status)
    return httpx.Response(201)


async def unconfirmed(deployment: Deployment, id: str) -> httpx.Response:
    """What came of taking back its confirmation, likewise."""
    operator = Actor("operator", "root@host", "root@host")
    act = Act(what="undo", by=operator, notices=(id,), about=("", "entry 0"))
    try:
        await unconfirming.unconfirm(deployment, act, id, (), "误操作")
    except Refusal as refusal:
        return httpx.Response(refusal.status)
    return httpx.Response(201)


def _identifier(number: int) -> str:
    """A made-up resident ID with its check digit (GB 11643), of an area nobody lives in."""
    body = f"379999199001{number + 1:02}{number + 1:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


async def audited(url: str) -> None:
    async with auditing.snapshot(url) as connection:
        await auditing.audit(connection, lambda done, total: None)


async def test_a_provisional_period_is_marked_and_becomes_final_by_a_newer_schedule(
    restaurant: httpx.AsyncClient,
    client: httpx.AsyncClient,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from notices.upkeep.rescheduling import settle_periods

    # As if the schedule that is installed ended last year.
    for name in ("PUBLISHED_TO", "FIRST_PUBLISHED_TO"):
        monkeypatch.setattr(periods, name, datetime.now(UTC).year - 1)
    id = (await api.declared(restaurant, **SEAL)).id
    shown = await notice(client, id)
    question = {"certificate": "company-seal", "number": SEAL["number"]}
    asked = (await client.post("/api/v1/verifications", json=question)).json()
    page = (await client.get(f"/notices/{id}")).text

    assert (shown["provisional"], asked["provisional"]) == (True, True)
    assert "暂定" in page
    await audited(database_url)
    assert await owned(settle_periods()) == 0
    # The newer one knows of a holiday that moves the end.
    monkeypatch.setattr(periods, "PUBLISHED_TO", 2099)
    last = datetime.fromisoformat(shown["effective_at"]).date() - timedelta(days=1)
    known = periods.is_working_day
    monkeypatch.setattr(periods, "is_working_day", lambda day: day != last and known(day))
    await audited(database_url)  # not settled yet, which is no fault
    assert await owned(settle_periods()) == 1
    after = await notice(client, id)
    await audited(database_url)
    assert after["provisional"] is False
    assert after["effective_at"] > shown["effective_at"]
    assert await owned(settle_periods()) == 0
    touched = await DB.fetch("SELECT notice FROM touched WHERE NOT taken")
    assert [row["notice"] for row in touched] == [id]


async def test_an_end_that_is_past_stays_when_the_schedule_changes(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    from notices.upkeep.rescheduling import settle_periods

    id = (await api.declared(restaurant, **SEAL)).id
    earlier = DB.fetch(
        "UPDATE notice SET provisional = true, published_at = published_at - interval '90 days',"
        " effective_at = effective_at - interval '60 days'"
    )
    await owned(earlier)
    before = await notice(client, id)

    assert await owned(settle_periods()) == 1
    after = await notice(client, id)
    assert (before["provisional"], after["provisional"]) == (True, False)
    assert (after["effective_at"], after["status"]) == (before["effective_at"], "invalid")


async def test_a_key_that_was_changed_revoked_or_has_expired_is_taken_no_more(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    own = ["潍坊市奎文区行政审批服务局"]
    agency, first = await owned(agencies.add("甲局", own))
    later = datetime.now(UTC) + timedelta(days=1)
    second, ends = await owned(agencies.rotate(agency.id, later, timedelta(0)))

    async def said(key: str) -> int:
        headers = {"Authorization": f"Bearer {key}"}
        return (await client.post(api.of(id, "confirmation"), headers=headers)).status_code

    assert (await said(first), await said(second), ends) == (401, 201, None)
    await owned(DB.fetch("UPDATE agency_key SET expires_at = now() WHERE revoked_at IS NULL"))
    assert await said(second) == 401
    assert [each.state(later) for each in await listing.listed()] == ["expired"]
    third, _ = await owned(agencies.rotate(agency.id))
    assert await said(third) == 409
    await owned(agencies.revoke(agency.id))
    assert await said(third) == 401
    with pytest.raises(agencies.NoSuchAgency):
        await owned(agencies.rotate(agency.id))
    await owned(agencies.add("甲局", own))
