"""Real engines for the tests: started once for a run, a database of its own for each worker."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from notices.engines import Engines, postgresql

DATABASE, SEARCH, KEY = "TEST_DATABASE_URL", "TEST_MEILI_URL", "TEST_MEILI_MASTER_KEY"
SERVICE = "TEST_DATABASE_SERVICE_URL"
DATA = "TEST_DATA"


class Farm:
    """The engines of one test run: made by the controller, found by its workers.

    In conftest.py: `pytest_configure` of the controller (no `workerinput`) calls `start()`,
    `pytest_unconfigure` calls `stop()`; a worker's processes inherit the environment and call
    `running()`.
    """

    def __init__(self, engines: Engines, data: Path) -> None:
        self.engines = engines
        self.data = data
        self.database_url = engines.owner_url
        self.meili_url = engines.meili_url
        self.meili_master_key = engines.meili_master_key or ""

    def stop(self, environment: MutableMapping[str, str] = os.environ) -> None:
        for name in (DATABASE, SERVICE, SEARCH, KEY, DATA):
            environment.pop(name, None)
        self.engines.close()
        remove(self.data)


def start(environment: MutableMapping[str, str] = os.environ) -> Farm:
    """Starts both engines in a temporary folder, and says in the environment where they are."""
    data = Path(tempfile.mkdtemp(prefix="notices-test-"))
    try:
        # Nobody wants this register back after the machine has failed, and waiting for the disk
        # was a third of the run. Whatever is killed in a test has engines of its own, with fsync.
        with patch.dict(postgresql.SETTINGS, {"fsync": "off"}):
            engines = Engines.open(data, meili_bin=environment.get("MEILI_BIN"), say=print)
    except BaseException:
        remove(data)
        raise
    environment[DATABASE] = engines.owner_url
    environment[SERVICE] = engines.database_url
    environment[SEARCH] = engines.meili_url
    environment[KEY] = engines.meili_master_key or ""
    environment[DATA] = str(data)
    return Farm(engines, data)


def running(environment: Mapping[str, str] = os.environ) -> tuple[str, str, str]:
    """Database URL, Meilisearch URL and master key of the run that this process belongs to.

    The URL is of the role that owns databases and tables.
    """
    return environment[DATABASE], environment[SEARCH], environment[KEY]


def remove(data: Path) -> None:
    """Deletes a data folder with the database that belongs to it."""
    pointer = data / "postgresql.home"
    if pointer.exists():
        shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)


def owned(url: str) -> str:
    """The database of `url` as its owner sees it."""
    return database_at(os.environ[DATABASE], urlsplit(url).path.removeprefix("/"))


def served(url: str) -> str:
    """The database of `url` as a service sees it."""
    return database_at(os.environ[SERVICE], urlsplit(url).path.removeprefix("/"))


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
