"""Transactions that fail in every way leave pool and task as they were."""

import asyncio
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from piccolo.engine.exceptions import TransactionError

from notices.database import DB, Database
from notices.facts.errors import Unavailable
from notices.migrating import LOCK, migrate
from notices.settings import Settings
from tests import emptying


async def test_a_failed_commit_gives_its_connection_back_and_writes_nothing(
    database: None,
) -> None:
    for _ in range(25):  # more than the pool has connections
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with DB.transaction():
                await DB.fetch(
                    "INSERT INTO claim (by_certificate, copy, notice, rules)"
                    " VALUES (sha256('x'), '', '37070000000136', 2)"
                )

    assert DB.current_transaction.get() is None
    assert await DB.fetch("SELECT 1 FROM claim") == []


async def test_a_killed_backend_is_an_error_once_and_then_forgotten(database: None) -> None:
    for _ in range(12):
        with pytest.raises(Unavailable):
            async with DB.transaction():
                row = await DB.row("SELECT pg_backend_pid() AS pid")
                assert row is not None
                other = await asyncpg.connect(DB.config["dsn"])
                await other.execute("SELECT pg_terminate_backend($1)", row["pid"])
                await other.close()
                await asyncio.sleep(0.02)
                await DB.fetch("SELECT 1")

    assert DB.current_transaction.get() is None
    assert (await DB.fetch("SELECT 1 AS one"))[0]["one"] == 1


async def test_an_exception_rolls_back_and_goes_on_up(database: None) -> None:
    with pytest.raises(ZeroDivisionError):
        async with DB.transaction():
            await DB.fetch("INSERT INTO follower (name) VALUES ('x')")
            raise ZeroDivisionError

    assert await DB.fetch("SELECT 1 FROM follower WHERE name = 'x'") == []


async def test_a_transaction_within_another_is_refused(database: None) -> None:
    async with DB.transaction():
        with pytest.raises(TransactionError):
            DB.transaction()


async def test_what_a_role_set_for_itself_neither_loses_nor_hides_what_is_written(
    pool: None, settings: Settings
) -> None:
    url = settings.database_url or ""
    own = {"synchronous_commit": "off", "default_transaction_isolation": "'repeatable read'",
           "search_path": "nowhere"}  # fmt: skip
    name = urlsplit(url).path.removeprefix("/")
    role = f"ALTER ROLE CURRENT_USER IN DATABASE {name}"
    database = Database()
    for setting, value in own.items():
        await DB.fetch(f"{role} SET {setting} = {value}")
    try:
        await database.start(url, 1)
        found = {each: (await database.fetch(f"SHOW {each}"))[0][0] for each in own}
        await DB.fetch(f"{role} SET synchronous_commit = remote_apply")
        await database.stop()
        await database.start(url, 1)
        stronger = (await database.fetch("SHOW synchronous_commit"))[0][0]
    finally:
        await database.stop()
        await DB.fetch(f"{role} RESET ALL")

    assert found == {
        "synchronous_commit": "on", "default_transaction_isolation": "read committed",
        "search_path": '"$user", public',
    }  # fmt: skip
    assert stronger == "remote_apply"


async def test_who_is_not_let_in_any_more_is_told_to_come_later(
    pool: None, settings: Settings
) -> None:
    parts = urlsplit(settings.database_url or "")
    user, _, place = parts.netloc.partition(":")
    wrong = urlunsplit(parts._replace(netloc=f"{user}:wrong@{place.partition('@')[2]}"))
    database = Database()
    await database.start(wrong, 1)
    try:
        with pytest.raises(Unavailable):
            await database.fetch("SELECT 1")
    finally:
        await database.stop()


async def test_migrating_twice_at_once_takes_turns(pool: None, settings: Settings) -> None:
    url = settings.database_url or ""
    keeper = await asyncpg.connect(url)
    await keeper.execute("SELECT pg_advisory_lock($1)", LOCK)
    waiting = asyncio.create_task(migrate(url))
    done, _ = await asyncio.wait([waiting], timeout=0.3)
    assert not done
    await keeper.close()

    await asyncio.wait_for(waiting, 20)
    rows = await DB.fetch("SELECT name FROM migration")
    assert len({row["name"] for row in rows}) == len(rows)


async def test_the_tests_empty_every_table_that_a_service_fills(database: None) -> None:
    rows = await DB.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

    kept = {"migration", "key_check", "data_key", "hold", "log_head"}
    assert {row["tablename"] for row in rows} - kept == set(emptying.TABLES)
