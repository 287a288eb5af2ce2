"""Files are there whole or not at all."""

import stat

import pytest

from notices import files


def fail(*_):
    raise OSError("disk full")


def test_a_file_takes_the_place_of_another_and_is_its_owners_alone(tmp_path):
    file = tmp_path / "key"
    file.write_text("old")
    file.chmod(0o644)

    files.put(file, b"new")

    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_public_file_is_for_everybody(tmp_path):
    files.put(tmp_path / "checkpoint", b"all", mode=files.PUBLIC)

    assert stat.S_IMODE((tmp_path / "checkpoint").stat().st_mode) == 0o644


def test_only_a_lasting_file_waits_for_the_disk(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(files.os, "fsync", synced.append)

    files.put(tmp_path / "tile", b"one of many", lasting=False)
    assert synced == []

    files.put(tmp_path / "state", b"remembered")
    assert len(synced) == 2, "the file, and the folder that knows its name"


@pytest.mark.parametrize("failing", ["fsync", "fchmod"])
@pytest.mark.parametrize("write", [files.put, files.add])
def test_what_could_not_be_written_leaves_all_as_it_was(tmp_path, monkeypatch, write, failing):
    file = tmp_path / "state"
    if write is files.put:
        file.write_text("old")
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    monkeypatch.setattr(files.os, failing, fail)

    with pytest.raises(OSError, match="disk full"):
        write(file, b"new")

    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_a_new_file_never_replaces_one(tmp_path):
    files.add(tmp_path / "key", b"first")

    with pytest.raises(FileExistsError):
        files.add(tmp_path / "key", b"second")

    assert (tmp_path / "key").read_bytes() == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["key"]
