"""Bad requests and bad days: each its own problem, none a 500."""

import html
import re
from typing import Any

import httpx
import pytest
from litestar import Litestar

from notices.database import DB
from notices.facts import problem_codes
from notices.facts.messages import MESSAGES
from tests.api import declaration
from tests.samples import ANNA, RESTAURANT

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("content", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "bad_request"),
        (b"", "application/json", 400, "bad_request"),
        (b"[]", "application/json", 400, "bad_request"),
        (b'"text"', "application/json", 400, "bad_request"),
        (b"\xff\xfe", "application/json", 400, "bad_request"),
        (b'{"certificate": "\\ud800"}', "application/json", 400, "bad_request"),
        (b"[" * 60_000, "application/json", 400, "bad_request"),
        (b'{"details":' + b"[" * 974 + b"]" * 974 + b"}", "application/json", 400, "bad_request"),
        (b'{"nonsense": 1}', "application/json", 400, "unknown_field"),
        (b'{"number": "1", "number": "2"}', "application/json", 400, "bad_request"),
        (b'{"holder": {"name": "1", "name": "2"}}', "application/json", 400, "bad_request"),
        (b'{"holder": {"nonsense": 1}}', "application/json", 400, "unknown_field"),
        (b"{}", "text/plain", 415, "media_type"),
        (b"a=b", "application/x-www-form-urlencoded", 415, "media_type"),
        (b" " * 10_000_000, "application/json", 413, "body_too_large"),
        (b"{}", "application/json", 422, "invalid"),
    ],
    ids=str,
)
async def test_a_body_that_cannot_be_taken_has_a_problem_of_its_own(
    restaurant: httpx.AsyncClient, content: bytes, content_type: str, status: int, code: str
) -> None:
    answer = await restaurant.post(
        "/api/v1/notices", content=content, headers={"Content-Type": content_type}
    )

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["type"] == f"/problems/{code}"
    assert answer.json()["status"] == status


