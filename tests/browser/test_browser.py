"""The journey of a declaration in a real browser, on a phone, with scripts and without."""

import asyncio
import contextlib
import re
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, Response, Route, expect
from playwright.async_api import Error as PlaywrightError

from tests import api
from tests.api import declaration
from tests.browsing import FLAGS, SMALLEST, TOO_FAINT, chromium, on, opened, watched
from tests.files import picture
from tests.samples import ANNA, OFFICER, RESTAURANT

pytestmark = pytest.mark.browser

# Numbers whose last digit is the check digit of GB/T 17710, one for each way to go.
NUMBERS = {True: "JY13799990000011", False: "JY13799990000020"}


async def declare(page: Page, number: str) -> str:
    """From the start page to a published notice, whose number it returns."""
    await page.goto("/")
    await page.locator("main").get_by_role("link", name="声明遗失").click()
    await page.get_by_role("button", name="食品经营许可证").first.click()
    await page.get_by_role("button", name="潍坊市奎文区某某餐饮店").click()
    await page.get_by_label("食品经营许可证补办").check()
    await on(page, "继续")
    await on(page, "继续")  # nothing filled in: told at each field
    await expect(page.get_by_role("alert")).to_contain_text("许可证编号")
    await expect(page).to_have_title(re.compile("^有误："))
    await page.get_by_label("正本", exact=True).check()
    await page.get_by_label("许可证编号").fill(number)
    await page.get_by_label("发证机关在哪里？").select_option("370705")
    await page.get_by_label("发证日期").fill("2020-05-01")
    await on(page, "继续")
    await page.get_by_label("遗失", exact=False).first.check()
    await page.get_by_label("联系电话").fill("13800001234")
    await on(page, "继续")
    statement = await page.locator(".statement").inner_text()
    assert number in statement
    assert "13800001234" not in statement
    await page.get_by_label("我同意公开").check()
    await page.get_by_label("我保证以上内容真实").check()
    await on(page, "发布声明")
    await expect(page.get_by_role("heading", level=1)).to_have_text("声明已发布")
    assert number not in page.url
    return page.url.rsplit("/", 1)[1]


async def found(page: Page, number: str, id: str) -> None:
    """The search shows the notice, at the latest when the relay has published it."""
    for _ in range(40):
        await page.goto("/notices")
        await page.locator("#q").fill(number)
        await on(page, "查找")
        if await page.locator(f'a[href="/notices/{id}"]').count():
            return
        await asyncio.sleep(0.25)
    pytest.fail("the notice did not become searchable")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_declare_find_check_and_withdraw(
    browser: Browser, service: str, scripts: bool
) -> None:
    context = await opened(browser, service, scripts)
    page = await context.new_page()
    wrong = watched(page, service)
    number = NUMBERS[scripts]

    id = await declare(page, number)
    await found(page, number, id)
    await page.locator(f'a[href="/notices/{id}"]').click()
    await expect(page.locator(".status-line")).to_contain_text("已声明作废")

    await page.goto("/verify")
    await page.get_by_text("选证件种类").click()
    await page.get_by_label("证件种类").select_option("food-operation-license")
    await page.get_by_label("证件号码").fill(f" {number[:6]}-{number[6:].lower()} ")
    await page.keyboard.press("Enter")
    await expect(page.locator(".status-line")).to_contain_text("已声明作废")
    assert page.url.endswith("/verify")

    await page.locator("main").get_by_role("link", name="-").click()
    await on(page, "撤回声明")
    await on(page, "撤回声明")  # without a reason
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("证件找到了").check()
    await on(page, "撤回声明")
    await expect(page.locator(".status-line .badge")).to_have_text("已撤回")
    await page.go_back()  # never to a question whether to send the form again
    await expect(page.locator("#done")).to_have_text("这份声明已经撤回了，不用再撤回。")
    await page.go_forward()
    await expect(page.locator("#history")).to_contain_text("声明人撤回该声明")
    assert wrong == []
    await context.close()


SUGGESTIONS = [
    {"kind": "certificate", "text": "食品经营许可证", "id": "food-operation-license"},
    {"kind": "holder", "text": "潍坊市奎文区梅思（第一）餐饮店"},
    {"kind": "number", "text": "JY13799990000011", "id": "37070000012345"},
]


