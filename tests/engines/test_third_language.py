"""A language is a file and a line: a third, from right to left, of a dozen messages."""

import dataclasses
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
import pytest_asyncio

from notices import locale
from notices.app import create_app
from notices.changing.draft import ShownProblem
from notices.deployment import Deployment
from notices.facts import catalogue, durations
from notices.facts.errors import Problem
from notices.facts.texts import Message
from notices.locale import Language
from notices.settings import Settings
from notices.web.languages import shown_time
from tests.api import declaration
from tests.engines.test_sign_in import browser

pytestmark = pytest.mark.asyncio(loop_scope="session")

ARABIC = Path(__file__).parents[1] / "data" / "locale" / "ar"
LICENCE = "رخصة تشغيل غذائي"


@pytest.fixture
def arabic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    shutil.copytree(locale.FOLDER, tmp_path, dirs_exist_ok=True)
    shutil.copytree(ARABIC, tmp_path / "ar")
    monkeypatch.setattr(locale, "FOLDER", tmp_path)
    monkeypatch.setitem(locale.LANGUAGES, "ar", Language("ar", "ar"))
    yield
    locale._translations.cache_clear()


@pytest_asyncio.fixture(loop_scope="session")
async def reader(
    arabic: None, settings: Settings, deployment: Deployment, database: None
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on a service with that language, whose catalogue names one kind in it."""
    data = catalogue.read(catalogue.OWN_CATALOGUE)
    for each in data["certificates"]:
        if each["id"] == "food-operation-license":
            each["documents"][0]["name"]["ar"] = each["name"]["ar"] = LICENCE
    known = dataclasses.replace(deployment, catalogue=catalogue.made_of(data))
    async with browser(create_app(settings, known)) as client:
        yield client


async def test_a_page_is_in_the_third_language_and_leads_on_in_it(
    reader: httpx.AsyncClient,
) -> None:
    page = (await reader.get("/verify", params={"lang": "ar"})).text
    chinese = (await reader.get("/verify")).text

    assert '<html lang="ar" dir="rtl">' in page
    assert "انتقل إلى المحتوى" in page
    assert 'href="/declare?lang=ar">إعلان فقدان</a>' in page
    assert "<title>核验证件 · إعلانات فقدان الوثائق</title>" in page  # what nobody has translated
    assert '<a href="/verify" lang="zh-CN" hreflang="zh-CN">中文</a>' in page
    assert '<a href="/verify?lang=en" lang="en" hreflang="en">English</a>' in page
    assert '<a href="/verify?lang=ar" lang="ar" hreflang="ar">العربية</a>' in chinese


async def test_a_notice_is_shown_in_the_third_language(
    reader: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]

    page = (await reader.get(f"/notices/{id}", params={"lang": "ar"})).text

    assert LICENCE in page, "as the catalogue names what the notice has in two languages"
    assert "منذ " in page
    assert "الإعلان منشور بالصينية، ونصها هو الملزم." in page
    assert '<article class="official" lang="zh-CN" dir="ltr">' in page


async def test_an_error_is_in_the_third_language(reader: httpx.AsyncClient) -> None:
    page = await reader.get("/nowhere", params={"lang": "ar"})
    problem = await reader.get("/api/v1/nowhere", headers={"Accept-Language": "ar, en;q=0.5"})

    assert "<h1>لا توجد هذه الصفحة</h1>" in page.text
    assert problem.json()["title"] == "لا توجد هذه الصفحة."


async def test_what_is_wrong_with_a_value_is_said_in_the_third_language(
    reader: httpx.AsyncClient,
) -> None:
    answer = await reader.post("/api/v1/verifications", json={}, headers={"Accept-Language": "ar"})

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], error["message"]) == ("number", "هذا الحقل مطلوب.")


async def test_forms_keep_the_third_language(reader: httpx.AsyncClient) -> None:
    search = (await reader.get("/", params={"lang": "ar"})).text
    declaring = (await reader.get("/declare", params={"lang": "ar"})).text
    out = await reader.post("/sign-out", params={"lang": "ar"})

    for page in (search, declaring):
        assert '<input type="hidden" name="lang" value="ar">' in page
    assert (out.status_code, out.headers["location"]) == (303, "/?lang=ar")


async def test_a_kind_is_found_in_the_list_by_its_name_in_the_third_language(
    reader: httpx.AsyncClient,
) -> None:
    page = (await reader.get("/declare", params={"lang": "ar", "find": "غذائي"})).text

    assert 'value="food-operation-license"' in page
    assert f"Food operation licence {LICENCE}" in page, "site.js looks there"
    assert 'value="business-license"' not in page


async def test_a_problem_of_a_draft_is_kept_in_the_third_language(arabic: None) -> None:
    problem = Problem("kind", "bad_value", {"expected": Message("登录")})

    kept = msgspec.json.encode(ShownProblem.of(problem))
    shown = msgspec.json.decode(kept, type=ShownProblem).problem

    assert shown.message.in_("ar") == "此项的值不对：تسجيل الدخول。"
    assert shown.message.zh == problem.message.zh


async def test_forms_of_the_plural_and_dates_are_the_languages_own(arabic: None) -> None:
    day = 86_400
    forms = {n: durations.in_words(n * day).in_("ar") for n in (1, 2, 3, 11, 100)}

    assert shown_time("2026-11-29", "ar", with_clock=False) == "29 نوفمبر 2026"
    assert forms == {1: "يوم واحد", 2: "يومان", 3: "3 أيام", 11: "11 يومًا", 100: "100 يوم"}
