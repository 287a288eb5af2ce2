"""Who is asking is looked up once in a request, and not at all where nobody asks about it."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from notices import agencies, identity
from notices.agencies import knowing
from notices.database import DB
from notices.deployment import Deployment
from tests.api import declaration
from tests.limiting import limited  # noqa: F401  (a fixture)
from tests.owning import owned

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = (
    "/", "/notices", "/notices?q=1", "/notices/{id}", "/notices/{id}/withdraw",
    "/notices/{id}/correct", "/declare", "/declare/done/{id}", "/mine", "/mine/sessions", "/verify",
    "/problems", "/log", "/sign-in",
)  # fmt: skip
OPEN = (
    "/api/v1/notices/{id}", "/api/v1/catalogue", "/api/v1/notices/{id}/receipt", "/feed.atom",
    "/schema/openapi.json", "/notices/{id}.pdf", "/static/site.css", "/health/live", "/log/vkey",
)  # fmt: skip


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was looked up, in order."""
    found: list[str] = []

    def counting(name: str, look: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(*args: Any) -> Any:
            found.append(name)
            return await look(*args)

        return counted

    monkeypatch.setattr(identity, "who", counting("session", identity.who))
    monkeypatch.setattr(knowing, "of_key", counting("key", knowing.of_key))
    return found


async def declare(client: httpx.AsyncClient) -> str:
    answer = await client.post("/api/v1/notices", json=declaration())
    return str(answer.json()["id"])


@pytest.mark.parametrize("counts", [False, True], ids=["", "limited"])
async def test_a_page_looks_up_once_who_is_signed_in_and_offers_the_end_of_it(
    restaurant: httpx.AsyncClient,
    looked: list[str],
    request: pytest.FixtureRequest,
    counts: bool,
) -> None:
    id = await declare(restaurant)
    if counts:
        request.getfixturevalue("limited")
    for page in PAGES:
        looked.clear()
        answer = await restaurant.get(page.format(id=id))

        assert answer.status_code in (200, 303), page
        assert looked == ["session"], page
        assert answer.status_code == 303 or 'action="/sign-out"' in answer.text, page


async def test_what_anybody_may_read_looks_up_nobody(
    restaurant: httpx.AsyncClient, looked: list[str]
) -> None:
    id = await declare(restaurant)
    for path in OPEN:
        looked.clear()
        answer = await restaurant.get(path.format(id=id))

        assert answer.status_code == 200, path
        assert looked == [], path


async def test_a_write_looks_up_once_who_is_signed_in_or_whose_key_it_is(
    restaurant: httpx.AsyncClient,
    limited: object,  # noqa: F811
    looked: list[str],
) -> None:
    id = await declare(restaurant)
    assert looked == ["session"]
    looked.clear()
    await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"})
    assert looked == ["session"]

    _, key = await owned(agencies.add("某市行政审批服务局", ["某市行政审批服务局"]))
    looked.clear()
    answer = await restaurant.post(
        "/api/v1/verifications",
        json={"items": [{"number": "JY13799990000011"}] * 2},
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 200
    assert looked == ["key"]


LASTS = identity.SESSION_LASTS.total_seconds()


async def left(client: httpx.AsyncClient) -> int:
    """Seconds to the session's end, as every page tells its script."""
    page = (await client.get("/session")).text
    return int(page.partition('data-left="')[2].partition('"')[0])


async def test_a_session_is_extended_for_a_day_at_most(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    async def later(**by: int) -> None:
        """As if it had begun so long before, and had been extended since."""
        token = restaurant.cookies["session"]
        signed = await identity.who(deployment, token)
        assert signed is not None
        since = datetime.now(UTC) - timedelta(**by)
        before = msgspec.structs.replace(signed, since=since)
        key = hashlib.sha256(token.encode()).digest()
        sealed = deployment.keys.sealer.seal(msgspec.json.encode(before), key)
        ends = datetime.now(UTC) + timedelta(minutes=4)
        await DB.fetch("UPDATE session SET sealed = $1, expires_at = $2", sealed, ends)

    await later(hours=7)
    nearly = await left(restaurant)
    extended = await restaurant.post("/session")
    assert (extended.status_code, extended.headers["location"]) == (303, "/session")
    assert "max-age=28800" in extended.headers["set-cookie"].lower()
    assert (nearly < 241, LASTS - 5 < await left(restaurant) <= LASTS) == (True, True)

    await later(hours=20)
    await restaurant.post("/session")
    assert 4 * 3600 - 5 < await left(restaurant) <= 4 * 3600
    page = (await restaurant.get("/session")).text
    assert 'action="/session"' not in page.partition("<main")[2], "there is no more"

    await later(hours=25)
    before = await left(restaurant)
    await restaurant.post("/session")
    assert await left(restaurant) <= before, "it is not made shorter, nor longer"


async def test_nobody_extends_a_session_that_has_ended(restaurant: httpx.AsyncClient) -> None:
    await DB.fetch("UPDATE session SET expires_at = now()")

    answers = [await restaurant.post("/session"), await restaurant.get("/session")]

    for answer in answers:
        assert answer.headers["location"] == "/sign-in?next=%2Fsession"
    assert await DB.fetch("SELECT 1 FROM session WHERE expires_at > now()") == []


async def test_a_session_of_before_there_were_parts_goes_on(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    token = restaurant.cookies["session"]
    signed = await identity.who(deployment, token)
    assert signed is not None
    key = hashlib.sha256(token.encode()).digest()
    sealed = deployment.keys.sealer.seal(msgspec.json.encode(signed.person), key)
    await DB.fetch("UPDATE session SET sealed = $1", sealed)

    page = await restaurant.get("/mine")

    assert signed.person.acts_for[2] in page.text
