"""Two roles that are not what they have to be, and a lock that somebody else holds."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from notices import migrating
from notices.engines import Engines
from notices.facts.errors import Unavailable
from notices.settings import Settings
from tests import commands, enginefarm
from tests.engines.test_engine_cluster import as_superuser, start
from tests.engines.test_engines import ask

MADE = (
    "CREATE ROLE third LOGIN PASSWORD 'x'",
    "CREATE ROLE boss LOGIN SUPERUSER PASSWORD 'x'",
    "CREATE ROLE member LOGIN PASSWORD 'x' IN ROLE notices_owner",
    "CREATE ROLE sets_only LOGIN NOINHERIT PASSWORD 'x'",
    "GRANT notices_owner TO sets_only WITH INHERIT FALSE, SET TRUE",
)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """A cluster with more roles than ours."""
    data = tmp_path_factory.mktemp("roles") / "var"
    start(data).close()
    as_superuser(data, "notices", *MADE)
    with start(data) as running:
        yield running
    enginefarm.remove(data)


def as_(url: str, role: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{role}:x@"))


def migrate(tmp_path: Path, owner: str, service: str) -> "tuple[int, str]":
    environment = {
        **os.environ, "DATA": str(tmp_path), "DATABASE_URL": service, "DATABASE_OWNER_URL": owner,
        "MEILI_URL": "http://there", "MEILI_MASTER_KEY": "x",
    }  # fmt: skip
    done = commands.run(environment, "migrate")
    return done.returncode, done.stderr


def test_wrong_roles_are_told_in_words_and_right_ones_go_on(
    engines: Engines, tmp_path: Path
) -> None:
    owner, service = engines.owner_url, engines.database_url
    code, said = migrate(tmp_path, service, owner)
    assert (code, "are swapped" in said) == (1, True), said
    assert asyncio.run(ask(owner, "SELECT to_regclass('public.event') IS NULL"))
    assert migrate(tmp_path, owner, service)[0] == 0

    for named, serving, words in (
        (service, owner, "are swapped"),
        (as_(owner, "third"), service, "role third does not own the tables: notices_owner does"),
        (as_(owner, "third"), as_(owner, "boss"), "are swapped"),
        (owner, as_(owner, "member"), "REVOKE notices_owner FROM member"),
        (owner, as_(owner, "sets_only"), "REVOKE notices_owner FROM sets_only"),
        (owner, as_(owner, "boss"), "or a superuser"),
    ):
        code, said = migrate(tmp_path, named, serving)
        assert (code, words in said) == (1, True), said
        assert "数据库" in said
        assert "permission denied" not in said
        assert ":x@" not in said
    # Whoever may do all the owner may will do for it, and the owner named twice is one role.
    assert migrate(tmp_path, as_(owner, "boss"), service)[0] == 0
    again = owner + "&application_name=again"
    assert migrate(tmp_path, again, owner)[0] == 0
    assert asyncio.run(ask(owner, "SELECT has_table_privilege('event', 'DELETE')"))
    assert migrate(tmp_path, owner, service)[0] == 0
    assert not asyncio.run(ask(service, "SELECT has_table_privilege('event', 'DELETE')"))


def test_settings_of_its_own_are_told_of_whoever_serves(engines: Engines, tmp_path: Path) -> None:
    owner, service = engines.owner_url, engines.database_url
    asyncio.run(ask(service, "ALTER ROLE CURRENT_USER SET synchronous_commit = off"))

    _, said = migrate(tmp_path, owner, service)

    asyncio.run(ask(service, "ALTER ROLE CURRENT_USER RESET ALL"))
    assert "synchronous_commit=off" in said


async def test_whoever_waits_for_another_to_migrate_is_told_so_again_and_again(
    pool: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = settings.database_url or ""
    monkeypatch.setattr(migrating, "FIRST_WORD", 0.2)
    monkeypatch.setattr(migrating, "AGAIN", 0.4)
    keeper = await asyncpg.connect(url)
    await keeper.execute("SELECT pg_advisory_lock($1)", migrating.LOCK)
    pid = await keeper.fetchval("SELECT pg_backend_pid()")
    said: list[str] = []

    waiting = asyncio.create_task(migrating.migrate(url, say=said.append))
    await asyncio.wait([waiting], timeout=1.5)
    await keeper.close()
    await asyncio.wait_for(waiting, 20)

    assert len(said) >= 2
    assert all(f"its backend is {pid}" in words for words in said)


async def test_a_database_that_does_not_answer_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(migrating, "ANSWERS", 0.3)
    # A server that is frozen: the kernel takes the connection, and nobody answers.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Unavailable):
            await migrating.migrate(f"postgresql://a:b@127.0.0.1:{port}/c")
