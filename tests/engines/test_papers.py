"""Which paper was lost, as the pages ask it: several seals at once, documents, copies."""

import asyncio
import dataclasses
import re
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from notices import limits, register
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.certificate import Certificate
from notices.facts.errors import Problem, Unavailable
from notices.facts.requests import Login
from notices.pages import papers, publishing
from notices.pages.sign_in.demo import person_from
from notices.pages.templating import typeset
from notices.print import printing
from notices.print.bilingual import Bilingual
from notices.web import wording
from tests.api import declaration
from tests.conftest import SignIn
from tests.declared import OWN
from tests.engines.test_pages import AGREED, FOOD, fields
from tests.samples import ANNA, RESTAURANT
from tests.stepping import kept, submitted

CODE = RESTAURANT["organisation"]["identifier"]  # type: ignore[index]
SEALS = {
    "certificate": "company-seal", "region": "370705", "cause": "lost",
    "document.official-seal": "yes", "document.finance-seal": "yes",
    "document.legal-representative-seal": "yes", "number.finance-seal": "3799990000028",
    "details.count.finance-seal": "2",
}  # fmt: skip
FILING = "第二类医疗器械经营备案凭证"
MINE = {
    "certificate": "mineral-right-license", "copies": "original", "region": "370705",
    "cause": "lost",
}  # fmt: skip


async def step(
    client: httpx.AsyncClient, typed: dict[str, str], at: str = "loss", to: str = "check"
) -> httpx.Response:
    return await submitted(client, typed | {"at": at, "to": to})


async def publish(client: httpx.AsyncClient, page: httpx.Response) -> httpx.Response:
    assert page.status_code == 200, page.text
    return await submitted(client, fields(page) | AGREED | {"to": "publish"})


def statements(answer: httpx.Response) -> list[str]:
    return re.findall(r'<p class="statement">(.+?)</p>', answer.text)


