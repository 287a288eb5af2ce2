"""Auditing the database: whatever was changed behind the service's back is found and named."""

import asyncio
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from notices.audit import auditing, reading, remembering, watching
from notices.cli.terminal import why
from notices.database import DB
from notices.demo import fill
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.settings import Settings
from notices.trust.watching import Difference, Seen
from tests import api, commands, emptying, enginefarm
from tests.api import declaration
from tests.owning import owned
from tests.samples import OFFICER, RESTAURANT
from tests.service import ROOT, Service

MANY = 600


def nobody(done: int, count: int) -> None:
    pass


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def register(pool: None, app: Any, deployment: Deployment) -> AsyncIterator[dict[str, str]]:
    """A register with notices that were corrected, withdrawn, or left alone; their ids."""
    from tests.conftest import BASE

    await emptying.empty()
    await owned(fill(deployment, MANY, 1, nobody))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        await client.post("/api/v1/demo/login", json=RESTAURANT)
        ids = {}
        seal = {"certificate": "company-seal", "matter": None, "copies": None}
        body = declaration(**seal, number="3799990000011", details={"kind": "公章"})
        ids["waiting"] = (await client.post("/api/v1/notices", json=body)).json()["id"]
        for name in ("left", "corrected", "withdrawn"):
            number = f"JY1379999{len(ids) - 1:07}"
            body = declaration(number=number, confirm_unusual_number=True)
            ids[name] = (await client.post("/api/v1/notices", json=body)).json()["id"]
        for changes in (
            {"issuer": "潍坊市局"},
            {"lost_on": None, "issuer": "潍坊市奎文区某某局"},
        ):
            path = f"/api/v1/notices/{ids['corrected']}/correction"
            assert (await client.post(path, json=changes)).status_code == 201
        path = f"/api/v1/notices/{ids['withdrawn']}/withdrawal"
        assert (await client.post(path, json={"reason": "found"})).status_code == 201
    yield ids
    await emptying.empty()


async def audit(url: str, *changes: str, before: Seen | None = None) -> Seen:
    """The audit of the database as `changes` leave it; they are taken back afterwards."""
    connection = await asyncpg.connect(url)
    changed = connection.transaction(isolation="repeatable_read")
    await changed.start()
    try:
        for change in changes:
            await connection.execute(change)
        return await auditing.audit(connection, nobody, *([before] if before else []))
    finally:
        await changed.rollback()
        await connection.close()


async def test_a_register_in_use_is_whole(register: dict[str, str], database_url: str) -> None:
    seen = await audit(database_url)

    row = await DB.row("SELECT size, last_at FROM log_head")
    assert row is not None
    assert (seen.size, seen.at) == (row["size"], row["last_at"])
    assert seen.size >= MANY + 6


