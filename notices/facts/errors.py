"""Every refusal as a class: its code, its status, and the sentence shown to whoever is refused."""

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from notices.facts.messages import MESSAGES
from notices.facts.public.notice import Existing
from notices.facts.texts import Text


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
    title: ClassVar[Text]
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
    title = Text("有内容需要改正，请看每一项的说明。", "Some values are wrong; see each field.")


def refuse_wrong(wrong: list[Problem], found: list[Problem]) -> None:
    """Raises Invalid with `wrong`, of fields that could not be decoded, and `found` of others."""
    known = {one.field for one in wrong}
    problems = [*wrong, *(one for one in found if one.field not in known)]
    if problems:
        raise Invalid(problems=problems)


class NotAllowedNow(Refusal):
    code, status = "not_allowed_now", 409
    title = Text(
        "这份公告现在的状态不允许这样做。", "The notice's present status does not allow this."
    )


class NoSuchNotice(Refusal):
    code, status = "not_found", 404
    title = Text("没有这份公告或这个页面。", "There is no such notice or page.")


class NotFound(Refusal):
    code, status = "not_found", 404
    title = Text("没有这个页面。", "There is no such page.")


class MethodNotAllowed(Refusal):
    code, status = "method_not_allowed", 405
    title = Text("此地址不接受这种请求方法。", "This address does not take this method.")


class BadRequest(Refusal):
    code, status = "bad_request", 400
    title = Text("请求无法读取：{reason}", "The request cannot be read: {reason}")


class UnknownField(Refusal):
    code, status = "unknown_field", 400
    title = Text("请求里有不认识的字段。", "The body has a field that is not known.")


class UnknownParameter(Refusal):
    code, status = "unknown_parameter", 400
    title = Text("地址里有不认识的参数。", "The query has a parameter that is not known.")


class BadEncoding(Refusal):
    code, status = "bad_encoding", 400
    title = Text(
        "地址里 ? 后面的部分不是 UTF-8 编码，无法读取；请在本站重新输入，或改用 UTF-8 编码。",
        "What follows the ? of the address is not UTF-8 and cannot be read; type it here again, "
        "or encode it in UTF-8.",
    )


class BadQuery(Refusal):
    code, status = "bad_query", 400
    title = Text("地址里的参数值不对。", "A value in the query is wrong.")


class BodyTooLarge(Refusal):
    code, status = "body_too_large", 413
    title = Text(
        "请求内容太大（上限 {limit} 字节）。", "The body is too large (limit {limit} bytes)."
    )


class MediaType(Refusal):
    code, status = "media_type", 415
    title = Text("请用 {expected} 格式提交。", "Send the body as {expected}.")


class SignInRequired(Refusal):
    code, status = "sign_in_required", 401
    title = Text("请先登录，或登录已过期。", "Sign in first; or the session has ended.")


class CrossSite(Refusal):
    code, status = "cross_site", 403
    title = Text("拒绝来自其他网站的提交。", "A write that comes from another site is refused.")


class NotTheHolder(Refusal):
    code, status = "not_the_holder", 403
    title = Text(
        "只能为本人或本单位声明；替别人声明请说明关系（父母、监护人、受托人、清算组、继承人）。",
        "You can declare for yourself or for your organisation; for somebody else only as a "
        "parent, guardian, mandated agent, liquidator or heir, by your own session.",
    )


class NotTheDeclarant(Refusal):
    code, status = "not_the_declarant", 403
    title = Text("只有声明人可以这样做。", "Only the declarant can do this.")


class AlreadyDeclared(Refusal):
    code, status = "already_declared", 409
    title = Text("这份证件已有有效的遗失公告。", "This certificate already has a living notice.")

    def __init__(self, existing: Existing) -> None:
        super().__init__()
        self.existing = existing


class IdempotencyKeyReused(Refusal):
    code, status = "idempotency_key_reused", 422
    title = Text(
        "这个 Idempotency-Key 已用于另一份内容。",
        "This Idempotency-Key was used with another body.",
    )


class TooManyCorrections(Refusal):
    code, status = "too_many_corrections", 409
    title = Text(
        "一份公告最多更正 {most} 次。请撤回后重新声明。",
        "A notice is corrected {most} times at most. Withdraw it and declare again.",
    )


class Unavailable(Refusal):
    code, status = "unavailable", 503
    title = Text(
        "服务暂时不可用，请稍后用同样的内容再试；已经发布的不会丢失，也不会重复。",
        "The service is not available for the moment. Send the same again later: what was"
        " published is not lost, and nothing is published twice.",
    )

    def __init__(self, *, retry_after: int = 2) -> None:
        """`retry_after` in seconds (RFC 9110, 10.2.3)."""
        super().__init__(headers={"Retry-After": str(retry_after)})


class InternalError(Refusal):
    code, status = "internal_error", 500
    title = Text(
        "服务出错，已记录，编号 {request}。",
        "Something failed here; it was recorded under {request}.",
    )
