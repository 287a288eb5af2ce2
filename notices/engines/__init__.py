"""The two engines of one data folder: whoever owns the folder runs them, others find them by it."""

import hashlib
import json
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from notices import files
from notices.engines import binaries as engine_binaries
from notices.engines import postgresql as engine_postgresql
from notices.engines.children import EngineError, Say, hold
from notices.engines.meilisearch import Meilisearch
from notices.engines.postgresql import PostgreSQL
from notices.facts.texts import Message
from notices.settings import Settings

__all__ = ["EngineError", "Engines"]

WAIT_FOR_OWNER = 90.0


class Engines:
    """Where PostgreSQL and Meilisearch are, and, when we own the data folder, their lives.

    `database_url` is of the role that serves, `owner_url` of the one that owns the tables: where
    only one was named, of that one.
    Children are started again by themselves when they die, at the same addresses.
    """

    def __init__(self, *, owned: bool) -> None:
        self.owned = owned
        self.database_url = ""
        self.owner_url = ""
        self.auditor_url = ""
        self.meili_url = ""
        self.meili_master_key: str | None = None
        self._lock: int | None = None
        self._owner: tuple[Path, int | None] | None = None
        self._file: Path | None = None
        self._postgresql: PostgreSQL | None = None
        self._meilisearch: Meilisearch | None = None
        self._named_search = False

    @classmethod
    def open(
        cls,
        data: Path,
        *,
        database_url: str | None = None,
        owner_url: str | None = None,
        auditor_url: str | None = None,
        meili_url: str | None = None,
        meili_master_key: str | None = None,
        meili_bin: str | None = None,
        say: Say = print,
    ) -> Self:
        """The engines of `data`: those named, those its owner runs, or our own."""
        try:
            return cls._open(
                data,
                database_url,
                owner_url,
                auditor_url,
                meili_url,
                meili_master_key,
                meili_bin,
                say,
            )
        except OSError as error:
            raise EngineError(_UNUSABLE.format(data=data, why=error)) from error

    @classmethod
    def of(cls, settings: Settings, say: Say) -> Self:
        """`open` as `settings` say."""
        return cls.open(
            settings.data,
            database_url=settings.database_url,
            owner_url=settings.database_owner_url,
            auditor_url=settings.database_audit_url,
            meili_url=settings.meili_url,
            meili_master_key=settings.meili_master_key,
            meili_bin=settings.meili_bin,
            say=say,
        )

    @classmethod
    def _open(
        cls,
        data: Path,
        database_url: str | None,
        owner_url: str | None,
        auditor_url: str | None,
        meili_url: str | None,
        meili_master_key: str | None,
        meili_bin: str | None,
        say: Say,
    ) -> Self:
        if database_url and meili_url:
            self = cls(owned=False)
        else:
            data = data.resolve()
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = own_or_wait(data)
            self = cls(owned=lock is not None)
            self._lock = lock
            if lock is None:
                self._owner = data, owner_of(data)
                self._read(data / "engines.json")
        if database_url:
            self.database_url, self.owner_url = database_url, owner_url or database_url
            self.auditor_url = auditor_url or ""
        if meili_url:
            self.meili_url, self.meili_master_key = meili_url, meili_master_key
            self._named_search = True
        if self.owned:
            try:
                self._start(data, meili_bin, say)
            except BaseException:
                self.close()
                raise
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops what we started, in the order opposite to their use; others' engines go on."""
        if self._file:
            self._file.unlink(missing_ok=True)
            self._file = None
        if self._meilisearch:
            self._meilisearch.stop()
            self._meilisearch = None
        if self._postgresql:
            self._postgresql.stop()
            self._postgresql = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def search(self) -> Meilisearch | None:
        """Our own search engine, None where it is another's."""
        return self._meilisearch

    @property
    def follower(self) -> str:
        """The name under which the index of this engine follows the log.

        Of an engine that belongs to a data folder one of its own; those that are named are shared.
        """
        if self._named_search:
            return ""
        return f"search {hashlib.sha256((self.meili_master_key or '').encode()).hexdigest()[:8]}"

    def orphaned(self) -> bool:
        """Whether these are another process' engines and that process has ended."""
        if self._owner is None:
            return False
        data, owner = self._owner
        if owner_of(data) != owner:
            return True
        lock = hold(data / "lock")
        if lock is None:
            return False
        os.close(lock)
        return True

    def _read(self, file: Path) -> None:
        where = json.loads(file.read_text())
        self.database_url = where["database_url"]
        self.owner_url = where.get("owner_url", self.database_url)  # not told by older versions
        self.auditor_url = where.get("auditor_url", "")
        self.meili_url = where["meili_url"]
        self.meili_master_key = where["meili_master_key"]

    def _start(self, data: Path, meili_bin: str | None, say: Say) -> None:
        (data / "logs").mkdir(mode=0o700, exist_ok=True)
        # Last, what can be missing: nothing has been started yet when there is no server to run.
        server = None if self.meili_url else engine_binaries.meilisearch(meili_bin, say)
        if not self.database_url:
            self._postgresql = engine_postgresql.start(data, say)
            self.database_url = self._postgresql.url
            self.owner_url = self._postgresql.owner_url
            self.auditor_url = self._postgresql.auditor_url
        if server:
            self._meilisearch = Meilisearch(data, server, say)
            self.meili_url, self.meili_master_key = self._meilisearch.url, self._meilisearch.key
            self._meilisearch.start()
        self._file = data / "engines.json"
        where = {
            "pid": os.getpid(),
            "database_url": self.database_url,
            "owner_url": self.owner_url,
            "auditor_url": self.auditor_url,
            "meili_url": self.meili_url,
            "meili_master_key": self.meili_master_key,
        }
        files.put(self._file, f"{json.dumps(where, indent=1)}\n".encode())


def owner_of(data: Path) -> int | None:
    """The process that says that it runs the engines of `data`; it may have been killed since."""
    try:
        return int(json.loads((data / "engines.json").read_text())["pid"])
    except (OSError, ValueError, KeyError):
        return None


def own_or_wait(data: Path) -> int | None:
    """The held lock of `data`, or None as soon as its living owner has said where engines are."""
    file = data / "engines.json"
    deadline = time.monotonic() + WAIT_FOR_OWNER
    while True:
        lock = hold(data / "lock")
        if lock is not None:
            file.unlink(missing_ok=True)
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            return lock
        owner = (data / "lock").read_text() or "?"
        # A file left by an owner that was killed names another process than the lock does.
        if str(owner_of(data)) == owner:
            return None
        if time.monotonic() > deadline:
            raise EngineError(_TAKEN.format(data=data, owner=owner))
        time.sleep(0.05)


_TAKEN = Message("数据目录 {data} 正由进程 {owner} 使用。请先停止它，或用 DATA 指定另一个目录。")
_UNUSABLE = Message("无法使用数据目录 {data}：{why}")
