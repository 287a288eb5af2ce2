"""The page on privacy: what is kept of whom, what for, for how long and who sees it (PIPL 17)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from litestar import Response, get

from notices import idempotency, identity
from notices.agencies import using
from notices.batches import summaries
from notices.changing import exhibits, unfinished
from notices.facts import durations, public_terms
from notices.facts.catalogue import Catalogue
from notices.facts.texts import Message, Text
from notices.limits import DAY
from notices.pages import rendering
from notices.watches import alerts, listing
from notices.web.authentication import AnyRequest


class Kept(NamedTuple):
    """A thing that is kept: what for and how long, and who may see it."""

    what: Text
    purpose: Text
    term: Text
    seen_by: Text


def _for(term: timedelta) -> Text:
    return durations.in_words(int(term.total_seconds()))


_HOLDER = Message("您自己；工作人员写明用途后，每次查看都有记录")
_SELF = Message("只有您自己")
_NOBODY = Message("没有人：只有程序用来比对")
_STAYS = Message("与公告同样久；您可以申请删除")


def public_term(catalogue: Catalogue) -> Text:
    """For how long persons' notices are public, as far as one sentence can say it."""
    certificates = catalogue.certificates.values()
    terms = {each.public_term_years for each in certificates if each.holder_kind != "organisation"}
    if terms <= {None}:
        return _ALWAYS
    if len(terms) > 1:
        return _BY_GUIDE
    return _YEARS.format(n=terms.pop())


_ALWAYS = Message("一直公开。")
_BY_GUIDE = Message("公开多少年，写在每种证件的办事指南里。")
_YEARS = Message.counted("公开 {n} 年，之后文字自动移除；编号、时间和状态保留，凭号码仍能核验。")


def _kept(catalogue: Catalogue) -> Iterator[Kept]:
    """All that there is, from what a declaration says to what a check leaves behind.

    The terms are those by which it is deleted, so that the page and the service say one thing.
    """
    yield Kept(
        Message("公告里公开的文字"),
        Message("让任何人查到证件已经声明作废"),
        Message("单位的一直公开。个人的：{term}").format(term=public_term(catalogue)),
        Message("任何人"),
    )
    yield Kept(
        Message("声明人和持证人的姓名、身份证件号码，遮挡前的证件号码，联系电话"),
        Message("声明人要对声明负责；持证人凭它撤回、更正；工作人员据此处理异议"),
        _STAYS,
        _HOLDER,
    )
    yield Kept(
        Message("替别人声明的证明材料，异议的理由和材料"),
        Message("工作人员据此确认和决定"),
        Message("办结以后您可以删除"),
        _HOLDER,
    )
    yield Kept(
        Message("因为别人已有公告而没有声明成的内容"),
        Message("工作人员据此查明证件是谁的"),
        Message("结案以后您可以删除"),
        _HOLDER,
    )
    yield Kept(
        Message("没有填完的声明"),
        Message("隔一会儿接着填"),
        Message("最后一次填写后 {term}；发布、删除时立即清除").format(term=_for(unfinished.LASTS)),
        _SELF,
    )
    yield Kept(
        Message("没有交成的表格（填错了，或登录已过期）"),
        Message("改好或登录以后再交，不用重填"),
        Message("最长 {term}；办成、退出时立即清除").format(term=_for(unfinished.KEPT)),
        _SELF,
    )
    yield Kept(
        Message("随没有办成的声明或异议交来的文件"),
        Message("再交时不用重新选择；过期以后要重新选择"),
        Message("{term}；丢弃那份声明时立即清除").format(
            term=_for(timedelta(seconds=exhibits.ORPHAN_AFTER))
        ),
        _SELF,
    )
    yield Kept(
        Message("登录"),
        Message("知道是谁在办事"),
        Message("{term}，可以延长，最长 {most}；退出时立即清除").format(
            term=_for(identity.SESSION_LASTS), most=_for(identity.LONGEST)
        ),
        _SELF,
    )
    yield Kept(
        Message("您关注的号码（以散列值比对，号码加密）"),
        Message("有公告、异议、撤回、补发时告诉您"),
        Message("到您取消关注为止；已经告诉过的，{term}").format(term=_for(listing.KEPT)),
        _SELF,
    )
    yield Kept(
        Message("机构核验时遇到您的公告（只有哪一个小时、哪一类机构）"),
        Message("您选了“核验提醒”时告诉您"),
        _for(alerts.KEPT),
        _SELF,
    )
    yield Kept(
        Message("核验的次数（按月、按证件种类），机构的用量（按天）"),
        Message("统计和限额；不记录核验了哪个号码，也不记录公众是谁"),
        Message("次数长期保留；用量 {term}").format(term=_for(using.KEPT)),
        Message("次数公开；用量只有该机构"),
    )
    yield Kept(
        Message("机构送来的整份文件，和答复的摘要"),
        Message("逐行答复"),
        Message("文件答复后立即删除，摘要 {term}").format(term=_for(summaries.KEPT)),
        Message("只有该机构"),
    )
    yield Kept(
        Message("网络地址（以散列值计数）"),
        Message("限制一个地址一天能问多少次"),
        Message("最长 {term}").format(term=_for(2 * DAY)),
        _NOBODY,
    )
    yield Kept(
        Message("程序重复提交时的答复（Idempotency-Key）"),
        Message("同一份声明不会发布两次"),
        _for(idempotency.KEPT),
        _NOBODY,
    )
    yield Kept(
        Message("工作人员的每次查看和决定（姓名加密）"),
        Message("事后能查明谁看过、谁决定的"),
        Message("一直保留"),
        Message("审计人员；您在“我的声明”里看到什么时候、为什么"),
    )


@get("/privacy", include_in_schema=False)
async def privacy(request: AnyRequest) -> Response[str]:
    """What is kept and how long, for whoever wants to know before they say anything."""
    return await rendering.page(
        request,
        "privacy_notice.html",
        kept=list(_kept(request.app.state.deployment.catalogue)),
        announced=public_terms.ANNOUNCED.days,
    )


HANDLERS = [privacy]
