"""A register of before the rules for numbers changed, as the version before this one wrote it."""

import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from notices import deployment as deployments
from notices import verification
from notices.audit import auditing
from notices.audit.comparing import Numbers
from notices.database import DB
from notices.deployment import Deployment, WrongDatabase, refuse_another_database
from notices.facts.readings import RULES
from notices.migrating import migrate
from notices.register import claims, overlapping
from notices.settings import Settings
from notices.upkeep import rehashing
from notices.verification import Question
from tests import enginefarm

GOLDEN = Path(__file__).parents[1] / "golden" / "register-1"
ASKED: dict[str, dict[str, Any]] = json.loads((GOLDEN / "asked.json").read_text())


@pytest_asyncio.fixture(loop_scope="session")
async def old(
    pool: None, settings: Settings, worker: str, tmp_path: Path
) -> AsyncIterator[Deployment]:
    """The old register, migrated and under DB, with the keys that it was written with."""
    url = await enginefarm.create_database(enginefarm.running()[0], f"r_{worker}")
    connection = await asyncpg.connect(url)
    try:
        await connection.execute((GOLDEN / "register.sql").read_text())
    finally:
        await connection.close()
    shutil.copytree(GOLDEN / "keys", tmp_path / "keys")
    for key in (tmp_path / "keys").iterdir():
        key.chmod(0o600)
    usual, config, DB.pool = DB.pool, DB.config, None
    try:
        await migrate(url)
        await DB.start(url, 3)
        yield deployments.load(replace(settings, data=tmp_path, public_url="http://127.0.0.1:8199"))
    finally:
        await DB.stop()
        DB.pool, DB.config = usual, config


async def ask(here: Deployment, **question: Any) -> dict[str, Any]:
    [answer] = await verification.answer(here, [Question(**question)])
    told: dict[str, Any] = msgspec.to_builtins(answer)
    return told


async def test_until_all_is_hashed_anew_the_register_is_not_served(old: Deployment) -> None:
    with pytest.raises(WrongDatabase, match="notices migrate"):
        await refuse_another_database(old)

    await rehashing.rehash(old)

    await refuse_another_database(old)


async def test_a_process_of_the_version_before_fails_and_does_not_answer(old: Deployment) -> None:
    with pytest.raises(asyncpg.UndefinedColumnError):
        await DB.fetch("SELECT notice FROM claim WHERE number_hash = $1", bytes(32))


async def test_every_notice_is_found_by_what_was_typed(old: Deployment) -> None:
    await rehashing.rehash(old)

    for name, declared in ASKED.items():
        # Nobody can ask for a placeholder any more, and of two notices of one masked number only
        # the answer is told.
        if name in ("placeholder", "old id"):
            continue
        answer = await ask(old, **declared["asked"])
        told = {answer["notice"], *(other["notice"] for other in answer["others"])}
        assert declared["id"] in told, name


async def test_what_was_two_numbers_and_is_one_stays_and_is_listed(old: Deployment) -> None:
    await rehashing.rehash(old)

    rows = await DB.fetch("SELECT one, other FROM overlap ORDER BY one")
    pairs = [{ASKED[one]["id"], ASKED[other]["id"]} for one, other in
             (("radical", "typed"), ("old id", "new id"))]  # fmt: skip
    assert [{row["one"], row["other"]} for row in rows] == pairs
    answer = await ask(
        old, certificate="real-estate-title", number="鲁(2020)青州市不动产权第0012345号"
    )
    assert answer["status"] == "invalid"
    assert [other["match"] for other in answer["others"]] == ["copy"]


async def test_a_seal_is_told_by_its_kind_where_its_form_still_says_it(old: Deployment) -> None:
    await rehashing.rehash(old)

    rows = await DB.fetch("SELECT notice, document FROM claim WHERE by_holder IS NOT NULL")
    assert {row["notice"]: row["document"] for row in rows} == {
        ASKED["seal"]["id"]: "finance-seal",
        ASKED["coded seal"]["id"]: "",
        ASKED["redacted seal"]["id"]: "",
    }


async def test_a_new_licence_under_the_old_number_can_be_lost_in_its_turn(old: Deployment) -> None:
    await rehashing.rehash(old)

    rows = await DB.fetch("SELECT DISTINCT notice, living FROM claim WHERE replaced")
    assert {row["notice"]: row["living"] for row in rows} == {
        ASKED["replaced licence"]["id"]: False,
        ASKED["replaced"]["id"]: True,
    }


async def test_a_kill_in_between_costs_nothing(
    old: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = rehashing._CLAIMS.replace(f"LIMIT {rehashing.PIECE}", "LIMIT 4")
    monkeypatch.setattr(rehashing, "_CLAIMS", pieces)
    written = rehashing._WRITE_KEYS
    monkeypatch.setattr(rehashing, "_WRITE_KEYS", "SELECT 1 / 0, $1::text[], $2::text[]")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await rehashing.rehash(old)
    before = await DB.fetch("SELECT count(*) FROM claim WHERE rules = 1")
    monkeypatch.setattr(rehashing, "_WRITE_KEYS", written)
    await rehashing._piece(old)
    between = await DB.fetch("SELECT count(*) FROM claim WHERE rules = 1")

    done = await rehashing.rehash(old)

    assert between[0][0] == before[0][0] - 4 == done
    assert await DB.fetch("SELECT 1 FROM claim WHERE rules <> $1", RULES) == []
    assert await rehashing.rehash(old) == 0
    await refuse_another_database(old)


async def test_a_lost_certificate_is_not_hashed_by_guessing(old: Deployment) -> None:
    kept = dict(old.catalogue.certificates)
    kept.pop("tobacco-retail-license")
    poorer = replace(old, catalogue=replace(old.catalogue, certificates=kept))

    with pytest.raises(WrongDatabase, match="tobacco-retail-license"):
        await rehashing.rehash(poorer)


async def test_another_key_hashes_nothing(old: Deployment, deployment: Deployment) -> None:
    with pytest.raises(WrongDatabase, match="matching key"):
        await rehashing.rehash(replace(old, keys=deployment.keys))

    assert await DB.fetch("SELECT 1 FROM claim WHERE rules > 1") == []


async def test_the_audit_agrees_before_and_after(
    old: Deployment, settings: Settings, tmp_path: Path
) -> None:
    url = enginefarm.database_at(enginefarm.running()[0], f"r_{settings.meili_index[2:]}")
    here, keyless = old.settings, replace(old.settings, data=tmp_path / "keyless")
    for older in (True, False):
        for numbers in (Numbers(here), Numbers(keyless)):
            async with auditing.snapshot(url) as connection:
                await auditing.audit(connection, lambda *_: None, numbers=numbers)
            assert bool(numbers.older) == older
        await rehashing.rehash(old)


async def test_a_newer_database_is_refused_by_an_older_rule(old: Deployment) -> None:
    await rehashing.rehash(old)
    await DB.fetch(
        "UPDATE key_check SET check_value = replace(check_value, $1, '[9,')"
        " WHERE purpose = 'certificate business-license'",
        f"[{RULES},",
    )

    with pytest.raises(WrongDatabase, match="business-license"):
        await refuse_another_database(old)


async def test_officers_read_what_became_one(old: Deployment) -> None:
    await rehashing.rehash(old)
    [first, _] = await overlapping.listed(10)

    assert sorted(first["notices"]) == sorted(ASKED[name]["id"] for name in ("radical", "typed"))
    assert len(await overlapping.listed(1)) == 1
    await claims.end(ASKED["typed"]["id"])
    assert len(await overlapping.listed(10)) == 1
