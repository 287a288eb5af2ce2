"""Declaring, withdrawing and correcting through the API."""

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from notices.database import DB
from notices.deployment import Deployment
from notices.trust.receipts import verify
from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.samples import ANNA, OFFICER, RESTAURANT

PRACTITIONER = {
    "certificate": "road-transport-practitioner-certificate",
    "matter": None,
    "number": "37999919000101001X",
    "copies": None,
    "holder": {"kind": "person", "name": "张三", "identifier": "37999919000101001X"},
}
BIRTH = {
    "certificate": "birth-medical-certificate",
    "matter": None,
    "number": "X990000001",
    "holder": {"kind": "person", "name": "张小宝"},
    "relation": "parent",
    "issued_on": "2024-05-01",
}


def codes(answer: httpx.Response) -> dict[str, str]:
    return {one["field"]: one["code"] for one in answer.json().get("errors", [])}


async def test_a_declaration_is_answered_with_the_public_notice_and_its_receipt(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    answer = await api.offer(restaurant, declaration())

    assert answer.status_code == 201, answer.text
    notice = answer.json()
    assert notice["status"] == "invalid"
    assert notice["statement"].endswith("声明作废。")
    assert notice["evidence"] == "self_declared"
    assert notice["events"] == [{"index": 0, "kind": "published", "at": notice["published_at"]}]
    assert answer.headers["location"].endswith(f"/api/v1/notices/{notice['id']}")
    proven = verify(httpx.Response(200, json=notice["receipt"]).content, deployment.keys.log.vkey)
    assert proven.statement == notice["statement"]


async def test_what_is_answered_is_what_anybody_reads(restaurant: httpx.AsyncClient) -> None:
    notice = (await api.offer(restaurant, declaration())).json()
    del notice["receipt"]

    for id in (notice["id"], "-".join([notice["id"][:4], notice["id"][4:]])):
        assert (await restaurant.get(f"/api/v1/notices/{id}")).json() == notice


async def test_no_private_value_is_in_any_public_answer(
    sign_in: SignIn, client: httpx.AsyncClient
) -> None:
    anna = await sign_in(ANNA)
    created = await api.offer(anna, declaration(**PRACTITIONER))
    assert created.status_code == 201, created.text
    id = created.json()["id"]

    pages = [created.text]
    for path in (f"/api/v1/notices/{id}", f"/api/v1/notices/{id}/receipt", "/api/v1/events",
                 f"/notices/{id}", "/feed.atom", "/", "/notices"):  # fmt: skip
        pages.append((await client.get(path)).text)
    for page in pages:
        assert "37999919000101001X" not in page
        assert "张三" not in page
        assert "13800000000" not in page
    assert created.json()["holder"] == {"kind": "person", "name": "张*"}
    assert created.json()["number"] == "379*************1X"


async def test_all_problems_are_told_at_once_and_nothing_is_written(
    restaurant: httpx.AsyncClient,
) -> None:
    answer = await api.offer(
        restaurant,
        declaration(
            certificate="no-such", cause="eaten", region="999999", truthful=False,
            lost_on="2099-02-30", number=7,
        ),
    )  # fmt: skip

    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid"
    assert set(codes(answer)) >= {
        "certificate", "cause", "region", "truthful", "lost_on", "number",
    }  # fmt: skip
    assert await DB.fetch("SELECT 1 FROM notice") == []


async def test_messages_come_in_chinese_and_on_request_in_english(
    restaurant: httpx.AsyncClient,
) -> None:
    chinese = await api.offer(restaurant, declaration(cause=None))
    english = await restaurant.post(
        "/api/v1/notices", json=declaration(cause=None), headers={"Accept-Language": "en-GB,en"}
    )

    assert "填写" in chinese.json()["errors"][0]["message"]
    assert english.json()["errors"][0]["message"].isascii()


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"number": "JY13799990000012"}, "number", "number_unusual"),
        ({"number": "old 5"}, "number", "number_unusual"),
        (
            {"certificate": "business-license", "matter": None, "number": "91379999MA0000015K"},
            "number",
            "number_not_holders",
        ),
        (
            {
                "holder": {
                    "kind": "organisation",
                    "name": "某店",
                    "identifier": "92379999MA0000023B",
                }
            },
            "holder.name",
            "holder_name_differs",
        ),
        (
            {
                "holder": {
                    "kind": "organisation",
                    "name": "某店",
                    "identifier": "92379999MA0000023C",
                }
            },
            "holder.identifier",
            "identifier_check_digit",
        ),
    ],
)
async def test_a_wrong_value_has_a_code_of_its_own(
    restaurant: httpx.AsyncClient, changes: dict[str, Any], field: str, code: str
) -> None:
    answer = await api.offer(restaurant, declaration(**changes))

    assert answer.status_code == 422, answer.text
    assert codes(answer)[field] == code


