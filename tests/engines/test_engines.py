"""Our own PostgreSQL and Meilisearch: private, one owner a folder, and back after any death."""

import contextlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from notices.engines import EngineError, Engines
from notices.engines import binaries as engine_binaries
from notices.engines import children as engine_children
from notices.engines import postgresql as engine_postgresql
from tests import enginefarm

OWNER = """
import sys, time
from pathlib import Path
from notices.engines import Engines
with Engines.open(Path(sys.argv[1]), say=print) as engines:
    print("ready", flush=True)
    sys.stdin.read()
"""
ROOT = Path(__file__).parents[2]


def quiet(_: str) -> None:
    pass


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "var"
    yield folder
    enginefarm.remove(folder)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engines, Path]]:
    folder = tmp_path_factory.mktemp("engines") / "var"
    with Engines.open(folder, meili_bin=os.environ.get("MEILI_BIN"), say=quiet) as opened:
        yield opened, folder
    enginefarm.remove(folder)


def owner(data: Path) -> "subprocess.Popen[str]":
    """Another process that owns `data` until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout
    for line in process.stdout:
        if line == "ready\n":
            return process
    raise AssertionError(process.wait())


def leave(process: "subprocess.Popen[str]") -> None:
    assert process.stdin
    assert process.stdout
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def cluster(data: Path) -> Path:
    pointer = data / "postgresql.home"
    return (Path(pointer.read_text().strip()) if pointer.exists() else data / "postgresql") / "data"


def pids(data: Path) -> tuple[int, int]:
    postgresql = (cluster(data) / "postmaster.pid").read_text().split()[0]
    return int(postgresql), int((data / "meilisearch" / "pid").read_text())


def soon(what: Callable[[], bool], within: float = 30) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        # An engine that starts takes its dead predecessor's file away before it writes its own.
        with contextlib.suppress(FileNotFoundError, IndexError):
            if what():
                return True
        time.sleep(0.02)
    return False


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:  # noqa: S310 - http
            return bool(answer.status == 200)
    except OSError:
        return False


def gone(pid: int) -> bool:
    return not engine_children.command_of(pid)


async def ask(url: str, sql: str, **more: Any) -> object:
    connection = await asyncpg.connect(url, **more)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_the_database_is_durable_checked_and_speaks_utf8(
    running: tuple[Engines, Path],
) -> None:
    url = running[0].database_url

    assert str(await ask(url, "SHOW server_version")).startswith("18.")
    assert [await ask(url, f"SHOW {name}") for name in ("fsync", "data_checksums")] == ["on", "on"]
    assert await ask(url, "SHOW server_encoding") == "UTF8"
    assert await ask(url, "SHOW listen_addresses") == ""
    assert await ask(url, "SELECT '鲁' < '鲁A'") is True


async def test_a_wrong_password_is_refused(running: tuple[Engines, Path]) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(running[0].database_url, "SELECT 1", password="guessed")


def test_every_line_of_the_access_rules_wants_scram(running: tuple[Engines, Path]) -> None:
    lines = (cluster(running[1]) / "pg_hba.conf").read_text().splitlines()
    methods = {line.split()[-1] for line in lines if line.strip() and not line.startswith("#")}

    assert methods == {"scram-sha-256"}


def test_folders_are_open_to_their_owner_alone_and_secrets_too(
    running: tuple[Engines, Path],
) -> None:
    opened, data = running
    sockets = Path(opened.database_url.partition("?host=")[2])
    folders = [data, data / "logs", data / "meilisearch", cluster(data), sockets]
    files = ["lock", "engines.json", "database.password", "meilisearch.key"]
    files += ["logs/postgresql.log", "logs/meilisearch.log"]

    assert {mode(folder) for folder in folders} == {0o700}
    assert {mode(data / file) for file in files} == {0o600}


def test_no_command_line_shows_a_secret(running: tuple[Engines, Path]) -> None:
    shown = " ".join(engine_children.command_of(pid) for pid in pids(running[1]))

    assert "meilisearch" in shown
    assert str(running[0].meili_master_key) not in shown
    assert (running[1] / "database.password").read_text().strip() not in shown


def test_meilisearch_answers_only_to_its_key(running: tuple[Engines, Path]) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{running[0].meili_url}/version", timeout=5)  # noqa: S310 - http
    refused.value.close()

    assert refused.value.code == 401
    assert healthy(running[0].meili_url)


def test_another_process_finds_the_engines_by_the_folder(running: tuple[Engines, Path]) -> None:
    opened, data = running
    with Engines.open(data, say=quiet) as other:
        assert not other.owned
        found = (other.database_url, other.meili_url, other.meili_master_key)

    assert found == (opened.database_url, opened.meili_url, opened.meili_master_key)
    assert healthy(opened.meili_url)
    assert (data / "engines.json").exists()


def test_others_engines_are_orphaned_when_their_owner_ends(data: Path) -> None:
    first = owner(data)
    beside = Engines.open(data, say=quiet)
    assert not beside.orphaned()

    leave(first)

    assert soon(beside.orphaned)
    beside.close()
    with Engines.open(data, say=quiet) as own:
        assert own.owned
        assert not own.orphaned()
        assert beside.orphaned()


def test_named_engines_replace_ours(tmp_path: Path) -> None:
    named = {"database_url": "postgresql://there/x", "meili_url": "http://there"}
    with Engines.open(tmp_path / "var", **named, meili_master_key="k", say=quiet) as opened:
        assert (opened.database_url, opened.meili_url) == tuple(named.values())
        assert opened.meili_master_key == "k"

    assert not (tmp_path / "var").exists()


def test_a_meilisearch_that_is_killed_comes_back_at_the_same_address(
    running: tuple[Engines, Path],
) -> None:
    opened, data = running
    first = pids(data)[1]
    os.kill(first, signal.SIGKILL)

    assert soon(lambda: pids(data)[1] != first and healthy(opened.meili_url))


async def test_a_postgresql_that_is_killed_comes_back(running: tuple[Engines, Path]) -> None:
    opened, data = running
    first = pids(data)[0]
    os.kill(first, signal.SIGKILL)
    file = cluster(data) / "postmaster.pid"

    assert soon(lambda: pids(data)[0] != first and engine_postgresql.is_ready(file, pids(data)[0]))
    assert await ask(opened.database_url, "SELECT 1") == 1


async def test_what_was_written_is_there_after_the_owner_was_killed(
    data: Path, tmp_path: Path
) -> None:
    above = [tmp_path, *tmp_path.parents, Path("/var/lib")]
    before = [mode(folder) for folder in above]
    first = owner(data)
    where = json.loads((data / "engines.json").read_text())
    await ask(where["owner_url"], "CREATE TABLE kept AS SELECT 1 AS n")
    children = pids(data)
    first.kill()
    leave(first)

    assert all(soon(lambda pid=pid: gone(pid)) for pid in children)
    with Engines.open(data, say=quiet) as again:
        assert await ask(again.owner_url, "SELECT n FROM kept") == 1
        assert again.meili_master_key == where["meili_master_key"]
        children = pids(data)
    assert all(gone(pid) for pid in children)
    assert [mode(folder) for folder in above] == before
    assert not (data / "engines.json").exists()


def test_engines_left_by_a_dead_owner_are_ended(tmp_path: Path) -> None:
    orphan = subprocess.Popen(["sleep", "3600.25"])
    pid_file = tmp_path / "pid"
    pid_file.write_text(f"{orphan.pid}\n")
    threading.Thread(target=orphan.wait, daemon=True).start()

    engine_children.end_orphan(pid_file, "3600.25", signal.SIGTERM)

    assert orphan.wait(10) == -signal.SIGTERM


def test_a_number_that_now_belongs_to_another_process_harms_nobody(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    pid_file.write_text(f"{os.getpid()}\n")

    engine_children.end_orphan(pid_file, "no such engine", signal.SIGKILL)

    assert not pid_file.exists()


async def test_a_lost_password_file_is_made_anew(data: Path) -> None:
    Engines.open(data, meili_url="http://there", say=quiet).close()
    (data / "database.password").unlink()

    with Engines.open(data, meili_url="http://there", say=quiet) as opened:
        assert await ask(opened.database_url, "SELECT 1") == 1


def test_a_database_that_is_gone_is_not_replaced_by_an_empty_one(data: Path) -> None:
    data.mkdir()
    (data / "postgresql.home").write_text(f"{data}/elsewhere\n")

    with pytest.raises(EngineError, match="gone or unreadable"):
        Engines.open(data, meili_url="http://there", say=quiet)


def test_a_copied_folder_does_not_run_its_originals_database_a_second_time(
    running: tuple[Engines, Path], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.mkdir()
    original = cluster(running[1]).parent
    monkeypatch.setattr(engine_postgresql, "home_of", lambda data, user: original)

    with pytest.raises(EngineError, match="is a copy of it"):
        Engines.open(data, meili_url="http://there", say=quiet)


def test_root_without_a_system_user_is_told_to_be_somebody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine_postgresql, "SYSTEM_USER", "nobody-of-this-name")
    monkeypatch.setattr(engine_postgresql.shutil, "which", lambda name: "/nowhere/useradd")

    with pytest.raises(EngineError, match="ordinary user"):
        engine_postgresql.system_user()


def test_without_the_wheel_the_message_names_the_extra_and_the_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine_binaries.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(EngineError, match=r"engines(.|\n)*DATABASE_URL"):
        engine_binaries.postgresql()


async def test_a_long_path_with_odd_letters_works(tmp_path: Path) -> None:
    data = tmp_path / ("遗失 声明, " + "x" * 90) / "var"
    try:
        with Engines.open(data, meili_url="http://there", say=quiet) as opened:
            assert await ask(opened.database_url, "SELECT 1") == 1
    finally:
        enginefarm.remove(data)


def test_an_engine_that_does_not_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    child = engine_children.Child(
        "Mill",
        [sys.executable, "-c", "raise SystemExit('no grain')"],
        ready=lambda pid: False,
        log=tmp_path / "log",
        cwd=tmp_path,
        say=quiet,
    )
    with pytest.raises(EngineError, match=r"Mill did not start(.|\n)*no grain"):
        child.start()


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(EngineError, match="Cannot use the data folder"):
        Engines.open(tmp_path / "file" / "var", say=quiet)


def test_programs_that_the_system_user_cannot_reach_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = engine_binaries.postgresql().parents[1]
    hidden = tmp_path / "home"
    for part in (Path(package.name) / "pginstall18", Path(f"{package.name}.libs")):
        if (package.parent / part).exists():
            shutil.copytree(package.parent / part, hidden / part, symlinks=True)
    hidden.chmod(0o700)
    found = hidden / package.name / "pginstall18" / "bin"
    # Where this run's own are copied too, for a checkout in /root, that copy must stay.
    (found / "postgres").touch()
    monkeypatch.setattr(engine_binaries, "postgresql", lambda: found)
    user = engine_postgresql.user_for(tmp_path)

    programs = engine_postgresql.programs_for(user)

    said = engine_children.run([programs / "initdb", "--version"], user, Path("/"))
    assert said.startswith("initdb (PostgreSQL) 18.")
    assert (programs == found) is (user is None)
    assert mode(hidden) == 0o700
    if user:
        shutil.rmtree(programs.parents[2])
