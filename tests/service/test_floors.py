"""The floor without engines starts nothing, whatever somebody writes there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.floors import FLOORS
from tests.service import ROOT

TESTS = """
import asyncio, os, socket, subprocess, sys

def test_a_process(): subprocess.run([sys.executable, "-V"])

async def test_another(): await asyncio.create_subprocess_exec(sys.executable, "-V")

def test_a_connection(): socket.create_connection(("127.0.0.1", 9))

def test_what_is_computed(): assert 1 + 1 == 2
"""


def unit(folder: Path, tests: str) -> list[str]:
    """What pytest says of these tests, under the rules of that floor."""
    (folder / "unit").mkdir()
    (folder / "unit" / "test_some.py").write_text(tests)
    (folder / "unit" / "conftest.py").write_text(
        (ROOT / "tests" / "unit" / "conftest.py").read_text()
    )
    (folder / "conftest.py").write_text(
        "import pytest\n\n@pytest.fixture\ndef farm(): pass\n\n"
        "@pytest.fixture\ndef client(farm): pass\n"
    )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", folder),
            *("-p", "pytest_asyncio.plugin", "-o", "asyncio_mode=auto", folder / "unit"),
        ],
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        cwd=folder, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return (done.stderr + done.stdout).splitlines()


def test_a_test_that_starts_a_process_or_connects_fails_there(tmp_path: Path) -> None:
    said = unit(tmp_path, TESTS)

    assert "3 failed, 1 passed" in said[-1]
    assert sum("starts no process and connects to nobody" in line for line in said) >= 3


def test_a_test_that_asks_for_an_engine_is_not_even_begun(tmp_path: Path) -> None:
    said = unit(tmp_path, "def test_of_the_client(client): pass")

    assert "these ask for engines: unit/test_some.py::test_of_the_client" in "\n".join(said)


def test_every_test_lies_on_a_floor() -> None:
    flat = [file.name for file in (ROOT / "tests").glob("test_*.py")]

    assert flat == []
    for floor in FLOORS:
        assert list((ROOT / "tests" / floor).glob("test_*.py")), floor


@pytest.mark.parametrize("floor", FLOORS)
def test_each_floor_can_be_run_alone(floor: str) -> None:
    said = subprocess.run(["make", "-n", floor], cwd=ROOT, capture_output=True, text=True).stdout

    assert re.search(rf"pytest -n \d+ tests/{floor}$", said, re.MULTILINE), said
