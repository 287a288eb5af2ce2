"""Declaring in a real browser: what it costs, by the keyboard alone, and what its scripts add."""

from collections import Counter
from itertools import count

import pytest
from playwright.async_api import Browser, Locator, Page, Response, expect

from notices.facts.numbers import CHECK_DIGITS, has_resident_id_shape, has_uscc_shape
from tests.browsing import opened, watched

pytestmark = pytest.mark.browser

# Check digits of GB/T 17710; two numbers for each way to go.
FOOD = {True: "JY13799990001006", False: "JY13799990001014"}
SHOP = "潍坊市奎文区某某餐饮店"
TOBACCO = count(379999700001)


class Journey:
    """A declaration, with what it costs: pages that come, presses of the mouse, fields filled."""

    def __init__(self, page: Page) -> None:
        self.page, self.cost = page, Counter[str]()
        page.on("response", self._came)

    def _came(self, answer: Response) -> None:
        if answer.request.resource_type == "document" and answer.status != 303:
            self.cost["pages"] += 1

    async def click(self, what: Locator) -> None:
        self.cost["clicks"] += 1
        await what.click()

    async def press(self, name: str) -> None:
        await self.click(self.page.locator("main").get_by_role("button", name=name).last)

    async def fill(self, name: str, text: str) -> None:
        self.cost["fields"] += 1
        field = self.page.locator(f"#{name}")
        await (field.select_option(text) if name == "region" else field.fill(text))

    async def to_the_check(self, number: str) -> None:
        await self.page.goto("/")
        await self.click(self.page.locator("main").get_by_role("link", name="声明遗失"))
        await self.click(self.page.get_by_role("button", name="食品经营许可证").first)
        await self.click(self.page.get_by_role("button", name=SHOP))
        await self.press("继续")
        await self.click(self.page.get_by_text("正本", exact=True))
        await self.fill("number", number)
        await self.fill("region", "370705")
        await self.press("继续")
        await self.click(self.page.locator("label[for=cause]"))
        await self.press("继续")

    async def publish(self) -> None:
        await self.click(self.page.get_by_label("我同意公开"))
        await self.click(self.page.get_by_label("我保证以上内容真实"))
        await self.press("发布声明")
        await expect(self.page.get_by_role("heading", level=1)).to_have_text("声明已发布")

    async def another(self) -> None:
        name = "烟草专卖零售许可证 正本"
        await self.click(self.page.get_by_role("button", name=name, exact=True))
        await self.fill("number", str(next(TOBACCO)))
        await self.press("继续")

    def spent(self) -> Counter[str]:
        spent, self.cost = self.cost, Counter[str]()
        return spent


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_declaration_costs_eleven_clicks_and_each_further_paper_four_at_most(
    browser: Browser, service: str, scripts: bool
) -> None:
    context = await opened(browser, service, scripts)
    page = await context.new_page()
    wrong = watched(page, service)
    journey = Journey(page)
    await journey.to_the_check(FOOD[scripts])
    before = journey.spent()
    await journey.press("再加一份一起丢的证件")
    await journey.another()
    further = journey.spent()
    await expect(page.locator(".statement")).to_have_count(2)
    await journey.publish()
    whole = before + journey.spent()
    await expect(page.locator(".reference")).to_have_count(2)
    await journey.click(page.get_by_role("link", name="再加一份一起丢的证件"))
    await journey.another()
    await journey.press("发布声明")
    await expect(page.get_by_role("heading", level=1)).to_have_text("声明已发布")
    afterwards = journey.spent()
    await page.go_back()
    await expect(page.get_by_role("heading", level=1)).to_have_text("这份声明已经发布")

    assert whole == {"pages": 8, "clicks": 11, "fields": 2}
    assert further == {"pages": 3, "clicks": 3, "fields": 1}
    assert afterwards == {"pages": 4, "clicks": 4, "fields": 1}
    assert wrong == []
    await context.close()


