"""Why something cannot happen to a notice: as it stands, or by whoever asks for it."""

from notices.facts.errors import Refusal
from notices.facts.texts import Message

CHALLENGE = 'Bearer realm="notices"'
"""How a program is told in which way to say who it is (RFC 6750, 3)."""


class AlreadyReinstated(Refusal):
    code, status = "already_reinstated", 409
    title = Message("这份公告已撤回或已撤销，不能再变更。")


class AlreadyReplaced(Refusal):
    code, status = "already_replaced", 409
    title = Message("已补发新证，原证永久作废，公告不能再变更。")


class UnderContest(Refusal):
    code, status = "under_contest", 409
    title = Message("这份公告有异议正在处理，处理完之前不能这样做。")


class NotAnOfficer(Refusal):
    code, status = "not_an_officer", 403
    title = Message("只有工作人员可以这样做。")


class UnknownKey(Refusal):
    """Of a key that is malformed too: whoever sends one must not take the answer for theirs."""

    code, status = "unknown_key", 401
    title = Message("没有这个机关密钥，或它已停用、过期。")

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'})


class InsufficientScope(Refusal):
    code, status = "insufficient_scope", 403
    title = Message("这个机关密钥不能用于 {scope}；需要的话，请本站的管理者另发一个。")

    def __init__(self, scope: str) -> None:
        told = f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'
        super().__init__(headers={"WWW-Authenticate": told}, scope=scope)


class KeyIsForTests(Refusal):
    code, status = "test_key", 403
    title = Message("请求没有错，但测试密钥不改变任何东西；正式办理请用正式的密钥。")


class SignInFailed(Refusal):
    code, status = "sign_in_failed", 400
    title = Message("登录没有完成：{reason}")
    offers_sign_in = True


class NotAdmitted(Refusal):
    code, status = "not_admitted", 403
    title = Message("不能用这个账号登录：{reason}")
    offers_sign_in = True


class NotAnAgency(Refusal):
    code, status = "not_an_agency", 403
    title = Message("只有发证机关可以这样做，请用机关密钥（Authorization: Bearer …）。")


class NotTheIssuer(Refusal):
    code, status = "not_the_issuer", 403
    title = Message("这份公告的发证机关不是本机关所代表的。")


class OwnNotice(Refusal):
    code, status = "own_notice", 403
    title = Message("不能对自己的声明提出异议；声明有误请更正或撤回。")


class AlreadyObjected(Refusal):
    code, status = "already_objected", 409
    title = Message("您已对这份公告提出过异议，请等待处理。")


class TooManyObjections(Refusal):
    code, status = "too_many_objections", 409
    title = Message("这份公告待处理的异议已达 {most} 件，请等待处理。")


class NoOpenObjection(Refusal):
    code, status = "no_open_objection", 409
    title = Message("这份公告没有待受理的异议。")


class NotContested(Refusal):
    code, status = "not_contested", 409
    title = Message("这份公告没有已受理的异议，不能驳回；请先受理。")


class AlreadyConfirmed(Refusal):
    code, status = "already_confirmed", 409
    title = Message("这份公告已经确认过。")


class ConfirmedAlready(Refusal):
    code, status = "confirmed_already", 409
    title = Message("这份公告已经确认，发证机关和发证日期不能再更正；有误请撤回后重新声明。")


class NotConfirmed(Refusal):
    code, status = "not_confirmed", 409
    title = Message("这份声明还没有确认，先确认，再登记补发。")


class NothingAwaited(Refusal):
    code, status = "nothing_awaited", 409
    title = Message("这份公告不需要工作人员确认。")


class NothingSetAside(Refusal):
    code, status = "nothing_set_aside", 409
    title = Message("没有这件等待处理的事，可能已经有人处理。")


class NeedsAnother(Refusal):
    code, status = "needs_another", 403
    title = Message("须由另一位工作人员放行。")


class OwnCase(Refusal):
    code, status = "own_case", 403
    title = Message("这份公告与您本人有关（您是声明人、持证人或异议人），请由另一位工作人员办理。")


class PurposeRequired(Refusal):
    code, status = "purpose_required", 403
    title = Message("查看不公开的内容以前，请先说明用途。")

    def __init__(self, notice: str) -> None:
        super().__init__()
        self.notice = notice


class AlreadyRedacted(Refusal):
    code, status = "already_redacted", 409
    title = Message("这份公告的内容已移除。")


class NoSuchWatch(Refusal):
    code, status = "no_such_watch", 404
    title = Message("没有这项关注，可能已经取消。")


class TooManyWatches(Refusal):
    code, status = "too_many_watches", 409
    title = Message("最多关注 {most} 个号码；请先取消不再需要的。")


class NoWebhook(Refusal):
    code, status = "no_webhook", 409
    title = Message("这项关注没有接收地址（url），没有可以重发的。")
