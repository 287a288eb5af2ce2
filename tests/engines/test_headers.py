"""What every answer tells browsers, and what of a request is refused by its headers."""

import dataclasses
import gzip
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
import structlog

from notices import register
from notices.app import create_app
from notices.changing import leaving
from notices.database import DB
from notices.deployment import Deployment
from notices.identity import Person
from tests.api import declaration
from tests.conftest import SignIn
from tests.engines.test_pages import fields
from tests.faults import Step, failing
from tests.samples import ANNA, RESTAURANT

OF_ANNA = {**ANNA, "kind": "organisation", "organisation": RESTAURANT["organisation"]}
PACKED = {"Content-Type": "application/json", "Content-Encoding": "gzip"}


@pytest.fixture
def seen_logs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The lines of the sign-in's log, before they are written."""
    capture = structlog.testing.LogCapture()
    logger = structlog.wrap_logger(None, processors=[capture])
    monkeypatch.setattr(leaving, "LOG", logger)
    return capture.entries


@pytest.mark.parametrize(
    ("path", "resource"),
    [("/", "same-origin"), ("/nothing", "same-origin"),
     ("/metrics", "same-origin"), ("/api/v1/catalogue", "cross-origin"),
     ("/log/vkey", "cross-origin"), ("/static/site.css", "cross-origin"),
     ("/api/v1/objections", "same-origin"), ("/declare", "same-origin")],
)  # fmt: skip
async def test_no_page_is_framed_and_only_what_is_open_is_loaded_elsewhere(
    client: httpx.AsyncClient, path: str, resource: str
) -> None:
    headers = (await client.get(path)).headers

    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    policy = dict(each.strip().partition(" ")[::2] for each in
                  headers["content-security-policy"].split(";"))  # fmt: skip
    assert {policy[name] for name in ("default-src", "base-uri", "frame-ancestors")} == {"'none'"}
    assert {policy[name] for name in ("script-src", "form-action", "connect-src")} == {"'self'"}
    assert "server" not in headers
    assert "camera=()" in headers["permissions-policy"]
    assert headers.get_list("cross-origin-resource-policy") == [resource]


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "gzip, identity", "x"])
async def test_a_packed_body_is_told_so_and_not_taken_for_broken(
    restaurant: httpx.AsyncClient, coding: str
) -> None:
    headers = PACKED | {"Content-Encoding": coding}
    body = gzip.compress(b"{}")

    for path in ("/api/v1/notices", "/api/v1/verifications", "/api/v1/demo/login", "/declare"):
        answer = await restaurant.post(path, content=body, headers=headers)

        assert answer.status_code == 415, path
        assert answer.headers["accept-encoding"] == "identity"


async def test_a_body_that_says_it_is_not_packed_is_read(restaurant: httpx.AsyncClient) -> None:
    answer = await restaurant.post(
        "/api/v1/notices", json=declaration(), headers={"Content-Encoding": "identity"}
    )

    assert answer.status_code == 201


@pytest.mark.parametrize("page", [False, True])
async def test_the_session_before_ends_when_somebody_signs_in_anew(
    sign_in: SignIn, client: httpx.AsyncClient, page: bool
) -> None:
    browser = await sign_in(RESTAURANT)
    before = browser.cookies["session"]

    if page:
        fields = {"kind": "person", "name": ANNA["name"], "identifier": ANNA["identifier"]}
        await browser.post("/sign-in", data=fields)
    else:
        await browser.post("/api/v1/demo/login", json=ANNA)

    stolen = await client.delete("/api/v1/session", headers={"Cookie": f"session={before}"})
    assert stolen.status_code == 401
    assert len(await DB.fetch("SELECT 1 FROM session")) == 1
    assert (await browser.get("/mine")).status_code == 200


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_cookie_comes_back_to_this_host_alone_and_no_script_reads_it(
    deployment: Deployment, database: None, scheme: str
) -> None:
    settings = dataclasses.replace(deployment.settings, public_url=f"{scheme}://notices.example")
    app = create_app(settings, dataclasses.replace(deployment, settings=settings))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=settings.public_url) as browser:
        signed_in = await browser.post("/api/v1/demo/login", json=ANNA)
        signed_out = await browser.post("/sign-out")

    for answer, lasts in ((signed_in, str(8 * 3600)), (signed_out, "0")):
        [(name, cookie)] = SimpleCookie(answer.headers["set-cookie"]).items()
        assert name == ("__Host-session" if scheme == "https" else "session")
        assert bool(cookie["secure"]) == (scheme == "https")
        assert (cookie["httponly"], cookie["samesite"].lower()) == (True, "lax")
        assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", lasts)
        told = answer.headers.get("strict-transport-security")
        assert told == ("max-age=31536000" if scheme == "https" else None)


