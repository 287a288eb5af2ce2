"""What we ask a provider ourselves: of its own host alone, briefly, and believing no redirect."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

SECONDS = 5.0
MOST_BYTES = 1 << 20
"""A provider's keys take a few thousand bytes, an answer of userinfo with organisations more."""


class ProviderDown(Exception):
    """A provider did not answer in time, or not with what it should; the message says what.

    It names addresses and codes, and nothing that was sent or received.
    """


class Refused(Exception):
    """A provider answered that it will not (OAuth 2.0, RFC 6749, 5.2); the message is its word."""


class Fetching:
    """Requests to the host of one provider."""

    def __init__(self, issuer: str) -> None:
        self._host = _host(issuer)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, url: str, *, bearer: str | None = None) -> bytes:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return await self._sent("GET", url, headers=headers)

    async def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bytes:
        return await self._sent("POST", url, data=dict(form), headers=headers)

    def may_ask(self, url: str) -> bool:
        """Whether it is at the provider's own host."""
        return _host(url) == self._host

    def _open(self) -> aiohttp.ClientSession:
        # In the loop that uses it: whoever builds the application may have none yet.
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=SECONDS),
                headers={"Accept": "application/json, application/jwt"},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def _sent(self, method: str, url: str, **more: Any) -> bytes:
        if not self.may_ask(url):
            raise ProviderDown(f"{url} is not at the provider's own host")
        try:
            sending = self._open().request(method, url, allow_redirects=False, **more)
            async with sending as answer:
                content = await answer.content.read(MOST_BYTES + 1)
                while not answer.content.at_eof() and len(content) <= MOST_BYTES:
                    content += await answer.content.read(MOST_BYTES + 1 - len(content))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise ProviderDown(f"{url}: {type(error).__name__}") from None
        if len(content) > MOST_BYTES:
            raise ProviderDown(f"{url}: answered more than {MOST_BYTES} bytes")
        if 400 <= answer.status < 500 and (word := _word(content)):
            raise Refused(word)
        if answer.status != 200:
            raise ProviderDown(f"{url}: answered {answer.status}")
        return content


def _host(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def _word(content: bytes) -> str | None:
    """The `error` of a refusal, if it is one word."""
    try:
        word = msgspec.json.decode(content, type=dict[str, Any]).get("error")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return word if isinstance(word, str) and word.replace("_", "").isalnum() else None


def an_object(content: bytes, url: str) -> dict[str, Any]:
    """What was answered as JSON; raises ProviderDown where it is none: a page of HTML, say."""
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ProviderDown(f"{url}: answered no JSON object") from None