async def suggested(page: Page, *suggestions: dict[str, str]) -> list[str]:
    """Lets the service suggest just these; returns the list of what it will be asked."""
    asked: list[str] = []

    async def answer(route: Route) -> None:
        asked.append(parse_qs(urlsplit(route.request.url).query)["q"][0])
        await route.fulfill(json={"suggestions": list(suggestions or SUGGESTIONS)})

    await page.route("**/api/v1/suggestions?*", answer)
    return asked


def options_of(page: Page) -> Locator:
    """What is offered below the box; a filter has options as well."""
    return page.get_by_role("listbox").get_by_role("option")


async def test_typing_part_of_another_name_offers_the_certificate(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    wrong = watched(page, service)
    await page.goto("/notices?lang=en&q=x&year=2026")
    box = page.get_by_role("combobox", name="Find a notice")
    await expect(box).to_have_attribute("aria-expanded", "false")
    await expect(box).to_have_attribute("aria-autocomplete", "list")
    await box.fill("房产")
    option = page.get_by_role("option", name="Kind 不动产权证书", exact=True)
    await expect(option).to_be_visible()
    await expect(box).to_have_attribute("aria-expanded", "true")
    await expect(page.locator("#suggestions-status")).to_contain_text("Suggestions: 1")
    assert await box.get_attribute("aria-controls") == await page.get_by_role(
        "listbox"
    ).get_attribute("id")
    await expect(option).to_have_attribute("aria-selected", "false")
    assert await box.get_attribute("aria-activedescendant") is None

    await page.keyboard.press("ArrowDown")
    await expect(option).to_have_attribute("aria-selected", "true")
    assert await box.get_attribute("aria-activedescendant") == await option.get_attribute("id")
    await expect(box).to_be_focused()
    await page.keyboard.press("Enter")

    await page.wait_for_url(f"{service}/notices?certificate=real-estate-title&lang=en")
    assert wrong == []
    await context.close()


async def test_the_suggestions_follow_the_keyboard(browser: Browser, service: str) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    asked = await suggested(page)
    await page.goto("/notices")
    box, options = page.get_by_role("combobox", name="查找公告"), options_of(page)
    active = page.get_by_role("option", selected=True).and_(options)
    await box.fill("JY13")  # at once: a busy machine may type so slowly that each letter is asked
    await expect(options).to_have_text(
        ["证件 食品经营许可证", "单位 潍坊市奎文区梅思（第一）餐饮店", "号码 JY13799990000011"]
    )
    for key, chosen in [
        ("ArrowUp", "号码"), ("ArrowDown", "证件"), ("ArrowDown", "单位"), ("ArrowUp", "证件"),
        ("ArrowUp", "号码"),
    ]:  # fmt: skip
        await page.keyboard.press(key)
        await expect(active).to_contain_text(chosen)
    for key, caret in [("Home", 0), ("ArrowDown", 0), ("End", 4), ("ArrowDown", 4)]:
        await page.keyboard.press(key)
        await expect(active).to_have_count(int(key == "ArrowDown"))
        assert await box.evaluate("box => box.selectionStart") == caret

    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await expect(box).to_have_attribute("aria-expanded", "false")
    await expect(page.locator("#suggestions-status")).to_be_empty()
    await expect(box).to_have_value("JY13")
    await page.keyboard.press("Alt+ArrowDown")
    await expect(options).to_have_count(3)
    await expect(active).to_have_count(0)
    await page.keyboard.press("Enter")

    await page.wait_for_url(f"{service}/notices?q=JY13")
    assert asked == ["JY13", "JY13"]
    await context.close()


async def test_a_holder_is_searched_and_a_number_opens_its_notice(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await suggested(page)
    await page.goto("/notices?status=invalid")
    box, options = page.get_by_role("combobox"), options_of(page)
    await box.fill("梅思")
    await options.nth(1).hover()
    await page.mouse.down()
    await expect(box).to_be_focused()
    await expect(options).to_have_count(3)
    await page.mouse.up()
    await page.wait_for_url(
        f"{service}/notices?" + urlencode({"q": SUGGESTIONS[1]["text"], "status": "invalid"})
    )

    await box.fill("JY13")
    await options.nth(2).click()
    await page.wait_for_url(f"{service}/notices/37070000012345")
    await context.close()


async def test_a_finger_chooses_and_the_list_stands_above_the_phones_keyboard(
    browser: Browser, service: str
) -> None:
    context = await browser.new_context(
        viewport={"width": 320, "height": 380}, has_touch=True, is_mobile=True, base_url=service
    )
    page = await context.new_page()
    await suggested(page)
    await page.goto("/notices")
    await page.get_by_role("combobox").tap()
    await page.keyboard.type("JY13")
    options = options_of(page)
    last = options.last
    await expect(last).to_be_in_viewport(ratio=1)
    for option in await options.all():
        assert (await option.bounding_box() or {"height": 0})["height"] >= 44
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    assert await page.evaluate(TOO_FAINT) == []
    await last.tap()

    await page.wait_for_url(f"{service}/notices/37070000012345")
    await context.close()


async def test_nothing_is_asked_before_chinese_is_composed(browser: Browser, service: str) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    asked = await suggested(page)
    await page.goto("/notices")
    typing = await context.new_cdp_session(page)
    box, options = page.get_by_role("combobox"), options_of(page)
    await box.focus()
    for letters in ("k", "ku", "kui wen"):
        await typing.send(
            "Input.imeSetComposition",
            {"text": letters, "selectionStart": len(letters), "selectionEnd": len(letters)},
        )
    await expect(box).to_have_value("kui wen")
    await page.wait_for_timeout(600)  # longer than anybody waits before asking
    assert asked == []
    await typing.send("Input.insertText", {"text": "奎文"})
    await expect(options).to_have_count(3)
    assert asked == ["奎文"]

    await page.keyboard.press("ArrowDown")
    await typing.send(
        "Input.imeSetComposition", {"text": "qu", "selectionStart": 2, "selectionEnd": 2}
    )
    await expect(page.get_by_role("listbox")).to_be_hidden()
    # The Enter that ends composing belongs to the input method.
    await box.evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'ArrowDown', isComposing: true, bubbles: true, cancelable: true}))"
    )
    await page.wait_for_timeout(300)
    assert asked == ["奎文"]
    assert page.url == f"{service}/notices"
    await context.close()


