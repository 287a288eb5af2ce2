"""Pages of what went wrong: who is signed in stays so, and every one of them leads on."""

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from litestar import Litestar, get

from notices import limits
from notices.app import create_app
from notices.database import DB
from notices.deployment import Deployment
from notices.settings import Settings
from tests.api import declaration
from tests.conftest import BASE
from tests.faults import Step, failing
from tests.limiting import limited
from tests.samples import RESTAURANT

__all__ = ["limited"]
pytestmark = pytest.mark.asyncio(loop_scope="session")

OWN = RESTAURANT["organisation"]["name"]
SECRET = "3799991985 value of a row"


@get("/broken", include_in_schema=False)
async def broken() -> None:
    raise RuntimeError(SECRET)


@asynccontextmanager
async def with_a_fault(settings: Settings, here: Deployment) -> AsyncIterator[httpx.AsyncClient]:
    """A browser signed in to an application of which one page is broken."""
    app = create_app(settings, here)
    app.register(broken)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        await client.post("/api/v1/demo/login", json=RESTAURANT)
        yield client
    await app.state.finder.breaker.close()


def header(page: httpx.Response) -> str:
    return page.text.partition("<header")[2].partition("</header>")[0]


def leads_on(page: httpx.Response) -> None:
    """What to do next stands there, in the same language as the page, and nothing is cached."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert 'href="tel:2512345"' in main
    for path in ("/notices", "/verify", "/help", "/"):
        assert re.search(rf'href="{path}(\?lang=en)?"', main), path
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/nothing", "/nothing?lang=en", "/notices/37070000000199", "/help/docs/nothing"]
)
async def test_where_there_is_no_page_who_is_signed_in_stays_so(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, path: str
) -> None:
    own, strangers = await restaurant.get(path), await client.get(path)

    for page in (own, strangers):
        assert page.status_code == 404
        assert 'name="q"' in page.text
        leads_on(page)
    assert OWN in header(own)
    assert "/sign-out" in header(own)
    assert OWN not in strangers.text
    assert 'href="/sign-in' in header(strangers)


async def test_a_page_that_a_notice_does_not_have_is_not_said_to_be_a_notice_that_is_none(
    restaurant: httpx.AsyncClient,
) -> None:
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    paths = (f"/notices/{id}/print", "/notices/37070000000199/slip")
    told = [(await restaurant.get(path)).text for path in paths]

    assert ["没有这份公告" in page for page in told] == [False, True]


@pytest.mark.parametrize(
    "path", ["//evil.example/a", "///evil.example", "/\\evil.example", "/\t/evil.example", "/ a?b"]
)
async def test_no_address_makes_a_page_that_leads_elsewhere(app: Litestar, path: str) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": path, "raw_path": b"", "query_string": b"", "root_path": "",
        "headers": [(b"host", b"testserver.example")], "client": ("127.0.0.1", 1),
        "server": ("testserver.example", 80), "state": {},
    }  # fmt: skip
    await app(scope, receive, send)  # type: ignore[arg-type]  # no client sends such addresses
    page = b"".join(message.get("body", b"") for message in sent).decode()

    assert sent[0]["status"] == 404
    links = re.findall(r'(?:href|action)="([^"]*)"', page)
    assert [link for link in links if "lang=en" in link]
    assert not [link for link in links if re.match(r"/[/\\\s]", link)]


async def test_a_session_that_ended_is_not_shown(restaurant: httpx.AsyncClient) -> None:
    await DB.fetch("DELETE FROM session")

    page = await restaurant.get("/nothing")

    assert OWN not in page.text
    assert 'href="/sign-in' in header(page)


async def test_a_fault_of_ours_tells_its_number_and_nothing_else(
    database: None, settings: Settings, deployment: Deployment
) -> None:
    async with with_a_fault(settings, deployment) as client:
        page, english = await client.get("/broken"), await client.get("/broken?lang=en")

    for each in (page, english):
        assert each.status_code == 500
        assert each.headers["x-request-id"] in each.text
        assert SECRET not in each.text
        assert "RuntimeError" not in each.text
        assert OWN in header(each)
        leads_on(each)
    assert "本站出错了" in page.text
    assert 'href="/broken"' in page.text  # once more
    assert "Something went wrong here" in english.text


async def test_while_the_database_is_away_nobody_is_told_to_sign_in_again(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    monkeypatch.setattr(DB, "pool", None)
    began = time.monotonic()
    own, strangers = await restaurant.get("/mine"), await client.get(f"/notices/{id}")
    nowhere = await restaurant.get("/nothing")

    assert time.monotonic() - began < 3
    for page in (own, strangers):
        assert page.status_code == 503
        assert page.headers["retry-after"]
        leads_on(page)
    assert nowhere.status_code == 404
    for page in (own, nowhere):
        assert 'href="/mine"' in header(page)
        assert "/sign-in" not in header(page)
    assert "您的登录不受影响" in own.text
    assert "您的登录" not in strangers.text


async def test_what_could_not_be_written_is_kept_on_a_page_that_knows_who_sent_it(
    restaurant: httpx.AsyncClient,
) -> None:
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    async with failing("disk full", Step("event", "INSERT")):
        page = await restaurant.post(f"/notices/{id}/withdraw", data={"reason": "found"})

    assert page.status_code == 503
    assert OWN in header(page)
    assert '<input type="hidden" name="reason" value="found">' in page.text
    leads_on(page)


async def test_whoever_asks_too_often_stays_signed_in_and_is_told_how_long_to_wait(
    restaurant: httpx.AsyncClient, limited: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = limits.POLICIES["search"]
    few = policy._replace(most={"account": {limits.MINUTE: 1}})
    monkeypatch.setitem(limits.POLICIES, "search", few)

    pages = [await restaurant.get("/notices", params={"q": "餐饮"}) for _ in range(2)]

    assert [page.status_code for page in pages] == [200, 429]
    assert OWN in header(pages[1])
    assert re.search(r"请在 \d+ (秒|分钟) 后再试", pages[1].text)
    assert 'value="餐饮"' in pages[1].text
    assert 'href="/sign-in' not in pages[1].text
    leads_on(pages[1])


async def test_back_leads_to_a_refused_form_without_sending_it_again(
    restaurant: httpx.AsyncClient,
) -> None:
    """So its page names nobody, and the header still leads to one's own notices."""
    page = await restaurant.post("/mine", data={"a": "b"})

    assert page.status_code == 405
    assert page.headers["cache-control"] == "private, no-cache"
    assert OWN not in page.text
    assert 'href="/mine"' in header(page)
