"""Who is asking is looked up once in a request, and not at all where nobody asks about it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from notices import agencies, identity
from tests.api import declaration
from tests.limiting import limited  # noqa: F401  (a fixture)
from tests.owning import owned

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = (
    "/", "/notices", "/notices?q=1", "/notices/{id}", "/notices/{id}/withdraw",
    "/notices/{id}/correct", "/declare", "/declare/done/{id}", "/mine", "/verify", "/problems",
    "/log", "/sign-in",
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
    monkeypatch.setattr(agencies, "of_key", counting("key", agencies.of_key))
    return found


async def declare(client: httpx.AsyncClient) -> str:
    answer = await client.post("/api/v1/notices", json=declaration())
    return str(answer.json()["id"])


@pytest.mark.parametrize("counts", [False, True], ids=["", "limited"])
async def test_a_page_looks_up_once_who_is_signed_in(
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
