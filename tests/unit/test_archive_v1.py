"""What versions wrote before they wrote age files is read, or refused in words, for good."""

import io
from pathlib import Path

import pytest

from notices.backup.restoring import Backup
from notices.trust import archive, keybox
from notices.trust.archive import ArchiveError, Secret, Writer
from notices.trust.keys import FILES

GOLDEN = Path(__file__).parents[1] / "golden" / "archives"
"""Made by the version before; nothing can make them any more, so they are never replaced."""

KEY = Secret.from_text((GOLDEN / "backup.key").read_text())
PASSPHRASE = Secret.from_text((GOLDEN / "passphrase").read_text("utf-8"))
BACKUPS = {"plain.notices": None, "by-key.notices": KEY, "by-passphrase.notices": PASSPHRASE}


def streamed(name: str) -> bytes:
    with (GOLDEN / name).open("rb") as file:
        stream, parts = archive.opened(file, BACKUPS[name]), []
        while part := stream.read(1000):
            parts.append(part)
    return b"".join(parts)


def test_one_backup_of_before_comes_out_of_all_three() -> None:
    """Under the passphrase too, and each opening of that one takes a quarter of a second."""
    assert streamed("by-passphrase.notices") == streamed("by-key.notices") != b""
    assert streamed("by-key.notices") == (GOLDEN / "plain.notices").read_bytes()


@pytest.mark.parametrize("name", ["plain.notices", "by-key.notices"])
def test_a_backup_of_before_is_read_to_its_end(name: str, tmp_path: Path) -> None:
    with (GOLDEN / name).open("rb") as file:
        backup = Backup(file, BACKUPS[name])

        assert backup.seen.size == 2
        assert b"".join(backup.dump()) == bytes(range(256)) * 3
        assert backup.put_uploads(tmp_path) == 1
    assert (tmp_path / "2026" / "07" / "a").read_bytes() == b"an upload"


def said_of(content: bytes, secret: Secret | None) -> str:
    with pytest.raises(ArchiveError) as refused:
        archive.verify(archive.opened(io.BytesIO(content), secret))
    return refused.value.text.en


@pytest.mark.parametrize("name", ["by-key.notices", "by-passphrase.notices"])
def test_one_that_is_damaged_or_has_another_key_is_refused_in_words(name: str) -> None:
    whole, secret = (GOLDEN / name).read_bytes(), BACKUPS[name]
    other = PASSPHRASE if secret is KEY else KEY

    assert "is damaged" in said_of(whole[:40], secret)
    assert "not its key" in said_of(whole[:200] + b"x" + whole[201:], secret)
    if secret is KEY:  # a passphrase takes a quarter of a second each time
        assert "not its key" in said_of(whole[:-1], secret)
    assert "is encrypted: give its key" in said_of(whole, None)
    assert "in the other way" in said_of(whole, other)
    if secret is KEY:
        another = Secret.from_text((GOLDEN / "backup.key").read_text().replace("AAEC", "AAED"))
        assert "not its key" in said_of(whole, another)
        assert "not its key" in said_of(whole, Secret.from_text(archive.new_key()))
        for at in (3, 18, 30, 60, len(whole) - 1):
            assert said_of(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], secret)


def test_a_box_of_keys_of_before_is_opened_by_its_passphrase_only() -> None:
    box = (GOLDEN / "keys.json").read_bytes()

    assert keybox.unseal(box, PASSPHRASE) == {name: f"the text of {name}" for name in FILES}
    with pytest.raises(ArchiveError, match="passphrase is wrong"):
        keybox.unseal(box, Secret.from_passphrase("another long one"))
    for damaged in (box[:-9], box.replace(b"v1", b"v2"), box.replace(b"salt", b"SALT")):
        with pytest.raises(ArchiveError, match="no file of exported keys"):
            keybox.unseal(damaged, PASSPHRASE)


def test_a_key_file_of_before_goes_on_writing_and_opens_that_too() -> None:
    file = io.BytesIO()
    writer = Writer(file, KEY)
    writer.write(b"content")
    writer.finish()

    assert file.getvalue().startswith(b"age-encryption.org/v1")
    assert KEY.is_of_before
    assert not PASSPHRASE.is_of_before
    again = Secret.from_text((GOLDEN / "backup.key").read_text())
    assert archive.verify(archive.opened(file, again)) == 7
