"""A service over HTTP, asked as any client asks it: nothing that is asked here changes anything."""

import http.client
import time
from collections.abc import Callable, Mapping
from email.message import Message as Headers
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import msgspec

from notices.conformance.results import Differs, differ
from notices.facts.texts import Message, TextError

SECONDS = 30
LONGEST = 64 << 20
TRIES = 4
LONGEST_WAIT = 70
"""Seconds: a minute's count is whole again after 60."""

BUSY = (429, 503)


class SiteAway(TextError):
    """Nobody answers there, or what answers is no web service."""


class _Led(HTTPRedirectHandler):
    """Where an answer leads is a part of it."""

    def redirect_request(self, *given: Any) -> None:
        return None


class Reply(NamedTuple):
    """What was answered to `asked`, which is a method and a path."""

    asked: str
    status: int
    headers: Headers
    body: bytes

    def json(self, status: int = 200) -> Any:
        """What it says; raises Differs for another status, and for what is no JSON."""
        if self.status != status:
            differ(self.asked, status, f"{self.status} {self.body[:120].decode(errors='replace')}")
        try:
            return msgspec.json.decode(self.body)
        except msgspec.MsgspecError as error:
            raise Differs(self.asked, "JSON", str(error)) from None


class Site:
    """The service at an address, asked with an agency's key where one is named."""

    def __init__(self, url: str, key: str | None, waits: Callable[[int], None]) -> None:
        """`url` is one of http or https; `waits` is told for how many seconds it is waited."""
        self.url, self.key, self._waits = url, key, waits
        self._opener = build_opener(_Led)

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, value: Any, *, key: bool = True, **headers: str) -> Reply:
        body = value if isinstance(value, bytes) else msgspec.json.encode(value)
        headers = {"Content-Type": "application/json"} | headers
        return self.ask("POST", path, body, headers, key=key)

    def ask(
        self, method: str, path: str, body: bytes | None = None,
        headers: Mapping[str, str] | None = None, *, key: bool = False,
    ) -> Reply:  # fmt: skip
        """The reply, after as much patience as it asks for; raises SiteAway where none comes."""
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if key and self.key is not None:
            sent["Authorization"] = f"Bearer {self.key}"
        for attempt in range(TRIES):
            reply = self._asked(method, path, body, sent)
            pause = _seconds(reply.headers.get("Retry-After"))
            if reply.status not in BUSY or attempt == TRIES - 1 or pause > LONGEST_WAIT:
                break
            self._waits(pause)
            time.sleep(pause)
        return reply

    def _asked(self, method: str, path: str, body: bytes | None, sent: dict[str, str]) -> Reply:
        request = Request(self.url + path, body, sent, method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                content, status, headers = answer.read(LONGEST), answer.status, answer.headers
        except HTTPError as error:
            content, status, headers = error.read(LONGEST), error.code, error.headers
        except (URLError, OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise SiteAway(_AWAY.format(path=path), f" ({type(reason).__name__})") from None
        return Reply(f"{method} {path}", status, headers, content)


def _seconds(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 2


_AWAY = Message("{path} 没有回答，检查没有做完。")