def wrong_fields(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422
    return re.findall(r'href="#([^"]+)"', answer.text.split("error-summary")[1].split("</ul>")[0])


def heading(answer: httpx.Response) -> str:
    [text] = re.findall(r"<h1[^>]*>(.+?)</h1>", answer.text, re.DOTALL)
    return re.sub(r"<[^>]+>", "", text)


async def how_many() -> int:
    row = await DB.row("SELECT count(*) AS n FROM notice")
    assert row is not None
    return int(row["n"])


async def seal(client: httpx.AsyncClient, document: str = "official-seal") -> str:
    body = declaration(
        certificate="company-seal", document=document, matter=None, copies=None, number=None
    )
    answer = await client.post("/api/v1/notices", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_several_seals_are_declared_in_one_pass_each_as_its_own_notice(
    restaurant: httpx.AsyncClient,
) -> None:
    page = await step(restaurant, SEALS)
    promised = statements(page)
    answer = await publish(restaurant, page)
    done = await restaurant.get(answer.headers["location"])
    ids = re.findall(r"/notices/(\d{14})\.pdf", done.text)
    shown = [await restaurant.get(f"/notices/{id}") for id in ids]

    assert answer.status_code == 303
    assert [each.split("遗失")[1].split("，")[0] for each in promised] == [
        "公章1枚", "财务专用章2枚", "法定代表人名章1枚",
    ]  # fmt: skip
    assert len(set(ids)) == 3
    assert [statements(each) for each in shown] == [[each] for each in promised]
    assert [heading(each)[:5] for each in shown] == ["公章遗失声", "财务专用章", "法定代表人"]
    assert all(name in done.text for name in ("公章", "财务专用章", "法定代表人名章"))
    assert all(wording.printed(id) in done.text for id in ids)


async def test_publishing_a_set_twice_makes_no_second_set(restaurant: httpx.AsyncClient) -> None:
    page = await step(restaurant, SEALS)
    first, second = await asyncio.gather(publish(restaurant, page), publish(restaurant, page))

    assert first.headers["location"] == second.headers["location"]
    assert await how_many() == 3


async def test_a_set_that_was_cut_in_two_is_made_whole_by_pressing_again(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await step(restaurant, SEALS)
    real, calls = publishing.declarations.declare, []

    async def dies(*given: Any, **named: Any) -> str:
        calls.append(given)
        if len(calls) == 2:
            raise Unavailable(retry_after=1)
        return await real(*given, **named)

    monkeypatch.setattr(publishing.declarations, "declare", dies)
    cut = await publish(restaurant, page)
    assert (cut.status_code, await how_many()) == (503, 1)
    whole = await publish(restaurant, page)

    assert whole.status_code == 303
    assert whole.headers["location"].count(".") == 1  # the first and two others
    assert await how_many() == 3


async def test_of_a_set_those_that_are_declared_already_do_not_hold_up_the_others(
    restaurant: httpx.AsyncClient,
) -> None:
    id = await seal(restaurant, "official-seal")
    answer = await publish(restaurant, await step(restaurant, SEALS))
    now, before = answer.text.split("早已声明、没有再发布的")
    back = await submitted(restaurant, fields(answer) | {"to": "number"})
    again = await kept(restaurant, fields(back))

    assert answer.status_code == 409
    assert "发布了 2 份，另外 1 份早已声明" in heading(answer)
    assert "财务专用章" in now
    assert "法定代表人名章" in now
    assert f"/notices/{id}" in before
    assert "<strong>公章</strong>" in before
    mine = (await restaurant.get("/mine")).text
    assert all(f">{each}</a></h3>" in mine for each in ("公章", "财务专用章", "法定代表人名章"))
    assert "这是您发布的" in before
    assert await how_many() == 3
    assert [name for name in again if name.startswith("document.")] == ["document.official-seal"]


async def test_a_daily_limit_never_cuts_a_set_in_two(
    restaurant: httpx.AsyncClient, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    here: Deployment = app.state.deployment
    limited = dataclasses.replace(here, settings=dataclasses.replace(here.settings, rate_limits=1))
    monkeypatch.setattr(app.state, "deployment", limited)
    page = await step(restaurant, SEALS)
    who = person_from(msgspec.convert(RESTAURANT, Login)).natural
    for _ in range(18):
        await limits.use(here.keys.sealer.passing, "declare", limits.Counted("account", who))
    answer = await publish(restaurant, page)
    assert (answer.status_code, await how_many()) == (429, 0)

    two = {name: value for name, value in SEALS.items() if "representative" not in name}
    assert (await publish(restaurant, await step(restaurant, two))).status_code == 303


async def test_what_is_wrong_with_one_seal_is_told_at_that_seal(
    restaurant: httpx.AsyncClient,
) -> None:
    none = {name: value for name, value in SEALS.items() if not name.startswith("document.")}
    wrong = {"number.official-seal": "37*****01", "number.finance-seal": "B1234500"}
    nothing = await step(restaurant, none, "number", "loss")
    answer = await step(
        restaurant, SEALS | wrong | {"details.count.finance-seal": "x"}, "number", "loss"
    )
    confirmed = {"confirm_unusual_number.finance-seal": "yes", "number.official-seal": ""}
    right = await step(restaurant, SEALS | wrong | confirmed)

    assert wrong_fields(nothing) == ["document"]
    assert 'id="document"' in nothing.text
    assert wrong_fields(answer) == [
        "number.official-seal", "number.finance-seal", "details.count.finance-seal",
    ]  # fmt: skip
    assert 'href="#number.finance-seal">财务专用章，印章编码' in answer.text
    assert 'id="confirm_unusual_number.finance-seal"' in answer.text
    assert 'id="confirm_unusual_number.official-seal"' not in answer.text
    assert "印章编码：B1234500" in statements(right)[1]


async def test_nobody_comes_to_the_check_with_something_missing(
    restaurant: httpx.AsyncClient,
) -> None:
    for left_out in ("cause", "region"):
        typed = {name: value for name, value in SEALS.items() if name != left_out}
        assert wrong_fields(await step(restaurant, typed, "check", "check")) == [left_out]


async def test_a_seal_is_not_asked_for_an_issuer_but_where_it_is_filed(
    restaurant: httpx.AsyncClient,
) -> None:
    page = await step(restaurant, {"certificate": "company-seal"}, "matter", "number")

    assert 'name="issuer"' not in page.text
    assert "在哪里备案" in page.text
    assert "发证机关在哪里" not in page.text


@pytest.mark.parametrize(
    ("certificate", "number", "name"),
    [
        ("food-operation-license", "JY13799990000011", "食品经营许可证"),
        ("food-operation-license", "鲁餐证字2009第00077号", "餐饮服务许可证"),
        ("food-operation-license", "(鲁)卫食证字〔2009〕第379999-000123号", "食品卫生许可证"),
        ("food-operation-license", "SP3799991250000010", "食品流通许可证"),
        ("real-estate-title", "京东国用(2004划)第A00999号", "国有土地使用证"),
        ("real-estate-title", "道房权证字第713099990号", "房屋所有权证"),
        ("mineral-right-license", "T37120990102099001", "勘查许可证"),
        ("mineral-right-license", "C3712099010209900012345", "采矿许可证"),
        ("lawyer-practice-certificate", "31379999E000999456", "律师事务所执业许可证"),
        ("medical-device-operation-license", "京经食药监械经营备20990029", FILING),
    ],
)  # fmt: skip
async def test_nobody_is_asked_what_the_number_tells(
    restaurant: httpx.AsyncClient, certificate: str, number: str, name: str
) -> None:
    typed = MINE | {"certificate": certificate, "number": number, "issued_on": "2012-01-01"}
    typed |= {"details.serial": "10000001"} if "lawyer" in certificate else {}
    page = await step(restaurant, typed | {"confirm_unusual_number": "yes"})
    answer = await publish(restaurant, page)
    id = answer.headers["location"].rsplit("/", 1)[1]
    notice = await restaurant.get(f"/notices/{id}")
    pdf, _ = printing._sheet(
        restaurant._transport.app.state.deployment,  # type: ignore[attr-defined]
        await register.get(id), {}, Bilingual("zh"),
    )  # fmt: skip

    assert f"《{name}》" in statements(page)[0]
    assert heading(notice).startswith(f"{name}遗失声明")
    assert f" {name} ·" in notice.text.split("</title>")[0]
    assert name in (await restaurant.get(answer.headers["location"])).text
    assert pdf["document"].startswith(f"{name} 遗失声明")
    assert pdf["subtitle"] == name
    assert any(value.startswith(name) for label, value in pdf["facts"] if label == "证件")
    kind = OWN.certificates[certificate].name.zh
    assert (f"种类：{typeset(kind)}" in notice.text) == (kind != name)


@pytest.mark.parametrize(
    ("certificate", "open_"),
    [
        ("food-operation-license", False),
        ("real-estate-title", False),
        ("business-license", False),
        ("mineral-right-license", False),
        ("vessel-registration-certificate", True),  # its papers bear the same number
        ("medical-institution-license", True),
    ],
)
async def test_the_name_of_the_paper_is_folded_away_where_the_number_will_tell(
    restaurant: httpx.AsyncClient, certificate: str, open_: bool
) -> None:
    page = await step(restaurant, {"certificate": certificate}, "matter", "number")
    [details] = re.findall(r"<details[^>]*>\s*<summary>证件上印的", page.text)

    assert ("open" in details) == open_
    assert fields(page)["document"] == ""
    assert OWN.certificates[certificate].number_hint.zh in page.text.replace("&#34;", '"')  # type: ignore[union-attr]


async def test_where_the_number_tells_nothing_the_paper_is_asked(
    restaurant: httpx.AsyncClient,
) -> None:
    typed = MINE | {"number": "9900001", "confirm_unusual_number": "yes"}
    asked = await step(restaurant, typed)
    page = await step(restaurant, typed | {"document": "exploration-license"})

    assert wrong_fields(asked) == ["document"]
    assert "按号码判断" not in asked.text
    assert "《勘查许可证》" in statements(page)[0]


async def test_the_paper_can_be_changed_from_the_check_page(restaurant: httpx.AsyncClient) -> None:
    page = await step(restaurant, FOOD)
    back = await submitted(restaurant, fields(page) | {"to": "number"})
    changed_to = {"document": "food-circulation-license", "to": "check"}
    changed = await submitted(restaurant, fields(back) | {"region": "370705"} | changed_to)
    paper = await kept(restaurant, fields(changed))
    list_ = fields(await submitted(restaurant, fields(changed) | {"to": "certificate"}))
    forgotten = await submitted(restaurant, list_ | {"certificate": "business-license"})

    assert re.search(r"<details[^>]* open>\s*<summary>证件上印的名称", back.text)
    assert "《食品流通许可证》" in statements(changed)[0]
    assert paper["document"] == "food-circulation-license"
    assert "document" not in await kept(restaurant, fields(forgotten))


@pytest.mark.parametrize("certificate", OWN.certificates.values(), ids=lambda each: each.id)
@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_only_papers_of_such_a_holder_are_offered_and_former_ones_last(
    certificate: Any, kind: str
) -> None:
    offered = papers.fitting(certificate, kind)

    assert all(each.holder_kind in (None, kind) for each in offered)
    assert [each.former for each in offered] == sorted(each.former for each in offered)
    if certificate.holder_kind in (kind, "either"):
        assert offered


@pytest.mark.parametrize(
    ("copies", "copy_number", "number", "field", "words"),
    [
        ("duplicate", "3-2", "JY13799990000011", None, "副本（编号3-2）"),
        ("duplicate", "（3－2）", "JY13799990000011", None, "副本（编号3-2）"),
        ("duplicate", "", "JY13799990000011（3-2）", None, "副本（编号3-2）"),
        ("duplicate", "", "JY13799990000011", None, "副本，"),
        ("duplicate", "二", "JY13799990000011", "copy_number", ""),
        ("original", "3-2", "JY13799990000011", "copy_number", ""),
        ("both", "3-2", "JY13799990000011", "copy_number", ""),
        ("original", "", "JY13799990000011(3-2)", "number", ""),
    ],
)
async def test_the_number_of_a_copy_is_read_wherever_it_stands(
    restaurant: httpx.AsyncClient,
    copies: str,
    copy_number: str,
    number: str,
    field: str | None,
    words: str,
) -> None:
    typed = FOOD | {"copies": copies, "copy_number": copy_number, "number": number}
    answer = await step(restaurant, typed)

    if field is None:
        assert words in statements(answer)[0]
    else:
        assert wrong_fields(answer) == [field]
        assert f'id="{field}-error"' in answer.text


async def test_a_copys_number_is_shown_with_the_copy(restaurant: httpx.AsyncClient) -> None:
    typed = FOOD | {"copies": "duplicate", "copy_number": "3-2"}
    answer = await publish(restaurant, await step(restaurant, typed))
    location = answer.headers["location"]
    conflict = await publish(restaurant, await step(restaurant, typed | {"copy_number": ""}))
    another = await step(restaurant, typed | {"copy_number": "3-3"})

    for page in (location, location.replace("declare/done", "notices")):
        assert "副本（编号 3-2）" in (await restaurant.get(page)).text
    assert conflict.status_code == 409
    assert "副本（编号 3-2）" in conflict.text
    assert (await publish(restaurant, another)).status_code == 303


async def test_what_stands_behind_the_number_of_an_original_can_be_confirmed(
    restaurant: httpx.AsyncClient,
) -> None:
    typed = FOOD | {"number": "JY13799990000011(1-1)"}
    asked = await step(restaurant, typed)
    page = await step(restaurant, typed | {"confirm_unusual_number": "yes"})

    assert 'id="confirm_unusual_number"' in asked.text
    assert (await publish(restaurant, page)).status_code == 303


OLD = [
    ("pollutant-discharge-permit", "鄂环排证字第99125号"),
    ("business-license", "企独鲁潍总字第000123号"),
    ("business-license", "379999600176911"),
    ("public-institution-certificate", "事证第179990000060号"),
    ("social-organization-certificate", "社证字第3099-14号"),
    ("road-transport-practitioner-certificate", "3799990010099000123"),
]


@pytest.mark.parametrize(("certificate", "number"), OLD)
async def test_a_number_older_than_the_holders_code_can_be_confirmed(
    restaurant: httpx.AsyncClient, sign_in: SignIn, certificate: str, number: str
) -> None:
    kind = OWN.certificates[certificate].holder_kind
    client = await sign_in(ANNA) if kind == "person" else restaurant
    typed = MINE | {"certificate": certificate, "number": number}
    asked = await step(client, typed, "number", "loss")
    page = await step(client, typed | {"confirm_unusual_number": "yes"})

    assert wrong_fields(asked) == ["number"]
    assert 'id="confirm_unusual_number"' in asked.text
    assert (await publish(client, page)).status_code == 303


@pytest.mark.parametrize("number", ["X990****01", "无编号"])
async def test_what_is_no_number_offers_no_confirmation(
    restaurant: httpx.AsyncClient, number: str
) -> None:
    answer = await step(restaurant, FOOD | {"number": number})

    assert wrong_fields(answer) == ["number"]
    assert "confirm_unusual_number" not in answer.text


async def test_a_conflict_names_what_is_declared_and_leads_on(
    restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    body = declaration(number="SP3799991250000010", copies="both", confirm_unusual_number=True)
    id = (await restaurant.post("/api/v1/notices", json=body)).json()["id"]
    typed = FOOD | {"number": "SP3799991250000010", "confirm_unusual_number": "yes"}
    own = await publish(restaurant, await step(restaurant, typed))
    other_firm = RESTAURANT | {
        "organisation": {"name": "某某商贸有限公司", "identifier": "91379999MA0000015K"}
    }
    firm = await sign_in(other_firm)
    others = await publish(firm, await step(firm, typed))
    back = await submitted(firm, fields(others) | {"to": "number"})

    assert own.status_code == others.status_code == 409
    assert "这是您发布的" in own.text
    assert f"/notices/{id}/object" not in own.text
    assert f"/notices/{id}/object" in others.text
    for page in (own, others):
        assert "食品流通许可证 正本和副本" in page.text
        assert "您这次填的是：食品流通许可证 正本" in page.text
        assert "是另一份，回去改" in page.text
    assert fields(back)["number"] == typed["number"]
    assert 'name="to" value="check">继续' in back.text


async def test_a_notice_of_before_there_were_documents_bears_the_name_of_its_kind(
    restaurant: httpx.AsyncClient,
) -> None:
    answer = await publish(restaurant, await step(restaurant, FOOD))
    location = answer.headers["location"]
    await DB.fetch("UPDATE notice SET form = form - 'document' - 'copy_number'")
    notice = await restaurant.get(location.replace("declare/done", "notices"))

    assert heading(notice).startswith("食品经营许可证遗失声明")
    assert "食品经营许可证" in (await restaurant.get(location)).text
    assert "种类：" not in notice.text
    id = location.rsplit("/", 1)[1]
    assert (await restaurant.get(f"/notices/{id}.pdf")).status_code == 200


def test_every_number_that_can_be_confirmed_has_its_box() -> None:
    problems = [
        Problem("number.finance-seal", "number_check_digit"), Problem("number", "number_masked"),
        Problem("copy_number", "copy_number_of_original"), Problem("number", "number_unusual"),
    ]  # fmt: skip

    assert papers.compared(problems) == {"number.finance-seal", "number"}


@pytest.mark.parametrize("certificate", OWN.certificates.values(), ids=OWN.certificates)
def test_each_field_of_each_paper_is_named_once(certificate: Certificate) -> None:
    """Papers named the fields of those before them too: with each paper twice as many."""
    own = len(certificate.fields) + 2

    assert len(papers.labels(certificate)) <= own + 1 + own * len(certificate.documents)
