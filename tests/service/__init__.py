"""The real service as a process of its own, for tests that kill it and its engines."""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests import api, enginefarm

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 180.0
"""Seconds; it takes 3 of them, and had not done with 60 on a machine with five times its work."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Service:
    """`notices serve --demo` on a data folder of its own, with engines of its own."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.environment = environment
        self.python = sys.executable
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.log = data.parent / "service.log"

    def start(self, *options: str) -> None:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DATABASE_", "MEILI_")) or name == "MEILI_BIN"
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.python, "-m", "notices", "serve", "--demo", *options],
                env=environment
                # Nobody waits for most of these, and a reserve is two seconds of work.
                | {"DATA": str(self.data), "PORT": str(self.port), "SPARE": "0"}
                | self.environment,
                stdout=log,
                stderr=log,
                cwd=ROOT,
            )
        self.until(lambda client: client.get("/health/ready").status_code == 200, STARTS_WITHIN)

    def until(self, true, seconds: float = 20) -> None:  # type: ignore[no-untyped-def]
        """Return when `true(client)` is; AssertionError with the log's end when it never is."""
        deadline = time.monotonic() + seconds
        with self.client() as client:
            while time.monotonic() < deadline:
                with contextlib.suppress(httpx.TransportError, KeyError):
                    if true(client):
                        return
                time.sleep(0.1)
        raise AssertionError(f"not in {seconds} s:\n{self.log.read_text()[-3000:]}")

    def client(self) -> httpx.Client:
        return api.client(self.url)

    def kill(self) -> None:
        """`kill -9`: nothing of ours gets to say goodbye."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def children(self, words: str) -> list[int]:
        """Those of `pids` that the service started itself."""
        assert self.process is not None
        found = []
        for pid in self.pids(words):
            with contextlib.suppress(OSError):
                parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
                if int(parent) == self.process.pid:
                    found.append(pid)
        return found

    def pids(self, words: str) -> list[int]:
        """Processes whose command line holds `words`."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with contextlib.suppress(OSError):
                    line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    if words in line:
                        found.append(int(folder.name))
        return found


MAKING = """
import asyncio, os, sys
from pathlib import Path
from notices.engines import Engines
from notices.migrating import migrate
with Engines.open(Path(sys.argv[1]), meili_bin=os.environ.get("MEILI_BIN")) as engines:
    asyncio.run(migrate(engines.owner_url, engines.database_url))
"""
"""In a process of its own: tests have a loop, and their database belongs to it."""


def _made_once() -> Path:
    """A data folder with a database that is up to date and empty, and no keys; of this run."""
    folder = Path(os.environ[enginefarm.DATA]) / enginefarm.MADE
    with (folder.parent / "making").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            words = [sys.executable, "-c", MAKING, str(folder)]
            subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
            (folder / "done").touch()
    return folder


def _copied(made: Path, data: Path) -> None:
    """Its database for a service of its own: to make one takes longer than a service to start."""
    data.mkdir(mode=0o700, parents=True)
    for file in made.glob("*.password"):
        shutil.copy2(file, data / file.name)
    pointer = made / "postgresql.home"
    home, copy = made / "postgresql", data / "postgresql"
    if pointer.exists():
        home = Path(pointer.read_text().strip())
        copy = Path(tempfile.mkdtemp(dir=home.parent))
        (data / pointer.name).write_text(f"{copy}\n")
    subprocess.run(["cp", "-a", "--reflink=auto", f"{home}/.", copy], check=True)


@contextlib.contextmanager
def running(data: Path, **environment: str) -> Iterator[Service]:
    """A service on a new data folder, unless `data` is there or another database is named."""
    of_a_run = enginefarm.DATA in os.environ  # a benchmark's service makes its database itself
    if of_a_run and not data.exists() and "DATABASE_URL" not in environment:
        _copied(_made_once(), data)
    service = Service(data, **environment)
    try:
        service.start()
        yield service
    finally:
        if service.process is not None and service.process.poll() is None:
            service.stop()
        enginefarm.remove(data)
