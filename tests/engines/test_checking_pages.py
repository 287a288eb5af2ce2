"""Checking by the forms of the pages: one box, several lines, slips of answers, what is kept."""

import html
import json
import re

import httpx
import pytest

from notices import agencies
from notices.deployment import Deployment
from notices.facts.notice_ids import make, printed
from notices.trust import answers, carried
from notices.web import wording
from tests import api
from tests.api import declaration
from tests.engines.test_pages import published
from tests.limiting import From, limited, strangers
from tests.owning import owned
from tests.samples import ANNA, RESTAURANT

__all__ = ["limited", "strangers"]
NUMBER = "JY13799990000011"
FOOD = {"certificate": "food-operation-license", "number": NUMBER}
SLIP = re.compile(r'action="/verify/slip".*?</form>', re.DOTALL)
ANSWER = re.compile(r'name="answer" value="([^"]*)"')


def main_of(page: httpx.Response) -> str:
    """What is seen of the page, without what scripts may show."""
    shown = page.text.partition("<main")[2].partition("</main>")[0]
    return re.sub("<template.*?</template>", "", shown, flags=re.DOTALL)


def answer_in(page: httpx.Response) -> str:
    """The signed answer that the page's form for a slip carries."""
    found = ANSWER.search(page.text)
    assert found is not None, page.text
    return html.unescape(found[1])


