"""Agencies' keys where they do not belong: shown otherwise, beside a session, tests on pages."""

import asyncio
import base64
import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar

from notices import agencies, limits, tallies
from notices.agencies import listing, using
from notices.database import DB
from notices.facts.catalogue import OWN_CATALOGUE, load
from notices.limits import DAY, Counted
from notices.tallies import Tally
from notices.verification import fixtures
from notices.web import authentication
from tests.api import declaration
from tests.engines.test_agency_keys import NEVER_GIVEN, added, bearer
from tests.engines.test_limits import CHECK, FOOD
from tests.limiting import From, key_of, limited, strangers
from tests.owning import owned, owning
from tests.samples import OFFICER

__all__ = ["limited", "strangers"]

MEANT = [
    f"Bearer\t{NEVER_GIVEN}", f"Bearer:{NEVER_GIVEN}", f"Bearer={NEVER_GIVEN}",
    f"Bearer{NEVER_GIVEN}", f'"Bearer {NEVER_GIVEN}"', f"bEARER   {NEVER_GIVEN}  ",
    f"Token {NEVER_GIVEN}", f"Basic eDp5, Bearer {NEVER_GIVEN}", NEVER_GIVEN, f"nk_{43 * 'x'}",
    "Basic " + base64.b64encode(f"{NEVER_GIVEN}:".encode()).decode(),
    f"Bearer {NEVER_GIVEN}\u00e9", "Bearer " + 100_000 * "a",
]  # fmt: skip


@pytest.mark.parametrize("shown", MEANT, ids=lambda shown: repr(shown[:14]))
async def test_a_key_is_not_overlooked_however_it_is_written(
    client: httpx.AsyncClient, shown: str
) -> None:
    """Else its owner takes the public's answer for theirs."""
    headers = [(b"authorization", shown.encode("latin-1"))]
    answers = [await client.get(path, headers=headers) for path in ("/", "/log/vkey", "/nothing")]
    answers.append(await client.post(CHECK, json=FOOD, headers=headers))
    answers.append(await client.post("/verify", data=FOOD, headers=headers))

    assert [each.status_code for each in answers] == 5 * [401]


async def test_a_good_key_written_otherwise_is_refused_and_others_schemes_are_not(
    client: httpx.AsyncClient,
) -> None:
    _, key = await added()
    for shown, status in (
        (f"Bearer {key}", 200), (f"bearer  {key}", 200), (f"Token {key}", 401), (key, 401),
        ("Basic eDp5", 200), ('Digest username="bearer"', 200), ("Negotiate nk_", 200),
    ):  # fmt: skip
        answer = await client.get("/log/vkey", headers={"authorization": shown})

        assert answer.status_code == status, shown


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"numbr": "1"}, 400),
        ({"items": [{"numbr": "1"}]}, 400),
        ({"number": "*"}, 401),
        ({"items": 3}, 401),
        ({"items": [FOOD] * 500}, 401),
    ],
)
async def test_a_field_that_nobody_knows_is_told_before_whose_key_it_is(
    client: httpx.AsyncClient, body: Any, status: int
) -> None:
    answer = await client.post(CHECK, json=body, headers=bearer(NEVER_GIVEN))

    assert answer.status_code == status


