"""Children come back: at once when they were killed, ever later when they cannot even start."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from notices.engines import logfiles
from notices.engines.children import LONGEST_PAUSE, SHORTEST_PAUSE, Child, next_pause


@pytest.mark.parametrize(
    ("lives", "pauses"),
    [
        ([(20.0, -9)] * 8, [0.2] * 8),
        ([(0.1, -9)] * 8, [0.2] * 8),
        ([(20.0, 1)] * 8, [0.2] * 8),
        ([(0.1, 1)] * 8, [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10]),
        ([(0.1, -11)] * 4, [0.2, 0.4, 0.8, 1.6]),
        ([(0.1, 1)] * 5 + [(3.0, 1), (0.1, 1)], [0.2, 0.4, 0.8, 1.6, 3.2, 0.2, 0.4]),
    ],
    ids=["served, then killed", "killed", "served", "cannot start", "crashes", "recovers"],
)
def test_a_child_is_started_again_at_once_unless_it_cannot_start(
    lives: list[tuple[float, int]], pauses: list[float]
) -> None:
    pause, found = 0.0, []
    for lived, code in lives:
        pause = next_pause(pause, lived, code)
        found.append(round(pause, 1))

    assert found == pauses
    assert SHORTEST_PAUSE <= pause <= LONGEST_PAUSE


def test_a_child_that_is_killed_again_and_again_is_back_within_two_seconds(tmp_path: Path) -> None:
    child = Child(
        "child", [sys.executable, "-S", "-c", "import time; time.sleep(100)"],
        ready=lambda pid: True, log=tmp_path / "log", cwd=tmp_path, say=lambda words: None,
    )  # fmt: skip
    child.start()
    try:
        for _ in range(5):
            killed = child.pid
            os.kill(killed, signal.SIGKILL)
            deadline = time.monotonic() + 2
            while child.pid == killed and time.monotonic() < deadline:
                time.sleep(0.01)
            assert child.pid != killed
            time.sleep(0.1)
    finally:
        child.stop()


def test_a_log_stays_short_beneath_the_child_that_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    monkeypatch.setattr(logfiles, "LIMIT", 200_000)
    monkeypatch.setattr(logfiles, "KEPT", 50_000)
    # A line at a time as servers do; print writes its end apart where PYTHONUNBUFFERED says so.
    program = "import os, sys\nfor n in range(int(sys.argv[1])): os.write(1, b'line %07d\\n' % n)"
    words = [sys.executable, "-c", program, "30000"]
    with logfiles.opened(log) as file, subprocess.Popen(words, stdout=file) as writer:
        while writer.poll() is None:
            logfiles.shorten(log)
            time.sleep(0.005)
    logfiles.shorten(log)

    lines = log.read_text().splitlines()
    assert log.stat().st_size <= 200_000
    assert lines[-1] == "line 0029999"
    assert all(len(line) == 12 for line in lines)
    assert "\0" not in log.read_text()
