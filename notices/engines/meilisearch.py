"""Our own Meilisearch: its process, and what becomes of data that it cannot read any more.

All that it holds can be made again from the log. So whatever is wrong with its folder is no reason
not to serve: the folder is put aside under a name, and the relay fills an empty one.
"""

import contextlib
import http.client
import json
import random
import secrets
import shutil
import signal
import socket
import time
from pathlib import Path
from typing import Any

from notices import files
from notices.engines import binaries
from notices.engines.children import Child, EngineError, Say, end_orphan
from notices.facts.texts import Message

PORTS = range(20_000, 32_000)
"""Below the ports that systems lend to outgoing connections: one of these could otherwise take
Meilisearch's port in the moment between its death and its restart."""

AGAIN = 60.0
"""Seconds between two tries of a server that does not even run on an empty folder."""
BETWEEN = 600.0
"""Seconds between two folders that are put aside: what breaks at once is not mended by more."""
DEATHS = 3
"""Of a server that was up and then does not come back by itself."""
LOOKS = 3
"""In a row at which it cannot read its data, before that is put aside."""


class Meilisearch:
    """A server at one address under one key, for as long as we run."""

    def __init__(self, data: Path, server: Path, say: Say) -> None:
        self.home = data / "meilisearch"
        self.home.mkdir(mode=0o700, exist_ok=True)
        self._pid_file = self.home / "pid"
        end_orphan(self._pid_file, str(self.home), signal.SIGTERM)
        self.key = secret(data / "meilisearch.key")
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._log = data / "logs" / "meilisearch.log"
        self._server = server
        self._say = say
        self._child: Child | None = None
        self._known_deaths = self._unreadable = 0
        self._tried_at = self._mended_at = float("-inf")

    def start(self) -> None:
        """Run it, on an empty folder if it cannot run on its own; or say that there is none.

        Raises EngineError where there is nothing to be put aside: it never ran here.
        """
        before = (self.home / "db").exists()
        self._tried_at = time.monotonic()
        try:
            self._run()
        except EngineError as error:
            if not before:
                raise
            self._run_anew(error)

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None

    def look(self, index: str) -> bool:
        """Do what has to be done, if anything; whether it was begun anew. Called now and then."""
        now = time.monotonic()
        if self._child is None:
            if now < self._tried_at + AGAIN:
                return False
            self.start()
            return self._child is not None
        self._unreadable = self._unreadable + 1 if self._cannot_read(index) else 0
        if answers(self._port, self.key):
            self._known_deaths = self._child.deaths
        dead = self._child.deaths >= self._known_deaths + DEATHS
        if not (dead or self._unreadable >= LOOKS) or now < self._mended_at + BETWEEN:
            return False
        self._child.stop()
        self._run_anew(None)
        return True

    def _cannot_read(self, index: str) -> bool:
        """Whether it answers that its data is damaged; one that is away says nothing."""
        status, answer = ask(self._port, self.key, "POST", f"/indexes/{index}/search")
        # What the machine lacks, room or open files, has the type `system`.
        return status >= 400 and answer.get("type") == "internal"

    def _run_anew(self, why: EngineError | None) -> None:
        """On an empty folder; the one that was there stays, under another name, or comes back."""
        db = self.home / "db"
        aside = self.home / f"db.damaged-{time.strftime('%Y%m%dT%H%M%S')}"
        db.rename(aside)
        self._mended_at = self._tried_at = time.monotonic()
        self._unreadable = 0
        try:
            self._run()
        except EngineError as error:
            # Then it is not the folder: no room, no memory, another program.
            shutil.rmtree(db, ignore_errors=True)
            aside.rename(db)
            self._child = None
            self._say(_WITHOUT.format(why=(why or error).text).both)
            return
        self._say(_ASIDE.format(folder=aside).both)

    def _run(self) -> None:
        home = self.home
        child = Child(
            "Meilisearch",
            [
                self._server,
                *("--db-path", home / "db", "--http-addr", f"127.0.0.1:{self._port}"),
                *("--env", "production", "--no-analytics", "--log-level", "WARN"),
                *("--dump-dir", home / "dumps", "--snapshot-dir", home / "snapshots"),
                # By default it takes and fills two thirds of the machine for every batch: a single
                # document then takes seconds, with this some 10 ms.
                *("--max-indexing-memory", "1GiB"),
            ],
            # In the environment, since everybody on the machine can read a command line.
            env={"MEILI_MASTER_KEY": self.key},
            ready=lambda pid: answers(self._port, self.key),
            log=self._log,
            cwd=home,
            pid_file=self._pid_file,
            say=self._say,
        )
        child.start()
        self._child, self._known_deaths = child, child.deaths


def secret(file: Path) -> str:
    """The secret in `file`, mode 0600, made when there is none."""
    with contextlib.suppress(FileNotFoundError):
        return file.read_text().strip()
    text = secrets.token_hex(24)
    files.put(file, f"{text}\n".encode())
    return text


def free_port() -> int:
    for port in random.sample(PORTS, 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise EngineError(Message("本机没有空闲的端口。"))


def answers(port: int, key: str) -> bool:
    """Whether the server on `port` is ours: it knows our key, and has the version we want."""
    status, answer = ask(port, key, "GET", "/version")
    return status == 200 and answer.get("pkgVersion") == binaries.MEILI_VERSION


def ask(port: int, key: str, method: str, path: str) -> tuple[int, dict[str, Any]]:
    """Status and body of an answer; 0 for none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    body = '{"q": "", "limit": 1}' if method == "POST" else None
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answered = json.loads(answer.read())
        return answer.status, answered if isinstance(answered, dict) else {}
    except (OSError, ValueError, http.client.HTTPException):
        return 0, {}
    finally:
        connection.close()


_ASIDE = Message(
    "Meilisearch 无法读取它的数据，已移到 {folder}（保留，可删除）；检索索引正从登记簿重建，"
    "在此之前由数据库代替检索。声明和核验不受影响。"
)
_WITHOUT = Message(
    "Meilisearch 无法启动，服务在没有检索索引的情况下运行，由数据库代替检索；每分钟再试一次。"
    "\n{why}"
)
