"""Who runs this stands on every page, and whom one calls wherever somebody does not get on."""

import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from notices.app import create_app
from notices.deployment import Deployment, site_and_catalogue
from notices.settings import Settings
from tests.conftest import BASE

pytestmark = pytest.mark.asyncio(loop_scope="session")

CITY = """
authority = { zh = "潍坊市<行政审批>服务局", en = "Weifang Approvals" }
city = "潍坊市"
telephone = "0536-2512345"
hours = "工作日"
icp = "鲁ICP备12345678号-1"
police_record = "鲁公网安备37079902000001号"
[[counter]]
matters = ["food-operation-license.reissue"]
name = "七号窗口"
address = "东风街 1 号"
telephone = "（0536）2512346"
hours = "全天"
[[accepts]]
matters = ["food-operation-license.reissue"]
since = 2026-03-01
source = "潍审批〔2026〕2 号"
"""
CALL = 'href="tel:05362512345"'


@asynccontextmanager
async def served(deployment: Deployment, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    site, certificates = site_and_catalogue(settings)
    here = dataclasses.replace(deployment, settings=settings, site=site, catalogue=certificates)
    app = create_app(settings, here)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client
    await app.state.finder.breaker.close()


@pytest.fixture
def city(another_settings: Callable[..., Settings], tmp_path: Path) -> Settings:
    file = tmp_path / "site.toml"
    file.write_text(CITY, "utf-8")
    return another_settings(demo=False, site=file)


async def test_every_page_says_who_runs_this_and_links_the_records_as_text(
    database: None, deployment: Deployment, city: Settings
) -> None:
    async with served(deployment, city) as client:
        pages = [await client.get(path) for path in ("/", "/notices", "/verify", "/nothing")]
        english = await client.get("/?lang=en")
        catalogue = (await client.get("/api/v1/catalogue")).json()
        guide = (await client.get("/help/food-operation-license")).text

    for page in pages:
        assert "主办：<span>潍坊市&lt;行政审批&gt;服务局</span>" in page.text
        assert '<span class="city">潍坊市</span>' in page.text
        assert (
            '<a href="https://beian.miit.gov.cn/" rel="noopener external">鲁ICP备12345678号-1</a>'
            in page.text
        )
        assert "https://beian.mps.gov.cn/#/query/webSearch?code=37079902000001" in page.text
        assert CALL in page.text
    assert "Run by <span>Weifang Approvals</span>" in english.text
    [matter] = [each for each in catalogue["matters"] if each["counter"]]
    assert matter["id"] == "food-operation-license.reissue"
    assert matter["counter"]["name"] == "七号窗口"
    assert 'href="tel:05362512346">（0536）2512346</a>' in guide
    assert matter["accepts"] == {"since": "2026-03-01", "source": "潍审批〔2026〕2 号"}
    assert catalogue["version"] == f"{site_and_catalogue(city)[1].version}"


async def test_whoever_does_not_get_on_is_told_whom_to_call(
    database: None, deployment: Deployment, city: Settings
) -> None:
    asked: dict[str, dict[str, Any]] = {
        "nothing found": {"method": "GET", "url": "/notices?q=Q7Z3W1"},
        "no such page": {"method": "GET", "url": "/nothing"},
        "a wrong number": {"method": "POST", "url": "/verify", "data": {"number": "无"}},
        "sign-in is closed": {"method": "GET", "url": "/sign-in"},
    }
    async with served(deployment, city) as client:
        told = {name: (await client.request(**each)).text for name, each in asked.items()}

    for name, page in told.items():
        main = page.partition("<main")[2].partition("</main>")[0]
        assert CALL in main, name
        assert "办不下去，可以打电话" in main, name


async def test_where_the_city_says_nothing_nothing_is_claimed(
    database: None, deployment: Deployment, another_settings: Callable[..., Settings]
) -> None:
    async with served(deployment, another_settings(demo=False)) as client:
        pages = [(await client.get(path)).text for path in ("/", "/nothing", "/sign-in")]

    for page in pages:
        for words in ("主办", "tel:", "beian", 'class="city"', "打电话"):
            assert words not in page
