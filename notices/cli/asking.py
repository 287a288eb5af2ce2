"""Asking a service, with patience where it says that it is busy."""

import contextlib
import http.client
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import msgspec

from notices.cli.terminal import CommandError, say
from notices.facts.texts import Message

TRIES = 6
LONGEST_WAIT = 120


class _Problem(msgspec.Struct):
    """Of a problem what tells what is wrong with which field, and how."""

    code: str = ""
    detail: str = ""
    errors: list[dict[str, Any]] = msgspec.field(default_factory=list)


class Refused(Exception):
    """An answer that will be the same however often one asks."""

    def __init__(self, status: int, content: bytes) -> None:
        super().__init__(status)
        self.status = status
        self._problem = _Problem()
        with contextlib.suppress(msgspec.MsgspecError):
            self._problem = msgspec.json.decode(content, type=_Problem)

    @property
    def code(self) -> str:
        return self._problem.code

    @property
    def errors(self) -> list[dict[str, Any]]:
        return self._problem.errors

    @property
    def text(self) -> CommandError:
        """As the person at the terminal is told it."""
        why = "; ".join(filter(None, [self._problem.detail, *map(_said, self.errors)]))
        return CommandError(_REFUSED.format(status=self.status, why=why))


class Site:
    """A service, asked by whoever has this key; without one by a stranger."""

    def __init__(self, url: str, key: str | None) -> None:
        self.url = site_at(url)
        self._bearer = None if key is None else f"Bearer {told(key)}"

    @property
    def has_key(self) -> bool:
        return self._bearer is not None

    def post(
        self, path: str, body: bytes, headers: Mapping[str, str], seconds: float
    ) -> Iterator[bytes]:
        """The lines of the answer, each when it comes; all of them are asked for anew where the
        connection is lost before the first. Raises Refused, and CommandError in the end."""
        for attempt in range(TRIES):
            request = Request(self.url + path, body, dict(headers))  # noqa: S310  (http or https)
            if self._bearer is not None:  # which no other address is told that we are led to
                request.add_unredirected_header("Authorization", self._bearer)
            try:
                answer = urlopen(request, timeout=seconds)  # noqa: S310  (likewise)
            except HTTPError as error:
                said = error.read()
                if error.code not in (429, 503) or attempt == TRIES - 1:
                    raise Refused(error.code, said) from None
                pause = _seconds(error.headers.get("Retry-After"))
            except (URLError, OSError, http.client.HTTPException) as error:
                if attempt == TRIES - 1:
                    raise Lost(error) from None
                pause = 2.0**attempt
            else:
                return _lines(answer)
            say(WAITING.format(n=round(pause)).both)
            time.sleep(pause)
        raise AssertionError  # the last time has ended by one or the other


def _lines(answer: Any) -> Iterator[bytes]:
    with answer:
        try:
            yield from answer
        except (OSError, http.client.HTTPException) as error:
            raise Lost(error) from None


class Lost(CommandError):
    """The service is away, or was lost in the middle of an answer; why, by its kind alone."""

    def __init__(self, error: Exception) -> None:
        super().__init__(_AWAY, details=f" ({type(error).__name__})")


def site_at(url: str) -> str:
    """A site's address as others begin with it; raises CommandError for what is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CommandError(_NO_URL.format(url=url))
    return url.rstrip("/")


def told(key: str) -> str:
    """The key itself, or what stands in the file of `@FILE`: a command line is seen by others."""
    if not key.startswith("@"):
        return key
    with open(key[1:], encoding="utf-8") as file:
        return file.read().strip()


def _said(error: Mapping[str, Any]) -> str:
    return str(error.get("detail") or error.get("code") or "")


def _seconds(text: str | None) -> float:
    return float(min(int(text), LONGEST_WAIT)) if text and text.isdecimal() else 2.0


_NO_URL = Message("网站地址要写成 https://…，不是 {url}。")
_REFUSED = Message("网站没有回答（{status}）：{why}")
_AWAY = Message("连不上网站；已核对的部分没有问题，可稍后再试。")
WAITING = Message.counted("网站请稍候，{n} 秒后继续。")
