"""What the description says of bodies and queries is what is asked for, by asking without it."""

from typing import Any

import httpx
import msgspec
import pytest

from notices import agencies
from notices.facts import requests
from notices.verification import Question
from notices.web import requested
from tests.conftest import SignIn
from tests.owning import owned
from tests.samples import OFFICER, RESTAURANT

NOTICE = "/api/v1/notices/37070000012345"
BODIES: dict[type[msgspec.Struct], str] = {
    requests.Declaration: "/api/v1/notices",
    requests.Withdrawal: f"{NOTICE}/withdrawal",
    requests.Objection: f"{NOTICE}/objections",
    requests.Decision: f"{NOTICE}/decisions",
    requests.Replacement: f"{NOTICE}/replacement",
    requests.Redaction: f"{NOTICE}/redaction",
    requests.Watch: "/api/v1/watches",
    requests.Replay: "/api/v1/watches/{watch}/replay",
    requests.Login: "/api/v1/demo/login",
    Question: "/api/v1/verifications",
}
INNER = {requests.Holder: "holder", requests.LoginOrganisation: "organisation"}
AGENCIES = (requests.Replacement, requests.Replay)
OFFICERS = (requests.Decision, requests.Redaction)
MORE = {requests.Declaration: {"number"}, requests.Holder: {"identifier"}}
"""What the catalogue, or what another field says, asks for besides."""

Post = Any


@pytest.fixture
async def post(client: httpx.AsyncClient, sign_in: SignIn) -> Post:
    """The errors of a body, by their fields: whoever may send it does."""
    person, officer = await sign_in(RESTAURANT), await sign_in(OFFICER)
    scopes = ("verify", "issue", "watch")
    _, key = await owned(agencies.add("奎文审批局", ["局"], scopes=scopes))
    keyed = {"Authorization": f"Bearer {key}"}
    watched = {"certificate": "food-operation-license", "number": "JY13799990000011"}
    wanted = {**watched, "url": "https://8.8.8.8/"}
    watch = (await client.post("/api/v1/watches", json=wanted, headers=keyed)).json()["id"]

    async def send(body: type[msgspec.Struct], sent: dict[str, Any]) -> dict[str, Any]:
        who = officer if body in OFFICERS else person
        headers = {}
        if body in AGENCIES:
            who, headers = client, keyed
        path = BODIES[body].replace("{watch}", watch)
        answer = await who.post(path, json=sent, headers=headers)
        assert answer.status_code == 422, answer.text
        return {error["field"]: error for error in answer.json()["errors"]}

    return send


def outer(body: type[msgspec.Struct]) -> tuple[type[msgspec.Struct], str]:
    """The body in which another stands, and how its fields are then named."""
    if body is requests.Holder:
        return requests.Declaration, "holder."
    if body is requests.LoginOrganisation:
        return requests.Login, "organisation."
    return body, ""


def sent(body: type[msgspec.Struct], values: dict[str, str]) -> dict[str, Any]:
    if body is requests.LoginOrganisation:
        return {"kind": "organisation", "organisation": values}
    return {INNER[body]: values} if body in INNER else dict(values)


@pytest.mark.parametrize("body", requested.NEEDED, ids=lambda body: body.__name__)
async def test_what_a_body_needs_is_required(body: type[msgspec.Struct], post: Post) -> None:
    whole, prefix = outer(body)
    errors = await post(whole, sent(body, {}))
    inner = {field.removeprefix(prefix) for field in errors if field.startswith(prefix)}
    missing = {field for field in inner if "." not in field}

    needed = set(requested.NEEDED[body])
    assert needed <= missing <= needed | MORE.get(body, set())


CHOICES = [(body, name) for body, names in requested.CHOICES.items() for name in names]


@pytest.mark.parametrize(("body", "name"), CHOICES, ids=str)
async def test_what_a_body_chooses_among_is_told(
    body: type[msgspec.Struct], name: str, post: Post
) -> None:
    whole, prefix = outer(body)
    given = {name: "?"} if body is not requests.Holder else {"kind": "person", name: "?"}
    error = (await post(whole, sent(body, given)))[prefix + name]

    values = requested.CHOICES[body][name]
    assert all(value in error["message"] for value in values if value != "uscc"), error


@pytest.mark.parametrize("name", ["page", "per_page", "year"])
async def test_a_query_is_refused_just_beyond_its_bounds(
    name: str, client: httpx.AsyncClient
) -> None:
    schema = requested.parameters(requested.SearchQuery)[name]
    low, high = schema["minimum"], schema["maximum"]
    more = {} if name != "page" else {"per_page": "1"}
    statuses = [
        (await client.get("/api/v1/notices", params={name: str(value), **more})).status_code
        for value in (low - 1, low, high, high + 1)
    ]

    assert statuses == [400, 200, 200, 400]