@pytest.mark.parametrize(
    ("spelling", "shown"),
    [
        ("潍坊（试样）阿·䶮餐饮店", "潍坊（试样）阿·䶮餐饮店"),
        ("潍坊(试样)阿•\ue863餐饮店", "潍坊(试样)阿•䶮餐饮店"),
        ("潍坊〔试样〕阿・䶮 餐饮店", "潍坊〔试样〕阿・䶮 餐饮店"),
        ("\u202d潍坊【试样】阿.䶮\u200b餐饮店\u202c", "潍坊【试样】阿.䶮餐饮店"),
    ],
)
async def test_a_holder_is_known_by_name_however_that_is_written(
    sign_in: SignIn, spelling: str, shown: str
) -> None:
    name = "潍坊（试样）阿·䶮餐饮店"
    client = await sign_in(
        RESTAURANT | {"organisation": RESTAURANT["organisation"] | {"name": name}}
    )
    holder = declaration()["holder"] | {"name": spelling}
    answer = await api.offer(client, declaration(holder=holder))
    other = await api.offer(
        client, declaration(holder=holder | {"name": spelling.replace("阿", "啊")})
    )

    assert answer.status_code == 201, answer.text
    assert answer.json()["holder"]["name"] == shown
    assert shown in answer.json()["statement"]
    assert codes(other) == {"holder.name": "holder_name_differs"}


async def test_what_turns_a_text_round_is_never_published(restaurant: httpx.AsyncClient) -> None:
    answer = await api.offer(restaurant, declaration(issuer="潍坊\u202e局", details=None))

    assert codes(answer) == {"issuer": "control_character"}


async def test_an_unusual_number_passes_when_it_is_confirmed(restaurant: httpx.AsyncClient) -> None:
    answer = await api.offer(
        restaurant, declaration(number="鲁食证字 1998-5", confirm_unusual_number=True)
    )

    assert answer.status_code == 201, answer.text


async def test_nobody_declares_for_somebody_else(sign_in: SignIn) -> None:
    for person in (ANNA, OFFICER):
        answer = await api.offer(await sign_in(person), declaration())

        assert answer.status_code == 403
        assert answer.json()["code"] == "not_the_holder"


async def test_a_parent_declares_for_a_newborn_and_withdraws_again(sign_in: SignIn) -> None:
    anna = await sign_in(ANNA)
    created = await api.offer(anna, declaration(copies="both", **BIRTH))
    assert created.status_code == 201, created.text
    path = f"/api/v1/notices/{created.json()['id']}/withdrawal"
    stranger = await sign_in(RESTAURANT)

    assert (await stranger.post(path, json={"reason": "found"})).status_code == 403
    assert (await anna.post(path, json={"reason": "found"})).status_code == 201


async def test_the_same_certificate_is_declared_once(restaurant: httpx.AsyncClient) -> None:
    first = (await api.offer(restaurant, declaration())).json()

    answer = await api.offer(restaurant, declaration(copies="both", number="ｊｙ-1 3799990000011"))

    assert answer.status_code == 409
    assert answer.json()["code"] == "already_declared"
    assert answer.json()["existing"]["id"] == first["id"]
    assert answer.json()["existing"]["status"] == "invalid"
    assert (await api.offer(restaurant, declaration(copies="duplicate"))).status_code == 201
    assert len(await DB.fetch("SELECT 1 FROM rival")) == 0


