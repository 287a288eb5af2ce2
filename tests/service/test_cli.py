"""The command line says in two languages why it cannot, and never shows a password."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests import commands, enginefarm
from tests.service import ROOT, free_port

PASSWORD = "geheim-9137"
NOWHERE = f"postgresql://somebody:{PASSWORD}@127.0.0.1:1/notices"
SITE = str(ROOT / "docs" / "site.example.toml")


def environment(data: Path, **more: str) -> dict[str, str]:
    _, meili, master = enginefarm.running()
    engines = {"MEILI_URL": meili, "MEILI_MASTER_KEY": master, "MEILI_INDEX": "t_cli"}
    return {**os.environ, **engines, "DATA": str(data), **more}


def command(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return commands.run(variables, *words)


def refused(done: "subprocess.CompletedProcess[str]") -> str:
    """What was said, by a command that ended as it must."""
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    assert PASSWORD not in done.stderr
    zh, _, en = done.stderr.strip().partition("\n")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
    assert any(letter.isascii() and letter.isalpha() for letter in en)
    return done.stderr


@pytest.fixture
def database(worker: str) -> str:
    """The URL of an empty database that was not migrated."""
    base, _, _ = enginefarm.running()
    return enginefarm.create_database_now(base, f"cli_{worker}")


@pytest.mark.parametrize("words", [["migrate"], ["reindex"], ["serve"], ["demo", "fill", "1"]])
def test_without_its_database_a_command_says_so(tmp_path: Path, words: list[str]) -> None:
    port = str(free_port())
    variables = environment(tmp_path, DATABASE_URL=NOWHERE, DEMO="1", PORT=port)

    assert "refused" in refused(command(*words, **variables))


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("migrate", f"postgresql://somebody:{PASSWORD}/x@127.0.0.1/notices"),
        ("migrate", f"postgresql://somebody:{PASSWORD}#x@127.0.0.1/notices"),
        ("web", f"postgresql://somebody:{PASSWORD}/x@127.0.0.1/notices"),
        ("relay", f"mysql://somebody:{PASSWORD}@127.0.0.1/notices"),
        ("serve", PASSWORD),
    ],
)
def test_a_database_url_that_cannot_be_read_is_not_shown(
    tmp_path: Path, words: str, url: str
) -> None:
    variables = environment(tmp_path, DATABASE_URL=url, PORT=str(free_port()))
    variables["MEILI_WRITE_KEY"] = "x"

    assert "%XX" in refused(command(words, **variables))


def test_an_absent_database_and_a_wrong_password_are_told(tmp_path: Path, database: str) -> None:
    absent = enginefarm.database_at(database, "no_such_one")
    wrong = database.replace(database.split(":")[2].split("@")[0], PASSWORD)

    said = refused(command("migrate", **environment(tmp_path, DATABASE_URL=absent)))
    assert "does not exist" in said
    said = refused(command("migrate", **environment(tmp_path, DATABASE_URL=wrong)))
    assert "password authentication failed" in said


def test_a_table_in_the_way_of_a_migration_is_told(tmp_path: Path, database: str) -> None:
    execute(database, "CREATE TABLE event ()")

    said = refused(command("migrate", **environment(tmp_path, DATABASE_URL=database)))

    assert '"event" already exists' in said


@pytest.mark.parametrize("words", [["serve"], ["web"], ["demo", "fill", "1"]])
def test_another_matching_key_is_told(tmp_path: Path, database: str, words: list[str]) -> None:
    assert command("migrate", **environment(tmp_path, DATABASE_URL=database)).returncode == 0
    execute(
        database,
        "UPDATE key_check SET key_id = 'first', check_value = 'of another key'"
        " WHERE purpose = 'matching key'",
    )
    port = str(free_port())

    said = refused(command(*words, **environment(tmp_path, DATABASE_URL=database, PORT=port)))

    assert "matching key first" in said


def test_a_search_engine_that_is_away_ends_a_rebuild_in_words(
    tmp_path: Path, database: str
) -> None:
    variables = environment(tmp_path, DATABASE_URL=database, MEILI_URL="http://127.0.0.1:1")

    assert "Meilisearch" in refused(command("reindex", **variables))


def test_keys_settings_and_catalogues_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "keys" / "answers.key").touch(0o600)
    port = str(free_port())

    assert "PORT" in refused(command("serve", **environment(tmp_path, PORT="x")))
    variables = environment(tmp_path, DATABASE_URL=NOWHERE, PORT=port)
    assert "restore it" in refused(command("web", **variables))
    assert "cannot be read" in refused(command("catalogue", "check", "/no/such", **variables))
    assert "/no/such" in refused(
        command("receipt", "verify", "/no/such", "--key", "x", **variables)
    )
    del variables["DATABASE_URL"]
    assert "DATABASE_URL" in refused(command("relay", **variables))


@pytest.mark.parametrize("name", ["SIGN_IN", "CATALOGUE", "REGIONS", "SITE"])
def test_no_database_is_made_where_a_file_cannot_be_used(tmp_path: Path, name: str) -> None:
    port = str(free_port())
    own = {"DATA": str(tmp_path / "new"), "PORT": port, name: str(tmp_path / "nowhere.json")}

    said = refused(command("serve", **environment(tmp_path) | own))

    assert "nowhere.json" in said
    assert not (tmp_path / "new").exists()


def test_web_waits_for_its_database_and_answers_503_until_it_is_there(
    tmp_path: Path, worker: str
) -> None:
    base, _, _ = enginefarm.running()
    name = f"later_{worker}"
    port = str(free_port())
    variables = environment(
        tmp_path, DATABASE_URL=enginefarm.database_at(base, name), PORT=port, MEILI_SEARCH_KEY="x"
    )
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{port}", transport=httpx.HTTPTransport(retries=9), timeout=9
    )
    # Nor is there room for what it counts, which it then keeps to itself.
    alone = variables | {"PROMETHEUS_MULTIPROC_DIR": "/dev/null/counts", "SITE": SITE}
    said = tmp_path / "said"
    with said.open("w") as log:
        words = [sys.executable, "-m", "notices", "web"]
        web = subprocess.Popen(words, env=alone, cwd=ROOT, stderr=log)
    try:
        with client:
            assert client.get("/health/live").status_code == 200
            assert client.get("/health/ready").status_code == 503
            answer = client.get("/api/v1/notices/37070000000136")
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            session = {"Cookie": "session=of-before"}
            page = client.get("/notices/37070000000136", headers=session)
            assert page.status_code == 503
            for words in (
                "您的登录不受影响",
                'href="tel:05362512345"',
                'href="/help"',
                'href="/mine"',
            ):
                assert words in page.text
            enginefarm.create_database_now(base, name)
            assert command("migrate", **variables).returncode == 0
            for _ in range(50):
                answer = client.get("/api/v1/notices/37070000000136")
                if answer.status_code != 503:
                    break
                asyncio.run(asyncio.sleep(0.2))
            assert answer.status_code == 404
            assert client.get("/health/ready").status_code == 200
            assert "notices_http_requests_total{" in client.get("/metrics").text
        assert "Exception" not in said.read_text()
    finally:
        web.terminate()
        web.wait(20)


def test_made_up_notices_never_stand_beside_real_ones(tmp_path: Path, database: str) -> None:
    variables = environment(tmp_path, DATABASE_URL=database)
    words = ["demo", "fill", "3", "--no-publish"]

    assert command(*words, **variables).returncode == 0
    execute(
        database,
        "UPDATE notice SET evidence = 'identity_verified' WHERE id = (SELECT min(id) FROM notice)",
    )
    assert "real notices" in refused(command(*words, **variables))


def execute(url: str, sql: str) -> None:
    async def work() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(work())
