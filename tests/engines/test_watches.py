"""Whoever watches a number is told what happens to notices of it: on a page, or by a webhook."""

import asyncio
import contextlib
import dataclasses
import json
import ssl
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from notices import agencies
from notices.agencies import Agency
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import networks
from notices.upkeep import rewatching, vitals
from notices.watches import following, keeping, listing, new_secret, sending, telling
from notices.watches.sending import Sender
from notices.watches.telling import Due, Poster, Sent
from tests import api
from tests.engines.test_agency_keys import OFFICE, bearer
from tests.owning import owned, owning
from tests.publishing import until
from tests.receiving import Receiver, certified, endless, never, receiving, says

Key = dict[str, str]
WATCHES = "/api/v1/watches"
FOOD = "food-operation-license"
NUMBER = "JY13799990000011"
OTHER = "JY13799990000020"
LOOPBACK = tuple(network for _, network in networks.named("127.0.0.0/8") if network)


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
def inside(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """A deployment that sends to this machine."""
    here: Deployment = app.state.deployment
    settings = dataclasses.replace(here.settings, webhook_networks=LOOPBACK)
    allowed = dataclasses.replace(here, settings=settings)
    monkeypatch.setattr(app.state, "deployment", allowed)
    return allowed


async def agency(*scopes: str, **more: Any) -> tuple[Agency, Key]:
    issuers = [OFFICE] if "issue" in scopes else []
    found, key = await owned(
        agencies.add(more.pop("name", "某某银行"), issuers, scopes=scopes or ("watch",), **more)
    )
    return found, bearer(key)


@pytest_asyncio.fixture(loop_scope="session")
async def key(client: httpx.AsyncClient) -> Key:
    """As which an agency asks that watches."""
    return (await agency())[1]


async def watched(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    headers = more.pop("headers", {})
    body = {"certificate": FOOD, "number": NUMBER} | more
    answer = await client.post(WATCHES, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def listed(client: httpx.AsyncClient, **more: Any) -> list[dict[str, Any]]:
    answer = await client.get(WATCHES, **more)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["watches"])


async def followed(deployment: Deployment) -> None:
    """All that happened is written down."""
    while await following.step(deployment):
        pass


@contextlib.asynccontextmanager
async def sending_to(deployment: Deployment, poster: Poster | None = None) -> AsyncIterator[Sender]:
    """Somebody who sends what is due, one round after the other."""
    poster = poster or Poster(LOOPBACK)
    sender = Sender(deployment, poster, asyncio.Event())
    try:
        yield sender
    finally:
        await sender.ended()
        await poster.close()


async def sent(deployment: Deployment, rounds: int = 1) -> None:
    await followed(deployment)
    async with sending_to(deployment) as sender:
        for _ in range(rounds):
            await sender.round()
            await sender.served()


async def test_a_person_sees_what_happened_to_a_number_that_they_watch(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, officer: httpx.AsyncClient,
    deployment: Deployment,
) -> None:  # fmt: skip
    watch = await watched(anna, label="饭店的执照")
    notice = await api.declared(restaurant)
    await restaurant.post(api.of(notice.id, "withdrawal"), json={"reason": "found"})
    await followed(deployment)

    [shown] = await listed(anna)
    assert (shown["id"], shown["label"]) == (watch["id"], "饭店的执照")
    assert shown["webhook"] is None
    assert [(one["kind"], one["status"], one["telling"]) for one in shown["events"]] == [
        ("withdrawn", "reinstated", "shown"), ("published", "invalid", "shown"),
    ]  # fmt: skip
    assert {one["notice"] for one in shown["events"]} == {notice.id}
    assert NUMBER not in json.dumps(shown)
    assert "secret" not in watch


async def test_a_watch_tells_of_nothing_that_was_before_it(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    notice = await api.declared(restaurant)
    watch = await watched(anna)
    await restaurant.post(api.of(notice.id, "correction"), json={"lost_on": "2026-10-31"})
    await followed(deployment)

    [shown] = await listed(anna)
    assert watch["since"] == 1
    assert [one["kind"] for one in shown["events"]] == ["corrected"]


async def test_a_number_is_watched_however_it_is_written_and_no_other_is(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    same = await watched(anna, number="编号：ＪＹ1 3799990000011 (正本)")
    await watched(anna, number=OTHER)
    await watched(anna, certificate="company-seal")
    await api.declared(restaurant)
    await followed(deployment)

    told = {one["id"]: len(one["events"]) for one in await listed(anna)}
    assert told.pop(same["id"]) == 1
    assert set(told.values()) == {0}


async def test_a_person_watches_twenty_numbers_and_ends_those_of_nobody_else(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    ids = [(await watched(anna))["id"] for _ in range(20)]
    more = await anna.post(WATCHES, json={"certificate": FOOD, "number": NUMBER})

    assert (more.status_code, more.json()["code"]) == (409, "too_many_watches")
    assert (await restaurant.delete(f"{WATCHES}/{ids[0]}")).status_code == 404
    assert (await anna.delete(f"{WATCHES}/{ids[0]}")).status_code == 204
    assert (await anna.delete(f"{WATCHES}/{ids[0]}")).json()["code"] == "no_such_watch"
    assert await listed(restaurant) == []
    await watched(anna)


async def test_all_that_is_wrong_with_a_watch_is_told_at_once(
    anna: httpx.AsyncClient, client: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    wrong = {"certificate": "none", "number": "379***34", "label": "a\u0007", "url": "http://x/"}
    answer = await anna.post(WATCHES, json=wrong)

    codes = {one["field"]: one["code"] for one in answer.json()["errors"]}
    assert answer.status_code == 422
    assert codes == {
        "certificate": "unknown_certificate", "number": "number_masked",
        "label": "control_character", "url": "webhook_of_agencies",
    }  # fmt: skip
    named = {"certificate": FOOD, "number": NUMBER, "label": f"执照 {NUMBER}"}
    assert (await anna.post(WATCHES, json=named)).json()["errors"][0]["code"] == "label_is_number"
    good = {"certificate": FOOD, "number": NUMBER}
    assert (await client.post(WATCHES, json=good)).status_code == 401
    assert (await officer.post(WATCHES, json=good)).status_code == 403
    assert (await client.get(WATCHES)).status_code == 401


async def test_a_key_watches_with_its_scope_alone_and_no_test_key_does(
    client: httpx.AsyncClient,
) -> None:
    _, verify = await agency("verify")
    _, plain = await agency("watch", name="乙银行")
    _, test = await agency("watch", name="丙银行", test=True)
    body = {"certificate": FOOD, "number": NUMBER}
    masked = {"certificate": "birth-medical-certificate", "number": "X990000001"}

    refused = await client.post(WATCHES, json=body, headers=verify)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert (await client.get(WATCHES, headers=verify)).status_code == 403
    assert (await client.post(WATCHES, json=body, headers=test)).json()["code"] == "test_key"
    hidden = await client.post(WATCHES, json=masked, headers=plain)
    assert (hidden.status_code, hidden.json()["code"]) == (403, "insufficient_scope")
    assert (await client.post(WATCHES, json=body, headers=plain)).status_code == 201


async def test_an_agency_is_told_by_a_signed_webhook_that_holds_no_number(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, key: Key,
) -> None:  # fmt: skip
    watch = await watched(client, url=f"{receiver.url}/notices?of=us", headers=key)
    notice = await api.declared(restaurant)
    await sent(inside)

    assert watch["secret"].startswith("whsec_")
    said = receiver.read(watch["secret"])
    assert said == {
        "type": "notice.published",
        "timestamp": notice.published_at,
        "data": {
            "watch": watch["id"], "index": 0, "kind": "published", "at": notice.published_at,
            "certificate": FOOD, "notice": notice.id, "status": "invalid",
        },
    }  # fmt: skip
    path, _, body = receiver.came[0]
    assert path == "/notices"
    assert NUMBER[3:].encode() not in body
    [shown] = await listed(client, headers=key)
    [told] = shown["events"]
    assert (told["telling"], told["attempts"], told["answered"]) == ("delivered", 1, 204)
    assert "secret" not in json.dumps(shown)
    await sent(inside)
    assert len(receiver.came) == 1


async def test_the_same_request_twice_is_one_watch_and_says_its_secret_alike(
    client: httpx.AsyncClient, inside: Deployment, receiver: Receiver, key: Key
) -> None:
    once = key | {"Idempotency-Key": "a"}
    first = await watched(client, url=receiver.url, headers=once)
    second = await watched(client, url=receiver.url, headers=once)

    assert first == second
    assert len(await listed(client, headers=key)) == 1
    kept = await DB.fetch("SELECT response FROM idempotency")
    assert [row["response"] for row in kept] == [None]
    await client.delete(f"{WATCHES}/{first['id']}", headers=key)
    body = {"certificate": FOOD, "number": NUMBER, "url": receiver.url}
    assert (await client.post(WATCHES, json=body, headers=once)).status_code == 404


async def test_what_was_sent_and_not_noted_is_sent_again_under_the_same_id(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, key: Key,
) -> None:  # fmt: skip
    """Killed between the answer and the note: nothing of it is in the database."""
    watch = await watched(client, url=receiver.url, headers=key)
    await api.declared(restaurant)

    async def killed(self: Sender, row: Any, sent: Sent) -> None:
        raise ConnectionError

    with monkeypatch.context() as dying:
        dying.setattr(Sender, "_note", killed)
        await sent(inside)
    await sent(inside)

    assert receiver.told == [f"msg_{watch['id']}_0"] * 2
    assert len(set(receiver.ids)) == 1
    assert receiver.came[0][2] == receiver.came[1][2]


async def test_a_step_that_is_killed_tells_all_of_it_later_and_nothing_twice(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    await watched(anna)
    await api.declared(restaurant)

    with monkeypatch.context() as dying:
        dying.setattr(following, "_MOVE", "SELECT 1 / 0, $1::text, $2::bigint")
        with contextlib.suppress(Exception):
            await following.step(deployment)
    assert (await listed(anna))[0]["events"] == []
    await followed(deployment)
    await DB.fetch("UPDATE follower SET position = 0 WHERE name = 'watches'")
    await followed(deployment)

    assert len((await listed(anna))[0]["events"]) == 1


async def test_a_receiver_that_fails_is_asked_again_and_after_three_days_given_up(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, key: Key,
) -> None:  # fmt: skip
    watch = await watched(client, url=receiver.url, headers=key)
    notice = await api.declared(restaurant)
    receiver.answer = says(500)
    await sent(inside)

    [shown] = await listed(client, headers=key, params={"state": "waiting"})
    [told] = shown["events"]
    assert (told["telling"], told["answered"], told["attempts"]) == ("waiting", 500, 1)
    assert told["next_at"] > notice.published_at
    assert (shown["webhook"]["waiting"], shown["webhook"]["dead"]) == (1, 0)
    await sent(inside)
    assert len(receiver.came) == 1
    await DB.fetch("UPDATE delivery SET due_at = now(), at = now() - interval '3 days'")
    await sent(inside)

    [shown] = await listed(client, headers=key, params={"state": "dead"})
    assert shown["events"][0]["telling"] == "dead"
    assert await listed(client, headers=key, params={"state": "waiting"}) == []
    receiver.answer = says(200)
    again = await client.post(f"{WATCHES}/{watch['id']}/replay", json={"since": 0}, headers=key)
    assert (again.status_code, again.json()) == (202, {"events": 1})
    await sent(inside)
    assert set(receiver.told) == {f"msg_{watch['id']}_0"}
    assert len(set(receiver.ids)) == 1
    assert (await listed(client, headers=key))[0]["events"][0]["telling"] == "delivered"


async def test_events_of_one_watch_come_in_the_order_of_the_log(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, key: Key,
) -> None:  # fmt: skip
    """The later one waits for the earlier one, whatever that waits for."""
    watch = await watched(client, url=receiver.url, headers=key)
    notice = await api.declared(restaurant)
    receiver.answer = says(500)
    await sent(inside)
    await restaurant.post(api.of(notice.id, "withdrawal"), json={"reason": "found"})
    await sent(inside, rounds=3)
    assert len(receiver.came) == 1
    # Nor is it looked at before, once that was put off again.
    await DB.fetch("UPDATE delivery SET due_at = now() WHERE event = 0")
    await sent(inside)
    assert await DB.fetch("SELECT FROM delivery WHERE due_at <= now()") == []

    receiver.answer = says(200)
    await DB.fetch("UPDATE delivery SET due_at = due_at - interval '1 hour'")
    await sent(inside, rounds=3)

    assert receiver.told == [f"msg_{watch['id']}_{index}" for index in (0, 0, 0, 1)]


async def test_a_receiver_that_wants_no_more_is_sent_nothing_until_a_replay(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, key: Key,
) -> None:  # fmt: skip
    watch = await watched(client, url=receiver.url, headers=key)
    notice = await api.declared(restaurant)
    receiver.answer = says(410)
    await sent(inside)
    await restaurant.post(api.of(notice.id, "withdrawal"), json={"reason": "found"})
    await sent(inside)

    [shown] = await listed(client, headers=key)
    assert len(receiver.came) == 1
    assert shown["webhook"]["gone"]
    assert [one["telling"] for one in shown["events"]] == ["dead", "dead"]
    receiver.answer = says(200)
    await client.post(f"{WATCHES}/{watch['id']}/replay", json={"since": 0}, headers=key)
    await sent(inside, rounds=2)
    assert receiver.told == [f"msg_{watch['id']}_{index}" for index in (0, 0, 1)]


async def test_a_redirect_is_not_followed(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, key: Key,
) -> None:  # fmt: skip
    await watched(client, url=receiver.url, headers=key)
    await api.declared(restaurant)
    async with receiving() as elsewhere:
        receiver.answer = says(307, Location=elsewhere.url)
        await sent(inside)

        assert len(receiver.came) == 1
        assert elsewhere.came == []
    assert (await listed(client, headers=key))[0]["events"][0]["answered"] == 307


async def test_who_never_answers_or_never_ends_keeps_no_other_receiver_waiting(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, key: Key,
) -> None:  # fmt: skip
    """A hundred messages for the one who hangs come before the one that is for somebody else."""
    monkeypatch.setattr(telling, "SECONDS", 1.0)
    async with receiving() as hanging, receiving() as flooding:
        hanging.answer, flooding.answer = never, endless
        for _ in range(30):
            await watched(client, url=hanging.url, headers=key)
        flooded = await watched(client, url=flooding.url, headers=key)
        await watched(client, url=receiver.url, headers=key)
        await api.declared(restaurant)
        await followed(inside)
        async with sending_to(inside) as sender:
            began = time.monotonic()
            await sender.round()
            await until(lambda: _came(receiver, 1), 0.9)
            assert time.monotonic() - began < 0.9
            await sender.served()

            assert hanging.most_at_once == sending.OF_ONE
            assert len(hanging.came) == sending.OF_ONE
            assert await sender.round() == 0
    shown = {one["id"]: one["events"][0] for one in await listed(client, headers=key)}
    assert shown[flooded["id"]]["answered"] == 200
    words = {one["error"] for one in shown.values() if one["attempts"] and one["error"]}
    assert words == {"timeout"}


async def _came(receiver: Receiver, count: int) -> bool:
    return len(receiver.came) >= count


async def test_a_receiver_that_was_down_is_tried_with_one_message_and_then_gets_all(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, key: Key,
) -> None:  # fmt: skip
    for _ in range(6):
        await watched(client, url=receiver.url, headers=key)
    await api.declared(restaurant)
    await followed(inside)
    monkeypatch.setattr(sending, "LONGEST_PAUSE", 0.0)
    receiver.answer = says(503)
    async with sending_to(inside) as sender:
        for _ in range(3):
            await sender.round()
            await sender.served()
        assert len(receiver.came) == sending.OF_ONE + 2

        receiver.answer = says(200)
        one = "(SELECT watch FROM delivery ORDER BY watch LIMIT 1)"
        await DB.fetch(f"UPDATE delivery SET due_at = now() WHERE watch = {one}")
        for _ in range(3):
            await sender.round()
            await sender.served()
    delivered = await DB.fetch("SELECT FROM delivery WHERE delivered_at IS NOT NULL")
    assert len(delivered) == 6


REFUSED = {
    "https://127.0.0.1/": "webhook_not_public",
    "https://127.1/": "webhook_not_public",
    "https://2130706433/": "webhook_not_public",
    "https://0/": "webhook_not_public",
    "https://[::1]/": "webhook_not_public",
    "https://[::ffff:10.0.0.1]/": "webhook_not_public",
    "https://[64:ff9b::a00:1]/": "webhook_not_public",
    "https://169.254.169.254/latest/meta-data": "webhook_not_public",
    "https://10.1.2.3/": "webhook_not_public",
    "https://100.64.0.1/": "webhook_not_public",
    "https://224.0.0.1/": "webhook_not_public",
    "https://localhost/": "webhook_not_public",
    "https://no-such-name.invalid/": "webhook_not_public",
    "https://8.8.8.8:22/": "webhook_not_public",
    "http://8.8.8.8/": "webhook_format",
    "https://a:b@8.8.8.8/": "webhook_format",
    "ftp://8.8.8.8/": "webhook_format",
    "https://[fe80::1%25lo]/": "webhook_format",
    "https://8.8.8.8/a b": "webhook_format",
    "nothing": "webhook_format",
    "https://8.8.8.8/" + 2000 * "x": "webhook_format",
}


async def test_no_webhook_leads_to_where_only_we_can_go(
    client: httpx.AsyncClient, key: Key
) -> None:
    found = {}
    for url in REFUSED:
        body = {"certificate": FOOD, "number": NUMBER, "url": url}
        answer = await client.post(WATCHES, json=body, headers=key)
        [wrong] = answer.json().get("errors", [{"field": "url", "code": answer.status_code}])
        found[url] = wrong["code"]

    assert found == REFUSED
    good = {"certificate": FOOD, "number": NUMBER, "url": "https://8.8.8.8:8443/x"}
    assert (await client.post(WATCHES, json=good, headers=key)).status_code == 201


async def test_a_name_that_says_something_else_by_the_time_of_sending_opens_nothing(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, key: Key,
) -> None:  # fmt: skip
    """It was allowed when the watch was made, and is not any more: by name, and written out."""
    port = receiver.url.rpartition(":")[2]
    for host in ("localhost", "127.0.0.1"):
        await watched(client, url=f"http://{host}:{port}/", headers=key)
    await api.declared(restaurant)
    await followed(inside)
    async with sending_to(inside, Poster(())) as sender:
        await sender.round()
        await sender.served()

    assert receiver.came == []
    told = [one["events"][0] for one in await listed(client, headers=key)]
    assert {one["error"] for one in told if one["attempts"]} == {"address"}


async def test_a_proxy_of_the_environment_is_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        poster = Poster(LOOPBACK)
        assert await poster.post(receiver.url, {}, b"") == Sent(204, None)
        await poster.close()
        assert proxy.came == []


async def test_what_hangs_of_one_agency_keeps_no_other_waiting(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """However many hosts it has."""
    monkeypatch.setattr(telling, "SECONDS", 1.0)
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    monkeypatch.setattr(sending, "OF_AGENCY", 1)
    _, one = await agency()
    _, other = await agency(name="乙银行")
    async with receiving() as first, receiving() as second:
        first.answer = second.answer = never
        for hanging in (first, second):
            await watched(client, url=hanging.url, headers=one)
        await watched(client, url=receiver.url, headers=other)
        await api.declared(restaurant)
        await followed(inside)
        async with sending_to(inside) as sender:
            await sender.round()
            await until(lambda: _came(receiver, 1), 0.8)
            assert len(first.came) + len(second.came) == 1


async def test_a_receiver_is_sent_nothing_twice_while_the_first_is_on_its_way(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, key: Key,
) -> None:  # fmt: skip
    """Though of another message it could not be noted how it ended."""
    for _ in range(2):
        await watched(client, url=receiver.url, headers=key)
    await api.declared(restaurant)
    await followed(inside)
    note, failed = Sender._note, False

    async def once_away(self: Sender, row: Any, sent: Sent) -> None:
        nonlocal failed
        if not failed:
            failed = True
            raise ConnectionError
        await note(self, row, sent)

    async def slow(request: Any) -> Any:
        await asyncio.sleep(0.5 if len(receiver.came) > 1 else 0)
        return await says(200)(request)

    receiver.answer = slow
    monkeypatch.setattr(Sender, "_note", once_away)
    async with sending_to(inside) as sender:
        await sender.round()
        await sender.served()

    rows = await DB.fetch("SELECT FROM delivery WHERE delivered_at IS NOT NULL")
    assert len(rows) == 1


async def test_however_many_watch_a_number_what_happened_is_written_in_pieces(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch, key: Key,
) -> None:  # fmt: skip
    """Five watches, three events: of an event all rows in one transaction, of all events not."""
    monkeypatch.setattr(following, "MOST_TOLD", 10)
    monkeypatch.setattr(following, "PIECE", 2)
    for _ in range(5):
        await watched(client, headers=key)
    notice = await api.declared(restaurant)
    for day in ("2026-10-30", "2026-10-31"):
        await restaurant.post(api.of(notice.id, "correction"), json={"lost_on": day})

    steps = [await following.step(deployment) for _ in range(3)]
    assert steps == [2, 1, 0]
    assert [len(one["events"]) for one in await listed(client, headers=key)] == [3] * 5


async def test_what_waits_for_an_agency_without_a_key_keeps_no_other_at_the_same_host_waiting(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver,
) -> None:  # fmt: skip
    (one, key), (_, other) = await agency(), await agency(name="乙银行")
    for _ in range(sending.OF_ONE):
        await watched(client, url=f"{receiver.url}/one", headers=key)
    await watched(client, url=f"{receiver.url}/other", headers=other)
    async with owning():
        await DB.fetch("UPDATE agency_key SET expires_at = now() WHERE agency = $1", one.id)
    await api.declared(restaurant)
    await followed(inside)
    # As of a log that had waited for a while.
    await DB.fetch("UPDATE delivery SET due_at = now() - interval '1 hour' WHERE watch IN"
        " (SELECT id FROM watch WHERE agency = $1)", one.id)  # fmt: skip
    await sent(inside)

    assert [path for path, _, _ in receiver.came] == ["/other"]


async def test_a_watch_that_was_begun_while_its_agency_was_revoked_tells_it_nothing(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver,
) -> None:  # fmt: skip
    """Written just after the revoking deleted the others."""
    one, key = await agency()
    await watched(client, url=receiver.url, headers=key)
    async with owning():
        await DB.fetch("UPDATE agency SET revoked_at = now() WHERE id = $1", one.id)
    await api.declared(restaurant)
    await sent(inside)

    assert receiver.came == []


async def test_of_an_agency_that_is_one_no_more_nothing_is_kept_and_without_a_key_nothing_sent(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver,
) -> None:  # fmt: skip
    found, key = await agency()
    await watched(client, url=receiver.url, headers=key)
    await api.declared(restaurant)
    await owned(agencies.revoke(f"{found.id}.1"))
    await sent(inside)
    assert receiver.came == []
    assert await DB.fetch("SELECT FROM watch") != []

    await owned(agencies.revoke(found.id))
    assert await DB.fetch("SELECT FROM watch") == []
    assert await DB.fetch("SELECT FROM delivery") == []


async def test_what_waits_for_an_agency_without_a_key_is_given_up_after_three_days_as_any_other(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver,
) -> None:  # fmt: skip
    """And not what waits for another that has one, though nobody had sent for so long."""
    (one, key), (_, other) = await agency(), await agency(name="乙银行")
    for own in (key, other):
        await watched(client, url=receiver.url, headers=own)
    await api.declared(restaurant)
    await followed(inside)
    await owned(agencies.revoke(f"{one.id}.1"))
    given_up = []
    for days in (2, 3):
        await DB.fetch(f"UPDATE delivery SET at = now() - interval '{days} days'")
        await sending.give_up_without_key()
        given_up.append(await DB.fetch(
            "SELECT w.agency, d.error FROM delivery d JOIN watch w ON w.id = d.watch"
            " WHERE d.dead_at IS NOT NULL AND d.due_at IS NULL"
        ))  # fmt: skip

    assert [[tuple(row) for row in rows] for rows in given_up] == [[], [(one.id, "no_key")]]


async def test_a_watch_that_does_not_open_any_more_is_told_and_the_others_are_shown(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    spoilt, kept = await watched(anna, label="甲"), await watched(anna, label="乙")
    await owned(DB.fetch("UPDATE watch SET sealed = sha512('') WHERE id = $1", spoilt["id"]))
    await api.declared(restaurant)
    await followed(deployment)

    shown = {one["id"]: one for one in await listed(anna)}
    assert (shown[spoilt["id"]]["readable"], shown[kept["id"]]["readable"]) == (False, True)
    assert (shown[spoilt["id"]]["certificate"], shown[spoilt["id"]]["label"]) == ("", None)
    assert [len(one["events"]) for one in shown.values()] == [1, 1]
    page, mine = (await anna.get("/mine/watches")).text, (await anna.get("/mine")).text
    assert "（内容已读不出）" in page
    assert "乙（食品经营许可证）" in page
    assert "（内容已读不出）" in mine
    assert (await anna.get("/mine/data")).status_code == 200
    assert (await anna.delete(f"{WATCHES}/{spoilt['id']}")).status_code == 204
    assert [one["label"] for one in await listed(anna)] == ["乙"]


async def test_guessing_at_masked_numbers_by_watching_is_counted_as_checks_are(
    anna: httpx.AsyncClient, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    from notices import limits

    here = app.state.deployment
    limited = dataclasses.replace(here.settings, rate_limits=True)
    monkeypatch.setattr(app.state, "deployment", dataclasses.replace(here, settings=limited))
    policy = limits.POLICIES["masked"]
    few = policy._replace(most={"account": {limits.DAY: 2}})
    monkeypatch.setitem(limits.POLICIES, "masked", few)
    body = {"certificate": "birth-medical-certificate", "number": "X990000001"}

    statuses = []
    for _ in range(3):
        answer = await anna.post(WATCHES, json=body)
        statuses.append(answer.status_code)
        if answer.status_code == 201:
            await anna.delete(f"{WATCHES}/{answer.json()['id']}")
    assert statuses == [201, 201, 429]


async def test_newer_rules_for_numbers_hash_watches_anew(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    await watched(anna)
    await owned(DB.fetch("UPDATE watch SET rules = rules - 1, by_certificate = sha256('')"))

    assert await owned(rewatching.rehash(deployment)) == 1
    assert await owned(rewatching.rehash(deployment)) == 0
    await api.declared(restaurant)
    await followed(deployment)
    assert len((await listed(anna))[0]["events"]) == 1


async def test_whoever_keeps_watches_goes_on_when_every_connection_was_cut(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, key: Key,
) -> None:  # fmt: skip
    """One of two does it, and the other one when the first is gone."""
    monkeypatch.setattr(keeping, "AFTER_A_FAULT", 0.1)
    monkeypatch.setattr(keeping, "LOOK_EVERY", 0.1)
    for number in (NUMBER, OTHER):
        await watched(client, number=number, url=receiver.url, headers=key)
    stop = asyncio.Event()
    keepers = [asyncio.create_task(keeping.keep(inside, stop)) for _ in range(2)]
    try:
        await api.declared(restaurant)
        await until(lambda: _came(receiver, 1))
        await DB.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database() AND usename = current_user"
        )
        await until(lambda: _declares(restaurant))
        await until(lambda: _came(receiver, 2))
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*keepers), 10)

    assert len(set(receiver.ids)) == 2
    assert len(receiver.ids) == 2


async def _declares(client: httpx.AsyncClient) -> bool:
    answer = await api.offer(client, api.unusual(OTHER))
    return answer.status_code == 201


async def test_a_certificate_of_nobody_we_know_is_sent_nothing(tmp_path: Path) -> None:
    """Over TLS to a receiver that only claims to be who it is asked for; then one that we know."""
    trusted = certified(tmp_path)
    due = Due("w", 1, "published", datetime.now(UTC), "37070000000000", "invalid")
    async with receiving(trusted) as receiver:
        url, body = f"{receiver.url}/x", b"{}"
        headers = telling.signed(due, body, new_secret(), datetime.now(UTC))
        strict = Poster(LOOPBACK)
        assert await strict.post(url, headers, body) == Sent(None, "tls")
        await strict.close()
        assert receiver.came == []

        ours = Poster(LOOPBACK, ssl.create_default_context(cafile=tmp_path / "cert.pem"))
        assert await ours.post(url, headers, body) == Sent(204, None)
        await ours.close()
    assert len(receiver.came) == 1


async def test_what_was_told_goes_after_ninety_days_and_a_replay_brings_it_back(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, key: Key,
) -> None:  # fmt: skip
    watch = await watched(client, url=receiver.url, headers=key)
    await api.declared(restaurant)
    await sent(inside)
    await DB.fetch("UPDATE delivery SET at = now() - interval '91 days'")
    await listing.forget_old(datetime.now(UTC))
    assert (await listed(client, headers=key))[0]["events"] == []

    path = f"{WATCHES}/{watch['id']}/replay"
    assert (await client.post(path, json={"since": 1}, headers=key)).json() == {"events": 0}
    assert (await client.post(path, json={"since": 0}, headers=key)).json() == {"events": 1}
    await sent(inside)
    assert receiver.told == [f"msg_{watch['id']}_0"] * 2
    assert len(set(receiver.ids)) == 1


async def test_only_an_agency_replays_and_only_what_is_its_own(
    client: httpx.AsyncClient,
    anna: httpx.AsyncClient,
    inside: Deployment,
    receiver: Receiver,
    key: Key,
) -> None:
    _, other = await agency(name="乙银行")
    watch = await watched(client, url=receiver.url, headers=key)
    bare = await watched(client, headers=key)
    path = f"{WATCHES}/{watch['id']}/replay"

    assert (await client.post(path, json={"since": 0}, headers=other)).status_code == 404
    assert (await anna.post(path, json={"since": 0})).status_code == 403
    assert (await client.post(path, json={"since": -1}, headers=key)).status_code == 422
    assert (await client.post(path, json={}, headers=key)).status_code == 422
    none = await client.post(f"{WATCHES}/{bare['id']}/replay", json={"since": 0}, headers=key)
    assert (none.status_code, none.json()["code"]) == (409, "no_webhook")


async def test_many_watches_are_read_page_by_page(client: httpx.AsyncClient, key: Key) -> None:
    ids = sorted([(await watched(client, headers=key))["id"] for _ in range(5)])

    found, after = [], ""
    for _ in range(3):
        answer = await client.get(WATCHES, params={"after": after, "limit": 2}, headers=key)
        found += [one["id"] for one in answer.json()["watches"]]
        after = answer.json()["next"]
    assert (found, after) == (ids, None)
    wrong = await client.get(WATCHES, params={"limit": 0, "state": "x"}, headers=key)
    assert {one["field"] for one in wrong.json()["errors"]} == {"limit", "state"}
    assert wrong.status_code == 400


async def test_operators_see_what_waits_and_what_was_given_up(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, inside: Deployment,
    receiver: Receiver, key: Key,
) -> None:  # fmt: skip
    for number in (NUMBER, NUMBER, NUMBER):
        await watched(client, number=number, url=receiver.url, headers=key)
    await api.declared(restaurant)
    assert (await vitals.backlog(1)).events == 1
    await followed(inside)
    await DB.fetch("UPDATE delivery SET at = now() - interval '1 hour'")
    one = "(SELECT watch FROM delivery LIMIT 1)"
    await DB.fetch(f"UPDATE delivery SET dead_at = now(), due_at = NULL WHERE watch = {one}")

    found = await vitals.backlog(1)
    assert (found.events, found.waiting, found.dead) == (0, 2, 1)
    assert 3599 < found.seconds < 3700
    text = (await client.get("/metrics")).text
    assert "notices_webhooks_waiting" in text
