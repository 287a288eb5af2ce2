"""The page of watched numbers, and what "my notices" tells of them."""

import re
from typing import Any

import httpx

from notices.database import DB
from notices.deployment import Deployment
from tests import api
from tests.conftest import SignIn
from tests.engines.test_pages import fields
from tests.engines.test_watches import FOOD, NUMBER, followed, watched
from tests.samples import ANNA, RESTAURANT

PAGE = "/mine/watches"


async def filled(client: httpx.AsyncClient, **changes: str) -> dict[str, str]:
    page = await client.get(PAGE)
    assert page.status_code == 200, page.text
    return fields(page) | {"certificate": FOOD, "number": NUMBER, "label": "饭店"} | changes


async def sent(client: httpx.AsyncClient, form: dict[str, str], path: str = PAGE) -> Any:
    answer = await client.post(path, data=form)
    while answer.status_code == 303:
        answer = await client.get(answer.headers["location"])
    return answer


async def test_a_number_is_watched_on_the_page_and_its_news_are_on_my_notices(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    form = await filled(anna)
    page = await sent(anna, form)
    again = await sent(anna, form)
    notice = await api.declared(restaurant)
    await followed(deployment)

    assert "已关注" in page.text
    assert again.status_code == 200
    assert len(await DB.fetch("SELECT FROM watch")) == 1
    for path in (PAGE, "/mine", f"{PAGE}?lang=en"):
        shown = await anna.get(path)
        assert shown.headers["cache-control"] == "no-store"
        assert notice.id in shown.text, path
        assert "饭店" in shown.text
    assert NUMBER not in (await anna.get(PAGE)).text
    assert notice.id not in (await anna.get("/mine/privacy")).text


async def test_what_is_wrong_is_told_at_its_place_and_what_was_typed_stays(
    anna: httpx.AsyncClient,
) -> None:
    page = await sent(anna, await filled(anna, certificate="", number="无"))

    assert page.status_code == 422
    assert 'id="certificate-error"' in page.text
    assert 'id="number-error"' in page.text
    assert fields(page)["label"] == "饭店"
    assert await DB.fetch("SELECT FROM watch") == []
    unusual = await sent(anna, await filled(anna, number="JY1379999000001"))
    assert "与常见格式不同" in unusual.text


async def test_a_watch_is_ended_on_the_page(anna: httpx.AsyncClient) -> None:
    await watched(anna, label="饭店")
    page = await anna.get(PAGE)
    [path] = re.findall(r'action="(/mine/watches/[0-9a-f]{24}/end)"', page.text)
    form = {name: value for name, value in fields(page).items() if name in ("of", "stamp")}
    ended = await sent(anna, form, path)

    assert "已取消关注" in ended.text
    assert await DB.fetch("SELECT FROM watch") == []
    assert (await sent(anna, form, path)).status_code == 404


async def test_a_form_whose_session_ended_is_kept_until_its_owner_has_signed_in(
    anna: httpx.AsyncClient, sign_in: SignIn
) -> None:
    form = await filled(anna)
    await anna.delete("/api/v1/session")
    answer = await anna.post(PAGE, data=form)

    assert answer.status_code in (303, 401)
    assert await DB.fetch("SELECT FROM watch") == []
    other = await sign_in(RESTAURANT)
    assert (await other.post(PAGE, data=form)).status_code in (303, 401)
    assert await DB.fetch("SELECT FROM watch") == []
    assert ANNA["kind"] == "person"


async def test_what_is_kept_is_told_and_erased(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    watch = await watched(anna, label="饭店")
    await watched(restaurant)
    await api.declared(restaurant)
    await followed(deployment)
    copy = (await anna.get("/mine/data")).json()

    assert copy["watches"] == [
        {"id": watch["id"], "at": watch["at"], "certificate": FOOD, "label": "饭店"}
    ]
    assert NUMBER not in str(copy)
    assert (await anna.post("/mine/erase", data={"sure": "yes"})).status_code == 303
    assert len(await DB.fetch("SELECT FROM watch")) == 1
    assert len(await DB.fetch("SELECT FROM delivery")) == 1