async def test_each_sign_in_and_its_end_is_a_line_that_names_nobody(
    sign_in: SignIn, seen_logs: list[Any]
) -> None:
    browser = await sign_in(RESTAURANT)
    await browser.post("/sign-out")

    begun, ended = [line for line in seen_logs if line["event"] in ("signed_in", "signed_out")]
    assert (begun["kind"], begun["verified"]) == ("organisation", False)
    assert begun["session"] == ended["session"]
    assert len(begun["session"]) == 12
    for private in (RESTAURANT["name"], RESTAURANT["identifier"], "92379999MA0000023B"):
        assert private not in repr(seen_logs)


async def test_a_person_is_described_without_what_is_known_of_them() -> None:
    person = Person(
        "person", "甲某某", "37999919900101001X", subject=("https://id.example", "sub-7")
    )

    assert repr([person]) == "[Person(person)]"


@pytest.mark.parametrize("path", ["/", "/api/v1/notices", "/mine", "/static/site.css"])
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PATCH", "X"])
async def test_a_method_that_nothing_takes_is_refused_without_an_echo(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, path, headers={"Cookie": "session=echo-me"})

    assert answer.status_code in (404, 405)
    assert "echo-me" not in answer.text


async def test_a_parameter_that_comes_twice_is_refused_and_none_of_its_values_chosen(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/api/v1/notices?status=invalid&q=a&q=b")

    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
        ("q", "given_twice")
    ]


@pytest.mark.parametrize("path", ["/", "/api/v1/notices/37990000000114"])
async def test_a_fault_of_ours_tells_its_number_and_nothing_of_itself(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("postgresql://owner:hunter2@10.0.0.7 said: 379999199001010010")

    for act in ("get", "newest_of_organisations"):
        monkeypatch.setattr(register, act, broken)

    answer = await client.get(path)

    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    for told in ("hunter2", "RuntimeError", "Traceback", "postgresql", "3799991990"):
        assert told not in answer.text


TYPES = {
    "/": "text/html", "/nothing": "text/html", "/robots.txt": "text/plain",
    "/log/checkpoint": "text/plain", "/static/site.css": "text/css",
    "/static/site.js": "text/javascript", "/feed.atom": "application/atom+xml",
    "/sitemap.xml": "application/xml",
}  # fmt: skip


async def test_whatever_is_text_says_in_which_charset(client: httpx.AsyncClient) -> None:
    for path, type in TYPES.items():
        told = (await client.get(path)).headers["content-type"]

        assert told == f"{type}; charset=utf-8", path


async def test_who_signs_out_everywhere_is_signed_out_on_every_device_and_nobody_else_is(
    sign_in: SignIn,
) -> None:
    telephone, computer, firm = await sign_in(ANNA), await sign_in(ANNA), await sign_in(OF_ANNA)
    other = await sign_in(RESTAURANT)
    draft = fields(await telephone.get("/declare")) | {"certificate": "food-operation-license"}
    await telephone.post("/declare", data=draft)
    assert [row["n"] for row in await DB.fetch("SELECT count(*) AS n FROM draft")] == [1]
    page = (await firm.get("/mine/sessions")).text
    assert "3 处登录" in page
    assert page.count("（就是这里）") == 1
    assert page.index(OF_ANNA["organisation"]["name"] + "，到") < page.index("（就是这里）")

    answer = await computer.post("/mine/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "session=" in answer.headers["set-cookie"]
    for browser in (telephone, computer, firm):
        assert (await browser.get("/mine")).status_code == 303
        assert (await browser.delete("/api/v1/session")).status_code == 401
    assert (await other.get("/mine")).status_code == 200
    assert await DB.fetch("SELECT 1 FROM draft") == []
    assert (await computer.post("/mine/sign-out")).status_code == 401


AGO = "UPDATE session SET seen_at = now() - $1::interval WHERE seen_at IS NOT NULL"


async def test_a_session_of_whoever_works_here_ends_when_nobody_is_there_any_more(
    officer: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    await DB.fetch(AGO, timedelta(minutes=29))
    assert (await officer.get("/desk")).status_code == 200
    await DB.fetch(AGO, timedelta(minutes=29))  # the request before was the last one
    assert (await officer.get("/api/v1/objections")).status_code == 200

    await DB.fetch(AGO, timedelta(minutes=31))

    assert (await officer.get("/api/v1/objections")).status_code == 401
    assert (await officer.get("/desk")).status_code in (303, 401)
    assert (await restaurant.get("/mine")).status_code == 200


async def test_that_an_officer_is_there_is_written_down_once_a_minute(
    officer: httpx.AsyncClient,
) -> None:
    async def noted() -> str:
        [row] = await DB.fetch("SELECT xmin::text || seen_at AS at FROM session")
        return str(row["at"])

    first = await noted()
    assert (await officer.get("/desk")).status_code == 200
    assert await noted() == first

    await DB.fetch(AGO, timedelta(seconds=61))
    before = await noted()
    assert (await officer.get("/desk")).status_code == 200
    assert await noted() != before


async def test_a_full_disk_keeps_no_officer_from_reading(officer: httpx.AsyncClient) -> None:
    await DB.fetch(AGO, timedelta(minutes=5))

    async with failing("disk full", Step("session", "UPDATE")):
        assert (await officer.get("/desk")).status_code == 200
