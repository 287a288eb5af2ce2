"""The port of the ways to sign in: none leads nowhere, another needs nothing else changed."""

import base64
import dataclasses
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar, Response, get

from notices.app import create_app
from notices.deployment import Deployment
from notices.identity import Person
from notices.pages import sign_in
from notices.pages.sign_in import Onward, SignIn, choosing
from notices.settings import Settings
from notices.web.authentication import AnyRequest
from tests.api import declaration
from tests.conftest import BASE
from tests.engines.test_pages import FOOD, fields
from tests.stepping import kept

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLOSED = "本站还不能在网上声明"
LINK = re.compile(r'(?:href|action|formaction)="(/[^"]*)"')


@asynccontextmanager
async def browser(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client
    await app.state.finder.breaker.close()


@pytest_asyncio.fixture(loop_scope="session")
async def reader(
    deployment: Deployment,
    another_settings: Callable[..., Settings],
    restaurant: httpx.AsyncClient,
) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """A browser on a service that nobody can sign in to, and the number of a notice there."""
    published = await restaurant.post("/api/v1/notices", json=declaration())
    settings = another_settings(demo=False)
    app = create_app(settings, dataclasses.replace(deployment, settings=settings))
    async with browser(app) as client:
        yield client, published.json()["id"]


async def test_without_a_way_in_no_link_leads_to_nothing(
    reader: tuple[httpx.AsyncClient, str],
) -> None:
    client, id = reader
    waiting = ["/", "/notices", f"/notices/{id}", f"/notices/{id}/object", "/mine", "/nothing"]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop().partition("#")[0]
        # What a script fills in is shown by nothing else.
        if path in seen or path.startswith(("/notices/_", "/static/")):
            continue
        seen.add(path)
        answer = await client.get(path, follow_redirects=True)
        assert answer.status_code == (404 if path.startswith("/nothing") else 200), path
        if "text/html" in answer.headers["content-type"] and len(seen) < 200:
            waiting += [unescape(link) for link in LINK.findall(answer.text)]
    assert f"/notices/{id}.pdf" in seen
    for path in ("/", f"/notices/{id}", "/nothing"):
        assert 'href="/sign-in' not in (await client.get(path)).text


@pytest.mark.parametrize(
    "path",
    ["/declare", "/declare?certificate=company-seal", "/mine", "/sign-in", "/sign-in?lang=en",
     "/notices/{id}/object", "/notices/{id}/withdraw", "/notices/{id}/correct"],
)  # fmt: skip
async def test_where_one_would_sign_in_it_is_said_what_is_open(
    reader: tuple[httpx.AsyncClient, str], path: str
) -> None:
    client, id = reader
    page = await client.get(path.format(id=id), follow_redirects=True)

    assert page.status_code == 200
    english = "lang=en" in path
    assert ("Nothing can be declared here yet" if english else CLOSED) in page.text
    assert f'href="/verify{"?lang=en" if english else ""}"' in page.text


async def test_what_is_sent_there_all_the_same_is_told_so(
    reader: tuple[httpx.AsyncClient, str],
) -> None:
    client, id = reader
    for path, form in (("/declare", FOOD), (f"/notices/{id}/withdraw", {"reason": "found"})):
        page = await client.post(path, data=form)
        assert (page.status_code, CLOSED in page.text) == (401, True), path
    sent = await client.post("/sign-in", data={"sample": "li"})
    login = await client.post("/api/v1/demo/login", json={"kind": "person"})
    declared = await client.post("/api/v1/notices", json=declaration())

    assert (sent.status_code, login.status_code) == (405, 404)
    assert (declared.status_code, declared.json()["code"]) == (401, "sign_in_required")
    assert "/api/v1/demo/login" not in (await client.get("/schema/openapi.json")).json()["paths"]


class Office(SignIn):
    """At another site, which comes back with a name; it keeps the Onward in its own address."""

    async def page(self, request: AnyRequest, onward: Onward, status: int = 200) -> Response[Any]:
        state = base64.urlsafe_b64encode(msgspec.json.encode(onward)).decode()
        return Response(None, status_code=303, headers={"Location": f"/office/back?state={state}"})

    @staticmethod
    @get("/office/back", include_in_schema=False)
    async def back(request: AnyRequest) -> Response[Any]:
        state = base64.urlsafe_b64decode(request.query_params["state"])
        person = Person(kind="person", name="张伟", identifier="379999198803120137")
        return await sign_in.arrived(request, person, msgspec.json.decode(state, type=Onward))

    @property
    def handlers(self) -> list[Any]:  # type: ignore[override]
        return [self.back]


async def test_another_way_in_needs_nothing_else(
    deployment: Deployment, settings: Settings, database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "way_in", lambda deployment: Office())
    birth = {"certificate": "birth-medical-certificate", "at": "matter", "to": "number",
             "number": "S379999001"}  # fmt: skip
    async with browser(create_app(settings, deployment)) as client:
        page = await client.get("/mine", follow_redirects=True)
        assert (page.status_code, page.url.path) == (200, "/mine")
        assert "张伟" in page.text

        await client.post("/sign-out")
        assert "张伟" not in (await client.get("/")).text
        there = await client.post("/declare", data=birth, follow_redirects=True)

        assert (there.status_code, there.url.path.rpartition("/")[0]) == (200, "/declare/number")
        assert (await kept(client, fields(there)))["certificate"] == "birth-medical-certificate"
