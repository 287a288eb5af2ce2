"""The numbers can be read by everybody: with large letters, in the dark, by a screen reader."""

import pytest
from playwright.async_api import Browser

from tests import api
from tests.api import declaration
from tests.browsing import TOO_FAINT, opened, watched
from tests.publishing import until
from tests.samples import RESTAURANT

pytestmark = pytest.mark.browser

LARGER = "document.documentElement.style.setProperty('font-size', '36px')"
OPENED = "document.querySelectorAll('main details').forEach(each => each.open = true)"
TOO_WIDE = """() => [...document.querySelectorAll("main *")]
  .filter((each) => each.checkVisibility())
  .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((each) => each.outerHTML.slice(0, 80))"""
CHARTS = """() => [...document.querySelectorAll("main svg[role=img]")].map((each) =>
  each.getAttribute("aria-labelledby").split(" ")
    .map((id) => document.getElementById(id).textContent))"""
DRAWN = """() => [...document.querySelectorAll("main svg rect")]
  .map((each) => each.getBoundingClientRect()).filter((each) => each.width > 0 && each.height > 0)
  .length"""


async def test_the_numbers_are_drawn_named_and_fit_a_phone_with_letters_twice_as_large(
    browser: Browser, service: str
) -> None:
    with api.client(service) as client:

        async def counted() -> bool:
            return bool(client.get("/statistics.json").json()["by_region"])

        if not await counted():
            api.sign_in(client, RESTAURANT)
            body = declaration(number="JY13799990000500", confirm_unusual_number=True)
            assert client.post(api.NOTICES, json=body).status_code == 201
            await until(counted)
    context = await opened(browser, service, scripts=False)
    try:
        page = await context.new_page()
        wrong = watched(page, service)
        for language, scheme in (("zh", "dark"), ("en", "light")):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.goto(f"/statistics?lang={language}")
            # What the page says to whoever cannot see it: of each chart what it is, and more.
            charts = await page.evaluate(CHARTS)
            assert len(charts) == 2
            assert all(title and description for title, description in charts)
            assert await page.evaluate(DRAWN) >= 3
            await page.evaluate(OPENED)
            assert await page.evaluate(TOO_FAINT) == []
            await page.evaluate(LARGER)
            assert await page.evaluate(TOO_WIDE) == []
        assert wrong == []
    finally:
        await context.close()
