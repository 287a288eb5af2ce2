"""Every refusal as a class: its code, its status, and the sentence shown to whoever is refused."""

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from notices.facts.messages import MESSAGES
from notices.facts.public.notice import Existing
from notices.facts.texts import Message, Text


@dataclass(frozen=True, slots=True)
class Problem:
    """One value that is wrong: where, what (a stable code), and what its message needs."""

    field: str
    code: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def message(self) -> Text:
        return MESSAGES[self.code].format(**self.params)


class Refusal(Exception):
    """A request that is refused as a whole, in the words of its class."""

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[Message]
    offers_sign_in: ClassVar[bool] = False

    def __init__(
        self,
        *,
        problems: list[Problem] | None = None,
        more: int = 0,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(self.code)
        self.problems = problems or []
        self.more = more  # of the same kind, which were counted and not kept
        self.headers = headers or {}
        self.extra = extra

    @property
    def detail(self) -> Text:
        return self.title.format(**self.extra)


class Invalid(Refusal):
    code, status = "invalid", 422
    title = Message("有内容需要改正，请看每一项的说明。")


def refuse_wrong(wrong: list[Problem], found: list[Problem]) -> None:
    """Raises Invalid with `wrong`, of fields that could not be decoded, and `found` of others."""
    known = {one.field for one in wrong}
    problems = [*wrong, *(one for one in found if one.field not in known)]
    if problems:
        raise Invalid(problems=problems)


class NotAllowedNow(Refusal):
    code, status = "not_allowed_now", 409
    title = Message("这份公告现在的状态不允许这样做。")


class NoSuchNotice(Refusal):
    code, status = "not_found", 404
    title = Message("没有这份公告或这个页面。")


class NotFound(Refusal):
    code, status = "not_found", 404
    title = Message("没有这个页面。")


class NoSuchList(Refusal):
    code, status = "no_such_list", 404
    title = Message("没有这份离线清单，或已过七天不再保留；请从 /lists/latest 下载最新的一份。")


class NoSuchSummary(Refusal):
    code, status = "no_such_summary", 404
    title = Message("没有这份核验摘要，或已过一天不再保留；摘要只给送来文件的机关。")


class MethodNotAllowed(Refusal):
    code, status = "method_not_allowed", 405
    title = Message("此地址不接受这种请求方法。")


class BadRequest(Refusal):
    code, status = "bad_request", 400
    title = Message("请求无法读取：{reason}")


class UnknownField(Refusal):
    code, status = "unknown_field", 400
    title = Message("请求里有不认识的字段。")


class UnknownParameter(Refusal):
    code, status = "unknown_parameter", 400
    title = Message("地址里有不认识的参数。")


class BadEncoding(Refusal):
    code, status = "bad_encoding", 400
    title = Message(
        "地址里 ? 后面的部分不是 UTF-8 编码，无法读取；请在本站重新输入，或改用 UTF-8 编码。"
    )


class BadQuery(Refusal):
    code, status = "bad_query", 400
    title = Message("地址里的参数值不对。")


class BodyTooLarge(Refusal):
    code, status = "body_too_large", 413
    title = Message("请求内容太大（上限 {limit} 字节）。")


class MediaType(Refusal):
    code, status = "media_type", 415
    title = Message("请用 {expected} 格式提交。")


class SignInRequired(Refusal):
    code, status = "sign_in_required", 401
    title = Message("请先登录，或登录已过期。")


class CrossSite(Refusal):
    code, status = "cross_site", 403
    title = Message("拒绝来自其他网站的提交。")


class NotTheHolder(Refusal):
    code, status = "not_the_holder", 403
    title = Message(
        "只能为本人或本单位声明；替别人声明请说明关系（父母、监护人、受托人、清算组、继承人）。"
    )


class NotTheDeclarant(Refusal):
    code, status = "not_the_declarant", 403
    title = Message("只有声明人可以这样做。")


class AlreadyDeclared(Refusal):
    code, status = "already_declared", 409
    title = Message("这份证件已有有效的遗失公告。")

    def __init__(self, existing: Existing) -> None:
        super().__init__()
        self.existing = existing


class IdempotencyKeyReused(Refusal):
    code, status = "idempotency_key_reused", 422
    title = Message("这个 Idempotency-Key 已用于另一份内容。")


class TooManyCorrections(Refusal):
    code, status = "too_many_corrections", 409
    title = Message("一份公告最多更正 {most} 次。请撤回后重新声明。")


class Unavailable(Refusal):
    code, status = "unavailable", 503
    title = Message("服务暂时不可用，请稍后用同样的内容再试；已经发布的不会丢失，也不会重复。")

    def __init__(self, *, retry_after: int = 2) -> None:
        """`retry_after` in seconds (RFC 9110, 10.2.3)."""
        super().__init__(headers={"Retry-After": str(retry_after)})


class InternalError(Refusal):
    code, status = "internal_error", 500
    title = Message("服务出错，已记录，编号 {request}。")
