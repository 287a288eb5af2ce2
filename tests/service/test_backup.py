"""Backup and restore on real engines: whole, or refused, and never a shorter log unseen."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from notices.backup import saving
from notices.settings import from_environment
from notices.trust import archive
from notices.trust.archive import new_key
from notices.trust.keys import Keys
from tests import api, commands, enginefarm
from tests.api import declaration
from tests.samples import RESTAURANT
from tests.service import ROOT, free_port, running

PASSPHRASE = "vier Worte, gut gewählt"
FOOD = "food-operation-license"


@dataclass
class Register:
    """A data folder and a database."""

    data: Path
    url: str

    def notices(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return commands.run(self.environment() | more, *words)

    def environment(self) -> dict[str, str]:
        _, meili, master = enginefarm.running()
        return {
            **os.environ, "MEILI_URL": meili, "MEILI_MASTER_KEY": master, "MEILI_INDEX": "t_backup",
            "DATA": str(self.data), "DATABASE_URL": self.url, "PORT": str(free_port()),
        }  # fmt: skip

    def done(self, *words: str) -> str:
        done = self.notices(*words)
        assert done.returncode == 0, done.stderr
        return done.stderr + done.stdout

    def refused(self, *words: str) -> str:
        done = self.notices(*words)
        assert done.returncode == 1, done
        assert "Traceback" not in done.stderr
        return done.stderr

    def execute(self, sql: str) -> list[Any]:
        async def work() -> list[Any]:
            connection = await asyncpg.connect(self.url)
            try:
                return list(await connection.fetch(sql))
            finally:
                await connection.close()

        return asyncio.run(work())

    @property
    def size(self) -> int:
        return int(self.execute("SELECT size FROM log_head")[0]["size"])

    @property
    def tables(self) -> int:
        rows = self.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")
        return len(rows)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, worker: str) -> Register:
    """A register with notices and uploads."""
    base, _, _ = enginefarm.running()
    folder = tmp_path_factory.mktemp("source")
    register = Register(folder / "data", enginefarm.create_database_now(base, f"source_{worker}"))
    register.done("demo", "fill", "300", "--no-publish")
    register.done("recount")
    uploads = register.data / "uploads" / "37"
    uploads.mkdir(parents=True)
    (uploads / "sealed").write_bytes(os.urandom(300_000))
    (uploads / ".half").write_bytes(b"not yet whole")
    (folder / "passphrase").write_text(PASSPHRASE + "\n")
    (folder / "key").write_text(new_key())
    register.done("keys", "export", folder / "keys", "--passphrase-file", folder / "passphrase")
    register.done("backup", folder / "plain")
    register.done("backup", folder / "encrypted", "--key", folder / "key")
    return register


@pytest.fixture
def target(tmp_path: Path, worker: str, source: Register) -> Register:
    """An empty database, and the keys."""
    base, _, _ = enginefarm.running()
    register = Register(tmp_path / "data", enginefarm.create_database_now(base, f"target_{worker}"))
    folder = source.data.parent
    register.done("keys", "import", folder / "keys", "--passphrase-file", folder / "passphrase")
    return register


TABLES = (
    "notice", "event", "log_node", "log_head", "notice_private", "claim", "key_check", "statistic",
)  # fmt: skip


def content(register: Register) -> dict[str, Any]:
    found: dict[str, Any] = {
        table: sorted(map(repr, register.execute(f"SELECT * FROM {table}"))) for table in TABLES
    }
    folder = register.data / "uploads"
    found["uploads"] = {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith(".")
    }
    return found


def counted(register: Register) -> int:
    """How many notices its statistics say there are."""
    [row] = register.execute("SELECT sum(value) FROM statistic WHERE measure = 'by_region'")
    return int(row["sum"])


@pytest.mark.parametrize("words", [["plain"], ["encrypted", "--key", "key"]])
def test_a_backup_brings_everything_back(
    source: Register, target: Register, words: list[str]
) -> None:
    folder = source.data.parent
    paths = [word if word.startswith("--") else folder / word for word in words]

    said = target.done("restore", *paths)

    assert f"{source.size} entries, all of them found whole" in said
    assert "nothing outside vouches" in said
    assert "a new key is due" in said
    assert "Ids of new notices begin behind" in said
    assert content(target) == content(source)
    assert target.execute("SELECT 1 WHERE to_regnamespace('restoring') IS NOT NULL") == []
    analysed = "SELECT 1 FROM pg_stats WHERE tablename = 'log_node' AND schemaname = 'public'"
    assert target.execute(analysed) != []
    assert f"{source.size} entries" in target.done("log", "audit")
    target.done("demo", "fill", "3", "--no-publish", "--seed", "5")
    assert target.size > source.size
    assert counted(source) == counted(target) == 300
    target.done("recount")
    assert counted(target) == 303
    assert f"{target.size} entries" in target.done("log", "audit")


def test_a_plain_backup_is_a_tar_file_that_says_what_it_is(source: Register) -> None:
    with tarfile.open(source.data.parent / "plain") as tar:
        names = tar.getnames()
        file = tar.extractfile("manifest.json")
        keys = tar.extractfile("keys.json")
        assert file is not None
        assert keys is not None
        manifest, public = json.load(file), json.load(keys)

    assert names == [
        "manifest.json", "keys.json", "database.dump.000001", "uploads/37/sealed",
        "data_keys.json",
    ]  # fmt: skip
    assert manifest["log"]["size"] == source.size
    assert manifest["log"]["checkpoint"].split("\n")[1] == str(source.size)
    assert public == msgspec.to_builtins(Keys.open(source.data / "keys", "").public())
    plain = (source.data.parent / "plain").read_bytes()
    for key in (source.data / "keys").iterdir():
        assert key.read_bytes().strip() not in plain


def test_a_key_that_was_made_after_the_dump_comes_back_with_the_files_that_it_sealed(
    source: Register, target: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = from_environment({"DATA": str(source.data), "DATABASE_URL": source.url})
    usual = saving.uploads_in

    def uploads_in(folder: Path) -> Iterator[Path]:
        source.execute(
            "INSERT INTO data_key (purpose, generation, master, algorithm, id, wrapped)"
            " SELECT purpose, 99, master, algorithm, id, wrapped FROM data_key LIMIT 1"
        )
        yield from usual(folder)

    monkeypatch.setattr(saving, "uploads_in", uploads_in)
    manifest = asyncio.run(saving.manifest_of(source.url, settings, datetime.now(UTC)))
    saving.to_file(tmp_path / "b", source.url, settings, manifest, None, force=False)
    source.execute("DELETE FROM data_key WHERE generation = 99")

    target.done("restore", tmp_path / "b")

    rows = target.execute("SELECT generation FROM data_key")
    assert sorted(row["generation"] for row in rows) == [1, 1, 99]


def test_no_password_and_no_row_is_on_a_command_line_or_in_what_is_said(
    source: Register, tmp_path: Path
) -> None:
    from notices.backup.dumping import without_password

    shown, environment = without_password("postgresql://u:p%40w@/db?host=/tmp/x&password=s%20t")
    assert shown == "postgresql://u@/db?host=/tmp/x"
    assert environment["PGPASSWORD"] == "s t"
    shown, environment = without_password("postgres://u:p%40w@host:5432/db")
    assert (shown, environment["PGPASSWORD"]) == ("postgresql://u@host:5432/db", "p@w")
    word = source.url.split(":")[2].split("@")[0]
    for wrong in ("x" * len(word),):
        spoilt = Register(source.data, source.url.replace(word, wrong))
        said = spoilt.refused("backup", str(tmp_path / "file"))
        assert wrong not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["plain", "encrypted"])
def test_a_damaged_backup_is_refused_before_anything_is_restored(
    source: Register, target: Register, tmp_path: Path, name: str
) -> None:
    whole, folder = (source.data.parent / name).read_bytes(), source.data.parent
    words = [] if name == "plain" else ["--key", folder / "key"]
    file = tmp_path / "spoilt"
    middle = len(whole) // 2
    for spoilt in (
        whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        whole[:middle],
        whole[:-1],
    ):
        file.write_bytes(spoilt)
        assert "damaged" in target.refused("restore", file, *words)
    assert target.tables == 0
    assert not (target.data / "uploads").exists()


def test_what_stands_against_a_restore_is_told(
    source: Register, target: Register, tmp_path: Path
) -> None:
    folder = source.data.parent
    (tmp_path / "other").write_text(new_key())

    assert "not its key" in target.refused(
        "restore", folder / "encrypted", "--key", tmp_path / "other"
    )
    assert "give its key" in target.refused("restore", folder / "encrypted")
    assert "is not empty" in source.refused("restore", folder / "plain")
    assert "There is no state file" in target.refused(
        "restore", folder / "plain", "--state", tmp_path / "none"
    )
    target.execute("CREATE TABLE somebody_elses (id int)")
    assert "somebody_elses" in target.refused("restore", folder / "plain")
    assert target.tables == 1


def test_a_backup_never_replaces_a_file_unasked(source: Register, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("something")

    assert "is there already" in source.refused("backup", file)
    assert file.read_text() == "something"
    source.done("backup", file, "--force")
    assert tarfile.is_tarfile(file)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_backup_can_go_to_standard_output(source: Register) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "notices", "backup", "-"],
        env=source.environment(), cwd=ROOT, capture_output=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 0
    assert done.stdout.startswith(b"manifest.json")


def test_a_backup_that_is_killed_leaves_no_file(source: Register, tmp_path: Path) -> None:
    began = time.monotonic()
    source.done("backup", tmp_path / "whole")
    seconds, unfinished = time.monotonic() - began, 0
    for share in (0.3, 0.5, 0.7, 0.9):
        file = tmp_path / f"file{share}"
        with commands.started(source.environment(), "backup", file):
            time.sleep(seconds * share)
        unfinished += not file.exists()
        # It is renamed only when it is whole, so that even the last moment leaves all or nothing.
        if file.exists():
            with file.open("rb") as content:
                assert archive.verify(archive.opened(content, None)) > 0
    assert unfinished


def test_a_restore_that_is_killed_is_not_served_and_can_be_done_again(
    source: Register, target: Register
) -> None:
    words = ["restore", str(source.data.parent / "plain")]
    began = time.monotonic()
    target.done(*words)
    seconds, killed = time.monotonic() - began, 0
    for share in (0.3, 0.5, 0.7, 0.9):
        if share == 0.3 or target.execute("SELECT 1 WHERE to_regnamespace('restoring') IS NULL"):
            base, _, _ = enginefarm.running()
            name = target.url.rpartition("/target_")[2].split("?")[0]
            enginefarm.create_database_now(base, f"target_{name}")
        with commands.started(target.environment(), *words) as process:
            time.sleep(seconds * share)
            process.kill()
            process.join()
            code = process.exitcode
        killed += code != 0
        # What pg_restore had begun it may still end.
        loading = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'notices-backup'"
        while target.execute(f"{loading} AND datname = current_database()"):
            time.sleep(0.05)
        if target.execute("SELECT 1 WHERE to_regnamespace('restoring') IS NOT NULL"):
            assert "restored to the end" in target.refused("serve")
        else:
            assert code == 0 or target.tables in (0, source.tables)

    assert killed
    if target.tables == 0 or target.execute(
        "SELECT 1 WHERE to_regnamespace('restoring') IS NOT NULL"
    ):
        assert "found whole" in target.done(*words)
    assert content(target) == content(source)


def test_a_log_shorter_than_an_auditor_saw_is_not_served_until_somebody_says_so(
    source: Register, target: Register, tmp_path: Path, worker: str
) -> None:
    base, _, _ = enginefarm.running()
    longer = Register(tmp_path / "longer", enginefarm.create_database_now(base, f"longer_{worker}"))
    shutil.copytree(source.data / "keys", longer.data / "keys")
    folder, state = source.data.parent, tmp_path / "state.json"
    longer.done("restore", folder / "plain")
    longer.done("demo", "fill", "40", "--no-publish", "--seed", "9")
    longer.done("log", "audit", "--state", state)

    said = target.refused("restore", folder / "plain", "--state", state)
    missing = f"entries {source.size} to {longer.size - 1}"
    assert f"{missing}, {longer.size - source.size} in all" in said
    assert "have forked" in said
    assert missing in target.refused("serve")
    assert missing in target.refused("demo", "fill", "1")

    accepted = target.done("log", "accept")
    assert "Tell every auditor" in accepted
    assert "a new one is due: run notices keys rotate log" in accepted
    assert "nothing to accept" in target.done("log", "accept")
    target.done("demo", "fill", "1", "--no-publish", "--seed", "7")
    assert "has shrunk" in target.refused("log", "audit", "--state", state)


def test_a_log_that_is_another_than_an_auditor_saw_is_never_served(
    source: Register, target: Register, tmp_path: Path
) -> None:
    folder, state = source.data.parent, tmp_path / "state.json"
    source.done("log", "audit", "--state", state)
    assert f"All {source.size} entries that the auditor saw" in target.done(
        "restore", folder / "plain", "--state", state
    )
    parts = json.loads(state.read_text())
    state.write_text(json.dumps(parts | {"checkpoint": None, "size": 200}))
    base, _, _ = enginefarm.running()
    target.url = enginefarm.create_database_now(base, target.url.rpartition("/")[2].split("?")[0])

    said = target.refused("restore", folder / "plain", "--state", state)
    assert "the root of its first 200 entries is not the one seen before" in said
    assert "restored to the end" in target.refused("serve")
    target.done("restore", folder / "plain")


def test_exported_keys_are_put_back_where_there_are_none_or_the_same(
    source: Register, tmp_path: Path
) -> None:
    folder = source.data.parent
    words = ["keys", "import", folder / "keys", "--passphrase-file", folder / "passphrase"]
    empty = Register(tmp_path / "empty", source.url)

    empty.done(*words)
    empty.done(*words)
    for key in (source.data / "keys").iterdir():
        assert (empty.data / "keys" / key.name).read_text() == key.read_text()
        assert (empty.data / "keys" / key.name).stat().st_mode & 0o777 == 0o600
    assert (folder / "keys").stat().st_mode & 0o777 == 0o600
    assert "left alone" in source.refused("keys", "export", folder / "keys", *words[3:])
    other = empty.data / "keys" / "sealing.key"
    before = other.read_text()
    other.write_text(before.swapcase())
    (empty.data / "keys" / "log.key").unlink()
    assert "another key" in empty.refused(*words)
    assert not (empty.data / "keys" / "log.key").exists()
    (tmp_path / "wrong").write_text("vier andere Worte")
    assert "passphrase is wrong" in empty.refused(*words[:4], tmp_path / "wrong")


def test_a_service_restored_elsewhere_answers_as_before_and_names_what_an_auditor_misses(
    tmp_path: Path,
) -> None:
    """Declare, withdraw, back up, declare more, lose the machine, restore on a new one."""

    def run(data: Path, *words: str) -> "subprocess.CompletedProcess[str]":
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return commands.run(kept | {"DATA": str(data)}, *words)

    questions = [{"certificate": FOOD, "number": f"JY1379999000{serial:04}"} for serial in range(5)]
    (tmp_path / "passphrase").write_text(PASSPHRASE)

    def declare(client: httpx.Client, serial: int) -> str:
        return api.declare(client, api.unusual(f"JY1379999000{serial:04}")).id

    def answers(client: httpx.Client) -> list[dict[str, Any]]:
        found = client.post("/api/v1/verifications", json={"items": questions}).json()["answers"]
        return [
            {name: each[name] for name in ("status", "since", "notice", "effective_at")}
            for each in found
        ]

    with running(tmp_path / "old") as old:
        with old.client() as client:
            api.sign_in(client, RESTAURANT)
            ids = [declare(client, serial) for serial in range(4)]
            path = f"/api/v1/notices/{ids[0]}/withdrawal"
            assert client.post(path, json={"reason": "found"}).status_code == 201
            before = answers(client)
            done = run(old.data, "backup", tmp_path / "file")
            assert done.returncode == 0, done.stderr
            late = declare(client, 9)
        keep = ["--state", tmp_path / "state.json", "--keep", tmp_path / "mirror"]
        assert run(old.data, "log", "audit", old.url, *keep).returncode == 0
        passphrase = ["--passphrase-file", tmp_path / "passphrase"]
        assert run(old.data, "keys", "export", tmp_path / "keys", *passphrase).returncode == 0

    new = tmp_path / "new"
    assert run(new, "keys", "import", tmp_path / "keys", *passphrase).returncode == 0
    restored = run(
        new, "restore", tmp_path / "file",
        "--state", tmp_path / "state.json", "--mirror", tmp_path / "mirror",
    )  # fmt: skip
    assert restored.returncode == 1
    assert "entries 5 to 5, 1 in all" in restored.stderr, restored.stderr
    assert f"5 {late} published" in restored.stderr
    assert run(new, "log", "accept").returncode == 0
    with running(new) as service, service.client() as client:
        assert answers(client) == before
        assert client.get("/health/ready").json()["log_key"] == "due"
        api.sign_in(client, RESTAURANT)
        body = declaration(number="JY13799990000105", confirm_unusual_number=True)
        refused = client.post("/api/v1/notices", json=body)
        assert (refused.status_code, refused.json()["code"]) == (503, "log_key_due")
        audited = run(new, "log", "audit", service.url, "--state", tmp_path / "fresh.json")
        assert audited.returncode == 0, audited.stderr
        shrunk = run(new, "log", "audit", service.url, "--state", tmp_path / "state.json")
        assert "has shrunk" in shrunk.stderr
        assert service.stop() == 0
        assert run(new, "keys", "rotate", "log").returncode == 0
        service.start()
        api.sign_in(client, RESTAURANT)
        given = {late, *ids}
        for serial in (7, 8):
            id = declare(client, serial)
            assert id not in given
            assert int(id[4:12]) > max(int(each[4:12]) for each in given)
            given.add(id)
        assert "log_key" not in client.get("/health/ready").json()
