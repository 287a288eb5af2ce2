"""One machine has three names, and whoever comes under any of them is served as well."""

import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest
from litestar import Litestar

from notices.app import create_app
from notices.deployment import Deployment
from notices.settings import Settings
from notices.web.addresses import is_another_name, is_loopback
from tests.api import declaration
from tests.samples import RESTAURANT

HERE = "http://127.0.0.1:8123"
NAMES = ("127.0.0.1:8123", "localhost:8123", "[::1]:8123")


Serving = Callable[[str, str], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="module")
def apps() -> dict[str, Litestar]:
    """Applications by their PUBLIC_URL: to make one takes longer than to ask it."""
    return {}


@pytest.fixture
def serving(
    app: Litestar,
    database: None,
    deployment: Deployment,
    another_settings: Callable[..., Settings],
    apps: dict[str, Litestar],
) -> Serving:
    """Makes clients of a service with another PUBLIC_URL, asked under any Host."""

    @asynccontextmanager
    async def serve(public_url: str, asked: str) -> AsyncIterator[httpx.AsyncClient]:
        if public_url not in apps:
            settings = another_settings(public_url=public_url)
            apps[public_url] = create_app(
                settings, dataclasses.replace(deployment, settings=settings)
            )
        transport = httpx.ASGITransport(app=apps[public_url], raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=asked) as client:
            yield client

    return serve


@pytest.mark.parametrize(
    ("public_url", "asked"),
    [
        (HERE, "http://localhost:8123"),
        (HERE, "http://LOCALHOST:8123"),
        (HERE, "http://[::1]:8123"),
        ("http://localhost:8123", "http://127.0.0.1:8123"),
        ("http://localhost:8123", "http://[::1]:8123"),
        ("http://[::1]:8123", "http://localhost:8123"),
        ("http://127.0.0.1", "http://localhost"),
        ("http://127.0.0.5:8123", "http://127.0.0.1:8123"),
    ],
)
async def test_a_page_asked_for_under_another_name_leads_to_the_public_one(
    serving: Serving, public_url: str, asked: str
) -> None:
    async with serving(public_url, asked) as client:
        for path in ("/", "/notices?q=%E9%A4%90+a&page=2", "/sign-in?next=%2Fmine", "/verify",
                     "/notices/37070000000136", "/notices/%E7%94%B2"):  # fmt: skip
            for method in ("GET", "HEAD"):
                answer = await client.request(method, path)

                assert answer.status_code == 307
                assert answer.headers["location"] == public_url + path
                assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("public_url", "asked"),
    [
        (HERE, HERE),
        (HERE, "http://localhost:9999"),  # a tunnel's: PUBLIC_URL may lead nowhere there
        (HERE, "http://notices.example:8123"),
        ("http://127.0.0.1", "http://127.0.0.1:80"),
        ("http://notices.example", "http://localhost"),
        ("http://notices.example:8123", "http://127.0.0.1:8123"),
        ("https://notices.example", "http://localhost:8123"),
        ("http://127.0.0.1.example:8123", "http://localhost:8123"),
        ("http://10.0.0.1:8123", "http://localhost:8123"),
    ],
)
async def test_every_other_page_is_where_it_was_asked_for(
    serving: Serving, public_url: str, asked: str
) -> None:
    async with serving(public_url, asked) as client:
        for path in ("/", "/verify"):
            assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/api/v1/catalogue", "/log/checkpoint", "/health/live", "/feed.atom", "/static/site.css",
     "/.well-known/notice-keys.json", "/schema/openapi.json", "/metrics"],
)  # fmt: skip
async def test_programs_are_sent_nowhere(serving: Serving, path: str) -> None:
    async with serving(HERE, "http://localhost:8123") as client:
        assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("host", NAMES)
@pytest.mark.parametrize("origin", NAMES)
async def test_a_write_under_any_of_our_names_is_our_own(
    serving: Serving, host: str, origin: str
) -> None:
    async with serving(HERE, f"http://{host}") as client:
        headers = {"Origin": f"http://{origin}"}
        signed_in = await client.post("/api/v1/demo/login", json=RESTAURANT, headers=headers)
        assert signed_in.status_code == 204, signed_in.text
        declared = await client.post("/api/v1/notices", json=declaration(), headers=headers)
        assert declared.status_code == 201, declared.text


@pytest.mark.parametrize(
    ("public_url", "headers"),
    [
        (HERE, {"Origin": "http://localhost:8124"}),
        (HERE, {"Origin": "https://localhost:8123"}),
        (HERE, {"Origin": "http://localhost"}),
        (HERE, {"Origin": "http://localhost.example:8123"}),
        (HERE, {"Origin": "null"}),
        (HERE, {"Origin": "http://localhost:8123", "Sec-Fetch-Site": "cross-site"}),
        (HERE, {"Origin": "http://localhost:8123", "Sec-Fetch-Site": "same-site"}),
        ("http://notices.example:8123", {"Origin": "http://localhost:8123"}),
        ("http://notices.example:8123", {"Origin": "http://[::1]:8123"}),
    ],
    ids=str,
)
async def test_no_other_sites_write_becomes_ours(
    serving: Serving, public_url: str, headers: dict[str, str]
) -> None:
    async with serving(public_url, public_url) as client:
        answer = await client.post("/api/v1/demo/login", json=RESTAURANT, headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


async def test_signing_in_under_another_name_works_as_a_person_meets_it(
    serving: Serving,
) -> None:
    """By links and forms alone, as a browser follows them."""
    async with serving(HERE, "http://localhost:8123") as client:
        page = await client.get("/sign-in?next=/mine", follow_redirects=True)
        assert str(page.url) == f"{HERE}/sign-in?next=/mine"
        own = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
        form = {"sample": "li", "next": "/mine"}
        mine = await client.post(
            str(page.url.join("/sign-in")), data=form, headers=own, follow_redirects=True
        )

        assert (mine.status_code, str(mine.url)) == (200, f"{HERE}/mine")
        again = await client.get("http://localhost:8123/mine", follow_redirects=True)
        assert (again.status_code, str(again.url)) == (200, f"{HERE}/mine")


@pytest.mark.parametrize(
    ("host", "is_one"),
    [("localhost", True), ("LocalHost", True), ("127.0.0.1", True), ("127.9.9.9", True),
     ("::1", True), ("10.0.0.1", False), ("", False), ("localhost.example", False),
     ("notices.example", False), ("::ffff:10.0.0.1", False)],
)  # fmt: skip
def test_only_this_machine_has_names_that_are_one(host: str, is_one: bool) -> None:
    assert is_loopback(host) is is_one


def test_a_usual_port_may_be_left_out() -> None:
    assert is_another_name("http://localhost", "http://127.0.0.1")
    assert is_another_name("http://localhost:80", "http://127.0.0.1")
    assert not is_another_name("https://localhost", "http://127.0.0.1")
