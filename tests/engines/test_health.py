"""What operators and other programs read: health, metrics, feed, keys."""

import asyncio
import base64
import dataclasses
import re
import time
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from notices import limits
from notices.database import DB
from notices.deployment import Deployment, WrongDatabase, refuse_another_database
from notices.pages.templating import Templates
from notices.settings import Settings
from notices.trust.keys import Keys, rotate
from notices.trust.notes import NoteVerifier, parse_checkpoint
from notices.upkeep import tidying, vitals
from search import index as indexes
from search.admin import Admin
from tests.api import declaration
from tests.conftest import SignIn
from tests.samples import OFFICER


@pytest_asyncio.fixture(loop_scope="session")
async def index(admin: Admin, settings: Settings) -> None:
    """An index of this worker's; without one every search is answered with an error."""
    if await admin.created_at(settings.meili_index) is None:
        await indexes.start_next(admin, settings.meili_index)
        await indexes.put_in_place(admin, settings.meili_index)


async def test_ready_tells_each_part_apart(restaurant: httpx.AsyncClient, index: None) -> None:
    await restaurant.post("/api/v1/notices", json=declaration())

    answer = await restaurant.get("/health/ready")

    body = answer.json()
    assert answer.status_code == 200
    assert (body["database"], body["search"], body["log_size"]) == ("up", "up", 1)
    assert body["relay"]["events"] == 1
    assert 0 <= body["relay"]["seconds"] < 60


async def test_metrics_name_routes_and_never_what_was_asked(restaurant: httpx.AsyncClient) -> None:
    await restaurant.get("/api/v1/notices/37070000000136")
    await restaurant.get("/api/v1/notices", params={"q": "secretword"})

    text = (await restaurant.get("/metrics")).text

    assert 'route="/api/v1/notices/{id}"' in text
    assert "notices_log_size 0.0" in text
    assert "37070000000136" not in text
    assert "secretword" not in text


