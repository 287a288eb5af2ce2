"""The view for elders in a real browser: switched with nothing lost, and read aloud."""

import pytest
from playwright.async_api import Browser, expect

from tests.browsing import opened, watched

pytestmark = pytest.mark.browser

# What a device's voice is to a page; the browser of the tests has none.
VOICE = """() => {
  window.said = [];
  const voice = {
    speak: (one) => window.said.push([one.lang, one.text]),
    cancel: () => window.said.push("silence"),
  };
  Object.defineProperty(window, "speechSynthesis", {value: voice, configurable: true});
}"""
NO_VOICE = """() => {
  delete window.SpeechSynthesisUtterance;
  Object.defineProperty(window, "speechSynthesis", {value: undefined, configurable: true});
}"""


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_the_view_is_switched_where_somebody_is_and_stays(
    browser: Browser, service: str, scripts: bool
) -> None:
    context = await opened(browser, service, scripts)
    page = await context.new_page()
    wrong = watched(page, service)
    await page.goto("/verify?certificate=company-seal&lang=en")
    usual = await page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    if scripts:
        await page.locator("#number").fill("3799990000001")
    await page.get_by_role("button", name="View for elders").press("Enter")
    await expect(page.get_by_role("button", name="Standard view")).to_be_visible()
    assert page.url == f"{service}/verify?certificate=company-seal&lang=en"
    if scripts:
        await expect(page.locator("#number")).to_have_value("3799990000001")
    large = await page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert (large >= 24, large / usual > 1.3) == (True, True)

    await page.goto("/")
    await expect(page.locator("html.elder")).to_have_count(1)
    await page.get_by_role("button", name="标准版").click()
    await expect(page.get_by_role("button", name="长辈版")).to_be_visible()
    await page.reload()
    await expect(page.locator("html.elder")).to_have_count(0)
    assert wrong == []
    await context.close()


async def test_a_switch_that_was_refused_is_sent_once_more_as_a_form(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/verify")
    await page.route("**/view?**", lambda route: route.fulfill(status=503), times=1)
    await page.get_by_role("button", name="长辈版").click()
    await expect(page.get_by_role("button", name="标准版")).to_be_visible()

    assert "elder" in [cookie["value"] for cookie in await context.cookies()]
    await context.close()


async def test_a_page_is_read_aloud_piece_by_piece_with_numbers_figure_by_figure(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    await context.add_init_script(f"({VOICE})()")
    page = await context.new_page()
    await page.goto("/nothing")
    button = page.locator(".aloud button")
    await expect(button).to_be_hidden()  # not before somebody wants the view
    await page.get_by_role("button", name="长辈版").click()
    await page.wait_for_load_state()
    await page.evaluate(
        "document.querySelector('main h1').insertAdjacentHTML('afterend',"
        " '<p>编号 <span class=\"number\">3707-01</span></p><p hidden>看不见的</p>')"
    )
    await button.click()
    await expect(button).to_have_text("停止朗读")

    said = [one for one in await page.evaluate("window.said") if one != "silence"]
    assert said[0] == ["zh-CN", "没有这个页面"]
    assert said[1] == ["zh-CN", "编号 3 7 0 7 - 0 1"]
    assert not [text for _, text in said if "看不见" in text or "朗读" in text]
    await button.click()
    await expect(button).to_have_text("朗读本页")
    assert (await page.evaluate("window.said"))[-1] == "silence"
    await context.close()


async def test_where_the_device_has_no_voice_there_is_no_button(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    await context.add_init_script(f"({NO_VOICE})()")
    page = await context.new_page()
    await page.goto("/")
    await page.get_by_role("button", name="长辈版").click()
    await expect(page.get_by_role("button", name="标准版")).to_be_visible()
    await expect(page.locator(".aloud")).to_be_hidden()
    await context.close()


async def test_in_an_apps_web_view_a_session_lasts_longer_without_another_window(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/sign-in?next=/mine/watches")
    await page.get_by_role("button", name="张伟").click()
    await page.get_by_label("备注").fill("抵押的房产证")
    async with page.expect_response(lambda one: one.request.method == "POST") as posted:
        await page.get_by_role("link", name="延长登录", exact=True).click()
    assert (await posted.value).status == 303
    await expect(page.locator("#session-told")).to_have_text("已经延长，可以接着办。")
    await expect(page.get_by_label("备注")).to_have_value("抵押的房产证")
    assert len(context.pages) == 1
    assert await page.evaluate("history.length") <= 4  # Back leads where one came from
    await context.close()


async def test_a_choice_is_seen_in_the_readers_own_colours(browser: Browser, service: str) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.emulate_media(forced_colors="active")
    await page.goto("/verify?certificate=food-operation-license")
    other, chosen = page.get_by_label("正本"), page.get_by_label("不确定，或只有一本")
    await expect(chosen).to_be_checked()
    before = await other.screenshot()
    await other.check()
    await page.get_by_role("heading", level=1).click()
    assert await other.screenshot() != before
    await context.close()
