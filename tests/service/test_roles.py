"""Two roles: whoever serves adds to the log, and can neither change it nor give itself more."""

import os
import re
from pathlib import Path

import asyncpg
import httpx
import pytest

from notices.database import DB
from notices.facts.errors import Unavailable
from notices.migrating import migrate
from notices.migrating.granting import GRANTS, may_change_the_log
from notices.serving import child_environment
from notices.settings import SECRETS, Settings, SettingsError, from_environment
from tests import api, commands, enginefarm
from tests.owning import owned

ACTIONS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
ATTACKS = (
    "UPDATE event SET at = at - interval '1 day'",
    "UPDATE event SET salt = NULL, form = NULL",
    "UPDATE event SET kind = 'withdrawn'",
    "DELETE FROM event",
    "TRUNCATE event CASCADE",
    "UPDATE log_node SET hash = sha256(hash)",
    "DELETE FROM log_node",
    "TRUNCATE log_node",
    "DELETE FROM log_head",
    "UPDATE log_head SET later = now() + interval '9 years'",
    "UPDATE log_head SET spent_key = NULL, spent_size = NULL",
    "UPDATE notice SET number_key = NULL",
    # Backdated, put where there is no place, or told of to remove a text.
    "INSERT INTO event SELECT 1, notice, 'corrected', at - interval '1 hour', entry, salt, form"
    " FROM event",
    "INSERT INTO event SELECT 1000000, notice, 'redacted', at, entry, salt, form FROM event",
    "INSERT INTO log_head VALUES (1, 0, now(), '')",
    "UPDATE notice SET published_at = published_at - interval '1 day'",
    "UPDATE notice SET id = '37990000000000'",
    "UPDATE notice SET published_index = 7",
    "DELETE FROM notice",
    "DELETE FROM claim",
    "UPDATE claim SET by_number = sha256('x')",
    "UPDATE notice_private SET sealed = ''",
    "UPDATE notice_private SET holder_hash = sha256('x')",
    "UPDATE objection SET sealed = ''",
    "UPDATE objection SET evidence_sha256 = NULL, evidence_type = NULL, evidence_size = NULL",
    "DELETE FROM event_private",
    "INSERT INTO agency (id, name, issuers) VALUES ('a', 'a', '{}')",
    "INSERT INTO agency_key (id, agency, key_hash, scopes) VALUES ('a.1', 'a', sha256('x'), '{}')",
    "UPDATE agency_key SET revoked_at = NULL",
    "UPDATE agency_key SET scopes = '{verify}'",
    "UPDATE agency SET quota = NULL",
    "UPDATE agency SET issuers = '{}'",
    "UPDATE journal SET entry = entry",
    "UPDATE journal SET sealed = ''",
    "DELETE FROM journal",
    "TRUNCATE journal",
    "DROP TRIGGER journal_chained ON journal",
    "DELETE FROM hold",
    "DELETE FROM migration",
    "SELECT setval('notice_serial', 1)",
    "ALTER TABLE event DISABLE TRIGGER ALL",
    "DROP TRIGGER event_redacted ON event",
    "ALTER TABLE event OWNER TO CURRENT_USER",
    "DROP TABLE event CASCADE",
    "CREATE TABLE mine (id int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "CREATE DATABASE mine",
    "SET ROLE notices_owner",
    "SET session_replication_role = replica",
    "ALTER ROLE notices_service SUPERUSER",
    "COPY event TO PROGRAM 'cat'",
)


async def rows(sql: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await DB.fetch(sql)]


@pytest.mark.parametrize("attack", ATTACKS)
async def test_whoever_serves_cannot(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, attack: str
) -> None:
    id = (await api.declared(restaurant)).id
    objection = {"number": "JY13799990000011", "ground": "not_lost", "text": "x"}
    assert (await anna.post(api.of(id, "objections"), json=objection)).is_success
    entries = await rows("SELECT * FROM event")

    with pytest.raises((asyncpg.InsufficientPrivilegeError, Unavailable)) as refused:
        await DB.fetch(attack)
    assert "at the end of the log" in str(refused.value.__cause__) or not refused.value.__cause__
    assert await rows("SELECT * FROM event") == entries
    assert await DB.row("SELECT 1 FROM pg_trigger WHERE tgname = 'event_redacted'")


