"""Failure × step of what an operator runs: what an audit and a restore say, and what they leave.

The other half of the table is in `test_faults.py`. The server is the real one. It fails within an
audit where a function of its own is put before PostgreSQL's, and within a restore by a table of the
backup whose check fails as the database's comment says.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio

from notices.database import DB
from tests import api, commands, enginefarm
from tests.faults import FAULTS
from tests.service.test_backup import Register, content

BEHAVES = {
    **{fault: f"{FAULTS[fault]};" for fault in ("disk full", "out of memory", "connection lost")},
    "frozen for a while": "PERFORM pg_sleep(1.5);",
    "frozen": "PERFORM pg_sleep(600);",
}
"""What the server does, in PL/pgSQL."""


class Audited:
    """A register that is audited from outside, and its database, which can be made to fail."""

    def __init__(self, url: str, environment: dict[str, str], state: Path) -> None:
        self.url, self.environment, self.state = url, environment, state

    async def audit(self, **more: str) -> tuple[int, str]:
        words = ("log", "audit", "--state", self.state)
        done = await asyncio.to_thread(commands.run, self.environment | more, *words)
        return done.returncode, done.stderr

    async def fails(self, fault: str) -> None:
        """From now on where the audit asks what corrections said, which it does at its end."""
        connection = await asyncpg.connect(self.url)
        name = await connection.fetchval("SELECT current_database()")
        await connection.execute(
            "CREATE SCHEMA before; CREATE FUNCTION before.jsonb_each(jsonb, OUT key text,"
            " OUT value jsonb) RETURNS SETOF record LANGUAGE plpgsql AS $$ BEGIN"
            f" {BEHAVES[fault]} RETURN QUERY SELECT * FROM pg_catalog.jsonb_each($1); END $$;"
            f" ALTER DATABASE {name} SET search_path = before, pg_catalog, public"
        )
        await connection.close()

    async def fails_no_more(self) -> None:
        connection = await asyncpg.connect(self.url)
        name = await connection.fetchval("SELECT current_database()")
        await connection.execute(
            f"ALTER DATABASE {name} RESET search_path; DROP SCHEMA IF EXISTS before CASCADE"
        )
        await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def audited(
    restaurant: httpx.AsyncClient, database_url: str, tmp_path: Path
) -> AsyncIterator[Audited]:
    id = (await api.declared(restaurant)).id
    body = {"issuer": "潍坊市市场监督管理局"}
    assert (await restaurant.post(api.of(id, "correction"), json=body)).status_code == 201
    _, meili, _ = enginefarm.running()
    environment = {"DATA": str(tmp_path), "DATABASE_URL": database_url, "MEILI_URL": meili}
    found = Audited(database_url, environment, tmp_path / "state.json")
    yield found
    await found.fails_no_more()


NOTHING_SAID = {
    "disk full": "made to happen",
    "out of memory": "made to happen",
    "connection lost": "the connection was lost",
}


@pytest.mark.parametrize("fault", NOTHING_SAID)
async def test_an_audit_whose_database_fails_says_nothing_about_the_log_and_remembers_nothing(
    audited: Audited, fault: str
) -> None:
    before = await DB.row("SELECT * FROM log_head")
    await audited.fails(fault)

    status, said = await audited.audit()

    assert status == 2
    assert "The database cannot be used" in said
    assert NOTHING_SAID[fault] in said
    assert "Traceback" not in said
    assert not audited.state.exists()
    await audited.fails_no_more()
    status, said = await audited.audit()
    assert (status, said.split("\n")[0]) == (0, "2/2")
    assert await DB.row("SELECT * FROM log_head") == before


async def test_an_audit_of_a_database_that_is_down_was_not_asked(
    audited: Audited, tmp_path: Path
) -> None:
    status, said = await audited.audit(DATABASE_URL=f"postgresql://x@/x?host={tmp_path}")

    assert status == 2
    assert "The database cannot be used" in said
    assert not audited.state.exists()


async def test_an_audit_waits_for_a_database_that_stands_still_and_finds_the_log_whole(
    audited: Audited,
) -> None:
    await audited.fails("frozen for a while")
    began = time.monotonic()

    status, _ = await audited.audit()

    assert status == 0
    assert time.monotonic() - began > 1.5
    assert audited.state.exists()


async def test_an_audit_writes_nothing_and_so_needs_no_room(audited: Audited) -> None:
    name = await DB.row("SELECT current_database() AS name")
    assert name is not None
    connection = await asyncpg.connect(audited.url)
    setting = f"ALTER DATABASE {name['name']}"
    await connection.execute(f"{setting} SET default_transaction_read_only = on")
    try:
        status, _ = await audited.audit()
    finally:
        await connection.execute("SET default_transaction_read_only = off")
        await connection.execute(f"{setting} RESET default_transaction_read_only")
        await connection.close()

    assert status == 0


KIND = (
    "(SELECT shobj_description(oid, 'pg_database') FROM pg_database"
    " WHERE datname = current_database())"
)
FAULTY = (
    "CREATE FUNCTION fault() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN"
    + "".join(f" IF {KIND} = '{fault}' THEN {body} END IF;" for fault, body in BEHAVES.items())
    + " RETURN true; END $$",
    "CREATE TABLE zzz (id int CHECK (public.fault()))",
    "INSERT INTO zzz VALUES (1)",
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, worker: str) -> Register:
    """A register with notices, a file, and the table that fails; its backup beside it."""
    base, _, _ = enginefarm.running()
    folder = tmp_path_factory.mktemp("source")
    url = enginefarm.create_database_now(base, f"faulty_{worker}")
    register = Register(folder / "data", url)
    register.done("demo", "fill", "30", "--no-publish")
    uploads = register.data / "uploads" / "37"
    uploads.mkdir(parents=True)
    (uploads / "sealed").write_bytes(b"x" * 70_000)
    for statement in FAULTY:
        register.execute(statement)
    register.done("backup", folder / "file")
    return register


class Target(Register):
    """An empty database with the keys of `source`, and whether it fails."""

    def fails(self, fault: str) -> None:
        name = self.execute("SELECT current_database() AS name")[0]["name"]
        self.execute(f"COMMENT ON DATABASE {name} IS '{fault}'")

    @property
    def marked(self) -> bool:
        return self.execute("SELECT 1 WHERE to_regnamespace('restoring') IS NOT NULL") != []


@pytest.fixture
def target(tmp_path: Path, worker: str, source: Register) -> Target:
    base, _, _ = enginefarm.running()
    url = enginefarm.create_database_now(base, f"faulty_target_{worker}")
    register = Target(tmp_path / "data", url)
    keys = register.data / "keys"
    keys.mkdir(parents=True, mode=0o700)
    for file in (source.data / "keys").iterdir():
        (keys / file.name).write_bytes(file.read_bytes())
        (keys / file.name).chmod(0o600)
    return register


def not_served_and_restored_at_last(target: Target, source: Register) -> None:
    """Until it is restored to the end nothing uses it; then it is what was backed up."""
    for words in (("serve",), ("migrate",), ("log", "accept"), ("demo", "fill", "1")):
        assert "restored to the end" in target.refused(*words)
    target.fails("")
    assert "found whole" in target.done("restore", source.data.parent / "file")
    assert content(target) == content(source)
    assert not target.marked


@pytest.mark.parametrize("fault", ["disk full", "connection lost"])
def test_a_restore_whose_database_fails_leaves_all_or_nothing_and_begins_anew(
    source: Register, target: Target, fault: str
) -> None:
    target.fails(fault)

    said = target.refused("restore", source.data.parent / "file")

    assert "pg_restore" in said
    assert ("made to happen" if fault == "disk full" else "terminating connection") in said
    assert target.tables == 0
    assert target.marked
    not_served_and_restored_at_last(target, source)


def test_a_restore_that_is_killed_while_the_server_is_at_work_begins_anew(
    source: Register, target: Target
) -> None:
    at_work = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = "
    target.fails("frozen")
    with commands.started(target.environment(), "restore", source.data.parent / "file") as process:
        while process.is_alive() and not target.execute(at_work + "current_database()"):
            time.sleep(0.05)
        process.kill()
    assert target.execute(at_work + "current_database()") != []

    # What was begun is still at work: tables that are made beside it would meet its own.
    began = time.monotonic()
    not_served_and_restored_at_last(target, source)
    assert time.monotonic() - began < 60


def test_a_restore_without_room_for_uploads_is_not_served_and_begins_anew(
    source: Register, target: Target
) -> None:
    folder = target.data / "uploads"
    folder.symlink_to("/dev/full")

    said = target.refused("restore", source.data.parent / "file")

    assert "The system said" in said
    assert target.marked
    folder.unlink()
    not_served_and_restored_at_last(target, source)


def test_a_restore_into_a_database_that_is_down_says_so(
    source: Register, target: Target, tmp_path: Path
) -> None:
    down = Register(target.data, f"postgresql://x@/x?host={tmp_path}")

    assert "The database cannot be used" in down.refused("restore", source.data.parent / "file")
    assert target.tables == 0
