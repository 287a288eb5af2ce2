"""The steps of the database's history, each over rows that the step before it left."""

import asyncio
import json
import os
import subprocess
from pathlib import Path

import asyncpg
import pytest

from migrations import notices_0001_register as first
from migrations import notices_0011_agencies as ends
from migrations import notices_0028_agency_keys as keys
from notices.facts.catalogue import OWN_CATALOGUE
from tests import commands, enginefarm
from tests.api import declaration

ROW = (
    "INSERT INTO notice (id, form, number_key, evidence, number_form, published_index,"
    " published_at, effective_at) VALUES ('37070000000136', $1, 'JY13799990000011',"
    " 'self_declared', 'usual', $2, now(), now())"
)


@pytest.fixture
def url(worker: str) -> str:
    base, _, _ = enginefarm.running()
    return enginefarm.create_database_now(base, f"m_{worker}")


async def write_under_the_first(url: str) -> None:
    """A database as the first version made it, with a notice."""
    connection = await asyncpg.connect(url)
    try:
        for statement in filter(str.strip, first.STATEMENTS.split(";\n")):
            await connection.execute(statement)
        await connection.execute(
            "CREATE TABLE migration (id serial PRIMARY KEY, name varchar(200),"
            " app_name varchar(200), ran_on timestamp DEFAULT now())"
        )
        await connection.execute(
            "INSERT INTO migration (name, app_name) VALUES ($1, 'notices')", first.ID
        )
        await connection.execute(ROW, json.dumps(declaration()), 3 << 14)
    finally:
        await connection.close()


