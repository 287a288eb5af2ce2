"""Holds the floor to what it is: no engine, no process, no connection."""

import socket
import subprocess
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def refused(*arguments: object, **named: object) -> None:
    raise AssertionError("tests/unit starts no process and connects to nobody")


@pytest.fixture(scope="package", autouse=True)
def nothing_is_started() -> Iterator[None]:
    """Once for the floor: of 4,700 tests, what is made for each costs seconds."""
    with pytest.MonkeyPatch.context() as here:
        here.setattr(subprocess.Popen, "__init__", refused)
        here.setattr(BaseProcess, "start", refused)
        here.setattr(socket.socket, "connect", refused)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for an engine lies in a higher floor, though another may have started it."""
    wrong = [
        item.nodeid
        for item in items
        if "farm" in getattr(item, "fixturenames", ()) and item.path.is_relative_to(HERE)
    ]
    if wrong:
        raise pytest.UsageError("these ask for engines: " + ", ".join(wrong))
