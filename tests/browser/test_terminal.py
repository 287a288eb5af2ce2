"""A terminal in a hall, in a real browser: whoever comes next finds nothing of who was there."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests import api
from tests.api import declaration
from tests.browsing import opened, watched
from tests.samples import RESTAURANT

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
NUMBER = "JY13799990000720"
SECRET = "某某餐饮店"


@pytest.fixture(scope="module", autouse=True)
def notice(service: str) -> str:
    with api.client(service) as client:
        api.sign_in(client, RESTAURANT)
        body = declaration(number=NUMBER, confirm_unusual_number=True)
        return str(client.post("/api/v1/notices", json=body).raise_for_status().json()["id"])


async def begun(page: Page) -> int:
    """Its start page, and how long the history is there."""
    await page.clock.install()
    await page.goto("/kiosk?idle=40")
    length: int = await page.evaluate("history.length")
    return length


async def test_it_asks_whether_somebody_is_there_and_forgets_them_when_nobody_is(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    wrong = watched(page, service)
    entries = await begun(page)
    await page.locator("main").get_by_role("link", name="核验证件").click()
    await page.locator("#number").fill(NUMBER)
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer")).to_contain_text("已声明作废")
    assert NUMBER not in page.url
    await page.locator(".print-slip button").last.click()
    await expect(page.locator(".slip-answer")).to_be_visible()
    assert await page.evaluate("history.length") == entries
    dialog = page.locator("#kiosk-idle")
    await page.clock.run_for(19_000)
    await expect(dialog).to_be_hidden()
    await page.clock.run_for(1_500)
    await expect(dialog).to_be_visible()
    assert int(await page.locator("#kiosk-left").inner_text()) > 15  # of twenty seconds
    await dialog.get_by_role("button", name="还在用").click()
    await expect(dialog).to_be_hidden()
    await expect(page.locator(".slip-answer")).to_be_visible()
    await page.clock.run_for(41_000)
    await page.wait_for_url("**/kiosk")

    assert [cookie["name"] for cookie in await context.cookies()] == ["kiosk"]
    assert await page.evaluate("history.length") == entries
    assert await page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert NUMBER not in await page.content()
    assert wrong == []
    await context.close()


async def test_going_back_leads_to_no_page_of_somebody_before(
    browser: Browser, service: str, notice: str
) -> None:
    """Not after a place within a page, what a script led to, or a form that went wrong, either."""
    context = await opened(browser, service)
    page = await context.new_page()
    entries = await begun(page)
    await page.locator("main").get_by_role("link", name="查找公告").click()
    await page.locator("#q").fill(SECRET)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**q=*")
    await page.locator(".skip").press("Enter")
    assert page.url.endswith("#main")
    await page.evaluate(f"location.assign('/notices/{notice}')")
    await page.wait_for_url(f"**/notices/{notice}")
    assert await page.evaluate("history.length") == entries

    await page.evaluate(
        """() => {
          const form = document.createElement("form");
          Object.assign(form, {method: "post", action: "/verify/slip"});
          document.body.append(form);
          form.requestSubmit();
        }"""
    )
    await page.wait_for_url("**/verify/slip")
    await page.go_back()
    await page.wait_for_url("**/kiosk")
    assert SECRET not in await page.content()
    await context.close()


async def test_the_view_for_elders_that_was_chosen_on_its_start_page_goes_too(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await begun(page)
    await page.goto("/kiosk")
    await page.get_by_role("button", name="长辈版").click()
    await expect(page.locator("html.elder")).to_have_count(1)
    await page.clock.run_for(41_000)
    await expect(page.locator("html.elder")).to_have_count(0)
    await context.close()
