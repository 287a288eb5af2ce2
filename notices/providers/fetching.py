"""What we ask a provider ourselves: of its own host alone, briefly, and believing no redirect."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

import aiohttp
import msgspec

from notices.facts.texts import ByLanguage, Message, Text, TextError
from notices.locale import SOURCE
from notices.providers.configuration_rules import host

SECONDS = 5.0
MOST_BYTES = 1 << 20
"""A provider's keys take a few thousand bytes, an answer of userinfo with organisations more."""


class ProviderDown(TextError):
    """A provider did not answer in time, or not with what it should; the message says what.

    It names addresses and codes, and nothing that was sent or received.
    """

    def __str__(self) -> str:
        """As a log has it."""
        return self.text.en


class Refused(Exception):
    """A provider answered that it will not (OAuth 2.0, RFC 6749, 5.2); the message is its word."""


class Answer(NamedTuple):
    status: int
    content: bytes
    location: str
    """Where a browser would be led; empty where it stays."""


Refusal = Callable[[bytes], str | None]
"""The word with which the content of an answer of 400 to 499 refuses, if it does."""


class Fetching:
    """Requests to the host of one provider."""

    def __init__(self, issuer: str, refusal: Refusal | None = None) -> None:
        self._host = host(issuer)
        self._refusal = refusal or error_in
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(
        self,
        url: str,
        *,
        bearer: str | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        more = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return await self._sent("GET", url, headers={**(headers or {}), **more}, params=query)

    async def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> bytes:
        return await self._sent("POST", url, data=dict(form), headers=headers)

    async def shows_a_page(self, url: str) -> Answer:
        """What a browser that is sent to `url` finds; raises ProviderDown where that is nothing."""
        answer = await self._answered("GET", url)
        if answer.status == 404 or answer.status >= 500:
            raise ProviderDown(ANSWERED.format(url=url.partition("?")[0], status=answer.status))
        return answer

    def may_ask(self, url: str) -> bool:
        """Whether it is at the provider's own host."""
        return host(url) == self._host

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
        status, content, _ = await self._answered(method, url, **more)
        if 400 <= status < 500 and (word := self._refusal(content)):
            raise Refused(word)
        if status != 200:
            raise ProviderDown(ANSWERED.format(url=url, status=status))
        return content

    async def _answered(self, method: str, url: str, **more: Any) -> Answer:
        if not self.may_ask(url):
            raise ProviderDown(_ELSEWHERE.format(url=url))
        try:
            sending = self._open().request(method, url, allow_redirects=False, **more)
            async with sending as answer:
                content = await answer.content.read(MOST_BYTES + 1)
                while not answer.content.at_eof() and len(content) <= MOST_BYTES:
                    content += await answer.content.read(MOST_BYTES + 1 - len(content))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            why = AT.format(url=url.partition("?")[0], why=_why(error))
            raise ProviderDown(why) from None
        if len(content) > MOST_BYTES:
            raise ProviderDown(_TOO_LONG.format(url=url, most=MOST_BYTES))
        return Answer(answer.status, content, answer.headers.get("Location", ""))


AT = Message("{url}：{why}")
ANSWERED = Message("{url}：答复了状态码 {status}")
_ELSEWHERE = Message("{url} 不在登录平台自己的主机上")
_TOO_LONG = Message("{url}：答复超过 {most} 字节")
_NO_OBJECT = Message("{url}：答复的不是 JSON 对象")


def _why(error: Exception) -> Text:
    """Why there was no answer, for an operator; the class of an error of a rarer kind."""
    for kind, why in _REASONS:
        if isinstance(error, kind):
            return why
    return verbatim(type(error).__name__)


def verbatim(word: str) -> Text:
    """What is no word of ours, and the same in every language."""
    return ByLanguage({SOURCE: word})


_REASONS: tuple[tuple[type[Exception], Text], ...] = (
    (TimeoutError, Message("{seconds} 秒内没有答复").format(seconds=f"{SECONDS:.0f}")),
    (aiohttp.ClientConnectorDNSError, Message("在这里查不到这个主机名")),
    (aiohttp.ClientConnectorCertificateError, Message("它的证书不可信")),
    (aiohttp.ClientSSLError, Message("它说的 TLS 与本站的不通")),
    (aiohttp.ClientConnectorError, Message("连接不上")),
    (aiohttp.ServerDisconnectedError, Message("没有答复就断开了连接")),
)


def error_in(content: bytes) -> str | None:
    """The `error` of a refusal, if it is one word."""
    try:
        word = msgspec.json.decode(content, type=dict[str, Any]).get("error")
    except UNREADABLE:
        return None
    # Another one may be a sentence, about somebody: it is told to nobody.
    return word if isinstance(word, str) and _WORD.fullmatch(word) else None


_WORD = re.compile(r"[A-Za-z0-9_.-]{1,60}")
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for what is no JSON, or is nested without end."""


def an_object(content: bytes, url: str) -> dict[str, Any]:
    """What was answered as JSON; raises ProviderDown where it is none: a page of HTML, say."""
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except UNREADABLE:
        raise ProviderDown(_NO_OBJECT.format(url=url)) from None


Found = TypeVar("Found")


class Shared(Generic[Found]):
    """What is fetched once for all who ask meanwhile, and then believed for a while.

    When an hour is over many sign in at that moment: the provider is asked by one of them, and
    whoever of them gives up takes nothing from the others.
    """

    def __init__(self, fetch: Callable[[], Awaitable[Found]]) -> None:
        self._fetch = fetch
        self._kept: tuple[float, Found] | None = None
        self._running: asyncio.Task[Found] | None = None

    def forget(self) -> None:
        self._kept = self._running = None

    async def get(self, lasts: float) -> Found:
        """What was fetched less than `lasts` seconds ago; raises what the fetching raised."""
        if self._kept is not None and self._kept[0] >= time.monotonic() - lasts:
            return self._kept[1]
        if self._running is None:
            self._running = asyncio.create_task(self._fetched())
            self._running.add_done_callback(_looked_at)
        return await asyncio.shield(self._running)

    async def _fetched(self) -> Found:
        began = time.monotonic()
        try:
            found = await self._fetch()
        finally:
            self._running = None
        self._kept = began, found
        return found


def _looked_at(task: asyncio.Task[Any]) -> None:
    """An error that nobody waits for any more was nobody's."""
    if not task.cancelled():
        task.exception()
