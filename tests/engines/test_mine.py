"""The page of one's own notices: what stands there, what can be done, and a word of success."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from notices.database import DB
from notices.facts.notice_ids import printed
from notices.facts.public.notice import ObjectionStatus
from notices.pages import done, mine
from notices.web import wording
from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.engines.test_desk import MANDATE, PNG, objected
from tests.engines.test_pages import fields
from tests.owning import owning
from tests.samples import ANNA

NUMBER = "JY13799990000011"
LONG_AGO = datetime.now(UTC) - timedelta(days=2)
NUMBERS = ("鲁(2020)奎文区不动产权第0000001号", "鲁(2020)奎文区不动产权第0000002号")
DEED: dict[str, Any] = {
    "certificate": "real-estate-title", "matter": None, "copies": None, "holder": ANNA,
    "issuer": "某某市自然资源和规划局",
}  # fmt: skip
SAID = 'id="done"'


def words(page: httpx.Response) -> str:
    """The text of the page's main part, without its tags."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def said(page: httpx.Response) -> str:
    """The word of success on the page."""
    return page.text.partition(SAID)[2].partition("</div>")[0]


async def led(client: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    """The page to which a form leads."""
    assert answer.status_code == 303, answer.text
    return await client.get(answer.headers["location"])


async def pressed(client: httpx.AsyncClient, id: str, told: str) -> httpx.Response:
    """The form that switches alerts of a notice, as the page has it."""
    page = (await client.get("/mine")).text
    form = page.partition(f'id="notice-{id}"')[2].partition("</li>")[0].partition("<form")[2]
    given = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form.partition("</form>")[0]))
    assert (given["notice"], given["told"]) == (id, told)
    return await client.post("/mine/alerts", data=given)


async def test_a_notice_says_what_ends_when_and_offers_what_can_be_done(
    restaurant: httpx.AsyncClient,
) -> None:
    seal = declaration(
        certificate="company-seal", matter=None, copies=None, number="3799990000011",
        document="official-seal", confirm_unusual_number=True,
    )  # fmt: skip
    running = await api.declared(restaurant, seal)
    copy = await api.declared(restaurant, copies="duplicate", copy_number="3-2")
    await restaurant.post(api.of(copy.id, "withdrawal"), json={"reason": "found"})
    page = await restaurant.get("/mine")
    cards = {
        id: page.text.partition(f'id="notice-{id}"')[2].partition("</li>\n")[0]
        for id in (running.id, copy.id)
    }

    assert "（含当日）" in cards[running.id]
    for act in ("withdraw", "correct"):
        assert f"/notices/{running.id}/{act}" in cards[running.id]
        assert f"/notices/{copy.id}/{act}" not in cards[copy.id]
    assert "食品经营许可证 副本（编号 3-2）" in cards[copy.id]
    assert "撤回" in cards[copy.id]
    assert "撤销" not in cards[copy.id]  # which an officer does
    for id, card in cards.items():
        assert f"/api/v1/notices/{id}/receipt" in card
    assert (await restaurant.get(f"/api/v1/notices/{running.id}/receipt")).status_code == 200


async def test_whoever_has_many_is_led_to_all_and_told_of_the_oldest_whose_term_ends(
    anna: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mine, "A_PAGE", 1)
    old, new = [(await api.declared(anna, **DEED, number=number)).id for number in NUMBERS]
    async with owning():
        await DB.fetch(
            "UPDATE notice SET agreed_until = now() + interval '10 days' WHERE id = $1", old
        )
    first, second = await anna.get("/mine"), await anna.get("/mine?page=2&lang=en")

    assert (f'id="notice-{new}"' in first.text, f'id="notice-{old}"' in first.text) == (True, False)
    assert 'href="/mine?page=2"' in first.text
    assert f'id="notice-{old}"' in second.text
    assert 'rel="next"' not in second.text
    ending = first.text.partition('id="ending"')[2].partition("</section>")[0]
    assert (f"/notices/{old}" in ending, f"/notices/{new}" in ending) == (True, False)
    for nowhere in ("3", "0", "x", "1001"):
        assert (await anna.get("/mine", params={"page": nowhere})).status_code == 200


