"""What every answer tells browsers, and what of a request is refused by its headers."""

import gzip

import httpx
import pytest

from notices.database import DB
from tests.api import declaration
from tests.conftest import SignIn
from tests.samples import ANNA, RESTAURANT

PACKED = {"Content-Type": "application/json", "Content-Encoding": "gzip"}


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
