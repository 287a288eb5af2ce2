"""What a test needs of the system, by the names of .ci/packages.txt, and what did not run."""

import functools
import os
import subprocess
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / ".ci"
BROWSER = ("chromium-headless-shell", "libatomic1")


def listed() -> list[str]:
    lines = (FOLDER / "packages.txt").read_text().splitlines()
    return [line.split()[0] for line in lines if line and not line.startswith("#")]


@functools.cache
def missing() -> dict[str, str]:
    """The packages that this machine lacks, with what each is for."""
    done = subprocess.run([FOLDER / "packages"], capture_output=True, text=True, check=True)
    return dict(line.split("\t") for line in done.stdout.splitlines())


def needs(*packages: str) -> pytest.MarkDecorator:
    """A test that runs only where there are these packages, or others as good."""
    assert set(packages) <= set(listed()), packages
    return pytest.mark.needs(*packages)


def wanted_by(item: pytest.Item) -> set[str]:
    wanted = {name for mark in item.iter_markers("needs") for name in mark.args}
    return wanted | set(BROWSER) if item.get_closest_marker("browser") else wanted


def pytest_collection_finish(session: pytest.Session) -> None:
    """Asks where some test wants to know, before a floor that starts no process begins."""
    if any(map(wanted_by, session.items)):
        missing()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    wanted = wanted_by(item)
    lacking = [f"{name} ({missing()[name]})" for name in sorted(wanted) if name in missing()]
    if lacking:
        without = "没有 / without " + ", ".join(lacking)
        # A build server must not go on with less.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(without)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """At the very end, and one line for each reason, so that nobody takes less for the whole."""
    yield
    left_out: defaultdict[str, list[str]] = defaultdict(list)
    for report in terminalreporter.stats.get("skipped", []):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        left_out[why.removeprefix("Skipped: ")].append(Path(report.fspath).stem)
    for why, files in sorted(left_out.items()):
        where = ", ".join(sorted(set(files)))
        terminalreporter.write_line(
            f"未运行 {len(files)} 项 / {len(files)} not run ({where}): {why}", yellow=True
        )
