"""What a run takes from the system is one list, and who runs less than the whole is told so."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packages import FOLDER, listed
from tests.service import ROOT

TESTS = """
import pytest
from tests.packages import needs

@needs("zbar-tools", "poppler-utils")
def test_scanned(): pass

@needs("poppler-utils")
@pytest.mark.parametrize("page", [1, 2])
def test_read(page): pass

@pytest.mark.browser
def test_seen(): pass

@pytest.mark.skip(reason="only root gives folders away")
def test_given(): pass

def test_whatever(): pass
"""


def program(file: Path, script: str) -> None:
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A machine with root, apt and nothing that the list names; its folder of commands."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in ("cat", "cut", "env", "grep", "mktemp", "rm", "tail"):
        (commands / name).symlink_to(shutil.which(name) or name)
    program(commands / "id", "echo 0")
    program(commands / "apt-cache", "echo '  Candidate: 1.0'")
    program(commands / "apt-get", f'echo "$@" >>{tmp_path}/asked')
    return commands


def ask(commands: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(commands), "HOME": str(commands.parent), **more}
    return subprocess.run(
        [FOLDER / "packages", *words], env=environment, capture_output=True, text=True, timeout=20
    )


def asked(commands: Path) -> list[str]:
    file = commands.parent / "asked"
    return file.read_text().splitlines() if file.exists() else []


def test_the_list_names_each_package_once_with_its_use_in_both_languages() -> None:
    names = listed()

    assert len(names) == len(set(names)) > 10
    for line in (FOLDER / "packages.txt").read_text().splitlines():
        if not line.startswith("#"):
            assert re.fullmatch(r"[a-z0-9-]+ +\| [^|]+ \| [^|]+ \| [^|]+", line), line


def test_no_other_file_of_ours_installs_packages() -> None:
    files = [ROOT / "Makefile", *sorted(FOLDER.iterdir())]

    assert [
        file.name for file in files if file.is_file() and "apt-get" in file.read_text()
    ] == ["browser", "packages"]  # fmt: skip


def test_what_is_missing_is_said_with_what_it_is_for(bare: Path) -> None:
    said = ask(bare).stdout.splitlines()

    assert "poppler-utils\t阅读打印的公告 / reads printed notices" in said
    # What shows itself by a file may be here.
    assert {
        "make",
        "python3-venv",
        "npm",
        "chromium-headless-shell",
        "zbar-tools",
        "golang-go",
    } <= {line.split("\t")[0] for line in said}


@pytest.mark.parametrize(
    ("package", "command"),
    [
        ("chromium-headless-shell", "chromium"),
        ("chromium-headless-shell", "google-chrome-stable"),
        ("poppler-utils", "pdftotext"),
        ("python3-venv", "python3"),
        ("nodejs", "node"),
    ],
)
def test_whatever_is_as_good_will_do(bare: Path, package: str, command: str) -> None:
    program(bare / command, "exit 0")

    assert package not in ask(bare).stdout


@pytest.mark.parametrize(("ends", "there"), [(0, True), (127, False)])
def test_a_chromium_of_playwright_counts_when_it_starts(bare: Path, ends: int, there: bool) -> None:
    folder = bare.parent / ".cache/ms-playwright/chromium_headless_shell-1/chrome-linux"
    folder.mkdir(parents=True)
    program(folder / "headless_shell", f"exit {ends}")

    assert ("chromium-headless-shell\t" not in ask(bare).stdout) == there


def test_root_with_apt_installs_what_is_missing_and_says_so(bare: Path) -> None:
    program(bare / "pdftotext", "")
    done = ask(bare, "install")

    assert done.returncode == 0, done.stderr
    update, install = asked(bare)
    assert update.endswith(" update")
    words = install.split()
    assert "--no-install-recommends" in words
    assert {"chromium-headless-shell", "zbar-tools", "golang-go"} <= set(words)
    assert "poppler-utils" not in words
    assert "Installing for the tests" in done.stdout
    assert all(name in done.stdout for name in ("chromium-headless-shell", "zbar-tools"))


def test_what_the_sources_lack_keeps_nothing_else_out(bare: Path) -> None:
    lacks = '[ $2 != chromium-headless-shell ] || none="(none)"; echo "Candidate: ${none:-1}"'
    program(bare / "apt-cache", lacks)
    done = ask(bare, "install")

    assert done.returncode == 0
    assert "no chromium-headless-shell" in done.stderr
    assert "chromium-headless-shell" not in asked(bare)[1].split()
    assert "zbar-tools" in asked(bare)[1].split()


def test_nothing_is_asked_of_apt_when_nothing_is_missing(bare: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ci"
    folder.mkdir()
    (folder / "packages").symlink_to(FOLDER / "packages")
    (folder / "packages.txt").write_text("apt | apt-get | 一 | one\nshell | /bin/s* | 二 | two\n")
    done = subprocess.run(
        [folder / "packages", "install"], env={"PATH": str(bare)}, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert asked(bare) == []


def test_nobody_else_installs_anything(bare: Path) -> None:
    program(bare / "id", "echo 1000")
    done = ask(bare, "install")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert asked(bare) == []


def test_a_build_server_that_is_not_root_may_name_sudo(bare: Path) -> None:
    program(bare / "id", "echo 1000")
    program(bare / "sudo", f'echo sudo >>{bare.parent}/asked; exec "$@"')

    assert ask(bare, "install", "sudo").returncode == 0
    assert [line.split()[0] for line in asked(bare)] == ["sudo", "-qq", "sudo", "-qq"]


@pytest.mark.parametrize(("server", "ends"), [("", 0), ("1", 1)])
def test_a_person_goes_on_without_a_network_and_a_build_server_does_not(
    bare: Path, server: str, ends: int
) -> None:
    program(bare / "apt-get", "echo E: no route to the sources; exit 100")
    done = ask(bare, "install", CI=server)

    assert done.returncode == ends
    assert "E: no route to the sources" in done.stderr
    assert "could not be installed" in done.stderr


@pytest.mark.parametrize(("server", "ends"), [("", 0), ("1", 1)])
def test_sources_that_cannot_be_read_are_not_said_to_lack_anything(
    bare: Path, server: str, ends: int
) -> None:
    program(bare / "apt-get", "echo E: no such host; exit 100")
    program(bare / "apt-cache", "")
    done = ask(bare, "install", CI=server)

    assert done.returncode == ends
    assert "E: no such host" in done.stderr
    assert "could not be read" in done.stderr
    assert "have no" not in done.stderr


def run_without(bare: Path, server: str, *options: str) -> tuple[int, list[str]]:
    """The tests above on the bare machine: how they ended, and the last lines."""
    file = bare.parent / "test_some.py"
    file.write_text(TESTS)
    environment = {"PATH": str(bare), "CI": server, "HOME": str(bare.parent)}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # Some take seconds to load.
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "tests.packages", "-c", os.devnull),
            *("--rootdir", bare.parent, "-p", "no:cacheprovider", *options, file),
        ],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout.splitlines()


def test_what_did_not_run_is_named_at_the_very_end(bare: Path) -> None:
    ended, lines = run_without(bare, "", "-p", "xdist", "-n", "1")

    assert ended == 0, lines
    *_, one, two, three, four, total = lines
    assert total.startswith("1 passed, 5 skipped")
    assert one.startswith("未运行 1 项 / 1 not run (test_some): only root gives folders away")
    assert two.startswith(
        "未运行 1 项 / 1 not run (test_some): 没有 / without chromium-headless-shell ("
    )
    assert three == (
        "未运行 2 项 / 2 not run (test_some): 没有 / without poppler-utils"
        " (阅读打印的公告 / reads printed notices)"
    )
    assert four.startswith("未运行 1 项 / 1 not run (test_some): 没有 / without poppler-utils (")
    assert "zbar-tools (扫描打印的二维码 / scans printed QR codes)" in four


def test_a_build_server_lets_nothing_out(bare: Path) -> None:
    ended, lines = run_without(bare, "1")

    assert ended == 1
    assert "1 passed, 1 skipped, " in lines[-1]
    assert ", 4 errors in " in lines[-1]
    assert any(
        line.startswith("ERROR") and "poppler-utils (阅读打印的公告" in line for line in lines
    )


@pytest.fixture
def providing(bare: Path) -> Path:
    """What brings the provider of sign-in's tests, beside an empty folder for it."""
    for name in ("dirname", "touch"):
        (bare / name).symlink_to(shutil.which(name) or name)
    (bare.parent / ".ci").mkdir()
    (bare.parent / "tests" / "provider" / "node_modules").mkdir(parents=True)
    return shutil.copy(FOLDER / "node", bare.parent / ".ci" / "node")


@pytest.mark.parametrize(("server", "ends"), [("", 0), ("1", 1)])
@pytest.mark.parametrize(
    ("node", "npm", "why"),
    [
        ("exit 0", None, "Without npm"),
        ("exit 1", "exit 0", "older than 18"),
        ("exit 0", "echo E: no such host; exit 1", "E: no such host"),
        ("exit 0", "exit 0", None),
    ],
)
def test_without_a_provider_a_person_goes_on_and_a_build_server_does_not(
    bare: Path, providing: Path, node: str, npm: str | None, why: str | None, server: str, ends: int
) -> None:
    program(bare / "node", node)
    if npm is not None:
        program(bare / "npm", npm)
    done = subprocess.run(
        [providing, "tests/provider", "身份提供方", "provider"],
        env={"PATH": str(bare), "CI": server},
        capture_output=True,
        text=True,
    )
    brought = (bare.parent / "tests/provider/node_modules/.ready").exists()

    assert done.returncode == (ends if why else 0), done.stderr
    assert brought == (why is None)
    assert (why or "") in done.stderr