async def test_what_waits_and_when_a_persons_text_goes_is_said(anna: httpx.AsyncClient) -> None:
    await api.declared(anna, MANDATE, PNG)

    assert "等待工作人员或发证机关确认" in words(await anna.get("/mine"))


async def test_an_objection_is_shown_to_whoever_filed_it_with_what_became_of_it(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    notice = await api.declared(restaurant)
    await objected(anna, notice.id, NUMBER)

    assert "证件没有丢 等待受理" in words(await anna.get("/mine"))
    decision = {"decision": "admit", "reason": "有证件原件的照片"}
    await officer.post(api.of(notice.id, "decisions"), json=decision)
    page = words(await anna.get("/mine"))
    assert "已受理，等待决定" in page
    assert printed(notice.id) in page
    assert "提出的异议" not in words(await restaurant.get("/mine"))
    assert "not admitted" not in words(await anna.get("/mine?lang=en"))


async def test_what_a_clerk_objected_for_himself_is_not_shown_in_his_companys_part(
    restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    notice = await api.declared(restaurant)
    company = {"name": "潍坊试样一有限公司", "identifier": "91379999MA0000100Q"}
    firm = await sign_in(ANNA | {"kind": "organisation", "organisation": company})
    own = await sign_in(ANNA)
    await objected(own, notice.id, NUMBER)

    assert "提出的异议" in words(await own.get("/mine"))
    assert "提出的异议" not in words(await firm.get("/mine"))


async def test_what_somebody_declared_for_himself_is_not_shown_where_he_works(
    sign_in: SignIn,
) -> None:
    """An office says who works there; what is kept about a person it is not told by that."""
    himself = ANNA | {"kind": "officer"}
    own, office = await sign_in(ANNA), await sign_in(himself)
    id = (await api.declared(own, **DEED, number=NUMBERS[0], alert_on_check=True)).id
    await DB.fetch("INSERT INTO alert (notice, hour, kind) VALUES ($1, $2, 'bank')", id, LONG_AGO)

    assert printed(id) in words(await own.get("/mine"))
    assert printed(id) not in words(await office.get("/mine"))
    for path in ("/mine/privacy", "/mine/data"):
        asked = await office.get(path)
        assert asked.headers["location"] == f"/sign-in?next={quote(path, safe='')}"
    await office.post("/mine/erase", data={"sure": "yes"})
    assert "银行" in words(await own.get("/mine"))


def test_every_outcome_of_an_objection_has_words() -> None:
    assert wording.OBJECTIONS.keys() == set(ObjectionStatus.__args__)


async def test_a_holder_switches_alerts_after_declaring_and_no_event_says_so(
    restaurant: httpx.AsyncClient,
) -> None:
    id = (await api.declared(restaurant)).id
    on = await led(restaurant, await pressed(restaurant, id, "yes"))
    await DB.fetch("INSERT INTO alert (notice, hour, kind) VALUES ($1, now(), 'bank')", id)

    assert "核验提醒已打开" in said(on)
    assert "已打开" in words(on)
    assert [row["size"] for row in await DB.fetch("SELECT size FROM log_head")] == [1]
    off = await led(restaurant, await pressed(restaurant, id, "no"))
    assert "核验提醒已关闭" in said(off)
    assert await DB.fetch("SELECT FROM alert") == []


async def test_nobody_else_switches_alerts(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    """Who declared for another holder learns nothing about a paper that may not be theirs."""
    theirs = (await api.declared(restaurant)).id
    other = MANDATE | {"number": "JY13799990000029", "confirm_unusual_number": True}
    mandated = (await api.declared(anna, other, PNG)).id
    for client in (anna, officer):
        answer = await client.post("/mine/alerts", data={"notice": theirs, "told": "yes"})
        assert answer.status_code == 403
    answer = await anna.post("/mine/alerts", data={"notice": mandated, "told": "yes"})
    assert answer.status_code == 403
    assert (await anna.post("/mine/alerts", data={"notice": "1", "told": "yes"})).status_code == 404

    assert "机关核验时提醒您" not in words(await anna.get("/mine"))
    rows = await DB.fetch("SELECT alert_on_check FROM notice_private")
    assert [row["alert_on_check"] for row in rows] == [False, False]


@pytest.mark.parametrize("given", [{}, {"told": ""}, {"told": "on"}])
async def test_half_a_form_switches_no_warning_off(
    restaurant: httpx.AsyncClient, given: dict[str, str]
) -> None:
    id = (await api.declared(restaurant, declaration(alert_on_check=True))).id

    answer = await restaurant.post("/mine/alerts", data={"notice": id} | given)

    assert answer.status_code == 422
    rows = await DB.fetch("SELECT alert_on_check FROM notice_private")
    assert [row["alert_on_check"] for row in rows] == [True]


async def test_whoever_is_signed_out_meanwhile_signs_in_and_is_led_back(
    restaurant: httpx.AsyncClient,
) -> None:
    id = (await api.declared(restaurant)).id
    page = await restaurant.get("/mine")
    form = fields(page) | {"notice": id, "told": "yes"}
    await restaurant.delete("/api/v1/session")
    answer = await restaurant.post("/mine/alerts", data=form)
    signing = await restaurant.get(answer.headers["location"])
    signed = await restaurant.post("/sign-in", data=fields(signing) | {"sample": "li"})
    page = await restaurant.get(signed.headers["location"], follow_redirects=True)

    assert (page.status_code, page.url.path) == (200, "/mine")
    assert await DB.fetch("SELECT FROM notice_private WHERE alert_on_check") == []


async def withdrawn(client: httpx.AsyncClient) -> tuple[str, httpx.Response]:
    id = (await api.declared(client)).id
    form = await client.get(f"/notices/{id}/withdraw")
    sent = fields(form) | {"reason": "found"}
    return id, await client.post(f"/notices/{id}/withdraw", data=sent)


@pytest.mark.parametrize(("language", "word"), [("zh", "已撤回"), ("en", "It is withdrawn")])
async def test_a_word_of_success_stays_on_reload_and_goes_with_the_next_page(
    restaurant: httpx.AsyncClient, language: str, word: str
) -> None:
    id, answer = await withdrawn(restaurant)
    there = f"{answer.headers['location'].partition('#')[0]}?lang={language}"

    for _ in range(2):
        assert word in said(await restaurant.get(there))
    await restaurant.get("/notices")
    assert SAID not in (await restaurant.get(there)).text  # so Back does not say it again
    assert id not in str(restaurant.cookies.get("done"))


async def test_no_address_says_that_something_was_done(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    """Neither a link that is passed on, nor a cookie that somebody made up."""
    id, answer = await withdrawn(restaurant)
    for where in (answer.headers["location"], f"/notices/{id}?done=withdrawn"):
        assert SAID not in (await anna.get(where)).text
    for value in ("withdrawn", "withdrawn.00", "nothing.00", "é", ".", done.DONE):
        page = await anna.get(f"/notices/{id}", headers={"Cookie": f"done={value}".encode()})
        assert (page.status_code, SAID in page.text) == (200, False)


async def test_correcting_says_so(restaurant: httpx.AsyncClient) -> None:
    id = (await api.declared(restaurant)).id
    form = fields(await restaurant.get(f"/notices/{id}/correct")) | {
        "issuer": "潍坊市行政审批服务局"
    }
    for _ in range(2):  # pressed twice
        answer = await restaurant.post(f"/notices/{id}/correct", data=form)
        assert "已更正" in said(await led(restaurant, answer))


async def test_my_notices_stand_in_the_menu_and_lead_through_the_sign_in_and_back(
    client: httpx.AsyncClient, officer: httpx.AsyncClient, sign_in: SignIn
) -> None:
    def menu(page: httpx.Response) -> Any:
        return page.text.partition("<nav")[2].partition("</nav>")[0]

    assert 'href="/mine"' in menu(await client.get("/"))
    answer = await client.get("/mine")
    assert answer.headers["location"] == "/sign-in?next=%2Fmine"
    anna = await sign_in(ANNA)
    assert 'aria-current="page">我的声明' in menu(await anna.get("/mine"))
    assert 'href="/mine"' not in menu(await officer.get("/"))