async def test_an_answer_that_comes_late_is_dropped(browser: Browser, service: str) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    held = asyncio.Event()
    begun: list[str] = []

    async def answer(route: Route) -> None:
        q = parse_qs(urlsplit(route.request.url).query)["q"][0]
        begun.append(q)
        if q == "slow":
            await held.wait()
        with contextlib.suppress(PlaywrightError):  # who was sent away hears nothing
            await route.fulfill(json={"suggestions": [{"kind": "holder", "text": q}]})

    await page.route("**/api/v1/suggestions?*", answer)
    await page.goto("/notices")
    box, options = page.get_by_role("combobox"), options_of(page)
    async with page.expect_request(lambda request: request.url.endswith("q=slow")):
        await box.press_sequentially("slow")
    await box.fill("quick")
    await expect(options).to_have_text(["单位 quick"])
    held.set()
    await page.wait_for_timeout(300)
    await expect(options).to_have_text(["单位 quick"])

    held.clear()
    async with page.expect_request(lambda request: request.url.endswith("q=slow")):
        await box.fill("slow")
    await page.get_by_role("heading", level=1).click()  # the box is left
    held.set()
    await page.wait_for_timeout(300)
    await expect(page.get_by_role("listbox")).to_be_hidden()
    assert begun == ["slow", "quick", "slow"]
    await context.close()