LOOSE = (
    "ALTER TABLE event DROP CONSTRAINT event_notice_fkey;"
    "ALTER TABLE claim DROP CONSTRAINT claim_notice_fkey;"
    "ALTER TABLE notice_private DROP CONSTRAINT notice_private_notice_fkey;"
    "ALTER TABLE rival DROP CONSTRAINT rival_notice_fkey"
)
LAST = "(SELECT max(index) FROM event)"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE event SET entry = replace(entry, '\"v\":1', '\"v\":2') WHERE index = 300",
         "Entry 300 is malformed"),
        ("UPDATE event SET entry = regexp_replace(entry, '(commitment\":\")..', '\\1AA')"
         " WHERE index = 300", "text or salt of event 300"),
        ("UPDATE event SET at = at + interval '1 millisecond' WHERE index = 300",
         "Event 300 has the at"),
        ("UPDATE event SET kind = 'corrected' WHERE index = 300", "Event 300 has the kind"),
        ("UPDATE event SET notice = '{left}' WHERE index = 300", "Event 300 has the notice"),
        ("UPDATE event SET form = form || '{{\"region\": \"370102\"}}' WHERE index = 300",
         "text or salt of event 300"),
        ("UPDATE event SET form = form || '{{\"more\": 1.5}}' WHERE index = 300",
         "text or salt of event 300"),
        ("UPDATE event SET salt = sha256('x') WHERE index = 300", "text or salt of event 300"),
        ("UPDATE event SET salt = NULL, form = NULL WHERE index = 300",
         "Event 300 (notice {300}) has lost its text"),
        ("DELETE FROM event WHERE index = 300", "Entry 300 is missing: the next one"),
        (f"DELETE FROM event WHERE index >= {LAST} - 1", "are missing: the log's head says"),
        (f"INSERT INTO event SELECT index + 1, notice, kind, at, entry, salt, form FROM event"
         f" WHERE index = {LAST}", "is one too many"),
        ("UPDATE log_head SET size = size + 1", "are missing: the log's head says"),
        ("UPDATE log_head SET size = size - 1", "is one too many"),
        ("UPDATE log_head SET peaks = set_byte(peaks, 40, 255 - get_byte(peaks, 40))",
         "The hashes in the log's head"),
        ("UPDATE log_head SET peaks = substr(peaks, 33)", "The hashes in the log's head"),
        ("UPDATE log_head SET last_at = last_at + interval '1 second'",
         "The time in the log's head"),
        ("DELETE FROM log_head", "The log has no head"),
        ("DELETE FROM log_node WHERE level = 0 AND position = 300",
         "level 0, position 300, over entry 300, is missing"),
        ("DELETE FROM log_node WHERE level = 9",
         "level 9, position 0, over entry 0–511, is missing"),
        ("INSERT INTO log_node VALUES (3, 5000, sha256('x'))",
         "level 3, position 5000, is over entries that do not exist"),
        ("INSERT INTO log_node VALUES (12, 0, sha256('x'))",
         "level 12, position 0, is over entries that do not exist"),
        ("UPDATE notice SET form = form || '{{\"issuer\": \"x\"}}' WHERE id = '{left}'",
         "Notice {left} shows another text"),
        ("UPDATE notice SET form = form || '{{\"issuer\": \"潍坊市局\"}}' WHERE id = '{corrected}'",
         "Notice {corrected} shows another text"),
        ("UPDATE notice SET form = NULL WHERE id = '{left}'", "Notice {left} shows another text"),
        ("UPDATE notice SET form = jsonb_set(form, '{{notice_period,value}}', '5')"
         " WHERE id = '{waiting}'", "Notice {waiting} shows another text"),
        ("UPDATE event SET form = jsonb_set(form, '{{notice_period,value}}', '5')"
         " WHERE notice = '{waiting}'", "text or salt of event"),
        *((f"UPDATE notice SET {columns} WHERE id = '{{{id}}}'",
           f"Notice {{{id}}} has another notice period")
          for id, columns in (
              ("waiting", "period_value = 5"),
              ("waiting", "period_value = 1, effective_at = effective_at - interval '2 days'"),
              ("waiting", "period_unit = 'working_day'"),
              ("waiting", "period_value = NULL, period_unit = NULL, effective_at = published_at"),
              ("waiting", "period_from = 'upgrade'"),
              ("waiting", "period_value = NULL, period_unit = NULL, period_from = NULL"),
              ("left", "period_value = 3, period_unit = 'calendar_day'"),
              ("left", "period_from = NULL"),
          )),
        *((f"UPDATE notice SET effective_at = {at} WHERE id = '{{waiting}}'",
           "Notice {waiting} takes effect (effective_at) 20")
          for at in (
              "published_at",
              "effective_at - interval '1 day'",
              "effective_at + interval '1 day'",
              "effective_at + interval '1 millisecond'",
              "effective_at + interval '20 years'",
          )),
        ("UPDATE notice SET effective_at = effective_at + interval '1 day' WHERE id = '{left}'",
         "Notice {left} has no notice period, yet"),
        ("UPDATE notice SET published_at = published_at - interval '1 day' WHERE id = '{left}'",
         "Notice {left} has another time of publishing"),
        ("UPDATE notice SET published_index = 999999 WHERE id = '{left}'",
         "published notice {left}, which names another one"),
        (LOOSE + "; DELETE FROM notice WHERE id = '{left}'",
         "Notice {left}, of event"),
        (LOOSE + "; UPDATE notice SET id = '37079999999973' WHERE id = '{left}'",
         "Notice {left}, of event"),
        ("INSERT INTO notice (id, form, evidence, published_index, published_at,"
         " effective_at) SELECT '37079999999973', form, evidence, 999999,"
         " published_at, effective_at FROM notice WHERE id = '{left}'",
         "Notice 37079999999973 names event 999999"),
        ("UPDATE notice SET evidence = 'issuer_confirmed' WHERE id = '{left}'",
         "The evidence of notice {left} does not follow"),
        ("UPDATE notice SET awaiting = true WHERE id = '{left}'",
         "Whether notice {left} awaits a confirmation"),
        ("UPDATE claim SET awaiting = true WHERE notice = '{left}'",
         "The claim of notice {left} on its number"),
        ("DELETE FROM claim WHERE notice = '{left}'", "Notice {left} covers no number"),
        ("UPDATE claim SET living = false WHERE notice = '{left}'",
         "The claim of notice {left} on its number"),
        ("UPDATE claim SET living = true WHERE notice = '{withdrawn}'",
         "The claim of notice {withdrawn} on its number"),
    ],
)  # fmt: skip
async def test_a_row_that_was_changed_is_named(
    register: dict[str, str], database_url: str, change: str, said: str
) -> None:
    row = await DB.row("SELECT notice FROM event WHERE index = 300")
    assert row is not None
    words = register | {"300": row["notice"]}
    for name, id in words.items():
        change, said = change.replace(f"{{{name}}}", id), said.replace(f"{{{name}}}", id)
    change = change.replace("{{", "{").replace("}}", "}")

    with pytest.raises(Difference) as found:
        await audit(database_url, *change.split(";"))

    assert said in str(found.value)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found.value.text.zh)


