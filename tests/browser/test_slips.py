"""A slip that is printed: one page of each paper, black on white, with a code that is read."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests import api
from tests.api import declaration
from tests.browsing import PHONE, TOO_FAINT, on, opened, watched
from tests.packages import needs
from tests.printed import run, scanned
from tests.samples import OFFICER, RESTAURANT

pytestmark = [pytest.mark.browser, needs("zbar-tools", "poppler-utils")]

MATTER = "food-operation-license.reissue"


@pytest.fixture(scope="module")
def contested(service: str) -> str:
    """A notice with the most to say on a slip: an objection was admitted."""
    with api.client(service) as client, api.client(service) as officer:
        api.sign_in(client, RESTAURANT)
        number = "JY13799990000095"
        answer = client.post(api.NOTICES, json=declaration(number=number))
        assert answer.status_code == 201, answer.text
        id: str = answer.json()["id"]
        stranger = {"kind": "person", "name": "赵六", "identifier": "379999190001030037"}
        api.sign_in(client, stranger)
        objection = {"number": number, "ground": "not_lost", "text": "没有丢。"}
        assert client.post(api.of(id, "objections"), json=objection).status_code == 201
        api.sign_in(officer, OFFICER)
        decision = {"decision": "admit", "reason": "需要核实。"}
        assert officer.post(api.of(id, "decisions"), json=decision).status_code == 201
    return id


@pytest.mark.parametrize(("paper", "points"), [("a4", (595, 842)), ("80mm", (227, 842))])
async def test_a_slip_fills_one_page_without_scripts_and_its_code_opens_on_the_status(
    browser: Browser,
    service: str,
    contested: str,
    tmp_path: Path,
    paper: str,
    points: tuple[int, int],
) -> None:
    context = await opened(browser, service, scripts=False)
    page = await context.new_page()
    for language in ("zh", "en"):
        await page.goto(f"/notices/{contested}/slip?paper={paper}&matter={MATTER}&lang={language}")
        await expect(page.locator(".slip-mark")).to_contain_text("有异议")
        await expect(page.get_by_role("button", name="打印")).to_have_count(0)
        file = tmp_path / "slip.pdf"
        pdf = await page.pdf(path=file, prefer_css_page_size=True)
        told = run("pdfinfo", file)

        assert re.search(r"^Pages: +1$", told, re.MULTILINE), language
        size = re.search(r"^Page size: +([\d.]+) x ([\d.]+)", told, re.MULTILINE)
        assert size is not None
        assert (round(float(size[1])), round(float(size[2]))) == points
        words = "".join(run("pdftotext", file, "-").split())
        assert "窗口不能凭这份公告办理" in words
        assert "查找公告" not in words
        address = scanned(pdf, tmp_path)
        assert address.endswith(f"/notices/{contested}")
    await page.goto(address)
    await expect(page.locator("main .badge").first).to_have_text("有异议，处理中")
    await context.close()


async def test_a_slip_is_read_on_a_phone_and_printed_by_a_button(
    browser: Browser, service: str, contested: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    wrong = watched(page, service)
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await page.emulate_media(color_scheme="dark")
    await page.goto(f"/notices/{contested}")
    await page.get_by_role("link", name="办事单（交给窗口）").click()
    await page.wait_for_load_state()
    await page.evaluate("window.print = () => { document.title = 'printed' }")
    assert await page.evaluate(TOO_FAINT) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await on(page, "打印")
    await expect(page).to_have_title("printed")
    await page.get_by_role("link", name="换成 80 毫米小票").click()
    await expect(page.locator(".slip.roll")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    assert wrong == []
    await context.close()
