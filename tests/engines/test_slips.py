"""The slip for the counter: what it says in every status, and what nobody told us it says so."""

import dataclasses
import re
from collections.abc import Awaitable, Callable
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from notices.app import create_app
from notices.deployment import Deployment, site_and_catalogue
from notices.facts.notice_ids import printed
from notices.settings import Settings
from tests.api import declaration
from tests.conftest import BASE, SignIn
from tests.samples import ANNA, OFFICER

CITY = """
authority = "潍坊市行政审批服务局"
[[counter]]
matters = ["food-operation-license.reissue"]
name = "七号窗口"
address = "东风街 1 号"
telephone = "0536-2512346"
hours = "工作日"
[[accepts]]
matters = ["food-operation-license.reissue"]
since = 2026-03-01
source = "潍审批〔2026〕2 号"
[[accepts]]
matters = ["food-operation-license.deregister"]
since = 2099-03-01
source = "潍审批〔2099〕2 号"
"""
BIRTH = {
    "certificate": "birth-medical-certificate", "matter": None, "number": "T370000001",
    "copies": "original", "relation": "parent", "holder": {"kind": "person", "name": "张小宝"},
}  # fmt: skip

SEAL = {
    "certificate": "company-seal", "document": "finance-seal", "matter": None, "number": None,
    "copies": None, "details": {"count": 1}, "issued_on": None,
}  # fmt: skip


def slip_of(answer: httpx.Response) -> str:
    """The words of the slip alone, without those of the page around it."""
    assert answer.status_code == 200, answer.text
    slip = answer.text.partition("<article")[2].partition("</article>")[0]
    return " ".join(unescape(re.sub("<[^>]*>", " ", "<" + slip)).split())


