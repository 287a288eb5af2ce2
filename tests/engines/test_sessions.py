"""Sessions: whose they are and for how long, who ends them, and what is told of them."""

import dataclasses
import re
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
import structlog

from notices.app import create_app
from notices.changing import leaving
from notices.database import DB
from notices.deployment import Deployment
from notices.identity import Person
from tests.conftest import SignIn
from tests.engines.test_pages import fields
from tests.faults import Step, failing
from tests.samples import ANNA, RESTAURANT

OF_ANNA = {**ANNA, "kind": "organisation", "organisation": RESTAURANT["organisation"]}


@pytest.fixture
def seen_logs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The lines of the sign-in's log, before they are written."""
    capture = structlog.testing.LogCapture()
    logger = structlog.wrap_logger(None, processors=[capture])
    monkeypatch.setattr(leaving, "LOG", logger)
    return capture.entries


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
        set_ = [SimpleCookie(each) for each in answer.headers.get_list("set-cookie")]
        cookies = {name: cookie for each in set_ for name, cookie in each.items()}
        own = "__Host-session" if scheme == "https" else "session"
        # Signing out also takes back what was kept while somebody chose as whom to go on.
        assert set(cookies) == {own} | (cookies.keys() if answer is signed_out else set())
        for cookie in cookies.values():
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


async def test_who_signs_out_everywhere_is_signed_out_on_every_device_and_nobody_else_is(
    sign_in: SignIn,
) -> None:
    telephone, computer, firm = await sign_in(ANNA), await sign_in(ANNA), await sign_in(OF_ANNA)
    other = await sign_in(RESTAURANT)
    draft = fields(await telephone.get("/declare")) | {"certificate": "food-operation-license"}
    await telephone.post("/declare", data=draft)
    page = (await firm.get("/mine/sessions")).text
    assert "3 处登录" in page
    assert page.count("（就是这里）") == 1
    assert page.index(OF_ANNA["organisation"]["name"] + "，到") < page.index("（就是这里）")

    computer_page = await computer.get("/mine/sessions")
    answer = await computer.post("/mine/sign-out", data=fields(computer_page))

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "session=" in answer.headers["set-cookie"]
    for browser in (telephone, computer, firm):
        assert (await browser.get("/mine")).status_code == 303
        assert (await browser.delete("/api/v1/session")).status_code == 401
    assert (await other.get("/mine")).status_code == 200
    # Nobody else reads it, wherever they are signed in.
    assert len(await DB.fetch("SELECT 1 FROM draft")) == 1
    late = await computer.post("/mine/sign-out", data=fields(computer_page))
    assert late.headers["location"] == "/sign-in?next=%2Fmine%2Fsessions"


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


async def test_an_operator_ends_all_sessions_or_those_of_staff(
    officer: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    draft = fields(await restaurant.get("/declare")) | {"certificate": "food-operation-license"}
    await restaurant.post("/declare", data=draft)

    assert await leaving.end_all(staff=True) == 1
    assert (await officer.get("/desk")).status_code in (303, 401)
    assert (await restaurant.get("/mine")).status_code == 200
    assert await leaving.end_all(staff=False) == 1
    assert (await restaurant.get("/mine")).status_code == 303
    assert len(await DB.fetch("SELECT 1 FROM draft")) == 1


async def test_a_session_at_the_desk_is_not_extended(officer: httpx.AsyncClient) -> None:
    await DB.fetch("UPDATE session SET expires_at = now() + interval '4 minutes'")

    assert (await officer.post("/session")).status_code == 303

    [row] = await DB.fetch("SELECT expires_at - now() AS left FROM session")
    assert row["left"] < timedelta(minutes=4, seconds=1)


async def test_who_works_here_is_told_when_the_session_ends_and_looking_at_that_is_no_work(
    officer: httpx.AsyncClient,
) -> None:
    async def left() -> tuple[int, int]:
        page = (await officer.get("/session")).text
        told = re.search(r'data-left="(\d+)" data-longest="(\d+)"', page)
        assert told is not None
        return int(told[1]), int(told[2])

    await DB.fetch(AGO, timedelta(minutes=26))
    for _ in range(2):
        soon, longest = await left()
        assert (235 < soon <= 240, 1790 < longest <= 1800) == (True, True)

    await officer.post("/session")

    soon, _ = await left()
    assert 1790 < soon <= 1800
    [row] = await DB.fetch("SELECT expires_at - now() AS left FROM session")
    assert row["left"] > timedelta(hours=7)
