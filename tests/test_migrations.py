"""The steps of the database's history, each over rows that the step before it left."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from migrations import notices_0001_register as first
from tests import enginefarm
from tests.samples import declaration
from tests.service import ROOT

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


def test_notices_written_under_the_first_step_have_terms_under_the_second(
    tmp_path: Path, url: str
) -> None:
    asyncio.run(write_under_the_first(url))

    subprocess.run(
        [sys.executable, "-m", "notices", "migrate"],
        env={**os.environ, "DATA": str(tmp_path), "DATABASE_URL": url, "MEILI_URL": "http://there"},
        cwd=ROOT,
        check=True,
        timeout=60,
    )

    found = "notice_terms(form, number_key, published_index) @@ $$'3.餐饮' & '3-1100':*$$"
    query = f"SELECT id FROM notice WHERE {found}"
    assert [row["id"] for row in asyncio.run(ask(url, query))] == ["37070000000136"]
    plan = asyncio.run(ask(url, f"EXPLAIN {query}"))
    assert any("Bitmap Index Scan on notice_terms" in row[0] for row in plan)
    names = asyncio.run(ask(url, "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"))
    assert "notice_number_tail" not in {row["indexname"] for row in names}
