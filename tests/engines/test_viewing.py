"""The view for elders: it stays on, for whoever chose it, and nobody else is shown it."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.engines.test_pages import published

ON = {"view": "elder"}
HERE = "/notices?q=a&lang=en"


def in_it(page: httpx.Response) -> bool:
    return 'class="elder"' in page.text.partition("<head>")[0]


async def test_the_view_stays_on_every_page_until_it_is_switched_off(
    client: httpx.AsyncClient,
) -> None:
    before = await client.get("/")
    chosen = await client.post("/view", params={"next": HERE}, data=ON)
    pages = [await client.get(path) for path in ("/", "/verify", "/nothing", "/notices?lang=en")]
    left = await client.post("/view", data={"view": "usual"})

    assert not in_it(before)
    assert (chosen.status_code, chosen.headers["location"]) == (303, HERE)
    assert "Max-Age=31536000" in chosen.headers["set-cookie"]
    assert all(map(in_it, pages))
    assert (left.status_code, in_it(await client.get("/"))) == (303, False)


async def test_no_cache_gives_one_persons_view_to_another(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        page = await client.get("/")
        assert page.headers["vary"].lower().split(", ").count("cookie") == 1
        assert page.headers["cache-control"] == "private, no-cache"
        await client.post("/view", data=ON)


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
async def test_the_switch_leads_to_no_other_site(client: httpx.AsyncClient, next: str) -> None:
    for method in ("GET", "POST"):
        answer = await client.request(method, "/view", params={"next": next}, data=ON)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_each_page_offers_the_switch_and_the_way_back_to_itself(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/notices?q=%E9%A4%90&lang=en&utm_source=x")).text

    [action] = re.findall(r'action="([^"]+)" class="view"', page)
    query = parse_qs(urlsplit(unescape(action)).query)
    assert query == {"next": ["/notices?q=%E9%A4%90&lang=en"], "lang": ["en"]}
    assert 'name="view" value="elder"' in page


async def test_a_link_that_is_passed_on_shows_title_picture_and_description_and_no_person(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    id = await published(restaurant)
    page = await client.get(f"/notices/{id}")

    og = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page.text))
    assert og["title"] == "食品经营许可证遗失声明：已声明作废"
    assert og["url"] == f"http://testserver.example/notices/{id}"
    assert id[:4] in og["description"]
    picture = await client.get(og["image"])
    assert picture.headers["content-type"] == "image/png"
    for told in ("餐饮店", "JY13799990000011", "92379999"):
        assert told not in "".join(og.values())
    for path in ("/mine", f"/notices/{id}"):  # whoever is signed in passes nothing on
        assert "og:" not in (await anna.get(path)).text
    assert "og:" not in (await client.get("/nothing")).text
