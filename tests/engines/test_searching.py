"""The search page: counts, filters, and what it says when it finds little or nothing."""

import asyncio
import dataclasses
import html
import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.facts.public.search import RawSearchPage, SearchPage
from notices.finding import Query
from notices.pages import not_here, searching
from tests.api import declaration

NUMBER = "JY13799990000011"
UNDERSTOOD = {"numbers": [], "words": [], "certificate": None, "ignored": [], "approximate": False}
Find = Callable[[Query], Awaitable[SearchPage]]
Finds = Callable[..., list[Query]]


def answer(query: Query, **changes: Any) -> SearchPage:
    """What the finder says when it finds nothing, with `changes`."""
    said: dict[str, Any] = {
        "total": 0, "total_is_exact": True, "page": query.page, "per_page": query.per_page,
        "notices": [], "degraded": False,
        "facets": {"certificate": {}, "region": {}, "status": {}, "year": {}},
        "interpreted": UNDERSTOOD,
    }  # fmt: skip
    said |= changes
    said["notices"] = [{"highlights": {}} | notice for notice in said["notices"]]
    return msgspec.convert(said, SearchPage)


@pytest.fixture
def finds(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> Finds:
    """Makes the finder answer as told; returns the list of what it will be asked."""

    def make(told: Find | None = None, **changes: Any) -> list[Query]:
        asked: list[Query] = []

        async def found(query: Query) -> RawSearchPage:
            asked.append(query)
            page = await told(query) if told else answer(query, **changes)
            notices = [msgspec.Raw(msgspec.json.encode(each)) for each in page.notices]
            return RawSearchPage(**(msgspec.structs.asdict(page) | {"notices": notices}))

        monkeypatch.setattr(app.state.finder, "found", found)
        return asked

    return make


@pytest.fixture
def interpreted() -> Callable[..., dict[str, Any]]:
    def make(**changes: Any) -> dict[str, Any]:
        return UNDERSTOOD | changes

    return make


async def published(client: httpx.AsyncClient) -> dict[str, Any]:
    done = await client.post("/api/v1/notices", json=declaration(number=NUMBER))
    assert done.status_code == 201, done.text
    notice: dict[str, Any] = (await client.get(f"/api/v1/notices/{done.json()['id']}")).json()
    return notice


async def shown(client: httpx.AsyncClient, **params: str) -> str:
    """The text of the page's main part, without its tags."""
    page = await client.get("/notices", params=params)
    assert page.status_code == 200, page.text
    main = page.text.split("<main")[1].split("</main>")[0]
    return html.unescape(re.sub(r"<[^>]*>", "", main))


def options(page: str, name: str) -> list[str]:
    select = page.split(f'<select id="{name}"')[1].split("</select>")[0]
    return re.findall(r"<option[^>]*>([^<]*)</option>", select)


def selected(page: str, name: str) -> list[tuple[str, str]]:
    select = page.split(f'<select id="{name}"')[1].split("</select>")[0]
    return re.findall(r'<option value="([^"]*)" selected>([^<]*)</option>', select)


@pytest.mark.parametrize("page", ["1", "2", "50"])
async def test_every_page_of_too_many_says_how_to_find_the_rest(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, finds: Finds, page: str
) -> None:
    notice = await published(restaurant)
    finds(total=1001, notices=[notice])
    text = await shown(client, page=page)
    assert "只能翻看前 1000 条" in text
    assert text.index("共 1001 条公告") < text.index("只能翻看") < text.index("食品经营许可证")
    assert "last six characters" in await shown(client, page=page, lang="en")

    finds(total=1000, notices=[notice])
    assert "只能翻看" not in await shown(client, page=page)


async def test_a_count_that_stopped_says_that_there_are_more(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, finds: Finds
) -> None:
    finds(total=1000, total_is_exact=False, degraded=True, notices=[await published(restaurant)])
    text = await shown(client, q="潍坊")
    english = await shown(client, q="潍坊", lang="en")

    assert "1000 条以上" in text
    assert "约" not in text
    assert "只能翻看前 1000 条" in text
    assert "At least 1000 notices" in english


@pytest.mark.parametrize(
    ("q", "numbers", "expected"),
    [
        ("JY13799990000011 副本", ["13799990000011"], (["JY13799990000011"], ["副本"])),
        ("１３７９ 9990，梅思", ["1379", "9990"], (["１３７９", "9990"], ["梅思"])),
        ("JY 12", ["JY12"], (["JY 12"], [])),
        ("梅思、餐饮", [], ([], ["梅思", "餐饮"])),
        ("？！ \ufffd", [], ([], [])),
    ],
)
def test_what_was_looked_for_is_said_as_it_was_typed(
    q: str, numbers: list[str], expected: tuple[list[str], list[str]]
) -> None:
    assert searching.looked_for(q, numbers) == expected


async def test_a_search_that_finds_nothing_says_for_what_it_looked(
    client: httpx.AsyncClient, finds: Finds, interpreted: Callable[..., dict[str, Any]]
) -> None:
    finds(interpreted=interpreted(numbers=["13799990000011"], words=["副本", "JY"]))
    asked = {"q": f"{NUMBER} 副本"}

    assert f"按号码 {NUMBER} 和“副本”查找，没有找到。" in await shown(client, **asked)
    assert f"在选定的范围内，按号码 {NUMBER}" in await shown(client, **asked, year="2026")
    english = await shown(client, **asked, lang="en")
    assert f"Nothing was found for number {NUMBER} and “副本”." in english

    finds()
    assert "没有可以查找的文字或数字" in await shown(client, q="？！")
    script = await client.get("/notices", params={"q": "<script>x"})
    assert "“&lt;script&gt;x”" in script.text


async def test_a_page_beyond_the_last_does_not_say_that_nothing_was_found(
    client: httpx.AsyncClient, finds: Finds
) -> None:
    finds(total=3)
    text = await shown(client, q="餐饮", page="2")

    assert "没有找到" not in text
    assert "回到第一页" in text


async def test_what_was_left_out_so_that_something_is_found_is_said(
    client: httpx.AsyncClient,
    restaurant: httpx.AsyncClient,
    finds: Finds,
    interpreted: Callable[..., dict[str, Any]],
) -> None:
    notice = await published(restaurant)
    finds(total=1, notices=[notice], interpreted=interpreted(ignored=["副本", "丢了"]))
    text = await shown(client, q="餐饮店 副本 丢了")
    assert "没有完全符合的公告。以下结果没有考虑：“副本”“丢了”。" in text
    english = await shown(client, q="餐饮店 副本 丢了", lang="en")
    assert "Nothing matches everything. Left out so that something is found: “副本”, “丢了”." in (
        english
    )

    finds(total=1, notices=[notice], interpreted=interpreted(ignored=[]))
    assert "没有考虑" not in await shown(client, q="餐饮店")


@pytest.mark.parametrize("page", ["1", "2"])
async def test_while_search_is_limited_nobody_is_told_that_there_is_no_notice(
    client: httpx.AsyncClient, finds: Finds, page: str
) -> None:
    for exact in (True, False):
        finds(degraded=True, total_is_exact=exact)
        text = await shown(client, q=NUMBER, year="2026", page=page)
        english = await shown(client, q=NUMBER, lang="en", page=page)

        assert "没有找到" not in text
        assert "没有公告" not in text.replace("有没有公告", "")
        assert "过几分钟再试" in text
        assert "核验证件" in text
        assert not re.search("no notice|nothing", english, re.IGNORECASE)
        assert "in some minutes" in english


@pytest.mark.parametrize(
    ("q", "name"),
    [
        ("护照", "护照"),
        ("遗失身份证", "身份证"),
        ("驾照 奎文区", "驾驶证"),
        ("ＩＤ　card", "身份证"),
        ("爱护照明有限公司", None),
        ("从业资格证", None),
        ("", None),
    ],
)
def test_what_is_declared_elsewhere_is_named(
    deployment: Deployment, q: str, name: str | None
) -> None:
    found = not_here.named(q, deployment.catalogue)

    assert (found.name.zh if found else None) == name


def test_what_the_catalogue_has_is_not_sent_elsewhere(deployment: Deployment) -> None:
    certificates = dict(deployment.catalogue.certificates)
    first = next(iter(certificates))
    certificates[first] = dataclasses.replace(certificates[first], aliases=("机动车行驶证",))
    catalogue = dataclasses.replace(deployment.catalogue, certificates=certificates)

    assert not_here.named("行驶证", deployment.catalogue)
    assert not_here.named("行驶证", catalogue) is None


async def test_who_looks_for_a_passport_is_told_where_to_ask(
    client: httpx.AsyncClient, finds: Finds
) -> None:
    finds()

    assert "护照不在这里声明" in await shown(client, q="护照")
    assert "Passports are not among" in await shown(client, q="passport", lang="en")
    assert "不在这里声明" not in await shown(client, q="房产证")


SPREAD = {
    "certificate": {"food-operation-license": 7, "company-seal": 2},
    "region": {"370705": 7, "370781": 3},
    "status": {"invalid": 7, "reinstated": 1},
    "year": {"2026": 7, "2025": 4},
}
CHOSEN = {
    "certificate": "food-operation-license", "region": "370705", "status": "invalid",
    "year": "2026",
}  # fmt: skip


def spread_of(query: Query, **changes: Any) -> SearchPage:
    """Seven notices of what is chosen, and others where a filter is left out."""
    facets = {
        name: values if getattr(query, name) is None else {CHOSEN[name]: 7}
        for name, values in SPREAD.items()
    }
    return answer(query, total=7, facets=facets, **changes)


async def test_a_chosen_filter_offers_its_other_values_with_counts(
    client: httpx.AsyncClient, finds: Finds
) -> None:
    together = asyncio.Barrier(4)

    async def find(query: Query) -> SearchPage:
        if query.per_page == 1:  # these are asked at once, or this never ends
            async with asyncio.timeout(5):
                await together.wait()
        return spread_of(query)

    asked = finds(find)
    page = (await client.get("/notices", params={"q": "餐饮", "page": "2", **CHOSEN})).text

    assert options(page, "certificate")[1:3] == [
        "食品经营许可证 (7)",
        "印章（公章、财务专用章、合同专用章、发票专用章、法定代表人名章） (2)",
    ]
    assert len(options(page, "region")) == 3
    assert options(page, "status")[1:] == ["已声明作废 (7)", "声明已撤回或撤销 (1)"]
    assert options(page, "year")[1:] == ["2026 (7)", "2025 (4)"]
    assert {name: selected(page, name)[0][0] for name in CHOSEN} == CHOSEN
    assert len(asked) == 5
    assert all(query.page == 1 and query.q == "餐饮" for query in asked[1:])


async def test_nothing_more_is_asked_where_no_filter_is_chosen(
    client: httpx.AsyncClient, finds: Finds
) -> None:
    asked = finds(total=7, facets=SPREAD)
    await client.get("/notices", params={"q": "餐饮"})
    assert len(asked) == 1

    limited = finds(total=7, facets=SPREAD, degraded=True)
    await client.get("/notices", params={"q": "餐饮", "year": "2026"})
    assert len(limited) == 1


@pytest.mark.parametrize("trouble", ["unavailable", "degraded", "approximate"])
async def test_other_values_that_cannot_be_counted_are_left_out(
    client: httpx.AsyncClient,
    finds: Finds,
    interpreted: Callable[..., dict[str, Any]],
    trouble: str,
) -> None:
    async def find(query: Query) -> SearchPage:
        if query.per_page != 1:
            return spread_of(query)
        if trouble == "unavailable":
            raise Unavailable
        return spread_of(
            query,
            degraded=trouble == "degraded",
            interpreted=interpreted(approximate=trouble == "approximate"),
        )

    finds(find)
    answered = await client.get("/notices", params={"q": "餐饮", "year": "2026"})

    assert answered.status_code == 200
    assert options(answered.text, "year") == ["全部", "2026 (7)"]
    assert len(options(answered.text, "region")) == 3


async def test_a_region_that_is_a_whole_city_is_counted_and_named(
    client: httpx.AsyncClient, finds: Finds
) -> None:
    finds(total=10, facets=SPREAD)
    page = (await client.get("/notices", params={"region": "3707"})).text

    assert selected(page, "region") == [("3707", "山东省潍坊市 (10)")]


@pytest.mark.parametrize(
    "wrong", [{"page": "999"}, {"certificate": "x"}, {"sort": "best"}, {"year": "MMXX"}]
)
async def test_a_search_that_is_refused_keeps_what_was_typed(
    client: httpx.AsyncClient, wrong: dict[str, str]
) -> None:
    page = await client.get("/notices", params={"q": '梅思"<', "lang": "en", **wrong})

    assert page.status_code == 400
    assert 'value="梅思&#34;&lt;"' in page.text
    assert '<form method="get" action="/notices"' in page.text
    assert '<input type="hidden" name="lang" value="en">' in page.text


async def test_too_long_a_query_can_be_shortened(client: httpx.AsyncClient) -> None:
    page = await client.get("/notices", params={"q": "梅" * 201})

    assert page.status_code == 400
    assert f'value="{"梅" * 201}"' in page.text


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, ("", "最新")),
        ({"q": " "}, ("", "最新")),
        ({"sort": "relevance"}, ("", "最新")),
        ({"sort": "newest"}, ("", "最新")),
        ({"sort": "oldest"}, ("oldest", "最早")),
        ({"q": "餐饮"}, ("", "最相关")),
        ({"q": "餐饮", "sort": "relevance"}, ("", "最相关")),
        ({"q": "餐饮", "sort": "newest"}, ("newest", "最新")),
    ],
)
async def test_the_order_that_is_in_force_is_shown(
    client: httpx.AsyncClient, finds: Finds, asked: dict[str, str], shown: tuple[str, str]
) -> None:
    finds()

    assert selected((await client.get("/notices", params=asked)).text, "sort") == [shown]


