"""What whoever checks a certificate is told, by the API and on the page, table by table."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from notices import agencies
from notices.deployment import Deployment
from notices.facts.messages import MESSAGES
from notices.facts.notice_ids import printed
from notices.trust import answers
from notices.web import wording
from tests.api import declaration
from tests.conftest import SignIn
from tests.engines.test_checking_pages import main_of
from tests.owning import owned
from tests.samples import ANNA, OFFICER

N = "JY13799990000011"
CODE = "92379999MA0000023B"
SEAL_CODE = "3799990000011"
TWELVE = "379999000001"
FOOD = "food-operation-license"
TOBACCO, VEHICLE, TRANSPORT, LICENCE, SEAL, BIRTH, DRIVER = (
    "tobacco-retail-license", "road-transport-vehicle-certificate",
    "road-transport-operation-license", "business-license", "company-seal",
    "birth-medical-certificate", "road-transport-practitioner-certificate",
)  # fmt: skip
ISSUER = "潍坊市奎文区行政审批服务局"


def food(**more: Any) -> dict[str, Any]:
    return {"number": N, **more}


def other(certificate: str, number: str | None, **more: Any) -> dict[str, Any]:
    return {"certificate": certificate, "matter": None, "number": number, **more}


def seal(document: str, number: str | None = None) -> dict[str, Any]:
    return other(SEAL, number, copies=None, document=document)


def duplicate(number: str | None = None) -> dict[str, Any]:
    return food(copies="duplicate", copy_number=number)


@dataclass
class Case:
    """What happened, by names; what is asked; whose notice is the answer, and what else is told."""

    happened: list[tuple[str, dict[str, Any] | str]]
    question: dict[str, Any]
    status: str = "no_notice"
    notice: str | None = None
    others: dict[str, str] = field(default_factory=dict)


WHOLE = [("a", food()), ("b", duplicate())]
NUMBERED = [("a", duplicate("3-1")), ("b", duplicate("3-2"))]
SEALS = [("a", seal("official-seal")), ("b", seal("finance-seal"))]
CODED = [*SEALS, ("c", seal("contract-seal", SEAL_CODE))]
TWO_KINDS = [("a", other(TOBACCO, TWELVE)), ("b", other(VEHICLE, TWELVE))]
PREFIXED = [("a", other(TRANSPORT, "鲁交运管许可 379999476832"))]
MASKED = [
    ("a", other(BIRTH, "X990000001", holder=ANNA, issuer=None)),
    ("b", other(DRIVER, ANNA["identifier"], holder=ANNA, copies=None)),
]
AGAIN = [("a", food()), ("withdrawal", "a"), ("b", food())]
SECOND_LOSS = [
    ("a", other(LICENCE, CODE)), ("replacement", "a"), ("b", other(LICENCE, CODE)),
]  # fmt: skip

CASES = {
    "no copy said": Case(WHOLE, food(), "invalid", "b", {"a": "copy"}),
    "original": Case(WHOLE, food(copy="original"), "invalid", "a", {"b": "copy"}),
    "duplicate": Case(WHOLE, food(copy="duplicate"), "invalid", "b", {"a": "copy"}),
    "any duplicate is lost": Case(WHOLE, food(copy_number="3-2"), "invalid", "b", {"a": "copy"}),
    "another copy": Case([("a", duplicate())], food(copy="original"), others={"a": "copy"}),
    "both are lost": Case([("a", food(copies="both"))], food(copy="original"), "invalid", "a"),
    "both, a numbered one asked": Case(
        [("a", food(copies="both"))], food(copy_number="2-2"), "invalid", "a"
    ),
    "3-2": Case(NUMBERED, food(copy_number="3-2"), "invalid", "b", {"a": "copy"}),
    "3-1 by its last number": Case(NUMBERED, food(copy_number="1"), "invalid", "a", {"b": "copy"}),
    "3-1 behind the number": Case(
        NUMBERED, {"number": f"{N}（3-1）"}, "invalid", "a", {"b": "copy"}
    ),
    "3-2 with words": Case(
        NUMBERED, {"number": f"{N}（副本）副本编号：3-2"}, "invalid", "b", {"a": "copy"}
    ),
    "9-9": Case(NUMBERED, food(copy_number="9-9"), others={"a": "copy", "b": "copy"}),
    "9-9 behind the number": Case(
        NUMBERED, {"number": f"{N}(9-9)"}, others={"a": "copy", "b": "copy"}
    ),
    "no duplicate said": Case(NUMBERED, food(), "invalid", "b", {"a": "copy"}),
    "seals by the company's code": Case(
        SEALS, {"certificate": SEAL, "number": CODE}, "declared", "b", {"a": "document"}
    ),
    "a seal named": Case(
        SEALS,
        {"certificate": SEAL, "number": CODE, "document": "official-seal"},
        "declared", "a", {"b": "document"},
    ),
    "a seal that is not lost": Case(
        SEALS,
        {"certificate": SEAL, "number": CODE, "document": "invoice-seal"},
        others={"a": "document", "b": "document"},
    ),
    "a seal with a code, by the company's": Case(
        CODED,
        {"certificate": SEAL, "number": CODE},
        "declared", "b", {"a": "document", "c": "holder"},
    ),
    "by a seal's code": Case(
        CODED,
        {"certificate": SEAL, "number": SEAL_CODE},
        "declared", "c", {"a": "holder", "b": "holder"},
    ),
    "a document counts for nothing beside a code": Case(
        CODED[2:],
        {"certificate": SEAL, "number": SEAL_CODE, "document": "invoice-seal"},
        "declared", "c",
    ),
    "seals without saying what it is": Case(
        CODED, {"certificate": None, "number": CODE},
        "declared", "b", {"a": "document", "c": "holder"},
    ),
    "only a seal with a code, any kind": Case(
        CODED[2:], {"certificate": None, "number": CODE}, others={"c": "holder"}
    ),
    "another certificate": Case(
        TWO_KINDS[:1], {"certificate": VEHICLE, "number": TWELVE}, others={"a": "certificate"}
    ),
    "two certificates": Case(
        TWO_KINDS,
        {"certificate": TOBACCO, "number": TWELVE},
        "invalid", "a", {"b": "certificate"},
    ),
    "any certificate": Case(
        TWO_KINDS, {"certificate": None, "number": TWELVE}, "invalid", "b", {"a": "certificate"}
    ),
    "digits alone": Case(
        PREFIXED, {"certificate": TRANSPORT, "number": "379999476832"}, others={"a": "digits"}
    ),
    "letters on both sides": Case(
        PREFIXED, {"certificate": TRANSPORT, "number": "冀交运管许可379999476832"}
    ),
    "declared by its digits": Case(
        [("a", other(TRANSPORT, "379999476832"))],
        {"certificate": TRANSPORT, "number": "鲁交运管许可 379999476832"},
        others={"a": "digits"},
    ),
    "traditional": Case(
        PREFIXED, {"certificate": TRANSPORT, "number": "魯交運管許可379999476832"}, "invalid", "a"
    ),
    "declared again": Case(AGAIN, food(), "invalid", "b", {"a": "earlier"}),
    "withdrawn": Case(AGAIN[:2], food(), "reinstated", "a"),
    "another copy, withdrawn": Case(
        AGAIN[:2], food(copy="duplicate"), others={"a": "copy"}
    ),
    "replaced": Case(
        SECOND_LOSS[:2], {"certificate": LICENCE, "number": CODE}, "replaced", "a"
    ),
    "a second loss": Case(
        SECOND_LOSS, {"certificate": LICENCE, "number": CODE}, "invalid", "b", {"a": "earlier"}
    ),
    "a second loss taken back": Case(
        [*SECOND_LOSS, ("withdrawal", "b")],
        {"certificate": LICENCE, "number": CODE},
        "replaced", "a", {"b": "earlier"},
    ),
    "masked": Case(MASKED, {"certificate": BIRTH, "number": "X990000001"}, "invalid", "a"),
    "masked, any kind": Case(MASKED, {"certificate": None, "number": "X990000001"}),
    "masked, another kind": Case(MASKED, {"certificate": TOBACCO, "number": "X990000001"}),
    "masked, digits alone": Case(MASKED, {"certificate": BIRTH, "number": "990000001"}),
    "masked ID": Case(
        MASKED, {"certificate": DRIVER, "number": ANNA["identifier"]}, "invalid", "b"
    ),
    "masked ID, any kind": Case(MASKED, {"certificate": None, "number": ANNA["identifier"]}),
}  # fmt: skip


async def happen(
    case: Case, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient
) -> dict[str, str]:
    """The ids of the notices by their names."""
    ids: dict[str, str] = {}
    for name, what in case.happened:
        if name == "withdrawal":
            path = f"/api/v1/notices/{ids[str(what)]}/withdrawal"
            done = await restaurant.post(path, json={"reason": "found"})
        elif name == "replacement":
            _, key = await owned(agencies.add("奎文审批局", [ISSUER]))
            done = await restaurant.post(
                f"/api/v1/notices/{ids[str(what)]}/replacement",
                json={"issued_on": "2026-11-20"},
                headers={"Authorization": f"Bearer {key}"},
            )
        else:
            assert isinstance(what, dict)
            holder = {"holder": ANNA} if what.get("holder") else {}
            client = anna if holder else restaurant
            body = declaration(**what, confirm_unusual_number=True)
            done = await client.post("/api/v1/notices", json=body)
            ids[name] = done.json().get("id", "")
        assert done.status_code == 201, done.text
    return ids


def asked_of(case: Case) -> dict[str, Any]:
    question = {"certificate": FOOD} | case.question
    return {name: value for name, value in question.items() if value is not None}


@pytest.mark.parametrize("name", CASES)
async def test_the_answer_and_what_else_is_told(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, deployment: Deployment, name: str
) -> None:
    case = CASES[name]
    ids = await happen(case, restaurant, anna)
    question = asked_of(case)

    answer = (await restaurant.post("/api/v1/verifications", json=question)).json()
    many = await restaurant.post("/api/v1/verifications", json={"items": [question]})
    page = await restaurant.post("/verify", data=question)

    names = {id: name for name, id in ids.items()}
    assert answer["status"] == case.status
    assert names.get(answer["notice"]) == case.notice
    assert {names[each["notice"]]: each["match"] for each in answer["others"]} == case.others
    assert (
        answer["asked"]
        == dict.fromkeys(("certificate", "number", "copy", "copy_number", "document")) | question
    )
    assert answer["number"] == question["number"]
    answers.verify(answer, deployment.keys.answer_keys)
    again = many.json()["answers"][0]
    for changing in ("checked_at", "signature"):
        del again[changing], answer[changing]
    assert again == answer
    said(page, case, ids)


def said(page: httpx.Response, case: Case, ids: dict[str, str]) -> None:
    """Holds the page against the case: what is said, and in which order."""
    text = html.unescape(page.text)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "private, no-cache"  # Back leads to it
    for name, match in case.others.items():
        assert wording.OTHERS[match].zh in text
        assert f'href="/notices/{ids[name]}"' in text
    assert text.count('<li class="card">') == len(case.others)
    meaning = text.index(wording.MEANINGS[case.status].zh)
    if case.notice is not None:
        assert text.index(f'class="status-box big {case.status}"') < meaning
        assert "status-box big doubtful" not in text
        assert printed(ids[case.notice]) in text
    elif case.others:
        assert "status-box big no_notice" not in text
        assert text.index("status-box big doubtful") < text.index('<li class="card">') < meaning
    assert f'value="{case.question["number"]}"' in text


SHOWN = {
    "another copy": [
        "号码、种类或正副本可能不对：有 1 份",
        "食品经营许可证（副本）",
        "JY 加 14 位",
    ],
    "3-2": ["食品经营许可证（副本 3-2）", "食品经营许可证（副本 3-1）"],
    "9-9": ["食品经营许可证（副本 9-9）", "食品经营许可证（副本 3-1）", "副本 3-2"],
    "a seal that is not lost": ["号码、种类或哪一枚可能不对", "发票专用章", "公章", "财务专用章"],
    "another certificate": ["这个号码在另一种证件下有公告", "烟草专卖零售许可证"],
    "digits alone": ["鲁交运管许可 379999476832", "12 位数字，前面可有"],
    "replaced": ["新证于 2026年11月20日 补发", "看手里这份的发证日期"],
    "masked, any kind": ["没有选证件种类", "要选了种类才查得到"],
    "any certificate": ["没有选证件种类", "道路运输证", "烟草专卖零售许可证"],
}


@pytest.mark.parametrize("name", SHOWN)
async def test_the_page_names_what_was_asked_and_what_was_found(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, name: str
) -> None:
    case = CASES[name]
    await happen(case, restaurant, anna)

    chinese = html.unescape((await restaurant.post("/verify", data=asked_of(case))).text)
    english = await restaurant.post("/verify?lang=en", data=asked_of(case))

    for words in SHOWN[name]:
        assert words in chinese
    assert not re.search(r"可能不对|没有选|补发", english.text)
    for match in case.others.values():
        assert wording.OTHERS[match].en in english.text


async def test_a_contested_notice_has_its_page(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """Every other status stands in the table above."""
    officer = await sign_in(OFFICER)
    id = (await happen(Case([("a", food())], {}), restaurant, anna))["a"]
    objection = {"number": N, "ground": "not_lost", "text": "证件在我手里。"}
    decision = {"decision": "admit", "reason": "异议人提交了原件的照片"}
    await anna.post(f"/api/v1/notices/{id}/objections", json=objection)
    await officer.post(f"/api/v1/notices/{id}/decisions", json=decision)

    page = await restaurant.post("/verify", data={"certificate": FOOD, "number": N})

    said(page, Case([], food(), "contested", "a"), {"a": id})
    assert wording.STATUSES["invalid"].zh in page.text


MISTAKEN = [
    (FOOD, "JYl3799990000011", N),
    (FOOD, "JY1379999OOOOO11", N),
    (LICENCE, "9237999 9MAOOOOO23B", "9237999 9MA0000023B"),
    (SEAL, "37999900OOO11", SEAL_CODE),
    ("", "JYl379999OOOOO11", N),
]


@pytest.mark.parametrize(("certificate", "typed", "meant"), MISTAKEN)
async def test_a_number_that_looks_alike_is_offered_and_never_taken_unasked(
    restaurant: httpx.AsyncClient, certificate: str, typed: str, meant: str
) -> None:
    await restaurant.post("/api/v1/notices", json=declaration())
    question = {"certificate": certificate, "number": typed}

    page = (await restaurant.post("/verify", data=question)).text
    answer = await restaurant.post(
        "/api/v1/verifications", json={k: v for k, v in question.items() if v}
    )
    offered = {"certificate": certificate, "number": meant}
    pressed = (await restaurant.post("/verify", data=offered)).text

    assert page.index("号码可能不对，请先核对") < page.index(f'name="number" value="{meant}"')
    assert page.index("是不是") < page.index(wording.MEANINGS["no_notice"].zh)
    assert "status-box big no_notice" not in page
    assert (answer.json()["status"], answer.json()["number_form"]) == ("no_notice", "unusual")
    assert "是不是" not in pressed
    assert ("status-box big invalid" in pressed) == (meant == N)


@pytest.mark.parametrize("typed", ["JY13799990000012", "鲁餐证字2010379999002888", "3799", "JY"])
async def test_an_unusual_number_never_gets_a_calm_headline(
    client: httpx.AsyncClient, typed: str
) -> None:
    page = (await client.post("/verify", data={"certificate": FOOD, "number": typed})).text
    english = await client.post("/verify?lang=en", data={"certificate": FOOD, "number": typed})

    assert "status-box big no_notice" not in page
    assert page.index("号码可能不对，请先核对") < page.index("JY 加 14 位数字")
    assert page.index("JY 加 14 位数字") < page.index(wording.MEANINGS["no_notice"].zh)
    assert "The number may be wrong" in english.text


async def test_a_usual_number_without_a_notice_is_answered_plainly(
    client: httpx.AsyncClient,
) -> None:
    for number in (N, "编号：" + N, f"{N}（副本）"):
        page = (await client.post("/verify", data={"certificate": FOOD, "number": number})).text
        assert "status-box big no_notice" in page, number
    company = {"certificate": SEAL, "number": CODE}
    assert "status-box big no_notice" in (await client.post("/verify", data=company)).text


REFUSED = [
    (BIRTH, "X990****01", "number_masked"),
    (DRIVER, "379*************37", "number_masked"),
    (FOOD, "JY1379999×××××11", "number_masked"),
    ("", "379*************37", "number_masked"),
    (FOOD, "无", "number_placeholder"),
    (FOOD, "不详", "number_placeholder"),
    (FOOD, "编号：无", "number_placeholder"),
    (FOOD, "000", "number_placeholder"),
    ("", "遗失", "number_placeholder"),
    (SEAL, "无编码", "number_of_holder"),
    (FOOD, "---", "number_empty"),
    ("", "", "required"),
]


@pytest.mark.parametrize(("certificate", "typed", "code"), REFUSED)
async def test_what_is_no_number_is_told_what_to_type_instead(
    client: httpx.AsyncClient, certificate: str, typed: str, code: str
) -> None:
    question = {"certificate": certificate or None, "number": typed}

    one = await client.post("/api/v1/verifications", json=question)
    many = await client.post("/api/v1/verifications", json={"items": [question]})
    page = await client.post("/verify", data={"certificate": certificate, "number": typed})

    assert one.status_code == many.status_code == page.status_code == 422
    assert [(e["field"], e["code"]) for e in one.json()["errors"]] == [("number", code)]
    assert [(e["field"], e["code"]) for e in many.json()["errors"]] == [("items.0.number", code)]
    assert html.escape(MESSAGES[code].zh, quote=False) in page.text
    assert f'value="{typed}"' in page.text
    assert wording.MEANINGS["no_notice"].zh not in main_of(page)


@pytest.mark.parametrize(
    "written",
    ["{id}", "{printed}", "公告编号：{printed}", "http://x.example/notices/{id}#AbC", "No.{id}"],
)
async def test_a_notices_own_number_leads_to_the_notice(
    restaurant: httpx.AsyncClient, written: str
) -> None:
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    typed = written.format(id=id, printed=printed(id))

    page = (await restaurant.post("/verify", data={"certificate": "", "number": typed})).text
    api = await restaurant.post("/api/v1/verifications", json={"number": typed})

    told = page.index("是一份公告的编号")
    assert told < page.index(f'href="/notices/{id}"') < page.index("号码可能不对")
    assert "status-box big no_notice" not in page
    assert (api.json()["status"], api.json()["number_form"]) == ("no_notice", "unusual")


async def test_fourteen_digits_of_no_notice_lead_nowhere(client: httpx.AsyncClient) -> None:
    question = {"certificate": "", "number": "37070000000136"}
    page = (await client.post("/verify", data=question)).text

    assert "像公告编号，但没有这份公告" in page
    assert 'href="/notices/37070000000136"' not in page


async def test_what_does_not_apply_is_ignored_on_the_page(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    """Without scripts every field is there; what a certificate has not is no mistake."""
    everything = {"copy": "duplicate", "copy_number": "3-2", "document": "finance-seal"}
    ids = await happen(Case([("a", food(copies="both")), *CODED[2:]], {}), restaurant, anna)

    original = {"certificate": FOOD, "number": N} | everything | {"copy": "original"}
    sealed = {"certificate": SEAL, "number": SEAL_CODE} | everything
    pages = [await restaurant.post("/verify", data=each) for each in (original, sealed)]

    assert [page.status_code for page in pages] == [200, 200]
    assert "status-box big invalid" in pages[0].text
    assert f"/notices/{ids['c']}" in pages[1].text


async def test_a_wrong_copy_number_is_told_and_what_was_typed_stays(
    client: httpx.AsyncClient,
) -> None:
    question = {"certificate": FOOD, "number": N, "copy": "duplicate", "copy_number": "第二本"}

    page = await client.post("/verify", data=question)

    assert page.status_code == 422
    assert MESSAGES["copy_number_format"].zh in page.text
    assert 'value="第二本"' in page.text
    assert re.search(r'value="duplicate" checked', page.text)


async def test_no_number_is_ever_in_an_address(client: httpx.AsyncClient) -> None:
    page = (await client.post("/verify", data={"certificate": FOOD, "number": "JYl3799"})).text

    assert not re.search(r'(?:href|action|src)="[^"]*JYl3799', page)
    assert 'action="/verify"' in page
    linked = (await client.get("/verify", params={"certificate": SEAL, "number": N})).text
    assert f'value="{N}"' not in linked
    assert f'value="{SEAL}" selected' in linked


@pytest.mark.parametrize(
    ("question", "at", "code"),
    [
        ({"document": "sealing-wax"}, "document", "unknown_document"),
        ({"certificate": SEAL, "document": "business-license"}, "document", "unknown_document"),
        ({"certificate": SEAL, "copy_number": "3-2"}, "copy_number", "copies_not_applicable"),
        ({"certificate": SEAL, "copy": "original"}, "copy", "bad_value"),
        ({"copy": "both"}, "copy", "bad_value"),
        ({"copy": "original", "copy_number": "3-2"}, "copy_number", "copy_number_of_original"),
        ({"copy_number": "x"}, "copy_number", "copy_number_format"),
        ({"copy_number": 3}, "copy_number", "wrong_type"),
        ({"certificate": "x"}, "certificate", "unknown_certificate"),
    ],
)
async def test_a_wrong_part_of_a_question_is_named(
    client: httpx.AsyncClient, question: dict[str, Any], at: str, code: str
) -> None:
    body = {"number": CODE} | question

    one = await client.post("/api/v1/verifications", json=body)
    many = await client.post("/api/v1/verifications", json={"items": [{"number": "1"}, body]})

    assert [(each["field"], each["code"]) for each in one.json()["errors"]] == [(at, code)]
    assert [each["field"] for each in many.json()["errors"]] == [f"items.1.{at}"]