async def test_a_bad_key_is_401_where_only_metrics_are_elsewhere(
    app: Litestar, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = app.state.deployment
    settings = dataclasses.replace(here.settings, metrics=("127.0.0.1", 9))
    monkeypatch.setattr(app.state, "deployment", dataclasses.replace(here, settings=settings))

    assert (await client.get("/metrics", headers=bearer(NEVER_GIVEN))).status_code == 401
    assert (await client.get("/metrics")).status_code == 404


async def test_what_is_sent_slowly_is_not_answered_to_a_key_revoked_meanwhile(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "LOOK_AGAIN", 0.05)
    agency, key = await added()
    begun, revoked = asyncio.Event(), asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b'{"certificate": "food-operation-license",'
        await asyncio.sleep(0.1)
        begun.set()
        await revoked.wait()
        yield b'"number": "1"}'

    headers = bearer(key) | {"content-type": "application/json"}
    sent = asyncio.create_task(client.post(CHECK, content=body(), headers=headers))
    await begun.wait()
    await owned(agencies.revoke(agency.id))
    revoked.set()

    assert (await sent).status_code == 401


async def test_a_test_key_changes_nothing_beside_a_session_either(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    before = await DB.fetch("SELECT size FROM log_head")
    _, key = await added(test=True)
    refused = [
        await restaurant.post("/api/v1/notices", json=declaration(), headers=bearer(key)),
        await restaurant.delete("/api/v1/session", headers=bearer(key)),
        await client.post("/api/v1/demo/login", json=OFFICER, headers=bearer(key)),
        *[
            await restaurant.post(path, data={}, headers=bearer(key))
            for path in ("/declare", "/mine/erase", "/session", "/sign-out")
        ],
    ]

    assert [each.status_code for each in refused] == 7 * [403]
    assert refused[0].json()["code"] == "test_key"
    assert await DB.fetch("SELECT size FROM log_head") == before
    assert (await restaurant.get("/mine", headers=bearer(key))).status_code == 200
    wrong = await restaurant.post("/api/v1/notices", json={}, headers=bearer(key))
    assert wrong.status_code == 422, "what is wrong with it is told first"


async def test_the_page_says_that_an_answer_is_for_tests(client: httpx.AsyncClient) -> None:
    _, key = await added(test=True, scopes=("verify", "masked"))
    _, live = await added("真局")
    for fixture in fixtures.FIXTURES:
        asked = {
            name: value
            for name in ("certificate", "number", "copy", "document")
            if (value := getattr(fixture.question, name))
        }
        page = await client.post("/verify", data=asked, headers=bearer(key))

        assert (page.status_code, page.text.count("测试密钥")) == (200, 1), asked
    assert "测试密钥" not in (await client.post("/verify", data=FOOD, headers=bearer(live))).text


def without_copies(kinds: dict[str, Any]) -> None:
    kinds[fixtures.FOOD] |= {"parts": [], "part_names": {}}


def without_documents(kinds: dict[str, Any]) -> None:
    seals = kinds[fixtures.SEAL]
    kept = [one for one in seals["documents"] if one["id"] not in ("finance-seal", "contract-seal")]
    seals["documents"] = kept


def without_a_kind(kinds: dict[str, Any]) -> None:
    kinds[fixtures.PRODUCTION] |= {"public_number": "masked"}
    del kinds[fixtures.SHIP]


@pytest.mark.parametrize(
    ("change", "fewer"), [(without_copies, 1), (without_documents, 2), (without_a_kind, 1)]
)
async def test_a_city_has_the_fixtures_that_its_catalogue_allows(
    app: Litestar, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    change: Callable[[dict[str, Any]], None], fewer: int,
) -> None:  # fmt: skip
    data = json.loads(OWN_CATALOGUE.read_text())
    kinds = {each["id"]: each for each in data["certificates"]}
    change(kinds)
    data["certificates"] = list(kinds.values())
    data["matters"] = [each for each in data["matters"] if each["certificate"] in kinds]
    (tmp_path / "catalogue.json").write_text(json.dumps(data))
    here = dataclasses.replace(app.state.deployment, catalogue=load(tmp_path / "catalogue.json"))
    monkeypatch.setattr(app.state, "deployment", here)
    _, key = await added(test=True, scopes=("verify", "masked"))

    listed = (await client.get("/help/test-keys.json")).json()["numbers"]
    assert len(listed) == len(fixtures.FIXTURES) - fewer
    assert (await client.get("/help/test-keys")).status_code == 200
    for one in listed:
        answer = await client.post(CHECK, json=one["question"], headers=bearer(key))
        assert answer.json()["status"] == one["status"], one


async def test_what_neighbours_used_up_is_told_as_a_count_of_its_own(
    strangers: From, limited: Litestar
) -> None:
    for number in range(1, 11):
        await limits.use(key_of(limited), "verify", Counted("address", f"192.0.2.{number}"), 30)
    refused = await strangers("192.0.2.77").post(CHECK, json=FOOD)

    assert refused.status_code == 429
    assert refused.headers["ratelimit-policy"] == (
        '"verify-minute";q=30;w=60, "verify-day";q=3000;w=86400, "verify-network-minute";q=300;w=60'
    )


async def test_a_test_key_lets_nobody_search_or_print_more_than_others(
    strangers: From, limited: Litestar
) -> None:
    _, test = await added(test=True)
    _, live = await added()
    one = strangers("192.0.2.1")
    for policy, most in (("search", 120), ("print", 20)):
        await limits.use(key_of(limited), policy, Counted("address", "192.0.2.1"), most)
    paths = ("/api/v1/notices", "/notices/37070000000118.pdf")

    assert [(await one.get(each, headers=bearer(test))).status_code for each in paths] == [429] * 2
    assert [(await one.get(each, headers=bearer(live))).status_code for each in paths] == [200, 404]


async def test_a_quota_tells_one_and_the_same_end(client: httpx.AsyncClient) -> None:
    _, key = await added(quota=5)
    ends = set()
    for _ in range(3):
        await client.post(CHECK, json=FOOD, headers=bearer(key))
        ends.add((await client.get("/api/v1/usage", headers=bearer(key))).json()["resets_at"])

    assert len(ends) == 1
    # Begun by a clock that was ahead: it counts no more, so nothing is told of it.
    await DB.fetch("UPDATE rate SET window_end = window_end + $1::interval", 3 * DAY)
    usage = (await client.get("/api/v1/usage", headers=bearer(key))).json()
    assert (usage["used"], usage["remaining"], usage["resets_at"]) == (0, 5, None)
    assert (await client.post(CHECK, json=FOOD, headers=bearer(key))).status_code == 200


async def test_a_quota_is_exact_for_many_at_once(client: httpx.AsyncClient) -> None:
    _, key = await added(quota=50)
    sent = (client.post(CHECK, json={"items": [FOOD] * 3}, headers=bearer(key)) for _ in range(40))
    answered = [each.status_code for each in await asyncio.gather(*sent)]

    assert 3 * answered.count(200) + answered.count(429) >= 50
    assert 3 * answered.count(200) <= 50
    usage = (await client.get("/api/v1/usage", headers=bearer(key))).json()
    assert usage["used"] == 50


async def test_of_many_rotations_at_once_two_keys_live(database: None) -> None:
    agency, _ = await added()
    async with owning():
        keys = await asyncio.gather(*(agencies.rotate(agency.id) for _ in range(4)))
    [listed] = await listing.listed()
    # In the order in which they took their turn, which is not the one in which they began.
    given = sorted(listed.keys, key=lambda each: int(each.id.rpartition(".")[2]))
    states = [each.state(datetime.now(UTC)) for each in given]

    assert states == ["revoked", "revoked", "revoked", "active", "active"]
    assert len({key for key, _ in keys}) == 4


async def test_counts_go_on_being_written_whatever_the_database_refused(
    database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency, _ = await added()
    tally = Tally(using.USES.add)
    tally.count(f"{agency.id}.1", times=7)
    monkeypatch.setattr(tallies, "EVERY", 0.01)
    role = (await DB.fetch("SELECT current_user AS name"))[0]["name"]
    await owned(DB.fetch(f'REVOKE INSERT ON agency_use FROM "{role}"'))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tally.write()
        writer = asyncio.create_task(tallies.keep([tally]))
        await asyncio.sleep(0.1)
    finally:
        await owned(DB.fetch(f'GRANT INSERT ON agency_use TO "{role}"'))
    await asyncio.sleep(0.1)
    writer.cancel()

    assert not writer.done()
    rows = await DB.fetch("SELECT checks FROM agency_use WHERE key = $1", f"{agency.id}.1")
    assert [row["checks"] for row in rows] == [7]
