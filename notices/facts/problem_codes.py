"""Every code that an answer can name, told from the classes and messages that are its source."""

import re
from dataclasses import dataclass

from notices.facts import errors, excess, outages, refusals, troubles
from notices.facts.messages import MESSAGES
from notices.facts.texts import Text

ADVICE: dict[int, Text] = {
    400: Text(
        "请求本身读不懂，照原样再发也不会成功。请按说明改正地址或内容。",
        "The request cannot be understood, and would not be if it were sent again. "
        "Correct its address or its body.",
    ),
    401: Text(
        "需要登录，或机关密钥无效。网页上请重新登录；程序请检查会话或密钥。",
        "This needs a session or a key that is valid. Sign in again; a program checks its "
        "session or its key.",
    ),
    403: Text(
        "已经知道是谁，但他不能这样做。换一个有权的身份，或请有权的人来做。",
        "It is known who asks, and that he may not do this. Somebody who may has to.",
    ),
    404: Text(
        "地址或编号不对，或这里没有这样东西。请核对后再试。",
        "The address or the number is wrong, or there is no such thing here. Compare it.",
    ),
    405: Text("请换用回答里 Allow 所列的方法。", "Use a method that the answer's Allow names."),
    408: Text(
        "网络太慢或中断，请求没有传完。请重新提交。",
        "The connection was too slow or broke, and the request was not received. Send it again.",
    ),
    409: Text(
        "请求没有错，但与登记簿现在的状态冲突。先看公告现在的状态，再决定怎么做。",
        "Nothing is wrong with the request, but it goes against the present state of the register. "
        "Look at the notice as it is now.",
    ),
    413: Text("请减少内容后再发。", "Send less."),
    415: Text("请换用所要求的格式。", "Send it in the format that is asked for."),
    422: Text(
        "内容读得懂，但有的值不对。errors 列出每一处：哪个字段、什么代码、怎样改。全部改好后再发。",
        "The body is understood, but values in it are wrong. `errors` names each: the field, a "
        "code, and how to mend it. Correct all of them and send it again.",
    ),
    429: Text(
        "请等到回答里 Retry-After 所说的秒数过去以后再试。",
        "Wait for as many seconds as the answer's Retry-After says, then try again.",
    ),
    431: Text(
        "浏览器或程序附带的内容（多为 Cookie）太多。请清除本站的 Cookie 后再试。",
        "Too much comes along with the request, mostly cookies. Remove those of this site.",
    ),
    500: Text(
        "是本站的错。请稍后再试；仍不成功时，请把编号告诉本站的管理者。",
        "The fault is ours. Try again later; if that does not help, tell the operator the number.",
    ),
    503: Text(
        "本站暂时不能回答。等 Retry-After 所说的秒数后用同样的内容再试，"
        "带同一个 Idempotency-Key 就不会重复发布。",
        "The service cannot answer for the moment. Send the same again after Retry-After; under "
        "the same Idempotency-Key nothing is published twice.",
    ),
    507: Text(
        "本站暂时放不下文件。等 Retry-After 所说的秒数后再试，或不附文件。",
        "There is no room for files for the moment. Try again after Retry-After, or without one.",
    ),
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
    return Text(_open(text.zh), _open(text.en))


def _open(sentence: str) -> str:
    return re.sub(r"\{[^{}]*\}", "…", sentence)