async def test_the_published_keys_open_what_the_service_signs(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    receipt = (await restaurant.post("/api/v1/notices", json=declaration())).json()["receipt"]
    vkey = (await restaurant.get("/log/vkey")).text.strip()
    keys = (await restaurant.get("/.well-known/notice-keys.json")).json()

    assert parse_checkpoint(NoteVerifier(vkey).open(receipt["checkpoint"]))[1] == 1
    assert keys["log"] == [vkey]
    assert base64.b64decode(keys["answers"][0]["key"]) == deployment.keys.answers.public_key


@pytest.mark.parametrize("purpose", ["answers", "log"])
async def test_a_rotated_key_is_known_at_start_and_the_one_before_no_more(
    client: httpx.AsyncClient, deployment: Deployment, tmp_path: Path, purpose: str
) -> None:
    old = Keys.open(tmp_path / "keys", "testserver.example/log")
    mixed = {"matching": deployment.keys.matching, "sealer": deployment.keys.sealer}
    before = dataclasses.replace(deployment, keys=dataclasses.replace(old, **mixed))
    await DB.fetch("DELETE FROM key_check WHERE purpose IN ('log key', 'answers key')")
    await refuse_another_database(before)
    new = rotate(tmp_path / "keys", purpose)
    after = dataclasses.replace(deployment, keys=dataclasses.replace(new, **mixed))
    try:
        await refuse_another_database(after)
        await refuse_another_database(after)
        with pytest.raises(WrongDatabase, match=purpose):
            await refuse_another_database(before)
    finally:
        await DB.fetch("DELETE FROM key_check WHERE purpose IN ('log key', 'answers key')")
        await refuse_another_database(deployment)


@pytest.mark.parametrize("name", ["matching", "sealing", "log", "answers"])
async def test_another_key_is_refused_at_start(
    client: httpx.AsyncClient, deployment: Deployment, tmp_path: Path, name: str
) -> None:
    await refuse_another_database(deployment)
    other = Keys.open(tmp_path / "keys", "elsewhere")
    field = {"sealing": "sealer"}.get(name, name)
    changed: dict[str, Any] = {field: getattr(other, field), "folder": other.folder}
    keys = dataclasses.replace(deployment.keys, **changed)

    with pytest.raises(WrongDatabase, match=name):
        await refuse_another_database(dataclasses.replace(deployment, keys=keys))


@pytest.mark.parametrize(
    "change", [{"optional_prefix": re.compile("JY")}, {"parts": (), "part_names": ()}]
)
async def test_a_rule_that_would_hide_notices_is_refused_once_there_are_any(
    restaurant: httpx.AsyncClient, deployment: Deployment, change: dict[str, Any]
) -> None:
    await refuse_another_database(deployment)
    food = deployment.catalogue.certificates["food-operation-license"]
    changed = dataclasses.replace(
        deployment,
        catalogue=dataclasses.replace(
            deployment.catalogue,
            certificates={
                **deployment.catalogue.certificates,
                food.id: dataclasses.replace(food, **change),
            },
        ),
    )

    await refuse_another_database(changed)  # nobody has declared one yet
    await refuse_another_database(deployment)
    assert (await restaurant.post("/api/v1/notices", json=declaration())).status_code == 201
    with pytest.raises(WrongDatabase, match=food.id):
        await refuse_another_database(changed)
    await refuse_another_database(deployment)


def without(deployment: Deployment, *ids: str) -> Deployment:
    """The same, under a catalogue that has lost these certificates."""
    kept = {
        id: certificate
        for id, certificate in deployment.catalogue.certificates.items()
        if id not in ids
    }
    catalogue = dataclasses.replace(deployment.catalogue, certificates=kept)
    return dataclasses.replace(deployment, catalogue=catalogue)


@pytest.mark.parametrize("redacted", [False, True], ids=["shown", "redacted"])
async def test_a_catalogue_that_lost_a_certificate_is_refused_once_there_are_notices_of_it(
    restaurant: httpx.AsyncClient, sign_in: SignIn, deployment: Deployment, redacted: bool
) -> None:
    food, tobacco = "food-operation-license", "tobacco-retail-license"
    await refuse_another_database(deployment)
    lost = without(deployment, food, tobacco)

    await refuse_another_database(lost)  # nobody has declared one yet
    await refuse_another_database(deployment)
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    if redacted:
        officer = await sign_in(OFFICER)
        path = f"/api/v1/notices/{id}/redaction"
        assert (await officer.post(path, json={"reason": "x"})).status_code == 201
    for _ in range(2):
        with pytest.raises(WrongDatabase) as refused:
            await refuse_another_database(lost)
        zh, en = str(refused.value).split("\n")
        assert food in zh
        assert tobacco not in zh
        assert f"The catalogue lacks {food}," in en
        assert "put these ids back" in en
    await refuse_another_database(without(deployment, tobacco))
    await refuse_another_database(deployment)


async def test_nobody_is_called_verified_while_no_sign_in_asks_a_provider(
    restaurant: httpx.AsyncClient,
    app: Litestar,
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = dataclasses.replace(deployment.settings, demo=False)
    here = dataclasses.replace(deployment, settings=settings)
    monkeypatch.setattr(app.state, "deployment", here)
    monkeypatch.setattr(app.state, "templates", Templates(here, may_sign_in=True))

    made = await restaurant.post("/api/v1/notices", json=declaration())
    page = (await restaurant.get(f"/notices/{made.json()['id']}")).text

    assert made.json()["evidence"] == "self_declared"
    assert "身份未经核验" in page
    assert "演示" not in page


async def test_what_is_kept_for_a_time_is_forgotten_after_it(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    await limits.use(
        deployment.keys.sealer.passing, "declare", limits.Counted("account", "somebody")
    )
    headers = {"Idempotency-Key": "a"}
    await restaurant.post("/api/v1/notices", json=declaration(), headers=headers)
    await tidying.tidy(deployment)
    for table in ("rate", "idempotency", "session"):
        assert len(await DB.fetch(f"SELECT 1 FROM {table}")) == 1
    await DB.fetch("UPDATE rate SET window_end = now() - interval '1 s'")
    await DB.fetch("UPDATE idempotency SET created_at = now() - interval '25 hours'")
    await DB.fetch("UPDATE session SET expires_at = now() - interval '1 s'")

    await tidying.tidy(deployment)

    for table in ("rate", "idempotency", "session"):
        assert await DB.fetch(f"SELECT 1 FROM {table}") == []


async def test_nobody_can_guess_who_a_counted_use_was_by(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    await limits.use(
        deployment.keys.sealer.passing, "declare", limits.Counted("account", "379999190001020023")
    )
    other = bytes(32)
    await limits.use(other, "declare", limits.Counted("account", "379999190001020023"))

    assert len(await DB.fetch("SELECT DISTINCT bucket FROM rate")) == 2


async def test_ready_says_that_a_full_database_cannot_write(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = "DO $$ BEGIN RAISE EXCEPTION 'made to happen' USING ERRCODE = '53100'; END $$"
    monkeypatch.setattr(vitals, "SPILL", full)
    monkeypatch.setattr(vitals, "WRITTEN_WITHIN", 0.0)
    monkeypatch.setattr(vitals._WRITES, "_until", 0.0)

    answer = await restaurant.get("/health/ready")
    metrics = (await restaurant.get("/metrics")).text

    assert answer.status_code == 503
    assert (answer.json()["status"], answer.json()["database"]) == ("unavailable", "full")
    assert int(answer.headers["Retry-After"]) > 0
    assert "notices_database_up 1.0" in metrics
    assert "notices_database_writes 0.0" in metrics
    monkeypatch.undo()
    monkeypatch.setattr(vitals._WRITES, "_until", 0.0)  # nothing of this is remembered
    assert (await restaurant.get("/health/ready")).status_code == 200


async def test_ready_says_that_a_standby_cannot_write(
    restaurant: httpx.AsyncClient, database_url: str
) -> None:
    keeper = await asyncpg.connect(database_url)
    name = await keeper.fetchval("SELECT current_database()")
    assert DB.pool is not None
    try:
        await keeper.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        await DB.pool.expire_connections()

        answer = await restaurant.get("/health/ready")
        refused = await restaurant.post("/api/v1/notices", json=declaration())
    finally:
        await keeper.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        await keeper.close()
        await DB.pool.expire_connections()

    assert (answer.status_code, answer.json()["database"]) == (503, "read_only")
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert (await restaurant.post("/api/v1/notices", json=declaration())).status_code == 201


async def test_ready_says_that_there_is_no_room_for_uploads(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vitals, "LEAST_FREE", 1 << 62)

    answer = await restaurant.get("/health/ready")

    assert (answer.status_code, answer.json()["uploads"]) == (200, "full")


async def test_ready_keeps_nobody_waiting_for_a_database_that_does_not_answer(
    restaurant: httpx.AsyncClient, database_url: str
) -> None:
    locking = await asyncpg.connect(database_url)
    try:
        async with locking.transaction():
            await locking.execute("LOCK TABLE log_head")
            began = time.monotonic()
            answers = await asyncio.gather(*(restaurant.get("/health/ready") for _ in range(20)))
            took = time.monotonic() - began
    finally:
        await locking.close()

    assert {answer.status_code for answer in answers} == {503}
    assert {answer.json()["database"] for answer in answers} == {"down"}
    assert took < 6
    assert (await restaurant.get("/health/ready")).status_code == 200
