"""What every answer tells browsers, and what of a request is refused by its headers."""

import gzip
from typing import Any

import httpx
import pytest

from notices import register
from tests.api import declaration

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
