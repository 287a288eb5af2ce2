"""An event that may not follow writes nothing: what is refused is refused before anything is done.

The refusal comes of the act, whatever a write would have met: the database refuses every one here.
"""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from notices import agencies
from tests.api import declaration
from tests.conftest import SignIn
from tests.owning import owned
from tests.samples import ANNA, OFFICER, RESTAURANT

TABLES = (
    "notice", "notice_private", "claim", "event", "event_private", "log_node", "objection",
    "exhibit", "touched",
)  # fmt: skip
"""All that an act may change; beside them are the turn, and a key of the client's."""

OBJECTION = {"number": "JY13799990000011", "ground": "not_lost", "text": "证件在我手里。"}
REASON = "异议人提交了证件原件的照片"
DECIDE: dict[str, dict[str, Any]] = {
    decision: {"decision": decision, "reason": REASON} for decision in ("admit", "dismiss", "annul")
}
ACTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "withdraw": ("restaurant", "withdrawal", {"reason": "found"}),
    "correct": ("restaurant", "correction", {"lost_on": "2026-10-01"}),
    "confirm": ("agency", "confirmation", {}),
    "replace": ("agency", "replacement", {"issued_on": "2026-11-20"}),
    "redact": ("officer", "redaction", {"reason": "x"}),
    "object": ("anna", "objections", OBJECTION),
    **{name: ("officer", "decisions", body) for name, body in DECIDE.items()},
}
"""Who does each, at which path, with what."""

CASES = [
    (["withdraw"], "withdraw", "already_reinstated"),
    (["withdraw"], "correct", "already_reinstated"),
    (["withdraw"], "confirm", "already_reinstated"),
    (["withdraw"], "replace", "already_reinstated"),
    (["withdraw"], "admit", "already_reinstated"),
    (["withdraw"], "annul", "already_reinstated"),
    (["replace"], "withdraw", "already_replaced"),
    (["replace"], "correct", "already_replaced"),
    (["replace"], "annul", "already_replaced"),
    (["object", "admit"], "correct", "under_contest"),
    (["object", "admit"], "confirm", "under_contest"),
    (["object", "admit"], "replace", "under_contest"),
    (["object"], "dismiss", "not_contested"),
    ([], "admit", "no_open_objection"),
    (["confirm"], "confirm", "already_confirmed"),
    (["redact"], "correct", "already_redacted"),
    (["redact", "withdraw"], "correct", "already_redacted"),
    (["withdraw", "redact"], "redact", "already_redacted"),
    (["redact"], "replace", "not_the_issuer"),
]


@contextlib.asynccontextmanager
async def nothing_written(url: str) -> AsyncIterator[None]:
    """Within it the database takes no change, not even one of no row."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "CREATE OR REPLACE FUNCTION written() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'written: %', TG_TABLE_NAME; END $$"
        )
        for table in TABLES:
            await connection.execute(
                f"CREATE TRIGGER written BEFORE INSERT OR UPDATE OR DELETE ON {table}"
                " EXECUTE FUNCTION written()"
            )
        yield
    finally:
        await connection.execute("DROP FUNCTION written CASCADE")
        await connection.close()


@pytest.mark.parametrize(("before", "act", "code"), CASES)
async def test_what_is_refused_writes_nothing(
    client: httpx.AsyncClient,
    sign_in: SignIn,
    database_url: str,
    before: list[str],
    act: str,
    code: str,
) -> None:
    _, key = await owned(agencies.add("奎文审批局", [declaration()["issuer"]]))
    people = {"restaurant": RESTAURANT, "officer": OFFICER, "anna": ANNA}
    clients = {name: await sign_in(person) for name, person in people.items()} | {"agency": client}
    declared = await clients["restaurant"].post("/api/v1/notices", json=declaration())
    id = declared.json()["id"]

    async def do(name: str) -> httpx.Response:
        who, path, body = ACTS[name]
        headers = {"Authorization": f"Bearer {key}"} if who == "agency" else {}
        return await clients[who].post(f"/api/v1/notices/{id}/{path}", json=body, headers=headers)

    for each in before:
        assert (await do(each)).status_code == 201

    async with nothing_written(database_url):
        answer = await do(act)

    assert (answer.status_code, answer.json()["code"]) in ((409, code), (403, code))


async def test_the_database_would_have_refused_what_is_allowed(
    restaurant: httpx.AsyncClient, database_url: str
) -> None:
    """Or the test above could not fail."""
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]

    async with nothing_written(database_url):
        path = f"/api/v1/notices/{id}/withdrawal"
        answer = await restaurant.post(path, json={"reason": "found"})

    assert answer.status_code >= 500
