"""Auditing a log from outside: what a server could serve wrong, each found and named."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from notices.audit import reading, remembering
from notices.cli import main
from notices.trust.notes import NoteSigner
from tests.service import ROOT
from tests.synthetic import SIGNER, Log, Spoil, served, tiles_of


@pytest.fixture(scope="module")
def log() -> Log:
    return Log.of(700)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reading, "WAIT", 0.01)
    monkeypatch.chdir(tmp_path)


def audit(url: str, *words: str) -> int:
    try:
        main(["log", "audit", url, *words])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def found(capsys: pytest.CaptureFixture[str], url: str, *words: str) -> str:
    """What an audit says that ends with a difference."""
    capsys.readouterr()
    assert audit(url, *words) == 1
    return capsys.readouterr().err


STATE = ("--state", "state.json")


def test_a_log_that_is_whole_is_said_to_be_and_remembered(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(log) as url:
        assert audit(url, *STATE, "--key", SIGNER.vkey) == 0

    assert "700 entries, 700 of them hashed again" in capsys.readouterr().out
    memory = remembering.read(Path("state.json"))
    assert memory is not None
    assert (memory.vkey, memory.checkpoint) == (SIGNER.vkey, log.note())
    assert (memory.seen.size, memory.seen.root) == (700, log.root())


def test_a_key_is_trusted_at_first_aloud_and_kept_from_then_on(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = NoteSigner(SIGNER.name, bytes(31) + b"\1")
    with served(log) as url:
        assert audit(url) == 0
        first = capsys.readouterr().err
        assert "FIRST USE" in first
        assert SIGNER.vkey in first
        assert audit(url) == 0
        assert "FIRST USE" not in capsys.readouterr().err
        assert "keys" in found(capsys, url, "--key", stranger.vkey)
        name = f"audit-127.0.0.1_{url.rpartition(':')[2]}.json"
    assert json.loads(Path(name).read_text())["vkey"] == SIGNER.vkey


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512])
def test_a_log_of_any_size_is_audited_as_it_grows(
    log: Log, size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for count, read in (
        (size, size),
        (700, 700 - size + size % 256),
        (700, 700 - 700 // 256 * 256),
    ):
        part = Log(log.entries[:count])
        with served(part) as url:
            assert audit(url, *STATE) == 0
        assert f"{count} entries, {read} of them" in capsys.readouterr().out


def test_with_full_the_whole_log_is_read_again(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(log) as url:
        assert audit(url, *STATE) == 0
        assert audit(url, *STATE, "--full") == 0

    assert capsys.readouterr().out.count("700 of them hashed again now") == 2


def test_a_log_that_shrank_is_found_and_the_evidence_kept(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(log) as url:
        assert audit(url, *STATE) == 0
    state = Path("state.json").read_bytes()
    shorter = Log(log.entries[:699])
    with served(shorter) as url:
        assert "it had 700 entries when last seen" in found(capsys, url, *STATE)

    assert Path("state.json").read_bytes() == state
    assert [file.read_text() for file in tmp_path.glob("state.*.checkpoint")] == [shorter.note()]


@pytest.mark.parametrize(
    ("size", "words", "said"),
    [
        (700, [], "forked: its checkpoint of 700 entries"),
        (900, [], "rewritten: the root of its first 700 entries"),
        (900, ["--full"], "rewritten: the root of its first 700 entries"),
        (768, [], "rewritten: the root of its first 700 entries"),
    ],
)
def test_another_tree_under_the_right_key_is_found(
    log: Log, size: int, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(log) as url:
        assert audit(url, *STATE) == 0
    with served(Log.of(size, tree=1)) as url:
        assert said in found(capsys, url, *STATE, *words)


def test_a_tree_that_shows_an_honest_edge_but_other_entries_is_found(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(Log(log.entries[:600])) as url:
        assert audit(url, *STATE) == 0
    other = Log([*log.entries[:599], Log.of(700, 1).entries[599], *log.entries[600:]])
    honest = tiles_of(log)

    def edge_only(name: str, content: bytes) -> bytes:
        return next((each for tile, each in honest.items() if name == f"tile/{tile.path}"
                     and tile.level == 0), content)  # fmt: skip

    with served(other, spoil=edge_only) as url:
        assert "rewritten: the root of its first 600" in found(capsys, url, *STATE)


def flip(at: int) -> Spoil:
    return lambda name, content: content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def only(path: str, spoil: Spoil) -> Spoil:
    return lambda name, content: spoil(name, content) if name == f"tile/{path}" else content


@pytest.mark.parametrize(
    ("path", "spoil", "said"),
    [
        ("0/001", flip(35), "Hash 1 of tile 0/001 does not belong to entry 257"),
        ("0/002.p/188", flip(0), "Hash 0 of tile 0/002.p/188 does not belong to entry 512"),
        ("1/000.p/2", flip(40), "Hash 1 of tile 1/000.p/2 does not belong to entry 256–511"),
        ("0/001", lambda name, content: content[:-1], "Tile 0/001 is not what it should be"),
        ("0/001", lambda name, content: content + b"x", "tile/0/001 is longer than it can be"),
        ("0/001", lambda name, content: None, "does not serve tile 0/001"),
        ("entries/001", lambda name, content: content[:-1], "ends in the middle of an entry"),
        ("entries/001", lambda name, content: content[:-233], "Tile entries/001 is not what"),
        ("entries/001", lambda name, content: content + content[:233], "Tile entries/001 is not"),
        ("entries/001", lambda name, content: content.replace(b"A", b"B", 1), "to entry 256"),
        ("entries/001", flip(1), "Tile entries/001"),
        ("entries/000", flip(3), "Entry 0 is malformed"),
    ],
)
def test_a_tile_that_was_changed_is_named(
    log: Log, path: str, spoil: Spoil, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(log, spoil=only(path, spoil)) as url:
        assert said in found(capsys, url, *STATE)

    assert not Path("state.json").exists()


def test_an_entry_too_many_and_one_too_few_are_found(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    # The checkpoint is of a tree with one entry less, but as large; and of one with one more.
    with served(
        log, note=Log([*log.entries[:698], log.entries[699], log.entries[698]]).note()
    ) as url:
        assert "do not hash to the root" in found(capsys, url, *STATE)
    with served(Log(log.entries[:699]), note=log.note()) as url:
        assert "does not serve tile" in found(capsys, url, *STATE)


def test_a_checkpoint_under_another_key_is_no_word_of_the_log(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = NoteSigner(SIGNER.name, bytes(31) + b"\1")
    with served(log, note=log.note(signer=stranger)) as url:
        assert "not signed with the log key" in found(capsys, url, *STATE)
    with served(log, spoil=lambda name, content: content[:-9]) as url:
        assert "not signed with the log key" in found(capsys, url, "--key", SIGNER.vkey)


def test_entries_whose_time_goes_back_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    entries = Log.of(20).entries
    with served(Log([*entries[:7], entries[8], entries[7], *entries[9:]])) as url:
        assert "Entry 8 is of" in found(capsys, url, *STATE)


def test_a_log_that_cannot_be_asked_is_no_difference(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit("http://127.0.0.1:1", *STATE) == 2
    assert "Could not read /log/vkey" in capsys.readouterr().err
    assert audit("ftp://x", *STATE) == 2
    with served(log, spoil=lambda name, content: None) as url:
        assert audit(url, *STATE) == 2
    assert "is no log" in capsys.readouterr().err


def test_a_server_that_stumbles_is_asked_again(log: Log) -> None:
    asked: dict[str, int] = {}

    def stumble(name: str, content: bytes) -> bytes | None:
        asked[name] = asked.get(name, 0) + 1
        return content if asked[name] > 2 else None

    with served(log, spoil=stumble) as url:
        assert audit(url, *STATE, "--key", SIGNER.vkey) in (0, 2)
        assert audit(url, *STATE, "--key", SIGNER.vkey) == 0


def test_a_damaged_state_file_is_told_and_left_alone(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(log) as url:
        assert audit(url, *STATE) == 0
        whole = Path("state.json").read_text()
        for damaged in ("", "{}", whole[:-9], whole.replace("700", "701")):
            Path("state.json").write_text(damaged)
            assert audit(url, *STATE) == 2
            assert "damaged" in capsys.readouterr().err
            assert Path("state.json").read_text() == damaged


def test_a_mirror_holds_every_tile_where_the_log_has_it(log: Log) -> None:
    with served(Log(log.entries[:300])) as url:
        assert audit(url, *STATE, "--keep", "mirror") == 0
    with served(log) as url:
        assert audit(url, *STATE, "--keep", "mirror") == 0

    for tile, content in tiles_of(log).items():
        assert Path("mirror", "tile", tile.path).read_bytes() == content
    assert Path("mirror", "checkpoint").read_text() == log.note()


def test_a_mirror_that_would_lack_its_beginning_is_refused(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(log) as url:
        assert audit(url, *STATE) == 0
        assert audit(url, *STATE, "--keep", "mirror") == 2
        assert "--full" in capsys.readouterr().err
        assert audit(url, *STATE, "--keep", "mirror", "--full") == 0


def test_auditing_a_url_needs_no_database_driver(log: Log, tmp_path: Path) -> None:
    (tmp_path / "asyncpg.py").write_text("raise ImportError('no driver here')")
    (tmp_path / "piccolo.py").write_text("raise ImportError('no driver here')")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}:{ROOT}"}

    with served(log) as url:
        done = subprocess.run(
            [sys.executable, "-m", "notices", "log", "audit", url],
            env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    with served(log, spoil=only("0/001", flip(0))) as url:
        broken = subprocess.run(
            [sys.executable, "-m", "notices", "log", "audit", url],
            env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert (broken.returncode, "entry 256" in broken.stderr) == (1, True), broken.stderr