async def test_the_suggestions_close_when_the_box_is_left_and_say_when_there_are_none(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await suggested(page)
    await page.goto("/")
    box, list_ = page.get_by_role("combobox"), page.get_by_role("listbox")
    await box.fill("梅思")
    await expect(list_).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(list_).to_be_hidden()

    await page.unroute("**/api/v1/suggestions?*")
    await box.fill("zzzzzzzz")
    await expect(page.locator("#suggestions-status")).to_have_text("没有建议")
    await expect(list_).to_be_hidden()
    await box.fill("z")
    await expect(page.locator("#suggestions-status")).to_be_empty()
    await context.close()


async def test_without_scripts_the_search_is_a_plain_box(browser: Browser, service: str) -> None:
    context = await opened(browser, service, scripts=False)
    page = await context.new_page()
    await page.goto("/notices")

    await expect(page.get_by_role("searchbox", name="查找公告")).to_be_visible()
    await expect(page.get_by_role("combobox", name="查找公告")).to_have_count(0)
    await expect(page.locator("#suggestions")).to_be_hidden()
    await context.close()


async def test_what_is_left_empty_does_not_come_into_the_address(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/notices")
    await page.locator("summary").click()
    await page.get_by_label("排序").select_option("oldest")
    await on(page, "应用筛选")
    await page.wait_for_url(f"{service}/notices?sort=oldest")

    await page.locator("#q").fill("梅思")
    await page.locator("#q").press("Enter")
    await page.wait_for_url(f"{service}/notices?" + urlencode({"q": "梅思", "sort": "oldest"}))
    await context.close()


PAGES = [
    "/", "/sign-in", "/notices", "/notices?q=zzzz&status=invalid", "/verify", "/notices/1",
    "/help", "/help/real-estate-title", "/privacy",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_a_page_fits_the_smallest_phone(
    browser: Browser, service: str, path: str, lang: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
    await page.goto(path + ("&" if "?" in path else "?") + f"lang={lang}")

    assert await page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]
    await context.close()


async def test_only_what_a_certificate_has_is_asked_and_a_likely_number_is_one_press_away(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    fields = [page.locator(f"#{name}") for name in ("copy", "copy_number", "document")]
    kinds = {"": [], "food-operation-license": fields[:2], "company-seal": fields[2:]}

    await page.goto("/verify")
    await page.get_by_text("选证件种类").click()
    for kind, asked in kinds.items():
        await page.get_by_label("证件种类").select_option(kind)
        for each in fields:
            await expect(each).to_be_visible(visible=each in asked)
    await page.get_by_label("证件种类").select_option("food-operation-license")
    await page.get_by_label("正本").check()
    await expect(fields[1]).to_be_hidden()
    await page.get_by_label("证件号码").fill("JY23799990OOOO24")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="是不是 JY23799990000024？").click()

    await expect(page.get_by_label("证件号码")).to_have_value("JY23799990000024")
    await expect(page.get_by_label("正本")).to_be_checked()
    assert page.url.endswith("/verify")
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_stands_out_from_its_ground(
    browser: Browser, service: str, scheme: Literal["light", "dark"]
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.emulate_media(color_scheme=scheme)

    for path in PAGES:
        await page.goto(path)
        assert await page.evaluate(TOO_FAINT) == [], path
    await page.goto("/verify")
    await page.get_by_text("选证件种类").click()
    await page.get_by_label("证件种类").select_option("company-seal")
    await on(page, "核验")
    assert await page.evaluate(TOO_FAINT) == []
    await page.get_by_label("证件号码").fill("3799990000001")
    await on(page, "核验")
    assert await page.evaluate(TOO_FAINT) == []
    await context.close()


async def test_the_steps_fit_the_smallest_phone_and_scripts_narrow_the_list(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
    await page.goto("/sign-in?next=/declare")
    await page.get_by_role("button", name="欧阳雪").click()
    await page.get_by_role("searchbox").fill("房产证")
    await expect(page.locator("#certificates li:visible")).to_have_count(1)
    await page.get_by_role("searchbox").fill("没有这种证")
    await expect(page.get_by_text("没有找到。")).to_be_visible()
    await page.get_by_role("searchbox").fill("出生")
    await page.locator("#certificates li:visible button").click()
    await on(page, "继续")
    await expect(page.locator("fieldset.ward")).to_be_hidden()
    await page.get_by_label("我未成年子女的证件").check()
    await expect(page.locator("fieldset.ward")).to_be_visible()

    assert await page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]
    await context.close()


@pytest.mark.parametrize("scripts", [True, False])
async def test_only_what_concerns_the_chosen_seals_and_copy_is_asked(
    browser: Browser, service: str, scripts: bool
) -> None:
    context = await opened(browser, service, scripts)
    page = await context.new_page()
    await page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
    await page.goto("/sign-in?next=/declare?certificate=company-seal")
    await page.get_by_role("button", name="潍坊某某商贸有限公司").click()
    await on(page, "继续")
    codes = page.locator("[name^='number.']:visible")
    await expect(codes).to_have_count(0)
    await page.get_by_label("公章", exact=True).check()
    await page.get_by_label("财务专用章", exact=True).check()
    await expect(codes).to_have_count(2)
    assert await page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]

    await page.goto("/declare?certificate=business-license")
    await on(page, "继续")
    await expect(page.get_by_label("副本编号")).to_be_hidden()
    await page.get_by_label("副本", exact=True).check()
    await expect(page.get_by_label("副本编号")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]
    await context.close()


async def test_the_keyboard_alone_is_enough_and_focus_is_seen(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/")
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    first = page.locator("main a").first
    await expect(first).to_be_focused()

    outline = await first.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline == "solid"
    await context.close()


HEADINGS = [
    "丢的是什么证件？",
    "接下来要办什么？",
    "证件和持证人",
    "怎么不见的？",
    "核对，然后发布",
]
TYPED = {"JY13799990000038": "number", "2020-05-03": "issued_on", "13800004321": "contact.phone"}


async def steps(page: Page, number: str = "JY13799990000038") -> None:
    """From the start to the check, with a step on which something is wrong at first."""
    await page.goto("/sign-in?next=/declare")
    await page.get_by_role("button", name="潍坊市奎文区某某餐饮店").click()
    await page.get_by_role("button", name="食品经营许可证").first.click()
    await on(page, "继续")
    await page.get_by_label("副本", exact=True).check()
    await page.get_by_label("许可证编号").fill(number)
    await page.get_by_label("发证日期").fill("2020-05-03")
    await on(page, "继续")
    await expect(page.get_by_role("alert")).to_contain_text("发证机关在哪里")
    await page.get_by_label("发证机关在哪里？").select_option("370705")
    await on(page, "继续")
    await page.get_by_label("损毁").check()
    await page.get_by_label("联系电话").fill("13800004321")
    await on(page, "继续")
    await expect(page.get_by_role("heading", level=1)).to_have_text(HEADINGS[-1])


async def as_it_was_left(page: Page, heading: str) -> None:
    """No question whether to send a form again, and what was typed in its place."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    for value, name in TYPED.items():
        field = page.locator(f"input[name='{name}']:visible")
        if await field.count():
            await expect(field).to_have_value(value)
    match heading:
        case "证件和持证人":
            await expect(page.get_by_label("副本", exact=True)).to_be_checked()
            await expect(page.get_by_label("发证机关在哪里？")).to_have_value("370705")
        case "怎么不见的？":
            await expect(page.get_by_label("损毁")).to_be_checked()
        case "核对，然后发布":
            await expect(page.locator(".statement")).to_contain_text("JY13799990000038")


def cached(profile: Path) -> bytes:
    """All that a browser has in its caches."""
    files = [path for path in profile.rglob("*Cache*/**/*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_back_forward_and_reload_lead_to_each_step_and_nothing_of_them_is_stored(
    browser: Browser, service: str, scripts: bool, tmp_path: Path
) -> None:
    context = await browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=chromium(), args=FLAGS, base_url=service,
        java_script_enabled=scripts, locale="zh-CN",
    )  # fmt: skip
    page = await context.new_page()
    stored, addresses = [], []

    def look(answer: Response) -> None:
        addresses.append(answer.url)
        if answer.request.resource_type == "document" and "/declare" in answer.url:
            stored.append(answer.headers.get("cache-control"))

    page.on("response", look)
    await steps(page)
    # The step that was wrong at first is one of them, in the state in which it was sent on.
    way_back = [HEADINGS[3], HEADINGS[2], HEADINGS[2], *reversed(HEADINGS[:2])]
    for heading in way_back:
        await page.go_back()
        await as_it_was_left(page, heading)
        await page.reload()
        await as_it_was_left(page, heading)
    for heading in [*reversed(way_back[:-1]), HEADINGS[4]]:
        await page.go_forward()
        await as_it_was_left(page, heading)

    assert set(stored) == {"no-store"}
    assert not [url for url in addresses if any(value in url for value in TYPED)]
    await context.close()
    kept = cached(tmp_path)
    assert b"site.css" in kept  # the cache that is meant
    for value in (*TYPED, "潍坊市奎文区某某餐饮店", "92379999MA0000023B"):
        assert value.encode() not in kept, value


async def test_back_after_publishing_says_that_it_is_published(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await steps(page, "JY13799990000046")
    await on(page, "发布声明")  # nothing agreed to
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("我同意公开").check()
    await page.get_by_label("我保证以上内容真实").check()
    await on(page, "发布声明")
    await expect(page.get_by_role("heading", level=1)).to_have_text("声明已发布")
    id = page.url.rpartition("/")[2]
    for _ in range(3):
        await page.go_back()
        await expect(page.get_by_role("heading", level=1)).to_have_text("这份声明已经发布")

    await page.locator(f"a[href='/notices/{id}']").click()
    assert page.url.endswith(f"/notices/{id}")
    await context.close()


async def test_what_another_window_changed_is_shown_before_it_is_published(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    one, other = await context.new_page(), await context.new_page()
    await steps(one)
    await one.get_by_label("我同意公开").check()
    await one.get_by_label("我保证以上内容真实").check()
    await other.goto(one.url)
    await other.get_by_role("button", name="修改 怎么不见的").click()
    await other.get_by_label("被盗").check()
    await on(other, "继续")
    await expect(other.locator(".answers")).to_contain_text("被盗")
    await on(one, "发布声明")

    await expect(one.get_by_role("alert")).to_contain_text("在别的窗口里改过")
    await expect(one.locator(".answers")).to_contain_text("被盗")
    await expect(one.get_by_label("我同意公开")).not_to_be_checked()
    await one.go_back()
    await as_it_was_left(one, HEADINGS[4])
    await context.close()


async def test_who_signs_in_when_it_is_chosen_goes_back_without_sending_anything_again(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/declare")
    first = await page.get_by_role("heading", level=1).inner_text()
    await page.get_by_role("button", name="食品经营许可证").first.click()
    await page.get_by_role("button", name="潍坊市奎文区某某餐饮店").click()
    await expect(page.get_by_label("食品经营许可证补办")).to_be_visible()
    for heading in ("以单位身份登录", first):
        await page.go_back()
        await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    await context.close()


async def test_a_session_that_ends_halfway_costs_a_sign_in_and_nothing_else(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await steps(page)
    await page.get_by_role("button", name="修改 怎么不见的").click()
    await page.get_by_label("被盗").check()
    await context.clear_cookies()
    await on(page, "继续")
    await expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    await page.get_by_role("button", name="潍坊市奎文区某某餐饮店").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(HEADINGS[4])
    await expect(page.locator(".answers")).to_contain_text("被盗")
    for heading in ("登录", HEADINGS[3], HEADINGS[4]):
        await page.go_back()
        await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    await context.close()


async def test_an_objection_whose_session_ended_is_filed_by_whoever_signs_in_again(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await steps(page, "JY13799990000054")
    await page.get_by_label("我同意公开").check()
    await page.get_by_label("我保证以上内容真实").check()
    await on(page, "发布声明")
    id = page.url.rpartition("/")[2]
    await context.clear_cookies()
    await page.goto(f"/notices/{id}/object")
    await page.get_by_role("button", name="张伟").click()
    await page.get_by_label("证件号码").fill("JY13799990000054")
    await page.get_by_label("说明情况").fill("证件在我手里。")
    await page.get_by_label("材料").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": picture("PNG")}
    )
    await context.clear_cookies()
    await on(page, "提出异议")
    await expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    assert "证件在我手里" not in await page.content()
    await page.get_by_role("button", name="张伟").click()
    await expect(page.get_by_label("说明情况")).to_have_value("证件在我手里。")
    await expect(page.get_by_label("证件号码")).to_have_value("JY13799990000054")
    await page.reload()
    await expect(page.get_by_label("说明情况")).to_have_value("证件在我手里。")
    await page.get_by_label("证件没有丢").check()
    await on(page, "提出异议")
    await expect(page.get_by_role("heading", level=1)).to_have_text("异议已收到")
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("异议已收到")
    await context.close()


async def test_who_types_localhost_signs_in_as_well(browser: Browser, service: str) -> None:
    """To a browser it is another site than the one that links lead to."""
    context = await opened(browser, service)
    page = await context.new_page()

    await page.goto(service.replace("127.0.0.1", "localhost") + "/mine")
    await page.get_by_role("button", name="潍坊市奎文区某某餐饮店").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("我的声明")
    assert page.url == f"{service}/mine"
    await page.goto(service.replace("127.0.0.1", "localhost"))
    await expect(page.locator(".who")).to_have_text("潍坊市奎文区某某餐饮店")
    await context.close()


async def test_an_officer_decides_on_the_smallest_phone_without_scripts(
    browser: Browser, service: str
) -> None:
    number = "JY13799990000072"
    declarant, objector = (api.client(service, headers={"Origin": service}) for _ in range(2))
    with declarant, objector:
        api.sign_in(declarant, RESTAURANT)
        body = declaration(number=number, confirm_unusual_number=True)
        id = api.declare(declarant, body).id
        api.sign_in(objector, ANNA)
        words = {"number": number, "ground": "not_lost", "text": "证件在我手里。" + "x" * 90}
        assert objector.post(api.of(id, "objections"), json=words).status_code == 201
    context = await opened(browser, service, scripts=False)
    assert (await context.request.post("/api/v1/demo/login", data=OFFICER)).status == 204
    page = await context.new_page()
    wrong = watched(page, service)
    await page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]

    async def looked_at() -> None:
        await page.wait_for_load_state()
        await page.get_by_role("contentinfo").wait_for()
        assert await page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]
        assert await page.evaluate(TOO_FAINT) == []

    await page.goto("/")
    await page.get_by_role("link", name="审核台").click()
    await looked_at()
    await page.locator(f'a[href="/desk/{id}"]').first.click()
    await looked_at()
    await on(page, "查看")  # what for is not said
    await expect(page.get_by_role("alert")).to_contain_text("为什么要看")
    await page.get_by_role("radio", name="异议").first.check()
    await looked_at()
    await on(page, "查看")
    await looked_at()
    await on(page, "作出决定")
    await page.get_by_role("textbox", name="理由").fill("有证件原件的照片")
    await on(page, "作出决定")  # which one is not said
    await expect(page.get_by_role("alert")).to_contain_text("怎样决定")
    await looked_at()
    await page.get_by_role("radio", name="受理异议").first.check()
    await on(page, "作出决定")
    await expect(page.get_by_role("status")).to_contain_text("已受理异议")
    await looked_at()
    await page.go_back()  # never to a question whether to send the form again
    await expect(page.get_by_role("heading", level=1)).to_have_text("作出决定")
    assert wrong == []
    await context.close()


async def test_whoever_checked_a_number_comes_back_to_the_answer(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/sign-in")
    await page.get_by_role("button", name="张伟").click()
    await page.goto("/verify")
    await page.get_by_label("证件号码").fill("JY13799990000011")
    await page.locator("main").get_by_role("button", name="核验", exact=True).click()
    answer = await page.get_by_role("heading", level=1).inner_text()
    await page.locator("a.brand").click()
    await page.go_back()

    await expect(page.get_by_role("heading", level=1)).to_have_text(answer)
    assert "张伟" not in await page.content()
    await context.close()


# As if the session ended in so many seconds, and the clock had gone on until then.
NEARLY_OVER = """(left) => {
  const now = Date.now, ahead = Number(document.body.dataset.left) * 1000 - left * 1000;
  Date.now = () => now() + ahead;
  window.dispatchEvent(new Event("pageshow"));
}"""


async def test_a_session_says_that_it_ends_and_goes_on_by_one_press(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
    await page.goto("/sign-in")
    await page.get_by_role("button", name="张伟").click()
    await page.goto("/declare?certificate=birth-medical-certificate")
    until = page.get_by_role("link", name="延长登录")
    await expect(until).to_be_visible()

    async def nearly_over(route: Route) -> None:
        body = '<body data-left="200" data-longest="28800">'
        await route.fulfill(status=200, content_type="text/html", body=body)

    await page.route("**/session", nearly_over)
    await page.evaluate(NEARLY_OVER, 200)
    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_be_visible()
    extend = dialog.get_by_role("button", name="接着办，延长登录")
    await expect(extend).to_be_focused()
    assert not await page.evaluate(TOO_FAINT)
    await page.unroute("**/session")
    async with page.expect_response(lambda one: one.request.method == "POST") as posted:
        await extend.click()
    assert (await posted.value).status == 303
    await expect(dialog).to_be_hidden()
    await expect(page.locator("#session-told")).to_have_text("已经延长，可以接着办。")

    await page.route("**/session", lambda route: route.abort())
    await page.evaluate(NEARLY_OVER, -1)
    await expect(page.locator("#session-told")).to_contain_text("登录到时间了")
    await context.close()
