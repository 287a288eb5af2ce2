"""Writing into Meilisearch, from one thread, and the keys that let others ask or write.

Apart from `search/engine.py`: a web process only asks, and begins 0.2 s sooner without the official
client.
"""

import asyncio
import hmac
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
from meilisearch import Client
from meilisearch.errors import (
    MeilisearchApiError,
    MeilisearchCommunicationError,
    MeilisearchTimeoutError,
)

from search.engine import SearchDown, WriteRefused

T = TypeVar("T")


class Admin:
    """Writes, for the one process that may: every change is a task, and only its end counts.

    All calls run in one thread, since the official client mixes up concurrent requests.
    """

    def __init__(self, url: str, key: str, timeout: int = 10) -> None:
        self.url = url
        self._client = _client(url, key, timeout)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="meilisearch")

    async def _call(self, act: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: _translated(act))

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def created_at(self, uid: str) -> str | None:
        """When index `uid` came to be (an index of that name made anew differs), None for none."""
        try:
            info = await self._call(lambda: self._client.get_raw_index(uid))
        except WriteRefused as refused:
            if refused.code == "index_not_found":
                return None
            raise
        return str(info["createdAt"])

    async def settings(self, uid: str) -> dict[str, Any]:
        return await self._call(lambda: self._client.index(uid).get_settings())

    async def count(self, uid: str) -> int:
        stats = await self._call(lambda: self._client.index(uid).get_stats())
        return stats.number_of_documents

    async def documents(
        self, uid: str, ids: Sequence[str], fields: Sequence[str]
    ) -> list[dict[str, Any]]:
        """These fields of the documents with these ids, as many as there are."""
        # The client's own way wraps each in a class that has its fields as attributes.
        path = f"indexes/{uid}/documents/fetch"
        body = {"ids": list(ids), "fields": list(fields), "limit": len(ids)}
        answer = await self._call(lambda: self._client.http.post(path, body))
        found: list[dict[str, Any]] = answer["results"]
        return found

    async def create(self, uid: str, settings: dict[str, Any]) -> None:
        """An empty index; the key is named, since two fields that end in `id` defeat guessing."""
        await self._done(lambda: self._client.create_index(uid, {"primaryKey": "id"}))
        await self._done(lambda: self._client.index(uid).update_settings(settings))

    async def drop(self, uid: str) -> None:
        """Delete index `uid` if there is one."""
        try:
            await self._done(lambda: self._client.delete_index(uid))
        except WriteRefused as refused:
            if refused.code != "index_not_found":
                raise

    async def add(self, uid: str, documents: Sequence[dict[str, Any] | msgspec.Raw]) -> int:
        """Send whole documents (or their JSON), which replace their older selves; the task."""
        body = await asyncio.to_thread(msgspec.json.encode, documents)
        task = await self._call(
            lambda: self._client.index(uid).add_documents_raw(body, "id", "application/json")
        )
        return task.task_uid

    async def delete(self, uid: str, ids: Sequence[str]) -> int:
        # The client's own way by ids warns, and its way by a filter needs an index of the ids.
        path = f"indexes/{uid}/documents/delete-batch"
        task = await self._call(lambda: self._client.http.post(path, list(ids)))
        return int(task["taskUid"])

    async def swap(self, uid: str, other: str, *, rename: bool = False) -> None:
        """Exchange two indexes at one moment; `rename` gives `uid` the free name `other`."""
        await self._done(
            lambda: self._client.swap_indexes([{"indexes": [uid, other], "rename": rename}])
        )

    async def _done(self, act: Callable[[], Any]) -> None:
        await self.wait((await self._call(act)).task_uid)

    async def wait(self, task: int) -> None:
        """Until `task` has succeeded; raises WriteRefused when it failed or was cancelled.

        There is no limit of time: the engine's queue is in order, and whoever gave up would
        send the same again behind it.
        """
        pause = 0.005
        while True:
            state = await self._call(lambda: self._client.get_task(task))
            match state.status:
                case "succeeded":
                    return
                case "failed" | "canceled":
                    raise WriteRefused(str((state.error or {}).get("code", state.status)))
            await asyncio.sleep(pause)
            pause = min(pause * 1.3, 0.03)


def _client(url: str, key: str, timeout: int) -> Client:
    return Client(url, key, timeout=timeout, custom_headers={"Accept-Encoding": "identity"})


def _translated(act: Callable[[], T]) -> T:
    """`act()` with the client's errors as ours; theirs quote documents."""
    try:
        return act()
    except MeilisearchApiError as error:
        if error.status_code >= 500 or error.status_code == 429:
            raise SearchDown(str(error.status_code)) from None
        raise WriteRefused(error.code or str(error.status_code)) from None
    except (MeilisearchCommunicationError, MeilisearchTimeoutError, OSError) as error:
        raise SearchDown(type(error).__name__) from None


NAMESPACE = uuid.UUID("6a6b8d0e-52f3-4f0b-9c3e-9a2f6f1d1c11")
"""Makes the ids of our keys; Meilisearch derives a key from its id and the master key."""

SEARCH_ACTIONS = ["search"]
WRITE_ACTIONS = [
    "documents.add",
    "documents.delete",
    "documents.get",
    "indexes.create",
    "indexes.delete",
    "indexes.get",
    "indexes.swap",
    "settings.get",
    "settings.update",
    "stats.get",
    "tasks.get",
]


def make_keys(url: str, master_key: str, index: str) -> tuple[str, str]:
    """The key that may only search `index`, and the one that may fill it; the same every time."""
    client = _client(url, master_key, 10)
    search = _key(client, f"{index}: search", SEARCH_ACTIONS, [index])
    # A swap belongs to no index, and only a key for all indexes sees how it ended.
    write = _key(client, f"{index}: write", WRITE_ACTIONS, ["*"])
    return search, write


def keys_of(master_key: str, index: str) -> tuple[str, str]:
    """The two keys that `make_keys` makes, told without asking the server.

    Meilisearch derives a key as the HMAC-SHA256 of its id under the master key.
    """

    def derived(name: str) -> str:
        uid = str(uuid.uuid5(NAMESPACE, name))
        return hmac.digest(master_key.encode(), uid.encode(), "sha256").hex()

    return derived(f"{index}: search"), derived(f"{index}: write")


def _key(client: Client, name: str, actions: list[str], indexes: list[str]) -> str:
    uid = str(uuid.uuid5(NAMESPACE, name))
    wanted = {"uid": uid, "name": name, "actions": actions, "indexes": indexes, "expiresAt": None}

    def made() -> str:
        try:
            known = client.get_key(uid)
        except MeilisearchApiError as error:
            if error.code != "api_key_not_found":
                raise
        else:
            if sorted(known.actions) == sorted(actions) and known.indexes == indexes:
                return known.key
            client.delete_key(uid)
        try:
            return client.create_key(wanted).key
        except MeilisearchApiError as error:
            if error.code != "api_key_already_exists":
                raise
            return client.get_key(uid).key  # made by another process at the same moment

    return _translated(made)