async def publish(client: httpx.AsyncClient, **changes: Any) -> str:
    answer = await client.post("/api/v1/notices", json=declaration(**changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def act(sign_in: SignIn, restaurant: httpx.AsyncClient) -> Callable[[str, str], Awaitable[None]]:
    """Brings a notice of the restaurant into a state."""

    async def bring(id: str, what: str) -> None:
        notice = f"/api/v1/notices/{id}"
        officer = await sign_in(OFFICER)
        if what in ("contested", "annulled"):
            anna = await sign_in(ANNA)
            objection = {"number": "JY13799990000011", "ground": "not_lost", "text": "没有丢。"}
            assert (await anna.post(f"{notice}/objections", json=objection)).is_success
            decision = {"decision": "admit", "reason": "需要核实。"}
            assert (await officer.post(f"{notice}/decisions", json=decision)).is_success
        if what == "annulled":
            decision = {"decision": "annul", "reason": "没有丢。"}
            assert (await officer.post(f"{notice}/decisions", json=decision)).is_success
        if what == "withdrawn":
            done = await restaurant.post(f"{notice}/withdrawal", json={"reason": "found"})
            assert done.is_success
        if what == "redacted":
            done = await officer.post(f"{notice}/redaction", json={"reason": "依申请。"})
            assert done.is_success

    return bring


REFUSED = "以现在的状态，窗口不能凭这份公告办理。"
ACCEPTED = "自 2026年1月1日 起，这个窗口认可本公告，不必再登报。"


@pytest.mark.parametrize(
    ("what", "status", "mark", "acceptance"),
    [
        ("in effect", "已声明作废", None, ACCEPTED),
        ("contested", "有异议，处理中", "有异议 异议已受理，尚未决定。", REFUSED),
        ("withdrawn", "已撤回", "已撤回 声明人已撤回这份声明，它不再生效。", REFUSED),
        ("annulled", "已撤销", "已撤销 工作人员已撤销这份声明，它不再生效。", REFUSED),
        ("redacted", "已声明作废", "内容已移除 这份公告的内容已按规定移除", REFUSED),
    ],
)
async def test_a_slip_says_first_what_stands_in_the_way(
    restaurant: httpx.AsyncClient,
    act: Callable[[str, str], Awaitable[None]],
    what: str,
    status: str,
    mark: str | None,
    acceptance: str | None,
) -> None:
    id = await publish(restaurant)
    await act(id, what)
    answer = await restaurant.get(f"/notices/{id}/slip?matter=food-operation-license.reissue")
    slip = slip_of(answer)

    assert f"公告编号 {printed(id)} 状态 {status}" in slip
    assert (mark is None) == ("slip-mark" not in answer.text)
    if mark is not None:
        assert slip.index(mark) < slip.index("公告编号")
    for sentence in (ACCEPTED, REFUSED):
        assert (sentence in slip) == (sentence == acceptance), sentence
    assert ("JY13799990000011" in slip) == (what != "redacted")


async def test_while_the_period_runs_or_nobody_confirmed_a_slip_promises_no_more(
    restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    running = await publish(restaurant, **SEAL)
    awaiting = await publish(await sign_in(ANNA), **BIRTH)
    one = slip_of(await restaurant.get(f"/notices/{running}/slip?matter=company-seal.reissue"))
    other = slip_of(await restaurant.get(f"/notices/{awaiting}/slip"))

    assert "状态 已声明，公示期内" in one
    assert "公示期还没有结束：公告生效以后，窗口才能凭它办理。" in one
    assert "待确认 由别人代为声明，或号码与持证人现在的身份证号不同；尚未确认，没有生效。" in other
    assert REFUSED in other
    assert ACCEPTED not in other


async def test_nothing_private_stands_on_a_slip(sign_in: SignIn) -> None:
    anna = await sign_in(ANNA)
    id = await publish(anna, **BIRTH)
    for query in ("", "?lang=en", "?paper=80mm"):
        page = (await anna.get(f"/notices/{id}/slip{query}")).text.partition("<main")[2]

        assert "张*" in page
        for private in ("张小宝", "张三", "T370000001", "13800000000", str(ANNA["identifier"])):
            assert private not in page, query


async def test_a_slip_is_for_any_matter_of_its_own_certificate(
    restaurant: httpx.AsyncClient,
) -> None:
    id = await publish(restaurant, matter=None)
    none = slip_of(await restaurant.get(f"/notices/{id}/slip"))
    chosen = await restaurant.get(f"/notices/{id}/slip?matter=food-operation-license.reissue")
    foreign = slip_of(await restaurant.get(f"/notices/{id}/slip?matter=company-seal.reissue"))

    assert "窗口 请先选要办的事项，或问发证机关。" in none
    assert "没有人告诉本站这个窗口认不认这份公告" in none
    assert foreign.replace(printed(id), "") == none.replace(printed(id), "")
    assert ACCEPTED in slip_of(chosen)
    assert f'href="/notices/{id}/slip?matter=food-operation-license.reissue&amp;paper=80mm"' in (
        chosen.text.replace("paper=80mm&amp;matter=food-operation-license.reissue",
                            "matter=food-operation-license.reissue&amp;paper=80mm")
    )  # fmt: skip
    assert 'class="slip sheet"' in chosen.text
    roll = (await restaurant.get(f"/notices/{id}/slip?paper=80mm")).text
    assert 'class="slip roll"' in roll


async def test_english_stands_below_the_chinese(restaurant: httpx.AsyncClient) -> None:
    id = await publish(restaurant)
    slip = slip_of(await restaurant.get(f"/notices/{id}/slip?lang=en"))

    assert "状态 Status 已声明作废" in slip
    assert ACCEPTED + " Since 1 January 2026 this office accepts this notice" in slip


async def test_what_the_city_says_of_a_counter_stands_there_and_what_it_does_not_is_said(
    database: None,
    deployment: Deployment,
    restaurant: httpx.AsyncClient,
    another_settings: Callable[..., Settings],
    tmp_path: Path,
) -> None:
    id = await publish(restaurant)
    (tmp_path / "site.toml").write_text(CITY, "utf-8")
    slips, guides = [], []
    for settings in (another_settings(site=tmp_path / "site.toml"), another_settings(demo=False)):
        site, certificates = site_and_catalogue(settings)
        here = dataclasses.replace(deployment, settings=settings, site=site, catalogue=certificates)
        app = create_app(settings, here)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            slips.append(slip_of(await client.get(f"/notices/{id}/slip")))
            other = f"/notices/{id}/slip?matter=food-operation-license.deregister"
            slips.append(slip_of(await client.get(other)))
            guides.append(await client.get("/help/food-operation-license"))
        await app.state.finder.breaker.close()
    told, later, untold, _ = slips

    for words in ("七号窗口", "东风街 1 号", "工作日", "0536-2512346", "依据：潍审批〔2026〕2 号"):
        assert words in told
    assert "自 2026年3月1日 起，这个窗口认可本公告，不必再登报。" in told
    for of in (later, guides[0].text):
        assert "从 2099年3月1日 起，这个窗口才认可本公告；在那以前请先问窗口。" in of
    assert "自 2099年3月1日" not in guides[0].text
    assert 'href="tel:05362512346"' in guides[0].text
    assert "不必再登报" not in later
    assert "本站没有这个窗口的地址、时间和电话，请问办理部门。" in untold
    assert "没有人告诉本站这个窗口认不认这份公告" in untold
    assert "窗口可以自己核对：扫码看状态" in untold
    assert "不必再登报" not in untold


async def test_going_back_shows_no_status_of_before(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    """A browser may show again what it keeps, however old: a status is asked for anew."""
    id = await publish(restaurant)
    for path in (f"/notices/{id}", f"/notices/{id}/slip"):
        page = await client.get(path)
        assert page.headers["cache-control"] == "no-store", path
        assert re.search(r"状态截至 \d{4}年", page.text), path


async def test_there_is_no_slip_of_a_notice_that_is_none(client: httpx.AsyncClient) -> None:
    answer = await client.get("/notices/37070000012358/slip")

    assert answer.status_code == 404
