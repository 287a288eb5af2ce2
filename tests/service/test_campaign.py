"""What the campaign does to a service is done: its clocks are set, and nothing else of them."""

import subprocess
import time
from pathlib import Path

import pytest

from campaign.clock import Clock
from campaign.people import strangers
from notices.facts.identifiers import identifier_problems
from tests.packages import needs
from tests.service import ROOT

DAY = 86_400
TELLS = """
import datetime, subprocess, sys, time
print(time.time(), datetime.datetime.now().timestamp(), time.monotonic())
time.sleep(0.01)
# As the service starts what it starts: with its Python, and with nothing of its environment.
subprocess.run([sys.executable, "-I", "-S", "-c", "import time; print(time.time())"], env={})
"""


@needs("gcc", "libc6-dev")
@pytest.mark.parametrize("ahead", [0, 400 * DAY, -7200, 15])
def test_a_service_and_what_it_starts_are_told_the_time_that_is_set(
    tmp_path: Path, ahead: int
) -> None:
    clock = Clock(tmp_path)
    clock.set("service", ahead)
    clock.set("database", 1000 * DAY)

    done = subprocess.run(
        [clock.python, "-c", TELLS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    first, second, steady, child = map(float, done.stdout.split())

    for told in (first, second, child):
        assert abs(told - time.time() - ahead) < 8
    assert abs(steady - time.monotonic()) < 8


@needs("gcc", "libc6-dev")
def test_the_database_has_a_clock_of_its_own(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    clock.set("database", 400 * DAY)
    (tmp_path / "postgres").symlink_to("/bin/date")

    done = subprocess.run(
        [tmp_path / "postgres", "+%s"], capture_output=True, text=True, check=True,
        env={"LD_PRELOAD": str(tmp_path / "clock.so")},
    )  # fmt: skip

    assert abs(int(done.stdout) - time.time() - 400 * DAY) < 8


def test_everybody_who_objects_is_somebody() -> None:
    found = [person["identifier"] for person, _ in zip(strangers(), range(1000), strict=False)]

    assert len(set(found)) == 1000
    for identifier in found:
        assert list(identifier_problems("x", identifier, "resident-id", ("resident-id",))) == []