async def test_a_card_names_the_paper_and_the_copy(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, finds: Finds
) -> None:
    notice = await published(restaurant)
    paper = {"id": "x", "name": {"zh": "餐饮服务许可证", "en": "Catering licence"}}
    shows = notice | {
        "document": paper,
        "copies": "duplicate",
        "copy_number": "3-2",
        "highlights": {"document": [[0, 4]]},
    }
    finds(total=1, notices=[shows])
    page = await client.get("/notices", params={"q": "餐饮服务"})
    card = page.text.split('class="card"')[1].split("</li>")[0]

    assert "<mark>餐饮服务</mark>许可证" in card
    assert "食品经营许可证" not in card
    assert "副本（编号 3-2）" in card
    assert "Catering licence" in await shown(client, lang="en")


async def test_a_notice_that_is_found_by_its_number_says_so(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, finds: Finds
) -> None:
    notice = await published(restaurant)
    finds(total=1, notices=[notice | {"highlights": {"number": [[0, len(NUMBER)]]}}])
    assert "号码一致" in await shown(client, q=NUMBER)
    assert "number matches" in await shown(client, q=NUMBER, lang="en")

    finds(total=1, notices=[notice | {"highlights": {"number": [[6, len(NUMBER)]]}}])
    assert "号码一致" not in await shown(client, q="9990000011")
    finds(total=1, notices=[notice])
    assert "号码一致" not in await shown(client, q="梅思")


