"""A clerk has a file checked, on a phone and by a key."""

import csv
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from tests import api, commands
from tests.browsing import SMALLEST, TOO_FAINT, on, opened, watched
from tests.samples import RESTAURANT
from tests.service import Service, running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("files") / "data") as service:
        with service.client() as client:
            api.sign_in(client, RESTAURANT)
            api.declare(client, api.declaration())
        yield service


@pytest.fixture(scope="module")
def key(own: Service) -> str:
    environment = {**os.environ, "DATA": str(own.data)}
    done = commands.run(environment, "agencies", "add", "寒亭银行", "--scope", "batch")
    found = re.search(r"notices_live_\w+", done.stdout)
    assert found is not None, done.stderr
    return found[0]


async def test_a_file_comes_back_with_answers_and_figures(
    browser: Browser, own: Service, key: str, tmp_path: Path
) -> None:
    book = tmp_path / "登记表.csv"
    book.write_text(
        "证件种类,证件号码\n食品经营许可证,JY13799990000011\n食品经营许可证,\n", "utf-8"
    )
    context = await opened(browser, own.url)
    page = await context.new_page()
    await page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
    wrong = watched(page, own.url)
    await page.goto("/agencies/check")

    await page.get_by_label("文件").set_input_files(book)
    await on(page, "核验这份文件")
    await expect(page.get_by_role("alert")).to_contain_text("登录", timeout=30_000)
    await page.get_by_label("机关密钥").fill(key)
    other = tmp_path / "另一份.csv"
    other.write_text("证件号码\n1\n", "utf-8")

    async def meanwhile(route: Route) -> None:
        await page.get_by_label("文件").set_input_files(other)
        await route.continue_()

    await page.route("**/verifications/batch/*", meanwhile)
    await on(page, "核验这份文件")

    await expect(page.get_by_role("heading", name="核验完了")).to_be_focused(timeout=30_000)
    assert await page.get_by_role("row", name="已声明作废").inner_text() == "已声明作废\t1"
    await expect(page.get_by_role("row", name="号码有问题的")).to_contain_text("1")
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="下载答复").click()
    file = await downloading.value
    assert file.suggested_filename == "登记表-answers.csv"
    rows = list(csv.reader((await file.path()).read_text("utf-8").splitlines()))
    assert [row[2] for row in rows[1:]] == ["invalid", ""]
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="签名的汇总").click()
    summary = json.loads((await (await downloading.value).path()).read_text())
    assert (summary["rows"], "signature" in summary) == (2, True)
    assert await page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]
    assert await page.evaluate(TOO_FAINT) == []
    assert [each for each in wrong if not each.startswith("blob:")] == []
    await context.close()


async def test_a_file_that_is_none_is_refused_in_words_and_one_can_stop(
    browser: Browser, own: Service, key: str, tmp_path: Path
) -> None:
    book, large = tmp_path / "x.csv", tmp_path / "large.csv"
    book.write_text("姓名\n某\n", "utf-8")
    large.write_text("证件号码\n" + "JY13799990000011\n" * 2_000_000, "utf-8")
    context = await opened(browser, own.url)
    page = await context.new_page()
    await page.goto("/agencies/check")
    await page.get_by_label("机关密钥").fill(key)

    await page.get_by_label("文件").set_input_files(book)
    await on(page, "核验这份文件")
    await expect(page.get_by_role("alert")).to_contain_text("证件号码", timeout=30_000)
    await page.get_by_label("文件").set_input_files(large)
    await on(page, "核验这份文件")
    await page.get_by_role("button", name="停止").click()
    await expect(page.get_by_role("alert")).to_contain_text("已停止")
    await context.close()
