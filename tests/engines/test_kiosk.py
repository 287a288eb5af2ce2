"""A terminal in a hall: what it offers, what it does not lead to, and that it forgets its users."""

import re
from html import unescape

import httpx
import pytest

from notices.pages import inside
from notices.web import wording
from tests.engines.test_checking_pages import FOOD, NUMBER, answer_in, main_of
from tests.engines.test_pages import published
from tests.samples import ANNA

HREF = re.compile(r'<a\b[^>]*\bhref="([^"]*)"')
PAGES = ("/kiosk", "/verify", "/notices", "/nothing", "/help/agencies", "/log", "/declare")


async def test_it_stays_on_until_somebody_leaves_it(client: httpx.AsyncClient) -> None:
    before = await client.get("/verify")
    begun = await client.get("/kiosk?idle=40")
    pages = [await client.get(path) for path in PAGES]
    await client.post("/kiosk/off")
    after = await client.get("/verify")

    assert 'data-idle="40"' in begun.text
    assert all('data-idle="40"' in page.text for page in pages)
    assert {page.headers["cache-control"] for page in (begun, *pages)} == {"no-store"}
    assert "data-idle" not in before.text + after.text


@pytest.mark.parametrize("idle", ["0", "29", "601", "x", "", "-1", "９９"])
async def test_a_rest_that_is_none_is_a_minute(client: httpx.AsyncClient, idle: str) -> None:
    page = await client.get("/kiosk", params={"idle": idle})

    assert 'data-idle="60"' in page.text


async def test_no_link_leads_out_of_the_site_to_a_file_or_to_a_sign_in(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    id = await published(restaurant)
    await client.get("/kiosk")
    paths = (*PAGES, f"/notices/{id}", "/verify?certificate=company-seal", "/accessibility")
    pages = [await client.get(path) for path in paths]
    pages.append(await client.post("/verify", data=FOOD, follow_redirects=True))
    found = {unescape(href) for page in pages for href in HREF.findall(page.text)}

    assert found
    for href in found:
        path = re.split("[?#]", href)[0]
        assert re.fullmatch(
            r"|/(kiosk(/reset|/phone)?|verify|log|statistics|accessibility|privacy)"
            r"|/notices(/\d{14}(/slip)?)?|/help(/[a-z-]+)?",
            path,
        ), href


async def test_whatever_needs_a_sign_in_is_for_ones_own_phone(client: httpx.AsyncClient) -> None:
    await client.get("/kiosk")
    for path in ("/mine", "/sign-in", "/desk"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/kiosk/phone"), path
    page = await client.get("/kiosk/phone")

    assert "<svg" in main_of(page)
    assert "/declare" in main_of(page)


async def test_an_answer_is_no_form_that_is_sent_again_and_goes_with_the_reset(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    await published(restaurant)
    await client.get("/kiosk")
    sent = await client.post("/verify", data=FOOD)
    where = sent.headers["location"]
    answer = await client.get(where)
    signed = answer_in(answer)
    printed = await client.post("/verify/slip", data={"answer": signed, "paper": "80mm"})
    slip = await client.get(printed.headers["location"])
    earlier = await client.get(where)
    await client.get("/kiosk/reset")
    gone = [await client.get(each) for each in (where, printed.headers["location"])]

    assert (sent.status_code, NUMBER in where) == (303, False)
    assert wording.MEANINGS["invalid"].zh in answer.text
    assert (NUMBER in slip.text, "answer-slip roll" in slip.text) == (True, True)
    # What another one asked meanwhile is not shown under the address of before.
    assert NUMBER not in earlier.text
    assert all(NUMBER not in page.text for page in gone)


async def test_what_is_wrong_is_said_at_the_terminal_as_elsewhere(
    client: httpx.AsyncClient,
) -> None:
    await client.get("/kiosk")
    sent = await client.post("/verify", data={"number": "无"})
    page = await client.get(sent.headers["location"])

    assert (sent.status_code, page.status_code) == (303, 422)
    assert 'href="#number"' in page.text


async def test_the_reset_ends_the_session_and_takes_the_view_and_what_was_shown(
    client: httpx.AsyncClient,
) -> None:
    await client.get("/kiosk?idle=30")
    await client.post("/api/v1/demo/login", json=ANNA)
    await client.post("/view", data={"view": "elder"})
    await client.post("/verify", data=FOOD)
    kept = set(client.cookies)
    reset = await client.get("/kiosk/reset?lang=en")
    page = await client.get(reset.headers["location"])

    assert len(kept) == 4
    assert (reset.status_code, reset.headers["location"]) == (303, "/kiosk")
    assert set(client.cookies) == {"kiosk"} or len(client.cookies) == 1
    assert 'data-idle="30"' in page.text
    assert "elder" not in page.text.partition("<head>")[0]
    await client.post("/kiosk/off")
    assert (await client.get("/mine")).status_code == 303


async def test_a_terminal_is_nobodys_from_its_first_page_on(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/demo/login", json=ANNA)
    token = dict(client.cookies)
    begun = await client.get("/kiosk")
    await client.post("/kiosk/off")
    client.cookies.update(token)

    assert ANNA["name"] not in begun.text
    assert 'action="/sign-out' not in begun.text
    assert (await client.get("/mine")).status_code == 303  # the session itself has ended


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_link_of_another_site_makes_nobodys_browser_a_terminal(
    client: httpx.AsyncClient, site: str
) -> None:
    await client.post("/api/v1/demo/login", json=ANNA)
    page = await client.get("/kiosk?idle=90", headers={"Sec-Fetch-Site": site})
    still = await client.get("/mine")
    await client.get("/kiosk?idle=90", headers={"Sec-Fetch-Site": "same-origin"})
    again = await client.get("/kiosk", headers={"Sec-Fetch-Site": site})

    assert "这是大厅的自助终端吗？" in page.text
    assert 'href="/kiosk?idle=90"' in page.text
    assert "data-idle" not in page.text
    assert still.status_code == 200
    assert 'data-idle="90"' in again.text


async def test_a_reset_that_another_page_asks_for_signs_nobody_out(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/api/v1/demo/login", json=ANNA)
    await client.get("/kiosk/reset")

    assert (await client.get("/mine")).status_code == 200


async def test_without_scripts_the_page_itself_goes_back_to_the_start(
    client: httpx.AsyncClient,
) -> None:
    await client.get("/kiosk?idle=300")
    page = await client.get("/verify")

    refresh = '<meta http-equiv="refresh" content="300;url=/kiosk/reset"></noscript>'
    assert refresh in page.text


def test_links_are_told_apart_by_where_they_lead() -> None:
    kept = '<a class="a" href="/verify?lang=en">x</a><a href="#main">y</a>'
    out = '<a href="https://a.example/" rel="external">官网</a><a href="//b.example">b</a>'
    files = '<a href="/notices/37070000012345.pdf">PDF</a><a href="tel:1">1</a>'
    own = '<a href="/notices/37070000012345/withdraw" target="_blank">w</a>'

    assert inside.only(kept) == kept
    assert "<a" not in inside.only(out + files)
    assert inside.only(own) == '<a href="/kiosk/phone">w</a>'


async def test_an_answer_that_comes_back_is_no_answer_to_a_form_that_is_sent_again(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    await published(restaurant)
    signed = answer_in(await client.post("/verify", data=FOOD))
    await client.get("/kiosk")
    sent = await client.post("/verify", data={"number": signed}, follow_redirects=False)
    shown = await client.get(sent.headers["location"])

    assert sent.status_code == 303
    assert "签名属实" in main_of(shown)
    assert NUMBER not in str(shown.url)