async def test_each_filter_that_is_on_is_taken_away_with_one_press(
    client: httpx.AsyncClient, finds: Finds
) -> None:
    """Those too that only an address has, and that the form does not offer."""
    finds()
    asked = {
        "q": "餐饮", "certificate": "company-seal", "region": "3707", "status": "invalid",
        "matter": "food-operation-license.reissue", "year": "2026", "published_from": "2026-11-01",
        "published_to": "2026-11-30", "sort": "oldest", "lang": "en",
    }  # fmt: skip
    page = await client.get("/notices", params=asked)
    chips = page.text.partition('class="active-filters"')[2].partition("</ul>")[0]
    links = [html.unescape(each) for each in re.findall(r'href="([^"]+)"', chips)]

    assert len(links) == 7
    assert chips.count("(remove this filter)") == 7
    found = []
    for link in links:
        left = dict(httpx.URL(link).params)
        [gone] = asked.keys() - left.keys()
        assert left == {name: value for name, value in asked.items() if name != gone}
        assert (await client.get(link)).status_code == 200
        found.append(gone)
    assert found == list(searching.NARROWING)
    [all_of_them] = re.findall(r'<a href="([^"]+)">Remove all</a>', page.text)
    assert dict(httpx.URL(html.unescape(all_of_them)).params) == {
        name: asked[name] for name in ("q", "sort", "lang")
    }
    assert "active-filters" not in (await client.get("/notices", params={"q": "餐饮"})).text


