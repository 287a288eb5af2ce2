"""What the words of the contract mean to a reader: statuses, events, causes, kinds of evidence."""

from typing import NamedTuple

from notices.facts import event_kinds, evidence, statuses
from notices.facts.catalogue import Certificate
from notices.facts.lifecycle import State
from notices.facts.notice_ids import make, printed
from notices.facts.public.answer import Answer, Other
from notices.facts.public.form import NamedDocument, Words
from notices.facts.public.notice import PublicNotice
from notices.facts.texts import Message, Text

STATUSES: dict[str, Text] = {name: row.words for name, row in statuses.STATUSES.items()}
MEANINGS: dict[str, Text] = {name: row.meaning for name, row in statuses.STATUSES.items()}
SHAPES: dict[str, str] = {name: row.shape for name, row in statuses.STATUSES.items()}
EVENTS: dict[str, Text] = {name: row.words for name, row in event_kinds.KINDS.items()}

EVIDENCE = evidence.WORDS

PERIODS: dict[str, Message] = {
    "calendar_day": Message("{value}个自然日"),
    "working_day": Message("{value}个工作日"),
}

CAUSES: dict[str, Text] = {
    "lost": Message("遗失"),
    "stolen": Message("被盗"),
    "destroyed": Message("损毁（灭失）"),
}

REASONS: dict[str, Text] = {
    "found": Message("证件找到了，也没有补发新证"),
    "mistake": Message("声明有误，本不该发布"),
    "other": Message("其他原因"),
}

GROUNDS: dict[str, Text] = {
    "holder": Message("证件是我的"),
    "not_lost": Message("证件没有丢"),
    "false": Message("声明的内容不实"),
    "other": Message("其他原因"),
}

CLAIMS: dict[str, Text] = {
    "holder": Message("异议人称自己才是持证人"),
    "not_lost": Message("证件没有遗失"),
    "false": Message("声明内容不实"),
    "other": Message("其他事由"),
}
"""What an objector claims, as the desk tells its officers; statements say it in Chinese for ever
(`event_forms.GROUNDS`)."""

OBJECTIONS: dict[str, Text] = {
    "open": Message("等待受理"),
    "admitted": Message("已受理，等待决定"),
    "dismissed": Message("已驳回"),
    "upheld": Message("异议成立，公告已撤销"),
    "closed": Message("公告先已终止，没有决定"),
    "rejected": Message("不予受理"),
}
"""What became of an objection."""

RELATIONS: dict[str, Text] = {
    "self": Message("我本人的证件"),
    "parent": Message("我未成年子女的证件"),
    "guardian": Message("我监护的人的证件"),
    "mandate": Message("我受委托，替别人或单位声明"),
    "liquidator": Message("我是清算组（管理人）成员"),
    "heir": Message("我是持证人的继承人"),
}

ROLES: dict[str, Text] = {
    "supervisor": Message("主管"),
}
"""What an officer may be beside, as a provider's file gives it (`providers.configuration`)."""

IDENTIFIER_TYPES: dict[str, Text] = {
    "resident-id": Message("居民身份证"),
    "passport": Message("护照"),
    "hk-macau-permit": Message("港澳居民来往内地通行证"),
    "taiwan-permit": Message("台湾居民来往大陆通行证"),
    "foreigner-permit": Message("外国人永久居留身份证"),
}

HOLDER_DOCUMENTS = IDENTIFIER_TYPES | {
    "uscc": Message("统一社会信用代码（单位）"),
}
"""By what the holder is known for whom somebody else declares."""

EXAMPLE = printed(make("3707", 123))
"""How the number of a notice looks."""

OTHERS: dict[str, Text] = {
    "copy": Message("同一号码的另一本"),
    "document": Message("同一代码下的另一种"),
    "holder": Message("同一单位的另一枚（份）"),
    "certificate": Message("这个号码在另一种证件下有公告"),
    "digits": Message("同种证件，数字相同，文字或字母写法不同"),
    "earlier": Message("同一份证件以前的公告"),
}
"""Why a verification tells of a further notice."""

DOUBTS: dict[str, Text] = {
    "copy": Message("号码、种类或正副本可能不对"),
    "document": Message("号码、种类或哪一枚可能不对"),
    "kind": Message("号码或证件种类可能不对"),
}
"""What to compare first where nothing was found for just what was asked."""

COPIES: dict[str, Text] = {
    "original": Message("正本"),
    "duplicate": Message("副本"),
}
"""How the copies are called where the kind of certificate is not known."""

LOST = Message("{paper} {part}")
COPIES_OF_BOTH = Message("{first}和{second}")
NUMBERED_COPY = Message("{copy}（编号 {number}）")

QUESTIONS: dict[str, Text] = {
    "certificate": Message("丢的是什么证件"),
    "matter": Message("接下来要办什么"),
    "relation": Message("是谁的证件"),
    "copies": Message("丢的是哪一本"),
    "copy_number": Message("副本编号", "declare"),
    "documents": Message("丢的是哪些"),
    "document": Message("证件上印的是什么名称"),
    "region": Message("发证机关在哪里"),
    "filed_in": Message("在哪里备案"),
    "issuer": Message("发证机关"),
    "issued_on": Message("发证日期"),
    "cause": Message("怎么不见的"),
    "lost_on": Message("遗失日期", "declare"),
    "contact.phone": Message("联系电话"),
    "alert_on_check": Message("有机关核验这份证件时提醒持证人"),
}
"""What a declaration asks, in the words of its pages; its summary and its problems say the same."""