async def test_a_hash_that_was_changed_is_found_at_every_level(
    register: dict[str, str], database_url: str
) -> None:
    rows = await DB.fetch("SELECT level, max(position) AS last FROM log_node GROUP BY level")
    assert len(rows) == 10
    for row in rows:
        level, position = row["level"], row["last"]
        change = (
            "UPDATE log_node SET hash = sha256(hash)"
            f" WHERE level = {level} AND position = {position}"
        )
        with pytest.raises(Difference) as found:
            await audit(database_url, change)
        assert f"level {level}, position {position}, does not belong" in str(found.value)


async def test_what_was_redacted_may_lack_its_text_and_nothing_else(
    register: dict[str, str], deployment: Deployment, database_url: str
) -> None:
    from notices import log

    id = register["corrected"]
    wipe = f"UPDATE event SET salt = NULL, form = NULL WHERE notice = '{id}'"
    blank = f"UPDATE notice SET form = NULL WHERE id = '{id}'"
    with pytest.raises(Difference, match="has lost its text"):
        await audit(database_url, wipe, blank)

    async with DB.transaction():
        turn = await log.take_turn()
        await log.append(
            turn, "redacted", id, "food-operation-license", log.commit({"statement": "x"})
        )
    await audit(database_url)  # the database itself has deleted the texts
    with pytest.raises(Difference, match="shows another text"):
        await audit(database_url, f"UPDATE notice SET form = '{{}}' WHERE id = '{id}'")
    with pytest.raises(Difference, match=f"Event {turn.index} .* has lost its text"):
        await audit(
            database_url, f"UPDATE event SET salt = NULL, form = NULL WHERE index = {turn.index}"
        )


async def test_the_database_is_the_log_that_was_seen_before(
    register: dict[str, str], database_url: str
) -> None:
    seen = await audit(database_url)

    assert await audit(database_url, before=seen) == seen
    with pytest.raises(Difference, match="rewritten: the root of its first 300 entries"):
        await audit(database_url, before=Seen(300, seen.root, None))
    with pytest.raises(Difference, match="has shrunk"):
        await audit(database_url, before=Seen(seen.size + 1, seen.root, None))


async def test_an_empty_database_is_whole(database: None, database_url: str) -> None:
    assert (await audit(database_url)).size == 0


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    service = Service(tmp_path_factory.mktemp("audited") / "data")
    try:
        service.start("--no-relay")  # nothing here is searched for
        yield service
    finally:
        service.stop()
        enginefarm.remove(service.data)


def notices(service: Service, *words: str) -> "subprocess.CompletedProcess[str]":
    return commands.run(os.environ | {"DATA": str(service.data)}, "log", "audit", *words)


def test_a_thousand_declarations_at_once_leave_a_log_that_is_whole_seen_from_both_sides(
    service: Service, tmp_path: Path
) -> None:
    async def declare() -> list[int]:
        serials, statuses = iter(range(1_000)), []

        async def work(cookies: httpx.Cookies) -> None:
            async with api.loop_client(service.url, timeout=60, cookies=cookies) as own:
                for serial in serials:
                    number = f"JY1379999{serial:07}"
                    body = declaration(number=number, confirm_unusual_number=True)
                    statuses.append((await own.post("/api/v1/notices", json=body)).status_code)

        async with api.loop_client(service.url) as client:
            await client.post("/api/v1/demo/login", json=RESTAURANT)
            await asyncio.gather(*(work(client.cookies) for _ in range(16)))
        return statuses

    assert asyncio.run(declare()) == [201] * 1_000

    inside = notices(service, "--state", str(tmp_path / "inside.json"))
    outside = notices(service, service.url, "--state", str(tmp_path / "outside.json"))
    assert (inside.returncode, outside.returncode) == (0, 0), inside.stderr + outside.stderr
    one, other = (remembering.read(tmp_path / f"{name}.json") for name in ("inside", "outside"))
    assert one is not None
    assert one == other
    assert one.seen.size == 1_000
    again = notices(service, service.url, "--state", str(tmp_path / "inside.json"))
    assert "1000 entries, 232 of them" in again.stdout