async def reached(page: Page, what: Locator) -> None:
    """Goes to `what` by the Tab key."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        if await what.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not reach {what}")


async def pressed(page: Page, what: Locator, key: str = "Enter") -> None:
    await reached(page, what)
    await page.keyboard.press(key)


async def test_the_keyboard_alone_is_enough_for_two_papers(browser: Browser, service: str) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/sign-in?next=/declare")
    await pressed(page, page.get_by_role("button", name=SHOP))
    await reached(page, page.locator("#find"))
    await page.keyboard.type("食品经营")
    await pressed(page, page.locator("#certificates li:visible button").first)
    await pressed(page, page.locator("#matter"), "Space")
    await page.keyboard.press("Enter")
    await pressed(page, page.locator("#copies"), "Space")
    await reached(page, page.locator("#number"))
    await page.keyboard.type("JY13799990001022")
    await reached(page, page.locator("#region"))
    await page.keyboard.press("ArrowDown")
    await pressed(page, page.get_by_role("button", name="继续"))
    await pressed(page, page.locator("#cause"), "Space")
    await page.keyboard.press("Enter")
    await pressed(page, page.get_by_role("button", name="再加一份一起丢的证件"))
    await pressed(page, page.get_by_role("button", name="烟草专卖零售许可证 副本", exact=True))
    await reached(page, page.locator("#number"))
    await page.keyboard.type(str(next(TOBACCO)))
    await page.keyboard.press("Enter")
    await expect(page.locator(".statement")).to_have_count(2)
    await pressed(page, page.locator("#publication_consent"), "Space")
    await pressed(page, page.locator("#truthful"), "Space")
    await page.keyboard.press("Enter")

    await expect(page.locator(".reference")).to_have_count(2)
    await context.close()


NUMBERS = [
    "92379999MA0000023B", "92379999MA0000023C", "9237999OMA0000023B", "91379999MA0000015K",
    "37999919000101001X", "379999190001010012", "379999190001020023", "37999919000102002",
    "JY13799990000011", "JY13799990000012", "3799990000011", "3799990000012", "12", "1", "",
    "SC10137999900018", "SC10137999900019", "鲁餐证字20990001号",
]  # fmt: skip
SHAPES = {"uscc": has_uscc_shape, "id18": has_resident_id_shape}


async def test_a_check_digit_is_told_as_the_server_judges_it_and_not_at_each_key(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/sign-in?next=/declare?certificate=food-operation-license")
    await page.get_by_role("button", name=SHOP).click()
    await page.locator("button[value=number]").last.click()
    await page.wait_for_load_state()  # its scripts too
    told = await page.evaluate(
        "numbers => Object.fromEntries(Object.entries(checkDigits).map("
        "([rule, fits]) => [rule, numbers.map(fits)]))",
        NUMBERS,
    )
    for rule, answers in told.items():
        for number, fits in zip(NUMBERS, answers, strict=True):
            judged = CHECK_DIGITS[rule](number)
            assert fits is not False if judged else fits is False, (rule, number)
            if rule in SHAPES:
                assert (fits is not None) == SHAPES[rule](number), (rule, number)

    said = page.locator(".check-digit")
    heard = "window.heard = []; new MutationObserver(() => heard.push(document.querySelector("
    await page.evaluate(
        heard + "'.check-digit').textContent)).observe(document.querySelector('.check-digit'),"
        " { childList: true, characterData: true, subtree: true })"
    )
    await page.locator("#number").press_sequentially("JY13799990000012", delay=5)
    await expect(said).to_have_text("校验码不对，请再核对一遍每一位。")
    await page.locator("#number").fill("JY13799990000011")
    await expect(said).to_have_text("校验码对得上。")
    assert await page.evaluate("heard.length") == 2
    await context.close()


async def test_what_is_declared_elsewhere_is_told_where_while_it_is_looked_for(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/declare")
    elsewhere = page.locator("#elsewhere")
    await expect(elsewhere.get_by_text("身份证：公安派出所")).to_be_hidden()
    await page.locator("#find").fill("身份证")
    await expect(elsewhere.get_by_text("身份证：公安派出所")).to_be_visible()
    await expect(elsewhere.get_by_text("发卡银行")).to_be_hidden()
    await expect(page.locator(".none")).to_be_hidden()
    await page.locator("#find").fill("没有这种证")
    await expect(page.locator(".none")).to_be_visible()
    await expect(elsewhere.get_by_text("身份证：公安派出所")).to_be_hidden()
    await context.close()