async def test_a_large_body_that_does_not_say_so_is_stopped_too(
    restaurant: httpx.AsyncClient,
) -> None:
    async def pieces() -> Any:
        for _ in range(200):
            yield b" " * 10_000

    answer = await restaurant.post(
        "/api/v1/notices", content=pieces(), headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 413


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_messages_are_in_one_language(restaurant: httpx.AsyncClient, language: str) -> None:
    """And none shows a name of the language this is written in."""
    bodies = ({"number": 1, "holder": [], "truthful": "x"}, [1], {"number": "1" * 201})
    for body in bodies:
        answer = await restaurant.post(
            "/api/v1/notices", json=body, headers={"Accept-Language": language}
        )
        problem = answer.json()
        said = [problem["detail"], *(one["message"] for one in problem.get("errors", []))]

        for words in said:
            assert "Error" not in words
            assert bool(re.search("[\u4e00-\u9fff]", words)) is (language == "zh"), words


@pytest.mark.parametrize(
    "value",
    ["\ufffe局", "x" * 201, "a\u0000b", "a\u202eb", "\u202e", "line\nbreak", "\u0007"],
    ids=repr,
)
async def test_text_that_is_too_long_or_hides_something_is_refused(
    restaurant: httpx.AsyncClient, value: str
) -> None:
    answer = await restaurant.post("/api/v1/notices", json=declaration(issuer=value))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "issuer"


async def test_without_a_session_a_write_is_401_after_the_body_was_understood(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.post("/api/v1/notices", json={})).status_code == 401
    assert (await client.post("/api/v1/notices", json={"x": 1})).status_code == 400


async def test_an_expired_session_is_no_session(restaurant: httpx.AsyncClient) -> None:
    await DB.fetch("UPDATE session SET expires_at = now()")

    answer = await restaurant.post("/api/v1/notices", json=declaration())

    assert answer.status_code == 401
    assert answer.json()["code"] == "sign_in_required"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://testserver.example"}, 201),
        ({"Origin": "http://testserver.example.evil.example"}, 403),
        ({"Authorization": "Bearer x", "Origin": "null"}, 401),
        ({"Authorization": "Basic eDp5", "Origin": "null"}, 403),
        ({}, 201),
    ],
    ids=str,
)
async def test_a_write_from_another_site_is_refused(
    restaurant: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await restaurant.post("/api/v1/notices", json=declaration(), headers=headers)

    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "cross_site"


WRITES: dict[tuple[str, str], Any] = {
    ("POST", "/api/v1/notices"): declaration(),
    ("POST", "/api/v1/notices/{id}/withdrawal"): {"reason": "found"},
    ("POST", "/api/v1/notices/{id}/correction"): {"issuer": "乙局"},
    ("POST", "/api/v1/demo/login"): RESTAURANT,
    ("DELETE", "/api/v1/session"): None,
    ("POST", "/api/v1/notices/{id}/objections"): {"number": "1", "ground": "false", "text": "x"},
    ("POST", "/api/v1/notices/{id}/decisions"): {"decision": "annul", "reason": "x"},
    ("POST", "/api/v1/notices/{id}/redaction"): {"reason": "x"},
    ("POST", "/api/v1/notices/{id}/confirmation"): {},
    ("POST", "/api/v1/notices/{id}/replacement"): {"issued_on": "2026-11-20"},
    ("POST", "/notices/{id}/object"): {},
    ("POST", "/declare"): {},
    ("POST", "/declare/discard"): {},
    ("POST", "/notices/{id}/withdraw"): {"reason": "found"},
    ("POST", "/notices/{id}/correct"): {"issuer": "乙局"},
    ("POST", "/desk/{id}/decide"): {"decision": "annul", "reason": "x"},
    ("POST", "/desk/{id}/confirm"): {},
    ("POST", "/desk/{id}/redact"): {"reason": "x"},
    ("POST", "/desk/{id}/set-aside"): {"which": "rival 1", "reason": "x"},
    ("POST", "/desk/{id}/purpose"): {"purpose": "objection"},
    ("POST", "/desk/brakes/{id}"): {"reason": "x"},
    ("POST", "/api/v1/watches"): {"certificate": "food-operation-license", "number": "JY1"},
    ("DELETE", "/api/v1/watches/{id}"): None,
    ("POST", "/api/v1/watches/{id}/replay"): {"since": 0},
    ("POST", "/mine/watches"): {"certificate": "food-operation-license", "number": "JY1"},
    ("POST", "/mine/watches/{id}/end"): {},
    ("POST", "/mine/alerts"): {"notice": "37070000012345", "told": "yes"},
    ("POST", "/mine/erase"): {"sure": "yes"},
    ("POST", "/mine/sign-out"): {},
    ("POST", "/sign-in"): {"sample": "li"},
    ("POST", "/sign-out"): {},
    ("POST", "/session"): {},
    ("POST", "/view"): {"view": "elder"},
    ("POST", "/kiosk/off"): {},
}
ASKING = {
    ("POST", "/api/v1/verifications"), ("POST", "/api/v1/verifications/batch"), ("POST", "/verify"),
    ("POST", "/agencies/check"), ("POST", "/verify/many"), ("POST", "/verify/slip"),
}  # fmt: skip


@pytest.mark.parametrize(("method", "path"), WRITES)
async def test_every_write_refuses_another_site(
    restaurant: httpx.AsyncClient, method: str, path: str
) -> None:
    created = await restaurant.post("/api/v1/notices", json=declaration(copies="duplicate"))
    address, body = path.replace("{id}", created.json()["id"]), WRITES[method, path]
    content = {"json" if path.startswith("/api/") else "data": body} if body is not None else {}

    answer = await restaurant.request(
        method, address, **content, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403, answer.text
    assert [row["size"] for row in await DB.fetch("SELECT size FROM log_head")] == [1]
    assert len(await DB.fetch("SELECT 1 FROM session")) == 1


def test_no_write_is_missing_above(app: Litestar) -> None:
    found = {
        (method, re.sub(r":\w+", "", route.path))
        for route in app.routes
        for method in route.methods
        if method in ("POST", "PUT", "PATCH", "DELETE")
    }

    assert found == WRITES.keys() | ASKING


@pytest.mark.parametrize(
    ("method", "path"), [one for one in sorted(WRITES.keys() | ASKING) if "/api/" not in one[1]]
)
async def test_back_never_asks_whether_to_send_a_form_again(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, officer: httpx.AsyncClient,
    method: str, path: str,
) -> None:  # fmt: skip
    """What answers a form leads to a page, or may be kept by the browser and names nobody."""
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    right = WRITES.get((method, path), {})
    for browser in (client, restaurant, officer):
        for given in (
            {"certificate": "food-operation-license", "number": "JY1"},
            {"a": "b"},
            right,
        ):
            parts = {name: (None, text) for name, text in (given or {"a": "b"}).items()}
            form = {"files": parts} if path.endswith("/object") else {"data": given}
            answer = await browser.post(path.replace("{id}", id), **form)

            kept = answer.headers["cache-control"] == "private, no-cache"
            assert answer.status_code == 303 or kept, (given, answer.status_code, answer.headers)
            assert answer.status_code == 303 or 'class="who"' not in answer.text


async def test_asking_is_no_write(client: httpx.AsyncClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://bank.example"}
    question = {"certificate": "food-operation-license", "number": "JY13799990000011"}

    asked = await client.post("/api/v1/verifications", json=question, headers=headers)
    assert (asked.status_code, asked.json()["status"]) == (200, "no_notice")
    assert (await client.post("/verify", data=question, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "wrong"),
    [
        ("correction", {"issuer": 5, "lost_on": "2999-01-01"}, {"issuer", "lost_on"}),
        ("correction", {"issuer": 5}, {"issuer"}),
        ("withdrawal", {"reason": 5}, {"reason"}),
        ("objections", {"number": 5, "ground": "x"}, {"number", "ground", "text"}),
        ("decisions", {"decision": 5, "reason": ""}, {"decision", "reason"}),
        ("redaction", {"reason": 5}, {"reason"}),
    ],
)
async def test_a_value_of_the_wrong_type_hides_no_other_problem(
    restaurant: httpx.AsyncClient, path: str, body: dict[str, Any], wrong: set[str]
) -> None:
    created = await restaurant.post("/api/v1/notices", json=declaration())
    answer = await restaurant.post(f"/api/v1/notices/{created.json()['id']}/{path}", json=body)

    assert answer.status_code == 422
    problems = answer.json()["errors"]
    assert sorted(one["field"] for one in problems) == sorted(wrong)


async def test_a_wrong_body_and_a_missing_session_are_told_before_another_site_is(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    post = restaurant.post

    assert (await post("/api/v1/notices", json=[], headers=headers)).status_code == 400
    assert (await post("/api/v1/notices", json={}, headers=headers)).status_code == 422
    refused = await client.post("/api/v1/notices", json=declaration(), headers=headers)
    assert refused.status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/notices?nonsense=1", "/api/v1/notices?page=0", "/api/v1/notices?per_page=101",
        "/api/v1/notices?page=11&per_page=100", "/api/v1/notices?page=x",
        "/api/v1/notices?certificate=none", "/api/v1/notices?status=void",
        "/api/v1/notices?region=3", "/api/v1/notices?published_from=2026-02-30",
        "/api/v1/notices?sort=best", "/api/v1/notices?year=99999", "/api/v1/events?since=-1",
        "/api/v1/events?limit=1001", "/api/v1/events?limit=0", "/api/v1/catalogue?x=1",
        "/health/ready?x=1", "/feed.atom?page=0", "/api/v1/notices?region=379999",
        "/api/v1/notices?region=99", "/api/v1/notices?region=3799",
        "/api/v1/notices?published_from=2026-02-02&published_to=2026-02-01",
        "/api/v1/notices?published_to=9999-12-31", "/api/v1/notices?year=9999",
        "/api/v1/notices?page=1&page=2", "/api/v1/events?since=0&since=0",
        "/api/v1/notices?q=" + "x" * 10_000,
    ],
)  # fmt: skip
async def test_a_query_that_cannot_be_right_is_400(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == PROBLEM


@pytest.mark.parametrize("id", ["37070000000136", "x", "1" * 14, "１２", "%00", "1" * 5000])
async def test_an_unknown_notice_is_404(client: httpx.AsyncClient, id: str) -> None:
    answer = await client.get(f"/api/v1/notices/{id}")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == PROBLEM


async def test_a_wrong_method_is_405_and_a_wrong_path_404(client: httpx.AsyncClient) -> None:
    assert (await client.delete("/api/v1/notices")).status_code == 405
    assert (await client.get("/api/v1/nothing")).json()["code"] == "not_found"


@pytest.mark.parametrize(
    "body",
    [
        {}, {"kind": "king", "name": "a", "identifier": "b"},
        {**ANNA, "identifier": "379999190001010011"}, {**ANNA, "organisation": {}},
        {**RESTAURANT, "organisation": None}, {**RESTAURANT, "organisation": {"name": 1}},
        {**ANNA, "name": "x" * 201}, {**ANNA, "name": 5}, {**ANNA, "name": "张\u202e三"},
        {**RESTAURANT, "organisation": {"name": "甲\u202e", "identifier": "91379999MA0000015K"}},
        {**ANNA, "identifier_type": "passport", "identifier": "\u202eE12345678"},
        {**ANNA, "identifier_type": "uscc", "identifier": "91379999MA0000015K"},
        {**ANNA, "name": []}, {**ANNA, "identifier_type": " ", "identifier": "!!"},
    ],
    ids=str,
)  # fmt: skip
async def test_a_wrong_sign_in_says_why(client: httpx.AsyncClient, body: Any) -> None:
    answer = await client.post("/api/v1/demo/login", json=body)

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]


async def test_an_unknown_field_of_a_sign_in_is_400(client: httpx.AsyncClient) -> None:
    for body in ({**ANNA, "x": 1}, {**RESTAURANT, "organisation": {"name": "甲", "x": 1}}):
        answer = await client.post("/api/v1/demo/login", json=body)

        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")


async def test_signing_out_ends_the_session(restaurant: httpx.AsyncClient) -> None:
    token = restaurant.cookies["session"]
    assert (await restaurant.delete("/api/v1/session")).status_code == 204
    restaurant.cookies.set("session", token)

    assert (await restaurant.delete("/api/v1/session")).status_code == 401


async def test_every_answer_carries_its_number_and_keeps_other_sites_out(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/health/live")

    assert len(answer.headers["x-request-id"]) == 16
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
async def test_a_key_that_cannot_be_kept_is_400(restaurant: httpx.AsyncClient, key: str) -> None:
    answer = await restaurant.post(
        "/api/v1/notices", json=declaration(), headers={"Idempotency-Key": key}
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "idempotency_key"


@pytest.mark.parametrize("path", ["/nothing/here", "/api/v1/nothing", "/", "/health/live"])
async def test_every_address_is_answered_with_the_same_headers(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)

    assert len(answer.headers["x-request-id"]) == 16
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/notices", "/health/live", "/api/v1/notices", "/nothing"])
async def test_head_is_answered_as_get_without_the_content(
    client: httpx.AsyncClient, path: str
) -> None:
    got, head = await client.get(path), await client.head(path)

    assert head.status_code == got.status_code
    assert head.headers["content-type"] == got.headers["content-type"]
    assert got.content != b""
    assert head.content == b""


ALL_CODES = sorted({*(kind.code for kind in problem_codes.every_refusal()), *MESSAGES})


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_type_names_a_page_that_explains_it(
    client: httpx.AsyncClient, lang: str
) -> None:
    params = {"lang": "en"} if lang == "en" else {}
    for code in ALL_CODES:
        answer = await client.get(f"/problems/{code}", params=params)

        assert answer.status_code == 200, code
        assert answer.headers["content-type"].startswith("text/html")
        found = problem_codes.explained(code)
        assert found is not None
        for sentence in (*found.sentences, *found.advice):
            assert sentence.in_(lang) in html.unescape(answer.text), code
        assert "{" not in answer.text, code


async def test_a_problem_leads_to_its_page(client: httpx.AsyncClient) -> None:
    for path in ("/api/v1/nothing", "/api/v1/notices?x=1", "/api/v1/notices?page=0"):
        type = (await client.get(path)).json()["type"]

        assert (await client.get(type)).status_code == 200


@pytest.mark.parametrize("code", ["nothing", "Invalid", "invalid.html", "%00", "x" * 3000])
async def test_an_unknown_code_is_no_page(client: httpx.AsyncClient, code: str) -> None:
    assert (await client.get(f"/problems/{code}")).status_code == 404


async def test_all_codes_stand_on_one_page(client: httpx.AsyncClient) -> None:
    page = (await client.get("/problems")).text

    assert [code for code in ALL_CODES if f'href="/problems/{code}"' not in page] == []


def test_every_status_has_advice() -> None:
    assert {kind.status for kind in problem_codes.every_refusal()} <= problem_codes.ADVICE.keys()