def test_an_audit_beside_a_log_that_grows_finds_it_whole(service: Service, tmp_path: Path) -> None:
    with service.client() as client, reading.Reader(service.url) as reader:
        client.post("/api/v1/demo/login", json=RESTAURANT)
        memory, serials = None, itertools.count(5_000)
        vkey = client.get("/log/vkey").text.strip()
        end = time.monotonic() + 2
        while time.monotonic() < end:
            for serial in itertools.islice(serials, 9):
                body = declaration(number=f"JY1379999{serial:07}", confirm_unusual_number=True)
                assert client.post("/api/v1/notices", json=body).status_code == 201
            before = memory
            audited = watching.audit(reader, vkey, before, full=False, keep=None, progress=nobody)
            memory = audited.memory
            assert before is None or memory.seen.size == before.seen.size + 9
    assert notices(service).returncode == 0


def test_what_an_officer_annulled_is_taken_back_beside_the_service(
    service: Service, tmp_path: Path
) -> None:
    """By the command, which counts what it took back and names what is in the way of the rest."""
    environment = os.environ | {"DATA": str(service.data)}
    bodies = [declaration(number=f"JY1379998{n:07}", confirm_unusual_number=True) for n in range(3)]
    with service.client() as client, service.client() as officer:
        api.sign_in(client, RESTAURANT)
        api.sign_in(officer, OFFICER)
        ids = [api.declare(client, body).id for body in bodies]
        for id in ids:
            annul = {"decision": "annul", "reason": "已经核实"}
            assert officer.post(api.of(id, "decisions"), json=annul).status_code == 201
        anew = api.declare(client, bodies[0]).id
        commands.run(environment, "journal", "export", str(tmp_path / "journal"))
        lines = (tmp_path / "journal").read_text("utf-8").splitlines()
        who = next(each["who"] for each in map(json.loads, lines) if each["what"] == "annul")
        period = ("--since", "2026-01-01", "--until", "2999-01-01", "--reason", "账号被盗用")
        words = ("undo", who, *period)

        would = commands.run(environment, *words, "--dry-run")
        came = commands.run(environment, *words)

        said = [line.split("\t") for line in came.stdout.splitlines()]
        assert [line[1:3] for line in said] == [["annul", id] for id in reversed(ids)]
        assert f"notice {anew} is there" in said[-1][3]
        assert "3 found: 2 taken back, 1 not." in came.stderr, came.stderr
        assert would.stdout.count("can be taken back") == 3
        statuses = [client.get(api.of(id)).json()["status"] for id in (*ids, anew)]
    assert statuses == ["reinstated", "invalid", "invalid", "invalid"]
    assert notices(service).returncode == 0


def test_a_row_changed_behind_the_services_back_is_told_at_the_command_line(
    service: Service, tmp_path: Path
) -> None:
    with service.client() as client:
        client.post("/api/v1/demo/login", json=RESTAURANT)
        body = declaration(number="JY13799999999999", confirm_unusual_number=True)
        assert client.post("/api/v1/notices", json=body).status_code == 201
    url = json.loads((service.data / "engines.json").read_text())["owner_url"]

    async def change() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(
            "UPDATE log_node SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1)"
            " WHERE level = 0 AND position = 0"
        )
        await connection.close()

    asyncio.run(change())
    try:
        inside = notices(service)
        outside = notices(service, service.url, "--state", str(tmp_path / "state.json"))
        assert (inside.returncode, "position 0" in inside.stderr) == (1, True), inside.stderr
        assert (outside.returncode, "Hash 0 of tile 0/000" in outside.stderr) == (1, True)
    finally:
        asyncio.run(change())
    assert notices(service).returncode == 0


async def test_a_database_that_does_not_answer_is_given_up(
    register: dict[str, str], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "ANSWERS", 0.3)
    monkeypatch.setattr(auditing, "STATEMENT", 0.5)
    # A server that is frozen: the kernel takes the connection, and nobody answers.
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unavailable):
        async with auditing.snapshot(f"postgresql://a:b@127.0.0.1:{silent.getsockname()[1]}/c"):
            pass
    # One that stops answering in between.
    other = await asyncpg.connect(database_url)
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE objection")
            with pytest.raises(Unavailable) as given_up:
                async with auditing.snapshot(database_url) as connection:
                    await auditing.audit(connection, nobody)
        told = why(given_up.value)
        assert told is not None
        assert "timed out" in str(told)
    finally:
        await other.close()


def test_a_database_that_cannot_be_asked_is_no_difference(settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "notices", "log", "audit"],
        env=os.environ | {"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c"},
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 2, done.stderr
    assert "refused" in done.stderr
