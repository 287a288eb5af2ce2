"""Asking a service for many answers at a time, with patience where it says that it is busy."""

import contextlib
import http.client
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import msgspec

from notices.cli.terminal import CommandError, say
from notices.facts.rows import Row
from notices.facts.texts import Message
from notices.listing.asking import NO_NOTICE, Said

PATH = "/api/v1/verifications"
SECONDS = 60
TRIES = 6
LONGEST_WAIT = 120


class _Answer(msgspec.Struct):
    status: str
    effective_at: datetime | None = None
    notice: str | None = None


class _Answers(msgspec.Struct):
    answers: list[_Answer]


class _Problem(msgspec.Struct):
    """Of a problem what tells which of the items are wrong, and how."""

    detail: str = ""
    errors: list[dict[str, Any]] = msgspec.field(default_factory=list)


class Service:
    """A service, asked by whoever has this key; without one by a stranger."""

    def __init__(self, url: str, key: str | None) -> None:
        self._url = site_at(url) + PATH
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        self._bearer = None if key is None else f"Bearer {told(key)}"

    def ask(self, rows: Sequence[Row]) -> list[tuple[Said | None, str, str]]:
        """Of each row what is said, of which notice, and what the service found wrong with it."""
        found: list[tuple[Said | None, str, str]] = [(None, "", "") for _ in rows]
        places = [place for place, row in enumerate(rows) if row.reading is not None]
        while places:
            answers, wrong = self._asked([rows[place].question for place in places])
            for item, code in wrong.items():
                found[places[item]] = None, "", code
            if answers is not None:
                for place, each in zip(places, answers, strict=True):
                    found[place] = _said(each), each.notice or "", ""
                break
            # A city's own catalogue may know better what is no number; the others are asked again.
            places = [place for item, place in enumerate(places) if item not in wrong]
        return found

    def _asked(
        self, questions: Sequence[dict[str, str]]
    ) -> tuple[list[_Answer] | None, dict[int, str]]:
        body = msgspec.json.encode({"items": questions})
        for attempt in range(TRIES):
            request = Request(self._url, body, self._headers)  # noqa: S310  (http or https)
            if self._bearer is not None:  # which no other address is told that we are led to
                request.add_unredirected_header("Authorization", self._bearer)
            try:
                with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  (likewise)
                    return msgspec.json.decode(answer.read(), type=_Answers).answers, {}
            except HTTPError as error:
                said = error.read()
                if error.code == 422 and (wrong := _wrong(said)):
                    return None, wrong
                if error.code not in (429, 503) or attempt == TRIES - 1:
                    raise CommandError(_REFUSED.format(status=error.code, why=_why(said))) from None
                pause = _seconds(error.headers.get("Retry-After"))
            except (URLError, OSError, http.client.HTTPException, msgspec.MsgspecError) as error:
                if attempt == TRIES - 1:
                    raise CommandError(_AWAY, details=f" ({type(error).__name__})") from None
                pause = 2.0**attempt
            say(WAITING.format(n=round(pause)).both)
            time.sleep(pause)
        raise CommandError(_AWAY)


def site_at(url: str) -> str:
    """A site's address as others begin with it; raises CommandError for what is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CommandError(_NO_URL.format(url=url))
    return url.rstrip("/")


def _said(answer: _Answer) -> Said:
    """As a list says it, in which what was withdrawn is no more."""
    if answer.status in ("no_notice", "reinstated"):
        return NO_NOTICE
    return Said(answer.status, answer.effective_at)  # type: ignore[arg-type]


def told(key: str) -> str:
    """The key itself, or what stands in the file of `@FILE`: a command line is seen by others."""
    if not key.startswith("@"):
        return key
    with open(key[1:], encoding="utf-8") as file:
        return file.read().strip()


def _wrong(said: bytes) -> dict[int, str]:
    """Which items a refusal names, and what is wrong with each."""
    found: dict[int, str] = {}
    with contextlib.suppress(msgspec.MsgspecError):
        for each in msgspec.json.decode(said, type=_Problem).errors:
            first, _, rest = str(each.get("field", "")).partition(".")
            item = rest.partition(".")[0]
            if first == "items" and item.isdecimal():
                found.setdefault(int(item), str(each.get("code", "")))
    return found


def _why(said: bytes) -> str:
    with contextlib.suppress(msgspec.MsgspecError):
        return msgspec.json.decode(said, type=_Problem).detail
    return ""


def _seconds(text: str | None) -> float:
    return float(min(int(text), LONGEST_WAIT)) if text and text.isdecimal() else 2.0


_NO_URL = Message("网站地址要写成 https://…，不是 {url}。")
_REFUSED = Message("网站没有回答（{status}）：{why}")
_AWAY = Message("连不上网站；已核对的部分没有问题，可稍后再试。")
WAITING = Message.counted("网站请稍候，{n} 秒后继续。")
