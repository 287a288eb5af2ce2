"""Every code that an answer can name, told from the classes and messages that are its source."""

import re
from dataclasses import dataclass

from notices.facts import errors, excess, outages, refusals, troubles
from notices.facts.messages import MESSAGES
from notices.facts.texts import Message, Text

ADVICE: dict[int, Text] = {
    400: Message("请求本身读不懂，照原样再发也不会成功。请按说明改正地址或内容。"),
    401: Message("需要登录，或机关密钥无效。网页上请重新登录；程序请检查会话或密钥。"),
    403: Message("已经知道是谁，但他不能这样做。换一个有权的身份，或请有权的人来做。"),
    404: Message("地址或编号不对，或这里没有这样东西。请核对后再试。"),
    405: Message("请换用回答里 Allow 所列的方法。"),
    408: Message("网络太慢或中断，请求没有传完。请重新提交。"),
    409: Message("请求没有错，但与登记簿现在的状态冲突。先看公告现在的状态，再决定怎么做。"),
    413: Message("请减少内容后再发。"),
    415: Message("请换用所要求的格式。"),
    422: Message(
        "内容读得懂，但有的值不对。errors 列出每一处：哪个字段、什么代码、怎样改。全部改好后再发。"
    ),
    429: Message("请等到回答里 Retry-After 所说的秒数过去以后再试。"),
    431: Message("浏览器或程序附带的内容（多为 Cookie）太多。请清除本站的 Cookie 后再试。"),
    500: Message("是本站的错。请稍后再试；仍不成功时，请把编号告诉本站的管理者。"),
    503: Message(
        "本站暂时不能回答。等 Retry-After 所说的秒数后用同样的内容再试，"
        "带同一个 Idempotency-Key 就不会重复发布。"
    ),
    507: Message("本站暂时放不下文件。等 Retry-After 所说的秒数后再试，或不附文件。"),
}
"""What to do about it, by status."""


SOURCES = (errors, excess, outages, refusals, troubles)
"""The modules with refusals: a class is known once its module was read."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A code: its statuses (none: it is one of a value, in `errors`) and its sentences."""

    code: str
    statuses: tuple[int, ...]
    sentences: tuple[Text, ...]

    @property
    def advice(self) -> tuple[Text, ...]:
        return tuple(ADVICE[status] for status in self.statuses)


def every_refusal() -> list[type[errors.Refusal]]:
    """Every refusal of the service, by status and code."""
    found, todo = [], [errors.Refusal]
    while todo:
        kinds = todo.pop().__subclasses__()
        found += kinds
        todo += kinds
    return sorted(found, key=lambda kind: (kind.status, kind.code, kind.__name__))


def explained(code: str) -> Explained | None:
    """What `code` means, whether it is one of a request or of a value in it or, rarely, of both."""
    kinds = [kind for kind in every_refusal() if kind.code == code]
    sentences = [kind.title for kind in kinds]
    if code in MESSAGES:
        sentences.append(MESSAGES[code])
    if not sentences:
        return None
    return Explained(
        code,
        tuple(dict.fromkeys(kind.status for kind in kinds)),
        tuple(dict.fromkeys(map(in_general, sentences))),
    )


def codes() -> tuple[list[str], list[str]]:
    """The codes of requests, by status, and those of values."""
    return list(dict.fromkeys(kind.code for kind in every_refusal())), sorted(MESSAGES)


def in_general(text: Text) -> Text:
    """The sentence with what only one case tells left open."""
    return _InGeneral(text)


@dataclass(frozen=True, slots=True)
class _InGeneral(Text):
    sentence: Text

    def in_(self, language: str) -> str:
        return re.sub(r"\{[^{}]*\}", "…", self.sentence.in_(language))
