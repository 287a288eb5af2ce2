"""The page on which an agency's staff has a file checked, without scripts and without a key."""

import httpx
from litestar import Litestar

from notices import agencies
from notices.changing import leaving
from notices.identity import Person
from notices.web.authentication import cookie_name
from tests.api import declaration
from tests.engines.test_batches import FOOD, PATH, rows_of, table
from tests.owning import owned
from tests.samples import ANNA

PAGE = "/agencies/check"
ROWS = table([["证件种类", "证件号码"], [FOOD, "JY13799990000011"], [FOOD, ""]])


async def clerk(app: Litestar, client: httpx.AsyncClient, *scopes: str) -> str:
    """Signs `client` in as one of the staff of an agency whose key is for `scopes`."""
    agency, _ = await owned(agencies.add("寒亭银行", [], scopes=scopes))
    person = Person("agency", ANNA["name"], ANNA["identifier"], agency=agency.id)
    token = await leaving.sign_in(app.state.deployment, person, None)
    client.cookies.set(cookie_name(app.state.deployment), token)
    return agency.id


async def send(client: httpx.AsyncClient, path: str, content: str) -> httpx.Response:
    return await client.post(path, files={"file": ("登记表.csv", content.encode())})


async def test_staff_sends_a_file_without_a_key_and_gets_it_back_with_answers(
    app: Litestar, client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    await restaurant.post("/api/v1/notices", json=declaration())
    await clerk(app, client, "verify", "batch")

    page = await client.get(PAGE)
    assert 'enctype="multipart/form-data"' in page.text
    assert 'id="key"' not in page.text
    assert f'href="{PAGE}"' in (await client.get("/mine")).text
    answer = await send(client, PAGE, ROWS)

    found = rows_of(answer)
    assert [(each[2], each[-1]) for each in found[1:]] == [("invalid", ""), ("", "number_empty")]
    assert answer.headers["content-disposition"].startswith("attachment")
    summary = await client.get(httpx.URL(answer.links["summary"]["url"]).path)
    assert (summary.status_code, summary.json()["rows"]) == (200, 2)
    program = await send(client, PATH, ROWS)
    assert program.content == answer.content


async def test_what_is_wrong_with_a_file_is_said_on_the_page(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    await clerk(app, client, "verify", "batch")

    wrong = await send(client, PAGE, "住址,姓名\n路,某\n")

    assert wrong.status_code == 422
    assert "证件号码" in wrong.text
    assert 'id="file-error"' in wrong.text
    assert "<title>有误：" in wrong.text


async def test_whoever_may_not_is_told_how_to(
    app: Litestar, client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    page = await client.get(PAGE)
    assert (page.status_code, 'id="key"' in page.text) == (200, True)
    nobody = await send(client, PAGE, ROWS)
    assert (nobody.status_code, "/sign-in" in nobody.text) == (401, True)
    assert (await send(restaurant, PAGE, ROWS)).status_code == 403
    agency = await clerk(app, client, "verify")
    assert (await send(client, PAGE, ROWS)).status_code == 403
    # The day a key with that scope is given, its staff may.
    await owned(agencies.rotate(agency, scopes=("verify", "batch")))
    assert (await send(client, PAGE, ROWS)).status_code == 200
    await owned(agencies.revoke(f"{agency}.2"))
    assert (await send(client, PAGE, ROWS)).status_code == 403
