"""The processes of a service's PostgreSQL, which tests stop, start again, and kill."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path


def servers(data: Path) -> list[int]:
    """The processes of the PostgreSQL of `data`: the first, and those that it started."""
    pointer = data / "postgresql.home"
    home = Path(pointer.read_text().strip()) if pointer.exists() else data / "postgresql"
    first = next(home.rglob("postmaster.pid")).read_text().split("\n", 1)[0]
    return [int(first), *started_by(int(first))]


def started_by(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, IndexError):
            if (folder / "stat").read_text().rpartition(")")[2].split()[1] == str(parent):
                found.append(int(folder.name))
    return found


@contextlib.contextmanager
def standing_still(pids: list[int]) -> Iterator[None]:
    """None of them does anything meanwhile, and each goes on afterwards, if it is still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
