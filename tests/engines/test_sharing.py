"""What a page of another site may read, and what it may not."""

from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from notices.deployment import Deployment
from notices.web.middleware import sharing
from tests.api import declaration
from tests.conftest import SignIn
from tests.samples import ANNA, OFFICER

ALLOWED = "access-control-allow-origin"
ELSEWHERE = {"Origin": "https://bank.example"}
FOOD = {"certificate": "food-operation-license", "number": "JY13799990000011"}
CLOSED = {
    "getObjections",
    "getEvidence",
    "getExhibit",
    "getRivals",
    "getOverlaps",
    "getUsage",
    "getVerifiedFile",
    "getWatches",
    None,
}
"""The reads that need an identity, and the metrics, which are for operators."""


def no_credentials(answer: httpx.Response) -> None:
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers.get(ALLOWED) in (None, "*")


@pytest.mark.parametrize(
    "path",
    [
        "/log/checkpoint", "/log/vkey", "/log/tile/0/000.p/1", "/log/tile/entries/000.p/1",
        "/.well-known/notice-keys.json", "/api/v1/notices/{id}/receipt", "/notices/{id}.tlog-proof",
        "/api/v1/catalogue", "/api/v1/notices/{id}", "/api/v1/notices", "/api/v1/notices?q=x",
        "/api/v1/events", "/api/v1/suggestions?q=x", "/feed.atom", "/schema/openapi.json",
        "/health/ready", "/notices/{id}.pdf", "/static/receipt.js",
        # What went wrong is read as well.
        "/api/v1/notices/37070000000136", "/api/v1/notices?colour=red", "/api/v1/nothing",
        "/notices/37070000000136.tlog-proof", "/log/tile/0/001",
    ],
)  # fmt: skip
async def test_what_anybody_may_read_any_page_may_read(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, path: str
) -> None:
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]

    # A cache must not keep an answer without the header for a page that needs it.
    for headers in ({}, ELSEWHERE, {"Origin": "null"}):
        answer = await client.get(path.replace("{id}", id), headers=headers)

        assert answer.headers[ALLOWED] == "*", answer.text
        no_credentials(answer)
    assert (await client.head(path.replace("{id}", id))).headers[ALLOWED] == "*"


def test_a_new_handler_cannot_be_forgotten(app: Litestar) -> None:
    """Whatever is read is open unless it is named here, and of all else one question alone."""
    opened = sharing.open_methods(app)

    closed, posts = set(), set()
    for route in app.routes:
        assert isinstance(route, HTTPRoute)
        for handler in route.route_handlers:
            if "GET" in handler.http_methods and handler.opt.get(sharing.CLOSED):
                closed.add(handler.operation_id)
    for path, methods in opened.items():
        posts |= {path} if methods - {"GET", "HEAD"} else set()
    assert closed == CLOSED
    assert posts == {"/api/v1/verifications"}


@pytest.mark.parametrize("path", ["/", "/notices", "/verify", "/mine", "/nowhere", "/log"])
async def test_pages_are_for_people(restaurant: httpx.AsyncClient, path: str) -> None:
    """They name whoever is signed in, and a browser may have kept one from its own visit."""
    assert ALLOWED not in (await restaurant.get(path, headers=ELSEWHERE)).headers


@pytest.mark.parametrize("path", ["/api/v1/objections", "/metrics"])
async def test_what_is_not_for_anybody_is_for_no_page(sign_in: SignIn, path: str) -> None:
    officer = await sign_in(OFFICER)

    answer = await officer.get(path, headers=ELSEWHERE)

    assert answer.status_code == 200
    assert ALLOWED not in answer.headers
    assert ALLOWED not in (await preflight(officer, path, "GET")).headers


async def test_no_write_is_open_whether_it_is_refused_or_not(
    restaurant: httpx.AsyncClient,
) -> None:
    own = {"Origin": "http://testserver.example"}
    for headers, status in ((own, 201), (own, 409), (ELSEWHERE, 403)):
        answer = await restaurant.post("/api/v1/notices", json=declaration(), headers=headers)

        assert (answer.status_code, ALLOWED in answer.headers) == (status, False)
    assert ALLOWED not in (await restaurant.delete("/api/v1/session")).headers
    assert ALLOWED not in (await restaurant.post("/sign-in", data={"sample": "li"})).headers


MASKED = {
    "certificate": "road-transport-practitioner-certificate", "number": ANNA["identifier"]
}  # fmt: skip


@pytest.mark.parametrize(
    ("question", "status", "is_open"),
    [
        (FOOD, 200, True),
        ({"items": [FOOD, FOOD]}, 200, True),
        (MASKED, 200, False),
        ({"items": [FOOD, MASKED]}, 200, False),
        # Refusals say nothing of a certificate; the page has to learn what was wrong.
        ({"items": []}, 422, True),
        ({"colour": "red"}, 400, True),
    ],
    ids=str,
)
async def test_an_answer_is_open_unless_it_is_about_a_certificate_with_masked_numbers(
    client: httpx.AsyncClient, question: Any, status: int, is_open: bool
) -> None:
    answer = await client.post("/api/v1/verifications", json=question, headers=ELSEWHERE)

    assert answer.status_code == status, answer.text
    assert answer.headers.get(ALLOWED) == ("*" if is_open else None)
    no_credentials(answer)


async def test_every_certificate_with_masked_numbers_keeps_its_answers(
    client: httpx.AsyncClient, deployment: Deployment
) -> None:
    for certificate in deployment.catalogue.certificates.values():
        question = {"certificate": certificate.id, "number": certificate.examples[0]}
        answer = await client.post("/api/v1/verifications", json=question, headers=ELSEWHERE)

        assert answer.status_code == 200, answer.text
        assert (ALLOWED in answer.headers) is (certificate.public_number != "masked")


async def preflight(
    client: httpx.AsyncClient, path: str, method: str, **more: str
) -> httpx.Response:
    headers = {**ELSEWHERE, "Access-Control-Request-Method": method, **more}
    return await client.options(path, headers=headers)


async def test_a_page_may_ask_before_it_asks(client: httpx.AsyncClient) -> None:
    answer = await preflight(
        client,
        "/api/v1/verifications",
        "POST",
        **{"Access-Control-Request-Headers": "content-type"},
    )

    assert answer.status_code == 204
    assert answer.headers[ALLOWED] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"].lower() == "content-type"
    no_credentials(answer)


@pytest.mark.parametrize(
    ("path", "method", "is_open"),
    [
        ("/api/v1/notices", "GET", True),
        ("/api/v1/notices", "POST", False),
        ("/api/v1/notices/37070000000136", "GET", True),
        ("/log/tile/entries/000", "GET", True),
        ("/schema/openapi.json", "GET", True),
        ("/api/v1/notices/37070000000136/withdrawal", "POST", False),
        ("/api/v1/session", "DELETE", False),
        ("/api/v1/verifications", "PUT", False),
        ("/api/v1/nothing", "GET", False),
    ],
)
async def test_a_preflight_allows_what_is_open_and_nothing_else(
    client: httpx.AsyncClient, path: str, method: str, is_open: bool
) -> None:
    answer = await preflight(client, path, method)

    assert answer.headers.get(ALLOWED) == ("*" if is_open else None)
    allowed = answer.headers.get("access-control-allow-methods", "")
    assert not {"DELETE", "PUT", "PATCH"} & set(allowed.split(", "))
    assert ("POST" in allowed) is (is_open and "verifications" in path)
    no_credentials(answer)
