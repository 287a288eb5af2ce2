"""One's own notices and what was found, by the keyboard alone and without scripts."""

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests import api
from tests.browsing import opened
from tests.samples import ANNA, RESTAURANT

pytestmark = pytest.mark.browser

# These no other test declares, in whatever order they come.
NUMBER = "JY13799990002000"
LISTED = tuple(f"JY1379999{serial:07}" for serial in range(2001, 2009))
MOST_TABS = 120


async def signed_in(browser: Browser, service: str, person: object) -> BrowserContext:
    """A browser without scripts in which `person` is signed in."""
    context = await opened(browser, service, scripts=False)
    answer = await context.request.post("/api/v1/demo/login", data=person)
    assert answer.status == 204
    return context


async def reached(page: Page, what: Locator) -> None:
    """By the Tab key, as somebody without a mouse gets there."""
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        if await what.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not get to {what}")


async def pressed(page: Page, name: str, role: str = "button") -> None:
    await reached(page, page.locator("main").get_by_role(role, name=name).first)  # type: ignore[arg-type]
    await page.keyboard.press("Enter")


async def rested(page: Page) -> float:
    """Where the page is scrolled to, once it moves no more: a wheel turns it a moment later."""
    at = await page.evaluate("window.scrollY")
    for _ in range(20):
        await page.wait_for_timeout(250)
        before, at = at, await page.evaluate("window.scrollY")
        if at == before:
            return at
    pytest.fail("the page does not stop moving")


async def test_by_the_keyboard_without_scripts_a_notice_is_corrected_objected_to_and_withdrawn(
    browser: Browser, service: str
) -> None:
    """Each says that it was done, where reading begins; reloading keeps the word, Back does not."""
    context = await signed_in(browser, service, RESTAURANT)
    with api.client(service, headers={"Origin": service}) as client:
        api.sign_in(client, RESTAURANT)
        body = api.declaration(number=NUMBER, confirm_unusual_number=True)
        id = api.declare(client, body).id
    page = await context.new_page()
    done = page.locator("#done")

    await page.goto("/mine")
    await page.emulate_media(media="print")
    await expect(page.locator(f"#notice-{id}")).to_be_visible()  # on paper too
    await page.emulate_media(media="screen")
    await pressed(page, "更正", "link")
    await reached(page, page.locator("#issuer"))
    await page.keyboard.press("Control+a")
    await page.keyboard.type("潍坊市行政审批服务局")
    await pressed(page, "发布更正")
    await expect(done).to_contain_text("已更正")
    assert page.url.endswith(f"/notices/{id}#done")

    objector = await signed_in(browser, service, ANNA)
    other = await objector.new_page()
    await other.goto(f"/notices/{id}/object")
    await reached(other, other.locator("#number"))
    await other.keyboard.type(NUMBER)
    await reached(other, other.locator("#ground"))
    await other.keyboard.press("Space")
    await reached(other, other.locator("#text"))
    await other.keyboard.type("证件是我的。")
    await pressed(other, "提出异议")
    await expect(other.get_by_role("heading", level=1)).to_have_text("异议已收到")
    await pressed(other, "我的声明", "link")
    await expect(other.locator("main")).to_contain_text("等待受理")
    await objector.close()

    await page.goto("/mine")
    await pressed(page, "找到了，撤回", "link")
    await reached(page, page.locator("#reason"))
    await page.keyboard.press("Space")
    await pressed(page, "撤回声明")
    await expect(done).to_contain_text("已撤回")
    await page.reload()
    await expect(done).to_contain_text("已撤回")
    await page.goto("/notices")
    await page.go_back()
    await expect(page.locator(".status-line").first).to_contain_text("已撤回")
    await expect(done).to_have_count(0)
    await context.close()


async def test_back_from_a_notice_leads_to_the_place_in_the_list(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service, scripts=False)
    with api.client(service, headers={"Origin": service}) as client:
        api.sign_in(client, RESTAURANT)
        ids = [api.declare(client, api.unusual(number)).id for number in LISTED]
    page = await context.new_page()
    links = [page.locator(f'.card h2 a[href="/notices/{id}"]') for id in ids]
    for _ in range(40):
        await page.goto("/notices?sort=newest")
        if all([await link.count() for link in links]):
            break
        await page.wait_for_timeout(250)
    else:
        pytest.fail("the notices did not come into the list")
    link = links[1]
    await link.scroll_into_view_if_needed()
    await page.mouse.wheel(0, 100)
    place = await rested(page)
    assert place > 300
    await expect(link).to_be_in_viewport(ratio=1)
    await link.click()
    await expect(page.locator("#history")).to_be_visible()
    await page.go_back()

    await expect(link).to_be_in_viewport()
    assert abs(await rested(page) - place) < 50
    await context.close()
