"""`age` itself, in Go and without code of ours, opens what we write, and we open its files."""

import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from notices.trust import archive, keybox
from notices.trust.archive import Secret, Writer
from notices.trust.keys import FILES
from tests.packages import needs
from tests.service import ROOT

PASSPHRASE = "一句很长的口令, and more"
KEYS = {name: f"the text of {name}" for name in FILES}

pytestmark = needs("age")


def run(*words: str | Path) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def typed(passphrase: str, *words: str | Path) -> None:
    """Run it on a terminal, at which somebody types `passphrase` whenever there is a prompt."""
    run(sys.executable, ROOT / "tests" / "foreign" / "typed.py", passphrase, *words)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text(archive.new_key())
    return file


def test_age_opens_a_backup_and_it_is_a_tar_file(tmp_path: Path, key: Path) -> None:
    with (tmp_path / "backup").open("wb") as file:
        writer = Writer(file, Secret.from_text(key.read_text()))
        with tarfile.open(fileobj=writer, mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]
            member = tarfile.TarInfo("database.dump.000001")
            member.size = 300_000
            tar.addfile(member, io.BytesIO(bytes(300_000)))
        writer.finish()

    run("age", "-d", "-i", key, "-o", tmp_path / "plain", tmp_path / "backup")

    with tarfile.open(tmp_path / "plain") as tar:
        assert [(each.name, each.size) for each in tar] == [("database.dump.000001", 300_000)]
    assert run("age-keygen", "-y", key).strip() in key.read_text()
    with (tmp_path / "plain").open("rb") as file:
        assert archive.verify(file) == writer.size


def test_we_open_what_age_writes_for_our_key(tmp_path: Path, key: Path) -> None:
    (tmp_path / "plain").write_bytes(bytes(200_000))
    recipient = run("age-keygen", "-y", key).strip()
    run("age", "-r", recipient, "-o", tmp_path / "sealed", tmp_path / "plain")

    with (tmp_path / "sealed").open("rb") as file:
        stream, size = archive.opened(file, Secret.from_text(key.read_text())), 0
        while part := stream.read(70_000):
            size += len(part)

    assert size == 200_000


def test_age_opens_exported_keys_for_whoever_knows_the_passphrase(tmp_path: Path) -> None:
    box = tmp_path / "keys.age"
    box.write_text(keybox.seal(KEYS, Secret.from_passphrase(PASSPHRASE)))

    typed(PASSPHRASE, "age", "-d", "-o", tmp_path / "plain", box)
    typed(PASSPHRASE, "age", "-p", "-a", "-o", tmp_path / "again", tmp_path / "plain")

    for file in (box, tmp_path / "again"):
        assert keybox.unseal(file.read_bytes(), Secret.from_passphrase(PASSPHRASE)) == KEYS