async def test_a_number_that_is_a_notices_and_may_be_a_certificates_is_answered_as_both(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    id = await published(restaurant)
    # Of vehicles' certificates any twelve to fourteen digits may be a number.
    twin = {"certificate": "food-operation-license", "number": id, "confirm_unusual_number": True}
    await api.declared(restaurant, declaration(**twin))
    page = main_of(await client.post("/verify", data={"number": printed(id)}))

    assert f'<span class="number nowrap">{printed(id)}</span> 是一份公告的编号。' in page
    assert page.count(wording.MEANINGS["invalid"].zh) == 2
    assert "下面是按证件号码查的结果" in page


async def test_a_number_like_a_notices_without_one_says_so(client: httpx.AsyncClient) -> None:
    id = make("3707", 99_999)
    page = main_of(await client.post("/verify", data={"number": id}))

    assert "像公告编号，但没有这份公告" in page
    assert wording.STATUSES["no_notice"].zh in page


async def test_the_title_is_the_answer_and_no_number_stands_in_it(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    await published(restaurant)
    page = await client.post("/verify", data=FOOD)

    head = page.text.partition("</head>")[0]
    assert f"<title>{wording.STATUSES['invalid'].zh}：核验结果" in head
    assert NUMBER not in head


async def test_the_kind_is_asked_for_where_it_matters_alone(client: httpx.AsyncClient) -> None:
    first = await client.get("/verify")
    nothing = await client.post("/verify", data={"number": NUMBER})

    assert '<details class="more which">' in first.text
    assert '<details class="more which" open>' in nothing.text
    assert "没有选证件种类，只查了号码全部公开的证件" in nothing.text


@pytest.mark.parametrize("paper", ["a4", "80mm"])
async def test_a_slip_carries_the_answer_as_it_was_signed(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment, paper: str
) -> None:
    id = await published(restaurant)
    signed = answer_in(await client.post("/verify", data=FOOD))
    slip = await client.post("/verify/slip", data={"answer": signed, "paper": paper})
    page = main_of(slip)

    answers.verify(json.loads(signed), deployment.keys.answer_keys)
    assert ("roll" in page) == (paper == "80mm")
    for text in (NUMBER, printed(id), wording.STATUSES["invalid"].zh, "<svg"):
        assert text in page
    assert json.loads(signed)["signature"]["value"] in html.unescape(page)


async def test_what_nobody_signed_is_printed_on_no_slip(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    await published(restaurant)
    signed = answer_in(await client.post("/verify", data=FOOD))
    for content in (signed.replace('"invalid"', '"no_notice"'), signed[:-9], "", "[]", "{}", "x"):
        refused = await client.post("/verify/slip", data={"answer": content})

        assert refused.status_code == 422
        assert "不是本站签名的核验答复" in refused.text


async def test_a_slip_that_is_pasted_is_verified_without_scripts(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    await published(restaurant)
    signed = answer_in(await client.post("/verify", data=FOOD))
    link = carried.address("http://testserver/verify", signed.encode())
    for text in (signed, link, f" {link[:80]}\n{link[80:]} "):
        page = await client.post("/verify", data={"number": text})
        assert (page.status_code, "签名属实" in main_of(page)) == (200, True)
        assert NUMBER in main_of(page)
    for text in (signed.replace(NUMBER, "JY13799990000012"), link[:-6], link.replace("=", "=A", 1)):
        page = await client.post("/verify", data={"number": text})
        assert (page.status_code, "什么也没有证明" in main_of(page)) == (422, True)
        assert "签名属实" not in main_of(page)


async def test_a_masked_number_is_printed_whole_only_when_it_is_asked_for(
    client: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    number = "X990000001"
    birth = {"certificate": "birth-medical-certificate", "number": number}
    masked = declaration(**birth, matter=None, copies="original", holder=ANNA, issuer=None)
    await api.declared(anna, masked)
    signed = answer_in(await client.post("/verify", data=birth))
    usual = main_of(await client.post("/verify/slip", data={"answer": signed}))
    whole = main_of(await client.post("/verify/slip", data={"answer": signed, "whole": "yes"}))

    article = usual.partition("</article>")[0]
    assert "X9******01" in article
    assert number not in article
    assert "<svg" not in article
    assert number in whole.partition("</article>")[0]
    assert "<svg" in whole


OTHER_KIND = {"certificate": "tobacco-retail-license", "number": NUMBER}
CAUTIONS = {
    "another kind": (OTHER_KIND, "可能不对", ["相关的公告"]),
    "unusual": (FOOD | {"number": "JY137"}, "可能不对", []),
    "kind not chosen": ({"number": "379999000001"}, "", ["没有选证件种类，只查了号码全部公开的"]),
    "unusual, on record": (FOOD | {"number": "JY1379"}, "", []),
}
"""What is asked beside a notice of NUMBER and one of JY1379; what is said before the status, and
what besides."""


@pytest.mark.parametrize("name", CAUTIONS)
async def test_a_slip_and_what_is_read_from_its_code_are_as_cautious_as_the_page(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, name: str
) -> None:
    question, first, besides = CAUTIONS[name]
    await published(restaurant)
    await api.declared(restaurant, declaration(number="JY1379", confirm_unusual_number=True))
    page = await client.post("/verify", data=question)
    signed = answer_in(page)
    slip = await client.post("/verify/slip", data={"answer": signed})
    proof = await client.post("/verify", data={"number": signed})

    status = wording.STATUSES[json.loads(signed)["status"]].zh
    assert f"<title>{'号码' * bool(first)}{first or status}" in page.text
    for shown in (page, slip, proof):
        text = main_of(shown)
        assert text.index(first or status) <= text.index(status)
        assert ("status-box big no_notice" in text) <= (name == "kind not chosen")
        for words in besides:
            assert words in text, (words, shown.url)
    assert ("现在的编号规则不一样" in main_of(slip)) == (name == "unusual, on record")


async def test_no_sign_that_nobody_sees_turns_a_number_into_another(
    client: httpx.AsyncClient,
) -> None:
    turned = "\u202e100000999973"  # looks like 379999000001
    page = await client.post("/verify", data={"number": turned})
    signed = answer_in(page)
    slip = await client.post("/verify/slip", data={"answer": signed})
    proof = await client.post("/verify", data={"number": signed})
    many = await client.post("/verify/many", data={"numbers": turned})

    for shown in (page, slip, proof, many):
        numbers = re.findall(r'<(?:span|dd|th)[^>]* class="number[^>]*>([^<]*)<', main_of(shown))
        assert "100000999973" in numbers
        assert not any("\u202e" in number for number in numbers)


async def test_a_slip_names_the_paper_of_the_notice_and_the_last_day_of_its_period(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    code = str(RESTAURANT["organisation"]["identifier"])
    seal = {"certificate": "company-seal", "document": "official-seal", "number": None}
    await api.declared(restaurant, declaration(**seal, matter=None, copies=None))
    signed = answer_in(await client.post("/verify", data={"number": code}))
    slip = main_of(await client.post("/verify/slip", data={"answer": signed}))

    assert "公告说的证件</dt><dd>公章<" in slip
    assert re.search("公示期到.*?，含当日", slip)


async def test_where_both_bear_the_number_the_day_of_the_new_certificate_is_told_everywhere(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    id = await published(restaurant)
    _, key = await owned(agencies.add("奎文审批局", ["潍坊市奎文区行政审批服务局"]))
    issued = {"json": {"issued_on": "2026-11-20"}, "headers": {"Authorization": f"Bearer {key}"}}
    await client.post(f"/api/v1/notices/{id}/replacement", **issued)
    page = await client.post("/verify", data=FOOD)
    signed = answer_in(page)
    slip = await client.post("/verify/slip", data={"answer": signed})
    proof = await client.post("/verify", data={"number": signed})

    for shown in (page, slip, proof):
        told = re.sub("<[^>]*>", "", main_of(shown))
        assert "新证于 2026年11月20日 补发。新证如果沿用这个号码，请看手里这份的发证日期" in told


async def test_a_thousand_numbers_in_chinese_are_answered_and_the_kind_is_missed(
    restaurant: httpx.AsyncClient,
) -> None:
    numbers = [f"鲁(2020)奎文区不动产权第{serial:07}号" for serial in range(1000)]
    page = await restaurant.post("/verify/many", data={"numbers": "\r\n".join(numbers)})

    assert page.status_code == 200
    assert main_of(page).count('<th scope="row"') == 1000
    assert "没有公告 1000" in page.text
    assert "没有选证件种类，只查了号码全部公开的" in main_of(page)


async def test_several_lines_are_answered_in_their_order_and_a_bad_one_stops_none(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    await published(restaurant)
    typed = f"\n{NUMBER}\n无\n JY13799990000029 \nJY137\n"
    page = await client.post("/verify/many", data={"numbers": typed})
    rows = re.findall(r'<th scope="row" class="number">(.*?)</th>(.*?)</tr>', page.text, re.DOTALL)

    assert [number for number, _ in rows] == [NUMBER, "无", "JY13799990000029", "JY137"]
    assert wording.STATUSES["invalid"].zh in rows[0][1]
    assert 'class="error"' in rows[1][1]
    assert wording.STATUSES["no_notice"].zh in rows[2][1]
    assert "号码可能不对" in rows[3][1]
    assert "共 4 行：有公告 1，号码可能不对 2，没有公告 0，读不出 1。" in page.text


async def test_more_lines_than_a_stranger_may_ask_stay_typed_and_lead_to_signing_in(
    strangers: From,
) -> None:
    stranger = strangers("192.0.2.20")
    numbers = [f"JY1379999{serial:07}" for serial in range(21)]
    page = await stranger.post("/verify/many", data={"numbers": "\n".join(numbers)})

    assert page.status_code == 422
    assert "一次核验超过 20 个号码须先登录" in page.text
    assert 'href="/sign-in?next=%2Fverify%2Fmany" target="_blank"' in page.text
    assert all(number in page.text for number in numbers)


async def test_too_many_says_when_and_offers_to_sign_in_and_keeps_what_was_typed(
    strangers: From,
) -> None:
    stranger = strangers("192.0.2.21")
    numbers = "\n".join(f"JY1379999{serial:07}" for serial in range(20))
    first = await stranger.post("/verify/many", data={"numbers": numbers})
    again = await stranger.post("/verify/many", data={"numbers": numbers})
    for _ in range(30):
        alone = await stranger.post("/verify", data=FOOD)

    assert first.status_code == 200
    for page in (again, alone):
        assert page.status_code == 429
        assert int(page.headers["retry-after"]) > 0
        assert "后再试" in main_of(page)
        assert 'href="/sign-in' in main_of(page)
    signed = answer_in(await strangers("192.0.2.22").post("/verify", data=FOOD))
    for _ in range(21):
        slip = await stranger.post("/verify/slip", data={"answer": signed})

    assert slip.status_code == 429
    assert answer_in(slip) == signed
    assert numbers in again.text
    assert f'value="{NUMBER}"' in main_of(alone)
