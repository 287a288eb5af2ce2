"""The audit log on the command line: exported, checked anywhere, and written by commands."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from tests import commands, enginefarm
from tests.service.test_backup import Register

PASSPHRASE = "vier Worte, gut gewählt"


class Audited(Register):
    """With the role of an auditor beside those of owner and service."""

    def environment(self) -> dict[str, str]:
        return {
            **super().environment(),
            "DATABASE_URL": enginefarm.served(self.url),
            "DATABASE_OWNER_URL": self.url,
            "DATABASE_AUDIT_URL": enginefarm.audited(self.url),
            "MEILI_INDEX": "t_journal",
        }


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory, worker: str) -> Audited:
    """A register whose operator has done something, and exported that."""
    base, _, _ = enginefarm.running()
    folder = tmp_path_factory.mktemp("journal")
    made = Audited(folder / "data", enginefarm.create_database_now(base, f"journal_{worker}"))
    (folder / "passphrase").write_text(PASSPHRASE + "\n")
    made.done("migrate")
    made.done("agencies", "add", "奎文审批局")
    id = str(made.execute("SELECT id FROM agency")[0]["id"])
    made.done("agencies", "rotate", id)
    made.done("keys", "rotate", "signing")
    made.done("keys", "export", folder / "keys", "--passphrase-file", folder / "passphrase")
    made.done("backup", folder / "backup")
    made.done("agencies", "revoke", id)
    made.done("journal", "export", folder / "plain")
    made.done("journal", "export", folder / "names", "--names")
    return made


def lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()


def test_what_an_operator_does_is_written_down(register: Audited) -> None:
    folder = register.data.parent
    *entries, end = lines(folder / "names")
    said = [json.loads(json.loads(line)["entry"]) for line in entries]
    private = [json.loads(line)["private"] for line in entries]

    assert [(one["what"], one["office"]) for one in said] == [
        (what, "operator") for what in (
            "agency_added", "agency_rotated", "keys_rotated", "keys_exported", "backup_made",
            "agency_revoked", "journal_exported", "journal_exported",
        )
    ]  # fmt: skip
    assert said[0]["about"] == said[5]["about"] != []
    assert [said[2]["about"], said[-1]["about"]] == [["signing"], ["names"]]
    assert private[0]["text"] == "奎文审批局"
    assert "@" in private[0]["name"]
    assert private[0]["name"] not in (folder / "plain").read_text("utf-8")
    assert json.loads(end)["end"]["size"] == 8


def test_each_line_is_chained_to_the_last_by_its_own_bytes(register: Audited) -> None:
    import base64

    *entries, end = lines(register.data.parent / "plain")
    hashes = [base64.b64encode(hashlib.sha256(line.encode()).digest()).decode() for line in entries]

    assert [json.loads(line)["previous"] for line in entries[1:]] == hashes[:-1]
    assert json.loads(end) == {"end": {"size": 7, "hash": hashes[-1]}}


def test_an_export_is_checked_without_database_or_keys(register: Audited, tmp_path: Path) -> None:
    folder = register.data.parent
    anywhere = {**os.environ, "DATA": str(tmp_path / "none"), "DATABASE_URL": ""}

    def check(*words: object) -> tuple[int, str]:
        done = commands.run(anywhere, "journal", "check", *map(str, words))
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    for name in ("plain", "names"):
        assert check(folder / name)[0] == 0
    assert check(folder / "names", "--seen", folder / "plain")[0] == 0
    assert "shorter" in check(folder / "plain", "--seen", folder / "names")[1]
    there = lines(folder / "plain")
    changed = {
        "changed": [*there[:3], there[3].replace("operator", "officer"), *there[4:]],
        "removed": [*there[:3], *there[4:]],
        "swapped": [*there[:3], there[4], there[3], *there[5:]],
        "cut": there[:-1],
        "cut, with its end": [*there[:-2], there[-1]],
        "another file": ["[]"],
        "no JSON": ["x"],
        "empty": [],
    }
    for name, content in changed.items():
        file = tmp_path / "file"
        file.write_text("".join(f"{line}\n" for line in content), "utf-8")
        status, _ = check(file)
        assert status == 1, name
    assert not (tmp_path / "none").exists()


def test_an_auditor_needs_nothing_but_his_own_right(register: Audited, tmp_path: Path) -> None:
    alone = {
        name: value for name, value in register.environment().items()
        if not name.startswith(("DATABASE_", "MEILI_"))
    } | {"DATABASE_AUDIT_URL": enginefarm.audited(register.url), "DATA": str(tmp_path)}  # fmt: skip

    done = commands.run(alone, "journal", "export", str(tmp_path / "file"))
    assert done.returncode == 0, done.stderr
    assert len(lines(tmp_path / "file")) >= 9
    refused = commands.run(alone, "journal", "export", str(tmp_path / "file"))
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    refused = commands.run(alone, "journal", "export", str(tmp_path / "other"), "--names")
    assert "--names" in refused.stderr
    assert not (tmp_path / "other").exists()


def test_the_audit_of_the_log_finds_what_was_done_to_it(register: Audited, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    assert "The audit log is whole: " in register.done("log", "audit", "--state", str(state))
    size = json.loads(state.read_text())["journal"]["size"]
    register.execute(f"CREATE TABLE kept AS SELECT * FROM journal WHERE number = {size - 1}")
    register.execute(f"DELETE FROM journal WHERE number = {size - 1}")

    assert "The audit log is whole: " in register.done("log", "audit")
    assert "has become shorter" in register.refused("log", "audit", "--state", str(state))
    register.execute("ALTER TABLE journal DISABLE TRIGGER USER")
    register.execute("INSERT INTO journal SELECT * FROM kept")
    register.execute("ALTER TABLE journal ENABLE TRIGGER USER")
    register.execute("DROP TABLE kept")
    register.done("log", "audit", "--state", str(state))
    register.execute(
        "UPDATE journal SET entry = replace(entry, 'rotated', 'added') WHERE number = 1"
    )
    assert "hash of entry 1 " in register.refused("log", "audit")
    register.execute(
        "UPDATE journal SET entry = replace(entry, 'added', 'rotated') WHERE number = 1"
    )


def test_what_is_to_be_taken_back_is_found_by_who_it_was(register: Audited) -> None:
    entry = json.loads(lines(register.data.parent / "plain")[0])
    period = ("--since", "2026-01-01", "--until", "2999-01-01T00:00+08:00")

    said = register.done("undo", entry["who"], *period, "--reason", "账号被盗用", "--dry-run")
    assert "0 found" in said  # an operator changes no notice
    wrong = register.refused("undo", entry["who"], *period, "--reason", " ")
    assert "Fill in" in wrong or "required" in wrong or "请填写" in wrong


def test_what_is_done_with_what_is_kept_of_a_person_is_written_down(
    register: Audited, tmp_path: Path
) -> None:
    for act in ("export", "erase"):
        register.done("privacy", act, "37999919000101001X")
    register.done("log", "accept")
    file = tmp_path / "file"
    register.done("journal", "export", str(file))

    entries = [json.loads(line) for line in lines(file)[:-1]]
    assert [one["what"] for one in entries[-4:-1]] == [
        "privacy_exported", "privacy_erased", "log_accepted",
    ]  # fmt: skip
    assert "37999919000101001X" not in file.read_text("utf-8")


def test_a_backup_takes_it_along_and_a_restore_proves_it(
    register: Audited, tmp_path: Path, worker: str
) -> None:
    base, _, _ = enginefarm.running()
    folder = register.data.parent
    target = Audited(tmp_path / "data", enginefarm.create_database_now(base, f"again_{worker}"))
    said = target.done(
        "keys", "import", folder / "keys", "--passphrase-file", folder / "passphrase"
    )
    assert "not written into the audit log" in said  # there is none yet
    target.done("restore", folder / "backup")

    numbers = [row["number"] for row in target.execute("SELECT number FROM journal ORDER BY 1")]
    assert numbers == [0, 1, 2, 3, 4, 5]  # and that it was restored
    target.done("agencies", "add", "另一审批局")
    assert "The audit log is whole: 7 " in target.done("log", "audit")