async def test_a_notices_own_number_leads_to_it(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, finds: Finds,
    interpreted: Callable[..., dict[str, Any]],
) -> None:  # fmt: skip
    """Also where its text is gone, and no search finds it; never where something else is meant."""
    notice = await published(restaurant)
    id = notice["id"]
    finds()
    for typed in (id, f" {id[:4]}-{id[4:8]} {id[8:12]}-{id[12:]} ", "".join(map(_wide, id))):
        answer = await client.get("/notices", params={"q": typed, "lang": "en"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/notices/{id}?lang=en")

    finds(interpreted=interpreted(numbers=[id]))
    answer = await client.get("/notices", params={"q": f"公告编号：{id}"})
    assert answer.headers["location"] == f"/notices/{id}"
    finds(interpreted=interpreted(numbers=[id], words=["餐饮"]))
    assert (await client.get("/notices", params={"q": f"{id} 餐饮"})).status_code == 200

    finds()
    wrong = id[:-1] + str((int(id[-1]) + 1) % 10)
    for asked in ({"q": wrong}, {"q": f"{id} 餐饮"}, {"q": id, "status": "invalid"}, {"q": ""}):
        assert (await client.get("/notices", params=asked)).status_code == 200
    finds(total=1, notices=[notice | {"id": "37070000099921"}])  # a certificate with these digits
    assert (await client.get("/notices", params={"q": id})).status_code == 200


def _wide(digit: str) -> str:
    return chr(ord(digit) + 0xFEE0)


async def test_the_last_page_of_too_many_leads_to_the_other_end(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, finds: Finds
) -> None:
    finds(total=1001, notices=[await published(restaurant)])
    last = (await client.get("/notices", params={"page": "50", "status": "invalid"})).text
    first = (await client.get("/notices", params={"status": "invalid"})).text

    assert 'href="/notices?status=invalid&amp;sort=oldest">从最早的看起' in last
    assert "从最早的看起" not in first
    end = (await client.get("/notices", params={"page": "50", "sort": "oldest"})).text
    assert 'href="/notices?sort=newest">从最新的看起' in end


async def test_while_search_is_limited_what_is_listed_is_not_all(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, finds: Finds
) -> None:
    finds(total=1, degraded=True, notices=[await published(restaurant)])
    page = await client.get("/notices", params={"q": "潍坊"})

    assert "不等于没有公告" in page.text
    assert 'href="/verify"' in page.text.partition('class="note-box strong"')[2][:600]


async def test_a_search_that_finds_nothing_says_how_to_look_again(
    client: httpx.AsyncClient, finds: Finds, interpreted: Callable[..., dict[str, Any]]
) -> None:
    finds(interpreted=interpreted(numbers=["JY1379"]))
    assert "容易看错" in await shown(client, q="JY1379")
    finds(interpreted=interpreted(words=["梅思"]))
    by_words = await shown(client, q="梅思")
    assert "错别字" in by_words
    assert "容易看错" not in by_words
    assert "看它们在哪里声明" in by_words
    elsewhere = (await client.get("/help")).text
    assert 'id="elsewhere"' in elsewhere


async def test_a_page_beyond_the_thousandth_notice_leads_back_to_the_first(
    client: httpx.AsyncClient,
) -> None:
    asked = {"q": "餐饮", "status": "invalid", "page": "51", "lang": "en"}
    page = await client.get("/notices", params=asked)
    [link] = re.findall(r'class="button second" href="([^"]+)">Back to the first page', page.text)

    assert page.status_code == 400
    assert dict(httpx.URL(html.unescape(link)).params) == {
        "q": "餐饮", "status": "invalid", "lang": "en",
    }  # fmt: skip
