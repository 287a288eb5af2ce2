"""Real engines for the tests: started once in a run, a database of its own for each worker."""

import asyncio
import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from notices.engines import Engines, postgresql

DATABASE, SEARCH, KEY = "TEST_DATABASE_URL", "TEST_MEILI_URL", "TEST_MEILI_MASTER_KEY"
SERVICE, AUDITOR = "TEST_DATABASE_SERVICE_URL", "TEST_DATABASE_AUDIT_URL"
TOLD = (DATABASE, SERVICE, AUDITOR, SEARCH, KEY)
DATA = "TEST_DATA"
MADE = "made"
"""In that folder: a data folder whose database services of tests begin with."""
ASKED, ANSWER = "asked", "answer.json"
"""Files of that folder: somebody wants the engines, and where they are."""


class Farm:
    """The engines of one test run: started when a test first asks for them, by the controller.

    In conftest.py: `pytest_configure` of the controller (no `workerinput`) makes it,
    `pytest_unconfigure` calls `stop()`; a worker's processes inherit where to ask and call
    `running()`. A worker could not own them: it may end before the others do.
    """

    def __init__(self, environment: MutableMapping[str, str] = os.environ) -> None:
        self.environment = environment
        self.data = Path(tempfile.mkdtemp(prefix="notices-test-"))
        self._over = threading.Event()
        self._owner = threading.Thread(target=self._own)
        environment[DATA] = str(self.data)
        self._owner.start()

    def stop(self) -> None:
        self._over.set()
        self._owner.join()
        for name in (*TOLD, DATA):
            self.environment.pop(name, None)
        remove(self.data / MADE)
        remove(self.data)

    def _own(self) -> None:
        """Wait until somebody asks, then start both engines and keep them to the end."""
        while not (self.data / ASKED).exists():
            if self._over.wait(0.05):
                return
        try:
            # Nobody wants this register back after the machine has failed, and waiting for the
            # disk was a third of the run. Whatever is killed in a test has engines of its own,
            # with fsync. Emptying a table looks through the whole cache: a large one is no help.
            small = {"fsync": "off", "shared_buffers": "128MB"}
            with patch.dict(postgresql.SETTINGS, small):
                engines = Engines.open(
                    self.data, meili_bin=self.environment.get("MEILI_BIN"), say=print
                )
        except Exception as error:  # told to whoever asked
            self._tell({"failed": str(error)})
            return
        with engines:
            self._tell(
                {
                    DATABASE: engines.owner_url,
                    SERVICE: engines.database_url,
                    AUDITOR: engines.auditor_url,
                    SEARCH: engines.meili_url,
                    KEY: engines.meili_master_key or "",
                }
            )
            self._over.wait()

    def _tell(self, words: dict[str, str]) -> None:
        half = self.data / f"{ANSWER}.half"
        half.write_text(json.dumps(words))
        half.replace(self.data / ANSWER)


def running(environment: MutableMapping[str, str] = os.environ) -> tuple[str, str, str]:
    """Database URL, Meilisearch URL and master key of the run that this process belongs to.

    The URL is of the role that owns databases and tables. Who asks first waits until they run.
    """
    if DATABASE not in environment:
        folder = Path(environment[DATA])
        (folder / ASKED).touch()
        while not (folder / ANSWER).exists():
            time.sleep(0.05)
        told = json.loads((folder / ANSWER).read_text())
        if "failed" in told:
            pytest.exit(told["failed"], returncode=pytest.ExitCode.USAGE_ERROR)
        environment.update(told)
    return environment[DATABASE], environment[SEARCH], environment[KEY]


def remove(data: Path) -> None:
    """Deletes a data folder with the database that belongs to it."""
    pointer = data / "postgresql.home"
    if pointer.exists():
        shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)


def owned(url: str) -> str:
    """The database of `url` as its owner sees it."""
    running()
    return database_at(os.environ[DATABASE], urlsplit(url).path.removeprefix("/"))


def served(url: str) -> str:
    """The database of `url` as a service sees it."""
    running()
    return database_at(os.environ[SERVICE], urlsplit(url).path.removeprefix("/"))


def audited(url: str) -> str:
    """The database of `url` as an auditor of the audit log sees it."""
    running()
    return database_at(os.environ[AUDITOR], urlsplit(url).path.removeprefix("/"))


def database_at(base_url: str, name: str) -> str:
    """`base_url` with another database's name."""
    return urlunsplit(urlsplit(base_url)._replace(path=f"/{name}"))


async def create_database(base_url: str, name: str) -> str:
    """The URL of a new, empty database; one of that name from before is dropped."""
    if not name.isidentifier():
        raise ValueError(name)
    connection = await asyncpg.connect(base_url)
    try:
        await drop_database(connection, name)
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return database_at(base_url, name)


async def drop_database(connection: Any, name: str) -> None:
    """Drops it, with the sessions that a killed process may have left in it.

    A role that is no superuser cannot drop WITH (FORCE) while autovacuum is at work there: it may
    not end that process. Without FORCE the server ends autovacuum by itself.
    """
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = $1 AND usename = current_user",
        name,
    )
    await connection.execute(f"DROP DATABASE IF EXISTS {name}")


def create_database_now(base_url: str, name: str) -> str:
    """`create_database` where no event loop runs."""
    return asyncio.run(create_database(base_url, name))
