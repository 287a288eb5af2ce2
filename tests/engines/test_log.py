"""The log in PostgreSQL: gap-free, in order, and what its receipts prove."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import datetime

import httpx
import msgspec
import pytest

from notices import log
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.facts.public.notice import DeclaredNotice
from notices.trust.receipts import ReceiptError, verify
from tests import api
from tests.api import declaration


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    pair = root_of(leaves[:split]) + root_of(leaves[split:])
    return hashlib.sha256(b"\x01" + pair).digest()


async def declare_many(client: httpx.AsyncClient, count: int) -> list[DeclaredNotice]:
    bodies = [api.unusual(f"JY1379999{serial:07}") for serial in range(count)]
    return list(await asyncio.gather(*(api.declared(client, body) for body in bodies)))


async def test_concurrent_declarations_leave_one_log_without_gaps_in_the_order_of_time(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    notices = await declare_many(restaurant, 60)

    events = (await restaurant.get("/api/v1/events", params={"limit": 1000})).json()
    assert [event["index"] for event in events["events"]] == list(range(60))
    assert events["next"] == 60
    times = [event["at"] for event in events["events"]]
    assert times == sorted(times)
    leaves = [
        hashlib.sha256(b"\0" + event["entry"].encode()).digest() for event in events["events"]
    ]
    assert await log.head() == (60, root_of(leaves))
    for notice in notices:
        verify(msgspec.json.encode(notice.receipt), deployment.keys.log.vkey)


async def test_events_are_paged_by_index(restaurant: httpx.AsyncClient) -> None:
    await declare_many(restaurant, 7)

    seen, since = [], 0
    while True:
        page = (await restaurant.get("/api/v1/events", params={"since": since, "limit": 3})).json()
        if not page["events"]:
            break
        seen += [event["index"] for event in page["events"]]
        since = page["next"]
    assert seen == list(range(7))
    assert page["next"] == 7


async def test_an_entry_commits_to_its_form_and_says_no_more(
    restaurant: httpx.AsyncClient,
) -> None:
    await declare_many(restaurant, 1)
    event = (await restaurant.get("/api/v1/events")).json()["events"][0]

    entry = json.loads(event["entry"])
    assert sorted(entry) == ["at", "certificate", "commitment", "id", "kind", "v"]
    salt = base64.b64decode(event["opening"]["salt"])
    assert len(salt) == 32
    form = json.dumps(
        event["opening"]["form"], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )

    expected = base64.b64encode(hmac.digest(salt, form.encode(), "sha256")).decode()
    assert entry["commitment"] == expected
    assert "status" not in event["opening"]["form"]


async def test_a_receipt_taken_later_proves_the_same_entry_in_a_longer_log(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    first = (await declare_many(restaurant, 1))[0]
    await restaurant.post("/api/v1/notices", json=declaration())
    later = await restaurant.get(f"/api/v1/notices/{first.id}/receipt")

    assert later.json()["entry"] == first.receipt.entry
    assert verify(later.content, deployment.keys.log.vkey).size == 2
    broken = later.content.replace(b'"index":0', b'"index":1')
    with pytest.raises(ReceiptError):
        verify(broken, deployment.keys.log.vkey)


async def test_every_event_has_a_receipt_and_no_other_index_has(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"})
    path = f"/api/v1/notices/{id}/receipt"

    withdrawn = await restaurant.get(path, params={"event": 1})
    assert verify(withdrawn.content, deployment.keys.log.vkey).kind == "withdrawn"
    assert (await restaurant.get(path, params={"event": 2})).status_code == 404
    assert (await restaurant.get(path, params={"event": "x"})).status_code == 400


async def test_a_clock_that_is_set_back_does_not_set_the_log_back(
    restaurant: httpx.AsyncClient,
) -> None:
    await DB.fetch("UPDATE log_head SET last_at = date_trunc('second', now()) + interval '50 s'")
    ahead = await DB.row("SELECT last_at FROM log_head")
    assert ahead is not None

    notice = (await declare_many(restaurant, 1))[0]

    row = await DB.row("SELECT at FROM event")
    assert row is not None
    assert row["at"] == ahead["last_at"]
    assert datetime.fromisoformat(notice.published_at) == ahead["last_at"]
    assert notice.status == "invalid"


async def test_a_declaration_that_fails_at_the_last_moment_leaves_no_trace(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*arguments: object, **named: object) -> None:
        raise Unavailable

    monkeypatch.setattr(log, "append", broken)
    answer = await restaurant.post("/api/v1/notices", json=declaration())
    monkeypatch.undo()

    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    for table in ("notice", "notice_private", "claim", "event", "log_node"):
        assert await DB.fetch(f"SELECT 1 FROM {table}") == []
    assert (await log.head())[0] == 0
    assert (await restaurant.post("/api/v1/notices", json=declaration())).status_code == 201
