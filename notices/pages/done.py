"""The word of success on the page that follows a write, or why there is nothing to write.

A cookie holds it, so that no address says what was done: a link that is passed on, or a page that
somebody goes back to, says nothing. It stays while that page is loaded again, and goes with the
next one. It names what was done and which page that was for, and nothing that is private.
"""

import hashlib
from datetime import timedelta
from typing import Any

from litestar import Response

from notices.facts.refusals import (
    AlreadyRedacted,
    AlreadyReinstated,
    AlreadyReplaced,
    UnderContest,
)
from notices.facts.texts import Message, Text
from notices.web import authentication
from notices.web.authentication import AnyRequest

DONE = "done"
"""What the cookie is for, and the place on the page where its word stands: reading begins there,
without a script too."""
LASTS = timedelta(minutes=10)
"""Longer nobody needs to be told; a page that was left open may be loaded again until then."""

WORDS: dict[str, Text] = {
    "withdrawn": Message("已撤回。这份声明不再生效；撤回已公开，原来的内容留在历史里。"),
    "corrected": Message("已更正。更正已公开，原来的内容留在历史里。"),
    "watched": Message("已关注。号码加密保存，不再显示。"),
    "watched-unusual": Message(
        "已关注。号码加密保存，不再显示。这个号码与常见格式不同，可能填错了；填错的请取消后重新填写。"
    ),
    "unwatched": Message("已取消关注。"),
    "told": Message("核验提醒已打开。机关核验到这份公告时，在这一页告诉您。"),
    "erased": Message("已删除。"),
    "erased-but": Message("已删除。下面是暂时保留的。"),
    "untold": Message("核验提醒已关闭，以前记下的核验也删除了。"),
    "withdrawn-before": Message("这份声明已经撤回了，不用再撤回。"),
    # Why what was asked for is not to be done any more.
    **{each.code: each.title for each in (AlreadyReinstated, AlreadyReplaced, UnderContest)},
    AlreadyRedacted.code: Message("这份公告的内容已移除，没有什么可更正的。"),
}


def _named(word: str, path: str) -> str:
    return f"{word}.{hashlib.sha256(path.encode()).hexdigest()[:16]}"


def keep(request: AnyRequest, word: str, path: str, response: Response[Any]) -> None:
    """That `word` is said on the page of `path`, to which `response` leads."""
    deployment = request.app.state.deployment
    response.set_cookie(authentication.cookie(deployment, DONE, _named(word, path), LASTS))


def said(request: AnyRequest) -> Text | None:
    """What was done, if this is the page that says it."""
    given = _given(request)
    if given is None:
        return None
    word, path = given.partition(".")[0], request.url.path
    return WORDS[word] if word in WORDS and given == _named(word, path) else None


def forget(request: AnyRequest, response: Response[Any]) -> None:
    """Any other page than the one that says it takes the word away."""
    if _given(request) is not None and said(request) is None:
        deployment = request.app.state.deployment
        response.set_cookie(authentication.cookie(deployment, DONE, "", timedelta(0)))


def _given(request: AnyRequest) -> str | None:
    return request.cookies.get(authentication.cookie_name(request.app.state.deployment, DONE))