FIELDS: dict[str, Text] = {
    "certificate": Message("证件种类"),
    "document": Message("证件上的名称"),
    "matter": Message("准备办理的事项"),
    "number": Message("证件号码"),
    "copies": Message("遗失的是哪一本"),
    "copy": Message("哪一本"),
    "copy_number": Message("副本编号"),
    "cause": Message("怎样不见的"),
    "lost_on": Message("遗失日期"),
    "issuer": Message("发证机关"),
    "issued_on": Message("发证日期"),
    "region": Message("发证机关所在地区"),
    "relation": Message("是谁的证件"),
    "holder": Message("持证人"),
    "holder.kind": Message("持证人"),
    "holder.name": Message("持证人姓名"),
    "holder.identifier": Message("持证人证件号码"),
    "holder.identifier_type": Message("持证人身份证件种类"),
    "contact.phone": Message("联系电话"),
    "publication_consent": Message("同意公开"),
    "truthful": Message("真实承诺"),
    "confirm_unusual_number": Message("确认号码"),
    "alert_on_check": Message("核验提醒"),
    "reason": Message("原因"),
    "ground": Message("异议原因"),
    "text": Message("说明情况"),
    "evidence": Message("材料"),
    "exhibit": Message("证明材料"),
    "kind": Message("登录身份"),
    "name": Message("姓名"),
    "identifier": Message("身份证件号码"),
    "identifier_type": Message("身份证件种类"),
    "organisation": Message("单位"),
    "organisation.name": Message("单位名称"),
    "organisation.identifier": Message("统一社会信用代码"),
    "q": Message("搜索词"),
    "page": Message("页码"),
}
"""How a field is called where its problem is listed."""


class NotHere(NamedTuple):
    """A document that people lose and that is declared elsewhere, unless a catalogue has it."""

    words: tuple[str, ...]
    name: Text
    office: Text


NOT_HERE = (
    NotHere(
        ("身份证", "identity card", "ID card"),
        Message("身份证"),
        Message("公安派出所"),
    ),
    NotHere(
        ("驾驶证", "驾照", "driving licence", "driver license"),
        Message("驾驶证"),
        Message("公安交管部门（“交管12123”）"),
    ),
    NotHere(
        ("行驶证", "vehicle licence"),
        Message("行驶证"),
        Message("公安交管部门（“交管12123”）"),
    ),
    NotHere(
        ("护照", "passport"),
        Message("护照", "kind"),
        Message("公安出入境管理部门"),
    ),
    NotHere(
        ("港澳通行证", "往来港澳通行证"),
        Message("往来港澳通行证"),
        Message("公安出入境管理部门"),
    ),
    NotHere(
        ("户口簿", "户口本", "household register"),
        Message("户口簿"),
        Message("公安派出所"),
    ),
    NotHere(
        ("结婚证", "离婚证", "marriage certificate"),
        Message("结婚证、离婚证"),
        Message("婚姻登记机关"),
    ),
    NotHere(("银行卡", "bank card"), Message("银行卡"), Message("发卡银行")),
    NotHere(
        ("社保卡", "社会保障卡", "social security card"),
        Message("社保卡"),
        Message("社保部门（电话 12333）"),
    ),
)

RECEIPTS: dict[str, Text] = {
    "at": Message("{at}（北京时间）"),
    "other": Message(
        "注意：这份凭证属于另一份公告 {proven}，不是公告 {shown}，不能证明公告 {shown} 的任何内容。"
    ),
    "same_text": Message(
        "下面的文字于{at}记入登记簿，这段文字此后没有改动；公告后来若有更正，另有记录。"
        "请把纸上的文字与它对一对。"
    ),
    "same_entry": Message(
        "这份公告的一条记录于{at}记入登记簿，这条记录此后没有改动；公告后来若有更正，另有记录。"
        "纸上的文字，请按编号与本站的公告对一对。"
    ),
    "no_attachment": Message("这份 PDF 里没有附带凭证。请扫描其中的二维码，或到公告页下载凭证。"),
    "no_inflating": Message(
        "这个浏览器读不出 PDF 里的凭证。请扫描其中的二维码，或到公告页下载凭证。"
    ),
    "nothing": Message("请选择文件，或粘贴内容。"),
}
"""What the page that checks receipts says by itself, beside the sentences of the receipts."""


def standing(shown: PublicNotice | State | Answer | Other) -> str:
    """The key in STATUSES and MEANINGS of what is shown."""
    return "awaiting" if shown.status == "declared" and shown.awaiting else shown.status


def copies(
    certificate: Certificate | None, value: str | None, number: str | None = None
) -> Text | None:
    """How the lost copy is called on this kind of certificate, and its own number behind it."""
    if certificate is None or not certificate.parts or value is None:
        return None
    names: dict[str, Text] = dict(zip(certificate.parts, certificate.part_names, strict=True))
    if value == "both":
        first, second = certificate.part_names
        return COPIES_OF_BOTH.format(first=first, second=second)
    name = names.get(value)
    return NUMBERED_COPY.format(copy=name, number=number) if name and number else name


def other_kind(kind: Words | None, document: NamedDocument | None) -> Words | None:
    """The kind of certificate, where the paper that a notice names is called otherwise."""
    return kind if document and kind and document.name.zh != kind.zh else None


def number_label(
    certificate: Certificate | None, document: NamedDocument | None, number: str | None
) -> Text:
    """What the number of a notice is called: the form of the number and the paper tell."""
    if certificate is None:
        return FIELDS["number"]
    paper = certificate.document(document.id if document else "")
    return certificate.number_label_of(certificate.read(number or ""), paper)