async def ask(url: str, sql: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET enable_seqscan = off")
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


def migrate(data: Path, url: str, **more: str) -> None:
    where = {"DATA": str(data), "DATABASE_URL": url, "MEILI_URL": "http://there"}
    commands.run({**os.environ, **where, **more}, "migrate").check_returncode()


def test_notices_written_under_the_first_step_have_terms_under_the_second(
    tmp_path: Path, url: str
) -> None:
    asyncio.run(write_under_the_first(url))

    migrate(tmp_path, url)

    found = "notice_terms(form, number_key, published_index) @@ $$'3.餐饮' & '3-1100':*$$"
    query = f"SELECT id FROM notice WHERE {found}"
    assert [row["id"] for row in asyncio.run(ask(url, query))] == ["37070000000136"]
    plan = asyncio.run(ask(url, f"EXPLAIN {query}"))
    assert any("Bitmap Index Scan on notice_terms" in row[0] for row in plan)
    names = asyncio.run(ask(url, "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"))
    assert "notice_number_tail" not in {row["indexname"] for row in names}


def older(id: int, waits: str, *, redacted: bool = False) -> list[str]:
    """A seal's notice as the first version left it, in effect `waits` after its publishing."""
    form = json.dumps({"certificate": "company-seal", "number": None}, separators=(",", ":"))
    entry = json.dumps({"certificate": "company-seal", "id": f"{id:014}"})
    published = "timestamptz '2026-03-03 10:00+08'"
    shown = "NULL" if redacted else f"'{form}'"
    return [
        "INSERT INTO notice (id, form, evidence, number_form, published_index, published_at,"
        f" effective_at) VALUES ('{id:014}', {shown}, 'self_declared', 'usual', {id},"
        f" {published}, {published} + interval '{waits}')",
        f"INSERT INTO event (index, notice, kind, at, entry) VALUES ({id}, '{id:014}',"
        f" 'published', {published}, '{entry}')",
    ]


def test_periods_of_before_are_taken_from_the_catalogue_of_the_upgrade_and_no_later_one(
    tmp_path: Path, url: str
) -> None:
    asyncio.run(write_under_the_first(url))
    # Three days after Tuesday, 3 March end with Friday, 6 March.
    for statement in (
        *older(1, "3 days 14 hours"),
        *older(2, "3 days 14 hours", redacted=True),
        *older(3, "0"),
        *older(4, "4 days 14 hours"),
    ):
        asyncio.run(ask(url, statement))
    changed = json.loads(OWN_CATALOGUE.read_text())
    for certificate in changed["certificates"]:
        if certificate["id"] == "company-seal":
            certificate["notice_period"] = {"value": 4, "unit": "calendar_day"}
    (tmp_path / "catalogue.json").write_text(json.dumps(changed))

    def periods() -> dict[int, tuple[int | None, str | None, str | None]]:
        columns = "id, period_value, period_unit, period_from"
        rows = asyncio.run(ask(url, f"SELECT {columns} FROM notice ORDER BY id"))
        return {int(id): (value, unit, source) for id, value, unit, source in rows if int(id) < 9}

    migrate(tmp_path, url)

    first = periods()
    assert first == {
        1: (3, "calendar_day", "upgrade"),
        2: (3, "calendar_day", "upgrade"),
        3: (None, None, "upgrade"),
        # Not by a period of this catalogue; so nobody says which it was.
        4: (None, None, None),
    }
    migrate(tmp_path, url)
    assert periods() == first
    migrate(tmp_path, url, CATALOGUE=str(tmp_path / "catalogue.json"))
    # Four days end on a Saturday, which moves to Monday: no period of four days either.
    assert periods() == first


def test_a_notice_gets_its_period_from_its_form(tmp_path: Path, url: str) -> None:
    asyncio.run(write_under_the_first(url))
    migrate(tmp_path, url)
    forms = {
        11: {"notice_period": {"value": 10, "unit": "working_day"}},
        12: {"notice_period": None},
        13: {},
    }
    for id, form in forms.items():
        asyncio.run(
            ask(
                url,
                "INSERT INTO notice (id, form, evidence, published_index,"
                f" published_at, effective_at) VALUES ('{id:014}', '{json.dumps(form)}',"
                f" 'self_declared', {id}, now(), now())",
            )
        )

    rows = asyncio.run(
        ask(
            url,
            "SELECT period_value, period_unit, period_from FROM notice"
            " WHERE id < '00000000000099' ORDER BY id",
        )
    )
    assert [tuple(row) for row in rows] == [
        (10, "working_day", "form"),
        (None, None, "form"),
        (None, None, None),
    ]
    asyncio.run(ask(url, "UPDATE notice SET form = NULL"))
    kept = asyncio.run(ask(url, "SELECT period_value FROM notice WHERE id = '00000000000011'"))
    assert kept[0]["period_value"] == 10


REFUSED = (
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN IF NEW.name = '{keys.ID}' THEN RAISE 'gone'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER refuse BEFORE INSERT ON migration FOR EACH ROW EXECUTE FUNCTION refuse()",
)
"""A step that is cut off after what it changed, before it is written down that it ran."""


def test_a_step_that_was_cut_off_before_it_was_recorded_is_done_again(
    tmp_path: Path, url: str
) -> None:
    asyncio.run(write_under_the_first(url))
    asyncio.run(change(url, *REFUSED))
    with pytest.raises(subprocess.CalledProcessError):
        migrate(tmp_path, url)

    asyncio.run(change(url, "DROP FUNCTION refuse CASCADE"))
    migrate(tmp_path, url)

    done = [row["name"] for row in asyncio.run(ask(url, "SELECT name FROM migration"))]
    assert keys.ID in done
    assert len(set(done)) == len(done)


BEFORE = (
    "CREATE TABLE agency (id text PRIMARY KEY, name text NOT NULL UNIQUE, issuers text[] NOT NULL,"
    " key_hash bytea NOT NULL UNIQUE, created_at timestamptz NOT NULL DEFAULT now(),"
    " revoked_at timestamptz)",
    *ends.STATEMENTS,
    "INSERT INTO agency (id, name, issuers, key_hash, revoked_at) VALUES"
    " ('1a', '甲局', '{甲局}', sha256('one'), NULL),"
    " ('2b', '乙局', '{}', sha256('two'), '2026-11-01')",
)
"""Agencies as they were while each had one key."""


async def change(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement)
    finally:
        await connection.close()


def test_an_agencys_key_of_before_is_as_good_as_it_was(url: str) -> None:
    asyncio.run(change(url, *BEFORE))

    asyncio.run(change(url, *keys.STATEMENTS))

    there = asyncio.run(
        ask(
            url,
            "SELECT k.id, k.scopes, k.revoked_at IS NULL AS lives, a.kind, a.test, a.quota"
            " FROM agency_key k JOIN agency a ON a.id = k.agency WHERE k.key_hash IN"
            " (sha256('one'), sha256('two')) ORDER BY k.id",
        )
    )
    scopes = ["verify", "issue", "masked"]
    assert [tuple(row) for row in there] == [
        ("1a.1", scopes, True, "other", False, None),
        ("2b.1", scopes, False, "other", False, None),
    ]
