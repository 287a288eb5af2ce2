"""The feed that programs follow: what a search finds, of organisations, with its status."""

import asyncio
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import httpx
import pytest
from litestar import Litestar

from notices import relay
from notices.api import feeds
from notices.database import DB
from notices.deployment import Deployment
from search.admin import Admin
from tests.api import declaration
from tests.conftest import SignIn
from tests.samples import ANNA

ATOM = "{http://www.w3.org/2005/Atom}"
SECOND = "JY13799990000022"


def feed_of(answer: httpx.Response) -> Element:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content)


def entries(feed: Element) -> dict[str, Element]:
    """By the last part of their ids, in their order."""
    found = feed.findall(f"{ATOM}entry")
    return {str(each.findtext(f"{ATOM}id")).rsplit("/", 1)[1]: each for each in found}


def links(feed: Element) -> dict[str, str]:
    return {each.attrib["rel"]: each.attrib["href"] for each in feed.findall(f"{ATOM}link")}


async def published(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    body = declaration(confirm_unusual_number=True, **changes)
    answer = await client.post("/api/v1/notices", json=body)
    assert answer.status_code == 201, answer.text
    notice: dict[str, Any] = answer.json()
    return notice


async def persons(sign_in: SignIn) -> dict[str, Any]:
    anna = await sign_in(ANNA)
    holder = {"kind": "person", "name": "张三", "identifier": ANNA["identifier"]}
    return await published(
        anna,
        certificate="tobacco-retail-license",
        matter=None,
        number="379999000001",
        holder=holder,
    )


async def test_the_feed_shows_the_newest_notices_of_organisations_only(
    restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    notice = await published(restaurant)
    await persons(sign_in)

    found = entries(feed_of(await restaurant.get("/feed.atom")))

    assert list(found) == [notice["id"]]
    [entry] = found.values()
    assert entry.findtext(f"{ATOM}id") == notice["links"]["html"]
    assert notice["statement"] in str(entry.findtext(f"{ATOM}summary"))


async def test_an_empty_feed_is_a_feed(client: httpx.AsyncClient) -> None:
    assert feed_of(await client.get("/feed.atom")).tag == f"{ATOM}feed"
    assert feed_of(await client.get("/feed.atom", params={"q": "x"})).tag == f"{ATOM}feed"


async def test_a_withdrawn_notice_is_no_news_and_says_so(restaurant: httpx.AsyncClient) -> None:
    first = await published(restaurant)
    second = await published(restaurant, number=SECOND)
    before = feed_of(await restaurant.get("/feed.atom"))
    gone = await restaurant.post(
        f"/api/v1/notices/{first['id']}/withdrawal", json={"reason": "found"}
    )
    assert gone.status_code == 201

    feed = feed_of(await restaurant.get("/feed.atom"))

    # In its place, under its id, and by no word the declaration that it was.
    assert list(entries(feed)) == list(entries(before)) == [second["id"], first["id"]]
    entry, earlier = entries(feed)[first["id"]], entries(before)[first["id"]]
    assert "已撤回" in str(entry.findtext(f"{ATOM}title"))
    assert "已撤回" in str(entry.findtext(f"{ATOM}summary"))
    [category] = entry.findall(f"{ATOM}category")
    assert category.attrib["term"] == "reinstated"
    assert "已撤回" in category.attrib["label"]
    assert entry.findtext(f"{ATOM}updated") == gone.json()["at"]
    assert entry.findtext(f"{ATOM}published") == first["published_at"]
    assert earlier.findtext(f"{ATOM}updated") == first["published_at"]
    assert feed.findtext(f"{ATOM}updated") == gone.json()["at"]


@pytest.mark.parametrize("searched", [False, True])
async def test_each_entry_says_its_status_in_title_summary_and_category(
    restaurant: httpx.AsyncClient,
    app: Litestar,
    deployment: Deployment,
    admin: Admin,
    searched: bool,
) -> None:
    """And a period that ends changes the entry, though nothing is written then."""
    notice = await published(restaurant, certificate="business-license", matter=None,
                             number="92379999MA0000023B")  # fmt: skip
    params = {"q": "某某餐饮店"} if searched else {}
    for effective, status, words in (
        ("now() + interval '20 days'", "declared", "公示期内"),
        ("now()", "invalid", "已声明作废"),
    ):
        await DB.fetch(f"UPDATE notice SET effective_at = {effective}")
        app.state.feeds.clear()  # what no event changes is not waited for
        await relay.reindex(deployment, admin, lambda done, total: None)

        feed = feed_of(await restaurant.get("/feed.atom", params=params))

        entry = entries(feed)[notice["id"]]
        assert words in str(entry.findtext(f"{ATOM}title"))
        assert words in str(entry.findtext(f"{ATOM}summary"))
        assert [each.attrib["term"] for each in entry.findall(f"{ATOM}category")] == [status]
        changed = str(entry.findtext(f"{ATOM}updated")) > notice["published_at"]
        assert changed is (status == "invalid")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many entries each feed had that was made."""
    made: list[int] = []
    make = feeds._atom

    async def counted(*given: Any) -> Any:
        made.append(len(given[3]))
        return await make(*given)

    monkeypatch.setattr(feeds, "_atom", counted)
    return made


async def test_a_feed_of_all_is_made_once_for_all_who_ask_until_something_happens(
    restaurant: httpx.AsyncClient, made: list[int]
) -> None:
    first = await published(restaurant)
    many = await asyncio.gather(*(restaurant.get("/feed.atom") for _ in range(10)))
    again = await restaurant.get("/feed.atom", params={"utm_source": "mail"})
    assert {each.content for each in many} == {again.content}
    assert made == [1]

    await published(restaurant, number=SECOND)
    assert len(entries(feed_of(await restaurant.get("/feed.atom")))) == 2
    await restaurant.post(f"/api/v1/notices/{first['id']}/withdrawal", json={"reason": "found"})
    assert "已撤回" in (await restaurant.get("/feed.atom")).text
    assert made == [1, 2, 2]


async def test_a_feed_of_all_is_made_anew_when_a_period_in_it_ends(
    restaurant: httpx.AsyncClient, app: Litestar
) -> None:
    await published(restaurant)
    kept = []
    for ends in ("now() + interval '9 days'", "now() + interval '9 seconds'"):
        await DB.fetch(f"UPDATE notice SET effective_at = {ends}")
        app.state.feeds.clear()
        await restaurant.get("/feed.atom")
        [one] = app.state.feeds.values()
        kept.append(one.until - asyncio.get_running_loop().time())

    assert 9 < kept[0] <= feeds.LONGEST_KEPT
    assert kept[1] <= 9


async def test_whoever_has_a_feed_is_not_sent_it_again(restaurant: httpx.AsyncClient) -> None:
    await published(restaurant)
    for params in ({}, {"q": "x"}):
        tag = (await restaurant.get("/feed.atom", params=params)).headers["etag"]
        same = await restaurant.get("/feed.atom", params=params, headers={"if-none-match": tag})
        assert (same.status_code, same.content) == (304, b"")
        assert same.headers["etag"].removeprefix("W/") == tag.removeprefix("W/")
        for known, status in ((f'"x", W/{tag.removeprefix("W/")}', 304), ("*", 304), ('"x"', 200)):
            headers = {"if-none-match": known}
            answer = await restaurant.get("/feed.atom", params=params, headers=headers)
            assert answer.status_code == status, known

    await published(restaurant, number=SECOND)
    answer = await restaurant.get("/feed.atom", headers={"if-none-match": tag})
    assert answer.status_code == 200


async def test_so_many_feeds_are_kept_and_no_more(
    client: httpx.AsyncClient, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MOST_KEPT", 3)
    for size in (1, 2, 3, 4, 1):
        await client.get("/feed.atom", params={"per_page": str(size)})

    assert [each.rpartition("=")[2] for each in app.state.feeds] == ["3", "4", "1"]


async def test_a_page_that_is_read_in_pieces_has_each_notice_once(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "PIECE", 2)
    numbers = [f"JY137999900000{number}" for number in (11, 22, 33, 44, 55, 66, 77)]
    ids = [(await published(restaurant, number=each))["id"] for each in numbers][::-1]

    for size, page, expected in ((7, 1, ids), (5, 1, ids[:5]), (3, 2, ids[3:6]), (4, 2, ids[4:])):
        params = {"per_page": str(size), "page": str(page)}
        assert list(entries(feed_of(await restaurant.get("/feed.atom", params=params)))) == expected


async def test_a_feed_follows_any_search(
    restaurant: httpx.AsyncClient, sign_in: SignIn, deployment: Deployment, admin: Admin
) -> None:
    first = await published(restaurant)
    second = await published(restaurant, number=SECOND, region="370781", issuer="青州市某局")
    await restaurant.post(f"/api/v1/notices/{first['id']}/withdrawal", json={"reason": "found"})
    await persons(sign_in)
    await relay.reindex(deployment, admin, lambda done, total: None)
    both, day = [second["id"], first["id"]], first["published_at"][:10]

    for params, expected in (
        ({"q": "某某餐饮店"}, both),
        ({"q": "某某餐饮店", "sort": "oldest"}, both[::-1]),
        ({"sort": "oldest"}, both[::-1]),
        ({"sort": "relevance"}, both),
        ({"q": SECOND}, [second["id"]]),
        ({"region": "370781"}, [second["id"]]),
        ({"region": "37"}, both),
        ({"status": "reinstated"}, [first["id"]]),
        ({"certificate": "food-operation-license"}, both),
        ({"certificate": "tobacco-retail-license"}, []),
        ({"matter": "food-operation-license.reissue"}, both),
        ({"year": day[:4]}, both),
        ({"year": "2001"}, []),
        ({"published_from": day, "published_to": day}, both),
        ({"published_to": "2020-01-01"}, []),
        ({"per_page": "1"}, both[:1]),
        ({"per_page": "1", "page": "2"}, both[1:]),
        ({"status": "reinstated", "page": "2"}, []),
        ({"q": "张三"}, []),
        ({"q": "379999000001"}, []),
        # What comes close is for people: a program waits for exactly what it asked for.
        ({"q": "奎文区某某餐饭店"}, []),
        ({"q": "", "certificate": "", "from": "timeline"}, both),
    ):
        feed = feed_of(await restaurant.get("/feed.atom", params=params))
        assert list(entries(feed)) == expected, params


async def test_a_feed_says_where_it_goes_on(restaurant: httpx.AsyncClient) -> None:
    first = await published(restaurant)
    second = await published(restaurant, number=SECOND)
    query = {"per_page": "1", "utm_source": "mail"}

    newest = feed_of(await restaurant.get("/feed.atom", params=query))
    assert links(newest)["self"].endswith("/feed.atom?per_page=1")
    assert "previous" not in links(newest)
    assert parse_qs(urlsplit(links(newest)["first"]).query)["page"] == ["1"]
    older = feed_of(await restaurant.get(links(newest)["next"]))
    assert list(entries(newest)) + list(entries(older)) == [second["id"], first["id"]]
    assert parse_qs(urlsplit(links(older)["previous"]).query)["page"] == ["1"]
    # One feed on several pages, and another search another feed.
    assert older.findtext(f"{ATOM}id") == newest.findtext(f"{ATOM}id")
    whole = feed_of(await restaurant.get("/feed.atom"))
    assert newest.findtext(f"{ATOM}id") == whole.findtext(f"{ATOM}id")
    assert "next" not in links(whole)
    other = feed_of(await restaurant.get("/feed.atom", params={"q": "甲\x01乙", "region": "3707"}))
    assert other.findtext(f"{ATOM}id") != whole.findtext(f"{ATOM}id")
    assert "甲乙，山东省潍坊市" in str(other.findtext(f"{ATOM}title"))


async def test_who_reads_the_results_of_a_search_may_follow_them(
    restaurant: httpx.AsyncClient, deployment: Deployment, admin: Admin
) -> None:
    """The feed is of the very search, as a link for people and as one that readers find."""
    notice = await published(restaurant)
    await relay.reindex(deployment, admin, lambda done, total: None)
    asked = {"q": "某某餐饮店", "page": "1", "sort": "oldest"}
    page = (await restaurant.get("/notices", params=asked)).text
    hrefs = re.findall(r'href="(/feed\.atom\?[^"]*)"', page)

    assert len(hrefs) == 2
    for href in hrefs:
        assert "sort" not in href  # by which it would never have anything new
        assert list(entries(feed_of(await restaurant.get(unescape(href))))) == [notice["id"]]


async def test_an_entry_was_updated_when_its_last_event_was(restaurant: httpx.AsyncClient) -> None:
    """And keeps when it was published; the feed is as new as the newest of them."""
    first = await published(restaurant)
    await published(restaurant, number=SECOND)
    done = await restaurant.post(
        f"/api/v1/notices/{first['id']}/withdrawal", json={"reason": "found"}
    )
    feed = feed_of(await restaurant.get("/feed.atom"))

    entry = entries(feed)[first["id"]]
    assert entry.findtext(f"{ATOM}published") == first["published_at"]
    assert entry.findtext(f"{ATOM}updated") == done.json()["at"]
    assert feed.findtext(f"{ATOM}updated") == done.json()["at"]
    every = [each.findtext(f"{ATOM}updated") for each in entries(feed).values()]
    assert max(map(str, every)) == done.json()["at"]


@pytest.mark.parametrize(
    "query",
    ["status=void", "page=0", "per_page=101", "page=21", "year=x", "region=99", "sort=best",
     "published_from=2026-13-01", "certificate=none", "matter=none", "q=" + "x" * 201,
     "page=1&page=2"],
)  # fmt: skip
async def test_a_value_that_cannot_be_right_is_no_feed(
    client: httpx.AsyncClient, query: str
) -> None:
    answer = await client.get("/feed.atom?" + query)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_query")


async def test_no_correction_changes_an_id(restaurant: httpx.AsyncClient) -> None:
    """An entry is the notice, whatever becomes of what is said of it."""
    notice = await published(restaurant)
    ids = []
    for change in ({"issuer": "乙局"}, {"lost_on": "2026-10-01"}):
        await restaurant.post(f"/api/v1/notices/{notice['id']}/correction", json=change)
        ids += entries(feed_of(await restaurant.get("/feed.atom")))

    assert ids == [notice["id"]] * 2
