"""Asking Meilisearch over one kept connection; `search/admin.py` writes."""

from collections.abc import Sequence
from typing import Any, TypeVar

import aiohttp
import msgspec
from yarl import URL

from search import results
from search.results import Result

T = TypeVar("T")


class SearchDown(Exception):
    """Meilisearch did not answer in time, or not with an answer; the message is a code."""


class SearchBusy(Exception):
    """So many searches are in flight that one more would only make all of them late."""


FIELDS = "attributesToSearchOn"
UNKNOWN_FIELD = "invalid_search_attributes_to_search_on"
"""What an index answers that has no document yet, or was made before there was such a field."""


def _in_all_fields(query: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if name != FIELDS}


class WriteRefused(Exception):
    """Meilisearch understood a write and would not do it; `code` is its own word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Engine:
    """Searches, for people who wait: a deadline, a bound, and never a word of the query in errors.

    Without `Accept-Encoding: identity` a kept connection answers 40 ms late (chunks, Nagle).
    """

    IN_FLIGHT = 64

    def __init__(self, url: str, key: str, index: str, deadline: float = 0.8) -> None:
        self.index = index
        self._url = url
        self._multi_search = URL(f"{url}/multi-search")
        self._headers = {
            "Authorization": f"Bearer {key}",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
        }
        self._deadline = aiohttp.ClientTimeout(total=deadline)
        self._session: aiohttp.ClientSession | None = None
        self._in_flight = 0

    def _open(self) -> aiohttp.ClientSession:
        # In the loop that uses it: whoever builds the application may have none yet.
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                timeout=self._deadline,
                connector=aiohttp.TCPConnector(limit=self.IN_FLIGHT, keepalive_timeout=60),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def search(self, queries: Sequence[dict[str, Any]]) -> list[Result]:
        """The results of `queries`, in their order; raises SearchDown or SearchBusy."""
        if self._in_flight >= self.IN_FLIGHT:
            raise SearchBusy
        self._in_flight += 1
        try:
            body = msgspec.json.encode({"queries": queries})
            sending = self._open().post(self._multi_search, data=body, allow_redirects=False)
            async with sending as reply:
                answer = await reply.read()
                if reply.status == 200:
                    return results.decode(answer)
                # Its message quotes the query; its code does not.
                code = results.code(answer) or str(reply.status)
            if code == UNKNOWN_FIELD and any(FIELDS in query for query in queries):
                return await self.search([_in_all_fields(query) for query in queries])
            raise SearchDown(code)
        except TimeoutError:
            raise SearchDown("timeout") from None
        except (aiohttp.ClientError, OSError, msgspec.DecodeError) as error:
            raise SearchDown(type(error).__name__) from None
        finally:
            self._in_flight -= 1

    async def healthy(self) -> bool:
        """Whether it answers a search: one whose data is damaged still says that it is well."""
        try:
            await self.search([{"indexUid": self.index, "q": "", "limit": 1}])
        except SearchBusy:
            return True
        except SearchDown:
            return False
        return True

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