async def test_every_table_has_its_grants_and_no_more(pool: None) -> None:
    """What a migration adds has to be listed: without, the service could not even read it."""
    tables = await DB.fetch(
        "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace = 'public'::regnamespace"
    )
    assert {row["name"] for row in tables} == set(GRANTS)
    for table, granted in GRANTS.items():
        whole = re.sub(r"UPDATE \([^)]*\)", "", granted)
        for action in ACTIONS:
            row = await DB.row("SELECT has_table_privilege($1, $2) AS may", table, action)
            assert row is not None
            assert row["may"] == (action in whole), (table, action)
        if some := re.search(r"UPDATE \(([^)]*)\)", granted):
            columns = await DB.fetch(
                "SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::text::regclass"
                " AND attnum > 0 AND NOT attisdropped"
                " AND has_column_privilege(attrelid, attnum, 'UPDATE')",
                table,
            )
            assert {row["name"] for row in columns} == set(some[1].split(", ")), table


async def test_texts_go_with_the_entry_that_tells_of_it_and_with_no_other(
    restaurant: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id, other = (
        (await api.declared(restaurant)).id,
        (await api.declared(restaurant, number="JY13799990000020")).id,
    )
    body = {"reason": "x"}
    assert (await officer.post(f"/api/v1/notices/{id}/redaction", json=body)).status_code == 201

    left = await rows("SELECT notice, kind, salt IS NULL, form IS NULL FROM event ORDER BY index")
    assert left == [
        (id, "published", True, True),
        (other, "published", False, False),
        (id, "redacted", False, False),
    ]


ANOTHER = """
INSERT INTO journal (number, entry, sealed) SELECT t.number {number}, json_build_object(
  'number', t.number {number}, 'previous', encode(t.previous, 'base64') {previous},
  'at', t.at - interval '{ago}')::text, '' FROM journal_turn() t
"""
MISPLACED = {
    "a gap": ANOTHER.format(number="+ 1", previous="", ago="0"),
    "before the last": ANOTHER.format(number="- 1", previous="", ago="0"),
    "of another chain": ANOTHER.format(number="", previous="|| 'x'", ago="0"),
    "of an hour ago": ANOTHER.format(number="", previous="", ago="1 hour"),
}


@pytest.mark.parametrize("attack", MISPLACED)
async def test_an_entry_of_the_audit_log_follows_the_last_one_whoever_writes_it(
    officer: httpx.AsyncClient, attack: str
) -> None:
    before = await rows("SELECT * FROM journal")
    assert len(before) == 1

    with pytest.raises(Unavailable) as refused:
        await DB.fetch(MISPLACED[attack])
    assert "follows the last one" in str(refused.value.__cause__)
    assert await rows("SELECT * FROM journal") == before
    right = ANOTHER.format(number="", previous="", ago="0")
    assert await DB.fetch(right) == []


async def test_an_auditor_reads_the_audit_log_and_nothing_else(
    officer: httpx.AsyncClient, database_url: str
) -> None:
    connection = await asyncpg.connect(enginefarm.audited(database_url))
    try:
        assert await connection.fetchval("SELECT count(*) FROM journal") == 1
        for table in GRANTS:
            for action in ACTIONS:
                may = await connection.fetchval("SELECT has_table_privilege($1, $2)", table, action)
                reads = table in ("journal", "data_key") and action == "SELECT"
                assert may == reads, (table, action)
        for attack in (
            "SELECT 1 FROM notice", "SELECT 1 FROM session", "DELETE FROM journal",
            "SELECT nextval('notice_serial')", "CREATE TABLE mine (id int)",
            "SET ROLE notices_owner", "SET ROLE notices_service",
            ANOTHER.format(number="", previous="", ago="0"),
        ):  # fmt: skip
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(attack)
    finally:
        await connection.close()


BEYOND = (
    "GRANT ALL ON event, agency TO notices_service",
    "GRANT UPDATE (at) ON event TO notices_service",
    "GRANT SELECT (entry) ON event TO PUBLIC",
    "GRANT SELECT ON event TO notices_service WITH GRANT OPTION",
    "GRANT ALL ON SEQUENCE notice_serial TO notices_service",
    "GRANT CREATE ON SCHEMA public TO PUBLIC",
    "REVOKE INSERT ON event FROM notices_service",
    "REVOKE UPDATE (form) ON notice FROM notices_service",
    "REVOKE ALL ON SEQUENCE notice_serial FROM notices_service",
)


async def granted() -> list[tuple[object, ...]]:
    """What everybody was given, and by which transaction that was written."""
    return await rows(
        "SELECT c.oid, relacl::text,"
        " (SELECT string_agg(attname || attacl::text, ';' ORDER BY attnum)"
        " FROM pg_attribute WHERE attrelid = c.oid), nspacl::text, c.xmin::text FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public' ORDER BY c.oid"
    )


@pytest.mark.parametrize("change", BEYOND)
async def test_what_a_role_has_beyond_or_lacks_is_set_right_and_nothing_else_is_touched(
    pool: None, settings: Settings, database_url: str, change: str
) -> None:
    before = await granted()
    await owned(DB.fetch(change))
    changed = await granted()
    await migrate(database_url, settings.database_url)

    after = await granted()
    assert [row[:4] for row in after] == [row[:4] for row in before] != [row[:4] for row in changed]
    touched = [row[0] for row, then in zip(after, before, strict=True) if row[4] != then[4]]
    assert len(touched) <= 2
    await migrate(database_url, settings.database_url)
    assert await granted() == after


@pytest.fixture
def apart(worker: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a database that others run, empty, under its two roles."""
    base, meili, master = enginefarm.running()
    owner = enginefarm.create_database_now(base, f"roles_{worker}")
    return {
        **os.environ, "DATA": str(tmp_path / "data"), "DATABASE_OWNER_URL": owner,
        "DATABASE_URL": enginefarm.served(owner), "MEILI_URL": meili, "MEILI_MASTER_KEY": master,
        "MEILI_INDEX": f"roles_{worker}", "DEMO": "1",
    }  # fmt: skip


def test_the_owner_brings_up_to_date_and_whoever_serves_alone_does_not(
    apart: dict[str, str],
) -> None:
    alone = {name: value for name, value in apart.items() if name != "DATABASE_OWNER_URL"}

    refused = commands.run(alone, "migrate")
    assert refused.returncode == 1
    assert "DATABASE_OWNER_URL" in refused.stderr
    assert "notices_0001_register" in refused.stderr
    assert commands.run(apart, "migrate").returncode == 0
    # Nothing is left to be done: now it may be without.
    assert commands.run(alone, "migrate").returncode == 0
    assert commands.run(alone, "log", "audit").returncode == 0
    refused = commands.run(alone, "agencies", "add", "奎文审批局")
    assert refused.returncode == 1
    assert "DATABASE_OWNER_URL" in refused.stderr
    assert commands.run(apart, "agencies", "add", "奎文审批局").returncode == 0
    assert commands.run(apart, "demo", "fill", "50").returncode == 0


def test_an_owner_needs_a_service_beside_it() -> None:
    with pytest.raises(SettingsError, match="DATABASE_OWNER_URL needs DATABASE_URL"):
        from_environment({"DATABASE_OWNER_URL": "postgresql://owner@there/notices"})


def test_no_child_is_told_the_owners_password(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    from notices.engines import Engines

    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner:secret@there/notices")
    for name in SECRETS:
        monkeypatch.setenv(f"{name}_FILE", "/run/secrets/of-others")
    engines = Engines(owned=False)
    engines.database_url, engines.owner_url = "postgresql://service@there", "secret"

    told = child_environment(settings, engines)
    assert told["DATABASE_URL"] == "postgresql://service@there"
    assert "secret" not in str(told)


async def test_what_everybody_was_given_is_told_and_taken_back(
    pool: None, settings: Settings, database_url: str
) -> None:
    service = settings.database_url or ""
    assert not await may_change_the_log(service)
    await owned(DB.fetch("GRANT UPDATE (at) ON event TO PUBLIC"))

    assert await may_change_the_log(service)
    assert await may_change_the_log(database_url)  # its owner
    await migrate(database_url, service)
    assert not await may_change_the_log(service)