async def test_another_holders_declaration_of_the_same_number_is_kept_for_an_officer(
    restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await api.offer(restaurant, declaration())
    other = {"name": "潍坊市某某公司", "identifier": "91379999MA0000015K"}
    # Another person: who declared a notice does not object to it as another company.
    zhao = {"name": "赵六", "identifier": "379999198803120137", "organisation": other}
    rival = await sign_in({**RESTAURANT, **zhao})

    answer = await api.offer(rival, declaration(holder={"kind": "organisation", **other}))

    assert answer.status_code == 409
    rows = await DB.fetch("SELECT sealed FROM rival")
    assert len(rows) == 1
    assert b"91379999MA0000015K" not in rows[0]["sealed"]
    officer = await sign_in(OFFICER)
    [case] = (await officer.get("/api/v1/rivals")).json()["rivals"]
    assert case["notice"] == answer.json()["existing"]["id"]
    assert case["declaration"]["holder"]["identifier"] == other["identifier"]
    assert case["declarant"]["organisation"] == other
    assert (await officer.get(f"/api/v1/rivals?notice={case['notice']}")).json()["rivals"] == [case]
    assert (await rival.get("/api/v1/rivals")).status_code == 403
    # In the same step the other holder objects, and is heard.
    objection = {"number": "JY13799990000011", "ground": "holder", "text": "证件是本公司的。"}
    filed = await rival.post(f"/api/v1/notices/{case['notice']}/objections", json=objection)
    assert filed.status_code == 201, filed.text


async def test_twenty_at_once_make_one_notice(restaurant: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(api.offer(restaurant, declaration()) for _ in range(20)))

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    rows = await DB.fetch("SELECT size FROM log_head")
    assert rows[0]["size"] == 1


async def test_the_same_key_and_body_answer_the_same_201_once_and_for_all(
    restaurant: httpx.AsyncClient,
) -> None:
    headers = {"Idempotency-Key": "a1"}
    post = restaurant.post

    answers = await asyncio.gather(
        *(post("/api/v1/notices", json=declaration(), headers=headers) for _ in range(8))
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    other = await post("/api/v1/notices", json=declaration(cause="stolen"), headers=headers)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"


async def test_a_key_whose_answer_was_lost_in_a_crash_is_answered_from_what_was_committed(
    restaurant: httpx.AsyncClient,
) -> None:
    headers = {"Idempotency-Key": "a2"}
    first = await restaurant.post("/api/v1/notices", json=declaration(), headers=headers)
    await DB.fetch("UPDATE idempotency SET response = NULL")

    second = await restaurant.post("/api/v1/notices", json=declaration(), headers=headers)

    assert second.status_code == 201
    assert second.json()["id"] == first.json()["id"]


async def test_a_refused_declaration_leaves_its_key_free(restaurant: httpx.AsyncClient) -> None:
    await api.offer(restaurant, declaration())
    headers = {"Idempotency-Key": "a3"}
    refused = await restaurant.post("/api/v1/notices", json=declaration(), headers=headers)
    assert refused.status_code == 409

    answer = await restaurant.post(
        "/api/v1/notices", json=declaration(copies="duplicate"), headers=headers
    )

    assert answer.status_code == 201


async def test_every_certificate_can_be_declared(sign_in: SignIn, deployment: Deployment) -> None:
    for certificate in deployment.catalogue.certificates.values():
        number = certificate.examples[0]
        organisation = certificate.holder_kind != "person"
        code = number[:18] if certificate.number_is else "92379999MA0000023B"
        name = "潍坊市某某单位"
        if organisation:
            client = await sign_in(
                {**RESTAURANT, "organisation": {"name": name, "identifier": code}}
            )
            holder = {"kind": "organisation", "name": name, "identifier": code}
        else:
            client = await sign_in(ANNA)
            holder = {k: ANNA[k] for k in ("kind", "name", "identifier")}
        details = {
            field["name"]: field["choices"][0] if "choices" in field else "12345678"
            for field in msgspec.to_builtins(certificate.public())["fields"]
            if field["required"]
        }

        answer = await api.offer(
            client,
            declaration(
                certificate=certificate.id, matter=None, number=number, holder=holder,
                copies="both" if certificate.parts else None, details=details,
            ),
        )  # fmt: skip

        assert answer.status_code == 201, (certificate.id, answer.text)
        notice = answer.json()
        assert notice["document"]["name"]["zh"] in notice["statement"]


async def test_a_seal_without_a_code_goes_by_its_holders_code(
    restaurant: httpx.AsyncClient,
) -> None:
    seal = {
        "certificate": "company-seal", "matter": None, "number": None, "copies": None,
        "details": {"kind": "公章"},
    }  # fmt: skip
    answer = await api.offer(restaurant, declaration(**seal))
    assert answer.status_code == 201, answer.text
    assert answer.json()["number"] is None
    assert answer.json()["status"] == "declared"

    asked = await restaurant.post(
        "/api/v1/verifications",
        json={"certificate": "company-seal", "number": "92379999MA0000023B"},
    )
    assert asked.json()["notice"] == answer.json()["id"]


async def test_who_types_the_holders_code_for_a_seals_declares_a_seal_without_one(
    restaurant: httpx.AsyncClient,
) -> None:
    seal = {
        "certificate": "company-seal", "matter": None, "number": "92379999MA0000023B",
        "copies": None, "confirm_unusual_number": True,
    }  # fmt: skip
    first = await api.offer(restaurant, declaration(**seal, document="official-seal"))
    other = await api.offer(restaurant, declaration(**seal, document="finance-seal"))
    again = await api.offer(
        restaurant, declaration(**(seal | {"number": None}), document="finance-seal")
    )

    assert [first.status_code, other.status_code, again.status_code] == [201, 201, 409]


async def test_the_same_identifier_on_another_document_is_somebody_else(sign_in: SignIn) -> None:
    traveller = {**ANNA, "identifier_type": "passport", "identifier": "E12345678"}
    anna = await sign_in(traveller)
    holder = {"kind": "person", "name": "张三", "identifier": "E12345678"}
    tobacco = {
        "certificate": "tobacco-retail-license", "matter": None, "number": "379999000001",
        "holder": {**holder, "identifier_type": "passport"},
    }  # fmt: skip
    created = await api.offer(anna, declaration(**tobacco))
    assert created.status_code == 201, created.text
    other = await sign_in({**traveller, "identifier_type": "taiwan-permit"})

    path = f"/api/v1/notices/{created.json()['id']}/withdrawal"
    assert (await other.post(path, json={"reason": "found"})).status_code == 403
    again = await api.offer(other, declaration(**{**tobacco, "number": "379999000002"}))
    assert again.json()["code"] == "not_the_holder"
    assert (await anna.post(path, json={"reason": "found"})).status_code == 201


async def test_a_notice_withdrawn_while_another_is_declared_stands_in_no_way(
    restaurant: httpx.AsyncClient,
) -> None:
    for _ in range(5):
        id = (await api.offer(restaurant, declaration())).json()["id"]
        gone, again = await asyncio.gather(
            restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"}),
            api.offer(restaurant, declaration()),
        )
        assert gone.status_code == 201
        assert again.status_code in (201, 409)
        if again.status_code == 409:
            assert again.json()["existing"]["id"] == id
        else:
            id = again.json()["id"]
            await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "mistake"})


@pytest.mark.parametrize("blank", ["", " ", "\u3000 "])
async def test_a_blank_field_counts_as_left_out(sign_in: SignIn, blank: str) -> None:
    names = ("lost_on", "issued_on", "relation", "matter", "issuer")
    restaurant = await sign_in({**RESTAURANT, "identifier_type": blank})

    answer = await api.offer(
        restaurant, declaration(contact={"phone": blank}, **dict.fromkeys(names, blank))
    )

    assert answer.status_code == 201, answer.text
    assert [answer.json()[name] for name in ("lost_on", "issued_on", "matter", "issuer")] == [
        None
    ] * 4
    form = answer.json()["receipt"]["opening"]["form"]
    assert "" not in form.values()


async def test_a_count_may_be_a_number(restaurant: httpx.AsyncClient) -> None:
    seal = {"certificate": "company-seal", "matter": None, "number": None, "copies": None}

    answer = await api.offer(restaurant, declaration(**seal, details={"kind": "公章", "count": 2}))

    assert answer.status_code == 201, answer.text
    assert "公章2枚" in answer.json()["statement"]
