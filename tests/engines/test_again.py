"""A form that is sent with something wrong comes again by GET, and for its sender alone."""

import re
from typing import Any

import httpx
import pytest

from notices.database import DB
from notices.pages import again
from tests.conftest import SignIn
from tests.engines.test_pages import fields, published
from tests.samples import ANNA, RESTAURANT

KEY = "0123456789abcdefghijkl"
IDS = ("37070000012345", "0" * 24)
OTHER = {
    "kind": "organisation", "name": "赵六", "identifier": "379999198803120137",
    "organisation": {"name": "青州市老街杂货铺", "identifier": "92379999MA00000316"},
}  # fmt: skip
OBJECTED = {"number": "JY13799990000011", "ground": "not_lost", "text": "证件在我手里。"}
FORMS: dict[str, tuple[dict[str, Any], dict[str, str], dict[str, str]]] = {
    "withdraw": (RESTAURANT, {"reason": ""}, {"reason": "found"}),
    "correct": (RESTAURANT, {"issuer": "另一站式", "lost_on": "2026-11-02"}, {"issuer": "某某局"}),
    "object": (ANNA, OBJECTED | {"ground": ""}, OBJECTED),
}
"""Who sends it, with something wrong at first, and what mends it."""


async def send(
    client: httpx.AsyncClient, form: str, path: str, given: dict[str, str]
) -> httpx.Response:
    if form == "object":
        return await client.post(path, files={name: (None, text) for name, text in given.items()})
    return await client.post(path, data=given)


@pytest.mark.parametrize("form", FORMS)
async def test_what_was_wrong_is_asked_again_by_get_as_it_was_typed(
    restaurant: httpx.AsyncClient, sign_in: SignIn, form: str
) -> None:
    who, wrong, right = FORMS[form]
    path, client = f"/notices/{await published(restaurant)}/{form}", await sign_in(who)
    first = fields(await client.get(path))["key"]
    sent = await send(client, form, path, wrong | {"key": first})
    pages = [await client.get(sent.headers["location"]) for _ in range(2)]

    assert (sent.status_code, sent.headers["location"]) == (303, f"{path}?again={first}")
    for page in pages:
        assert (page.status_code, page.headers["cache-control"]) == (422, "no-store")
        assert "<title>有误：" in page.text
        assert all(text in page.text for text in wrong.values())
    english = await client.get(f"{sent.headers['location']}&lang=en")
    assert "There is a problem" in english.text
    other = await (await sign_in(OTHER)).get(sent.headers["location"])
    assert other.status_code == (403 if who is RESTAURANT else 200)
    assert OBJECTED["text"] not in other.text

    filled = {name: text for name, text in fields(pages[0]).items() if name in (*wrong, "key")}
    done = await send(client, form, path, wrong | filled | right)
    assert done.status_code == 303
    assert "again" not in done.headers["location"] or form == "object"
    kept = await DB.fetch("SELECT length(sealed) AS n FROM draft")
    assert [row["n"] < 400 for row in kept] == ([True] if form == "object" else [])


@pytest.mark.parametrize("key", [KEY, "x", "", "a" * 300])
async def test_a_key_that_names_nothing_is_an_empty_form(
    restaurant: httpx.AsyncClient, key: str
) -> None:
    path = f"/notices/{await published(restaurant)}/withdraw"
    page = await restaurant.get(path, params={"again": key})

    assert page.status_code == 200
    assert fields(page)["key"] != key


async def test_a_form_of_one_notice_is_none_of_another(restaurant: httpx.AsyncClient) -> None:
    one = await published(restaurant)
    other = await published(restaurant, number="JY13799990000020")
    sent = await restaurant.post(f"/notices/{one}/correct", data={"issuer": "另一站式", "key": KEY})
    page = await restaurant.get(sent.headers["location"].replace(one, other))

    assert page.status_code == 200
    assert "另一站式" not in page.text


async def test_every_form_that_is_kept_has_a_page_to_come_back_to(
    restaurant: httpx.AsyncClient,
) -> None:
    app = restaurant._transport.app  # type: ignore[attr-defined]
    forms = {
        path: route.methods
        for route in app.routes
        if "POST" in getattr(route, "methods", ())
        for path in (route.path.replace("{id:str}", id) for id in IDS)
        for path in (re.sub(r"\{id:\w+\}", "7", path),)
        if again.is_form(path)
    }

    assert len(forms) >= 11
    assert [path for path, methods in forms.items() if "GET" not in methods] == []
