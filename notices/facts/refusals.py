"""Why something cannot happen to a notice: as it stands, or by whoever asks for it."""

from notices.facts.errors import Refusal
from notices.facts.texts import Text


class AlreadyReinstated(Refusal):
    code, status = "already_reinstated", 409
    title = Text(
        "这份公告已撤回或已撤销，不能再变更。",
        "This notice was withdrawn or annulled; nothing can change it any more.",
    )


class AlreadyReplaced(Refusal):
    code, status = "already_replaced", 409
    title = Text(
        "已补发新证，原证永久作废，公告不能再变更。",
        "A new certificate was issued and the old one is void for good; the notice stays.",
    )


class UnderContest(Refusal):
    code, status = "under_contest", 409
    title = Text(
        "这份公告有异议正在处理，处理完之前不能这样做。",
        "An objection to this notice is being decided; this has to wait for the decision.",
    )


class NotAnOfficer(Refusal):
    code, status = "not_an_officer", 403
    title = Text("只有工作人员可以这样做。", "Only an officer can do this.")


class UnknownKey(Refusal):
    code, status = "unknown_key", 401
    title = Text(
        "没有这个机关密钥，或它已停用、过期。",
        "There is no such agency key, or it was revoked, or it has expired.",
    )


class NotAnAgency(Refusal):
    code, status = "not_an_agency", 403
    title = Text(
        "只有发证机关可以这样做，请用机关密钥（Authorization: Bearer …）。",
        "Only an issuing agency can do this, with its key (Authorization: Bearer …).",
    )


class NotTheIssuer(Refusal):
    code, status = "not_the_issuer", 403
    title = Text(
        "这份公告的发证机关不是本机关所代表的。",
        "This notice names another issuer than those the agency speaks for.",
    )


class OwnNotice(Refusal):
    code, status = "own_notice", 403
    title = Text(
        "不能对自己的声明提出异议；声明有误请更正或撤回。",
        "Nobody objects to his own declaration: correct it or withdraw it.",
    )


class AlreadyObjected(Refusal):
    code, status = "already_objected", 409
    title = Text(
        "您已对这份公告提出过异议，请等待处理。",
        "You objected to this notice before; wait for the decision.",
    )


class TooManyObjections(Refusal):
    code, status = "too_many_objections", 409
    title = Text(
        "这份公告待处理的异议已达 {most} 件，请等待处理。",
        "{most} objections to this notice wait already; wait for a decision.",
    )


class NoOpenObjection(Refusal):
    code, status = "no_open_objection", 409
    title = Text(
        "这份公告没有待受理的异议。", "This notice has no open objection that could be admitted."
    )


class NotContested(Refusal):
    code, status = "not_contested", 409
    title = Text(
        "这份公告没有已受理的异议，不能驳回；请先受理。",
        "No objection to this notice was admitted, so none can be dismissed; admit it first.",
    )


class AlreadyConfirmed(Refusal):
    code, status = "already_confirmed", 409
    title = Text("这份公告已经确认过。", "This notice was confirmed already.")


class ConfirmedAlready(Refusal):
    code, status = "confirmed_already", 409
    title = Text(
        "这份公告已经确认，发证机关和发证日期不能再更正；有误请撤回后重新声明。",
        "This notice was confirmed: its issuer and day of issue cannot be corrected any more. "
        "If they are wrong, withdraw it and declare again.",
    )


class NotConfirmed(Refusal):
    code, status = "not_confirmed", 409
    title = Text(
        "这份声明还没有确认，先确认，再登记补发。",
        "This declaration is not confirmed yet: confirm it, then tell that it was replaced.",
    )


class NothingAwaited(Refusal):
    code, status = "nothing_awaited", 409
    title = Text(
        "这份公告不需要工作人员确认。",
        "Nothing about this notice awaits an officer's confirmation.",
    )


class AlreadyRedacted(Refusal):
    code, status = "already_redacted", 409
    title = Text("这份公告的内容已移除。", "The content of this notice was removed already.")
