"""Log lines: so many and no more, none that fails a request, none with a value of a library's."""

import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from notices import structured_logging
from tests.service import ROOT

FAULT = """
import sys, structlog
from notices.structured_logging import configure
configure()
log = structlog.get_logger("notices.web")
for number in range(20_000):
    log.warning("unavailable", error="DiskFullError", request=str(number))
log.warning("unavailable", error="TimeoutError")
for number in range(3_000):
    log.info("request", status=200, ms=number)
"""
SAID = """
import logging, sys
from notices.structured_logging import configure
configure()
try:
    raise ValueError("13800000000")
except ValueError:
    logging.getLogger("uvicorn.error").exception("failed for %s\\n13800000000", "13800000000")
logging.getLogger("asyncio").info("nothing of interest")
"""


def lines_of(program: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_fault_that_meets_every_request_fills_no_disk_with_lines() -> None:
    lines = lines_of(FAULT)

    full = [line for line in lines if line.get("error") == "DiskFullError"]
    assert structured_logging.BURST <= len(full) <= structured_logging.BURST + 20
    assert [line["error"] for line in lines if line["event"] == "unavailable"][-1] == "TimeoutError"
    served = [line for line in lines if line["event"] == "request"]
    assert structured_logging.REQUESTS <= len(served) < 2_000


def test_a_line_after_dropped_ones_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(structured_logging.time, "monotonic", lambda: now[0])
    bound = structured_logging.Bound()
    for _ in range(structured_logging.BURST):
        bound(None, "warning", {"event": "x"})
    for _ in range(7):
        with pytest.raises(structured_logging.structlog.DropEvent):
            bound(None, "warning", {"event": "x"})
    now[0] = 1.5

    assert bound(None, "warning", {"event": "x"}) == {"event": "x", "dropped": 7}
    assert bound(None, "warning", {"event": "y"}) == {"event": "y"}


def test_a_line_that_cannot_be_written_is_lost_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stderr", full)
        with pytest.raises(OSError, match="space"):
            os.write(full.fileno(), b"x")

        structured_logging.Lines().error("a line")

    monkeypatch.setattr(sys, "stderr", io.StringIO())  # has no file at all
    structured_logging.Lines().error("a line")


def test_what_libraries_say_is_a_line_of_ours_without_values() -> None:
    [line] = lines_of(SAID)

    assert (line["event"], line["library"]) == ("library", "uvicorn.error")
    assert (line["said"], line["error"]) == ("failed for %s", "ValueError")
    assert logging.getLogger().handlers != []
